//! What a topic's configuration means for its partitions: computed once per change, shared by all of them.

use config::{ThrottledReplicas, TopicConfig};
use records::{Codec, Compression, ProduceRules, TimestampType};
use std::sync::Arc;
use storage::{CleanupPolicy, LogConfig};

/// The settings of a topic in the forms in which they are used.
#[derive(Debug, Clone)]
pub struct TopicSettings {
    pub log: Arc<LogConfig>,
    pub produce: ProduceRules,
    pub min_insync_replicas: usize,
    /// Replicas that are slowed down where they lead, and where they follow.
    pub leader_throttled: ThrottledReplicas,
    pub follower_throttled: ThrottledReplicas,
}

impl TopicSettings {
    pub fn new(topic: &TopicConfig, producer_id_expiration_ms: i64) -> TopicSettings {
        let timestamp_type = match topic.message_timestamp_type {
            config::TimestampType::CreateTime => TimestampType::CreateTime,
            config::TimestampType::LogAppendTime => TimestampType::LogAppendTime,
        };
        let log = LogConfig {
            segment_bytes: topic.segment_bytes as u32,
            segment_ms: topic.segment_ms,
            segment_jitter_ms: topic.segment_jitter_ms,
            segment_index_bytes: topic.segment_index_bytes as u32,
            index_interval_bytes: topic.index_interval_bytes as u32,
            retention_ms: topic.retention_ms,
            retention_bytes: topic.retention_bytes,
            cleanup_policy: CleanupPolicy {
                delete: topic.cleanup_policy.delete,
                compact: topic.cleanup_policy.compact,
            },
            file_delete_delay_ms: topic.file_delete_delay_ms,
            delete_retention_ms: topic.delete_retention_ms,
            min_compaction_lag_ms: topic.min_compaction_lag_ms,
            max_compaction_lag_ms: topic.max_compaction_lag_ms,
            min_cleanable_dirty_ratio: topic.min_cleanable_dirty_ratio,
            flush_messages: topic.flush_messages,
            flush_ms: topic.flush_ms,
            max_message_bytes: topic.max_message_bytes as u32,
            message_timestamp_type: timestamp_type,
            producer_id_expiration_ms,
            ..LogConfig::default()
        };
        let produce = ProduceRules {
            max_message_bytes: topic.max_message_bytes as usize,
            timestamp_type,
            timestamp_before_max_ms: topic.message_timestamp_before_max_ms,
            timestamp_after_max_ms: topic.message_timestamp_after_max_ms,
            keys_required: topic.cleanup_policy.compact,
            compression: compression(topic),
            ..ProduceRules::default()
        };
        TopicSettings {
            log: Arc::new(log),
            produce,
            min_insync_replicas: topic.min_insync_replicas.max(1) as usize,
            leader_throttled: topic.leader_throttled_replicas.clone(),
            follower_throttled: topic.follower_throttled_replicas.clone(),
        }
    }

    /// Whether an acknowledgement means that the record is on disk (`flush.messages=1`).
    pub fn acknowledges_on_disk(&self) -> bool {
        self.log.flush_messages <= 1 && !base::mutant(base::Mutant::AckBeforeSync)
    }
}

/// The codec of a configured number.
pub(crate) fn codec(configured: config::Compression) -> Codec {
    match configured {
        config::Compression::None => Codec::None,
        config::Compression::Gzip => Codec::Gzip,
        config::Compression::Snappy => Codec::Snappy,
        config::Compression::Lz4 => Codec::Lz4,
        config::Compression::Zstd => Codec::Zstd,
    }
}

/// The codec that the topic demands; `None`: whatever the producer chose.
fn compression(topic: &TopicConfig) -> Option<Compression> {
    let codec = codec(topic.compression?);
    let level = match codec {
        Codec::Gzip => Some(topic.compression_gzip_level).filter(|level| *level > 0),
        Codec::Lz4 => Some(topic.compression_lz4_level),
        Codec::Zstd => Some(topic.compression_zstd_level),
        Codec::None | Codec::Snappy => None,
    };
    Some(Compression { codec, level })
}
