//! One partition's log: its state, what may be asked of it without I/O, and the steps that all operations share.
//! The operations live beside: `append`, `read`, `lookup` (timestamps), `truncate`, `retention`, `recovery` (opening).

use crate::append::{Appended, Owed};
use crate::error::IoContext;
use crate::job::{Cut, FlushJob, Flushed, Job, Turn};
use crate::leader_epochs::LeaderEpochs;
use crate::names::{self, file_name};
use crate::producer_state::{ProducerEntry, ProducerStates, VerificationGuard};
use crate::segment::{Segment, SegmentInfo, WriteBack};
use crate::{LogConfig, StorageError, partition_metadata, producer_snapshot};
use base::{Files, LeaderEpoch, Offset, ProducerEpoch, ProducerId, Random, SplitMix64, TopicId, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A partition folder with its segments, leader epochs and producer state.
///
/// Not locked inside: the owner keeps it behind its own mutex. What a caller must do:
/// - run the [`Job`]s and [`FlushJob`]s that methods return, on any thread, without holding the log;
/// - after [`StorageError::LogDirFailed`] take every log of the directory offline ([`Log::mark_failed`]);
/// - tell the high watermark with [`Log::set_high_watermark`], because stability of transactions, retention and
///   DeleteRecords depend on it;
/// - keep the checkpoints of the directory ([`crate::LogDir`]) up to date from the getters.
pub struct Log {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) folder: PathBuf,
    pub(crate) partition: TopicPartition,
    pub(crate) topic_id: Option<TopicId>,
    /// Topics have many partitions, and one configuration.
    pub(crate) config: Arc<LogConfig>,
    /// Segments that are not written any more, by base offset; all lie below the active one.
    pub(crate) older: BTreeMap<Offset, Segment>,
    pub(crate) active: Segment,
    pub(crate) log_start: Offset,
    pub(crate) log_end: Offset,
    pub(crate) high_watermark: Offset,
    pub(crate) recovery_point: Offset,
    pub(crate) epochs: LeaderEpochs,
    pub(crate) epochs_turn: Turn,
    /// Number of the newest write of the epochs that was handed out.
    pub(crate) epochs_number: u64,
    pub(crate) producers: ProducerStates,
    /// Offsets of the producer snapshots that are there or about to be written.
    pub(crate) snapshots: BTreeSet<Offset>,
    pub(crate) snapshots_turn: Turn,
    pub(crate) topic_id_turn: Turn,
    /// Number of the write of the topic id.
    pub(crate) topic_id_number: u64,
    /// Numbers the contents that jobs write, so that an older one never replaces a newer.
    pub(crate) writes: u64,
    pub(crate) random: SplitMix64,
    pub(crate) segment_jitter_ms: i64,
    /// Counts truncations: what a flush that began before one made durable may be gone.
    pub(crate) truncations: u64,
    /// Of these so many are durable.
    pub(crate) truncations_synced: u64,
    /// A cut to this offset is being prepared: nothing above it is taken for durable.
    pub(crate) cut_to: Option<Offset>,
    /// Counts file names made, and how many of them are durable.
    pub(crate) names_made: u64,
    pub(crate) names_synced: u64,
    /// Segments that begin below are durable with their indexes.
    pub(crate) sealed_synced: Offset,
    /// The folder's own name is durable.
    pub(crate) folder_synced: bool,
    /// Some of its files may lie on another file system than the directory's.
    pub(crate) is_spread: bool,
    pub(crate) owed: Owed,
    pub(crate) failed: bool,
}

impl Log {
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The topic id in `partition.metadata`, if there is one.
    pub fn topic_id(&self) -> Option<TopicId> {
        self.topic_id
    }

    /// Gives the log its topic id; the returned job writes `partition.metadata`. An id that is there already must be the
    /// same.
    pub fn set_topic_id(&mut self, topic_id: TopicId) -> Result<Option<Job>, StorageError> {
        if self.topic_id == Some(topic_id) {
            return Ok(None);
        }
        let path = self.folder.join(names::PARTITION_METADATA);
        if let Some(present) = self.topic_id
            && !base::mutant(base::Mutant::RecreatedTopicInherits)
        {
            return Err(StorageError::corrupt(&path, format!("its topic id is {present}, not {topic_id}")));
        }
        self.online()?;
        self.topic_id = Some(topic_id);
        self.writes += 1;
        self.topic_id_number = self.writes;
        Ok(self.topic_id_job())
    }

    /// The job that writes the topic id, when it is not written yet.
    pub(crate) fn topic_id_job(&self) -> Option<Job> {
        let topic_id = self.topic_id.filter(|_| self.topic_id_turn.written() < self.topic_id_number)?;
        let path = self.folder.join(names::PARTITION_METADATA);
        let content = partition_metadata::encode(topic_id).into_bytes();
        Some(Job::replace(path, content, self.topic_id_turn.clone(), self.topic_id_number))
    }

    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// Takes effect with the next append, roll or retention check.
    pub fn set_config(&mut self, config: impl Into<Arc<LogConfig>>) {
        self.config = config.into();
    }

    /// First offset that readers may ask for.
    pub fn log_start_offset(&self) -> Offset {
        self.log_start
    }

    /// Offset of the next record.
    pub fn log_end_offset(&self) -> Offset {
        self.log_end
    }

    /// Records below are committed. It is what the owner last set, within log start and end.
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    /// Moves the high watermark, within log start and end. True when the last stable offset moved with it.
    pub fn set_high_watermark(&mut self, high_watermark: Offset) -> bool {
        let before = self.last_stable_offset();
        self.high_watermark = high_watermark.clamp(self.log_start, self.log_end);
        self.producers.high_watermark_moved(self.high_watermark);
        self.last_stable_offset() != before
    }

    /// First offset of the oldest transaction that is not decided below the high watermark.
    pub fn first_unstable_offset(&self) -> Option<Offset> {
        self.producers.first_unstable_offset().map(|offset| offset.max(self.log_start))
    }

    /// Records below are committed and belong to no open transaction: the end for `read_committed`.
    pub fn last_stable_offset(&self) -> Offset {
        self.first_unstable_offset().map_or(self.high_watermark, |offset| offset.min(self.high_watermark))
    }

    /// Records below are durable.
    pub fn recovery_point(&self) -> Offset {
        self.recovery_point
    }

    /// What goes into the recovery-point checkpoint: records below are durable, and the segments below the one that holds
    /// this offset are durable with their indexes. While a segment is written its indexes are not synced, so that this
    /// offset stays inside of it, one behind [`Log::recovery_point`] when all is flushed.
    pub fn checkpoint_recovery_point(&self) -> Offset {
        let unsynced = self.older.range(self.sealed_synced..).next().map_or(&self.active, |(_, segment)| segment);
        if unsynced.base_offset < self.sealed_synced || unsynced.size == 0 {
            return self.recovery_point;
        }
        self.recovery_point.min(self.end_of(unsynced.base_offset) - 1)
    }

    /// Bytes in all `.log` files.
    pub fn size(&self) -> u64 {
        self.older.values().map(|segment| segment.size).sum::<u64>() + self.active.size
    }

    /// The segments, oldest first.
    pub fn segments(&self) -> impl Iterator<Item = SegmentInfo> + '_ {
        let ends = self.older.keys().copied().skip(1).chain([self.active.base_offset]);
        let info = |segment: &Segment, end_offset, active| SegmentInfo {
            base_offset: segment.base_offset,
            end_offset,
            size: segment.size,
            active,
        };
        let active = info(&self.active, self.log_end, true);
        self.older.values().zip(ends).map(move |(segment, end)| info(segment, end, false)).chain([active])
    }

    /// Which epochs the log has, and where they ended.
    pub fn leader_epochs(&self) -> &LeaderEpochs {
        &self.epochs
    }

    /// Notes that this replica leads in `epoch` from the log end on. To be called when it becomes leader, before the
    /// first append: a follower's question must find the epoch although nothing was written in it.
    pub fn assign_leader_epoch(&mut self, epoch: LeaderEpoch) -> Option<Job> {
        let changed = self.epochs.assign(epoch, self.log_end);
        changed.then(|| self.epochs_job())
    }

    /// The producers that the partition knows, by id.
    pub fn producers(&self) -> Vec<ProducerEntry> {
        self.producers.sorted()
    }

    pub fn producer(&self, producer_id: ProducerId) -> Option<&ProducerEntry> {
        self.producers.get(producer_id)
    }

    pub fn producer_count(&self) -> usize {
        self.producers.len()
    }

    /// Forgets producers that expired (`producer.id.expiration.ms`). Returns how many.
    pub fn expire_producers(&mut self, now_wall_ms: i64) -> usize {
        self.producers.expire(now_wall_ms, self.config.producer_id_expiration_ms)
    }

    /// Whether the producer has an open transaction here in this epoch.
    pub fn has_ongoing_transaction(&self, producer_id: ProducerId, epoch: ProducerEpoch) -> bool {
        self.producers.has_ongoing_transaction(producer_id, epoch)
    }

    /// The producer whose open transaction is the oldest.
    pub fn oldest_transaction(&self) -> Option<&ProducerEntry> {
        self.producers.oldest_ongoing()
    }

    /// Begins to verify that this partition belongs to the producer's transaction (KIP-890), with the base sequence of
    /// the batch that waits for it. `None`: a transaction is open already, nothing to verify. The guard goes into
    /// [`crate::LeaderBatch::guard`]; a marker written meanwhile makes it void.
    pub fn start_transaction_verification(
        &mut self,
        producer_id: ProducerId,
        epoch: ProducerEpoch,
        base_sequence: i32,
        now_wall_ms: i64,
    ) -> Option<VerificationGuard> {
        self.producers.start_verification(producer_id, epoch, base_sequence, now_wall_ms)
    }

    /// Some of its files may lie on another file system than the directory's: [`Files::sync_tree`] does not cover them.
    pub fn is_spread(&self) -> bool {
        self.is_spread
    }

    /// Refuses everything from now on: another log of the directory met an error.
    pub fn mark_failed(&mut self) {
        self.failed = true;
    }

    /// Refuses everything from now on: its owner met something that must never be.
    pub fn mark_broken(&mut self, what: &'static str) {
        let _offline = self.noting(self.must_hold(false, what));
    }

    pub fn is_failed(&self) -> bool {
        self.failed
    }

    /// What was appended to the active segment since this was asked last, once that is `at_least` bytes: whoever appends much
    /// and waits for no flush should not leave all of it to the kernel, which makes every writer wait when too much waits.
    pub fn take_write_back(&mut self, at_least: u64) -> Option<WriteBack> {
        self.active.take_write_back(at_least).filter(|_| !self.failed)
    }

    /// What must be synced to make the log, and its truncations, durable; `None` when they are. With `sealed_only` only segments that
    /// are not written any more are synced (after a roll).
    pub fn flush_job(&mut self, sealed_only: bool) -> Result<Option<FlushJob>, StorageError> {
        self.online()?;
        let up_to = if sealed_only { self.active.base_offset } else { self.log_end };
        let sealed_are = self.sealed_synced >= self.active.base_offset;
        // A truncation that is not durable would bring back what it cut, behind newer records.
        let cuts_are = sealed_only || self.truncations == self.truncations_synced;
        if up_to <= self.recovery_point && sealed_are && cuts_are {
            return Ok(None);
        }
        let mut to_sync = Vec::new();
        for segment in self.older.range(self.sealed_synced..).map(|(_, segment)| segment) {
            let prepared = segment.file(&*self.files).and_then(|_| segment.txn_index.write_out(&*self.files));
            if let Err(error) = prepared {
                return self.noting(Err(error));
            }
            to_sync.extend(segment.open_files());
        }
        if !sealed_only {
            let written = self.active.txn_index.write_out(&*self.files);
            let opened = written.and_then(|()| self.active.file(&*self.files).cloned());
            let file = self.noting(opened)?;
            to_sync.push((self.active.path().to_owned(), file));
            to_sync.extend(self.active.txn_index.open_file().map(|f| (self.active.txn_index.path().to_owned(), f)));
        }
        let epochs = (self.epochs_turn.written() < self.epochs_number).then(|| self.epochs_job());
        Ok(Some(FlushJob {
            epochs,
            topic_id: self.topic_id_job(),
            up_to,
            truncations: self.truncations,
            truncations_synced: if sealed_only { self.truncations_synced } else { self.truncations },
            files: to_sync,
            folder: (self.names_made > self.names_synced).then(|| self.folder.clone()),
            parent: self.folder.parent().filter(|_| !self.folder_synced).map(Path::to_owned),
            names_made: self.names_made,
            rolled_up_to: self.active.base_offset,
        }))
    }

    /// Takes note of what a flush made durable. A flush that a truncation overtook counts for nothing.
    pub fn flushed(&mut self, flushed: &Flushed) {
        if flushed.truncations == self.truncations {
            let durable = flushed.up_to.min(self.cut_to.unwrap_or(Offset::MAX));
            self.recovery_point = self.recovery_point.max(durable);
            self.truncations_synced = self.truncations_synced.max(flushed.truncations_synced);
            self.sealed_synced = self.sealed_synced.max(flushed.rolled_up_to);
            self.names_synced = self.names_synced.max(flushed.names_made);
            self.folder_synced |= flushed.parent_synced;
        }
    }

    pub(crate) fn online(&self) -> Result<(), StorageError> {
        if self.failed { Err(StorageError::Offline { path: self.folder.clone() }) } else { Ok(()) }
    }

    /// An assertion that stays in release builds.
    pub(crate) fn must_hold(&self, holds: bool, what: &'static str) -> Result<(), StorageError> {
        if holds { Ok(()) } else { Err(StorageError::Broken { path: self.folder.clone(), what }) }
    }

    /// What holds of a log between any two calls.
    pub(crate) fn check_offsets(&self) -> Result<(), StorageError> {
        self.must_hold(self.log_start <= self.high_watermark, "the log start lies at or below the high watermark")?;
        self.must_hold(self.high_watermark <= self.log_end, "the high watermark lies at or below the log end")?;
        self.must_hold(self.recovery_point <= self.log_end, "the recovery point lies at or below the log end")?;
        self.must_hold(self.active.base_offset <= self.log_end, "the active segment begins at or below the log end")?;
        let newest = self.older.keys().next_back();
        self.must_hold(newest.is_none_or(|base| *base < self.active.base_offset), "segments lie one behind the other")
    }

    /// Remembers that the directory failed, or that this log cannot be trusted.
    pub(crate) fn noting<T>(&mut self, result: Result<T, StorageError>) -> Result<T, StorageError> {
        if let Err(error @ StorageError::Broken { .. }) = &result {
            tracing::error!(partition = %self.partition, log = ?self, %error, "a log is taken out of use");
            self.failed = true;
        }
        if matches!(&result, Err(error) if error.fails_log_dir()) && !base::mutant(base::Mutant::AppendsAfterIoError) {
            self.failed = true;
        }
        result
    }

    pub(crate) fn epochs_job(&mut self) -> Job {
        self.writes += 1;
        self.epochs_number = self.writes;
        let path = self.folder.join(names::LEADER_EPOCHS);
        Job::replace(path, self.epochs.encode(), self.epochs_turn.clone(), self.writes).behind(self.unsynced_cut())
    }

    /// A cut that a power cut may undo. An epoch that begins behind it must not be on disk before it is: what was cut off would
    /// come back as records of that epoch, and nobody could tell.
    fn unsynced_cut(&self) -> Option<Cut> {
        if self.truncations == self.truncations_synced || base::mutant(base::Mutant::EpochBeforeCut) {
            return None;
        }
        // Segments that were rolled since may have been cut, too.
        let sealed = self.older.range(self.sealed_synced..).map(|(_, segment)| segment);
        let files = sealed.chain([&self.active]).flat_map(Segment::open_files).collect();
        Some(Cut { folder: self.folder.clone(), files })
    }

    pub(crate) fn write_epochs_now(&mut self) -> Result<(), StorageError> {
        self.writes += 1;
        self.epochs_turn.void_below(self.writes);
        if !self.epochs_are_stale()? {
            return Ok(());
        }
        if let Some(cut) = self.unsynced_cut() {
            cut.settle(&*self.files)?;
        }
        let path = self.folder.join(names::LEADER_EPOCHS);
        self.files.replace(&path, &self.epochs.encode()).or_writing(&path)
    }

    /// Whether the checkpoint of the epochs is not what it should be. The usual case at a stop: nothing has changed.
    pub(crate) fn epochs_are_stale(&self) -> Result<bool, StorageError> {
        let path = self.folder.join(names::LEADER_EPOCHS);
        if self.files.read(&path).is_ok_and(|present| present == self.epochs.encode()) {
            return Ok(false);
        }
        Ok(!self.epochs.entries().is_empty() || self.files.exists(&path).or_failed(&path)?)
    }

    /// A job that writes the producer snapshot at the log end; `None` when there is one, or nothing to say.
    pub(crate) fn snapshot_job(&mut self) -> Option<Job> {
        if self.log_end == 0 || !self.snapshots.insert(self.log_end) {
            return None;
        }
        self.writes += 1;
        let path = self.folder.join(file_name(self.log_end, names::SNAPSHOT));
        let content = producer_snapshot::encode(&self.producers.sorted());
        Some(Job::replace(path, content, self.snapshots_turn.clone(), self.writes))
    }

    pub(crate) fn write_snapshot_now(&mut self) -> Result<(), StorageError> {
        match self.missing_snapshot_job()? {
            Some(job) => job.run(&*self.files),
            None => Ok(()),
        }
    }

    /// The job that writes the producer snapshot at the log end, also where one that was to write it has not run yet.
    pub(crate) fn missing_snapshot_job(&mut self) -> Result<Option<Job>, StorageError> {
        let path = self.folder.join(file_name(self.log_end, names::SNAPSHOT));
        if self.snapshots.contains(&self.log_end) && !self.files.exists(&path).or_failed(&path)? {
            // The job that was to write it has not run yet.
            self.snapshots.remove(&self.log_end);
        }
        Ok(self.snapshot_job())
    }

    /// Draws the jitter of the next segment.
    pub(crate) fn draw_jitter(&mut self) {
        let bound = self.config.segment_jitter_ms.min(self.config.segment_ms).max(0) as u64;
        self.segment_jitter_ms = if bound == 0 { 0 } else { self.random.below(bound) as i64 };
    }

    /// Begins a new segment at the log end, whatever the old one's size; nothing happens when the active one is empty.
    /// The returned jobs are those of [`Appended::jobs`].
    pub fn roll(&mut self, now_wall_ms: i64) -> Result<Vec<Job>, StorageError> {
        self.online()?;
        let mut jobs = Vec::new();
        if self.active.size > 0 {
            let rolled = self.roll_to(self.log_end, now_wall_ms, &mut jobs);
            self.noting(rolled)?;
        }
        jobs.append(&mut self.owed.jobs);
        Ok(jobs)
    }

    /// Begins a segment at `base_offset`, which is at or above the log end. Only files are made here: syncing is left to
    /// `flush_job(true)`.
    pub(crate) fn roll_to(
        &mut self,
        base_offset: Offset,
        now_wall_ms: i64,
        jobs: &mut Vec<Job>,
    ) -> Result<(), StorageError> {
        let index_bytes = self.config.segment_index_bytes;
        self.must_hold(base_offset >= self.log_end, "a segment begins at or above the log end")?;
        if self.active.size == 0 {
            return self.replace_empty_active(base_offset, now_wall_ms);
        }
        self.active.seal(&*self.files)?;
        let next = match Segment::create(&*self.files, &self.folder, base_offset, index_bytes, now_wall_ms) {
            Ok(next) => next,
            Err(error) => {
                // The old segment stays the active one; no file may claim offsets that it is going to hold.
                let stray = Segment::existing(&self.folder, base_offset, 0, now_wall_ms);
                for path in stray.paths() {
                    crate::job::remove_if_present(&*self.files, path)?;
                }
                self.active.index.presize(&*self.files, index_bytes)?;
                self.active.time_index.presize(&*self.files, index_bytes)?;
                return Err(error);
            }
        };
        self.names_made += 1;
        let mut sealed = std::mem::replace(&mut self.active, next);
        let released = sealed.release(&*self.files);
        self.older.insert(sealed.base_offset, sealed);
        jobs.extend(self.snapshot_job());
        self.draw_jitter();
        released
    }

    fn replace_empty_active(&mut self, base_offset: Offset, now_wall_ms: i64) -> Result<(), StorageError> {
        let index_bytes = self.config.segment_index_bytes;
        if base_offset == self.active.base_offset {
            self.active.index.reset(&*self.files, index_bytes)?;
            self.active.time_index.reset(&*self.files, index_bytes)?;
            return Ok(());
        }
        let next = Segment::create(&*self.files, &self.folder, base_offset, index_bytes, now_wall_ms)?;
        self.names_made += 1;
        let old = std::mem::replace(&mut self.active, next);
        for path in old.paths() {
            crate::job::remove_if_present(&*self.files, path)?;
        }
        Ok(())
    }

    /// The segment that may hold `offset`, and the offset where it ends.
    pub(crate) fn segment_at(&self, offset: Offset) -> (&Segment, Offset) {
        if offset >= self.active.base_offset {
            return (&self.active, self.log_end);
        }
        let found = self.older.range(..=offset).next_back().or_else(|| self.older.iter().next());
        match found {
            Some((base, segment)) => (segment, self.end_of(*base)),
            None => (&self.active, self.log_end),
        }
    }

    /// Where the segment with this base offset ends: the next one's base offset.
    pub(crate) fn end_of(&self, base_offset: Offset) -> Offset {
        if base_offset >= self.active.base_offset {
            return self.log_end;
        }
        self.older.range(base_offset + 1..).next().map_or(self.active.base_offset, |(base, _)| *base)
    }

    /// The segments from the one that may hold `offset` on.
    pub(crate) fn segments_from(&self, offset: Offset) -> impl Iterator<Item = &Segment> {
        let from = self.older.range(..=offset).next_back().map_or(offset, |(base, _)| *base);
        let from = if offset >= self.active.base_offset { Offset::MAX } else { from };
        self.older.range(from..).map(|(_, segment)| segment).chain([&self.active])
    }

    /// An answer to an append that added nothing.
    pub(crate) fn nothing_appended(&self) -> Appended {
        Appended {
            base_offset: self.log_end,
            last_offset: self.log_end - 1,
            max_timestamp_ms: records::NO_TIMESTAMP,
            log_start_offset: self.log_start,
            duplicate: false,
            rolled: false,
            jobs: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log")
            .field("partition", &self.partition)
            .field("log_start", &self.log_start)
            .field("high_watermark", &self.high_watermark)
            .field("log_end", &self.log_end)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_and_their_work_may_go_to_other_threads() {
        fn is_send<T: Send>() {}
        is_send::<Log>();
        is_send::<Job>();
        is_send::<FlushJob>();
        is_send::<crate::LogSlice>();
    }

    #[test]
    fn a_log_whose_offsets_contradict_each_other_takes_nothing_more() {
        let breaks: [fn(&mut Log); 4] = [
            |log| log.high_watermark = log.log_end + 5,
            |log| log.log_start = log.high_watermark + 1,
            |log| log.recovery_point = log.log_end + 5,
            |log| log.log_end = -1,
        ];
        for (number, break_it) in breaks.into_iter().enumerate() {
            let files: Arc<dyn Files> = Arc::new(testkit::SimFiles::new());
            let partition = TopicPartition::new("t", 0);
            let options = crate::OpenOptions::default();
            let mut log = Log::open(files, "/t-0".into(), partition, LogConfig::default(), &options).unwrap();
            let mut builder = records::BatchBuilder::new(records::BatchOptions::default());
            builder.append(0, None, Some(b"value"), &[]);
            let bytes = builder.finish().unwrap();
            let batch = crate::LeaderBatch::built(&bytes, crate::AppendOrigin::Coordinator).unwrap();
            let _jobs = log.append_as_leader(&batch, 0, 0).unwrap().jobs;
            break_it(&mut log);
            let broken = log.append_as_leader(&batch, 0, 0);
            assert!(matches!(broken, Err(StorageError::Broken { .. })), "{number}: {broken:?}");
            assert!(log.is_failed(), "{number}");
        }
    }
}
