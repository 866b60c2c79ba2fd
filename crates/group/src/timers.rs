//! Deadlines of members, joins and syncs. The queue may hold entries that were overtaken: who pops one compares it with
//! the deadline that the group holds, so that a heartbeat moves a deadline without touching the queue. When most of the
//! queue may have been overtaken, it is tidied, so that it stays as small as what it is about.

use std::collections::BTreeSet;

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A member's session, or its patience for its first join.
    Session { group: String, member: String },
    /// End of the join phase.
    Join { group: String },
    /// End of the sync phase.
    Sync { group: String },
}

impl Timer {
    pub(crate) fn group(&self) -> &str {
        let (Timer::Session { group, .. } | Timer::Join { group } | Timer::Sync { group }) = self;
        group
    }

    /// Bytes that an entry takes, more or less.
    fn cost(&self) -> usize {
        const OVERHEAD: usize = 128;
        match self {
            Timer::Session { group, member } => OVERHEAD + group.len() + member.len(),
            Timer::Join { group } | Timer::Sync { group } => OVERHEAD + group.len(),
        }
    }
}

/// A queue that is smaller is not worth tidying.
const TIDY_BYTES_MIN: usize = 256 << 10;

#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeSet<(u64, Timer)>,
    bytes: usize,
    /// Bytes when the queue was last tidied.
    tidy_bytes: usize,
}

impl Timers {
    pub(crate) fn push(&mut self, at_us: u64, timer: Timer) {
        let cost = timer.cost();
        if self.queue.insert((at_us, timer)) {
            self.bytes += cost;
        }
    }

    pub(crate) fn next_us(&self) -> Option<u64> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// What is due, or was before it was overtaken.
    pub(crate) fn due(&self, now_us: u64) -> impl Iterator<Item = &Timer> {
        self.queue.iter().take_while(move |(at, _)| *at <= now_us).map(|(_, timer)| timer)
    }

    pub(crate) fn pop_due(&mut self, now_us: u64) -> Option<(u64, Timer)> {
        if self.next_us()? > now_us {
            return None;
        }
        let (at_us, timer) = self.queue.pop_first()?;
        self.bytes -= timer.cost();
        Some((at_us, timer))
    }

    /// Drops what `is_live` does not know, if the queue has doubled since the last time.
    pub(crate) fn tidy_if_due(&mut self, is_live: impl Fn(u64, &Timer) -> bool) {
        if self.bytes <= 2 * self.tidy_bytes + TIDY_BYTES_MIN {
            return;
        }
        self.queue.retain(|(at_us, timer)| is_live(*at_us, timer));
        self.bytes = self.queue.iter().map(|(_, timer)| timer.cost()).sum();
        self.tidy_bytes = self.bytes;
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// `now` and a timeout of the protocol; negative timeouts count as 0.
pub(crate) fn after_ms(now_us: u64, timeout_ms: i32) -> u64 {
    now_us.saturating_add(timeout_ms.max(0) as u64 * 1000)
}
