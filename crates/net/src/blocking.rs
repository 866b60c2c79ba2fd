//! Threads on which blocking is allowed: a small pool that grows on demand and shrinks when idle.

use base::BlockingWork;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// A pool of at most `threads_max` threads; work starts in the order in which it was given.
pub(crate) struct BlockingPool {
    state: Mutex<State>,
    wake: Condvar,
    threads_max: usize,
    name: &'static str,
    /// Its threads leave the processors to all others.
    is_behind_others: bool,
}

struct State {
    queue: VecDeque<BlockingWork>,
    threads: usize,
    idle: usize,
}

const IDLE_FOR: Duration = Duration::from_secs(30);

impl BlockingPool {
    pub fn new(name: &'static str, threads_max: usize) -> Arc<BlockingPool> {
        Arc::new(BlockingPool::with(name, threads_max, false))
    }

    /// A pool whose threads leave the processors to all others.
    pub fn behind_others(name: &'static str, threads_max: usize) -> Arc<BlockingPool> {
        Arc::new(BlockingPool::with(name, threads_max, true))
    }

    fn with(name: &'static str, threads_max: usize, is_behind_others: bool) -> BlockingPool {
        let state = Mutex::new(State { queue: VecDeque::new(), threads: 0, idle: 0 });
        BlockingPool { state, wake: Condvar::new(), threads_max: threads_max.max(1), name, is_behind_others }
    }

    pub fn run(self: &Arc<Self>, work: BlockingWork) {
        let mut state = self.state.lock();
        state.queue.push_back(work);
        self.wake.notify_one();
        // A thread that was notified counts as idle until it runs: each piece of work needs one of its own.
        if state.queue.len() > state.idle && state.threads < self.threads_max {
            state.threads += 1;
            let pool = self.clone();
            let spawned = std::thread::Builder::new().name(self.name.into()).spawn(move || pool.work());
            if spawned.is_err() {
                state.threads -= 1;
                if state.threads == 0 {
                    // No thread can be had at all: better late on this one than never.
                    let work = state.queue.pop_front();
                    drop(state);
                    if let Some(work) = work {
                        work();
                    }
                }
            }
        }
    }

    fn work(&self) {
        if self.is_behind_others {
            os::leave_processors_to_others();
        }
        loop {
            let work = {
                let mut state = self.state.lock();
                loop {
                    if let Some(work) = state.queue.pop_front() {
                        break work;
                    }
                    state.idle += 1;
                    let timed_out = self.wake.wait_for(&mut state, IDLE_FOR).timed_out();
                    state.idle -= 1;
                    if timed_out && state.queue.is_empty() {
                        state.threads -= 1;
                        return;
                    }
                }
            };
            work();
        }
    }
}
