//! The topic configs that a log obeys. Names are Kafka's keys with the unit last.

use records::TimestampType;

/// `cleanup.policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanupPolicy {
    pub delete: bool,
    pub compact: bool,
}

/// The configuration of a log; it may be replaced while the log is in use ([`crate::Log::set_config`]).
#[derive(Debug, Clone, PartialEq)]
pub struct LogConfig {
    /// `segment.bytes`
    pub segment_bytes: u32,
    /// `segment.ms`
    pub segment_ms: i64,
    /// `segment.jitter.ms`
    pub segment_jitter_ms: i64,
    /// `segment.index.bytes`: bytes that the active segment's indexes are pre-sized to.
    pub segment_index_bytes: u32,
    /// `index.interval.bytes`
    pub index_interval_bytes: u32,
    /// `retention.ms`; -1: no limit.
    pub retention_ms: i64,
    /// `retention.bytes`; -1: no limit.
    pub retention_bytes: i64,
    /// `cleanup.policy`
    pub cleanup_policy: CleanupPolicy,
    /// `file.delete.delay.ms`
    pub file_delete_delay_ms: i64,
    /// `delete.retention.ms` (the cleaner's; carried for it).
    pub delete_retention_ms: i64,
    /// `min.compaction.lag.ms` (the cleaner's).
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms` (the cleaner's).
    pub max_compaction_lag_ms: i64,
    /// `min.cleanable.dirty.ratio` (the cleaner's).
    pub min_cleanable_dirty_ratio: f64,
    /// `flush.messages`
    pub flush_messages: i64,
    /// `flush.ms`
    pub flush_ms: i64,
    /// `max.message.bytes`
    pub max_message_bytes: u32,
    /// `message.timestamp.type`
    pub message_timestamp_type: TimestampType,
    /// `producer.id.expiration.ms` of the broker.
    pub producer_id_expiration_ms: i64,
    /// Room on the disk that is set aside for the active segment beyond its end, so that the log goes on for a while where
    /// others have filled the disk; 0: none.
    pub reserved_bytes: u64,
    /// Bound on the decompressed records of one batch wherever the log must look into it.
    pub decompressed_bytes_max: usize,
}

impl Default for LogConfig {
    /// Kafka's defaults.
    fn default() -> Self {
        LogConfig {
            segment_bytes: 1 << 30,
            segment_ms: 604_800_000,
            segment_jitter_ms: 0,
            segment_index_bytes: 10_485_760,
            index_interval_bytes: 4096,
            retention_ms: 604_800_000,
            retention_bytes: -1,
            cleanup_policy: CleanupPolicy { delete: true, compact: false },
            file_delete_delay_ms: 60_000,
            delete_retention_ms: 86_400_000,
            min_compaction_lag_ms: 0,
            max_compaction_lag_ms: i64::MAX,
            min_cleanable_dirty_ratio: 0.5,
            flush_messages: i64::MAX,
            flush_ms: i64::MAX,
            max_message_bytes: 1_048_588,
            message_timestamp_type: TimestampType::CreateTime,
            producer_id_expiration_ms: 86_400_000,
            reserved_bytes: 0,
            decompressed_bytes_max: 256 << 20,
        }
    }
}
