//! Configuration. One row a key (`rows/*.tsv`) gives type, default, bounds, scope, use and documentation; everything else
//! is derived from the rows: parsing and its messages, the typed [`ServerConfig`], [`TopicConfig`] and [`GroupConfig`],
//! dynamic changes, and what DescribeConfigs answers.
//!
//! Nothing here does I/O: callers hand in the bytes of files and the variables of the environment. Values of type
//! `password` are [`Secret`]: no `Debug` or `Display` shows them.

mod alter;
mod checks;
mod classes;
mod client_metrics;
mod describe;
mod dynamic;
mod environment;

mod error;
mod group;

mod listeners;
mod load;
mod loggers;
mod properties;
mod providers;
mod rows;
mod server;
mod settings;
mod topic;
mod valid;
mod value;
mod zero;

pub use alter::{
    Change, ChangeKind, Changed, Layer, alter_client_metrics, alter_group, alter_topic, apply_changes, replacing,
};
pub use client_metrics::{ClientMetricsConfig, validate_client_metrics};
pub use describe::{BrokerLayers, Described, Source, Synonym, describe_client_metrics, describe_group, describe_topic};
pub use dynamic::{alter_broker, alter_distant_broker, taken_without_effect};
pub use environment::{Environment, read_environment, variable_in_file};
pub use error::{ConfigError, Resource};
pub use group::{GroupConfig, validate_group};
pub use listeners::{BrokerListener, Endpoint, ListenerName, Quorum, SecurityProtocol, Voter};
pub use load::{Loaded, Note, Problem, Rejected, load};
pub use loggers::{ApplyLevels, Loggers};
pub use properties::{Properties, PropertiesError, Property};
pub use providers::{Outside, fill_in};
pub use rows::{Importance, Row, Table, Update, Use, nearest};
pub use server::{
    BrokerValues, Cleaner, Compression, ControllerConfig, GroupsConfig, LifecycleConfig, LimitsConfig, LogConfig,
    NetworkConfig, NodeConfig, OffsetsConfig, ReplicaSelector, ReplicationConfig, Roles, ServerConfig, TopicDefaults,
    TransactionsConfig,
};
pub use settings::{Origin, Setting, Settings};
pub use topic::{
    CleanupPolicy, ThrottledReplicas, TimestampType, TopicConfig, TopicOverrides, validate_topic,
    validate_topic_creation,
};
pub use value::{Secret, Type, Value};
pub use zero::{ZeroConfiguration, zero_configuration};
