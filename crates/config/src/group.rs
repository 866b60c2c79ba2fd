//! Configuration of a group: typed values and the checks against the broker's bounds.

use std::collections::BTreeMap;

use crate::error::ConfigError;
use crate::rows::{Row, Table};
use crate::server::BrokerValues;
use crate::value::Value;

/// What the coordinator is told of one group: its own configs, else the broker's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupConfig {
    pub consumer_session_timeout_ms: i32,
    pub consumer_heartbeat_interval_ms: i32,
    pub consumer_assignment_interval_ms: i32,
    pub share_session_timeout_ms: i32,
    pub share_heartbeat_interval_ms: i32,
    pub share_assignment_interval_ms: i32,
    pub share_record_lock_duration_ms: i32,
    pub share_delivery_count_limit: i32,
    pub share_partition_max_record_locks: i32,
    pub share_auto_offset_reset: String,
    pub share_isolation_level: String,
    pub share_renew_acknowledge_enable: bool,
    pub streams_session_timeout_ms: i32,
    pub streams_heartbeat_interval_ms: i32,
    pub streams_assignment_interval_ms: i32,
    pub streams_num_standby_replicas: i32,
    pub streams_initial_rebalance_delay_ms: i32,
}

impl GroupConfig {
    /// Own configs over the broker's. One that does not parse counts as absent.
    pub fn resolve(broker: &BrokerValues, own: &BTreeMap<String, String>) -> GroupConfig {
        let value = |key: &str| value(key, broker, own);
        let int = |key: &str| value(key).as_i64().and_then(|v| i32::try_from(v).ok()).unwrap_or_default();
        GroupConfig {
            consumer_session_timeout_ms: int("consumer.session.timeout.ms"),
            consumer_heartbeat_interval_ms: int("consumer.heartbeat.interval.ms"),
            consumer_assignment_interval_ms: int("consumer.assignment.interval.ms"),
            share_session_timeout_ms: int("share.session.timeout.ms"),
            share_heartbeat_interval_ms: int("share.heartbeat.interval.ms"),
            share_assignment_interval_ms: int("share.assignment.interval.ms"),
            share_record_lock_duration_ms: int("share.record.lock.duration.ms"),
            share_delivery_count_limit: int("share.delivery.count.limit"),
            share_partition_max_record_locks: int("share.partition.max.record.locks"),
            share_auto_offset_reset: value("share.auto.offset.reset").to_string(),
            share_isolation_level: value("share.isolation.level").to_string(),
            share_renew_acknowledge_enable: value("share.renew.acknowledge.enable") == Value::Boolean(true),
            streams_session_timeout_ms: int("streams.session.timeout.ms"),
            streams_heartbeat_interval_ms: int("streams.heartbeat.interval.ms"),
            streams_assignment_interval_ms: int("streams.assignment.interval.ms"),
            streams_num_standby_replicas: int("streams.num.standby.replicas"),
            streams_initial_rebalance_delay_ms: int("streams.initial.rebalance.delay.ms"),
        }
    }
}

/// The broker's value for a group key.
pub(crate) fn broker_default(row: &Row, broker: &BrokerValues) -> Value {
    row.broker_synonyms.first().map_or_else(|| row.default.clone(), |synonym| broker.value(synonym.key).clone())
}

fn value(key: &str, broker: &BrokerValues, own: &BTreeMap<String, String>) -> Value {
    let Some(row) = Table::group().get(key) else { return Value::Null };
    let given = own.get(key).and_then(|text| row.parse(text).ok());
    given.unwrap_or_else(|| broker_default(row, broker))
}

/// The broker's bounds of a group key, in Kafka's order of checking.
const BOUNDS: &[(&str, &str, &str)] = &[
    (
        "consumer.heartbeat.interval.ms",
        "group.consumer.min.heartbeat.interval.ms",
        "group.consumer.max.heartbeat.interval.ms",
    ),
    ("consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms", "group.consumer.max.session.timeout.ms"),
    (
        "consumer.assignment.interval.ms",
        "group.consumer.min.assignment.interval.ms",
        "group.consumer.max.assignment.interval.ms",
    ),
    ("share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", "group.share.max.heartbeat.interval.ms"),
    ("share.session.timeout.ms", "group.share.min.session.timeout.ms", "group.share.max.session.timeout.ms"),
    (
        "share.record.lock.duration.ms",
        "group.share.min.record.lock.duration.ms",
        "group.share.max.record.lock.duration.ms",
    ),
    ("share.delivery.count.limit", "group.share.min.delivery.count.limit", "group.share.max.delivery.count.limit"),
    (
        "share.partition.max.record.locks",
        "group.share.min.partition.max.record.locks",
        "group.share.max.partition.max.record.locks",
    ),
    (
        "share.assignment.interval.ms",
        "group.share.min.assignment.interval.ms",
        "group.share.max.assignment.interval.ms",
    ),
    (
        "streams.heartbeat.interval.ms",
        "group.streams.min.heartbeat.interval.ms",
        "group.streams.max.heartbeat.interval.ms",
    ),
    ("streams.session.timeout.ms", "group.streams.min.session.timeout.ms", "group.streams.max.session.timeout.ms"),
    (
        "streams.assignment.interval.ms",
        "group.streams.min.assignment.interval.ms",
        "group.streams.max.assignment.interval.ms",
    ),
    ("streams.num.standby.replicas", "", "group.streams.max.standby.replicas"),
];

/// Checks all configs of a group as they would be after a change.
pub fn validate_group(configs: &BTreeMap<String, String>, broker: &BrokerValues) -> Result<(), ConfigError> {
    let table = Table::group();
    if let Some(key) = configs.keys().find(|key| table.get(key).is_none()) {
        return Err(ConfigError::UnknownGroupKey(key.clone()));
    }
    for row in table.rows() {
        if let Some(text) = configs.get(row.key) {
            row.parse(text)?;
        }
    }
    for (key, min, max) in BOUNDS {
        let number = value(key, broker, configs).as_i64();
        if number < broker.value(min).as_i64() {
            return Err(ConfigError::conflict(format!("{key} must be greater than or equal to {min}")));
        }
        if broker.value(max).as_i64().is_some_and(|max| number > Some(max)) {
            return Err(ConfigError::conflict(format!("{key} must be less than or equal to {max}")));
        }
    }
    for kind in ["consumer", "share", "streams"] {
        let (heartbeat, session) = (format!("{kind}.heartbeat.interval.ms"), format!("{kind}.session.timeout.ms"));
        if value(&heartbeat, broker, configs).as_i64() >= value(&session, broker, configs).as_i64() {
            return Err(ConfigError::conflict(format!("{heartbeat} must be less than {session}")));
        }
    }
    Ok(())
}
