//! Copies of logs in other directories (`-future` folders, KIP-113): those that are being filled, and those that a start
//! finds.
//!
//! What a start finds beside a log says by its last leader epoch and its end which of the two counts, as in a vote. A copy
//! changes places with its log when both end at the same offset, and only what has the place grows from then on; whoever
//! cuts the log cuts the copy first. So a copy that has more than its log had its place already, and gets it again. Any
//! other one is filled on where its log began with it; where it did not (its directory was away while the log was cut, and
//! grew in another epoch) it is given up, and the move begins anew. A copy without a
//! log is what is left when the process died after the log's folder had lost its name, unless the log may lie in a
//! directory that is out of service.

use crate::log_dirs::Directory;
use crate::partition::{Future, PartitionCell};
use crate::replicas::{RecoveryHint, Replicas};
use crate::topic_settings::TopicSettings;
use base::{Map, Offset, PartitionIndex, TopicId, TopicPartition, Uuid};
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{Log, OpenOptions, RetiredFolder, StorageError, deleted_folder_name, folder_name};

/// A copy that a start found.
#[derive(Clone)]
pub(crate) struct FoundCopy {
    pub directory: Arc<Directory>,
    path: PathBuf,
    pub topic_id: Option<TopicId>,
    pub hint: RecoveryHint,
    /// The image has the partition, but its log could not be opened so far.
    is_claimed: bool,
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copied {
    pub bytes: u64,
    pub end: Offset,
    /// Recovery point, high watermark, log start and first base offset, for the checkpoints.
    pub checkpoint: [Offset; 4],
}

/// The copies that are being filled.
#[derive(Default)]
pub(crate) struct Copies {
    filled: Mutex<Map<(TopicId, PartitionIndex), (Arc<PartitionCell>, Arc<Directory>, Copied)>>,
    /// Those that a start has found, until their partitions' logs are open.
    found: Mutex<Map<TopicPartition, Vec<FoundCopy>>>,
    /// Partitions that go on moving, each with its target.
    resumed: Mutex<Vec<(Arc<PartitionCell>, Arc<Directory>)>>,
}

/// What a start makes of a copy that is no log yet.
pub(crate) struct Resumed {
    target: Arc<Directory>,
    /// `None`: it was given up; the replica is to get there all the same.
    copy: Option<Future>,
}

impl Copied {
    pub const NOTHING: Copied = Copied { bytes: 0, end: 0, checkpoint: [0; 4] };

    fn of(log: &Log) -> Copied {
        let first = log.segments().next().map_or(0, |segment| segment.base_offset);
        Copied {
            bytes: log.size(),
            end: log.log_end_offset(),
            checkpoint: [
                log.checkpoint_recovery_point(),
                log.high_watermark(),
                log.log_start_offset().max(first),
                first,
            ],
        }
    }
}

impl Copies {
    /// Takes note of how far a copy is.
    pub fn note(&self, cell: &Arc<PartitionCell>, future: &Future) {
        let copied = (cell.clone(), future.directory.clone(), Copied::of(&future.log));
        self.filled.lock().insert((cell.topic_id, cell.name.partition), copied);
    }

    /// It is no copy any more.
    pub fn forget(&self, cell: &PartitionCell) {
        self.filled.lock().remove(&(cell.topic_id, cell.name.partition));
    }

    /// The copies in a directory, in the order of their names.
    pub fn in_directory(&self, directory: &Arc<Directory>) -> Vec<(Arc<PartitionCell>, Copied)> {
        let filled = self.filled.lock();
        let own = filled.values().filter(|(_, other, _)| Arc::ptr_eq(other, directory));
        let mut own: Vec<_> = own.map(|(cell, _, copied)| (cell.clone(), *copied)).collect();
        own.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        own
    }

    /// Whether a start has found a copy of a log that is not open yet.
    pub fn is_found(&self, name: &TopicPartition) -> bool {
        self.found.lock().contains_key(name)
    }

    /// The log is open, or has the copy's place.
    pub fn forget_found(&self, name: &TopicPartition) {
        self.found.lock().remove(name);
    }

    /// Those in a directory whose logs are not open yet, with what is known of them.
    pub fn found_in(&self, directory: &Arc<Directory>) -> Vec<(TopicPartition, RecoveryHint)> {
        let found = self.found.lock();
        let all = found.iter().flat_map(|(name, copies)| copies.iter().map(move |copy| (name, copy)));
        let own = all.filter(|(_, copy)| Arc::ptr_eq(&copy.directory, directory));
        own.map(|(name, copy)| (name.clone(), copy.hint)).collect()
    }

    /// Whether nobody has touched those whose logs are not open, and they were closed in order.
    pub fn are_whole(&self) -> bool {
        let is_whole =
            |copy: &FoundCopy| copy.directory.dir.is_failed() || !copy.is_claimed && copy.hint.clean_shutdown;
        self.found.lock().values().flatten().all(is_whole)
    }

    /// Whether this folder of a log that was given up belongs to a partition of which only a copy is left.
    pub fn may_need(&self, deleted: &Path) -> bool {
        let folder = deleted.file_name().unwrap_or_default().to_string_lossy();
        let stem = |name: &TopicPartition| {
            let own = deleted_folder_name(name, Uuid::ZERO);
            own.rsplit_once('.')
                .is_some_and(|(stem, _)| folder.rsplit_once('.').is_some_and(|(other, _)| other == stem))
        };
        self.found.lock().keys().any(stem)
    }

    /// Those that are to be filled on.
    pub fn take_resumed(&self) -> Vec<(Arc<PartitionCell>, Arc<Directory>)> {
        std::mem::take(&mut self.resumed.lock())
    }
}

impl Replicas {
    /// Tells of a copy that was found at the start.
    pub fn add_copy(
        &self,
        partition: TopicPartition,
        (directory, path): (Arc<Directory>, PathBuf),
        topic_id: Option<TopicId>,
        hint: RecoveryHint,
    ) {
        let found = FoundCopy { directory, path, topic_id, hint, is_claimed: false };
        self.copies.found.lock().entry(partition).or_default().push(found);
    }

    /// The copy that was found of this topic's partition; others are set aside.
    pub(crate) fn claim_copy(
        &self,
        name: &TopicPartition,
        topic_id: TopicId,
    ) -> Result<Option<FoundCopy>, StorageError> {
        let found = {
            let mut all = self.copies.found.lock();
            let Some(found) = all.get_mut(name) else { return Ok(None) };
            found.iter_mut().for_each(|copy| copy.is_claimed |= copy.topic_id == Some(topic_id));
            found.clone()
        };
        // One that does not say whose it is was hardly begun.
        let (mut own, mut others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|copy| copy.topic_id == Some(topic_id));
        if own.len() > 1 {
            // Of several the one that has most: any other was given up before it.
            let standing = |copy: &FoundCopy| storage::standing(&**copy.directory.dir.files(), &copy.path);
            let standings = own.iter().map(standing).collect::<Result<Vec<_>, _>>()?;
            if let Some((last, _)) = standings.iter().enumerate().max_by_key(|(_, standing)| **standing) {
                own.swap(0, last);
            }
            others.extend(own.drain(1..));
        }
        {
            let mut all = self.copies.found.lock();
            match own.first() {
                Some(copy) => all.insert(name.clone(), vec![copy.clone()]),
                None => all.remove(name),
            };
        }
        others.iter().for_each(|copy| self.set_copy_aside(name, copy));
        Ok(own.pop())
    }

    /// A copy whose log is gone gets its name.
    pub(crate) fn promote_copy(&self, name: &TopicPartition, copy: &FoundCopy) -> Result<RecoveryHint, StorageError> {
        let dir = &copy.directory.dir;
        let target = dir.path().join(folder_name(name));
        tracing::info!(partition = %name, from = %copy.path.display(), "a copy whose log has no name any more takes its place");
        let renamed = dir.files().rename(&copy.path, &target);
        renamed.map_err(|error| StorageError::failed(&copy.path, error))?;
        Ok(copy.hint)
    }

    /// Opens a copy that was found beside its log. The log is given back with its directory: it is the copy's where that
    /// has more.
    pub(crate) fn compare_copy(
        &self,
        (mut log, directory): (Log, Arc<Directory>),
        copy: &FoundCopy,
        settings: &Arc<TopicSettings>,
    ) -> Result<(Log, Arc<Directory>, Option<Resumed>), StorageError> {
        let (files, name) = (copy.directory.dir.files().clone(), log.partition().clone());
        let options = OpenOptions {
            clean_shutdown: copy.hint.clean_shutdown,
            trusted: copy.hint.trusted,
            recovery_point: copy.hint.recovery_point,
            log_start_offset: copy.hint.log_start_offset,
            cleaned_up_to: copy.hint.cleaned_up_to,
            now_wall_ms: self.executor.now().wall_ms,
            seed: self.next_seed(),
            on_progress: None,
            cancel: self.cancel.clone(),
        };
        let mut future = Log::open(files.clone(), copy.path.clone(), name.clone(), settings.log.clone(), &options)?;
        if let Some(high_watermark) = copy.hint.high_watermark {
            future.set_high_watermark(high_watermark);
        }
        if future.last_epoch_and_end() <= log.last_epoch_and_end() {
            let is_whole = future.begins(&log);
            let future = Future { log: future, directory: copy.directory.clone() };
            if is_whole {
                return Ok((log, directory, Some(Resumed { target: copy.directory.clone(), copy: Some(future) })));
            }
            tracing::warn!(
                partition = %name, copy = %copy.path.display(),
                "the copy is not what its log began with: it is given up, and made anew"
            );
            self.copies.forget_found(&name);
            self.give_up(&name, future, settings);
            return Ok((log, directory, Some(Resumed { target: copy.directory.clone(), copy: None })));
        }
        tracing::info!(
            partition = %name, end = log.log_end_offset(), end_of_copy = future.log_end_offset(),
            from = %directory.dir.path().display(), to = %copy.directory.dir.path().display(),
            "a move between directories had come to its end when the process died: it is completed"
        );
        if let Some(job) = future.flush_job(false)? {
            let flushed = job.run(&*files)?;
            future.flushed(&flushed);
        }
        future.set_high_watermark(future.high_watermark().max(log.high_watermark()));
        let start = log.log_start_offset().min(future.high_watermark());
        for job in future.advance_log_start_offset(start)? {
            job.run(&*files)?;
        }
        let delay_ms = settings.log.file_delete_delay_ms;
        // Where this fails a later try finds the copy alone.
        self.remove_later(&name, &directory, self.retire(&mut log), delay_ms)?;
        future.rename_folder(&folder_name(&name))?;
        self.took_place(&name, copy);
        let path = copy.directory.dir.path();
        files.sync_dir(path).map_err(|error| StorageError::failed(path, error))?;
        Ok((future, copy.directory.clone(), None))
    }

    /// A move goes on.
    pub(crate) fn resume_copy(&self, cell: &Arc<PartitionCell>, resumed: Resumed) {
        if let Some(copy) = resumed.copy {
            self.copies.note(cell, &copy);
            *cell.upkeep() = Some(copy);
        }
        self.copies.resumed.lock().push((cell.clone(), resumed.target));
    }

    /// Copies that nobody has claimed. Others wait for their partitions, which may have nothing else.
    pub(crate) fn set_copies_aside(&self) {
        self.set_copies_aside_of(|_, copies| !copies.iter().any(|copy| copy.is_claimed));
    }

    /// The log of the partition could not be opened, and is not to be any more.
    pub(crate) fn set_claimed_copy_aside(&self, topic_id: TopicId, partition: PartitionIndex) {
        let of_topic = |copy: &FoundCopy| copy.is_claimed && copy.topic_id == Some(topic_id);
        self.set_copies_aside_of(|name, copies| name.partition == partition && copies.iter().any(of_topic));
    }

    fn set_copies_aside_of(&self, is_it: impl Fn(&TopicPartition, &[FoundCopy]) -> bool) {
        let gone: Vec<_> = self.copies.found.lock().extract_if(|name, copies| is_it(name, copies)).collect();
        for (name, copies) in gone {
            copies.iter().for_each(|copy| self.set_copy_aside(&name, copy));
        }
    }

    fn set_copy_aside(&self, name: &TopicPartition, copy: &FoundCopy) {
        let dir = &copy.directory.dir;
        // Its topic comes before its first record.
        let is_hardly_begun = copy.topic_id.is_none()
            && dir
                .files()
                .list(&copy.path)
                .is_ok_and(|entries| entries.iter().all(|entry| entry.len == 0 || !entry.name.ends_with(".log")));
        if is_hardly_begun {
            if let Err(error) = dir.remove_folder(&copy.path) {
                copy.directory.report(&error);
            }
            return;
        }
        self.set_folder_aside(name, &copy.directory, &copy.path);
    }

    /// Removes a copy that is not wanted any more.
    pub(crate) fn discard_copy(&self, cell: &PartitionCell, future: Future) {
        self.copies.forget(cell);
        self.give_up(&cell.name, future, &cell.settings());
    }

    fn give_up(&self, name: &TopicPartition, mut future: Future, settings: &TopicSettings) {
        let Future { log, directory } = &mut future;
        if directory.dir.is_failed() {
            return;
        }
        let delay_ms = settings.log.file_delete_delay_ms;
        if let Err(error) = self.remove_later(name, directory, self.retire(log), delay_ms) {
            directory.report(&error);
        }
    }

    /// Closes a copy in order, so that the next start goes on with it.
    pub(crate) fn close_copy(&self, cell: &Arc<PartitionCell>) -> bool {
        let mut upkeep = cell.upkeep();
        let Some(future) = upkeep.as_mut().filter(|future| !future.directory.dir.is_failed()) else { return true };
        let closed = future.log.close_cleanly();
        self.copies.note(cell, future);
        if let Err(error) = &closed {
            future.directory.report(error);
        }
        closed.is_ok()
    }

    fn retire(&self, log: &mut Log) -> RetiredFolder {
        let name = self.deleted_name(log.partition());
        log.retire(&name)
    }

    /// Gives a folder its last name, durably, and removes it later.
    pub(crate) fn remove_later(
        &self,
        name: &TopicPartition,
        directory: &Arc<Directory>,
        retired: RetiredFolder,
        delay_ms: i64,
    ) -> Result<(), StorageError> {
        let (files, path) = (directory.dir.files(), directory.dir.path());
        retired.rename(&**files)?;
        files.sync_dir(path).map_err(|error| StorageError::failed(path, error))?;
        let (later, name) = (directory.clone(), name.clone());
        let remove = move || {
            if let Err(error) = later.dir.remove_folder(retired.path()) {
                tracing::error!(partition = %name, path = %retired.path().display(), %error, "a deleted folder could not be removed");
            }
        };
        directory.run_later(delay_ms.max(0) as u64 * 1000, Box::new(remove));
        Ok(())
    }

    /// The copy is cut before its log is, and that is durable: what the log gets then must not be less than what the copy
    /// would have.
    pub(crate) fn cut_copy(
        &self,
        cell: &Arc<PartitionCell>,
        upkeep: &mut Option<Future>,
        cut: impl FnOnce(&mut Log) -> Result<Vec<storage::Job>, StorageError>,
    ) {
        let Some(future) = upkeep.as_mut() else { return };
        let directory = future.directory.clone();
        let files = directory.dir.files();
        let cut_durably = || -> Result<(), StorageError> {
            let jobs = cut(&mut future.log)?;
            jobs.into_iter().try_for_each(|job| job.run(&**files))?;
            if let Some(job) = future.log.flush_job(false)? {
                let flushed = job.run(&**files)?;
                future.log.flushed(&flushed);
            }
            Ok(())
        };
        match cut_durably() {
            Ok(()) => {
                self.copies.note(cell, future);
                if let Err(error) = self.write_checkpoints(&directory) {
                    directory.report(&error);
                }
            }
            Err(error) => {
                directory.report(&error);
                if let Some(future) = upkeep.take() {
                    self.discard_copy(cell, future);
                }
            }
        }
    }
}
