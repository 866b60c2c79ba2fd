//! One directory of `log.dirs`: its lock, identity, clean-shutdown file, checkpoints and partition folders.

use crate::error::IoContext;
use crate::names::{self, FolderState};
use crate::witness::{Witness, Witnessed};
use crate::{StorageError, checkpoints, partition_metadata, properties};
use base::{BrokerEpoch, DirectoryId, FileLock, Files, Link, NodeId, Offset, OpenMode, TopicId, TopicPartition};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Checkpoint of the offsets below which logs are durable.
pub const RECOVERY_POINTS: Checkpoint = Checkpoint("recovery-point-offset-checkpoint");
/// Checkpoint of high watermarks.
pub const REPLICATION_OFFSETS: Checkpoint = Checkpoint("replication-offset-checkpoint");
/// Checkpoint of log start offsets; only those that lie above the first segment's base offset need to be in it.
pub const LOG_START_OFFSETS: Checkpoint = Checkpoint("log-start-offset-checkpoint");
/// Checkpoint of the cleaner.
pub const CLEANER_OFFSETS: Checkpoint = Checkpoint("cleaner-offset-checkpoint");

const LOCK: &str = ".lock";
const CLEAN_SHUTDOWN: &str = ".kafka_cleanshutdown";
const META_PROPERTIES: &str = "meta.properties";
/// There for a moment, while somebody looks whether something can be written.
const ROOM: &str = ".ottla-room";

/// A checkpoint file of a log directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint(&'static str);

/// `.kafka_cleanshutdown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanShutdown {
    /// The broker's epoch when it stopped; -1 when the file does not say.
    pub broker_epoch: BrokerEpoch,
}

/// `meta.properties` of version 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaProperties {
    pub cluster_id: String,
    pub node_id: NodeId,
    /// `None` in directories of Kafka before 3.7.
    pub directory_id: Option<DirectoryId>,
}

/// A partition's folder in a log directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionFolder {
    pub partition: TopicPartition,
    pub state: FolderState,
    pub path: PathBuf,
    /// From `partition.metadata`.
    pub topic_id: Option<TopicId>,
}

/// Why a log directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogDirError {
    #[error("log directory is in use by another process: {}", .0.display())]
    Locked(PathBuf),
    #[error("meta.properties in {} is not usable: {reason}", path.display())]
    MetaProperties { path: PathBuf, reason: String },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// An open log directory. The lock is held while this lives.
pub struct LogDir {
    files: Arc<dyn Files>,
    witness: Arc<Witness>,
    path: PathBuf,
    lock: Option<Box<dyn FileLock>>,
    failed: AtomicBool,
}

impl LogDir {
    /// Makes the directory when absent and takes its lock, before anything in it is read.
    pub fn open(files: Arc<dyn Files>, path: PathBuf) -> Result<LogDir, LogDirError> {
        make_durably(&*files, &path)?;
        let lock_path = path.join(LOCK);
        let lock = files.lock(&lock_path).or_writing(&lock_path)?;
        let Some(lock) = lock else { return Err(LogDirError::Locked(path)) };
        // Left by a process that was killed while it looked for room.
        let _is_rarely_there = files.remove_file(&path.join(ROOM));
        // A folder that the last process made, and died before its name was durable, may be used from now on.
        files.sync_dir(&path).or_failed(&path)?;
        let witness = Arc::new(Witness::open(files.clone(), &path).or_writing(&path)?);
        let files = Arc::new(Witnessed { files, witness: witness.clone() });
        Ok(LogDir { files, witness, path, lock: Some(lock), failed: AtomicBool::new(false) })
    }

    /// A directory that cannot be opened: out of service from the start, and not locked. Nothing in it is touched.
    pub fn out_of_service(files: Arc<dyn Files>, path: PathBuf) -> LogDir {
        let witness = Arc::new(Witness::absent(files.clone(), &path));
        LogDir { files, witness, path, lock: None, failed: AtomicBool::new(true) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files through which everything in the directory is to be reached.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// Whether no sync had failed or was under way when the last process ended: what the page cache shows of its files is
    /// on disk or will be written ([`crate::OpenOptions::trusted`]).
    pub fn was_trusted(&self) -> bool {
        self.witness.was_trusted()
    }

    /// Every log of the directory is open: from now on only the syncs of this process tell whether it can be trusted.
    pub fn vouch(&self) -> Result<(), StorageError> {
        self.witness.vouch().or_failed(&self.path)
    }

    /// Takes the directory offline; it stays so until the process starts again.
    pub fn mark_failed(&self) {
        // In one order with the places of logs: who puts one here looks at it afterwards.
        self.failed.store(true, Ordering::SeqCst);
    }

    pub fn is_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    /// `meta.properties`; `None` when the directory was never formatted.
    pub fn meta_properties(&self) -> Result<Option<MetaProperties>, LogDirError> {
        read_meta_properties(&*self.files, &self.path)
    }

    /// Writes `meta.properties` in Kafka's form; durable when it returns.
    pub fn write_meta_properties(&self, meta: &MetaProperties, now_wall_ms: i64) -> Result<(), StorageError> {
        let path = self.path.join(META_PROPERTIES);
        let directory_id = meta.directory_id.map(|id| format!("directory.id={id}\n")).unwrap_or_default();
        let text = format!(
            "#\n#{}\nnode.id={}\n{directory_id}version=1\ncluster.id={}\n",
            properties::java_date(now_wall_ms),
            meta.node_id,
            meta.cluster_id
        );
        self.files.replace(&path, text.as_bytes()).or_writing(&path)
    }

    /// Reads `.kafka_cleanshutdown` and removes it, so that a crash from now on is an unclean stop. `None`: the last stop
    /// was unclean (or there was none).
    pub fn take_clean_shutdown(&self) -> Result<Option<CleanShutdown>, StorageError> {
        let path = self.path.join(CLEAN_SHUTDOWN);
        let bytes = match self.files.read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.or_failed(&path)?,
        };
        if !base::mutant(base::Mutant::CleanShutdownKept) {
            self.files.remove_file(&path).or_failed(&path)?;
            self.files.sync_dir(&self.path).or_failed(&self.path)?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let epoch = text.split_once("\"brokerEpoch\"").and_then(|(_, rest)| {
            let rest = rest.trim_start().strip_prefix(':')?.trim_start();
            let end = rest.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(rest.len());
            rest.get(..end)?.parse().ok()
        });
        Ok(Some(CleanShutdown { broker_epoch: epoch.unwrap_or(-1) }))
    }

    /// Writes `.kafka_cleanshutdown`: every log was closed cleanly and the checkpoints are written.
    pub fn write_clean_shutdown(&self, broker_epoch: BrokerEpoch) -> Result<(), StorageError> {
        let path = self.path.join(CLEAN_SHUTDOWN);
        let text = format!("{{\"version\":0,\"brokerEpoch\":{broker_epoch}}}");
        self.files.replace(&path, text.as_bytes()).or_writing(&path)?;
        self.witness.retire().or_failed(&path)
    }

    /// Reads a checkpoint; empty when the file is absent. A corrupt recovery-point or log-start checkpoint may be taken
    /// for empty: the logs are then walked from their beginning.
    pub fn read_checkpoint(&self, checkpoint: Checkpoint) -> Result<Vec<(TopicPartition, Offset)>, StorageError> {
        checkpoints::read_offsets(&*self.files, &self.path.join(checkpoint.0))
    }

    /// Replaces a checkpoint; durable when it returns.
    pub fn write_checkpoint<'a>(
        &self,
        checkpoint: Checkpoint,
        offsets: impl IntoIterator<Item = (&'a TopicPartition, Offset)>,
    ) -> Result<(), StorageError> {
        checkpoints::write_offsets(&*self.files, &self.path.join(checkpoint.0), offsets)
    }

    /// The partition folders, live ones and others; `__cluster_metadata-0` is among them. Folders with other names are
    /// left alone, and so is whatever has a name that is not UTF-8.
    pub fn partition_folders(&self) -> Result<Vec<PartitionFolder>, StorageError> {
        let mut folders = Vec::new();
        for entry in self.files.list(&self.path).or_failed(&self.path)? {
            if entry.has_foreign_name() {
                tracing::warn!(path = %self.path.display(), name = entry.name, "a name is not UTF-8: it is left alone");
                continue;
            }
            if entry.link == Link::Broken && names::parse_folder(&entry.name).is_some() {
                return Err(StorageError::broken_link(&self.path.join(&entry.name)));
            }
            if !entry.is_dir {
                continue;
            }
            let Some((partition, state)) = names::parse_folder(&entry.name) else {
                tracing::warn!(path = %self.path.display(), name = entry.name, "folder is not a partition's");
                continue;
            };
            let path = self.path.join(&entry.name);
            let topic_id = match partition_metadata::read(&*self.files, &path.join(names::PARTITION_METADATA)) {
                Err(StorageError::Corrupt { .. }) => None,
                other => other?,
            };
            folders.push(PartitionFolder { partition, state, path, topic_id });
        }
        Ok(folders)
    }

    /// Live folders that do not belong here: their topic is gone, was created again with another id, or is not assigned
    /// to this directory. `belongs` looks the partition and its id up in the metadata.
    pub fn stray_folders(
        folders: &[PartitionFolder],
        mut belongs: impl FnMut(&TopicPartition, Option<TopicId>) -> bool,
    ) -> Vec<&PartitionFolder> {
        folders
            .iter()
            .filter(|folder| folder.state == FolderState::Live && !belongs(&folder.partition, folder.topic_id))
            .collect()
    }

    /// Renames a folder whose log is not open (a stray one, or one to delete); durable when it returns.
    pub fn rename_folder(&self, folder: &PartitionFolder, name: &str) -> Result<(), StorageError> {
        let target = self.path.join(name);
        self.files.rename(&folder.path, &target).or_failed(&folder.path)?;
        self.files.sync_dir(&self.path).or_failed(&self.path)
    }

    /// Removes a folder with all that is in it (a `-delete` one after `file.delete.delay.ms`).
    pub fn remove_folder(&self, path: &Path) -> Result<(), StorageError> {
        match self.files.remove_dir_all(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.or_failed(path),
        }
    }

    /// Whether so many bytes can be written now, which they are, and removed again: what is free says nothing of quotas.
    pub fn has_room_for(&self, bytes: usize) -> Result<bool, StorageError> {
        let path = self.path.join(ROOM);
        let written = self.files.open(&path, OpenMode::Create).and_then(|file| file.write_all_at(&vec![0; bytes], 0));
        let removed = match self.files.remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        // Where a quota is used up, or a file system writes names anew, to remove may find no room either.
        let mut has_room = true;
        for outcome in [written, removed] {
            match outcome.or_writing(&path) {
                Err(error) if error.lacks_room() => has_room = false,
                other => other?,
            }
        }
        Ok(has_room)
    }

    /// Bytes that can still be written, and the size of the file system.
    pub fn free_space(&self) -> Result<(u64, u64), StorageError> {
        self.files.free_space(&self.path).or_failed(&self.path)
    }

    /// Removes the lock's file, as Kafka does at a clean stop; the lock itself is held as long as the directory lives.
    pub fn remove_lock_file(&self) -> Result<(), StorageError> {
        if self.lock.is_none() {
            return Ok(());
        }
        crate::job::remove_if_present(&*self.files, &self.path.join(LOCK))
    }

    /// Gives the lock up and removes its file, as Kafka does at a clean stop.
    pub fn unlock(mut self) -> Result<(), StorageError> {
        let path = self.path.join(LOCK);
        crate::job::remove_if_present(&*self.files, &path)?;
        self.lock = None;
        Ok(())
    }
}

/// Makes a folder and those above it; the names of those that were not there are durable when it returns.
fn make_durably(files: &dyn Files, path: &Path) -> Result<(), StorageError> {
    let mut made = Vec::new();
    for folder in path.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
        if files.exists(folder).or_failed(folder)? {
            break;
        }
        made.push(folder);
    }
    if let Err(error) = files.create_dir_all(path) {
        // What was not there has a name that is taken: a link that leads nowhere.
        let taken = made.last().filter(|_| error.kind() == io::ErrorKind::AlreadyExists);
        return Err(taken.map_or_else(|| StorageError::writing(path, error), |link| StorageError::broken_link(link)));
    }
    for folder in made.iter().rev() {
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        files.sync_dir(parent).or_failed(parent)?;
    }
    Ok(())
}

impl std::fmt::Debug for LogDir {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogDir").field("path", &self.path).field("failed", &self.is_failed()).finish_non_exhaustive()
    }
}
/// `meta.properties` of a directory that need not be locked; `None` when it was never formatted.
pub fn read_meta_properties(files: &dyn Files, dir: &Path) -> Result<Option<MetaProperties>, LogDirError> {
    let path = dir.join(META_PROPERTIES);
    let bytes = match files.read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.or_failed(&path)?,
    };
    let fail = |reason: &str| LogDirError::MetaProperties { path: dir.to_owned(), reason: reason.to_owned() };
    let pairs = properties::parse(&String::from_utf8_lossy(&bytes));
    let get = |key: &str| pairs.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value.trim());
    match get("version") {
        Some("1") => {}
        other => return Err(fail(&format!("version must be 1: {}", other.unwrap_or("missing")))),
    }
    let node_id = get("node.id").or_else(|| get("broker.id")).and_then(|id| id.parse().ok());
    let directory_id = match get("directory.id") {
        None => None,
        Some(id) => Some(id.parse().map_err(|_| fail(&format!("directory.id is not a uuid: {id}")))?),
    };
    Ok(Some(MetaProperties {
        cluster_id: get("cluster.id").ok_or_else(|| fail("cluster.id is missing"))?.to_owned(),
        node_id: node_id.ok_or_else(|| fail("node.id is missing or not a number"))?,
        directory_id,
    }))
}
