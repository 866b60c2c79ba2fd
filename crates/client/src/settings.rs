//! Settings of a client under Kafka's keys. The rows of crate `config` give types, bounds and defaults; here they become
//! small typed structs.

use crate::{ClientError, Result};
use config::{Properties, Table, Value};
use records::{Codec, Compression};
use std::time::Duration;

/// A host and port as written in `bootstrap.servers`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub host: String,
    pub port: u16,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Address {
    /// Reads `host:port`, `[v6]:port` or either behind `PROTOCOL://`.
    pub fn parse(text: &str) -> Result<Address> {
        let bad = || ClientError::Config(format!("Invalid url in bootstrap.servers: {text}"));
        let rest = text.trim().split_once("://").map_or(text.trim(), |(_, rest)| rest);
        let (host, port) = rest.rsplit_once(':').ok_or_else(bad)?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let port = port.parse().map_err(|_| bad())?;
        if host.is_empty() {
            return Err(bad());
        }
        Ok(Address { host: host.into(), port })
    }

    /// Reads a list separated by commas.
    pub fn parse_list(text: &str) -> Result<Vec<Address>> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Address::parse).collect()
    }
}

/// Where to connect first, and who answers there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bootstrap {
    Brokers(Vec<Address>),
    /// `--bootstrap-controller` (KIP-919): talk to the quorum's controllers directly.
    Controllers(Vec<Address>),
}

impl Bootstrap {
    pub fn addresses(&self) -> &[Address] {
        match self {
            Bootstrap::Brokers(addresses) | Bootstrap::Controllers(addresses) => addresses,
        }
    }

    pub fn is_controllers(&self) -> bool {
        matches!(self, Bootstrap::Controllers(_))
    }
}

/// Keys with values as a user wrote them; later entries win. Unknown keys are kept and ignored, as in Kafka.
#[derive(Clone, Default)]
pub struct SettingsMap {
    entries: Vec<(String, String)>,
}

impl SettingsMap {
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.entries.push((key.into(), value.into()));
        self
    }

    /// Sets a key only where the user did not.
    pub fn set_default(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        if self.get(key).is_none() {
            self.set(key, value);
        }
        self
    }

    pub fn extend(&mut self, properties: &Properties) {
        self.entries.extend(properties.entries.iter().map(|p| (p.key.clone(), p.value.clone())));
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    fn value(&self, table: &Table, key: &str) -> Result<Value> {
        let row = table.get(key).ok_or_else(|| ClientError::Config(format!("no such key: {key}")))?;
        match self.get(key) {
            Some(text) => row.parse(text).map_err(|error| ClientError::Config(error.to_string())),
            None => Ok(row.default.clone()),
        }
    }

    fn number(&self, table: &Table, key: &str) -> Result<i64> {
        match self.value(table, key)? {
            Value::Int(v) => Ok(v.into()),
            Value::Short(v) => Ok(v.into()),
            Value::Long(v) => Ok(v),
            other => Err(ClientError::Config(format!("{key} is not a number: {other}"))),
        }
    }

    fn millis(&self, table: &Table, key: &str) -> Result<Duration> {
        Ok(Duration::from_millis(self.number(table, key)?.max(0) as u64))
    }

    fn text(&self, table: &Table, key: &str) -> Result<String> {
        Ok(match self.value(table, key)? {
            Value::Null => String::new(),
            other => other.to_string(),
        })
    }

    fn boolean(&self, table: &Table, key: &str) -> Result<bool> {
        match self.value(table, key)? {
            Value::Boolean(v) => Ok(v),
            other => Err(ClientError::Config(format!("{key} is not true or false: {other}"))),
        }
    }
}

/// What every client needs.
#[derive(Debug, Clone)]
pub struct Settings {
    pub bootstrap: Bootstrap,
    pub client_id: String,
    pub request_timeout: Duration,
    /// Total time of one call with all its retries.
    pub api_timeout: Duration,
    pub retries: u32,
    pub retry_backoff: Duration,
    pub retry_backoff_max: Duration,
    pub reconnect_backoff: Duration,
    pub connection_setup_timeout: Duration,
    pub metadata_max_age: Duration,
    /// Bytes; 0 leaves it to the system.
    pub send_buffer_bytes: usize,
    pub receive_buffer_bytes: usize,
}

impl Settings {
    /// The settings of an admin client. `bootstrap` is asked first; without it the map's `bootstrap.servers` or
    /// `bootstrap.controllers` counts.
    pub fn admin(map: &SettingsMap, bootstrap: Option<Bootstrap>) -> Result<Settings> {
        let mut settings = Settings::common(map, Table::admin(), bootstrap)?;
        settings.retries = map.number(Table::admin(), "retries")? as u32;
        Ok(settings)
    }

    fn common(map: &SettingsMap, table: &Table, bootstrap: Option<Bootstrap>) -> Result<Settings> {
        refuse_security(map)?;
        let bootstrap = match bootstrap {
            Some(bootstrap) => bootstrap,
            None => match (map.get("bootstrap.controllers"), map.get("bootstrap.servers")) {
                (Some(list), None) => Bootstrap::Controllers(Address::parse_list(list)?),
                (_, list) => Bootstrap::Brokers(Address::parse_list(list.unwrap_or_default())?),
            },
        };
        if bootstrap.addresses().is_empty() {
            return Err(ClientError::Bootstrap("bootstrap.servers is empty".into()));
        }
        let api_timeout = match table.get("default.api.timeout.ms") {
            Some(_) => map.millis(table, "default.api.timeout.ms")?,
            None => map.millis(table, "max.block.ms")?,
        };
        Ok(Settings {
            bootstrap,
            client_id: map.text(table, "client.id")?,
            request_timeout: map.millis(table, "request.timeout.ms")?,
            api_timeout,
            retries: u32::MAX,
            retry_backoff: map.millis(table, "retry.backoff.ms")?,
            retry_backoff_max: map.millis(table, "retry.backoff.max.ms")?,
            reconnect_backoff: map.millis(table, "reconnect.backoff.ms")?,
            connection_setup_timeout: map.millis(table, "socket.connection.setup.timeout.ms")?,
            metadata_max_age: map.millis(table, "metadata.max.age.ms")?,
            send_buffer_bytes: map.number(table, "send.buffer.bytes")?.max(0) as usize,
            receive_buffer_bytes: map.number(table, "receive.buffer.bytes")?.max(0) as usize,
        })
    }

    /// Pause before attempt `attempt` (0 is the first retry): doubles up to `retry.backoff.max.ms` (KIP-580).
    pub fn backoff(&self, attempt: u32) -> Duration {
        self.retry_backoff.saturating_mul(1 << attempt.min(10)).min(self.retry_backoff_max.max(self.retry_backoff))
    }
}

/// A client that was told to encrypt or authenticate must not silently talk in the clear.
fn refuse_security(map: &SettingsMap) -> Result<()> {
    match map.get("security.protocol") {
        Some(protocol) if !protocol.trim().eq_ignore_ascii_case("PLAINTEXT") => {
            let supported = "this client speaks PLAINTEXT only";
            Err(ClientError::Config(format!("security.protocol is not supported yet: {protocol} ({supported})")))
        }
        _ => Ok(()),
    }
}

/// How many replicas must have a record before it counts as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acks {
    None,
    Leader,
    All,
}

impl Acks {
    pub fn wire(self) -> i16 {
        match self {
            Acks::None => 0,
            Acks::Leader => 1,
            Acks::All => -1,
        }
    }
}

/// Settings of a producer.
#[derive(Debug, Clone)]
pub struct ProducerSettings {
    pub common: Settings,
    pub acks: Acks,
    pub idempotent: bool,
    pub linger: Duration,
    pub batch_bytes: usize,
    pub buffer_bytes: usize,
    pub request_bytes_max: usize,
    pub in_flight_max: usize,
    pub delivery_timeout: Duration,
    pub max_block: Duration,
    pub compression: Compression,
    pub retries: u32,
    pub ignore_keys: bool,
}

impl ProducerSettings {
    pub fn from_map(map: &SettingsMap) -> Result<ProducerSettings> {
        let table = Table::producer();
        let acks = match map.text(table, "acks")?.as_str() {
            "0" => Acks::None,
            "1" => Acks::Leader,
            _ => Acks::All,
        };
        if map.get("transactional.id").is_some() {
            return Err(ClientError::Config("transactional.id is not supported yet".into()));
        }
        let asked = map.get("enable.idempotence").is_some();
        let wanted = map.boolean(table, "enable.idempotence")?;
        let retries = map.number(table, "retries")?.max(0) as u32;
        let in_flight_max = map.number(table, "max.in.flight.requests.per.connection")?.max(1) as usize;
        let possible = acks == Acks::All && retries > 0 && in_flight_max <= 5;
        if asked && wanted && !possible {
            return Err(ClientError::Config(
                "enable.idempotence needs acks=all, retries above 0 and max.in.flight.requests.per.connection up to 5"
                    .into(),
            ));
        }
        Ok(ProducerSettings {
            acks,
            idempotent: wanted && possible,
            linger: map.millis(table, "linger.ms")?,
            batch_bytes: map.number(table, "batch.size")?.max(1) as usize,
            buffer_bytes: map.number(table, "buffer.memory")?.max(0) as usize,
            request_bytes_max: map.number(table, "max.request.size")?.max(0) as usize,
            in_flight_max,
            delivery_timeout: map.millis(table, "delivery.timeout.ms")?,
            max_block: map.millis(table, "max.block.ms")?,
            compression: compression(map, table)?,
            retries,
            ignore_keys: map.boolean(table, "partitioner.ignore.keys")?,
            common: Settings::common(map, table, None)?,
        })
    }
}

fn compression(map: &SettingsMap, table: &Table) -> Result<Compression> {
    let name = map.text(table, "compression.type")?;
    let codec = Codec::from_name(&name)
        .ok_or_else(|| ClientError::Config(format!("Invalid value {name} for configuration compression.type")))?;
    let level = match codec {
        Codec::Gzip => map.get("compression.gzip.level").map(|_| map.number(table, "compression.gzip.level")),
        Codec::Lz4 => map.get("compression.lz4.level").map(|_| map.number(table, "compression.lz4.level")),
        Codec::Zstd => map.get("compression.zstd.level").map(|_| map.number(table, "compression.zstd.level")),
        Codec::None | Codec::Snappy => None,
    };
    Ok(Compression { codec, level: level.transpose()?.filter(|level| *level != -1).map(|level| level as i32) })
}

/// Settings of a consumer.
#[derive(Debug, Clone)]
pub struct ConsumerSettings {
    pub common: Settings,
    pub group_id: Option<String>,
    pub group_instance_id: Option<String>,
    pub auto_offset_reset: crate::OffsetReset,
    pub auto_commit: Option<Duration>,
    pub read_committed: bool,
    pub fetch_bytes_min: i32,
    pub fetch_bytes_max: i32,
    pub fetch_wait_max: Duration,
    pub partition_fetch_bytes_max: i32,
    pub poll_records_max: usize,
    pub poll_interval_max: Duration,
    pub session_timeout: Duration,
    pub heartbeat_interval: Duration,
    pub check_crcs: bool,
    pub allow_auto_create_topics: bool,
    pub exclude_internal_topics: bool,
    /// Names of assignors in the order of preference, as in the group protocol: `range`, `roundrobin`,
    /// `sticky`, `cooperative-sticky`.
    pub assignors: Vec<String>,
    pub rack: String,
}

impl ConsumerSettings {
    pub fn from_map(map: &SettingsMap) -> Result<ConsumerSettings> {
        let table = Table::consumer();
        if map.get("group.protocol").is_some_and(|protocol| protocol.eq_ignore_ascii_case("consumer")) {
            return Err(ClientError::Config(
                "group.protocol=consumer (KIP-848) is not supported yet; use group.protocol=classic".into(),
            ));
        }
        let reset = map.text(table, "auto.offset.reset")?;
        let auto_commit = map.boolean(table, "enable.auto.commit")?;
        Ok(ConsumerSettings {
            group_id: map.get("group.id").filter(|id| !id.is_empty()).map(str::to_string),
            group_instance_id: map.get("group.instance.id").map(str::to_string),
            auto_offset_reset: crate::OffsetReset::parse(&reset)
                .ok_or_else(|| ClientError::Config(format!("auto.offset.reset is not supported: {reset}")))?,
            auto_commit: if auto_commit { Some(map.millis(table, "auto.commit.interval.ms")?) } else { None },
            read_committed: map.text(table, "isolation.level")? == "read_committed",
            fetch_bytes_min: map.number(table, "fetch.min.bytes")? as i32,
            fetch_bytes_max: map.number(table, "fetch.max.bytes")? as i32,
            fetch_wait_max: map.millis(table, "fetch.max.wait.ms")?,
            partition_fetch_bytes_max: map.number(table, "max.partition.fetch.bytes")? as i32,
            poll_records_max: map.number(table, "max.poll.records")?.max(1) as usize,
            poll_interval_max: map.millis(table, "max.poll.interval.ms")?,
            session_timeout: map.millis(table, "session.timeout.ms")?,
            heartbeat_interval: map.millis(table, "heartbeat.interval.ms")?,
            check_crcs: map.boolean(table, "check.crcs")?,
            allow_auto_create_topics: map.boolean(table, "allow.auto.create.topics")?,
            exclude_internal_topics: map.boolean(table, "exclude.internal.topics")?,
            assignors: assignors(map)?,
            rack: map.text(table, "client.rack")?,
            common: Settings::common(map, table, None)?,
        })
    }
}

impl ConsumerSettings {
    /// Whether members keep their partitions while the group rebalances (KIP-429): where every assignor allows it.
    pub fn is_cooperative(&self) -> bool {
        self.assignors.iter().all(|name| name == "cooperative-sticky")
    }
}

fn assignors(map: &SettingsMap) -> Result<Vec<String>> {
    let Some(listed) = map.get("partition.assignment.strategy") else { return Ok(vec!["range".into()]) };
    let named = |class: &str| match class.trim().rsplit('.').next().unwrap_or_default() {
        "RangeAssignor" | "range" => Ok("range".to_string()),
        "RoundRobinAssignor" | "roundrobin" => Ok("roundrobin".to_string()),
        "StickyAssignor" | "sticky" => Ok("sticky".to_string()),
        "CooperativeStickyAssignor" | "cooperative-sticky" => Ok("cooperative-sticky".to_string()),
        _ => Err(ClientError::Config(format!(
            "partition.assignment.strategy is not supported: {class} (there are RangeAssignor, RoundRobinAssignor, StickyAssignor and CooperativeStickyAssignor)"
        ))),
    };
    listed.split(',').filter(|class| !class.trim().is_empty()).map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_kafka_writes_them() {
        for (text, host, port) in
            [("localhost:9092", "localhost", 9092), ("[::1]:9093", "::1", 9093), ("PLAINTEXT://a.b:1", "a.b", 1)]
        {
            assert_eq!(Address::parse(text).unwrap(), Address { host: host.into(), port });
        }
        assert_eq!(Address::parse("[::1]:9093").unwrap().to_string(), "[::1]:9093");
        for text in ["localhost", ":9", "a:b", "a:99999"] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    fn map(pairs: &[(&str, &str)]) -> SettingsMap {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", "localhost:9092");
        for (key, value) in pairs {
            map.set(*key, *value);
        }
        map
    }

    #[test]
    fn a_producer_is_idempotent_unless_told_otherwise() {
        assert!(ProducerSettings::from_map(&map(&[])).unwrap().idempotent);
        assert!(!ProducerSettings::from_map(&map(&[("acks", "1")])).unwrap().idempotent);
        assert!(ProducerSettings::from_map(&map(&[("acks", "1"), ("enable.idempotence", "true")])).is_err());
    }

    #[test]
    fn what_would_be_ignored_silently_is_refused() {
        for pairs in [&[("group.protocol", "consumer")][..], &[("security.protocol", "SSL")]] {
            assert!(ConsumerSettings::from_map(&map(pairs)).is_err(), "{pairs:?}");
        }
    }
}
