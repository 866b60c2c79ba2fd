//! Compacted topics have no cleaner here yet: how large their logs are, told once a day while they grow.

use crate::broker::Broker;
use base::TopicPartition;
use parking_lot::Mutex;

const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;
/// Less than this in all is nobody's trouble.
const BYTES_MIN: u64 = 64 << 20;

/// When their size was told.
#[derive(Debug, Default)]
pub(crate) struct Uncleaned {
    told: Mutex<Option<(u64, u64)>>,
}

impl Uncleaned {
    /// Whether it is to be told that they hold so many bytes.
    fn is_due(&self, now_us: u64, bytes: u64) -> bool {
        let mut told = self.told.lock();
        let is_due = bytes >= BYTES_MIN && told.is_none_or(|(at, was)| now_us >= at + DAY_US && bytes > was);
        if is_due {
            *told = Some((now_us, bytes));
        }
        is_due
    }
}

impl Broker {
    /// The partitions of compacted topics, and the bytes of their logs.
    pub fn uncleaned_logs(&self) -> Vec<(TopicPartition, u64)> {
        let cells = self.replicas.all();
        let compacted = cells.iter().filter(|cell| cell.settings().log.cleanup_policy.compact);
        compacted.map(|cell| (cell.name.clone(), cell.with_log(|log| log.size()))).collect()
    }

    /// One warning a day while compacted logs grow.
    pub(crate) fn watch_uncleaned(&self) {
        let logs = self.uncleaned_logs();
        let bytes = logs.iter().map(|(_, bytes)| bytes).sum();
        let Some((largest, largest_bytes)) = logs.iter().max_by_key(|(_, bytes)| bytes) else { return };
        if self.uncleaned.is_due(self.executor.monotonic_us(), bytes) {
            tracing::warn!(
                partitions = logs.len(), mib = bytes >> 20, %largest, largest_mib = largest_bytes >> 20,
                "the logs of compacted topics are not cleaned by this version and grow: watch ottla_uncleaned_log_bytes; \
                 a topic with cleanup.policy=compact,delete is bounded by its retention"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_once_a_day_and_small_logs_never() {
        let told = Uncleaned::default();
        assert!(!told.is_due(0, BYTES_MIN - 1));
        assert!(told.is_due(10, BYTES_MIN));
        assert!(!told.is_due(DAY_US, 2 * BYTES_MIN));
        assert!(!told.is_due(10 + DAY_US, BYTES_MIN), "it did not grow");
        assert!(told.is_due(11 + DAY_US, BYTES_MIN + 1));
    }
}
