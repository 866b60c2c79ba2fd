//! Throttles of replication (KIP-73): how many bytes a second of throttled replicas this broker sends as a leader, and
//! fetches as a follower. Replicas in sync are never held up.
//!
//! What moved may exceed what is allowed once, by one answer; from then on nothing moves until time has paid for it.

use base::Now;
use parking_lot::Mutex;

/// The bytes of one direction.
#[derive(Default)]
pub(crate) struct Throttle {
    account: Mutex<Account>,
}

#[derive(Default)]
struct Account {
    /// What may still move; below zero: what was moved too early.
    credit: i128,
    paid_until_us: u64,
}

/// What is saved up while little moves: the allowance of so much time.
const SAVED_US: u64 = 1_000_000;

impl Throttle {
    /// Whether nothing more may move now at so many bytes a second.
    pub fn is_exceeded(&self, bytes_per_second: i64, now: Now) -> bool {
        if bytes_per_second == i64::MAX {
            return false;
        }
        let mut account = self.account.lock();
        account.pay(bytes_per_second, now);
        account.credit <= 0
    }

    /// So many bytes have moved.
    pub fn moved(&self, bytes: usize, bytes_per_second: i64, now: Now) {
        if bytes_per_second == i64::MAX {
            return;
        }
        let mut account = self.account.lock();
        account.pay(bytes_per_second, now);
        account.credit -= bytes as i128 * 1_000_000;
    }
}

impl Account {
    /// Credit is counted in bytes times microseconds a second, so that short times count too.
    fn pay(&mut self, bytes_per_second: i64, now: Now) {
        let elapsed_us = now.monotonic_us.saturating_sub(self.paid_until_us);
        self.paid_until_us = self.paid_until_us.max(now.monotonic_us);
        let saved = i128::from(bytes_per_second) * i128::from(SAVED_US);
        self.credit = (self.credit + i128::from(bytes_per_second) * i128::from(elapsed_us)).min(saved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Now {
        Now { monotonic_us: ms * 1000, wall_ms: 0 }
    }

    #[test]
    fn what_moved_too_early_is_paid_for_with_time() {
        let throttle = Throttle::default();
        assert!(!throttle.is_exceeded(1_000, at(5_000)));
        throttle.moved(3_000, 1_000, at(5_000));
        assert!(throttle.is_exceeded(1_000, at(5_000)));
        assert!(throttle.is_exceeded(1_000, at(6_999)));
        assert!(!throttle.is_exceeded(1_000, at(7_001)));
        // Time that nobody used is not saved for ever.
        throttle.moved(1_001, 1_000, at(60_000));
        assert!(throttle.is_exceeded(1_000, at(60_000)));
    }

    #[test]
    fn without_a_rate_nothing_is_counted_and_at_zero_nothing_moves() {
        let throttle = Throttle::default();
        throttle.moved(usize::MAX, i64::MAX, at(1));
        assert!(!throttle.is_exceeded(i64::MAX, at(1)));
        assert!(throttle.is_exceeded(0, at(1_000_000)));
    }
}
