//! How much one answer may bring of partitions that are behind, while the same fetcher has others that are in sync: whoever
//! waits for those to be replicated waits for the whole answer to be written.

/// Answers that keep a fetcher no longer than this are never made smaller.
const WORK_US: u64 = 4_000;
const BYTES_MIN: i32 = 256 * 1024;
/// Of one partition: many that are behind take turns.
const PARTITION_BYTES_MIN: i32 = 64 * 1024;

/// What is asked for, in bytes: of all partitions, and of each that is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub all: i32,
    pub behind: i32,
}

/// Learns from how long the answers took.
#[derive(Debug)]
pub(super) struct Portion {
    /// `i32::MAX`: as much as the configuration allows.
    bytes: i32,
    /// How long answers are on their way at least. Where one takes longer, somebody else had the processor or the line.
    on_the_way_us: u64,
}

impl Default for Portion {
    fn default() -> Self {
        Portion { bytes: i32::MAX, on_the_way_us: u64::MAX }
    }
}

impl Portion {
    /// What the next request asks for, of at most `all` bytes and `partition` bytes of each, when `behind` of `followed`
    /// partitions are not in sync.
    pub fn sizes(&self, (all, partition): (i32, i32), behind: usize, followed: usize) -> Sizes {
        if behind == 0 || behind >= followed {
            return Sizes { all, behind: partition };
        }
        let all = all.min(self.bytes);
        let share = all / i32::try_from(behind).unwrap_or(i32::MAX);
        Sizes { all, behind: share.max(PARTITION_BYTES_MIN).min(partition) }
    }

    /// An answer to such a request of `bytes` brought so many after `waited_us`, and was written in `worked_us`. Where answers
    /// are a long time on their way, to write them may take as long. One that brought little says nothing of larger ones.
    pub fn answered(&mut self, bytes: i32, brought: usize, waited_us: u64, worked_us: u64) {
        let slowly = self.on_the_way_us / 32 + 20;
        self.on_the_way_us = waited_us.min(self.on_the_way_us.saturating_add(slowly));
        let limit_us = WORK_US.max(self.on_the_way_us);
        if worked_us > limit_us {
            self.bytes = (self.bytes.min(bytes) / 2).max(BYTES_MIN);
        } else if worked_us < limit_us / 2 && brought >= bytes as usize / 2 {
            self.bytes = self.bytes.saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURED: (i32, i32) = (10 << 20, 1 << 20);

    #[test]
    fn nothing_is_smaller_where_all_are_behind_or_none() {
        let mut portion = Portion::default();
        portion.answered(10 << 20, 10 << 20, 100, 40_000);
        for behind in [0, 4] {
            assert_eq!(portion.sizes(CONFIGURED, behind, 4), Sizes { all: 10 << 20, behind: 1 << 20 });
        }
    }

    #[test]
    fn answers_shrink_until_they_are_written_soon_and_grow_again() {
        let mut portion = Portion::default();
        let mut sizes = portion.sizes(CONFIGURED, 4, 5);
        assert_eq!(sizes, Sizes { all: 10 << 20, behind: 1 << 20 });
        for _ in 0..10 {
            // 250 bytes in a microsecond.
            portion.answered(sizes.all, sizes.all as usize, 500, sizes.all as u64 / 250);
            sizes = portion.sizes(CONFIGURED, 4, 5);
        }
        assert!((512 << 10..=1 << 20).contains(&sizes.all), "{sizes:?}");
        assert_eq!(sizes.behind, sizes.all / 4);
        (0..10).for_each(|_| portion.answered(sizes.all, 10_000, 500, 100));
        assert_eq!(portion.sizes(CONFIGURED, 4, 5), sizes, "there was little to bring");
        (0..10).for_each(|_| portion.answered(sizes.all, sizes.all as usize, 500, 100));
        assert_eq!(portion.sizes(CONFIGURED, 4, 5).all, 10 << 20);
    }

    #[test]
    fn a_slow_disk_is_asked_for_something_still() {
        let mut portion = Portion::default();
        (0..40).for_each(|_| portion.answered(10 << 20, 10 << 20, 500, 1_000_000));
        assert_eq!(portion.sizes(CONFIGURED, 100, 200), Sizes { all: BYTES_MIN, behind: PARTITION_BYTES_MIN });
    }

    #[test]
    fn answers_that_waited_for_a_busy_machine_do_not_count_as_far() {
        let mut portion = Portion::default();
        portion.answered(10 << 20, 10 << 20, 500, 40_000);
        (0..20).for_each(|_| portion.answered(1 << 20, 1 << 20, 30_000, 20_000));
        assert_eq!(portion.sizes(CONFIGURED, 1, 2).all, BYTES_MIN);
    }

    #[test]
    fn far_leaders_send_much_at_once() {
        let mut portion = Portion::default();
        (0..40).for_each(|_| portion.answered(10 << 20, 10 << 20, 60_000, 40_000));
        assert_eq!(portion.sizes(CONFIGURED, 1, 2), Sizes { all: 10 << 20, behind: 1 << 20 });
    }
}
