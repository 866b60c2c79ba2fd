//! Deadlines of members, joins and syncs. The queue may hold entries that were overtaken: who pops one compares it with
//! the deadline that the group holds, so that a heartbeat moves a deadline without touching the queue.

use std::collections::BTreeSet;

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A member's session, or its patience for its first join.
    Session { group: String, member: String },
    /// A member id that was handed out and not used yet (KIP-394).
    PendingMember { group: String, member: String },
    /// End of the join phase.
    Join { group: String },
    /// End of the sync phase.
    Sync { group: String },
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeSet<(u64, Timer)>,
}

impl Timers {
    pub(crate) fn push(&mut self, at_us: u64, timer: Timer) {
        self.queue.insert((at_us, timer));
    }

    pub(crate) fn next_us(&self) -> Option<u64> {
        self.queue.first().map(|(at, _)| *at)
    }

    pub(crate) fn pop_due(&mut self, now_us: u64) -> Option<(u64, Timer)> {
        if self.next_us()? > now_us {
            return None;
        }
        self.queue.pop_first()
    }
}

/// `now` and a timeout of the protocol; negative timeouts count as 0.
pub(crate) fn after_ms(now_us: u64, timeout_ms: i32) -> u64 {
    now_us.saturating_add(timeout_ms.max(0) as u64 * 1000)
}
