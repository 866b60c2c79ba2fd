//! What is wrong with a config, in the words that Kafka's tools and clients show.

use base::ErrorCode;

/// Whose configs a request changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Topic,
    Broker,
    Group,
    ClientMetrics,
    BrokerLogger,
}

/// A config that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The value is not of the key's type or out of its bounds.
    #[error("Invalid value {value} for configuration {key}: {reason}")]
    Invalid { key: String, value: String, reason: String },
    /// The list is empty or has an empty element where the key does not allow that, or is no list of addresses.
    #[error("{message}")]
    InvalidList { key: String, message: String },
    /// Two keys contradict each other.
    #[error("{0}")]
    Conflict(String),
    #[error("Unknown topic config name: {0}")]
    UnknownTopicKey(String),
    #[error("Unknown group config name: {0}")]
    UnknownGroupKey(String),
    #[error("Unknown client metrics configuration: {0}")]
    UnknownClientMetricsKey(String),
    #[error("Illegal client matching pattern: {0}")]
    IllegalMatch(String),
    #[error("Invalid value {0} for interval.ms, interval must be between 100 and 3600000 (1 hour)")]
    Interval(i32),
    /// Append and subtract are for lists only.
    #[error("Can't {operation} to key {key} because its type is not LIST.")]
    NotAList { operation: &'static str, key: String },
    /// The same for a broker.
    #[error("Config value {} is not allowed for config key: {key}", operation.to_lowercase())]
    NotABrokerList { operation: &'static str, key: String },
    #[error("Unknown config name: {0}")]
    UnknownBrokerKey(String),
    #[error("Null value not supported for : {0}")]
    NullValue(String),
    /// The same, when a topic is created.
    #[error("Null value not supported for topic configs: {0}")]
    NullTopicValue(String),
    #[error("Error due to duplicate config keys")]
    DuplicateKeys,
    #[error("Cannot update these configs dynamically: [{0}]")]
    NotDynamic(String),
    #[error("Cannot update these configs at default cluster level, broker id must be specified: [{0}]")]
    PerBrokerOnly(String),
    #[error("These security configs can be dynamically updated only per-listener using the listener prefix: [{0}]")]
    PerListenerOnly(String),
    /// Kafka says so when eligible leader replicas (KIP-966) are on, because the value must be the cluster's.
    #[error("Broker-level min.insync.replicas cannot be altered while ELR is enabled.")]
    BrokerMinInsyncReplicas,
    /// The same for the cluster's.
    #[error("Cluster-level min.insync.replicas cannot be removed while ELR is enabled.")]
    ClusterMinInsyncReplicas,
    #[error("Logger {0} does not exist!")]
    UnknownLogger(String),
    #[error(
        "Cannot set the log level of {logger} to {level} as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN"
    )]
    UnknownLevel { logger: String, level: String },
    #[error("Removing the log level of the root logger is not allowed")]
    RootLoggerRemoved,
    #[error("{0} operation is not allowed for the BROKER_LOGGER resource")]
    LoggerOperation(&'static str),
}

impl ConfigError {
    /// Kafka's error code for a request that would change `resource`.
    pub fn code(&self, resource: Resource) -> ErrorCode {
        match self {
            ConfigError::NotAList { .. }
            | ConfigError::NotABrokerList { .. }
            | ConfigError::UnknownBrokerKey(_)
            | ConfigError::NullTopicValue(_)
            | ConfigError::BrokerMinInsyncReplicas
            | ConfigError::ClusterMinInsyncReplicas
            | ConfigError::IllegalMatch(_) => ErrorCode::InvalidConfig,
            ConfigError::NullValue(_)
            | ConfigError::DuplicateKeys
            | ConfigError::Interval(_)
            | ConfigError::RootLoggerRemoved
            | ConfigError::LoggerOperation(_)
            | ConfigError::UnknownClientMetricsKey(_) => ErrorCode::InvalidRequest,
            _ if resource == Resource::Broker => ErrorCode::InvalidRequest,
            _ => ErrorCode::InvalidConfig,
        }
    }

    pub(crate) fn conflict(message: impl Into<String>) -> ConfigError {
        ConfigError::Conflict(message.into())
    }
}
