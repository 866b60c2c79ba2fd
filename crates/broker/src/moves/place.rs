//! The end of a move: the copy takes the place of the log.
//!
//! The order is what a start can make sense of wherever the process dies (`copies.rs`): what was said to be on disk is on
//! disk in the copy; the copy takes the place, and what is appended goes to it; the log loses its name, durably; the copy
//! gets it. Only then is more said to be on disk.

use super::step::CopyError;
use super::{Move, Next};
use crate::broker::Broker;
use crate::partition::{Changed, Effects, Future, ReadError};
use std::sync::Arc;
use storage::{RetiredFolder, folder_name};

/// What is copied while nobody else gets at the log.
const TAIL_BYTES: usize = 16 << 10;
/// How often it is tried to come so near.
const ROUNDS: usize = 32;

impl Broker {
    pub(super) fn place(self: &Arc<Self>, one: &Move, upkeep: &mut Option<Future>) -> Next {
        let (cell, source) = (&one.cell, one.cell.directory());
        let end = cell.hold();
        let retired = match self.change_places(one, upkeep, end) {
            Ok(Some(retired)) => retired,
            stays => {
                self.settle(one, None);
                return stays.map_or_else(|error| self.copy_failed(one, error), |_| Next::Again);
            }
        };
        self.replicas.copies.forget(cell);
        if one.target.dir.is_failed() {
            // Whoever took it out of service may have come too early to see the log there. The folder before stays.
            let mut effects = Effects::default();
            cell.mark_failed(&mut effects);
            effects.run(cell, self.executor.now());
            self.settle(one, None);
            return Next::Over;
        }
        let delay_ms = cell.settings().log.file_delete_delay_ms;
        if let Err(error) = self.replicas.remove_later(&cell.name, &source, retired, delay_ms) {
            // The copy does without the name, which the log still has: the next start completes it.
            source.report(&error);
            self.settle(one, None);
            return Next::Over;
        }
        self.settle(one, Some(&folder_name(&cell.name)));
        let target = &one.target;
        if !target.dir.is_failed() {
            let path = target.dir.path();
            let synced = target.dir.files().sync_dir(path).map_err(|error| storage::StorageError::failed(path, error));
            if let Err(error) = synced.and_then(|()| self.replicas.write_checkpoints(target)) {
                target.report(&error);
            }
        }
        tracing::info!(
            partition = %cell.name, from = %source.dir.path().display(), to = %target.dir.path().display(),
            "a replica has moved to another directory"
        );
        Next::Over
    }

    /// Ends what was held; the log gets a name where one is given.
    fn settle(&self, one: &Move, name: Option<&str>) {
        let mut effects = Effects::default();
        if let Err(error) = one.cell.settle(name, &mut effects) {
            one.cell.directory().report(&error);
        }
        effects.run(&one.cell, self.executor.now());
    }

    /// `None`: too much was appended meanwhile.
    fn change_places(
        &self,
        one: &Move,
        upkeep: &mut Option<Future>,
        end: base::Offset,
    ) -> Result<Option<RetiredFolder>, CopyError> {
        for _ in 0..ROUNDS {
            let Some(future) = upkeep.as_mut() else { return Ok(None) };
            if future.log.log_end_offset() >= end {
                break;
            }
            self.copy_part(one, future)?;
        }
        let Some(future) = upkeep.as_mut().filter(|future| future.log.log_end_offset() >= end) else { return Ok(None) };
        let job = future.log.flush_job(false).map_err(CopyError::Copy)?;
        if let Some(job) = job.filter(|_| !base::mutant(base::Mutant::CopyNotFlushed)) {
            let flushed = job.run(&**future.directory.dir.files()).map_err(CopyError::Copy)?;
            future.log.flushed(&flushed);
        }
        let name = self.replicas.deleted_name(&one.cell.name);
        for _ in 0..ROUNDS {
            let (now, mut effects) = (self.executor.now(), Effects::default());
            let changed = one.cell.change_places(upkeep, (&name, TAIL_BYTES), now, &mut effects);
            effects.run(&one.cell, now);
            match changed {
                Ok(Changed::Yes(retired)) => return Ok(Some(retired)),
                Ok(Changed::NotYet) => {
                    let Some(future) = upkeep.as_mut() else { return Ok(None) };
                    self.copy_part(one, future)?;
                }
                Err(ReadError::Cold(cold)) => cold.warm(),
                Err(ReadError::Storage(error)) if error.path().is_some_and(|path| self.is_in_target(one, path)) => {
                    return Err(CopyError::Copy(error));
                }
                Err(error) => return Err(CopyError::Source(error)),
            }
        }
        Ok(None)
    }

    fn is_in_target(&self, one: &Move, path: &std::path::Path) -> bool {
        self.replicas.directory_of(path).is_some_and(|directory| Arc::ptr_eq(directory, &one.target))
    }
}
