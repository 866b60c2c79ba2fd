//! Time and work under the control of a seed.

use base::{BlockingWork, Executor, Now, Random, SplitMix64, Task, Timers};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

struct State {
    now: Now,
    deferred: VecDeque<Arc<dyn Task>>,
    timers: Timers,
    blocking: VecDeque<BlockingWork>,
}

impl State {
    fn has_due(&self) -> bool {
        self.timers.next_us().is_some_and(|at_us| at_us <= self.now.monotonic_us)
    }
}

/// An executor that runs nothing by itself: the schedule asks it for the next piece of work.
pub struct SimExecutor {
    state: Mutex<State>,
    /// The disk is slow: time may pass while work that blocks is under way.
    is_slow: AtomicBool,
    /// Times that the disk was to be read for an answer.
    readings: AtomicUsize,
    /// Looks at the monotonic clock while the disk was slow.
    looks: AtomicUsize,
}

/// What an append to a slow disk takes.
const SLOW_APPEND_US: u64 = 20_000;

/// A piece of work that is due.
pub enum Work {
    Task(Arc<dyn Task>),
    Blocking(BlockingWork),
}

impl SimExecutor {
    pub fn new(now: Now) -> Arc<SimExecutor> {
        let state = State { now, deferred: VecDeque::new(), timers: Timers::default(), blocking: VecDeque::new() };
        Arc::new(SimExecutor {
            state: Mutex::new(state),
            is_slow: AtomicBool::new(false),
            readings: AtomicUsize::new(0),
            looks: AtomicUsize::new(0),
        })
    }

    pub fn set_slow(&self, is_slow: bool) {
        self.is_slow.store(is_slow, Ordering::Relaxed);
    }

    /// Something that may run now; which of several kinds is drawn. Tasks of one kind keep their order.
    pub fn next(&self, random: &mut SplitMix64) -> Option<Work> {
        let mut state = self.state.lock();
        let due = state.has_due();
        let mut kinds = Vec::new();
        kinds.extend((!state.deferred.is_empty()).then_some(0));
        let is_late = self.is_slow.load(Ordering::Relaxed) && random.below(16) > 0;
        kinds.extend((!state.blocking.is_empty() && !is_late).then_some(1));
        kinds.extend(due.then_some(2));
        if kinds.is_empty() {
            return None;
        }
        match kinds[random.below(kinds.len() as u64) as usize] {
            0 => state.deferred.pop_front().map(Work::Task),
            1 => {
                // Several threads do it, so that a later piece may be done first.
                let at =
                    if random.below(2) == 0 { random.below(state.blocking.len().min(4) as u64) as usize } else { 0 };
                state.blocking.remove(at).map(Work::Blocking)
            }
            _ => {
                let now_us = state.now.monotonic_us;
                state.timers.take_due(now_us).map(Work::Task)
            }
        }
    }

    /// How often the disk was to be read for an answer.
    #[cfg(test)]
    pub fn readings(&self) -> usize {
        self.readings.load(Ordering::Relaxed)
    }

    /// Whether something may run now.
    pub fn has_work(&self) -> bool {
        let state = self.state.lock();
        let due = state.has_due();
        due || !state.deferred.is_empty() || !state.blocking.is_empty()
    }

    /// When the next timer goes off.
    pub fn next_timer_us(&self) -> Option<u64> {
        self.state.lock().timers.next_us()
    }

    /// Lets time pass.
    pub fn advance_to(&self, monotonic_us: u64) {
        let mut state = self.state.lock();
        let step = monotonic_us.saturating_sub(state.now.monotonic_us);
        state.now.monotonic_us += step;
        state.now.wall_ms += (step / 1000) as i64;
    }

    /// The wall clock jumps; the monotonic one does not.
    pub fn jump_wall(&self, by_ms: i64) {
        self.state.lock().now.wall_ms += by_ms;
    }

    /// The process is gone: nothing of it runs any more.
    pub fn clear(&self) {
        let (deferred, timers, blocking) = {
            let mut state = self.state.lock();
            (
                std::mem::take(&mut state.deferred),
                std::mem::take(&mut state.timers),
                std::mem::take(&mut state.blocking),
            )
        };
        drop((deferred, timers, blocking));
    }
}

impl Executor for SimExecutor {
    fn now(&self) -> Now {
        self.state.lock().now
    }

    /// On a slow disk, time seems to have passed at every other look: appends have waited, and what follows leaves its loop.
    fn monotonic_us(&self) -> u64 {
        let waited = self.is_slow.load(Ordering::Relaxed) && self.looks.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        self.state.lock().now.monotonic_us + if waited { SLOW_APPEND_US } else { 0 }
    }

    fn thread_waits(&self) -> u64 {
        self.looks.load(Ordering::Relaxed) as u64
    }

    fn defer(&self, task: Arc<dyn Task>) {
        self.state.lock().deferred.push_back(task);
    }

    fn run_at(&self, at_us: u64, task: Arc<dyn Task>) {
        self.state.lock().timers.set(at_us, task);
    }

    fn run_blocking(&self, work: BlockingWork) {
        self.state.lock().blocking.push_back(work);
    }

    /// At once: the clients here have no connections on which later requests could be held until it is done.
    fn run_slow(&self, work: BlockingWork) {
        work();
    }

    fn run_reading(&self, work: BlockingWork) {
        self.readings.fetch_add(1, Ordering::Relaxed);
        self.run_blocking(work);
    }
}
