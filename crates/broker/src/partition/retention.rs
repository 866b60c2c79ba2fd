//! Retention of one partition: what blocks is done between two entries into the cell.

use super::{PartitionCell, ReadError};
use base::Now;
use storage::Retention;

/// Steps in which retention has to wait for the disk, outside of the cell, before it is put off to its next round.
const RETENTION_STEPS_MAX: usize = 64;

impl PartitionCell {
    /// One round of retention: deletes the segments that nothing keeps. Blocks on the disk, but never inside of the cell:
    /// what is not in memory is read, and the producers of what goes are written down, between two looks.
    pub fn apply_retention(&self, now: Now) {
        // Neither while the log is moved nor while it is cut.
        let _upkeep = self.upkeep();
        let directory = self.directory();
        let files = directory.dir.files();
        let mut for_room = false;
        for _ in 0..RETENTION_STEPS_MAX {
            let step = match self.retention_step(now, for_room) {
                Ok(step) => step,
                Err(ReadError::Cold(cold)) => {
                    cold.warm();
                    continue;
                }
                Err(ReadError::Storage(error)) if error.fails_log_dir() => return self.directory().report(&error),
                Err(error) => {
                    let error = error.error_code(self);
                    return tracing::debug!(partition = %self.name, ?error, "retention was not applied");
                }
            };
            step.jobs.into_iter().for_each(|job| self.directory().run_job(job));
            for (reason, segments) in step.deleted {
                tracing::info!(partition = %self.name, ?reason, segments, "old segments deleted");
            }
            let Some(first) = step.first else { return };
            match first.run(&**files) {
                Ok(()) => {}
                Err(error) if error.is_shortage() => for_room = true,
                // Its topic is being deleted: the folder has another name by now.
                Err(_) if self.with_log(|log| log.is_failed()) => return,
                Err(error) => return self.directory().report(&error),
            }
        }
    }

    fn retention_step(&self, now: Now, for_room: bool) -> Result<Retention, ReadError> {
        let mut inner = self.inner.lock();
        let plan = self.looking(false, || inner.log.plan_retention(now.wall_ms))?;
        inner.log.retention(&plan, now.wall_ms, for_room).map_err(ReadError::Storage)
    }
}
