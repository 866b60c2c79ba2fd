//! Time and randomness as arguments.

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
