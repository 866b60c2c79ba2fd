//! A fetch that found too little waits at its partitions. Appends wake it at most once per turn of their event loop; its
//! deadline answers it with what there is.

use crate::handlers::{Fetch, Found, LookedAt, finish_fetch};
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
    /// The partitions, by their places in the fetch, where something has come that nobody looked at. Each is called once for
    /// a registration, so there are not many more than partitions.
    woken: Mutex<Vec<usize>>,
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
            woken: Mutex::default(),
            is_queued: AtomicBool::new(false),
            deadline_us,
            timer_us: AtomicU64::new(0),
            executor,
            myself: myself.clone(),
        });
        wait.set_timer(now);
        wait.watch(Box::new((fetch, responder)), LookedAt::All, false);
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
        if let Some((waiting, looked_at)) = self.look(waiting, now, may_wait) {
            self.watch(waiting, looked_at, may_wait);
        }
    }

    /// Waits for what the last look has not seen, or looks again where that has come already.
    fn watch(self: &Arc<Self>, mut waiting: Waiting, mut looked_at: LookedAt, may_wait: bool) {
        for _ in 0..LOOKS_IN_A_TURN {
            let has_missed = !self.arm(&mut waiting.0, &looked_at);
            if !has_missed {
                match self.park(waiting) {
                    None => return,
                    Some(back) => waiting = back,
                }
            }
            match self.look(waiting, self.executor.now(), may_wait) {
                None => return,
                Some(back) => (waiting, looked_at) = back,
            }
        }
        // More comes all the time: the rest of the thread's work has its turn before the next look.
        match looked_at {
            LookedAt::All => waiting.0.last = None,
            LookedAt::Only(places) => self.woken.lock().extend(places),
        }
        *self.state.lock() = State::Waiting(waiting);
        self.come_soon();
    }

    /// Registers at the partitions that were looked at; it is registered at the others. False: at one of them something has
    /// come meanwhile.
    fn arm(self: &Arc<Self>, fetch: &mut Fetch, looked_at: &LookedAt) -> bool {
        let waiter: Arc<dyn DataWaiter> = self.clone();
        let (bound, count) = (fetch.bound(), fetch.partitions.len());
        let mut missed = Vec::new();
        let mut arm_at = |place: usize| {
            let target = &mut fetch.partitions[place];
            if let Some(cell) = &target.cell
                && !cell.wait_for_data((&waiter, place), bound, target.seen, &mut target.waits)
            {
                missed.push(place);
            }
        };
        match looked_at {
            LookedAt::All => (0..count).for_each(&mut arm_at),
            LookedAt::Only(places) => places.iter().copied().for_each(&mut arm_at),
        }
        let is_armed = missed.is_empty();
        self.woken.lock().append(&mut missed);
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

    /// Looks where something has come. `None`: it is answered, or goes on once the disk was read.
    fn look(self: &Arc<Self>, mut waiting: Waiting, now: Now, may_wait: bool) -> Option<(Waiting, LookedAt)> {
        let fetch = &mut waiting.0;
        let is_late = now.monotonic_us >= self.deadline_us;
        if is_late {
            // The answer tells all that there is.
            fetch.last = None;
        }
        let mut woken = std::mem::take(&mut *self.woken.lock());
        woken.sort_unstable();
        woken.dedup();
        let (found, looked_at) = fetch.look_again(woken, now, may_wait);
        if let Some(cold) = found.cold {
            let this = self.clone();
            self.executor.run_reading(Box::new(move || {
                cold.warm();
                this.look_and_watch(waiting, this.executor.now(), true);
            }));
            return None;
        }
        if found.is_enough(fetch.bytes_min) || is_late {
            self.answer(*waiting, found);
            return None;
        }
        fetch.keep(found);
        Some((waiting, looked_at))
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

impl FetchWait {
    /// Looks at the end of the loop's turn, however often it is asked to.
    fn come_soon(&self) {
        if !self.is_queued.swap(true, Ordering::AcqRel)
            && let Some(this) = self.myself.upgrade()
        {
            self.executor.defer(this);
        }
    }
}

impl DataWaiter for FetchWait {
    fn data_arrived(self: Arc<Self>, place: usize) {
        self.woken.lock().push(place);
        self.come_soon();
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
