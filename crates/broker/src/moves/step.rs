//! One step of a move: a part is copied, the controller is told, or the copy is put in place.

use super::{Move, Next};
use crate::broker::Broker;
use crate::log_dirs::Directory;
use crate::partition::{Future, ReadError};
use base::{LeaderEpoch, Random, SplitMix64};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use storage::{Log, OpenOptions, StorageError, future_folder_name};

/// What a step copies.
const PART_BYTES: usize = 1 << 20;
/// After which time it is looked again whether more may move, or what the controller has taken is in the image.
const LOOK_AGAIN_US: u64 = 50_000;
/// The same where a disk was full, or a record could not be read.
const TRY_AGAIN_US: u64 = 5_000_000;

/// Why nothing was copied.
pub(super) enum CopyError {
    Source(ReadError),
    /// Of the directory with the copy.
    Copy(StorageError),
}

impl Broker {
    pub(super) fn step_move(self: &Arc<Self>, one: &Move) -> Next {
        let Move { cell, target, .. } = one;
        let mut upkeep = cell.upkeep();
        if self.moves.is_closed() {
            return Next::After(LOOK_AGAIN_US);
        }
        if cell.out_of_use().is_some() {
            // The copy of one that failed stays on the disk: it goes on with the next start.
            self.replicas.copies.forget(cell);
            *upkeep = None;
            return Next::Over;
        }
        if upkeep.as_ref().is_some_and(|future| !Arc::ptr_eq(&future.directory, target))
            && let Some(elsewhere) = upkeep.take()
        {
            self.replicas.discard_copy(cell, elsewhere);
        }
        if Arc::ptr_eq(&cell.directory(), target) {
            return Next::Over;
        }
        if target.dir.is_failed() {
            self.replicas.copies.forget(cell);
            *upkeep = None;
            return Next::Over;
        }
        let rate = self.config.load().replication.alter_dirs_rate;
        if self.moves.throttle.is_exceeded(rate, self.executor.now()) {
            return Next::After(LOOK_AGAIN_US);
        }
        if let Some(future) = upkeep.take_if(|future| !cell.with_log(|log| future.log.begins(log))) {
            // Its log was cut and could not be, or the other way round.
            tracing::warn!(partition = %cell.name, "a copy is not what its log began with any more: it is made anew");
            self.replicas.discard_copy(cell, future);
        }
        if upkeep.is_none() {
            match self.begin_copy(one) {
                Ok(future) => *upkeep = Some(future),
                Err(error) => return self.copy_failed(one, CopyError::Copy(error)),
            }
        }
        let Some(future) = upkeep.as_mut() else { return Next::Again };
        let copied = self.copy_part(one, future);
        self.replicas.copies.note(cell, future);
        match copied {
            Ok((0, false)) => {
                let (from, end) = (future.log.log_end_offset(), cell.with_log(|log| log.log_end_offset()));
                tracing::warn!(partition = %cell.name, from, end, "a replica that is moved has no records where it should");
                Next::After(TRY_AGAIN_US)
            }
            Ok((bytes, has_all)) => {
                self.moves.throttle.moved(bytes, rate, self.executor.now());
                match has_all {
                    false => Next::Again,
                    true if self.is_expected(one) => self.place(one, &mut upkeep),
                    true => {
                        one.is_promised.store(true, Ordering::Release);
                        drop(upkeep);
                        self.assign_directories([one.key()]);
                        Next::After(LOOK_AGAIN_US)
                    }
                }
            }
            Err(error) => self.copy_failed(one, error),
        }
    }

    /// What comes of an error.
    pub(super) fn copy_failed(&self, one: &Move, error: CopyError) -> Next {
        let (directory, error): (Arc<Directory>, StorageError) = match error {
            CopyError::Source(ReadError::Cold(cold)) => {
                cold.warm();
                return Next::Again;
            }
            // It is seen at the next step what it is now.
            CopyError::Source(ReadError::Refused(_) | ReadError::OutOfRange) => return Next::After(LOOK_AGAIN_US),
            CopyError::Source(ReadError::Storage(error)) => (one.cell.directory(), error),
            CopyError::Copy(error) => (one.target.clone(), error),
        };
        tracing::warn!(partition = %one.cell.name, %error, "a part of a replica could not be copied to another directory");
        directory.report(&error);
        Next::After(TRY_AGAIN_US)
    }

    /// Whether the controller knows where the replica is about to lie; where it keeps no directories there is nothing to
    /// know.
    fn is_expected(&self, one: &Move) -> bool {
        let (topic_id, index) = one.key();
        let image = self.image.load();
        let partition = image.partition(topic_id, index);
        !image.features.assigns_directories()
            || partition.is_some_and(|partition| partition.directory_of(self.node_id) == one.target.id)
    }

    /// An empty copy.
    fn begin_copy(&self, one: &Move) -> Result<Future, StorageError> {
        let Move { cell, target, .. } = one;
        self.replicas.forget_older(&cell.name, target)?;
        let unique = Random::uuid(&mut SplitMix64(self.replicas.next_seed()));
        let folder = target.dir.path().join(future_folder_name(&cell.name, unique));
        let options = OpenOptions {
            clean_shutdown: true,
            now_wall_ms: self.executor.now().wall_ms,
            seed: self.replicas.next_seed(),
            cancel: self.replicas.cancel.clone(),
            ..OpenOptions::default()
        };
        let files = target.dir.files().clone();
        let config = cell.settings().log.clone();
        let begin = || {
            let mut log = Log::open(files.clone(), folder.clone(), cell.name.clone(), config, &options)?;
            if let Some(job) = log.set_topic_id(cell.topic_id)? {
                job.run(&*files)?;
            }
            Ok(Future { log, directory: target.clone() })
        };
        begin().inspect_err(|error: &StorageError| {
            // The next try makes another one.
            if !error.fails_log_dir()
                && let Err(error) = target.dir.remove_folder(&folder)
            {
                target.report(&error);
            }
        })
    }

    /// Copies what follows the end of a copy: how many bytes, and whether that is all that there is.
    pub(super) fn copy_part(&self, one: &Move, future: &mut Future) -> Result<(usize, bool), CopyError> {
        let Future { log, directory } = future;
        let (files, now_ms) = (directory.dir.files(), self.executor.now().wall_ms);
        let source = one.cell.source(log.log_end_offset(), PART_BYTES).map_err(CopyError::Source)?;
        let bytes = source.slice.read().map_err(|error| CopyError::Source(ReadError::Storage(error)))?;
        let mut take = || {
            let mut jobs = Vec::new();
            if log.log_end_offset() < source.log_start_offset {
                let start = source.slice.base_offset.min(source.log_start_offset);
                jobs.extend(log.truncate_fully_and_start_at(start, now_ms)?);
            }
            let appended = log.append_with_offsets(&bytes, LeaderEpoch::MAX, now_ms)?;
            jobs.extend(appended.jobs);
            log.set_high_watermark(source.high_watermark);
            jobs.extend(log.advance_log_start_offset(source.log_start_offset.min(log.high_watermark()))?);
            jobs.into_iter().try_for_each(|job| job.run(&**files))?;
            if appended.rolled
                && let Some(job) = log.flush_job(true)?
            {
                let flushed = job.run(&**files)?;
                log.flushed(&flushed);
            }
            Ok(())
        };
        take().map_err(CopyError::Copy)?;
        Ok((bytes.len(), log.log_end_offset() >= source.log_end_offset))
    }
}
