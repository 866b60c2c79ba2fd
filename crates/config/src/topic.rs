//! Configuration of a topic: the typed values its partitions take, and the checks of CreateTopics and
//! IncrementalAlterConfigs.

use std::collections::BTreeMap;

use crate::error::ConfigError;
use crate::rows::{Row, Table};
use crate::server::BrokerValues;
use crate::value::{Type, Value};

/// A topic's own configs as they stand in the metadata log.
pub type TopicOverrides = BTreeMap<String, String>;

/// `cleanup.policy`; neither is possible (KIP-1161: nothing is ever removed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CleanupPolicy {
    pub delete: bool,
    pub compact: bool,
}

/// Whose clock a record's timestamp is; the numbers are those of the record format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum TimestampType {
    CreateTime = 0,
    LogAppendTime = 1,
}

/// Which replicas of a topic are throttled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThrottledReplicas {
    All,
    /// Pairs of partition and broker.
    Listed(Vec<(i32, i32)>),
}

impl ThrottledReplicas {
    /// Whether this broker's replica of this partition is among them.
    pub fn contains(&self, partition: i32, broker: i32) -> bool {
        match self {
            ThrottledReplicas::All => true,
            ThrottledReplicas::Listed(pairs) => pairs.contains(&(partition, broker)),
        }
    }
}

/// Everything a partition of the topic is told: the topic's own configs, else the broker's defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicConfig {
    pub cleanup_policy: CleanupPolicy,
    /// `None`: as the producer sent it (`producer`).
    pub compression: Option<crate::server::Compression>,
    pub compression_gzip_level: i32,
    pub compression_lz4_level: i32,
    pub compression_zstd_level: i32,
    pub delete_retention_ms: i64,
    pub file_delete_delay_ms: i64,
    pub flush_messages: i64,
    pub flush_ms: i64,
    pub follower_throttled_replicas: ThrottledReplicas,
    pub leader_throttled_replicas: ThrottledReplicas,
    pub index_interval_bytes: i32,
    pub local_retention_bytes: i64,
    pub local_retention_ms: i64,
    pub max_compaction_lag_ms: i64,
    pub max_message_bytes: i32,
    pub message_timestamp_after_max_ms: i64,
    pub message_timestamp_before_max_ms: i64,
    pub message_timestamp_type: TimestampType,
    pub min_cleanable_dirty_ratio: f64,
    pub min_compaction_lag_ms: i64,
    pub min_insync_replicas: i32,
    pub preallocate: bool,
    pub remote_log_copy_disable: bool,
    pub remote_log_delete_on_disable: bool,
    pub remote_storage_enable: bool,
    /// -1: no limit.
    pub retention_bytes: i64,
    /// -1: no limit.
    pub retention_ms: i64,
    /// `internal.segment.bytes` where it is set.
    pub segment_bytes: i32,
    pub segment_index_bytes: i32,
    pub segment_jitter_ms: i64,
    pub segment_ms: i64,
    pub unclean_leader_election_enable: bool,
}

impl Default for TopicConfig {
    /// What a topic gets without any configuration.
    fn default() -> TopicConfig {
        TopicConfig::resolve(&BrokerValues::default(), std::iter::empty())
    }
}

impl TopicConfig {
    /// The topic's own configs over what the broker has (static and dynamic, see [`BrokerValues::with_dynamic`]). An
    /// override that does not parse counts as absent.
    pub fn resolve<'a>(broker: &BrokerValues, overrides: impl Iterator<Item = (&'a str, &'a str)>) -> TopicConfig {
        let table = Table::topic();
        let own: BTreeMap<&str, Value> =
            overrides.filter_map(|(key, text)| Some((key, table.get(key)?.parse(text).ok()?))).collect();
        let get = Getter { own, broker };
        TopicConfig {
            cleanup_policy: get.cleanup_policy(),
            compression: get.compression(),
            compression_gzip_level: get.i32("compression.gzip.level"),
            compression_lz4_level: get.i32("compression.lz4.level"),
            compression_zstd_level: get.i32("compression.zstd.level"),
            delete_retention_ms: get.i64("delete.retention.ms"),
            file_delete_delay_ms: get.i64("file.delete.delay.ms"),
            flush_messages: get.i64("flush.messages"),
            flush_ms: get.i64("flush.ms"),
            follower_throttled_replicas: get.throttled("follower.replication.throttled.replicas"),
            leader_throttled_replicas: get.throttled("leader.replication.throttled.replicas"),
            index_interval_bytes: get.i32("index.interval.bytes"),
            local_retention_bytes: get.i64("local.retention.bytes"),
            local_retention_ms: get.i64("local.retention.ms"),
            max_compaction_lag_ms: get.i64("max.compaction.lag.ms"),
            max_message_bytes: get.i32("max.message.bytes"),
            message_timestamp_after_max_ms: get.i64("message.timestamp.after.max.ms"),
            message_timestamp_before_max_ms: get.i64("message.timestamp.before.max.ms"),
            message_timestamp_type: match get.value("message.timestamp.type") {
                Value::String(text) if text == "LogAppendTime" => TimestampType::LogAppendTime,
                _ => TimestampType::CreateTime,
            },
            min_cleanable_dirty_ratio: get.value("min.cleanable.dirty.ratio").as_f64().unwrap_or(0.5),
            min_compaction_lag_ms: get.i64("min.compaction.lag.ms"),
            min_insync_replicas: get.i32("min.insync.replicas"),
            preallocate: get.bool("preallocate"),
            remote_log_copy_disable: get.bool("remote.log.copy.disable"),
            remote_log_delete_on_disable: get.bool("remote.log.delete.on.disable"),
            remote_storage_enable: get.bool("remote.storage.enable"),
            retention_bytes: get.i64("retention.bytes"),
            retention_ms: get.i64("retention.ms"),
            segment_bytes: match get.value("internal.segment.bytes") {
                Value::Int(bytes) => bytes,
                _ => get.i32("segment.bytes"),
            },
            segment_index_bytes: get.i32("segment.index.bytes"),
            segment_jitter_ms: get.i64("segment.jitter.ms"),
            segment_ms: get.i64("segment.ms"),
            unclean_leader_election_enable: get.bool("unclean.leader.election.enable"),
        }
    }
}

/// The value of a topic key that the broker's configs give: the first broker synonym that has one.
pub(crate) fn broker_default(row: &Row, broker: &BrokerValues) -> Value {
    for synonym in &row.broker_synonyms {
        let value = broker.value(synonym.key);
        if *value == Value::Null {
            continue;
        }
        return match (row.kind, value.as_i64()) {
            (Type::Long, Some(number)) => {
                let number = number.saturating_mul(synonym.factor);
                Value::Long(if row.key == "retention.ms" { number.max(-1) } else { number })
            }
            _ => value.clone(),
        };
    }
    row.default.clone()
}

struct Getter<'a> {
    own: BTreeMap<&'a str, Value>,
    broker: &'a BrokerValues,
}

impl Getter<'_> {
    fn value(&self, key: &str) -> Value {
        let default = || Table::topic().get(key).map_or(Value::Null, |row| broker_default(row, self.broker));
        self.own.get(key).cloned().unwrap_or_else(default)
    }

    fn i64(&self, key: &str) -> i64 {
        self.value(key).as_i64().unwrap_or_default()
    }

    fn i32(&self, key: &str) -> i32 {
        self.i64(key).clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }

    fn bool(&self, key: &str) -> bool {
        self.value(key) == Value::Boolean(true)
    }

    fn list(&self, key: &str) -> Vec<String> {
        match self.value(key) {
            Value::List(list) => list,
            _ => Vec::new(),
        }
    }

    fn cleanup_policy(&self) -> CleanupPolicy {
        let list = self.list("cleanup.policy");
        let has = |policy: &str| list.iter().any(|item| item == policy);
        CleanupPolicy { delete: has("delete"), compact: has("compact") }
    }

    fn compression(&self) -> Option<crate::server::Compression> {
        use crate::server::Compression::*;
        match self.value("compression.type") {
            Value::String(text) => match text.as_str() {
                "uncompressed" => Some(None),
                "gzip" => Some(Gzip),
                "snappy" => Some(Snappy),
                "lz4" => Some(Lz4),
                "zstd" => Some(Zstd),
                _ => Option::None,
            },
            _ => Option::None,
        }
    }

    fn throttled(&self, key: &str) -> ThrottledReplicas {
        let list = self.list(key);
        if list == ["*"] {
            return ThrottledReplicas::All;
        }
        let pair = |item: &String| {
            let (partition, broker) = item.split_once(':')?;
            Some((partition.parse().ok()?, broker.parse().ok()?))
        };
        ThrottledReplicas::Listed(list.iter().filter_map(pair).collect())
    }
}

/// Checks the configs of a topic that is about to be created; a value may be missing only by mistake.
pub fn validate_topic_creation<'a>(
    configs: impl Iterator<Item = (&'a str, Option<&'a str>)> + Clone,
    broker: &BrokerValues,
) -> Result<(), ConfigError> {
    let nulls: Vec<&str> = configs.clone().filter(|(_, value)| value.is_none()).map(|(key, _)| key).collect();
    if !nulls.is_empty() {
        return Err(ConfigError::NullTopicValue(nulls.join(",")));
    }
    let overrides = configs.filter_map(|(key, value)| Some((key.to_string(), value?.to_string()))).collect();
    validate_topic(&overrides, broker)
}

/// Checks all configs of a topic as they would be after a change: names, then values, then what contradicts.
pub fn validate_topic(overrides: &TopicOverrides, broker: &BrokerValues) -> Result<(), ConfigError> {
    let table = Table::topic();
    if let Some(key) = overrides.keys().find(|key| table.get(key).is_none()) {
        return Err(ConfigError::UnknownTopicKey(key.clone()));
    }
    for row in table.rows() {
        if let Some(text) = overrides.get(row.key) {
            row.parse(text)?;
        }
    }
    let topic = TopicConfig::resolve(broker, overrides.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    let (min, max) = (topic.min_compaction_lag_ms, topic.max_compaction_lag_ms);
    if min > max {
        return Err(ConfigError::conflict(format!(
            "conflict topic config setting min.compaction.lag.ms ({min}) > max.compaction.lag.ms ({max})"
        )));
    }
    if topic.remote_storage_enable {
        return Err(ConfigError::conflict(
            "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.",
        ));
    }
    Ok(())
}
