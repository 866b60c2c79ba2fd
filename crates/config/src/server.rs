//! The typed configuration of a node: small structs, one for each part that takes one, filled from checked values.

use std::collections::BTreeMap;
use std::fmt;

use base::NodeId;

use crate::listeners::{BrokerListener, Endpoint, ListenerName, Quorum};
use crate::rows::{Row, Table};
use crate::settings::Origin;
use crate::topic::TopicConfig;
use crate::value::Value;

/// Checked values of broker keys with where they came from. A key that is not here has its row's default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrokerValues {
    pub(crate) given: BTreeMap<String, (Value, Origin)>,
    /// Keys that Kafka's broker does not define; DescribeConfigs lists them as sensitive.
    pub(crate) unknown: BTreeMap<String, Origin>,
}

impl BrokerValues {
    /// The value that counts: the given one, else the default.
    pub fn value(&self, key: &str) -> &Value {
        match self.given.get(key) {
            Some((value, _)) => value,
            None => Table::broker().get(key).map_or(&Value::Null, |row| &row.default),
        }
    }

    pub fn is_given(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    pub fn origin(&self, key: &str) -> Origin {
        self.given.get(key).map_or(Origin::Default, |(_, origin)| origin.clone())
    }

    /// The same values with dynamic configs over them; values that do not parse are left out, as Kafka does with
    /// configs that it cannot apply.
    pub fn with_dynamic<'a>(&self, configs: impl Iterator<Item = (&'a str, &'a str)>) -> BrokerValues {
        let mut values = self.clone();
        for (key, text) in configs {
            if let Some(value) = parse_broker_key(key, text) {
                values.given.insert(key.into(), (value, Origin::Dynamic));
            }
        }
        values
    }

    /// The value of `key` for one listener: its own if it has one.
    pub fn listener_value(&self, listener: &ListenerName, key: &str) -> &Value {
        let own = listener.config_prefix() + key;
        self.given.get(&own).map_or_else(|| self.value(key), |(value, _)| value)
    }

    fn i64(&self, key: &str) -> i64 {
        debug_assert!(Table::broker().get(key).is_some(), "{key}");
        self.value(key).as_i64().unwrap_or_default()
    }

    fn i32(&self, key: &str) -> i32 {
        self.i64(key).clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }

    fn i16(&self, key: &str) -> i16 {
        self.i64(key).clamp(i16::MIN.into(), i16::MAX.into()) as i16
    }

    fn f64(&self, key: &str) -> f64 {
        self.value(key).as_f64().unwrap_or_default()
    }

    fn bool(&self, key: &str) -> bool {
        *self.value(key) == Value::Boolean(true)
    }

    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        match self.value(key) {
            Value::List(list) => list.clone(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn string(&self, key: &str) -> Option<String> {
        match self.value(key) {
            Value::String(text) | Value::Class(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// Parses a broker key or a listener's override of one.
pub(crate) fn parse_broker_key(key: &str, text: &str) -> Option<Value> {
    broker_row(key)?.parse_as(key, text).ok()
}

pub(crate) fn broker_row(key: &str) -> Option<&'static Row> {
    let table = Table::broker();
    table.get(key).or_else(|| crate::rows::listener_override(key).and_then(|(_, base)| table.get(base)))
}

/// What the process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    pub broker: bool,
    pub controller: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NodeConfig {
    pub node_id: NodeId,
    pub roles: Roles,
    pub rack: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NetworkConfig {
    /// Every listener this process opens, controller listeners included.
    pub listeners: Vec<BrokerListener>,
    /// What clients of the broker are told; no host means this machine's name, port 0 the port that was bound.
    pub advertised_listeners: Vec<BrokerListener>,
    /// What other nodes are told of this controller.
    pub advertised_controller_listeners: Vec<BrokerListener>,
    pub controller_listener_names: Vec<ListenerName>,
    pub inter_broker_listener_name: ListenerName,
    pub early_start_listeners: Vec<ListenerName>,
    pub num_network_threads: i32,
    pub num_io_threads: i32,
    /// -1: the system's default.
    pub socket_send_buffer_bytes: i32,
    pub socket_receive_buffer_bytes: i32,
    pub socket_listen_backlog: i32,
    pub request_bytes_max: i32,
    pub queued_requests_max: i32,
    /// -1 or 0: no limit.
    pub queued_request_bytes_max: i64,
    pub connections_max: i32,
    /// Limits of single listeners.
    pub listener_connections_max: BTreeMap<ListenerName, i32>,
    pub connections_per_ip_max: i32,
    pub connections_per_ip_overrides: BTreeMap<String, i32>,
    pub connection_creation_rate_max: i32,
    pub listener_connection_creation_rate_max: BTreeMap<ListenerName, i32>,
    /// Negative: never.
    pub connections_max_idle_ms: i64,
    pub socket_connection_setup_timeout_ms: i64,
    pub socket_connection_setup_timeout_max_ms: i64,
    pub request_timeout_ms: i32,
    /// `ADDRESS:PORT`; a key of Ottla's own.
    pub http_listen: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LogConfig {
    pub log_dirs: Vec<String>,
    pub metadata_log_dir: String,
    pub cordoned_log_dirs: Vec<String>,
    pub num_recovery_threads_per_data_dir: i32,
    pub flush_scheduler_interval_ms: i64,
    pub flush_offset_checkpoint_interval_ms: i32,
    pub flush_start_offset_checkpoint_interval_ms: i32,
    pub high_watermark_checkpoint_interval_ms: i64,
    pub retention_check_interval_ms: i64,
    pub initial_task_delay_ms: i64,
    pub dir_failure_timeout_ms: i64,
    /// When a directory without room counts as full; a key of Ottla's own.
    pub full_dir_ms: i64,
    pub cleaner: Cleaner,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cleaner {
    pub enable: bool,
    pub threads: i32,
    pub dedupe_buffer_bytes: i64,
    pub io_buffer_bytes: i32,
    pub io_buffer_load_factor: f64,
    pub io_bytes_per_second_max: f64,
    pub backoff_ms: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TopicDefaults {
    pub num_partitions: i32,
    pub replication_factor: i32,
    pub auto_create: bool,
    pub delete_enable: bool,
    /// What a topic without overrides gets.
    pub topic: TopicConfig,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GroupsConfig {
    pub min_session_timeout_ms: i32,
    pub max_session_timeout_ms: i32,
    pub initial_rebalance_delay_ms: i32,
    pub max_size: i32,
    /// `classic`, `consumer`, `streams`, `share`.
    pub rebalance_protocols: Vec<String>,
    /// -1: as long as the coordinator finds right.
    pub append_linger_ms: i32,
    pub cached_buffer_bytes_max: i32,
    pub offsets: OffsetsConfig,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OffsetsConfig {
    pub topic_num_partitions: i32,
    pub topic_replication_factor: i16,
    pub topic_segment_bytes: i32,
    pub topic_compression: Compression,
    pub load_buffer_bytes: i32,
    pub commit_timeout_ms: i32,
    pub retention_minutes: i32,
    pub retention_check_interval_ms: i64,
    pub metadata_bytes_max: i32,
}

/// A codec; the numbers are those of the record format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum Compression {
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

impl Compression {
    pub fn from_id(id: i64) -> Option<Compression> {
        use Compression::*;
        [None, Gzip, Snappy, Lz4, Zstd].into_iter().find(|c| *c as i64 == id)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct TransactionsConfig {
    pub topic_num_partitions: i32,
    pub topic_replication_factor: i16,
    pub topic_min_isr: i32,
    pub topic_segment_bytes: i32,
    pub max_timeout_ms: i32,
    pub transactional_id_expiration_ms: i32,
    pub abort_timed_out_interval_ms: i32,
    pub remove_expired_interval_ms: i32,
    pub partition_verification_enable: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ControllerConfig {
    pub quorum: Quorum,
    /// Addresses to find the quorum by, of either kind.
    pub bootstrap_servers: Vec<Endpoint>,
    pub election_timeout_ms: i32,
    pub election_backoff_max_ms: i32,
    pub fetch_timeout_ms: i32,
    pub append_linger_ms: i32,
    pub request_timeout_ms: i32,
    pub retry_backoff_ms: i32,
    pub fetch_bytes_max: i32,
    pub fetch_snapshot_bytes_max: i32,
    pub auto_join_enable: bool,
    pub ignores_transactions: bool,
    /// 0: no no-op records.
    pub max_idle_interval_ms: i32,
    pub snapshot_record_bytes_max: i64,
    /// 0: none by time.
    pub snapshot_interval_max_ms: i64,
    pub metadata_segment_bytes: i32,
    pub metadata_segment_ms: i64,
    pub metadata_retention_bytes_max: i64,
    pub metadata_retention_max_ms: i64,
    pub metadata_delete_delay_ms: i64,
    pub metadata_batch_bytes_max: i32,
    pub leader_imbalance_check_interval_seconds: i64,
    pub auto_leader_rebalance: bool,
    pub unclean_leader_election_interval_ms: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LifecycleConfig {
    pub heartbeat_interval_ms: i32,
    pub session_timeout_ms: i32,
    pub initial_registration_timeout_ms: i32,
    pub controlled_shutdown_enable: bool,
    pub startup_time_max_ms: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReplicationConfig {
    pub num_fetchers: i32,
    pub fetch_bytes_max: i32,
    pub fetch_response_bytes_max: i32,
    pub fetch_bytes_min: i32,
    pub fetch_wait_max_ms: i32,
    pub fetch_backoff_ms: i32,
    pub lag_time_max_ms: i64,
    pub socket_timeout_ms: i32,
    pub socket_receive_buffer_bytes: i32,
    /// Bytes a second.
    pub leader_throttled_rate: i64,
    pub follower_throttled_rate: i64,
    pub selector: ReplicaSelector,
    /// Bytes a second that moves between directories may take.
    pub alter_dirs_rate: i64,
    /// Moves that are worked on at the same time; `None`: as many as there are directories.
    pub alter_dirs_threads: Option<usize>,
}

/// How a replica is picked for a consumer (KIP-392).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaSelector {
    /// All read from leaders.
    Leader,
    /// Who says its rack reads from the most caught-up replica there.
    RackAware,
}

impl ReplicaSelector {
    /// The selector that a class of Apache Kafka stands for.
    pub(crate) fn of_class(class: Option<&str>) -> Option<ReplicaSelector> {
        match class.map(str::trim) {
            None | Some("org.apache.kafka.common.replica.LeaderSelector") => Some(ReplicaSelector::Leader),
            Some("org.apache.kafka.common.replica.RackAwareReplicaSelector") => Some(ReplicaSelector::RackAware),
            Some(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct LimitsConfig {
    pub fetch_bytes_max: i32,
    pub fetch_session_slots_max: i32,
    pub request_partitions_max: i32,
    pub producer_id_expiration_ms: i32,
    pub producer_id_expiration_check_interval_ms: i32,
    pub unstable_api_versions: bool,
    pub unstable_feature_versions: bool,
}

/// Everything a node is told.
#[derive(Clone, PartialEq)]
pub struct ServerConfig {
    pub node: NodeConfig,
    pub network: NetworkConfig,
    pub log: LogConfig,
    pub topics: TopicDefaults,
    pub groups: GroupsConfig,
    pub transactions: TransactionsConfig,
    pub controller: ControllerConfig,
    pub lifecycle: LifecycleConfig,
    pub replication: ReplicationConfig,
    pub limits: LimitsConfig,
    /// The checked values behind the structs, for DescribeConfigs and for dynamic changes.
    pub values: BrokerValues,
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("node", &self.node)
            .field("given", &self.values.given)
            .finish_non_exhaustive()
    }
}

/// What [`crate::checks`] has parsed on its way and the structs need.
pub(crate) struct Addresses {
    pub listeners: Vec<BrokerListener>,
    pub advertised: Vec<BrokerListener>,
    pub advertised_controllers: Vec<BrokerListener>,
    pub controller_names: Vec<ListenerName>,
    pub inter_broker: ListenerName,
    pub quorum: Quorum,
    pub bootstrap_servers: Vec<Endpoint>,
    pub connections_per_ip_overrides: BTreeMap<String, i32>,
}

impl ServerConfig {
    /// The configuration with dynamic broker configs applied: the cluster's defaults, then this broker's own. Addresses
    /// and what else was fixed at the start stay.
    pub fn with_dynamic(&self, values: BrokerValues) -> ServerConfig {
        let network = &self.network;
        let overrides = values.string("max.connections.per.ip.overrides").unwrap_or_default();
        let (overrides, _) = crate::checks::connection_overrides(&overrides);
        let addresses = Addresses {
            listeners: network.listeners.clone(),
            advertised: network.advertised_listeners.clone(),
            advertised_controllers: network.advertised_controller_listeners.clone(),
            controller_names: network.controller_listener_names.clone(),
            inter_broker: network.inter_broker_listener_name.clone(),
            quorum: self.controller.quorum.clone(),
            bootstrap_servers: self.controller.bootstrap_servers.clone(),
            connections_per_ip_overrides: overrides,
        };
        ServerConfig::build(values, addresses)
    }

    pub(crate) fn build(v: BrokerValues, a: Addresses) -> ServerConfig {
        let controller = controller(&v, &a);
        ServerConfig {
            node: node(&v),
            network: network(&v, a),
            log: log(&v),
            topics: TopicDefaults {
                num_partitions: v.i32("num.partitions"),
                replication_factor: v.i32("default.replication.factor"),
                auto_create: v.bool("auto.create.topics.enable"),
                delete_enable: v.bool("delete.topic.enable"),
                topic: TopicConfig::resolve(&v, std::iter::empty()),
            },
            groups: groups(&v),
            transactions: transactions(&v),
            controller,
            lifecycle: LifecycleConfig {
                heartbeat_interval_ms: v.i32("broker.heartbeat.interval.ms"),
                session_timeout_ms: v.i32("broker.session.timeout.ms"),
                initial_registration_timeout_ms: v.i32("initial.broker.registration.timeout.ms"),
                controlled_shutdown_enable: v.bool("controlled.shutdown.enable"),
                startup_time_max_ms: v.i64("server.max.startup.time.ms"),
            },
            replication: replication(&v),
            limits: LimitsConfig {
                fetch_bytes_max: v.i32("fetch.max.bytes"),
                fetch_session_slots_max: v.i32("max.incremental.fetch.session.cache.slots"),
                request_partitions_max: v.i32("max.request.partition.size.limit"),
                producer_id_expiration_ms: v.i32("producer.id.expiration.ms"),
                producer_id_expiration_check_interval_ms: v.i32("producer.id.expiration.check.interval.ms"),
                unstable_api_versions: v.bool("unstable.api.versions.enable"),
                unstable_feature_versions: v.bool("unstable.feature.versions.enable"),
            },
            values: v,
        }
    }
}

fn node(v: &BrokerValues) -> NodeConfig {
    let roles = v.list("process.roles");
    let has = |role: &str| roles.iter().any(|r| r == role);
    NodeConfig {
        node_id: v.i32("node.id"),
        roles: Roles { broker: has("broker"), controller: has("controller") },
        rack: v.string("broker.rack"),
    }
}

fn network(v: &BrokerValues, a: Addresses) -> NetworkConfig {
    let own = |key: &str| {
        let own = |l: &BrokerListener| {
            let (value, _) = v.given.get(&(l.name.config_prefix() + key))?;
            Some((l.name.clone(), i32::try_from(value.as_i64()?).ok()?))
        };
        a.listeners.iter().filter_map(own).collect()
    };
    NetworkConfig {
        num_network_threads: v.i32("num.network.threads"),
        num_io_threads: v.i32("num.io.threads"),
        socket_send_buffer_bytes: v.i32("socket.send.buffer.bytes"),
        socket_receive_buffer_bytes: v.i32("socket.receive.buffer.bytes"),
        socket_listen_backlog: v.i32("socket.listen.backlog.size"),
        request_bytes_max: v.i32("socket.request.max.bytes"),
        queued_requests_max: v.i32("queued.max.requests"),
        queued_request_bytes_max: v.i64("queued.max.request.bytes"),
        connections_max: v.i32("max.connections"),
        listener_connections_max: own("max.connections"),
        connections_per_ip_max: v.i32("max.connections.per.ip"),
        connection_creation_rate_max: v.i32("max.connection.creation.rate"),
        listener_connection_creation_rate_max: own("max.connection.creation.rate"),
        connections_max_idle_ms: v.i64("connections.max.idle.ms"),
        socket_connection_setup_timeout_ms: v.i64("socket.connection.setup.timeout.ms"),
        socket_connection_setup_timeout_max_ms: v.i64("socket.connection.setup.timeout.max.ms"),
        request_timeout_ms: v.i32("request.timeout.ms"),
        http_listen: v.string("ottla.http.listen").filter(|listen| !listen.is_empty()),
        early_start_listeners: v.list("early.start.listeners").iter().map(|n| ListenerName::new(n)).collect(),
        listeners: a.listeners,
        advertised_listeners: a.advertised,
        advertised_controller_listeners: a.advertised_controllers,
        controller_listener_names: a.controller_names,
        inter_broker_listener_name: a.inter_broker,
        connections_per_ip_overrides: a.connections_per_ip_overrides,
    }
}

fn log(v: &BrokerValues) -> LogConfig {
    let log_dirs = log_dirs(v);
    LogConfig {
        metadata_log_dir: v.string("metadata.log.dir").or_else(|| log_dirs.first().cloned()).unwrap_or_default(),
        log_dirs,
        cordoned_log_dirs: v.list("cordoned.log.dirs"),
        num_recovery_threads_per_data_dir: v.i32("num.recovery.threads.per.data.dir"),
        flush_scheduler_interval_ms: v.i64("log.flush.scheduler.interval.ms"),
        flush_offset_checkpoint_interval_ms: v.i32("log.flush.offset.checkpoint.interval.ms"),
        flush_start_offset_checkpoint_interval_ms: v.i32("log.flush.start.offset.checkpoint.interval.ms"),
        high_watermark_checkpoint_interval_ms: v.i64("replica.high.watermark.checkpoint.interval.ms"),
        retention_check_interval_ms: v.i64("log.retention.check.interval.ms"),
        initial_task_delay_ms: v.i64("log.initial.task.delay.ms"),
        dir_failure_timeout_ms: v.i64("log.dir.failure.timeout.ms"),
        full_dir_ms: v.i64("ottla.full.log.dir.ms"),
        cleaner: Cleaner {
            enable: v.bool("log.cleaner.enable"),
            threads: v.i32("log.cleaner.threads"),
            dedupe_buffer_bytes: v.i64("log.cleaner.dedupe.buffer.size"),
            io_buffer_bytes: v.i32("log.cleaner.io.buffer.size"),
            io_buffer_load_factor: v.f64("log.cleaner.io.buffer.load.factor"),
            io_bytes_per_second_max: v.f64("log.cleaner.io.max.bytes.per.second"),
            backoff_ms: v.i64("log.cleaner.backoff.ms"),
        },
    }
}

/// `log.dirs`, else `log.dir`.
pub(crate) fn log_dirs(v: &BrokerValues) -> Vec<String> {
    if v.is_given("log.dirs") { v.list("log.dirs") } else { v.list("log.dir") }
}

fn groups(v: &BrokerValues) -> GroupsConfig {
    GroupsConfig {
        min_session_timeout_ms: v.i32("group.min.session.timeout.ms"),
        max_session_timeout_ms: v.i32("group.max.session.timeout.ms"),
        initial_rebalance_delay_ms: v.i32("group.initial.rebalance.delay.ms"),
        max_size: v.i32("group.max.size"),
        rebalance_protocols: v.list("group.coordinator.rebalance.protocols"),
        append_linger_ms: v.i32("group.coordinator.append.linger.ms"),
        cached_buffer_bytes_max: v.i32("group.coordinator.cached.buffer.max.bytes"),
        offsets: OffsetsConfig {
            topic_num_partitions: v.i32("offsets.topic.num.partitions"),
            topic_replication_factor: v.i16("offsets.topic.replication.factor"),
            topic_segment_bytes: v.i32("offsets.topic.segment.bytes"),
            topic_compression: Compression::from_id(v.i64("offsets.topic.compression.codec"))
                .unwrap_or(Compression::None),
            load_buffer_bytes: v.i32("offsets.load.buffer.size"),
            commit_timeout_ms: v.i32("offsets.commit.timeout.ms"),
            retention_minutes: v.i32("offsets.retention.minutes"),
            retention_check_interval_ms: v.i64("offsets.retention.check.interval.ms"),
            metadata_bytes_max: v.i32("offset.metadata.max.bytes"),
        },
    }
}

fn transactions(v: &BrokerValues) -> TransactionsConfig {
    TransactionsConfig {
        topic_num_partitions: v.i32("transaction.state.log.num.partitions"),
        topic_replication_factor: v.i16("transaction.state.log.replication.factor"),
        topic_min_isr: v.i32("transaction.state.log.min.isr"),
        topic_segment_bytes: v.i32("transaction.state.log.segment.bytes"),
        max_timeout_ms: v.i32("transaction.max.timeout.ms"),
        transactional_id_expiration_ms: v.i32("transactional.id.expiration.ms"),
        abort_timed_out_interval_ms: v.i32("transaction.abort.timed.out.transaction.cleanup.interval.ms"),
        remove_expired_interval_ms: v.i32("transaction.remove.expired.transaction.cleanup.interval.ms"),
        partition_verification_enable: v.bool("transaction.partition.verification.enable"),
    }
}

fn controller(v: &BrokerValues, a: &Addresses) -> ControllerConfig {
    ControllerConfig {
        quorum: a.quorum.clone(),
        bootstrap_servers: a.bootstrap_servers.clone(),
        election_timeout_ms: v.i32("controller.quorum.election.timeout.ms"),
        election_backoff_max_ms: v.i32("controller.quorum.election.backoff.max.ms"),
        fetch_timeout_ms: v.i32("controller.quorum.fetch.timeout.ms"),
        append_linger_ms: v.i32("controller.quorum.append.linger.ms"),
        request_timeout_ms: v.i32("controller.quorum.request.timeout.ms"),
        retry_backoff_ms: v.i32("controller.quorum.retry.backoff.ms"),
        fetch_bytes_max: v.i32("controller.quorum.fetch.max.bytes"),
        fetch_snapshot_bytes_max: v.i32("controller.quorum.fetch.snapshot.max.bytes"),
        auto_join_enable: v.bool("controller.quorum.auto.join.enable"),
        ignores_transactions: v.bool("ottla.transactions.ignore"),
        max_idle_interval_ms: v.i32("metadata.max.idle.interval.ms"),
        snapshot_record_bytes_max: v.i64("metadata.log.max.record.bytes.between.snapshots"),
        snapshot_interval_max_ms: v.i64("metadata.log.max.snapshot.interval.ms"),
        metadata_segment_bytes: match v.value("internal.metadata.log.segment.bytes") {
            Value::Int(bytes) => *bytes,
            _ => v.i32("metadata.log.segment.bytes"),
        },
        metadata_segment_ms: v.i64("metadata.log.segment.ms"),
        metadata_retention_bytes_max: v.i64("metadata.max.retention.bytes"),
        metadata_retention_max_ms: v.i64("metadata.max.retention.ms"),
        metadata_delete_delay_ms: v.i64("internal.metadata.delete.delay.millis"),
        metadata_batch_bytes_max: v.i32("internal.metadata.max.batch.size.in.bytes"),
        leader_imbalance_check_interval_seconds: v.i64("leader.imbalance.check.interval.seconds"),
        auto_leader_rebalance: v.bool("auto.leader.rebalance.enable"),
        unclean_leader_election_interval_ms: v.i64("unclean.leader.election.interval.ms"),
    }
}

fn replication(v: &BrokerValues) -> ReplicationConfig {
    ReplicationConfig {
        num_fetchers: v.i32("num.replica.fetchers"),
        leader_throttled_rate: v.i64("leader.replication.throttled.rate"),
        follower_throttled_rate: v.i64("follower.replication.throttled.rate"),
        fetch_bytes_max: v.i32("replica.fetch.max.bytes"),
        fetch_response_bytes_max: v.i32("replica.fetch.response.max.bytes"),
        fetch_bytes_min: v.i32("replica.fetch.min.bytes"),
        fetch_wait_max_ms: v.i32("replica.fetch.wait.max.ms"),
        fetch_backoff_ms: v.i32("replica.fetch.backoff.ms"),
        lag_time_max_ms: v.i64("replica.lag.time.max.ms"),
        socket_timeout_ms: v.i32("replica.socket.timeout.ms"),
        socket_receive_buffer_bytes: v.i32("replica.socket.receive.buffer.bytes"),
        alter_dirs_rate: v.i64("replica.alter.log.dirs.io.max.bytes.per.second"),
        alter_dirs_threads: v
            .value("num.replica.alter.log.dirs.threads")
            .as_i64()
            .and_then(|n| usize::try_from(n).ok()),
        selector: ReplicaSelector::of_class(v.string("replica.selector.class").as_deref())
            .unwrap_or(ReplicaSelector::Leader),
    }
}
