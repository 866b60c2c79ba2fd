//! The log directories of a node: locked, checked against the node and each other, and what they hold.

use crate::ServerError;
use crate::format::folder_error;
use crate::offline_folders::OfflineFolders;
use base::{BrokerEpoch, DirectoryId, Executor, Files, Map, Offset, TopicPartition};
use broker::{Directory, RecoveryHint, Replicas};
use config::{Quorum, ServerConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{
    CLEANER_OFFSETS, CleanShutdown, FolderState, LOG_START_OFFSETS, LogDir, LogDirError, MetaProperties,
    PartitionFolder, RECOVERY_POINTS, REPLICATION_OFFSETS, StorageError, second_copy,
};

const METADATA_TOPIC: &str = "__cluster_metadata";

/// The locked directories of a formatted node.
pub struct Folders {
    pub dirs: Vec<(LogDir, MetaProperties)>,
    /// Out of service from the start, with their ids as far as they are known.
    offline: Vec<(LogDir, DirectoryId)>,
    pub cluster_id: String,
    /// Index of the directory with the metadata log.
    pub metadata: usize,
    /// From the clean-shutdown markers; -1 where one is missing.
    pub previous_broker_epoch: BrokerEpoch,
    clean: Vec<bool>,
    /// The folders of partitions in each directory.
    partitions: Vec<Vec<PartitionFolder>>,
}

/// `log.dirs` and `metadata.log.dir` without doubles, in order.
pub(crate) fn all_dirs(config: &ServerConfig) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = Vec::new();
    for dir in config.log.log_dirs.iter().chain([&config.log.metadata_log_dir]) {
        let dir = PathBuf::from(dir);
        if !dirs.contains(&dir) {
            dirs.push(dir);
        }
    }
    dirs
}

/// The same, unless one is named twice. As in Kafka that is refused; the very same text twice is only told of.
fn checked_dirs(config: &ServerConfig) -> Result<Vec<PathBuf>, ServerError> {
    let named = &config.log.log_dirs;
    for (at, second) in named.iter().enumerate() {
        let is_it = |first: &&String| Path::new(*first) == Path::new(second);
        match named.iter().take(at).find(is_it) {
            Some(first) if first != second => {
                return Err(ServerError::NamedTwice { first: first.into(), second: second.into() });
            }
            Some(first) => tracing::warn!(dir = first, "log.dirs names a directory twice: it counts once"),
            None => {}
        }
    }
    Ok(all_dirs(config))
}

/// The locked directory that lies at this path too, by another name: both begin with the same file.
fn same_directory<'a>(files: &dyn Files, locked: &'a [LogDir], path: &Path) -> Option<&'a Path> {
    let id_of = |dir: &Path| files.read(&dir.join("meta.properties")).ok();
    let id = id_of(path)?;
    locked.iter().map(LogDir::path).find(|dir| id_of(dir).as_ref() == Some(&id))
}

/// Whether a directory is absent or holds nothing of anybody's: at most the lock that a start before this one left, and
/// the folder that a new file system comes with.
pub(crate) fn is_fresh(files: &dyn Files, dir: &Path) -> std::io::Result<bool> {
    let is_nobodys = |entry: &base::DirEntry| match entry.is_dir {
        true => entry.name == "lost+found",
        false => entry.name == ".lock",
    };
    Ok(!files.exists(dir)? || files.list(dir)?.iter().all(is_nobodys))
}

impl Folders {
    /// Locks every directory, then checks each for itself and against the others, before anything in any of them is
    /// written. As in Kafka an I/O error takes the directory out of service and the node starts without it, unless the
    /// metadata log lies there or no other is left.
    pub fn open(files: &Arc<dyn Files>, config: &ServerConfig, advice: &FormatAdvice) -> Result<Folders, ServerError> {
        let paths = checked_dirs(config)?;
        let not_formatted = |dir: &Path| ServerError::NotFormatted {
            dir: dir.to_owned(),
            command: advice.command(config, stored_cluster_id(files, &paths).as_deref()),
        };
        let metadata_path = Path::new(&config.log.metadata_log_dir);
        let mut offline = OfflineFolders::new(files, config);
        let mut formatted = Vec::new();
        for path in &paths {
            match files.exists(&path.join("meta.properties")) {
                Ok(true) => formatted.push(path),
                Ok(false) => return Err(not_formatted(path)),
                Err(source) => offline.add_path(path, ServerError::Folder { path: path.clone(), source })?,
            }
        }
        let mut locked = Vec::new();
        for path in formatted {
            match LogDir::open(files.clone(), path.clone()) {
                Ok(dir) => locked.push(dir),
                Err(LogDirError::Locked(second)) if let Some(first) = same_directory(&**files, &locked, path) => {
                    return Err(ServerError::NamedTwice { first: first.to_owned(), second });
                }
                Err(error) => offline.add_path(path, folder_error(path, error))?,
            }
        }
        let mut dirs: Vec<(LogDir, MetaProperties)> = Vec::new();
        let mut partitions = Vec::new();
        for dir in locked {
            let meta = match dir.meta_properties().map_err(|error| folder_error(dir.path(), error)) {
                Ok(Some(meta)) => meta,
                Ok(None) => return Err(not_formatted(dir.path())),
                Err(error) => {
                    offline.add(dir, None, error)?;
                    continue;
                }
            };
            check(&dirs, dir.path(), &meta, config)?;
            match dir.partition_folders() {
                Ok(folders) => {
                    partitions.push(folders);
                    dirs.push((dir, meta));
                }
                Err(error) => offline.add(dir, meta.directory_id, error.into())?,
            }
        }
        while let Err(error) = check_copies(files, &partitions, metadata_path) {
            let Some(at) =
                dirs.iter().position(|(dir, _)| error.path().is_some_and(|path| path.starts_with(dir.path())))
            else {
                return Err(error);
            };
            partitions.remove(at);
            let (dir, meta) = dirs.remove(at);
            offline.add(dir, meta.directory_id, error)?;
        }
        let mut folders = Folders {
            dirs: Vec::new(),
            offline: Vec::new(),
            cluster_id: String::new(),
            metadata: 0,
            previous_broker_epoch: -1,
            clean: Vec::new(),
            partitions: Vec::new(),
        };
        for ((dir, mut meta), found) in dirs.into_iter().zip(partitions) {
            let directory_id = meta.directory_id;
            match begin(&dir, &mut meta) {
                Ok(marker) => folders.add(dir, meta, found, marker, metadata_path),
                Err(error) => offline.add(dir, directory_id, error.into())?,
            }
        }
        folders.offline = offline.finish()?;
        Ok(folders)
    }

    /// One more that is in service.
    fn add(
        &mut self,
        dir: LogDir,
        meta: MetaProperties,
        found: Vec<PartitionFolder>,
        marker: Option<CleanShutdown>,
        metadata_path: &Path,
    ) {
        if dir.path() == metadata_path {
            self.metadata = self.dirs.len();
            self.cluster_id.clone_from(&meta.cluster_id);
        }
        let epoch = marker.map_or(-1, |marker| marker.broker_epoch);
        let is_same = self.dirs.is_empty() || self.previous_broker_epoch == epoch;
        self.previous_broker_epoch = if is_same { epoch } else { -1 };
        self.clean.push(marker.is_some());
        self.partitions.push(found);
        self.dirs.push((dir, meta));
    }

    /// Whether the metadata log was closed in order.
    pub fn metadata_clean(&self) -> bool {
        self.clean[self.metadata]
    }

    /// Hands the directories to a broker, with what their checkpoints say about each partition.
    pub fn into_replicas(
        self,
        executor: &Arc<dyn Executor>,
        seed: u64,
    ) -> Result<(Replicas, Vec<Arc<Directory>>), ServerError> {
        let mut directories = Vec::new();
        let (mut found, mut copies, mut deleted) = (Vec::new(), Vec::new(), Vec::new());
        for (((dir, meta), clean), folders) in self.dirs.into_iter().zip(self.clean).zip(self.partitions) {
            let read = |checkpoint| -> Result<Map<TopicPartition, Offset>, ServerError> {
                match dir.read_checkpoint(checkpoint) {
                    Ok(offsets) => Ok(offsets.into_iter().collect()),
                    // Without what it says, records that were deleted would come back.
                    Err(error) if error.is_shortage() => Err(error.into()),
                    Err(error) => {
                        tracing::warn!(%error, "a checkpoint cannot be read: the logs are walked from their beginning");
                        Ok(Map::default())
                    }
                }
            };
            let (recovery, starts, watermarks) =
                (read(RECOVERY_POINTS)?, read(LOG_START_OFFSETS)?, read(REPLICATION_OFFSETS)?);
            let cleaned = read(CLEANER_OFFSETS)?;
            let path = dir.path().to_owned();
            let directory = Directory::new(meta.directory_id.unwrap_or_default(), dir, executor.clone());
            [&recovery, &starts, &watermarks].into_iter().for_each(|rows| directory.note_checkpointed(rows.keys()));
            for folder in folders {
                match folder.state {
                    FolderState::Live | FolderState::Future if folder.partition.topic == METADATA_TOPIC => {}
                    FolderState::Live | FolderState::Future => {
                        let hint = RecoveryHint {
                            clean_shutdown: clean,
                            trusted: directory.dir.was_trusted(),
                            recovery_point: recovery.get(&folder.partition).copied().unwrap_or(0),
                            log_start_offset: starts.get(&folder.partition).copied().unwrap_or(0),
                            cleaned_up_to: cleaned.get(&folder.partition).copied().unwrap_or(0),
                            high_watermark: watermarks.get(&folder.partition).copied(),
                        };
                        let row = (folder.partition, directory.clone(), folder.topic_id, hint);
                        match folder.state {
                            FolderState::Future => copies.push((row, folder.path)),
                            _ => found.push(row),
                        }
                    }
                    FolderState::Deleted => deleted.push((directory.clone(), folder.path.clone())),
                    state => {
                        tracing::info!(path = %folder.path.display(), ?state, "a folder is left as it is");
                    }
                }
            }
            tracing::debug!(dir = %path.display(), clean, "log directory opened");
            directories.push(directory);
        }
        let offline = self.offline.into_iter();
        directories.extend(offline.map(|(dir, id)| Directory::new(id, dir, executor.clone())));
        let replicas = Replicas::new(directories.clone(), executor.clone(), seed);
        for (partition, directory, topic_id, hint) in found {
            replicas.add_found(partition, directory, topic_id, hint);
        }
        for ((partition, directory, topic_id, hint), path) in copies {
            replicas.add_copy(partition, (directory, path), topic_id, hint);
        }
        deleted.into_iter().for_each(|(directory, path)| replicas.add_deleted(directory, path));
        Ok((replicas, directories))
    }
}

/// How a folder that is not formatted comes to be.
#[derive(Debug)]
pub enum FormatAdvice {
    /// By the tool, with this file.
    Tool { config: String },
    /// By a start with another folder.
    NewFolder,
}

impl FormatAdvice {
    /// `cluster_id` is that of the node's other folders, if there are some. They say who the voters are, too: a new folder
    /// beside them begins no quorum.
    fn command(&self, config: &ServerConfig, cluster_id: Option<&str>) -> String {
        let FormatAdvice::Tool { config: file } = self else {
            return "ottla server --data-dir NEW_FOLDER".to_owned();
        };
        let begins = config.node.roles.controller && matches!(config.controller.quorum, Quorum::Dynamic(_));
        let voters = |flag: &'static str| if begins { flag } else { "" };
        match cluster_id {
            None if is_one_of_several(config) => {
                let voters = voters("--no-initial-controllers ");
                format!("ottla storage format {voters}--cluster-id ID_OF_THE_CLUSTER --config {file}")
            }
            None => {
                let voters = voters("--standalone ");
                format!("ottla storage format {voters}--cluster-id $(ottla storage random-uuid) --config {file}")
            }
            Some(id) => {
                let voters = voters("--no-initial-controllers ");
                format!("ottla storage format {voters}--cluster-id {id} --ignore-formatted --config {file}")
            }
        }
    }
}

/// Whether the node is to take part in what other nodes have begun, or begin together: an id of its own would keep it out.
fn is_one_of_several(config: &ServerConfig) -> bool {
    let controllers = match &config.controller.quorum {
        Quorum::Static(voters) => voters.len(),
        Quorum::Dynamic(servers) => servers.len(),
    };
    !config.node.roles.controller || controllers > 1
}

/// The cluster of the first folder that says one.
fn stored_cluster_id(files: &Arc<dyn Files>, paths: &[PathBuf]) -> Option<String> {
    let stored = |path: &PathBuf| storage::read_meta_properties(&**files, path).ok().flatten();
    paths.iter().find_map(stored).map(|meta| meta.cluster_id)
}

/// The first that is changed in a directory: one of Kafka before 3.7 gets its id, as Kafka does it, and the marker of an
/// orderly stop is taken.
fn begin(dir: &LogDir, meta: &mut MetaProperties) -> Result<Option<CleanShutdown>, StorageError> {
    if meta.directory_id.is_none() {
        meta.directory_id = Some(base::Random::uuid(&mut os::SystemRandom));
        dir.write_meta_properties(meta, os::Clock::new().now().wall_ms)?;
    }
    dir.take_clean_shutdown()
}

fn check(
    dirs: &[(LogDir, MetaProperties)],
    path: &Path,
    meta: &MetaProperties,
    config: &ServerConfig,
) -> Result<(), ServerError> {
    if meta.node_id != config.node.node_id {
        return Err(ServerError::MetaProperties(format!(
            "Stored node id {} doesn't match previous node id {} in {}/meta.properties. If you moved your data, make sure your configured node id matches. If you intend to create a new node, you should remove all data in your data directories.\nhint: set node.id={}, or give the folder of this node",
            meta.node_id,
            config.node.node_id,
            path.display(),
            meta.node_id
        )));
    }
    if let Some((other, first)) = dirs.first()
        && first.cluster_id != meta.cluster_id
    {
        return Err(ServerError::MetaProperties(format!(
            "{} belongs to cluster {}, but {} to cluster {}",
            path.display(),
            meta.cluster_id,
            other.path().display(),
            first.cluster_id
        )));
    }
    if let Some((other, _)) = dirs.iter().find(|(_, m)| m.directory_id.is_some() && m.directory_id == meta.directory_id)
    {
        return Err(ServerError::MetaProperties(format!(
            "{} and {} have the same directory.id: one is a copy of the other",
            path.display(),
            other.path().display()
        )));
    }
    Ok(())
}

/// No partition may lie in two directories, and the metadata log in its own only: nobody could tell which copy is the one
/// that clients were told of.
fn check_copies(
    files: &Arc<dyn Files>,
    partitions: &[Vec<PartitionFolder>],
    metadata_dir: &Path,
) -> Result<(), ServerError> {
    let all = || partitions.iter().flatten();
    let is_metadata = |folder: &&PartitionFolder| folder.partition.topic == METADATA_TOPIC;
    let is_elsewhere = |folder: &&PartitionFolder| folder.path.parent() != Some(metadata_dir);
    if let Some(found) = all().filter(is_metadata).find(is_elsewhere) {
        return Err(ServerError::MetadataElsewhere {
            found: found.path.clone(),
            metadata_dir: metadata_dir.to_owned(),
        });
    }
    match second_copy(&**files, all())? {
        None => Ok(()),
        Some((first, second)) => Err(ServerError::TwoCopies {
            partition: first.partition.clone(),
            first: first.path.clone(),
            second: second.path.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::SimFiles;

    #[test]
    fn a_fresh_volume_is_one_that_nobody_has_written_to() {
        for (entries, expected) in [
            (&[][..], true),
            (&["lost+found/"][..], true),
            (&["lost+found/", ".lock"][..], true),
            (&["lost+found"][..], false),
            (&["lost+found/", "notes"][..], false),
            (&["lost+found/", "t-0/"][..], false),
            (&[".lock/"][..], false),
        ] {
            let files = SimFiles::new();
            let dir = Path::new("/data");
            files.create_dir_all(dir).unwrap();
            for entry in entries {
                match entry.strip_suffix('/') {
                    Some(folder) => files.create_dir_all(&dir.join(folder)).unwrap(),
                    None => files.replace(&dir.join(entry), b"x").unwrap(),
                }
            }
            assert_eq!(is_fresh(&files, dir).unwrap(), expected, "{entries:?}");
        }
        assert!(is_fresh(&SimFiles::new(), Path::new("/absent")).unwrap());
    }
}
