//! Log directories that a start met an I/O error in, and which of them the node can do without.

use crate::ServerError;
use base::{DirectoryId, Files};
use config::ServerConfig;
use std::path::Path;
use std::sync::Arc;
use storage::{LogDir, StorageError};

/// Directories that are out of service before anything of them is used.
pub(crate) struct OfflineFolders<'a> {
    files: &'a Arc<dyn Files>,
    config: &'a ServerConfig,
    dirs: Vec<(LogDir, DirectoryId)>,
    /// What was met in the last one.
    last: Option<ServerError>,
}

impl<'a> OfflineFolders<'a> {
    pub fn new(files: &'a Arc<dyn Files>, config: &'a ServerConfig) -> OfflineFolders<'a> {
        OfflineFolders { files, config, dirs: Vec::new(), last: None }
    }

    /// One that cannot be opened at all.
    pub fn add_path(&mut self, path: &Path, error: ServerError) -> Result<(), ServerError> {
        self.add(LogDir::out_of_service(self.files.clone(), path.to_owned()), None, error)
    }

    /// Takes a directory out of service; what was met there is returned where the node cannot go on without it, or where it
    /// is not the directory's fault.
    pub fn add(&mut self, dir: LogDir, id: Option<DirectoryId>, error: ServerError) -> Result<(), ServerError> {
        if dir.path() == Path::new(&self.config.log.metadata_log_dir) || !is_of_directory(&error) {
            return Err(error);
        }
        dir.mark_failed();
        tracing::error!(
            dir = %dir.path().display(), %error,
            "the log directory is out of service: its partitions are offline until the node is started again"
        );
        self.dirs.push((dir, id.unwrap_or(DirectoryId::DIRECTORY_LOST)));
        self.last = Some(error);
        Ok(())
    }

    /// All of them, unless a broker has no other.
    pub fn finish(self) -> Result<Vec<(LogDir, DirectoryId)>, ServerError> {
        let is_offline = |path: &String| self.dirs.iter().any(|(dir, _)| dir.path() == Path::new(path));
        let are_all = self.config.node.roles.broker && self.config.log.log_dirs.iter().all(is_offline);
        match self.last.filter(|_| are_all) {
            Some(error) => Err(error),
            None => Ok(self.dirs),
        }
    }
}

/// Whether the directory does not work, or has no room; other directories may.
fn is_of_directory(error: &ServerError) -> bool {
    match error {
        ServerError::Folder { .. } => true,
        ServerError::Storage(error) => error.fails_log_dir() || matches!(error, StorageError::NoSpace { .. }),
        _ => false,
    }
}
