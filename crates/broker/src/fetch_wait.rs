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

/// Looks in a row that missed something, before others of the thread get their turn.
const LOOKS_IN_A_TURN: u32 = 8;

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

type Waiting = Box<(Fetch, Responder)>;

/// ```text
///   begin --> Looking -- registered everywhere, and nobody called meanwhile --> Waiting
///             |    ^ ^-- something came meanwhile: looks again                     |
///             |    |     (after a few times it waits, and is deferred)             |
///             |    +---------- called by an append, or by the deadline ------------+
///             +-- enough, an error, or late --> Answered <-- nobody is there any more
/// ```
/// Cold data is read on another thread while it is `Looking`.
enum State {
    Waiting(Waiting),
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
            state: Mutex::new(State::Looking { again: false }),
            is_queued: AtomicBool::new(false),
            deadline_us,
            timer_us: AtomicU64::new(0),
            executor,
            myself: myself.clone(),
        });
        wait.set_timer(now);
        wait.watch(Box::new((fetch, responder)), false);
    }

    /// Comes again at the deadline, or before it to see whether anybody still waits.
    fn set_timer(self: &Arc<Self>, now: Now) {
        if !matches!(*self.state.lock(), State::Answered) {
            let at = self.deadline_us.min(now.monotonic_us + TIMER_MAX_US);
            self.timer_us.store(at, Ordering::Release);
            self.executor.run_at(at, self.clone());
        }
    }

    /// Looks unless somebody does so already, who is then told to look once more.
    fn look_again(self: &Arc<Self>, now: Now, may_wait: bool) {
        let waiting = {
            let mut state = self.state.lock();
            match std::mem::replace(&mut *state, State::Looking { again: false }) {
                State::Waiting(waiting) if waiting.1.is_gone() => {
                    *state = State::Answered;
                    drop(state);
                    return Self::stop_waiting(&waiting.0);
                }
                State::Waiting(waiting) => waiting,
                State::Looking { .. } => {
                    *state = State::Looking { again: true };
                    return;
                }
                State::Answered => {
                    *state = State::Answered;
                    return;
                }
            }
        };
        self.look_and_watch(waiting, now, may_wait);
    }

    fn look_and_watch(self: &Arc<Self>, waiting: Waiting, now: Now, may_wait: bool) {
        if let Some(waiting) = self.look(waiting, now, may_wait) {
            self.watch(waiting, may_wait);
        }
    }

    /// Waits for what the last look has not seen, or looks again where that has come already.
    fn watch(self: &Arc<Self>, mut waiting: Waiting, may_wait: bool) {
        for _ in 0..LOOKS_IN_A_TURN {
            let has_missed = !self.arm(&mut waiting.0);
            if !has_missed {
                match self.park(waiting) {
                    None => return,
                    Some(back) => waiting = back,
                }
            }
            match self.look(waiting, self.executor.now(), may_wait) {
                None => return,
                Some(back) => waiting = back,
            }
        }
        // More comes all the time: the rest of the thread's work has its turn before the next look.
        *self.state.lock() = State::Waiting(waiting);
        self.clone().data_arrived();
    }

    /// Registers at every partition. False: at one of them something has come meanwhile.
    fn arm(self: &Arc<Self>, fetch: &mut Fetch) -> bool {
        let waiter: Arc<dyn DataWaiter> = self.clone();
        let (mut is_armed, bound) = (true, fetch.bound());
        for target in &mut fetch.partitions {
            if let Some(cell) = &target.cell {
                is_armed &= cell.wait_for_data(&waiter, bound, target.seen, &mut target.waits);
            }
        }
        is_armed
    }

    /// Waits to be called; gives the fetch back where somebody called while it was looked at.
    fn park(&self, waiting: Waiting) -> Option<Waiting> {
        let mut state = self.state.lock();
        if matches!(*state, State::Looking { again: true }) {
            *state = State::Looking { again: false };
            return Some(waiting);
        }
        *state = State::Waiting(waiting);
        None
    }

    /// Looks at every partition. `None`: it is answered, or goes on once the disk was read.
    fn look(self: &Arc<Self>, mut waiting: Waiting, now: Now, may_wait: bool) -> Option<Waiting> {
        let fetch = &mut waiting.0;
        let found = fetch.look(now, may_wait);
        if let Some(cold) = found.cold {
            let this = self.clone();
            self.executor.run_reading(Box::new(move || {
                cold.warm();
                this.look_and_watch(waiting, this.executor.now(), true);
            }));
            return None;
        }
        let is_late = now.monotonic_us >= self.deadline_us;
        if found.is_enough(fetch.bytes_min) || is_late {
            self.answer(*waiting, found);
            return None;
        }
        Some(waiting)
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

#[cfg(test)]
mod tests;
