//! A log directory in use: work that blocks runs here, off the event loops. Syncs are grouped: a partition that is
//! already queued is not queued again, and one sync covers everything appended before it.

use crate::checkpoints::Checkpointed;
use crate::partition::{Effects, PartitionCell};
use crate::space::{Look, Space};
use base::{BlockingWork, DirectoryId, Executor, Now, Seldom, Task};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use storage::{Job, LogDir, StorageError};

/// Threads that sync one directory at the same time: the file system commits their journals together, so that sixteen make
/// more than twice as many syncs as four, at half the CPU each.
const FLUSH_WORKERS_MAX: usize = 16;

/// A sync that something was short for is tried again after this time.
const FLUSH_AGAIN_US: u64 = 1_000_000;

/// An append that takes so long has waited for the disk (a journal that commits, a limit of dirty pages), or others had the
/// processor meanwhile.
const SLOW_APPEND_US: u64 = 5_000;
/// For so long after it, appends to the directory are watched for which of the two it is; and for so long after one that has
/// waited they leave the event loops, where the next one would keep everybody waiting.
const SLOW_FOR_US: u64 = 100_000;

/// Threads that append to one slow directory at the same time: one that hangs must not take those of the others.
const SLOW_WORKERS_MAX: usize = 4;

/// How an append began.
pub(crate) struct AppendPace {
    begun_us: u64,
    /// Where the directory is suspect: how often its thread had waited before, and whether it is the one that is timed
    /// while it lasts.
    watched: Option<(u64, bool)>,
}

/// Requests for a slow directory, in the order in which they came.
#[derive(Default)]
struct Slow {
    queue: VecDeque<BlockingWork>,
    workers: usize,
}

/// Called once when a directory goes out of service.
pub type FailureListener = Box<dyn Fn(&Arc<Directory>) + Send + Sync>;

/// Called whenever a directory becomes full or has room again.
pub(crate) type SpaceListener = Box<dyn Fn() + Send + Sync>;

/// `ottla.full.log.dir.ms`, until a broker says otherwise.
const FULL_AFTER_US: u64 = 5_000_000;

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
    /// A shortage, however many requests meet it.
    shortage_line: Seldom,
    /// Records of coordinators that were not appended here.
    pub(crate) coordinator_line: Seldom,
    /// Monotonic time until which appends are watched for what kept them.
    suspect_until_us: AtomicU64,
    /// Monotonic time until which appends are expected to wait for the disk.
    slow_until_us: AtomicU64,
    /// When an append began that has not ended, of those that are watched; 0: none has.
    appending_since_us: AtomicU64,
    slow: Mutex<Slow>,
    on_failure: OnceLock<FailureListener>,
    space: Mutex<Space>,
    /// The same, to be looked at without the lock.
    is_full: AtomicBool,
    full_after_us: AtomicU64,
    on_space: OnceLock<SpaceListener>,
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
            shortage_line: Seldom::default(),
            coordinator_line: Seldom::default(),
            suspect_until_us: AtomicU64::new(0),
            slow_until_us: AtomicU64::new(0),
            appending_since_us: AtomicU64::new(0),
            slow: Mutex::default(),
            on_failure: OnceLock::new(),
            space: Mutex::default(),
            is_full: AtomicBool::new(false),
            full_after_us: AtomicU64::new(FULL_AFTER_US),
            on_space: OnceLock::new(),
            myself: myself.clone(),
        })
    }

    /// Who is told that the directory failed.
    pub fn set_failure_listener(&self, listener: FailureListener) {
        let _the_first_one_stays = self.on_failure.set(listener);
    }

    /// Who is told that it has become full, or has room again.
    pub(crate) fn set_space_listener(&self, listener: SpaceListener) {
        let _the_first_one_stays = self.on_space.set(listener);
    }

    /// `ottla.full.log.dir.ms`
    pub(crate) fn set_full_after_ms(&self, ms: i64) {
        self.full_after_us.store(ms.max(1) as u64 * 1000, Ordering::Relaxed);
    }

    /// Whether it has no room for records, and has had none for a while.
    pub fn is_full(&self) -> bool {
        self.is_full.load(Ordering::Relaxed)
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

    /// To be called right before a write, on its thread.
    pub(crate) fn append_begins(&self) -> AppendPace {
        let begun_us = self.executor.monotonic_us();
        let is_suspect = begun_us < self.suspect_until_us.load(Ordering::Relaxed);
        let watched = is_suspect.then(|| {
            let since = &self.appending_since_us;
            let is_timed = since.compare_exchange(0, begun_us, Ordering::Relaxed, Ordering::Relaxed).is_ok();
            (self.executor.thread_waits(), is_timed)
        });
        AppendPace { begun_us, watched }
    }

    /// To be called right after it.
    pub(crate) fn append_ended(&self, pace: AppendPace) {
        if let Some((_, true)) = pace.watched {
            self.appending_since_us.store(0, Ordering::Relaxed);
        }
        let now_us = self.executor.monotonic_us();
        if now_us.saturating_sub(pace.begun_us) < SLOW_APPEND_US {
            return;
        }
        self.suspect_until_us.fetch_max(now_us + SLOW_FOR_US, Ordering::Relaxed);
        if pace.watched.is_some_and(|(before, _)| self.executor.thread_waits() > before) {
            self.slow_until_us.fetch_max(now_us + SLOW_FOR_US, Ordering::Relaxed);
        }
    }

    /// Whether an append would probably keep its thread waiting for the disk.
    pub(crate) fn is_slow(&self, now_us: u64) -> bool {
        let since_us = self.appending_since_us.load(Ordering::Relaxed);
        let hangs = since_us > 0 && now_us.saturating_sub(since_us) >= SLOW_APPEND_US;
        hangs || now_us < self.slow_until_us.load(Ordering::Relaxed)
    }

    /// Runs appends to this directory on threads that may wait for it, a few at a time.
    pub(crate) fn run_slow(self: &Arc<Self>, work: BlockingWork) {
        let mut slow = self.slow.lock();
        slow.queue.push_back(work);
        if slow.workers < SLOW_WORKERS_MAX {
            slow.workers += 1;
            drop(slow);
            let this = self.clone();
            self.executor.run_slow(Box::new(move || this.run_queued_appends()));
        }
    }

    fn run_queued_appends(&self) {
        loop {
            let mut slow = self.slow.lock();
            let Some(work) = slow.queue.pop_front() else {
                slow.workers -= 1;
                return;
            };
            drop(slow);
            work();
        }
    }

    /// Tells of an error, on another thread.
    pub(crate) fn report_later(&self, error: StorageError) {
        if let Some(this) = self.myself.upgrade() {
            self.executor.run_blocking(Box::new(move || this.report(&error)));
        }
    }

    /// Says that something is short, unless that was said a moment ago. Where it is room, somebody looks for it from now on.
    pub(crate) fn tell_shortage(&self, error: &StorageError) {
        if error.lacks_room() && !self.is_full() {
            let (now_us, after_us) = (self.executor.monotonic_us(), self.full_after_us.load(Ordering::Relaxed));
            let look_us = self.space.lock().refused(now_us, after_us);
            look_us.into_iter().for_each(|at_us| self.look_for_room_at(at_us));
        }
        if self.shortage_line.is_due(self.executor.now()) {
            tracing::warn!(dir = %self.dir.path().display(), %error, "requests are refused until there is enough again");
        }
    }

    fn look_for_room_at(&self, at_us: u64) {
        if let Some(this) = self.myself.upgrade() {
            let delay_us = at_us.saturating_sub(self.executor.monotonic_us());
            self.run_later(delay_us, Box::new(move || this.look_for_room()));
        }
    }

    /// Looks whether there is room, on a thread that may wait.
    fn look_for_room(&self) {
        if self.dir.is_failed() {
            return;
        }
        let look = Look::of(&self.dir).inspect_err(|error| self.report(error)).ok();
        let (now_us, after_us) = (self.executor.monotonic_us(), self.full_after_us.load(Ordering::Relaxed));
        let looked = {
            let mut space = self.space.lock();
            let looked = space.looked(look, now_us, after_us);
            self.is_full.store(*space == Space::Full, Ordering::Relaxed);
            looked
        };
        let dir = self.dir.path().display();
        match looked.is_full {
            Some(true) => tracing::warn!(
                %dir, for_ms = after_us / 1000,
                hint = "shorten the retention of topics, delete records, or make room on the disk",
                "a log directory is full: its replicas take no writes until there is room; the controller is told, and \
                 Ottla's lets others that are in sync take over"
            ),
            Some(false) => tracing::info!(%dir, "a log directory is not full any more: its replicas catch up"),
            None => {}
        }
        if let (Some(_), Some(listener)) = (looked.is_full, self.on_space.get()) {
            listener();
        }
        looked.again_us.into_iter().for_each(|at_us| self.look_for_room_at(at_us));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::AppendError;
    use crate::test_bench::Bench;

    #[test]
    fn a_directory_is_slow_for_a_while_after_two_appends_that_took_long_and_waited() {
        let bench = Bench::new(&["/d1", "/d2"], |_| {});
        let [first, second] = bench.replicas.directories() else { panic!("two directories") };
        let is_slow = |directory: &Directory| directory.is_slow(bench.executor.now().monotonic_us);
        let append = |took_ms: i64, waited: bool| {
            let pace = first.append_begins();
            bench.executor.tick(took_ms);
            bench.executor.thread_waited(waited);
            first.append_ended(pace);
        };
        append(4, true);
        append(4, true);
        assert!(!is_slow(first), "quick enough");
        append(5, false);
        append(20, false);
        assert!(!is_slow(first), "others had the processor");
        append(5, true);
        assert!(is_slow(first) && !is_slow(second), "another disk goes on");
        bench.executor.tick(99);
        assert!(is_slow(first));
        bench.executor.tick(1);
        assert!(!is_slow(first));
        append(5, true);
        assert!(!is_slow(first), "it was not watched any more");
    }

    fn full_disk() -> testkit::Fault {
        testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true }
    }

    /// What a caller does whose append was refused.
    fn is_refused(bench: &Bench, cell: &Arc<PartitionCell>, sequence: i32) -> bool {
        match bench.produce(cell, sequence) {
            Err(AppendError::Storage(error)) => {
                cell.directory().tell_shortage(&error);
                true
            }
            _ => false,
        }
    }

    #[test]
    fn a_directory_is_full_after_a_while_without_room_and_says_so_and_sees_by_itself_when_that_ends() {
        let bench = Bench::new(&["/d1", "/d2"], |_| {});
        let cell = bench.open("t-0", base::Uuid::from_u128(5));
        let directory = cell.directory();
        let told = Arc::new(Mutex::new(Vec::new()));
        let (tells, of) = (told.clone(), Arc::downgrade(&directory));
        directory.set_space_listener(Box::new(move || tells.lock().extend(of.upgrade().map(|of| of.is_full()))));
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0) && is_refused(&bench, &cell, 0));
        for _ in 0..4 {
            bench.executor.pass(1_000);
            assert!(!directory.is_full());
        }
        bench.executor.pass(1_000);
        assert!(directory.is_full());
        let others = bench.replicas.directories().iter().filter(|other| other.is_full());
        assert_eq!(others.count(), 1);
        let folder = directory.dir.path().to_owned();
        assert!(
            !bench.names(&folder.to_string_lossy()).iter().any(|name| name.contains("room")),
            "nothing stays behind"
        );
        // New partitions go where there is room.
        assert!(!Arc::ptr_eq(&bench.open("t-1", base::Uuid::from_u128(5)).directory(), &directory));
        bench.executor.pass(10_000);
        assert_eq!(*told.lock(), [true]);
        bench.files.heal();
        bench.executor.pass(1_000);
        assert!(!directory.is_full());
        assert_eq!(*told.lock(), [true, false]);
        let timers = bench.executor.timers();
        bench.executor.pass(1_000);
        assert_eq!(bench.executor.timers(), timers, "nobody looks any more");
        assert!(bench.produce(&cell, 0).is_ok());
    }

    #[test]
    fn room_that_was_short_for_a_moment_makes_nothing_full() {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", base::Uuid::from_u128(5));
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0));
        bench.executor.pass(3_000);
        bench.files.heal();
        bench.executor.pass(1_000);
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0));
        bench.executor.pass(4_000);
        assert!(!cell.directory().is_full(), "it was short for four seconds only");
        bench.executor.pass(1_000);
        assert!(cell.directory().is_full());
    }

    #[test]
    fn a_disk_that_fails_under_the_look_takes_the_directory_out_of_service() {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", base::Uuid::from_u128(5));
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0));
        bench.files.heal();
        bench.files.inject(testkit::Fault { errno: 5, ..full_disk() });
        bench.executor.pass(1_000);
        assert!(cell.directory().dir.is_failed() && !cell.directory().is_full());
        bench.executor.pass(10_000);
    }

    #[test]
    fn a_directory_is_slow_while_a_watched_append_hangs() {
        let bench = Bench::new(&["/d1"], |_| {});
        let [directory] = bench.replicas.directories() else { panic!("one directory") };
        let is_slow = || directory.is_slow(bench.executor.now().monotonic_us);
        let first = directory.append_begins();
        bench.executor.tick(5);
        directory.append_ended(first);
        let (hangs, beside) = (directory.append_begins(), directory.append_begins());
        bench.executor.tick(1);
        directory.append_ended(beside);
        bench.executor.tick(3);
        assert!(!is_slow());
        bench.executor.tick(1000);
        assert!(is_slow());
        directory.append_ended(hangs);
        assert!(!is_slow(), "nobody waited: others had the processor");
    }

    #[test]
    fn appends_to_a_slow_directory_take_few_threads() {
        let bench = Bench::new(&["/d1"], |_| {});
        let [directory] = bench.replicas.directories() else { panic!("one directory") };
        let done = Arc::new(AtomicU64::new(0));
        for _ in 0..100 {
            let done = done.clone();
            directory.run_slow(Box::new(move || {
                done.fetch_add(1, Ordering::Relaxed);
            }));
        }
        assert_eq!(bench.executor.work_that_waits(), SLOW_WORKERS_MAX);
        bench.executor.settle();
        assert_eq!(done.load(Ordering::Relaxed), 100);
    }
}
