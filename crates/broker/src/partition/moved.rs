//! The part of a move between directories (KIP-113) that happens in the cell: what is to be copied next, and the moment at
//! which the copy takes the place of the log.
//!
//! Whoever does something with the log that blocks holds [`PartitionCell::upkeep`] meanwhile, outside of the cell and on a
//! thread that may wait; the copy lies in it, so that whoever cuts the log cuts the copy first.
//!
//! From [`PartitionCell::hold`] until [`PartitionCell::settle`] nothing is said to be on disk that was not before, and jobs
//! and syncs of the log wait: its folder is about to get another name.

use super::{Effects, Inner, PartitionCell, ReadError};
use crate::log_dirs::Directory;
use base::{ErrorCode, LeaderEpoch, Now, Offset};
use parking_lot::MutexGuard;
use std::sync::Arc;
use storage::{Job, Log, LogSlice, ReadLimits, RetiredFolder, StorageError};

/// The copy of a log in another directory.
pub(crate) struct Future {
    pub log: Log,
    pub directory: Arc<Directory>,
}

/// What of a log waits while its folder gets another name.
pub(super) struct Held {
    /// Records below were said to be on disk.
    flushed: Offset,
    jobs: Vec<Job>,
}

/// What a copy takes next.
pub(crate) struct Source {
    pub slice: LogSlice,
    pub log_start_offset: Offset,
    pub high_watermark: Offset,
    pub log_end_offset: Offset,
}

/// What has become of a change of places.
pub(crate) enum Changed {
    /// The folder of the log before.
    Yes(RetiredFolder),
    /// So much was appended meanwhile that it is to be copied first.
    NotYet,
}

impl PartitionCell {
    /// Waits for whoever does something with the log that blocks.
    pub(crate) fn upkeep(&self) -> MutexGuard<'_, Option<Future>> {
        self.upkeep.lock()
    }

    /// What follows the end of a copy: at most so many bytes, but a batch.
    pub(crate) fn source(&self, end: Offset, bytes_max: usize) -> Result<Source, ReadError> {
        let inner = self.inner.lock();
        inner.check_online().map_err(ReadError::Refused)?;
        let log = &inner.log;
        let from = end.max(log.log_start_offset());
        let limits = ReadLimits { bytes_max, upper_bound: Offset::MAX, at_least_one: true, aborted: false };
        let slice = self.looking(false, || log.read(from, &limits))?;
        Ok(Source {
            slice,
            log_start_offset: log.log_start_offset(),
            high_watermark: log.high_watermark(),
            log_end_offset: log.log_end_offset(),
        })
    }

    /// From now on a copy is about to take the log's place. Returns where the log ends: so far the copy must be on disk.
    pub(crate) fn hold(&self) -> Offset {
        let mut inner = self.inner.lock();
        let flushed = inner.log.recovery_point();
        inner.held.get_or_insert(Held { flushed, jobs: Vec::new() });
        inner.log.log_end_offset()
    }

    /// Takes over what is missing in the copy, at most so many bytes, and puts it in the place of the log, whose folder is
    /// to get this name.
    pub(crate) fn change_places(
        &self,
        future: &mut Option<Future>,
        (old_name, bytes_max): (&str, usize),
        now: Now,
        effects: &mut Effects,
    ) -> Result<Changed, ReadError> {
        let mut inner = self.inner.lock();
        inner.check_online().map_err(ReadError::Refused)?;
        let Some(copy) = future.as_mut() else { return Ok(Changed::NotYet) };
        if copy.directory.dir.is_failed() {
            let path = copy.directory.dir.path().to_owned();
            return Err(ReadError::Storage(StorageError::Offline { path }));
        }
        let (end, log) = (copy.log.log_end_offset(), &inner.log);
        if end < log.log_start_offset() || end > log.log_end_offset() {
            return Ok(Changed::NotYet);
        }
        let mut jobs = Vec::new();
        if end < log.log_end_offset() {
            let limits = ReadLimits { bytes_max, upper_bound: Offset::MAX, at_least_one: true, aborted: false };
            // Nothing of what does not fit: it is copied outside.
            let tail = self.looking(false, || {
                let slice = log.read(end, &limits)?;
                if slice.visible > bytes_max as u64 { Ok(Vec::new()) } else { slice.read() }
            })?;
            if !tail.is_empty() {
                let appended = copy.log.append_with_offsets(&tail, LeaderEpoch::MAX, now.wall_ms);
                jobs.extend(appended.map_err(ReadError::Storage)?.jobs);
            }
        }
        if copy.log.log_end_offset() < inner.log.log_end_offset() {
            return Ok(Changed::NotYet);
        }
        jobs.extend(copy.log.succeed(&mut inner.log).map_err(ReadError::Storage)?);
        let Some(copy) = future.take() else { return Ok(Changed::NotYet) };
        let mut old = std::mem::replace(&mut inner.log, copy.log);
        self.directory.store(copy.directory);
        inner.unflushed_since = inner.log.recovery_point();
        inner.hand_out(jobs, effects);
        Ok(Changed::Yes(old.retire(old_name)))
    }

    /// What was held goes on: the log has its place. With a name its folder gets it now, in its directory.
    pub(crate) fn settle(&self, name: Option<&str>, effects: &mut Effects) -> Result<(), StorageError> {
        let mut inner = self.inner.lock();
        let renamed = name.map_or(Ok(()), |name| inner.log.rename_folder(name));
        let Some(held) = inner.held.take() else { return renamed };
        let folder = inner.log.folder().to_owned();
        effects.jobs.extend(held.jobs.into_iter().map(|job| job.moved(&folder)));
        effects.failed |= renamed.as_ref().is_err_and(StorageError::fails_log_dir);
        inner.settle_failure(effects);
        // Nobody was told what was synced meanwhile.
        inner.tell_synced(effects);
        effects.wants_flush = !inner.log.is_failed();
        renamed
    }
}

impl Inner {
    /// Jobs of the log are run outside, or wait with it.
    pub(super) fn hand_out(&mut self, jobs: impl IntoIterator<Item = Job>, effects: &mut Effects) {
        match &mut self.held {
            Some(held) => held.jobs.extend(jobs),
            None => effects.jobs.extend(jobs),
        }
    }

    /// Records below are on disk, as far as anybody may be told.
    pub(super) fn flushed_offset(&self) -> Offset {
        let flushed = self.log.recovery_point();
        self.held.as_ref().map_or(flushed, |held| held.flushed.min(flushed))
    }

    /// Whether a copy is about to take the log's place.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

impl PartitionCell {
    /// Why nothing more is to be done with the log, if so.
    pub(crate) fn out_of_use(&self) -> Option<ErrorCode> {
        self.inner.lock().check_online().err()
    }
}
