//! What can go wrong in a client. Kafka's error code and the broker's sentence survive where there are any.

use base::ErrorCode;
use protocol::{ApiKey, DecodeError, EncodeError};

/// Why a call, a send or a poll failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// The broker said so. `message` is the broker's, or Kafka's sentence for the code where the broker sent none.
    #[error("{message}")]
    Broker { code: ErrorCode, message: String },
    /// A deadline passed.
    #[error("{0}")]
    Timeout(String),
    #[error("No resolvable bootstrap urls given in bootstrap.servers: {0}")]
    Bootstrap(String),
    #[error("cannot connect to {address}: {reason}")]
    Connect { address: String, reason: String },
    /// The connection ended while an answer was due.
    #[error("connection to {address} was lost: {reason}")]
    Disconnected { address: String, reason: String },
    #[error("answer to {api} from {address} cannot be read: {error}")]
    Decode { api: ApiKey, address: String, error: DecodeError },
    #[error("{api} request cannot be written: {error}")]
    Encode { api: ApiKey, error: EncodeError },
    #[error("The node does not support {api}")]
    Unsupported { api: ApiKey },
    #[error("fetched records of {partition} cannot be read: {reason}")]
    Records { partition: String, reason: String },
    /// A setting that is wrong or cannot be honoured.
    #[error("{0}")]
    Config(String),
    /// No offset to start from, and `auto.offset.reset=none`.
    #[error("Undefined offset with no reset policy for partitions: [{0}]")]
    NoOffset(String),
    /// The member is not in the group any more: its partitions may be somebody else's.
    #[error(
        "Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group."
    )]
    CommitFailed,
    /// A record that no broker would take.
    #[error("{0}")]
    Record(String),
    /// The producer or consumer was closed.
    #[error("the client was closed")]
    Closed,
    /// What was asked is not possible in this state.
    #[error("{0}")]
    State(String),
}

impl ClientError {
    pub fn broker(code: ErrorCode, message: Option<impl Into<String>>) -> ClientError {
        let message = message.map(Into::into).unwrap_or_else(|| default_message(code).into());
        ClientError::Broker { code, message }
    }

    pub fn from_code(code: ErrorCode) -> ClientError {
        ClientError::broker(code, None::<String>)
    }

    /// Kafka's error code that comes nearest, as a client in Java would report it.
    pub fn code(&self) -> ErrorCode {
        match self {
            ClientError::Broker { code, .. } => *code,
            ClientError::Timeout(_) => ErrorCode::RequestTimedOut,
            ClientError::Connect { .. } | ClientError::Disconnected { .. } => ErrorCode::NetworkException,
            ClientError::Unsupported { .. } => ErrorCode::UnsupportedVersion,
            ClientError::Config(_) => ErrorCode::InvalidConfig,
            ClientError::CommitFailed => ErrorCode::UnknownMemberId,
            _ => ErrorCode::UnknownServerError,
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_retriable(&self) -> bool {
        match self {
            ClientError::Broker { code, .. } => code.is_retriable(),
            ClientError::Connect { .. } | ClientError::Disconnected { .. } => true,
            _ => false,
        }
    }
}

/// The result of a code with the broker's message.
pub(crate) fn check(code: i16, message: Option<&str>) -> crate::Result<()> {
    match ErrorCode::from_code(code) {
        ErrorCode::None => Ok(()),
        code => Err(ClientError::broker(code, message)),
    }
}

/// Kafka's sentence for a code, used where the broker sends none. Those that tools' outputs show are Kafka's; the rest
/// name the code.
pub fn default_message(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::OffsetOutOfRange => {
            "The requested offset is not within the range of offsets maintained by the server."
        }
        ErrorCode::UnknownTopicOrPartition => "This server does not host this topic-partition.",
        ErrorCode::PolicyViolation => "Request parameters do not satisfy the configured policy.",
        ErrorCode::NonEmptyGroup => "The group is not empty.",
        ErrorCode::GroupIdNotFound => "The group id does not exist.",
        ErrorCode::GroupSubscribedToTopic => {
            "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it."
        }
        ErrorCode::UnknownTopicId => "This server does not host this topic ID.",
        ErrorCode::TopicAuthorizationFailed => "Topic authorization failed.",
        ErrorCode::GroupAuthorizationFailed => "Group authorization failed.",
        ErrorCode::ClusterAuthorizationFailed => "Cluster authorization failed.",
        ErrorCode::NotEnoughReplicas => "Messages are rejected since there are fewer in-sync replicas than required.",
        ErrorCode::RequestTimedOut => "The request timed out.",
        ErrorCode::LeaderNotAvailable => {
            "There is no leader for this topic-partition as we are in the middle of a leadership election."
        }
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_error_keeps_code_and_sentence() {
        let error = ClientError::broker(ErrorCode::TopicAlreadyExists, Some("Topic 'a' already exists."));
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            (ErrorCode::TopicAlreadyExists, "Topic 'a' already exists.")
        );
        assert_eq!(ClientError::from_code(ErrorCode::NonEmptyGroup).to_string(), "The group is not empty.");
        assert!(ClientError::from_code(ErrorCode::NotController).is_retriable());
    }
}
