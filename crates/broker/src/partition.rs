//! One partition of this broker: its log, its leadership and who waits for it, behind one short mutex.
//!
//! A thread enters the cell for microseconds, leaves it, and only then carries out what came of it ([`Effects`]): no
//! wait, no sync and no other lock happens inside. Acknowledgements wait for the leader machine's high watermark, also
//! where the ISR is the leader alone.

mod retention;
#[cfg(test)]
mod tests;

use crate::log_dirs::Directory;
use crate::topic_settings::TopicSettings;
use base::{ColdRange, ErrorCode, LeaderEpoch, NodeId, Now, Offset, OpenMode, TopicId, TopicPartition};
use parking_lot::Mutex;
use replication::{Admission, Leader};
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use storage::{AppendOrigin, EpochEnd, FlushJob, Flushed, Job, LeaderBatch, Log, LogSlice, ReadLimits, StorageError};

/// Somebody who waits until an append is committed (or durable) or has failed.
pub trait AckWaiter: Send + Sync {
    fn acknowledged(&self, index: usize, result: Result<(), ErrorCode>, now: Now);
}

/// Somebody who waits for records to become visible.
pub trait DataWaiter: Send + Sync {
    /// Called outside of all locks; may come again.
    fn data_arrived(self: Arc<Self>);
}

/// What is to be done after the cell was left.
#[derive(Default)]
pub struct Effects {
    acknowledged: Vec<(Arc<dyn AckWaiter>, usize, Result<(), ErrorCode>)>,
    data_waiters: Vec<Arc<dyn DataWaiter>>,
    jobs: Vec<Job>,
    wants_flush: bool,
    wants_sealed_flush: bool,
    failed: bool,
}

impl Effects {
    /// Carries everything out.
    pub fn run(self, cell: &Arc<PartitionCell>, now: Now) {
        for (waiter, index, result) in self.acknowledged {
            waiter.acknowledged(index, result, now);
        }
        for waiter in self.data_waiters {
            waiter.data_arrived();
        }
        for job in self.jobs {
            cell.directory.run_job(job);
        }
        if self.failed {
            cell.directory.fail();
        } else if self.wants_flush {
            cell.directory.flush_soon(cell.clone());
        } else if self.wants_sealed_flush {
            cell.directory.flush_sealed_soon(cell.clone());
        }
    }
}

/// Which acknowledgement a producer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acks {
    None,
    Leader,
    All,
}

/// Where an append ended up.
#[derive(Debug, Clone, Copy)]
pub struct AppendOutcome {
    pub base_offset: Offset,
    pub last_offset: Offset,
    /// The time that the broker gave the records, -1 where the producer's times stay.
    pub log_append_time_ms: i64,
    pub log_start_offset: Offset,
    pub leader_epoch: LeaderEpoch,
    /// False: the waiter that was given will be called.
    pub is_acknowledged: bool,
}

/// What a reader may see of a partition.
#[derive(Debug)]
pub struct ReadOutcome {
    pub slice: LogSlice,
    pub high_watermark: Offset,
    pub last_stable_offset: Offset,
    pub log_start_offset: Offset,
    pub log_end_offset: Offset,
    /// The reader's log went another way: where the records of its last epoch end here (KIP-595).
    pub diverging: Option<EpochEnd>,
}

/// Part of a file of a log that is not in memory.
pub struct ColdData {
    path: PathBuf,
    range: ColdRange,
    directory: Arc<Directory>,
}

impl ColdData {
    /// Reads it from the disk. A disk that fails takes the directory out of service; a file that is gone is not there for
    /// the next look either.
    pub fn warm(&self) {
        let warmed =
            self.directory.dir.files().open(&self.path, OpenMode::Read).and_then(|file| self.range.warm(&*file));
        match warmed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.directory.report(&StorageError::failed(&self.path, error)),
            Ok(()) => {}
        }
    }
}

/// Where a reader stands.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    pub offset: Offset,
    /// The epoch that the reader believes in, -1 where it does not say.
    pub current_leader_epoch: LeaderEpoch,
    /// The epoch of the last record that it has, -1 where it does not say.
    pub last_fetched_epoch: LeaderEpoch,
}

/// Up to where a reader reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A consumer, up to the high watermark.
    Uncommitted,
    /// A consumer, up to the last stable offset.
    Committed,
    /// A follower, to the end.
    Replica(NodeId),
}

struct AckWait {
    offset: Offset,
    /// Monotonic time after which the waiter is told that its time is up.
    deadline_us: u64,
    acks: Acks,
    waiter: Arc<dyn AckWaiter>,
    index: usize,
}

struct Inner {
    log: Log,
    leader: Option<Leader>,
    leader_epoch: LeaderEpoch,
    leader_id: NodeId,
    settings: Arc<TopicSettings>,
    ack_waits: VecDeque<AckWait>,
    data_waits: Vec<Arc<dyn DataWaiter>>,
    is_deleted: bool,
    unflushed_since: Offset,
}

/// A replica that this broker hosts.
pub struct PartitionCell {
    pub name: TopicPartition,
    pub topic_id: TopicId,
    pub directory: Arc<Directory>,
    /// The partition waits for a sync in its directory's queue.
    pub flush_queued: AtomicBool,
    /// Somebody waits for an acknowledgement; looked at without the lock.
    has_waits: AtomicBool,
    inner: Mutex<Inner>,
}

impl PartitionCell {
    pub fn new(
        name: TopicPartition,
        topic_id: TopicId,
        directory: Arc<Directory>,
        log: Log,
        settings: Arc<TopicSettings>,
    ) -> PartitionCell {
        let unflushed_since = log.recovery_point();
        let inner = Inner {
            log,
            leader: None,
            leader_epoch: -1,
            leader_id: -1,
            settings,
            ack_waits: VecDeque::new(),
            data_waits: Vec::new(),
            is_deleted: false,
            unflushed_since,
        };
        PartitionCell {
            name,
            topic_id,
            directory,
            flush_queued: AtomicBool::new(false),
            has_waits: AtomicBool::new(false),
            inner: Mutex::new(inner),
        }
    }

    /// Whether somebody is inside.
    #[cfg(test)]
    pub(crate) fn is_entered(&self) -> bool {
        self.inner.is_locked()
    }

    /// Looks at the log without changing anything that others wait for.
    pub fn with_log<R>(&self, look: impl FnOnce(&mut Log) -> R) -> R {
        look(&mut self.inner.lock().log)
    }

    /// Searches the log. With `may_wait` the disk is waited for in the cell. An error that must take the directory out of
    /// service does.
    pub fn search<R>(&self, may_wait: bool, search: impl Fn(&Log) -> Result<R, StorageError>) -> Result<R, ReadError> {
        let found = {
            let inner = self.inner.lock();
            self.looking(may_wait, || search(&inner.log))
        };
        if let Err(ReadError::Storage(error)) = &found
            && error.fails_log_dir()
        {
            self.directory.report(error);
        }
        found
    }

    /// Looks at files of the log; where the disk may not be waited for, what is not in memory is named.
    fn looking<R>(&self, may_wait: bool, look: impl Fn() -> Result<R, StorageError>) -> Result<R, ReadError> {
        let mut found = None;
        match may_wait {
            true => found = Some(look()),
            false => self.directory.dir.files().without_waiting(&mut || found = Some(look())),
        }
        match found.unwrap_or_else(&look) {
            Err(StorageError::Cold { path, range }) => {
                Err(ReadError::Cold(ColdData { path, range, directory: self.directory.clone() }))
            }
            other => other.map_err(ReadError::Storage),
        }
    }

    pub fn settings(&self) -> Arc<TopicSettings> {
        self.inner.lock().settings.clone()
    }

    pub fn set_settings(&self, settings: Arc<TopicSettings>, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.log.set_config(settings.log.clone());
        let on_disk = settings.acknowledges_on_disk();
        inner.settings = settings;
        if inner.leader.as_mut().is_some_and(|leader| leader.set_acknowledges_on_disk(on_disk)) {
            inner.high_watermark_moved(effects);
        }
    }

    /// Takes over a registration of the metadata image: leads from now on, goes on leading, or stops.
    pub fn apply(
        &self,
        local: NodeId,
        registration: &metadata::Partition,
        effects: &mut Effects,
    ) -> Result<(), StorageError> {
        let mut inner = self.inner.lock();
        if registration.leader_epoch < inner.leader_epoch {
            inner.check(false, "leader epochs never fall", effects);
            return Ok(());
        }
        inner.leader_id = registration.leader;
        let is_new_epoch = registration.leader_epoch != inner.leader_epoch;
        inner.leader_epoch = registration.leader_epoch;
        if registration.leader != local {
            if inner.leader.take().is_some() {
                inner.release_all(ErrorCode::NotLeaderOrFollower, effects);
            }
            return Ok(());
        }
        if let (false, Some(leader)) = (is_new_epoch, inner.leader.as_mut()) {
            if leader.set_registration(registration.partition_epoch, registration.isr.clone(), &registration.replicas) {
                inner.high_watermark_moved(effects);
            }
            return Ok(());
        }
        effects.jobs.extend(inner.log.assign_leader_epoch(registration.leader_epoch));
        let (end, flushed) = (inner.log.log_end_offset(), inner.log.recovery_point());
        let (epoch, partition_epoch) = (registration.leader_epoch, registration.partition_epoch);
        let (isr, replicas) = (registration.isr.clone(), &registration.replicas);
        let leader = if inner.settings.acknowledges_on_disk() {
            effects.wants_flush |= flushed < end;
            Leader::on_disk(local, (epoch, partition_epoch), isr, replicas, end, flushed)
        } else {
            Leader::new(local, epoch, partition_epoch, isr, replicas, end, inner.log.high_watermark())
        };
        inner.leader = Some(leader);
        inner.high_watermark_moved(effects);
        Ok(())
    }

    /// The partition is gone from the image: everybody who waits is told so.
    pub fn mark_deleted(&self, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.is_deleted = true;
        inner.leader = None;
        inner.release_all(ErrorCode::UnknownTopicOrPartition, effects);
    }

    /// The directory failed: nothing is served until a recovery.
    pub fn mark_failed(&self, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.log.mark_failed();
        if base::mutant(base::Mutant::AckAfterFailure) {
            let waits = inner.ack_waits.drain(..);
            effects.acknowledged.extend(waits.map(|wait| (wait.waiter, wait.index, Ok(()))));
        }
        inner.release_all(ErrorCode::KafkaStorageError, effects);
    }

    /// Checks that this broker leads the partition in the epoch that a client believes in (KIP-320); -1: it does not say.
    pub fn check_leadership(&self, current_leader_epoch: LeaderEpoch) -> Result<LeaderEpoch, ErrorCode> {
        self.inner.lock().check_leadership(current_leader_epoch)
    }

    /// Leader and epoch as the image says.
    pub fn leader(&self) -> (NodeId, LeaderEpoch) {
        let inner = self.inner.lock();
        (inner.leader_id, inner.leader_epoch)
    }

    /// Appends a batch as leader. Where the outcome is not acknowledged yet, the waiter will be called with its index, in
    /// `timeout_us` at the latest (give or take a second).
    pub fn append(
        &self,
        batch: &LeaderBatch<'_>,
        acks: Acks,
        log_append_time_ms: Option<i64>,
        (waiter, index, timeout_us): (&dyn Fn() -> Arc<dyn AckWaiter>, usize, u64),
        now: Now,
        effects: &mut Effects,
    ) -> Result<AppendOutcome, AppendError> {
        let mut inner = self.inner.lock();
        let leader_epoch = inner.check_leadership(-1).map_err(AppendError::Refused)?;
        let is_own = leader_epoch == inner.leader_epoch;
        inner.check(is_own, "an append's epoch is the partition's", effects);
        if inner.log.is_failed() {
            return Err(AppendError::Refused(ErrorCode::KafkaStorageError));
        }
        if acks == Acks::All {
            let min_insync_replicas = inner.settings.min_insync_replicas;
            let admission = inner.leader.as_ref().map(|leader| leader.admit(min_insync_replicas));
            if admission != Some(Admission::Accepted) {
                return Err(AppendError::Refused(ErrorCode::NotEnoughReplicas));
            }
        }
        let appended = match inner.log.append_as_leader(batch, leader_epoch, now.wall_ms) {
            Ok(appended) => appended,
            Err(error) => {
                effects.failed |= error.fails_log_dir();
                inner.release_if_offline(effects);
                return Err(AppendError::Storage(error));
            }
        };
        effects.jobs.extend(appended.jobs);
        effects.wants_sealed_flush |= appended.rolled;
        let end = inner.log.log_end_offset();
        let moved = inner.leader.as_mut().is_some_and(|leader| leader.appended(end));
        if moved {
            inner.high_watermark_moved(effects);
        }
        inner.check_leader(effects);
        if inner.log.is_failed() {
            return Err(AppendError::Refused(ErrorCode::KafkaStorageError));
        }
        let unflushed = end - inner.unflushed_since;
        if unflushed >= inner.settings.log.flush_messages {
            effects.wants_flush = true;
        }
        let needed = appended.last_offset + 1;
        let is_acknowledged = inner.is_acknowledged(needed, acks);
        if !is_acknowledged {
            let deadline_us = now.monotonic_us.saturating_add(timeout_us);
            inner.ack_waits.push_back(AckWait { offset: needed, deadline_us, acks, waiter: waiter(), index });
            self.has_waits.store(true, Ordering::Release);
        }
        Ok(AppendOutcome {
            base_offset: appended.base_offset,
            last_offset: appended.last_offset,
            // Kafka answers a duplicate with the time of the first, whoever had set that.
            log_append_time_ms: match appended.duplicate {
                true => appended.max_timestamp_ms,
                false => log_append_time_ms.unwrap_or(-1),
            },
            log_start_offset: appended.log_start_offset,
            leader_epoch,
            is_acknowledged,
        })
    }

    /// Appends a batch of this broker's own; who waits for it registers with `wait_for_commit`.
    pub fn append_unwatched(
        &self,
        batch: &LeaderBatch<'_>,
        acks: Acks,
        now: Now,
        effects: &mut Effects,
    ) -> Result<AppendOutcome, AppendError> {
        self.append(batch, acks, None, (&|| Arc::new(NoWaiter), 0, 0), now, effects)
    }

    /// Whether everything below `offset` is committed; where it is not, `waiter` will be called once it is or its time is
    /// up.
    pub fn wait_for_commit(&self, offset: Offset, waiter: &Arc<dyn AckWaiter>, deadline_us: u64) -> bool {
        let mut inner = self.inner.lock();
        let committed = inner.is_acknowledged(offset, Acks::All);
        if !committed {
            let waiter = waiter.clone();
            inner.ack_waits.push_back(AckWait { offset, deadline_us, acks: Acks::All, waiter, index: 0 });
            self.has_waits.store(true, Ordering::Release);
        }
        committed
    }

    /// Tells those whose time is up.
    pub fn expire_waits(&self, now: Now, effects: &mut Effects) {
        if !self.has_waits.load(Ordering::Acquire) {
            return;
        }
        let mut inner = self.inner.lock();
        let (mut rest, mut expired) = (VecDeque::new(), Vec::new());
        for wait in std::mem::take(&mut inner.ack_waits) {
            if wait.deadline_us <= now.monotonic_us { expired.push(wait) } else { rest.push_back(wait) }
        }
        self.has_waits.store(!rest.is_empty(), Ordering::Release);
        inner.ack_waits = rest;
        let timed_out = |wait: AckWait| (wait.waiter, wait.index, Err(ErrorCode::RequestTimedOut));
        effects.acknowledged.extend(expired.into_iter().map(timed_out));
    }

    /// Reads for a fetch. The slice is sent after the cell was left. With `may_wait` the disk is waited for in the cell.
    #[allow(clippy::too_many_arguments)]
    pub fn read(
        &self,
        position: Position,
        reader: Reader,
        bytes_max: usize,
        at_least_one: bool,
        may_wait: bool,
        now: Now,
        effects: &mut Effects,
    ) -> Result<ReadOutcome, ReadError> {
        let Position { offset, current_leader_epoch, last_fetched_epoch } = position;
        let mut inner = self.inner.lock();
        inner.check_leadership(current_leader_epoch).map_err(ReadError::Refused)?;
        if last_fetched_epoch >= 0
            && let Some(diverging) = inner.check_divergence(offset, last_fetched_epoch)?
        {
            return Ok(inner.diverged(diverging, offset));
        }
        if let Reader::Replica(id) = reader
            && !inner.leader.as_ref().is_some_and(|leader| leader.is_follower(id))
        {
            return Err(ReadError::Refused(ErrorCode::NotLeaderOrFollower));
        }
        if offset < inner.log.log_start_offset() || offset > inner.log.log_end_offset() {
            return Err(ReadError::OutOfRange);
        }
        // Only an offset of this log says how far the follower has come.
        if let Reader::Replica(id) = reader
            && inner.leader.as_mut().is_some_and(|leader| leader.fetched(id, offset, now.monotonic_us))
        {
            inner.high_watermark_moved(effects);
        }
        let log = &inner.log;
        let (high_watermark, last_stable_offset) = (log.high_watermark(), log.last_stable_offset());
        let upper_bound = match reader {
            Reader::Uncommitted => high_watermark,
            Reader::Committed => last_stable_offset,
            Reader::Replica(_) => log.log_end_offset(),
        };
        let limits = ReadLimits { bytes_max, upper_bound, at_least_one, aborted: reader == Reader::Committed };
        let log_start_offset = log.log_start_offset();
        let read = self.looking(may_wait, || log.read(offset, &limits));
        if let Err(ReadError::Storage(error)) = &read {
            effects.failed |= error.fails_log_dir();
        }
        let slice = read?;
        let log_end_offset = log.log_end_offset();
        let diverging = None;
        Ok(ReadOutcome { slice, high_watermark, last_stable_offset, log_start_offset, log_end_offset, diverging })
    }

    /// Registers somebody who found nothing beyond `seen` (the bound that the reader saw). False: there is more by now.
    pub fn wait_for_data(&self, waiter: &Arc<dyn DataWaiter>, reader: Reader, seen: Offset) -> bool {
        let mut inner = self.inner.lock();
        let bound = match reader {
            Reader::Uncommitted => inner.log.high_watermark(),
            Reader::Committed => inner.log.last_stable_offset(),
            Reader::Replica(_) => inner.log.log_end_offset(),
        };
        if bound > seen || inner.leader.is_none() || inner.log.is_failed() {
            return false;
        }
        if !inner.data_waits.iter().any(|other| Arc::ptr_eq(other, waiter)) {
            inner.data_waits.push(waiter.clone());
        }
        true
    }

    /// Forgets a waiter that was answered.
    pub fn stop_waiting(&self, waiter: &Arc<dyn DataWaiter>) {
        self.inner.lock().data_waits.retain(|other| !Arc::ptr_eq(other, waiter));
    }

    /// What has to be synced; run it without the cell and hand the result to `flushed`.
    pub fn flush_job(&self, sealed_only: bool) -> Result<Option<FlushJob>, StorageError> {
        self.inner.lock().log.flush_job(sealed_only)
    }

    /// Takes note of a sync: acknowledgements that waited for the disk go out.
    pub fn flushed(&self, flushed: &Flushed, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.log.flushed(flushed);
        inner.unflushed_since = inner.log.recovery_point();
        let up_to = inner.log.recovery_point();
        let moved = inner.leader.as_mut().is_some_and(|leader| leader.flushed(up_to));
        if moved {
            inner.high_watermark_moved(effects);
        } else {
            inner.acknowledge(effects);
        }
        // Something was appended meanwhile that waits for the disk as well.
        let waits_for_disk = inner.settings.acknowledges_on_disk() && inner.log.log_end_offset() > up_to;
        effects.wants_flush |= waits_for_disk;
    }

    /// Deletes records below an offset (-1: the high watermark). Returns the new log start offset.
    pub fn delete_records(&self, offset: Offset, effects: &mut Effects) -> Result<Offset, ErrorCode> {
        let mut inner = self.inner.lock();
        inner.check_leadership(-1)?;
        let high_watermark = inner.log.high_watermark();
        let offset = if offset == -1 { high_watermark } else { offset };
        if offset < 0 || offset > high_watermark {
            return Err(ErrorCode::OffsetOutOfRange);
        }
        match inner.log.advance_log_start_offset(offset) {
            Ok(jobs) => {
                effects.jobs.extend(jobs);
                Ok(inner.log.log_start_offset())
            }
            Err(error) => {
                effects.failed |= error.fails_log_dir();
                Err(error.error_code())
            }
        }
    }
}

/// Why a batch was not appended.
#[derive(Debug)]
pub enum AppendError {
    Refused(ErrorCode),
    Storage(StorageError),
}

/// Why nothing could be read.
pub enum ReadError {
    Refused(ErrorCode),
    OutOfRange,
    /// The disk must be waited for, which may not happen in the cell.
    Cold(ColdData),
    Storage(StorageError),
}

impl ReadError {
    /// What the reader of a partition is told.
    pub fn error_code(self, cell: &PartitionCell) -> ErrorCode {
        match self {
            ReadError::Refused(error) => error,
            ReadError::OutOfRange => ErrorCode::OffsetOutOfRange,
            ReadError::Cold(_) => ErrorCode::KafkaStorageError,
            ReadError::Storage(error) if error.is_shortage() => {
                cell.directory.tell_shortage(&error);
                error.error_code()
            }
            ReadError::Storage(error) => {
                tracing::warn!(partition = %cell.name, %error, "a log could not be read");
                error.error_code()
            }
        }
    }
}

impl Inner {
    /// What must hold of a partition whatever happens: where it does not, the partition is offline from now on, and its
    /// directory stays in service.
    fn check(&mut self, holds: bool, what: &'static str, effects: &mut Effects) {
        if !holds && !self.log.is_failed() {
            self.log.mark_broken(what);
            self.release_if_offline(effects);
        }
    }

    fn check_leader(&mut self, effects: &mut Effects) {
        if let Some(what) = self.leader.as_ref().and_then(Leader::broken) {
            self.check(false, what, effects);
        }
    }

    /// Nobody waits for a partition whose log is out of use.
    fn release_if_offline(&mut self, effects: &mut Effects) {
        if self.log.is_failed() {
            self.release_all(ErrorCode::KafkaStorageError, effects);
        }
    }

    fn check_leadership(&self, current_leader_epoch: LeaderEpoch) -> Result<LeaderEpoch, ErrorCode> {
        if self.is_deleted {
            return Err(ErrorCode::UnknownTopicOrPartition);
        }
        if self.log.is_failed() {
            return Err(ErrorCode::KafkaStorageError);
        }
        if current_leader_epoch >= 0 {
            if current_leader_epoch < self.leader_epoch {
                return Err(ErrorCode::FencedLeaderEpoch);
            }
            if current_leader_epoch > self.leader_epoch {
                return Err(ErrorCode::UnknownLeaderEpoch);
            }
        }
        match &self.leader {
            Some(leader) => Ok(leader.epoch()),
            None => Err(ErrorCode::NotLeaderOrFollower),
        }
    }

    /// Whether a reader whose last record is of this epoch has records that are not in this log.
    fn check_divergence(&self, offset: Offset, last_epoch: LeaderEpoch) -> Result<Option<EpochEnd>, ReadError> {
        let out_of_range = ReadError::OutOfRange;
        let end = self.log.leader_epochs().end_offset_for(last_epoch, self.log.log_end_offset()).ok_or(out_of_range)?;
        Ok((end.epoch < last_epoch || end.end_offset < offset).then_some(end))
    }

    fn diverged(&self, diverging: EpochEnd, offset: Offset) -> ReadOutcome {
        ReadOutcome {
            slice: LogSlice::empty(offset),
            high_watermark: self.log.high_watermark(),
            last_stable_offset: self.log.last_stable_offset(),
            log_start_offset: self.log.log_start_offset(),
            log_end_offset: self.log.log_end_offset(),
            diverging: Some(diverging),
        }
    }

    fn is_acknowledged(&self, needed: Offset, acks: Acks) -> bool {
        let Some(leader) = &self.leader else { return false };
        match acks {
            Acks::None => true,
            Acks::Leader => leader.local_position() >= needed,
            Acks::All => leader.high_watermark() >= needed,
        }
    }

    /// The leader's high watermark is the log's; whoever waited for it is told.
    fn high_watermark_moved(&mut self, effects: &mut Effects) {
        let Some(leader) = &self.leader else { return };
        let high_watermark = leader.high_watermark();
        let is_there = high_watermark <= self.log.log_end_offset();
        self.check(is_there, "the high watermark lies at or below the log end", effects);
        if self.log.is_failed() {
            return;
        }
        self.log.set_high_watermark(high_watermark);
        effects.data_waiters.append(&mut self.data_waits);
        self.acknowledge(effects);
    }

    fn acknowledge(&mut self, effects: &mut Effects) {
        let mut rest = VecDeque::new();
        for wait in std::mem::take(&mut self.ack_waits) {
            if self.is_acknowledged(wait.offset, wait.acks) {
                effects.acknowledged.push((wait.waiter, wait.index, Ok(())));
            } else {
                rest.push_back(wait);
            }
        }
        self.ack_waits = rest;
    }

    fn release_all(&mut self, error: ErrorCode, effects: &mut Effects) {
        effects.acknowledged.extend(self.ack_waits.drain(..).map(|wait| (wait.waiter, wait.index, Err(error))));
        effects.data_waiters.append(&mut self.data_waits);
    }
}

/// A waiter for appends that never have to wait.
struct NoWaiter;

impl AckWaiter for NoWaiter {
    fn acknowledged(&self, _: usize, _: Result<(), ErrorCode>, _: Now) {}
}

/// A batch that this broker built itself.
pub fn own_batch(bytes: &[u8]) -> Result<LeaderBatch<'_>, records::RecordsError> {
    LeaderBatch::built(bytes, AppendOrigin::Coordinator)
}
