//! The image: persistent maps, so that a new one shares with the old whatever did not change.

use crate::features::Features;
use base::{
    BrokerEpoch, DirectoryId, LeaderEpoch, NodeId, Offset, PartitionEpoch, PartitionIndex, ProducerId, TopicId, Uuid,
};
use imbl::OrdMap;
use protocol::{AccessControlEntryRecord, DelegationTokenRecord, UserScramCredentialRecord};
use std::sync::Arc;

/// The topic of the transaction coordinators: it is there once a transaction was begun.
pub const TRANSACTION_TOPIC: &str = "__transaction_state";

/// The whole cluster at one offset of the metadata log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// Offset of the last record that is contained, -1 for none.
    pub offset: Offset,
    pub epoch: LeaderEpoch,
    /// Append time of that record's batch.
    pub timestamp_ms: i64,
    pub features: Features,
    pub brokers: OrdMap<NodeId, Arc<Broker>>,
    pub controllers: OrdMap<NodeId, Arc<Controller>>,
    pub(crate) topics: OrdMap<TopicId, Arc<Topic>>,
    pub(crate) topic_ids: OrdMap<String, TopicId>,
    pub configs: OrdMap<ConfigResource, OrdMap<String, String>>,
    pub producer_ids: ProducerIds,
    pub acls: OrdMap<Uuid, Arc<AccessControlEntryRecord<'static>>>,
    pub scram_credentials: OrdMap<(i8, String), Arc<UserScramCredentialRecord<'static>>>,
    pub delegation_tokens: OrdMap<String, Arc<DelegationTokenRecord<'static>>>,
    /// Client quotas: entity (type, name or default) -> key -> value.
    pub client_quotas: OrdMap<Vec<(String, Option<String>)>, OrdMap<String, QuotaValue>>,
}

/// A quota's value; compared by its bits, so that images can be compared.
#[derive(Debug, Clone, Copy)]
pub struct QuotaValue(pub f64);

impl PartialEq for QuotaValue {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

/// Where a node listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub listener: String,
    pub host: String,
    pub port: u16,
    /// 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.
    pub security_protocol: i16,
}

/// Levels of a feature that a node supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    pub feature: String,
    pub min: i16,
    pub max: i16,
}

/// The registration of a broker's current incarnation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    pub id: NodeId,
    pub epoch: BrokerEpoch,
    pub incarnation_id: Uuid,
    pub endpoints: Vec<Endpoint>,
    pub features: Vec<VersionRange>,
    pub rack: Option<String>,
    pub fenced: bool,
    pub in_controlled_shutdown: bool,
    pub is_migrating_zk_broker: bool,
    pub log_dirs: Vec<DirectoryId>,
    pub cordoned_log_dirs: Option<Vec<DirectoryId>>,
}

impl Broker {
    /// Whether replicas of it may lead.
    pub fn is_active(&self) -> bool {
        !self.fenced && !self.in_controlled_shutdown
    }

    pub fn endpoint(&self, listener: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.listener == listener)
    }
}

/// The registration of a controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    pub id: NodeId,
    pub incarnation_id: Uuid,
    pub zk_migration_ready: bool,
    pub endpoints: Vec<Endpoint>,
    pub features: Vec<VersionRange>,
}

/// A topic and its partitions.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    pub id: TopicId,
    pub name: String,
    pub partitions: OrdMap<PartitionIndex, Arc<Partition>>,
}

/// The registration of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    pub replicas: Vec<NodeId>,
    /// Directory of each replica, in the order of `replicas`.
    pub directories: Vec<DirectoryId>,
    pub isr: Vec<NodeId>,
    pub removing_replicas: Vec<NodeId>,
    pub adding_replicas: Vec<NodeId>,
    pub elr: Vec<NodeId>,
    pub last_known_elr: Vec<NodeId>,
    pub leader: NodeId,
    /// 0 recovered, 1 recovering after an unclean election.
    pub leader_recovery_state: i8,
    pub leader_epoch: LeaderEpoch,
    pub partition_epoch: PartitionEpoch,
}

impl Partition {
    /// The directory of a replica; unassigned where it is no replica.
    pub fn directory_of(&self, broker: NodeId) -> DirectoryId {
        let index = self.replicas.iter().position(|replica| *replica == broker);
        index.and_then(|i| self.directories.get(i)).copied().unwrap_or(Uuid::DIRECTORY_UNASSIGNED)
    }

    /// The replica that leads when nothing is wrong.
    pub fn preferred_leader(&self) -> Option<NodeId> {
        self.replicas.first().copied()
    }
}

/// What a config belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigResource {
    pub kind: ConfigResourceType,
    /// Topic, group or broker id; empty for the defaults of all brokers.
    pub name: String,
}

/// Kinds of configs, with Kafka's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigResourceType {
    Topic,
    Broker,
    BrokerLogger,
    ClientMetrics,
    Group,
    /// A number that this version does not know; kept as it is.
    Other(i8),
}

impl ConfigResourceType {
    pub fn from_code(code: i8) -> ConfigResourceType {
        match code {
            2 => ConfigResourceType::Topic,
            4 => ConfigResourceType::Broker,
            8 => ConfigResourceType::BrokerLogger,
            16 => ConfigResourceType::ClientMetrics,
            32 => ConfigResourceType::Group,
            other => ConfigResourceType::Other(other),
        }
    }

    pub fn code(self) -> i8 {
        match self {
            ConfigResourceType::Topic => 2,
            ConfigResourceType::Broker => 4,
            ConfigResourceType::BrokerLogger => 8,
            ConfigResourceType::ClientMetrics => 16,
            ConfigResourceType::Group => 32,
            ConfigResourceType::Other(code) => code,
        }
    }
}

impl ConfigResource {
    pub fn new(kind: ConfigResourceType, name: impl Into<String>) -> ConfigResource {
        ConfigResource { kind, name: name.into() }
    }

    pub fn topic(name: impl Into<String>) -> ConfigResource {
        ConfigResource::new(ConfigResourceType::Topic, name)
    }

    pub fn broker(id: NodeId) -> ConfigResource {
        ConfigResource::new(ConfigResourceType::Broker, id.to_string())
    }

    /// The defaults of all brokers of the cluster.
    pub fn all_brokers() -> ConfigResource {
        ConfigResource::new(ConfigResourceType::Broker, "")
    }

    pub fn group(name: impl Into<String>) -> ConfigResource {
        ConfigResource::new(ConfigResourceType::Group, name)
    }
}

/// The next block of producer ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProducerIds {
    pub broker_id: NodeId,
    pub broker_epoch: BrokerEpoch,
    pub next: ProducerId,
}

impl Image {
    /// Before the first record.
    pub fn empty() -> Image {
        Image { offset: -1, ..Image::default() }
    }

    pub fn topic(&self, id: TopicId) -> Option<&Arc<Topic>> {
        self.topics.get(&id)
    }

    pub fn topic_by_name(&self, name: &str) -> Option<&Arc<Topic>> {
        self.topic_ids.get(name).and_then(|id| self.topics.get(id))
    }

    pub fn topic_id(&self, name: &str) -> Option<TopicId> {
        self.topic_ids.get(name).copied()
    }

    pub fn partition(&self, id: TopicId, partition: PartitionIndex) -> Option<&Arc<Partition>> {
        self.topics.get(&id)?.partitions.get(&partition)
    }

    /// All topics, by name.
    pub fn topics_by_name(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.topic_ids.values().filter_map(|id| self.topics.get(id))
    }

    pub fn topic_count(&self) -> usize {
        self.topics.len()
    }

    /// The dynamic configs of a resource; empty where there are none.
    pub fn config(&self, resource: &ConfigResource) -> OrdMap<String, String> {
        self.configs.get(resource).cloned().unwrap_or_default()
    }

    /// Brokers that may lead, by id.
    pub fn active_brokers(&self) -> impl Iterator<Item = &Arc<Broker>> {
        self.brokers.values().filter(|broker| broker.is_active())
    }
}
