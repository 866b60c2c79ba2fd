//! The partitions that this broker hosts, and the directories in which they lie.

use crate::copies::{Copies, FoundCopy};
use crate::isr_changes::IsrChanges;
use crate::log_dirs::Directory;
use crate::partition::{AppendError, Effects, PartitionCell};
use crate::topic_settings::TopicSettings;
use base::{Executor, LeaderEpoch, Map, Offset, PartitionIndex, Random, TopicId, TopicPartition, Uuid};
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use storage::{Log, OpenOptions, StorageError, deleted_folder_name, folder_name};

/// What the checkpoints of a directory say about one log.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecoveryHint {
    pub clean_shutdown: bool,
    /// See [`OpenOptions::trusted`].
    pub trusted: bool,
    pub recovery_point: Offset,
    pub log_start_offset: Offset,
    /// See [`OpenOptions::cleaned_up_to`].
    pub cleaned_up_to: Offset,
    pub high_watermark: Option<Offset>,
}

/// Where the log of a partition was found.
#[derive(Clone)]
struct Found {
    directory: Arc<Directory>,
    hint: RecoveryHint,
    topic_id: Option<TopicId>,
    /// The image has the partition, but its log could not be opened so far.
    is_claimed: bool,
}

/// Partitions whose logs could not be opened because something was short.
#[derive(Default)]
struct Short {
    partitions: BTreeSet<(TopicId, PartitionIndex)>,
    /// A later try is due some time.
    waits: bool,
}

/// Replicas that are not here of which it is remembered where they are to begin.
const PREFERRED_MAX: usize = 10_000;

/// Ids that name no directory (KIP-858).
const NO_DIRECTORY: [Uuid; 3] = [Uuid::DIRECTORY_UNASSIGNED, Uuid::DIRECTORY_LOST, Uuid::DIRECTORY_MIGRATING];

/// The hosted partitions.
pub struct Replicas {
    directories: Vec<Arc<Directory>>,
    cells: RwLock<Map<(TopicId, PartitionIndex), Arc<PartitionCell>>>,
    /// Folders that were there at the start and that no partition has claimed yet; several of one name belong to topics of
    /// different ids.
    found: Mutex<Map<TopicPartition, Vec<Found>>>,
    /// Folders of deleted topics that were there at the start and are still to be removed.
    doomed: Mutex<Vec<(Arc<Directory>, PathBuf)>>,
    short: Mutex<Short>,
    is_closing: AtomicBool,
    /// Partitions that come from now on are new.
    has_first_image: AtomicBool,
    pub(crate) executor: Arc<dyn Executor>,
    seed: AtomicU64,
    pub(crate) copies: Copies,
    /// Where replicas are to begin that are not here yet (AlterReplicaLogDirs).
    preferred: Mutex<Map<TopicPartition, Arc<Directory>>>,
    pub(crate) cancel: storage::Cancel,
    pub(crate) isr_changes: Arc<IsrChanges>,
}

impl Replicas {
    pub fn new(directories: Vec<Arc<Directory>>, executor: Arc<dyn Executor>, seed: u64) -> Replicas {
        Replicas {
            directories,
            cells: RwLock::default(),
            found: Mutex::default(),
            doomed: Mutex::default(),
            short: Mutex::default(),
            is_closing: AtomicBool::new(false),
            has_first_image: AtomicBool::new(false),
            executor,
            seed: AtomicU64::new(seed),
            copies: Copies::default(),
            preferred: Mutex::default(),
            cancel: storage::Cancel::default(),
            isr_changes: IsrChanges::new(),
        }
    }

    /// Tells of a folder that was found at the start.
    pub fn add_found(
        &self,
        partition: TopicPartition,
        directory: Arc<Directory>,
        topic_id: Option<TopicId>,
        hint: RecoveryHint,
    ) {
        let found = Found { directory, hint, topic_id, is_claimed: false };
        self.found.lock().entry(partition).or_default().push(found);
    }

    /// Tells of the folder of a deleted topic that was found at the start.
    pub fn add_deleted(&self, directory: Arc<Directory>, path: PathBuf) {
        self.doomed.lock().push((directory, path));
    }

    /// Removes what was found of deleted topics.
    pub(crate) fn remove_deleted(&self) {
        let doomed = std::mem::take(&mut *self.doomed.lock());
        for (directory, path) in doomed {
            if self.copies.may_need(&path) {
                tracing::warn!(path = %path.display(), "the copy that took the place of a deleted folder is not open: it stays");
                continue;
            }
            if let Err(error) = directory.dir.remove_folder(&path) {
                tracing::warn!(path = %path.display(), %error, "a deleted folder could not be removed");
            }
        }
    }

    pub fn directories(&self) -> &[Arc<Directory>] {
        &self.directories
    }

    /// The directory in which a file or folder lies.
    pub fn directory_of(&self, path: &Path) -> Option<&Arc<Directory>> {
        let holds = |directory: &&Arc<Directory>| path.starts_with(directory.dir.path());
        self.directories.iter().filter(holds).max_by_key(|directory| directory.dir.path().components().count())
    }

    pub fn get(&self, topic_id: TopicId, partition: PartitionIndex) -> Option<Arc<PartitionCell>> {
        self.cells.read().get(&(topic_id, partition)).cloned()
    }

    /// All partitions, in the order of topic names and partition numbers.
    pub fn all(&self) -> Vec<Arc<PartitionCell>> {
        let mut cells: Vec<_> = self.cells.read().values().cloned().collect();
        cells.sort_by(|a, b| a.name.cmp(&b.name));
        cells
    }

    /// Calls `each` for every partition, in no particular order, without holding the table meanwhile.
    pub fn for_each(&self, mut each: impl FnMut(&Arc<PartitionCell>)) {
        let cells: Vec<_> = self.cells.read().values().cloned().collect();
        cells.iter().for_each(&mut each);
    }

    pub fn count(&self) -> usize {
        self.cells.read().len()
    }

    /// Whether a log of this partition, or a copy of it, was found at the start and is not open yet.
    pub fn is_found(&self, partition: &TopicPartition) -> bool {
        self.found.lock().contains_key(partition) || self.copies.is_found(partition)
    }

    /// Opens the log of a partition where it was found, or begins one in `directory_id`, or in the directory that holds
    /// the fewest. Blocks on the disk.
    pub fn open(
        &self,
        name: &TopicPartition,
        topic_id: TopicId,
        directory_id: Uuid,
        settings: Arc<TopicSettings>,
    ) -> Result<Arc<PartitionCell>, StorageError> {
        let mut copy = self.claim_copy(name, topic_id)?;
        let mut found = self.claim(name, topic_id);
        if let Some(alone) = &copy
            && !self.has_name(name, found.as_ref())?
        {
            found = Some(self.promote(name, topic_id, alone)?);
            copy = None;
        }
        let directory = match &found {
            Some(found) => found.directory.clone(),
            None => {
                let directory = self.preferred(name).map_or_else(|| self.choose(directory_id), Ok)?;
                // A later try goes on where this one began, not in another directory.
                let (directory, hint, topic_id) = (directory, RecoveryHint::default(), Some(topic_id));
                let begun = Found { directory: directory.clone(), hint, topic_id, is_claimed: true };
                self.found.lock().insert(name.clone(), vec![begun]);
                directory
            }
        };
        if directory.dir.is_failed() {
            return Err(StorageError::Offline { path: directory.dir.path().to_owned() });
        }
        let hint = found.as_ref().map(|found| found.hint).unwrap_or_default();
        let now = self.executor.now();
        let folder: PathBuf = directory.dir.path().join(folder_name(name));
        let files = directory.dir.files().clone();
        let is_new = found.is_none() && !files.exists(&folder).unwrap_or(true);
        if found.is_none() {
            self.forget_older(name, &directory)?;
        }
        let options = OpenOptions {
            // A folder that is there although nobody found it is not trusted.
            clean_shutdown: hint.clean_shutdown || is_new,
            trusted: hint.trusted,
            recovery_point: hint.recovery_point,
            log_start_offset: hint.log_start_offset,
            cleaned_up_to: hint.cleaned_up_to,
            now_wall_ms: now.wall_ms,
            seed: self.next_seed(),
            on_progress: None,
            cancel: self.cancel.clone(),
        };
        let log = Log::open(files, folder, name.clone(), settings.log.clone(), &options)?;
        let (mut log, directory, future) = match &copy {
            None => (log, directory, None),
            Some(copy) => self.compare_copy((log, directory), copy, &settings)?,
        };
        let files = directory.dir.files().clone();
        if settings.acknowledges_on_disk()
            && let Some(job) = log.flush_job(false)?
        {
            // What a recovery found becomes what the topic promises, before anybody sees it or is told that it is there.
            let flushed = job.run(&*files)?;
            log.flushed(&flushed);
        }
        let topic_id_job = log.set_topic_id(topic_id)?;
        if let Some(high_watermark) = hint.high_watermark {
            log.set_high_watermark(high_watermark);
        }
        if let Some(job) = topic_id_job {
            directory.run_job(job);
        }
        let cell = PartitionCell::new(name.clone(), topic_id, directory, log, settings, self.isr_changes.clone());
        let cell = Arc::new(cell);
        {
            let mut cells = self.cells.write();
            if self.is_closing.load(Ordering::Acquire) {
                return Err(StorageError::Cancelled);
            }
            cells.insert((topic_id, name.partition), cell.clone());
        }
        if let Some(future) = future {
            self.resume_copy(&cell, future);
        }
        // Until here a later try finds the folders, and what the checkpoints say of them.
        self.found.lock().remove(name);
        self.copies.forget_found(name);
        Ok(cell)
    }

    /// Whether a log that was found is still there under its name: an earlier try may have left the copy alone.
    fn has_name(&self, name: &TopicPartition, found: Option<&Found>) -> Result<bool, StorageError> {
        let Some(Found { directory, .. }) = found else { return Ok(false) };
        let (files, path) = (directory.dir.files(), directory.dir.path());
        let folder = path.join(folder_name(name));
        if directory.dir.is_failed() || files.exists(&folder).map_err(|error| StorageError::failed(&folder, error))? {
            return Ok(true);
        }
        // Two folders of one name would come back otherwise.
        files.sync_dir(path).map_err(|error| StorageError::failed(path, error))?;
        Ok(false)
    }

    /// A copy was found, and no log: it takes the log's place, unless that may lie where nobody can look: the partition is
    /// offline then.
    fn promote(&self, name: &TopicPartition, topic_id: TopicId, copy: &FoundCopy) -> Result<Found, StorageError> {
        if let Some(failed) = self.directories.iter().find(|directory| directory.dir.is_failed()) {
            let path = failed.dir.path();
            tracing::error!(
                partition = %name, copy = %copy.directory.dir.path().display(), out_of_service = %path.display(),
                "there is a copy of the log, and the log may lie in a directory that is out of service"
            );
            return Err(StorageError::Offline { path: path.to_owned() });
        }
        let hint = self.promote_copy(name, copy)?;
        let path = copy.directory.dir.path();
        self.took_place(name, copy);
        copy.directory.dir.files().sync_dir(path).map_err(|error| StorageError::failed(path, error))?;
        Ok(Found { directory: copy.directory.clone(), hint, topic_id: Some(topic_id), is_claimed: true })
    }

    /// The folder of a copy has the log's name: later tries find it so.
    pub(crate) fn took_place(&self, name: &TopicPartition, copy: &FoundCopy) {
        let found =
            Found { directory: copy.directory.clone(), hint: copy.hint, topic_id: copy.topic_id, is_claimed: true };
        self.found.lock().insert(name.clone(), vec![found]);
        self.copies.forget_found(name);
    }

    pub(crate) fn next_seed(&self) -> u64 {
        self.seed.fetch_add(1, Ordering::Relaxed)
    }

    /// The name that a folder gets before it is removed.
    pub(crate) fn deleted_name(&self, name: &TopicPartition) -> String {
        deleted_folder_name(name, Random::uuid(&mut base::SplitMix64(self.next_seed())))
    }

    /// A replica that is not here is to begin in this directory, should it come.
    pub(crate) fn prefer(&self, name: TopicPartition, directory: &Arc<Directory>) {
        let mut preferred = self.preferred.lock();
        if preferred.len() < PREFERRED_MAX || preferred.contains_key(&name) {
            preferred.insert(name, directory.clone());
        }
    }

    fn preferred(&self, name: &TopicPartition) -> Option<Arc<Directory>> {
        self.preferred.lock().remove(name).filter(|directory| !directory.dir.is_failed())
    }

    /// The folder that was found for this topic. Those of older topics of its name are set aside: they must never be
    /// inherited (KIP-516).
    fn claim(&self, name: &TopicPartition, topic_id: TopicId) -> Option<Found> {
        let (own, others) = {
            let mut all = self.found.lock();
            let mut folders = all.remove(name)?;
            let inherits = base::mutant(base::Mutant::RecreatedTopicInherits);
            let is_own = |found: &Found| inherits || found.topic_id.is_none_or(|id| id == topic_id);
            // One that says whose it is comes before one that was hardly begun.
            let own =
                (0..folders.len()).filter(|at| is_own(&folders[*at])).max_by_key(|at| folders[*at].topic_id.is_some());
            let own = own.map(|at| Found { is_claimed: true, ..folders.swap_remove(at) });
            if let Some(own) = &own {
                all.insert(name.clone(), vec![own.clone()]);
            }
            (own, folders)
        };
        others.iter().for_each(|found| self.set_aside(name, &found.directory));
        own
    }

    /// The directory that the registration names, else the one with the fewest partitions of those that have room. While a directory is out of
    /// service, a partition that was assigned to another than those in use may lie there, and so may one of the first image
    /// that was assigned to none: it must not begin anew elsewhere (KAFKA-16234).
    fn choose(&self, directory_id: Uuid) -> Result<Arc<Directory>, StorageError> {
        let usable = || self.directories.iter().filter(|directory| !directory.dir.is_failed());
        if let Some(named) = usable().find(|directory| directory.id == directory_id) {
            return Ok(named.clone());
        }
        if let Some(failed) = self.directories.iter().find(|directory| directory.dir.is_failed()) {
            if !NO_DIRECTORY.contains(&directory_id) {
                return Err(StorageError::Offline { path: failed.dir.path().to_owned() });
            }
            if !self.has_first_image.load(Ordering::Acquire) {
                // Later tries look for it there, too.
                return Ok(failed.clone());
            }
        }
        if let [only] = self.directories.as_slice() {
            return Ok(only.clone());
        }
        let cells = self.cells.read();
        let load = |directory: &Arc<Directory>| {
            cells.values().filter(|cell| Arc::ptr_eq(&cell.directory(), directory)).count()
        };
        Ok(usable()
            .min_by_key(|directory| (directory.is_full(), load(directory)))
            .unwrap_or(&self.directories[0])
            .clone())
    }

    fn set_aside(&self, name: &TopicPartition, directory: &Arc<Directory>) {
        self.set_folder_aside(name, directory, &directory.dir.path().join(folder_name(name)));
    }

    pub(crate) fn set_folder_aside(&self, name: &TopicPartition, directory: &Arc<Directory>, from: &Path) {
        if directory.dir.is_failed() {
            return;
        }
        let unique = Random::uuid(&mut base::SplitMix64(self.next_seed()));
        let to = directory.dir.path().join(storage::stray_folder_name(name, unique));
        tracing::warn!(partition = %name, to = %to.display(), "the folder belongs to another topic of that name: set aside");
        let files = directory.dir.files();
        let renamed = match files.rename(from, &to) {
            // It was to be made, and that failed.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        if let Err(error) = renamed.and_then(|()| files.sync_dir(directory.dir.path())) {
            directory.report(&StorageError::failed(from, error));
        }
    }

    /// Other brokers have the partition now: who waits here is told so. Its folder is for [`Replicas::remove_all`].
    pub fn reassigned(&self, topic_id: TopicId, partition: PartitionIndex) {
        if let Some(cell) = self.get(topic_id, partition) {
            let mut effects = Effects::default();
            cell.mark_reassigned(&mut effects);
            effects.run(&cell, self.executor.now());
        }
    }

    /// Forgets partitions whose topics are gone, or that others host now, and removes their folders after
    /// `file.delete.delay.ms`: the new names are durable when it returns, with one sync for each directory.
    pub fn remove_all(&self, partitions: impl IntoIterator<Item = (TopicId, PartitionIndex)>) {
        let mut changed: Vec<Arc<Directory>> = Vec::new();
        for (topic_id, partition) in partitions {
            let Some(cell) = self.cells.write().remove(&(topic_id, partition)) else {
                self.forget_found(topic_id, partition);
                continue;
            };
            if self.take_away(&cell) && !changed.iter().any(|other| Arc::ptr_eq(other, &cell.directory())) {
                changed.push(cell.directory().clone());
            }
        }
        for directory in changed {
            let path = directory.dir.path();
            if let Err(error) = directory.dir.files().sync_dir(path) {
                // A name that comes back after a power cut belongs to no topic, and is set aside then.
                directory.report(&StorageError::failed(path, error));
            }
        }
    }

    /// The log of the partition could not be opened; a topic that comes under its name has nothing to do with it.
    fn forget_found(&self, topic_id: TopicId, partition: PartitionIndex) {
        let of_topic = |found: &Found| found.is_claimed && found.topic_id == Some(topic_id);
        let is_it = |name: &TopicPartition, found: &[Found]| name.partition == partition && found.iter().any(of_topic);
        self.set_claimed_copy_aside(topic_id, partition);
        let gone: Vec<_> = self.found.lock().extract_if(|name, found| is_it(name, found)).collect();
        for (name, found) in gone {
            found.iter().for_each(|found| self.set_aside(&name, &found.directory));
        }
    }

    /// Tells everybody that the partition is gone, and gives its folder the name under which it is removed later. True if
    /// the name is to be synced.
    fn take_away(&self, cell: &Arc<PartitionCell>) -> bool {
        // Not while it is moved, or its log is cut.
        let mut upkeep = cell.upkeep();
        let mut effects = Effects::default();
        cell.mark_deleted(&mut effects);
        effects.run(cell, self.executor.now());
        if let Some(future) = upkeep.take() {
            self.discard_copy(cell, future);
        }
        if base::mutant(base::Mutant::RecreatedTopicInherits) {
            return false;
        }
        let name = self.deleted_name(&cell.name);
        let retired = cell.with_log(|log| log.retire(&name));
        if let Err(error) = retired.rename(&**cell.directory().dir.files()) {
            tracing::error!(partition = %cell.name, %error, "the folder of a deleted topic could not be renamed");
            cell.directory().fail();
            return false;
        }
        let delay_ms = cell.settings().log.file_delete_delay_ms.max(0) as u64;
        let (directory, partition) = (cell.directory().clone(), cell.name.clone());
        let remove = move || {
            if base::mutant(base::Mutant::DeleteByName) {
                let _same_name = directory.dir.remove_folder(&directory.dir.path().join(folder_name(&partition)));
            }
            if let Err(error) = directory.dir.remove_folder(retired.path()) {
                tracing::error!(path = %retired.path().display(), %error, "a deleted folder could not be removed");
            }
        };
        cell.directory().run_later(delay_ms * 1000, Box::new(remove));
        true
    }

    /// Cuts the log of a follower at `offset`, on behalf of the leader of this epoch. Returns where it ends. Blocks on the
    /// disk.
    pub fn truncate(
        &self,
        cell: &Arc<PartitionCell>,
        leader_epoch: LeaderEpoch,
        offset: Offset,
    ) -> Result<Offset, AppendError> {
        let mut upkeep = cell.upkeep();
        // Not for a leader of before: the copy would be cut, and the log would not.
        cell.check_following(leader_epoch)?;
        let now_ms = self.executor.now().wall_ms;
        self.cut_copy(cell, &mut upkeep, |copy| copy.truncate_to(offset, now_ms));
        self.prepare_cut(cell, leader_epoch, offset)?;
        let (now, mut effects) = (self.executor.now(), Effects::default());
        let end = cell.truncate(leader_epoch, offset, now, &mut effects);
        effects.run(cell, now);
        end
    }

    /// Empties the log of a follower, on behalf of the leader of this epoch; it goes on at `offset`. Blocks on the disk.
    pub fn begin_anew(
        &self,
        cell: &Arc<PartitionCell>,
        leader_epoch: LeaderEpoch,
        offset: Offset,
    ) -> Result<(), AppendError> {
        let mut upkeep = cell.upkeep();
        // Not for a leader of before: the copy would be cut, and the log would not.
        cell.check_following(leader_epoch)?;
        let now_ms = self.executor.now().wall_ms;
        self.cut_copy(cell, &mut upkeep, |copy| copy.truncate_fully_and_start_at(offset, now_ms));
        self.prepare_cut(cell, leader_epoch, -1)?;
        let (now, mut effects) = (self.executor.now(), Effects::default());
        let begun = cell.begin_anew(leader_epoch, offset, now, &mut effects);
        effects.run(cell, now);
        begun
    }

    /// What has to be on disk, or gone from it, before a log is cut.
    fn prepare_cut(
        &self,
        cell: &Arc<PartitionCell>,
        leader_epoch: LeaderEpoch,
        offset: Offset,
    ) -> Result<(), AppendError> {
        let before = cell.prepare_truncation(leader_epoch, offset)?;
        let directory = cell.directory();
        let prepared = before.run(&**directory.dir.files());
        let lowered = prepared.and_then(|()| self.lower_checkpoints(&cell.name, offset, &directory));
        lowered.map_err(|error| {
            cell.forget_truncation(leader_epoch);
            cell.directory().report(&error);
            AppendError::Storage(error)
        })
    }

    /// Every partition of a directory that failed is offline.
    pub fn directory_failed(&self, directory: &Arc<Directory>) {
        let now = self.executor.now();
        for cell in self.all().iter().filter(|cell| Arc::ptr_eq(&cell.directory(), directory)) {
            let mut effects = Effects::default();
            cell.mark_failed(&mut effects);
            effects.run(cell, now);
        }
    }

    /// Every partition of the first image was opened, as far as that is possible.
    pub(crate) fn first_image_applied(&self) {
        self.has_first_image.store(true, Ordering::Release);
    }

    /// Folders found at the start that no partition of the image claims: renamed to `-stray`, as Kafka does.
    pub fn set_aside_strays(&self) {
        self.set_copies_aside();
        let is_stray = |found: &[Found]| !found.iter().any(|found| found.is_claimed);
        let strays: Vec<_> = self.found.lock().extract_if(|_, found| is_stray(found)).collect();
        for (name, found) in strays {
            found.iter().for_each(|found| self.set_aside(&name, &found.directory));
        }
    }

    /// All logs that were found are open: directories without one that could not be opened stand for what they hold.
    pub fn vouch(&self) {
        let found = self.found.lock();
        for directory in &self.directories {
            let lacks_one = found.values().flatten().any(|found| Arc::ptr_eq(&found.directory, directory))
                || !self.copies.found_in(directory).is_empty();
            if !lacks_one
                && !directory.dir.is_failed()
                && let Err(error) = directory.dir.vouch()
            {
                directory.report(&error);
            }
        }
    }

    /// No log is opened from now on. False if there is one that is not open and was not closed in order: nobody has
    /// touched those that wait for their partitions.
    pub(crate) fn stop_opening(&self) -> bool {
        {
            let _nobody_adds_one = self.cells.write();
            self.is_closing.store(true, Ordering::Release);
        }
        // A directory that is out of service gets no marker anyway.
        let is_whole =
            |found: &Found| found.directory.dir.is_failed() || !found.is_claimed && found.hint.clean_shutdown;
        self.found.lock().values().flatten().all(is_whole) && self.copies.are_whole()
    }

    /// The logs and copies in a directory that are not open, with what is known of them.
    pub(crate) fn unopened(&self, directory: &Arc<Directory>) -> Vec<(TopicPartition, RecoveryHint)> {
        let found = self.found.lock();
        let all = found.iter().flat_map(|(name, folders)| folders.iter().map(move |found| (name, found)));
        let own = all.filter(|(_, found)| Arc::ptr_eq(&found.directory, directory));
        let mut unopened: Vec<_> = own.map(|(name, found)| (name.clone(), found.hint)).collect();
        unopened.extend(self.copies.found_in(directory));
        unopened.sort_by(|a, b| a.0.cmp(&b.0));
        // A log that has its name comes before a copy in the same directory.
        unopened.dedup_by(|a, b| a.0 == b.0);
        unopened
    }

    /// Something was short when the log of a partition was to be opened.
    pub(crate) fn note_short(&self, topic_id: TopicId, partition: PartitionIndex) {
        self.short.lock().partitions.insert((topic_id, partition));
    }

    /// Whether a try to open what was noted is to be set for later: there is something, and none is set.
    pub(crate) fn begins_to_wait(&self) -> bool {
        let mut short = self.short.lock();
        !short.partitions.is_empty() && !std::mem::replace(&mut short.waits, true)
    }

    /// The later try has come.
    pub(crate) fn end_wait(&self) {
        self.short.lock().waits = false;
    }

    /// What was noted.
    pub(crate) fn take_short(&self) -> BTreeSet<(TopicId, PartitionIndex)> {
        std::mem::take(&mut self.short.lock().partitions)
    }

    /// Stops recoveries that are under way.
    pub fn cancel_recovery(&self) {
        self.cancel.cancel();
    }
}

#[cfg(test)]
mod tests;
