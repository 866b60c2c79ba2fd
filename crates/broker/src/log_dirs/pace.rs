//! How long appends to a directory take: those to one whose disk keeps them waiting leave the event loops.

use super::Directory;
use base::BlockingWork;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// What is known of it.
#[derive(Default)]
pub(super) struct Pace {
    /// Monotonic time until which appends are watched for what kept them.
    suspect_until_us: AtomicU64,
    /// Monotonic time until which appends are expected to wait for the disk.
    slow_until_us: AtomicU64,
    /// When an append began that has not ended, of those that are watched; 0: none has.
    appending_since_us: AtomicU64,
    slow: Mutex<Slow>,
}

impl Directory {
    /// To be called right before a write, on its thread.
    pub(crate) fn append_begins(&self) -> AppendPace {
        let begun_us = self.executor.monotonic_us();
        let is_suspect = begun_us < self.pace.suspect_until_us.load(Ordering::Relaxed);
        let watched = is_suspect.then(|| {
            let since = &self.pace.appending_since_us;
            let is_timed = since.compare_exchange(0, begun_us, Ordering::Relaxed, Ordering::Relaxed).is_ok();
            (self.executor.thread_waits(), is_timed)
        });
        AppendPace { begun_us, watched }
    }

    /// To be called right after it.
    pub(crate) fn append_ended(&self, pace: AppendPace) {
        if let Some((_, true)) = pace.watched {
            self.pace.appending_since_us.store(0, Ordering::Relaxed);
        }
        let now_us = self.executor.monotonic_us();
        if now_us.saturating_sub(pace.begun_us) < SLOW_APPEND_US {
            return;
        }
        self.pace.suspect_until_us.fetch_max(now_us + SLOW_FOR_US, Ordering::Relaxed);
        if pace.watched.is_some_and(|(before, _)| self.executor.thread_waits() > before) {
            self.pace.slow_until_us.fetch_max(now_us + SLOW_FOR_US, Ordering::Relaxed);
        }
    }

    /// Whether an append would probably keep its thread waiting for the disk.
    pub(crate) fn is_slow(&self, now_us: u64) -> bool {
        let since_us = self.pace.appending_since_us.load(Ordering::Relaxed);
        let hangs = since_us > 0 && now_us.saturating_sub(since_us) >= SLOW_APPEND_US;
        hangs || now_us < self.pace.slow_until_us.load(Ordering::Relaxed)
    }

    /// Runs appends to this directory on threads that may wait for it, a few at a time.
    pub(crate) fn run_slow(self: &Arc<Self>, work: BlockingWork) {
        let mut slow = self.pace.slow.lock();
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
            let mut slow = self.pace.slow.lock();
            let Some(work) = slow.queue.pop_front() else {
                slow.workers -= 1;
                return;
            };
            drop(slow);
            work();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_bench::Bench;
    use base::Executor;

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
