//! A fetch that found too little waits at its partitions. Appends wake it at most once per turn of their event loop; its
//! deadline answers it with what there is.

use crate::handlers::{Fetch, finish_fetch};
use crate::partition::DataWaiter;
use api::Responder;
use base::{Executor, Now, Task};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A timer cannot be taken back, so a long wait is set in pieces: an answered fetch is not kept longer than this.
const TIMER_MAX_US: u64 = 5_000_000;

pub(crate) struct FetchWait {
    pending: Mutex<Option<(Fetch, Responder)>>,
    /// It is on the list of an event loop already.
    is_queued: AtomicBool,
    deadline_us: u64,
    /// When the timer that was set last goes off.
    timer_us: AtomicU64,
    executor: Arc<dyn Executor>,
    myself: std::sync::Weak<FetchWait>,
}

impl FetchWait {
    /// Keeps the fetch until its data or its deadline comes.
    pub fn begin(fetch: Fetch, responder: Responder, now: Now, wait_us: u64) {
        let executor = fetch.broker.executor.clone();
        let deadline_us = now.monotonic_us + wait_us;
        let wait = Arc::new_cyclic(|myself| FetchWait {
            pending: Mutex::new(Some((fetch, responder))),
            is_queued: AtomicBool::new(false),
            deadline_us,
            timer_us: AtomicU64::new(0),
            executor,
            myself: myself.clone(),
        });
        wait.set_timer(now);
        wait.arm(now);
    }

    /// Comes again at the deadline, or before it to see whether anybody still waits.
    fn set_timer(self: &Arc<Self>, now: Now) {
        if self.pending.lock().is_some() {
            let at = self.deadline_us.min(now.monotonic_us + TIMER_MAX_US);
            self.timer_us.store(at, Ordering::Release);
            self.executor.run_at(at, self.clone());
        }
    }

    /// Registers at every partition; where something has come meanwhile it looks again at once.
    fn arm(self: &Arc<Self>, now: Now) {
        let waiter: Arc<dyn DataWaiter> = self.clone();
        let missed = {
            let pending = self.pending.lock();
            let Some((fetch, _)) = &*pending else { return };
            let mut missed = false;
            for target in &fetch.partitions {
                if let Some(cell) = &target.cell {
                    missed |= !cell.wait_for_data(&waiter, fetch.reader, target.seen);
                }
            }
            missed
        };
        if missed {
            self.look_again(now);
        }
    }

    fn look_again(self: &Arc<Self>, now: Now) {
        let mut pending = self.pending.lock();
        let Some((fetch, _)) = &mut *pending else { return };
        let found = fetch.look(now);
        if let Some(cold) = found.cold {
            drop(pending);
            let this = self.clone();
            return self.executor.run_blocking(Box::new(move || {
                cold.warm();
                this.look_again(this.executor.now());
            }));
        }
        let enough = found.bytes >= fetch.bytes_min || found.has_error || now.monotonic_us >= self.deadline_us;
        if !enough {
            drop(pending);
            // What a look has seen is remembered in its targets, so this ends when nothing new has come.
            return self.arm(now);
        }
        let Some((fetch, responder)) = pending.take() else { return };
        drop(pending);
        let waiter: Arc<dyn DataWaiter> = self.clone();
        for target in &fetch.partitions {
            if let Some(cell) = &target.cell {
                cell.stop_waiting(&waiter);
            }
        }
        finish_fetch(&fetch, found, responder);
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
        self.look_again(now);
        if now.monotonic_us < self.deadline_us && now.monotonic_us >= self.timer_us.load(Ordering::Acquire) {
            self.set_timer(now);
        }
    }
}
