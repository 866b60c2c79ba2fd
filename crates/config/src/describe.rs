//! What DescribeConfigs answers: for each key its value, where it comes from, and the chain of synonyms behind it.

use std::collections::BTreeMap;

use crate::rows::{Row, Table, Update, broker_synonyms};
use crate::server::{BrokerValues, broker_row};
use crate::settings::Origin;
use crate::topic::TopicOverrides;
use crate::value::{Type, Value};

/// Where a value comes from; the numbers are those of DescribeConfigs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum Source {
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    DynamicBrokerLogger = 6,
    ClientMetrics = 7,
    Group = 8,
}

impl Source {
    /// The name that tools print.
    pub fn name(self) -> &'static str {
        match self {
            Source::Topic => "DYNAMIC_TOPIC_CONFIG",
            Source::DynamicBroker => "DYNAMIC_BROKER_CONFIG",
            Source::DynamicDefaultBroker => "DYNAMIC_DEFAULT_BROKER_CONFIG",
            Source::StaticBroker => "STATIC_BROKER_CONFIG",
            Source::Default => "DEFAULT_CONFIG",
            Source::DynamicBrokerLogger => "DYNAMIC_BROKER_LOGGER_CONFIG",
            Source::ClientMetrics => "DYNAMIC_CLIENT_METRICS_CONFIG",
            Source::Group => "DYNAMIC_GROUP_CONFIG",
        }
    }
}

/// A key that would give the value if the ones before it were absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    pub key: String,
    /// `None` for a secret.
    pub value: Option<String>,
    pub source: Source,
}

/// One key of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    pub key: String,
    /// `None` for a secret and where there is no value.
    pub value: Option<String>,
    pub source: Source,
    pub synonyms: Vec<Synonym>,
    /// `None` for a key that is not known; its value is taken for a secret.
    pub kind: Option<Type>,
    pub is_sensitive: bool,
    pub is_read_only: bool,
    pub documentation: String,
}

impl Described {
    /// The type's number in the answer; 0 is unknown.
    pub fn type_id(&self) -> i8 {
        self.kind.map_or(0, |kind| kind as i8)
    }
}

/// A broker's configs with their layers: the file's, the cluster's dynamic defaults, and the broker's own.
#[derive(Clone, Debug, Default)]
pub struct BrokerLayers {
    pub static_values: BrokerValues,
    pub cluster_defaults: BTreeMap<String, String>,
    pub own: BTreeMap<String, String>,
}

impl BrokerLayers {
    /// The values that count.
    pub fn effective(&self) -> BrokerValues {
        let layers = self.cluster_defaults.iter().chain(&self.own);
        self.static_values.with_dynamic(layers.map(|(k, v)| (k.as_str(), v.as_str())))
    }

    /// Every key of the broker that is not internal, and what else was given.
    pub fn describe_broker(&self) -> Vec<Described> {
        let effective = self.effective();
        let mut keys: Vec<&str> =
            Table::broker().rows().iter().filter(|row| !row.internal && !row.dynamic_only).map(|row| row.key).collect();
        let dynamic = self.cluster_defaults.keys().chain(self.own.keys());
        let given = self.static_values.given.keys().chain(self.static_values.unknown.keys());
        keys.extend(dynamic.chain(given).map(String::as_str));
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|key| self.describe_broker_key(key, &effective)).collect()
    }

    /// The dynamic defaults of the cluster (the broker resource with the empty name).
    pub fn describe_cluster_defaults(&self) -> Vec<Described> {
        let describe = |key: &String| {
            let mut described = self.describe_broker_key(key, &self.effective());
            described.synonyms.retain(|synonym| synonym.source == Source::DynamicDefaultBroker);
            described.source = described.synonyms.first().map_or(Source::Default, |synonym| synonym.source);
            described.value = described.synonyms.first().and_then(|synonym| synonym.value.clone());
            described
        };
        self.cluster_defaults.keys().map(describe).collect()
    }

    fn describe_broker_key(&self, key: &str, effective: &BrokerValues) -> Described {
        let row = broker_row(key);
        let is_sensitive = row.is_none_or(Row::is_sensitive);
        let synonyms = self.synonyms(key);
        let value = effective.value(key);
        let value = match (is_sensitive, value) {
            (true, _) => None,
            (false, Value::Null) => synonyms.first().filter(|s| s.key == key).and_then(|s| s.value.clone()),
            (false, value) => Some(value.to_string()),
        };
        Described {
            key: key.into(),
            value,
            source: synonyms.first().map_or(Source::Default, |synonym| synonym.source),
            synonyms,
            kind: row.map(|row| row.kind),
            is_sensitive,
            is_read_only: Table::broker().get(key).is_none_or(|row| row.update == Update::ReadOnly),
            documentation: row.map(|row| row.doc.clone()).unwrap_or_default(),
        }
    }

    /// The chain behind a broker key: for each layer, from the strongest, each synonym that is set there. Kafka drops
    /// what stands before the key's own first appearance, and so everything when the key itself appears nowhere.
    pub fn synonyms(&self, key: &str) -> Vec<Synonym> {
        let names = broker_synonyms(key);
        let mut all = Vec::new();
        let mut add = |name: &str, value: Option<String>, source| {
            if let Some(value) = value {
                let secret = broker_row(name).is_none_or(Row::is_sensitive);
                all.push(Synonym { key: name.into(), value: (!secret).then_some(value), source });
            }
        };
        for name in &names {
            add(name, self.own.get(*name).cloned(), Source::DynamicBroker);
        }
        for name in &names {
            add(name, self.cluster_defaults.get(*name).cloned(), Source::DynamicDefaultBroker);
        }
        for name in &names {
            let known = self.static_values.given.get(*name).map(|(value, _)| value.to_string());
            let unknown = self.static_values.unknown.get(*name).map(|_| String::new());
            add(name, known.or(unknown), Source::StaticBroker);
        }
        for name in &names {
            let default = Table::broker().get(name).filter(|row| row.default != Value::Null && !row.dynamic_only);
            add(name, default.map(|row| row.default.to_string()), Source::Default);
        }
        let first = all.iter().position(|synonym| synonym.key == key).unwrap_or(all.len());
        all.split_off(first)
    }
}

/// Every key of a topic that is not internal, and an internal one that the topic has.
pub fn describe_topic(own: &TopicOverrides, broker: &BrokerLayers) -> Vec<Described> {
    let effective = broker.effective();
    let describe = |row: &'static Row| {
        let behind = row.broker_synonyms.first().map(|synonym| broker.synonyms(synonym.key)).unwrap_or_default();
        let default = crate::topic::broker_default(row, &effective);
        describe_own(row, own.get(row.key), Source::Topic, default, behind)
    };
    let rows = Table::topic().rows().iter();
    let mut rows: Vec<&'static Row> = rows.filter(|row| !row.internal || own.contains_key(row.key)).collect();
    rows.sort_by_key(|row| TOPIC_ORDER.iter().position(|key| *key == row.key).unwrap_or(usize::MAX));
    rows.into_iter().map(describe).collect()
}

/// Kafka 4.3.1 answers with a topic's keys in this order, and its tools print them so: what scripts compare before and
/// after a move stays the same.
const TOPIC_ORDER: [&str; 33] = [
    "compression.type",
    "remote.log.delete.on.disable",
    "leader.replication.throttled.replicas",
    "remote.storage.enable",
    "min.insync.replicas",
    "segment.jitter.ms",
    "remote.log.copy.disable",
    "local.retention.ms",
    "cleanup.policy",
    "flush.ms",
    "follower.replication.throttled.replicas",
    "compression.lz4.level",
    "segment.bytes",
    "retention.ms",
    "compression.gzip.level",
    "flush.messages",
    "compression.zstd.level",
    "max.compaction.lag.ms",
    "file.delete.delay.ms",
    "max.message.bytes",
    "min.compaction.lag.ms",
    "message.timestamp.type",
    "local.retention.bytes",
    "preallocate",
    "index.interval.bytes",
    "min.cleanable.dirty.ratio",
    "unclean.leader.election.enable",
    "retention.bytes",
    "delete.retention.ms",
    "message.timestamp.after.max.ms",
    "message.timestamp.before.max.ms",
    "segment.ms",
    "segment.index.bytes",
];

/// Every key of a group. A group key without a broker key has its own default as the last synonym.
pub fn describe_group(own: &BTreeMap<String, String>, broker: &BrokerLayers) -> Vec<Described> {
    let effective = broker.effective();
    let describe = |row: &'static Row| {
        let own_default =
            || vec![Synonym { key: row.key.into(), value: Some(row.default.to_string()), source: Source::Default }];
        let behind = row.broker_synonyms.first().map_or_else(own_default, |synonym| broker.synonyms(synonym.key));
        let default = crate::group::broker_default(row, &effective);
        describe_own(row, own.get(row.key), Source::Group, default, behind)
    };
    Table::group().rows().iter().map(describe).collect()
}

/// Every key of a client-metrics subscription.
pub fn describe_client_metrics(own: &BTreeMap<String, String>) -> Vec<Described> {
    let describe =
        |row: &'static Row| describe_own(row, own.get(row.key), Source::ClientMetrics, row.default.clone(), Vec::new());
    Table::client_metrics().rows().iter().map(describe).collect()
}

fn describe_own(
    row: &'static Row,
    own: Option<&String>,
    source: Source,
    default: Value,
    behind: Vec<Synonym>,
) -> Described {
    let mut synonyms = behind;
    let value = match own {
        Some(text) => {
            let value = row.parse(text).map_or_else(|_| text.clone(), |value| value.to_string());
            synonyms.insert(0, Synonym { key: row.key.into(), value: Some(value.clone()), source });
            Some(value)
        }
        None if default == Value::Null => None,
        None => Some(default.to_string()),
    };
    Described {
        key: row.key.into(),
        value,
        source: synonyms.first().map_or(Source::Default, |synonym| synonym.source),
        synonyms,
        kind: Some(row.kind),
        is_sensitive: row.is_sensitive(),
        is_read_only: false,
        documentation: row.doc.clone(),
    }
}

impl BrokerLayers {
    /// Where a broker key's static value was set, for messages.
    pub fn origin(&self, key: &str) -> Origin {
        match self.own.contains_key(key) || self.cluster_defaults.contains_key(key) {
            true => Origin::Dynamic,
            false => self.static_values.origin(key),
        }
    }
}
