//! A fetch that found too little waits at its partitions. Appends wake it at most once per turn of their event loop; its
//! deadline answers it with what there is.

use crate::handlers::{Fetch, Found, finish_fetch};
use crate::partition::DataWaiter;
use api::Responder;
use base::{Executor, Now, Task};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A long wait is set in pieces: one whose connection is gone is not kept longer than this.
const TIMER_MAX_US: u64 = 5_000_000;

pub(crate) struct FetchWait {
    state: Mutex<State>,
    /// It is on the list of an event loop already.
    is_queued: AtomicBool,
    deadline_us: u64,
    /// When the timer that was set last goes off.
    timer_us: AtomicU64,
    executor: Arc<dyn Executor>,
    myself: std::sync::Weak<FetchWait>,
}

enum State {
    Waiting(Box<(Fetch, Responder)>),
    /// Somebody looks, or reads from the disk to look after that: one at a time. `again`: there may be more by now.
    Looking {
        again: bool,
    },
    Answered,
}

impl FetchWait {
    /// Keeps the fetch until its data or its deadline comes.
    pub fn begin(fetch: Fetch, responder: Responder, now: Now, deadline_us: u64) {
        let executor = fetch.broker.executor.clone();
        let wait = Arc::new_cyclic(|myself| FetchWait {
            state: Mutex::new(State::Waiting(Box::new((fetch, responder)))),
            is_queued: AtomicBool::new(false),
            deadline_us,
            timer_us: AtomicU64::new(0),
            executor,
            myself: myself.clone(),
        });
        wait.set_timer(now);
        wait.arm(now, false);
    }

    /// Comes again at the deadline, or before it to see whether anybody still waits.
    fn set_timer(self: &Arc<Self>, now: Now) {
        if !matches!(*self.state.lock(), State::Answered) {
            let at = self.deadline_us.min(now.monotonic_us + TIMER_MAX_US);
            self.timer_us.store(at, Ordering::Release);
            self.executor.run_at(at, self.clone());
        }
    }

    /// Registers at every partition; where something has come meanwhile it looks again at once.
    fn arm(self: &Arc<Self>, now: Now, may_wait: bool) {
        let waiter: Arc<dyn DataWaiter> = self.clone();
        let missed = {
            let mut state = self.state.lock();
            let State::Waiting(waiting) = &mut *state else { return };
            let (fetch, _) = &mut **waiting;
            let mut missed = false;
            for target in &mut fetch.partitions {
                if let Some(cell) = &target.cell {
                    missed |= !cell.wait_for_data(&waiter, fetch.reader, target.seen, &mut target.waits);
                }
            }
            missed
        };
        if missed {
            self.look_again(now, may_wait);
        }
    }

    /// Looks unless somebody does so already, who is then told to look once more.
    fn look_again(self: &Arc<Self>, now: Now, may_wait: bool) {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Looking { again: false }) {
            State::Waiting(waiting) if waiting.1.is_gone() => {
                *state = State::Answered;
                drop(state);
                Self::stop_waiting(&waiting.0);
            }
            State::Waiting(waiting) => {
                drop(state);
                self.look(waiting, now, may_wait);
            }
            State::Looking { .. } => *state = State::Looking { again: true },
            State::Answered => *state = State::Answered,
        }
    }

    fn look(self: &Arc<Self>, mut waiting: Box<(Fetch, Responder)>, mut now: Now, may_wait: bool) {
        loop {
            let fetch = &mut waiting.0;
            let found = fetch.look(now, may_wait);
            if let Some(cold) = found.cold {
                let this = self.clone();
                return self.executor.run_reading(Box::new(move || {
                    cold.warm();
                    this.look(waiting, this.executor.now(), true);
                }));
            }
            let is_late = now.monotonic_us >= self.deadline_us;
            if found.bytes >= fetch.bytes_min || found.has_error || is_late {
                return self.answer(*waiting, found);
            }
            let mut state = self.state.lock();
            if !matches!(*state, State::Looking { again: true }) {
                *state = State::Waiting(waiting);
                break;
            }
            *state = State::Looking { again: false };
            now = self.executor.now();
        }
        // What a look has seen is remembered in its targets, so this ends when nothing new has come.
        self.arm(now, may_wait);
    }

    fn answer(self: &Arc<Self>, (fetch, responder): (Fetch, Responder), found: Found) {
        *self.state.lock() = State::Answered;
        Self::stop_waiting(&fetch);
        finish_fetch(&fetch, found, responder);
    }

    fn stop_waiting(fetch: &Fetch) {
        for target in &fetch.partitions {
            if let (Some(cell), Some(at)) = (&target.cell, &target.waits) {
                cell.stop_waiting(at);
            }
        }
    }
}

impl DataWaiter for FetchWait {
    fn data_arrived(self: Arc<Self>) {
        if !self.is_queued.swap(true, Ordering::AcqRel)
            && let Some(this) = self.myself.upgrade()
        {
            self.executor.defer(this);
        }
    }
}

impl Task for FetchWait {
    fn run(self: Arc<Self>, now: Now) {
        self.is_queued.store(false, Ordering::Release);
        self.look_again(now, false);
        if now.monotonic_us < self.deadline_us && now.monotonic_us >= self.timer_us.load(Ordering::Acquire) {
            self.set_timer(now);
        }
    }

    fn is_over(&self) -> bool {
        self.state.try_lock().is_some_and(|state| matches!(*state, State::Answered))
    }
}
