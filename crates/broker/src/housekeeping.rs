//! What comes round: checkpoints, retention, syncs by time, expiry of producers. Each is a task that sets itself again.

use crate::broker::Broker;
use crate::log_dirs::Directory;
use crate::partition::{Effects, PartitionCell};
use base::{Now, Task};
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[derive(Debug, Clone, Copy)]
enum Chore {
    Checkpoints,
    Retention,
    FlushByTime,
    ExpireProducers,
    ExpireWaits,
    CheckIsrs,
}

/// One recurring chore of a broker.
pub struct Housekeeping {
    broker: Arc<Broker>,
    chore: Chore,
    interval_us: u64,
}

impl Housekeeping {
    /// Sets the first round of every chore.
    pub fn start(broker: &Arc<Broker>) {
        let log = &broker.static_config.log;
        let limits = &broker.static_config.limits;
        let checkpoints = log
            .high_watermark_checkpoint_interval_ms
            .min(log.flush_offset_checkpoint_interval_ms as i64)
            .min(log.flush_start_offset_checkpoint_interval_ms as i64);
        let chores = [
            (Chore::Checkpoints, checkpoints),
            (Chore::Retention, log.retention_check_interval_ms),
            // As in Kafka, flush.ms is looked at in this interval only, and by default never.
            (Chore::FlushByTime, log.flush_scheduler_interval_ms),
            (Chore::ExpireProducers, limits.producer_id_expiration_check_interval_ms as i64),
            (Chore::ExpireWaits, 1000),
            // As in Kafka: who lags leaves after one and a half times that.
            (Chore::CheckIsrs, broker.static_config.replication.lag_time_max_ms / 2),
        ];
        for (chore, interval_ms) in chores {
            let Some(interval_us) = interval_ms.max(100).checked_mul(1000).map(|us| us as u64) else { continue };
            let chore = Arc::new(Housekeeping { broker: broker.clone(), chore, interval_us });
            chore.again();
        }
    }

    fn again(self: Arc<Self>) {
        let executor = self.broker.executor.clone();
        executor.control_at(executor.now().monotonic_us + self.interval_us, self);
    }
}

/// Whether less than 1 GiB and less than a twentieth is free; once so, until there is a quarter more than that.
fn is_low_on_space(free: u64, total: u64, was_low: bool) -> bool {
    let threshold = (total / 20).min(1 << 30);
    free < if was_low { threshold + threshold / 4 } else { threshold }
}

impl Task for Housekeeping {
    fn run(self: Arc<Self>, now: Now) {
        let broker = self.broker.clone();
        let chore = self.chore;
        if matches!(chore, Chore::ExpireWaits) {
            broker.expire_waits(now);
            return self.again();
        }
        let this = self.clone();
        broker.executor.clone().run_blocking(Box::new(move || {
            match chore {
                Chore::Checkpoints => {
                    broker.write_checkpoints();
                    broker.watch_free_space();
                }
                Chore::Retention => {
                    broker.apply_retention();
                    broker.watch_uncleaned();
                }
                Chore::FlushByTime => broker.flush_by_time(),
                Chore::ExpireProducers => broker.expire_producers(),
                // A cell may be in the hands of somebody whose disk is slow.
                Chore::CheckIsrs => broker.check_isrs(broker.executor.now()),
                Chore::ExpireWaits => {}
            }
            this.again();
        }));
    }
}

impl Broker {
    /// Writes recovery points, high watermarks and log start offsets of every directory.
    pub fn write_checkpoints(&self) {
        for directory in self.replicas.directories() {
            if directory.dir.is_failed() {
                continue;
            }
            if let Err(error) = self.replicas.write_checkpoints(directory) {
                directory.report(&error);
            }
        }
    }

    /// Tells once when a directory's file system is about to be full, and again when it is so after a recovery.
    fn watch_free_space(&self) {
        for directory in self.replicas.directories() {
            let Ok((free, total)) = directory.dir.free_space() else { continue };
            let was_low = directory.is_low_on_space.load(Ordering::Relaxed);
            let is_low = is_low_on_space(free, total, was_low);
            directory.is_low_on_space.store(is_low, Ordering::Relaxed);
            let dir = directory.dir.path().display();
            let (free_mib, total_mib) = (free >> 20, total >> 20);
            match (was_low, is_low) {
                (false, true) => tracing::warn!(
                    %dir, free_mib, total_mib,
                    "the disk of a log directory is nearly full: writes will be refused when it is; shorten the retention of topics or make room"
                ),
                (true, false) => tracing::info!(%dir, free_mib, total_mib, "the log directory has room again"),
                _ => {}
            }
        }
    }

    fn apply_retention(&self) {
        for cell in self.replicas.all() {
            cell.apply_retention(self.executor.now());
        }
    }

    fn expire_waits(&self, now: Now) {
        self.replicas.for_each(|cell| {
            let mut effects = Effects::default();
            cell.expire_waits(now, &mut effects);
            effects.run(cell, now);
        });
    }

    fn flush_by_time(&self) {
        for cell in self.replicas.all() {
            let unflushed = cell.with_log(|log| log.log_end_offset() > log.recovery_point());
            if unflushed && cell.settings().log.flush_ms != i64::MAX {
                cell.directory().flush_soon(cell.clone());
            }
        }
    }

    fn expire_producers(&self) {
        for cell in self.replicas.all() {
            let now = self.executor.now();
            cell.with_log(|log| log.expire_producers(now.wall_ms));
        }
    }

    /// Closes every log in order, so that the next start needs no recovery. True if all could be closed; those that could
    /// not be opened were not.
    pub fn close_logs(&self) -> bool {
        /// From so many logs on one sync of the file system is cheaper than one for each file.
        const TOGETHER_MIN: usize = 16;
        let mut clean = self.replicas.stop_opening();
        self.moves.close();
        let cells = self.replicas.all();
        clean &= cells.iter().filter(|cell| !self.replicas.close_copy(cell)).count() == 0;
        for directory in self.replicas.directories() {
            let own: Vec<_> = cells.iter().filter(|cell| Arc::ptr_eq(&cell.directory(), directory)).cloned().collect();
            // What lies on other file systems takes its own syncs.
            let (together, mut alone): (Vec<_>, Vec<_>) =
                own.into_iter().partition(|cell| !cell.with_log(|log| log.is_spread()));
            match together.len() {
                TOGETHER_MIN.. => clean &= self.close_together(directory, &together),
                _ => alone.extend(together),
            }
            clean &= alone.iter().filter(|cell| !self.close_log(cell)).count() == 0;
        }
        clean
    }

    /// Closes all logs of a directory with few syncs.
    fn close_together(&self, directory: &Arc<Directory>, cells: &[Arc<PartitionCell>]) -> bool {
        if directory.dir.is_failed() {
            return false;
        }
        let (mut jobs, mut flushes, mut clean) = (Vec::new(), Vec::new(), true);
        for cell in cells {
            match cell.with_log(|log| log.close_before_sync(true)) {
                Ok((more, flush)) => {
                    jobs.extend(more);
                    flushes.extend(flush.map(|flush| (cell, flush)));
                }
                Err(error) => {
                    tracing::error!(partition = %cell.name, %error, "a log could not be closed in order");
                    clean = false;
                }
            }
            self.let_go(cell);
        }
        let files = directory.dir.files();
        let mut errors = storage::run_together(jobs, &**files, directory.dir.path());
        if errors.is_empty() {
            errors.extend(directory.sync_tree().err());
        }
        if errors.is_empty() {
            for (cell, flush) in flushes {
                match flush.run(&**files) {
                    Ok(flushed) => cell.with_log(|log| log.flushed(&flushed)),
                    Err(error) => errors.push(error),
                }
            }
        }
        for error in &errors {
            directory.report(error);
        }
        clean && errors.is_empty()
    }

    fn let_go(&self, cell: &Arc<PartitionCell>) {
        let mut effects = Effects::default();
        cell.mark_deleted(&mut effects);
        effects.run(cell, self.executor.now());
    }

    fn close_log(&self, cell: &Arc<PartitionCell>) -> bool {
        if cell.directory().dir.is_failed() {
            return false;
        }
        let closed = cell.with_log(|log| log.close_before_sync(false)).and_then(|(jobs, flush)| {
            let directory = cell.directory();
            let files = &**directory.dir.files();
            jobs.into_iter().try_for_each(|job| job.run(files))?;
            if let Some(flush) = flush {
                let flushed = flush.run(files)?;
                cell.with_log(|log| log.flushed(&flushed));
            }
            Ok(())
        });
        if let Err(error) = &closed {
            tracing::error!(partition = %cell.name, %error, "a log could not be closed in order");
        }
        self.let_go(cell);
        closed.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_low_below_a_twentieth_and_a_gibibyte_and_recovers_above() {
        let (mib, gib, tib) = (1u64 << 20, 1u64 << 30, 1u64 << 40);
        for (free, total, was_low, expected) in [
            (2 * gib, tib, false, false),
            (gib - 1, tib, false, true),
            (gib + 1, tib, true, true),
            (gib + gib / 4, tib, true, false),
            (60 * mib, gib, false, false),
            (50 * mib, gib, false, true),
            (60 * mib, gib, true, true),
            (70 * mib, gib, true, false),
            (0, gib, false, true),
            (0, 0, false, false),
        ] {
            assert_eq!(is_low_on_space(free, total, was_low), expected, "{free} of {total}, {was_low}");
        }
    }
}
