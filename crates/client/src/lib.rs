//! A blocking Kafka client: connections, cluster metadata, admin calls, a producer and a consumer.
//!
//! Layers, each built on the one before: [`Connection`] is one socket with its negotiated versions; [`Cluster`] knows
//! the nodes, topics and leaders and keeps connections; [`Admin`] has the calls of the tools; [`Producer`] and
//! [`Consumer`] move records. Threads exist only where Kafka's contract needs them: one that sends for a producer, one
//! that beats for a group member.
//!
//! Not here: printing, logging to a global, process-global state. Several clients with different settings live side by
//! side. Transactions and the consumer protocol of KIP-848 are not spoken yet.

mod admin;
mod cluster;
mod connection;
mod consumer;
mod error;
mod metadata;
mod metrics;
mod producer;
mod settings;
mod transport;

pub use admin::*;
pub use cluster::{Call, Cluster, Lane, Target, Wanted};
pub use connection::{ApiVersions, Connection, Received, VersionRange};
pub use consumer::{
    Consumer, ConsumerRecord, OffsetReset, RebalanceEvent, RecordHeader, StartAt, StickyMember, Subscription,
    assign_cooperative, assign_range, assign_round_robin, assign_sticky,
};
pub use error::{ClientError, default_message};
pub use metadata::{Metadata, Node, PartitionMetadata, TopicMetadata};
pub use metrics::{Metric, MetricValue};
pub use producer::{Delivery, Producer, ProducerRecord, RecordMetadata, murmur2, partition_for_key};
pub use settings::{Acks, Address, Bootstrap, ConsumerSettings, ProducerSettings, Settings, SettingsMap};
pub use transport::Transport;

pub type Result<T> = std::result::Result<T, ClientError>;
