//! What the coordinator is told by the broker's configuration.

/// The `group.*` and `offsets.*` settings that the classic protocol and committed offsets need, and Kafka's defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSettings {
    /// `group.min.session.timeout.ms`: shorter session timeouts are refused.
    pub session_timeout_min_ms: i32,
    /// `group.max.session.timeout.ms`: longer session timeouts are refused.
    pub session_timeout_max_ms: i32,
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members to join.
    pub initial_rebalance_delay_ms: i32,
    /// `group.max.size`: members of one group.
    pub group_size_max: usize,
    /// How long a member that joins for the first time may stay parked in a rebalance (Kafka: 5 minutes, no key).
    pub new_member_join_timeout_ms: i32,
    /// `offset.metadata.max.bytes`: UTF-16 code units of the text beside a committed offset, as Kafka counts them.
    pub offset_metadata_max: usize,
    /// `offsets.retention.minutes` in milliseconds.
    pub offsets_retention_ms: i64,
    /// `offsets.retention.check.interval.ms`.
    pub offsets_retention_check_interval_ms: i64,
}

impl Default for GroupSettings {
    fn default() -> Self {
        GroupSettings {
            session_timeout_min_ms: 6_000,
            session_timeout_max_ms: 1_800_000,
            initial_rebalance_delay_ms: 3_000,
            group_size_max: i32::MAX as usize,
            new_member_join_timeout_ms: 300_000,
            offset_metadata_max: 4_096,
            offsets_retention_ms: 10_080 * 60_000,
            offsets_retention_check_interval_ms: 600_000,
        }
    }
}
