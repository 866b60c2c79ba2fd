//! Reading: what a consumer or a follower may see, and who waits for more.

use super::effects::DataWaiter;
use super::role::Role;
use super::waits::{Bound, DataPlace};
use super::{Effects, Inner, PartitionCell};
use crate::log_dirs::Directory;
use base::{ColdRange, ErrorCode, LeaderEpoch, NodeId, Now, Offset, OpenMode};
use replication::{FetchingReplica, ReadableFollower};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use storage::{EpochEnd, Log, LogSlice, ReadLimits, StorageError};

/// What a reader asks for.
#[derive(Debug, Clone, Copy)]
pub struct ReadRequest {
    pub position: Position,
    pub reader: Reader,
    pub bytes_max: usize,
    /// The first batch comes although it is larger than `bytes_max` (KIP-74).
    pub at_least_one: bool,
    /// The disk is waited for in the cell.
    pub may_wait: bool,
    /// Only the leader serves it: followers, and consumers that know nothing of reading from them.
    pub only_leader: bool,
    /// It is the first look of a fetch: a follower has everything below its offset now, and not at later looks.
    pub is_news: bool,
}

/// Where a reader stands.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    pub offset: Offset,
    /// The epoch that the reader believes in, -1 where it does not say.
    pub current_leader_epoch: LeaderEpoch,
    /// The epoch of the last record that it has, -1 where it does not say.
    pub last_fetched_epoch: LeaderEpoch,
    /// Where the log of a follower begins, -1 where it does not say.
    pub log_start_offset: Offset,
}

/// Up to where a reader reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A consumer, up to the high watermark.
    Uncommitted,
    /// A consumer, up to the last stable offset.
    Committed,
    /// A follower, to the end.
    Replica(FetchingReplica),
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
    /// The reader is to ask this follower instead (KIP-392).
    pub preferred: Option<NodeId>,
}

impl ReadOutcome {
    fn new(log: &Log, slice: LogSlice, diverging: Option<EpochEnd>) -> ReadOutcome {
        ReadOutcome {
            slice,
            high_watermark: log.high_watermark(),
            last_stable_offset: log.last_stable_offset(),
            log_start_offset: log.log_start_offset(),
            log_end_offset: log.log_end_offset(),
            diverging,
            preferred: None,
        }
    }

    /// What is seen of a bound, as [`PartitionCell::wait_for_data`] takes it.
    pub(crate) fn seen(&self, bound: Bound) -> Offset {
        match bound {
            Bound::HighWatermark => self.high_watermark,
            Bound::LastStable => self.last_stable_offset,
            Bound::LogEnd => self.log_end_offset + self.log_start_offset,
            Bound::All => self.log_end_offset + self.log_start_offset + self.high_watermark,
        }
    }
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
                cell.directory().tell_shortage(&error);
                error.error_code()
            }
            ReadError::Storage(error) => {
                tracing::warn!(partition = %cell.name, %error, "a log could not be read");
                error.error_code()
            }
        }
    }
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

impl PartitionCell {
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
            self.directory().report(error);
        }
        found
    }

    /// Whether a leadership has begun and its followers have not told yet how far the log is committed: the high watermark
    /// lies below records that may be (KIP-207).
    pub(crate) fn is_watermark_behind(&self) -> bool {
        let inner = self.inner.lock();
        inner.role.leader().is_some_and(|leader| leader.high_watermark() < leader.epoch_start_offset())
    }

    /// Looks at files of the log; where the disk may not be waited for, what is not in memory is named.
    pub(super) fn looking<R>(
        &self,
        may_wait: bool,
        look: impl Fn() -> Result<R, StorageError>,
    ) -> Result<R, ReadError> {
        let mut found = None;
        match may_wait {
            true => found = Some(look()),
            false => self.directory().dir.files().without_waiting(&mut || found = Some(look())),
        }
        match found.unwrap_or_else(&look) {
            Err(StorageError::Cold { path, range }) => {
                Err(ReadError::Cold(ColdData { path, range, directory: self.directory().clone() }))
            }
            other => other.map_err(ReadError::Storage),
        }
    }

    /// Reads for a fetch. The slice is sent after the cell was left.
    pub fn read(&self, request: &ReadRequest, now: Now, effects: &mut Effects) -> Result<ReadOutcome, ReadError> {
        let Position { offset, current_leader_epoch, last_fetched_epoch, .. } = request.position;
        let mut inner = self.inner.lock();
        inner.check_serving(current_leader_epoch, request.only_leader).map_err(ReadError::Refused)?;
        if let Reader::Replica(by) = &request.reader
            && !inner.role.leader().is_some_and(|leader| leader.is_follower(by))
        {
            return Err(ReadError::Refused(ErrorCode::NotLeaderOrFollower));
        }
        if offset < inner.log.log_start_offset() {
            // Whatever became of its epoch: there is nothing here to compare it with.
            return Err(ReadError::OutOfRange);
        }
        if last_fetched_epoch >= 0
            && let Some(diverging) = inner.check_divergence(offset, last_fetched_epoch)?
        {
            if base::mutant(base::Mutant::DivergingFetchCounts) {
                inner.follower_fetched(request, now, effects);
            }
            return Ok(ReadOutcome::new(&inner.log, LogSlice::empty(offset), Some(diverging)));
        }
        if offset > inner.log.log_end_offset() {
            return Err(ReadError::OutOfRange);
        }
        // Only an offset of this log says how far the follower has come.
        inner.follower_fetched(request, now, effects);
        let log = &inner.log;
        let limits = ReadLimits {
            bytes_max: request.bytes_max,
            upper_bound: Bound::of(request.reader).in_log(log),
            at_least_one: request.at_least_one,
            aborted: request.reader == Reader::Committed,
        };
        let read = self.looking(request.may_wait, || log.read(offset, &limits));
        if let Err(ReadError::Storage(error)) = &read {
            effects.failed |= error.fails_log_dir();
        }
        Ok(ReadOutcome::new(log, read?, None))
    }

    /// What a leader tells a reader that is to ask a follower.
    pub(crate) fn hand_over(&self, position: &Position, preferred: NodeId) -> Result<ReadOutcome, ErrorCode> {
        let inner = self.inner.lock();
        inner.check_serving(position.current_leader_epoch, true)?;
        let nothing = ReadOutcome::new(&inner.log, LogSlice::empty(position.offset), None);
        Ok(ReadOutcome { preferred: Some(preferred), ..nothing })
    }

    /// Followers in sync that have what lies at this offset, where this broker leads.
    pub(crate) fn readable_followers(&self, offset: Offset, now: Now) -> Vec<ReadableFollower> {
        let inner = self.inner.lock();
        let leader = inner.role.leader();
        leader.into_iter().flat_map(|leader| leader.readable_followers(offset, now.monotonic_us)).collect()
    }

    /// Registers somebody who found nothing beyond `seen` (what the reader saw of the bound), and the index that it wants to
    /// be called with; `at` is the place that the waiter has here, if it has one. False: there is more by now.
    pub(crate) fn wait_for_data(
        &self,
        waiter: (&Arc<dyn DataWaiter>, usize),
        bound: Bound,
        seen: Offset,
        at: &mut Option<DataPlace>,
    ) -> bool {
        let mut inner = self.inner.lock();
        let serves = !matches!(inner.role, Role::Offline(_)) && !inner.log.is_failed();
        if !serves || bound.in_log(&inner.log) > seen {
            return false;
        }
        inner.readers.insert(bound, seen, waiter, at);
        true
    }

    /// Forgets a waiter that was answered.
    pub fn stop_waiting(&self, at: &DataPlace) {
        self.inner.lock().readers.remove(at);
    }
}

impl Inner {
    /// A follower that asks for an offset has everything below.
    fn follower_fetched(&mut self, request: &ReadRequest, now: Now, effects: &mut Effects) {
        if let Reader::Replica(by) = &request.reader
            && request.is_news
            && let Some(leader) = self.role.leader_mut()
        {
            leader.told_start(by, request.position.log_start_offset);
            let moved = leader.fetched(by, request.position.offset, now.monotonic_us);
            self.leader_moved(moved, effects);
            self.low_watermark_moved(effects);
        }
    }

    /// Whether a reader whose last record is of this epoch has records that are not in this log.
    fn check_divergence(&self, offset: Offset, last_epoch: LeaderEpoch) -> Result<Option<EpochEnd>, ReadError> {
        let out_of_range = ReadError::OutOfRange;
        let end = self.log.leader_epochs().end_offset_for(last_epoch, self.log.log_end_offset()).ok_or(out_of_range)?;
        let is_other = end.epoch < last_epoch && !base::mutant(base::Mutant::UnknownEpochAgrees);
        Ok((is_other || end.end_offset < offset).then_some(end))
    }
}
