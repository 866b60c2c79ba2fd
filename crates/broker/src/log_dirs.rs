//! A log directory in use: work that blocks runs here, off the event loops. Syncs are grouped: a partition that is
//! already queued is not queued again, and one sync covers everything appended before it.

mod pace;
mod room;

use crate::checkpoints::Checkpointed;
use crate::partition::{Effects, PartitionCell};
use base::{BlockingWork, DirectoryId, Executor, Now, Seldom, Task};
use pace::Pace;
use parking_lot::Mutex;
use room::Room;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use storage::{Job, LogDir, StorageError};

/// Threads that sync one directory at the same time: the file system commits their journals together, so that sixteen make
/// more than twice as many syncs as four, at half the CPU each.
const FLUSH_WORKERS_MAX: usize = 16;

/// A sync that something was short for is tried again after this time.
const FLUSH_AGAIN_US: u64 = 1_000_000;

/// Called once when a directory goes out of service.
pub type FailureListener = Box<dyn Fn(&Arc<Directory>) + Send + Sync>;

/// One of `log.dirs`.
pub struct Directory {
    pub id: DirectoryId,
    pub dir: LogDir,
    executor: Arc<dyn Executor>,
    flushes: Mutex<Flushes>,
    jobs: Mutex<Jobs>,
    /// What its checkpoints hold.
    pub(crate) checkpointed: Mutex<Checkpointed>,
    /// It was told that the file system is nearly full.
    pub(crate) is_low_on_space: AtomicBool,
    /// Records of coordinators that were not appended here.
    pub(crate) coordinator_line: Seldom,
    pace: Pace,
    room: Room,
    on_failure: OnceLock<FailureListener>,
    myself: Weak<Directory>,
}

#[derive(Default)]
struct Flushes {
    queue: VecDeque<(Arc<PartitionCell>, bool)>,
    workers: usize,
}

/// Work of logs that waits for the thread that does it.
#[derive(Default)]
struct Jobs {
    queue: Vec<Job>,
    has_worker: bool,
}

struct Delayed {
    directory: Arc<Directory>,
    work: Mutex<Option<BlockingWork>>,
}

impl Task for Delayed {
    fn run(self: Arc<Self>, _: Now) {
        if let Some(work) = self.work.lock().take() {
            self.directory.executor.run_blocking(work);
        }
    }
}

impl Directory {
    pub fn new(id: DirectoryId, dir: LogDir, executor: Arc<dyn Executor>) -> Arc<Directory> {
        Arc::new_cyclic(|myself| Directory {
            id,
            dir,
            executor,
            flushes: Mutex::new(Flushes::default()),
            jobs: Mutex::new(Jobs::default()),
            checkpointed: Mutex::default(),
            is_low_on_space: AtomicBool::new(false),
            coordinator_line: Seldom::default(),
            pace: Pace::default(),
            room: Room::default(),
            on_failure: OnceLock::new(),
            myself: myself.clone(),
        })
    }

    /// Who is told that the directory failed.
    pub fn set_failure_listener(&self, listener: FailureListener) {
        let _the_first_one_stays = self.on_failure.set(listener);
    }

    /// Runs a job of a log, now or after its delay.
    pub fn run_job(&self, job: Job) {
        let Some(this) = self.myself.upgrade() else { return };
        let delay_us = job.delay_ms().max(0) as u64 * 1000;
        if delay_us > 0 {
            let work = move || job.run(&**this.dir.files()).unwrap_or_else(|error| this.report(&error));
            return self.run_later(delay_us, Box::new(work));
        }
        let mut jobs = self.jobs.lock();
        jobs.queue.push(job);
        if !std::mem::replace(&mut jobs.has_worker, true) {
            drop(jobs);
            self.executor.run_blocking(Box::new(move || this.run_queued_jobs()));
        }
    }

    /// Jobs that came together are done together.
    fn run_queued_jobs(&self) {
        loop {
            let queued = {
                let mut jobs = self.jobs.lock();
                jobs.has_worker = !jobs.queue.is_empty();
                std::mem::take(&mut jobs.queue)
            };
            if queued.is_empty() {
                return;
            }
            for error in storage::run_together(queued, &**self.dir.files(), self.dir.path()) {
                self.report(&error);
            }
        }
    }

    /// Tells of an error, which takes the directory out of service where it has to.
    pub(crate) fn report(&self, error: &StorageError) {
        if error.path().is_some_and(|path| !path.starts_with(self.dir.path())) {
            // What was done to a log that has moved meanwhile says nothing of this directory.
            tracing::warn!(%error, "work on a log that has moved to another directory failed");
        } else if error.fails_log_dir() {
            tracing::error!(dir = %self.dir.path().display(), %error, "work on a log directory failed");
            self.fail();
        } else if error.is_shortage() {
            self.tell_shortage(error);
        } else {
            tracing::warn!(%error, "work on a log could not be done");
        }
    }

    /// Tells of an error, on another thread.
    pub(crate) fn report_later(&self, error: StorageError) {
        if let Some(this) = self.myself.upgrade() {
            self.executor.run_blocking(Box::new(move || this.report(&error)));
        }
    }

    /// Makes everything in the directory durable.
    pub(crate) fn sync_tree(&self) -> Result<(), StorageError> {
        let path = self.dir.path();
        let synced = self.dir.files().sync_tree(path);
        synced.map_err(|source| StorageError::failed(path, source))
    }

    /// Runs blocking work after a delay.
    pub fn run_later(&self, delay_us: u64, work: BlockingWork) {
        let Some(directory) = self.myself.upgrade() else { return };
        let at = self.executor.now().monotonic_us + delay_us;
        self.executor.run_at(at, Arc::new(Delayed { directory, work: Mutex::new(Some(work)) }));
    }

    /// Syncs the partition's log soon, on another thread.
    pub fn flush_soon(&self, cell: Arc<PartitionCell>) {
        self.queue_flush(cell, false);
    }

    /// Syncs the segments that are complete, after a roll.
    pub fn flush_sealed_soon(&self, cell: Arc<PartitionCell>) {
        self.queue_flush(cell, true);
    }

    fn queue_flush(&self, cell: Arc<PartitionCell>, sealed_only: bool) {
        if !sealed_only && cell.flush_queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut flushes = self.flushes.lock();
        flushes.queue.push_back((cell, sealed_only));
        if flushes.workers < FLUSH_WORKERS_MAX
            && let Some(this) = self.myself.upgrade()
        {
            flushes.workers += 1;
            drop(flushes);
            self.executor.run_blocking(Box::new(move || this.flush_queued()));
        }
    }

    fn flush_queued(self: Arc<Self>) {
        loop {
            let next = {
                let mut flushes = self.flushes.lock();
                let next = flushes.queue.pop_front();
                if next.is_none() {
                    flushes.workers -= 1;
                }
                next
            };
            let Some((cell, sealed_only)) = next else { return };
            if !sealed_only {
                cell.flush_queued.store(false, Ordering::Release);
            }
            self.flush(&cell, sealed_only);
        }
    }

    fn flush(&self, cell: &Arc<PartitionCell>, sealed_only: bool) {
        let job = match cell.flush_job_in(self, sealed_only) {
            Ok(job) => job,
            Err(now_in) => return now_in.queue_flush(cell.clone(), sealed_only),
        };
        let flushed = job.and_then(|job| job.map(|job| job.run(&**self.dir.files())).transpose());
        match flushed {
            Ok(None) => {}
            Ok(Some(flushed)) => {
                let mut effects = Effects::default();
                cell.flushed(&flushed, &mut effects);
                effects.run(cell, self.executor.now());
            }
            Err(error) if error.fails_log_dir() => {
                tracing::error!(partition = %cell.name, %error, "a log could not be synced");
                self.fail();
            }
            Err(error) if error.is_shortage() => {
                self.tell_shortage(&error);
                let (this, cell) = (self.myself.clone(), cell.clone());
                let again = move || {
                    if let Some(this) = this.upgrade() {
                        this.queue_flush(cell, sealed_only);
                    }
                };
                self.run_later(FLUSH_AGAIN_US, Box::new(again));
            }
            Err(error) => tracing::debug!(partition = %cell.name, %error, "a log was not synced"),
        }
    }

    /// Takes the directory out of service, for good.
    pub fn fail(&self) {
        if self.dir.is_failed() || base::mutant(base::Mutant::AppendsAfterIoError) {
            return;
        }
        self.dir.mark_failed();
        tracing::error!(
            dir = %self.dir.path().display(),
            "the log directory is out of service: its partitions are offline until the node is started again"
        );
        if let (Some(listener), Some(this)) = (self.on_failure.get(), self.myself.upgrade()) {
            listener(&this);
        }
    }
}
