//! Time and randomness as arguments.

use std::sync::atomic::{AtomicU64, Ordering};

/// The time of one turn of an event loop, read once by the shell and handed down. The two clocks never mix:
/// timeouts, sessions and deadlines are monotonic; only record timestamps, retention and expiry of what is on disk use
/// the wall clock, which may jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Microseconds since some fixed point of this process; never goes back.
    pub monotonic_us: u64,
    /// Milliseconds since 1970.
    pub wall_ms: i64,
}

impl Now {
    /// Milliseconds of the monotonic clock.
    pub fn monotonic_ms(&self) -> u64 {
        self.monotonic_us / 1000
    }
}

/// Time between two lines about one trouble that lasts.
const LINE_EVERY_US: u64 = 10_000_000;

/// When a line about trouble that lasts is due: at once, and then at most every ten seconds, whoever meets it.
#[derive(Debug, Default)]
pub struct Seldom {
    quiet_until_us: AtomicU64,
}

impl Seldom {
    /// Whether to say it now; then nobody else says it for a while.
    pub fn is_due(&self, now: Now) -> bool {
        let (quiet_until_us, order) = (self.quiet_until_us.load(Ordering::Relaxed), Ordering::Relaxed);
        let next_us = now.monotonic_us + LINE_EVERY_US;
        now.monotonic_us >= quiet_until_us
            && self.quiet_until_us.compare_exchange(quiet_until_us, next_us, order, order).is_ok()
    }
}

/// A source of random numbers that the shell chooses: the system's, or a seeded one in a simulation.
pub trait Random: Send {
    fn next_u64(&mut self) -> u64;

    fn bytes16(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next_u64().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next_u64().to_be_bytes());
        bytes
    }

    /// A uuid that Kafka could have drawn.
    fn uuid(&mut self) -> crate::Uuid {
        loop {
            if let Some(uuid) = crate::Uuid::from_random(self.bytes16()) {
                return uuid;
            }
        }
    }

    /// A number below `bound` (which must not be 0).
    fn below(&mut self, bound: u64) -> u64 {
        ((self.next_u64() as u128 * bound as u128) >> 64) as u64
    }
}

/// A small seeded generator (SplitMix64): one seed, one sequence. Not for secrets.
#[derive(Debug, Clone)]
pub struct SplitMix64(pub u64);

impl Random for SplitMix64 {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_told_at_once_and_then_every_ten_seconds() {
        let line = Seldom::default();
        let told = (0..300).filter(|tenth| line.is_due(Now { monotonic_us: tenth * 100_000, wall_ms: 0 }));
        assert_eq!(told.collect::<Vec<_>>(), [0, 100, 200]);
    }
}
