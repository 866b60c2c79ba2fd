//! Kafka's error codes: one row a code, with its name on the wire of logs and tools and whether clients retry it.

use std::fmt;

macro_rules! error_codes {
    ($($code:literal $variant:ident $name:literal $retriable:literal $refreshes:literal $exception:literal,)*) => {
        /// What an answer says went wrong. `None` is success.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(i16)]
        pub enum ErrorCode { $($variant = $code,)* }

        impl ErrorCode {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The error of a number; unknown numbers are `UnknownServerError`, as in Kafka's clients.
            pub fn from_code(code: i16) -> ErrorCode {
                match code { $($code => ErrorCode::$variant,)* _ => ErrorCode::UnknownServerError }
            }

            /// Kafka's name, such as `UNKNOWN_TOPIC_OR_PARTITION`.
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* }
            }

            /// Whether a client may send the request again.
            pub fn is_retriable(self) -> bool {
                match self { $(ErrorCode::$variant => $retriable,)* }
            }

            /// Whether a client must refresh its metadata before it goes on.
            pub fn invalidates_metadata(self) -> bool {
                match self { $(ErrorCode::$variant => $refreshes,)* }
            }

            /// The class name that Apache's tools print, with its package; empty for `None`.
            pub fn java_exception(self) -> &'static str {
                match self { $(ErrorCode::$variant => $exception,)* }
            }
        }
    };
}

error_codes! {
    -1 UnknownServerError "UNKNOWN_SERVER_ERROR" false false "org.apache.kafka.common.errors.UnknownServerException",
    0 None "NONE" false false "",
    1 OffsetOutOfRange "OFFSET_OUT_OF_RANGE" false false "org.apache.kafka.common.errors.OffsetOutOfRangeException",
    2 CorruptMessage "CORRUPT_MESSAGE" true false "org.apache.kafka.common.errors.CorruptRecordException",
    3 UnknownTopicOrPartition "UNKNOWN_TOPIC_OR_PARTITION" true true "org.apache.kafka.common.errors.UnknownTopicOrPartitionException",
    4 InvalidFetchSize "INVALID_FETCH_SIZE" false false "org.apache.kafka.common.errors.InvalidFetchSizeException",
    5 LeaderNotAvailable "LEADER_NOT_AVAILABLE" true true "org.apache.kafka.common.errors.LeaderNotAvailableException",
    6 NotLeaderOrFollower "NOT_LEADER_OR_FOLLOWER" true true "org.apache.kafka.common.errors.NotLeaderOrFollowerException",
    7 RequestTimedOut "REQUEST_TIMED_OUT" true false "org.apache.kafka.common.errors.TimeoutException",
    8 BrokerNotAvailable "BROKER_NOT_AVAILABLE" false false "org.apache.kafka.common.errors.BrokerNotAvailableException",
    9 ReplicaNotAvailable "REPLICA_NOT_AVAILABLE" true true "org.apache.kafka.common.errors.ReplicaNotAvailableException",
    10 MessageTooLarge "MESSAGE_TOO_LARGE" false false "org.apache.kafka.common.errors.RecordTooLargeException",
    11 StaleControllerEpoch "STALE_CONTROLLER_EPOCH" false false "org.apache.kafka.common.errors.ControllerMovedException",
    12 OffsetMetadataTooLarge "OFFSET_METADATA_TOO_LARGE" false false "org.apache.kafka.common.errors.OffsetMetadataTooLarge",
    13 NetworkException "NETWORK_EXCEPTION" true true "org.apache.kafka.common.errors.NetworkException",
    14 CoordinatorLoadInProgress "COORDINATOR_LOAD_IN_PROGRESS" true false "org.apache.kafka.common.errors.CoordinatorLoadInProgressException",
    15 CoordinatorNotAvailable "COORDINATOR_NOT_AVAILABLE" true false "org.apache.kafka.common.errors.CoordinatorNotAvailableException",
    16 NotCoordinator "NOT_COORDINATOR" true false "org.apache.kafka.common.errors.NotCoordinatorException",
    17 InvalidTopicException "INVALID_TOPIC_EXCEPTION" false false "org.apache.kafka.common.errors.InvalidTopicException",
    18 RecordListTooLarge "RECORD_LIST_TOO_LARGE" false false "org.apache.kafka.common.errors.RecordBatchTooLargeException",
    19 NotEnoughReplicas "NOT_ENOUGH_REPLICAS" true false "org.apache.kafka.common.errors.NotEnoughReplicasException",
    20 NotEnoughReplicasAfterAppend "NOT_ENOUGH_REPLICAS_AFTER_APPEND" true false "org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException",
    21 InvalidRequiredAcks "INVALID_REQUIRED_ACKS" false false "org.apache.kafka.common.errors.InvalidRequiredAcksException",
    22 IllegalGeneration "ILLEGAL_GENERATION" false false "org.apache.kafka.common.errors.IllegalGenerationException",
    23 InconsistentGroupProtocol "INCONSISTENT_GROUP_PROTOCOL" false false "org.apache.kafka.common.errors.InconsistentGroupProtocolException",
    24 InvalidGroupId "INVALID_GROUP_ID" false false "org.apache.kafka.common.errors.InvalidGroupIdException",
    25 UnknownMemberId "UNKNOWN_MEMBER_ID" false false "org.apache.kafka.common.errors.UnknownMemberIdException",
    26 InvalidSessionTimeout "INVALID_SESSION_TIMEOUT" false false "org.apache.kafka.common.errors.InvalidSessionTimeoutException",
    27 RebalanceInProgress "REBALANCE_IN_PROGRESS" false false "org.apache.kafka.common.errors.RebalanceInProgressException",
    28 InvalidCommitOffsetSize "INVALID_COMMIT_OFFSET_SIZE" false false "org.apache.kafka.common.errors.InvalidCommitOffsetSizeException",
    29 TopicAuthorizationFailed "TOPIC_AUTHORIZATION_FAILED" false false "org.apache.kafka.common.errors.TopicAuthorizationException",
    30 GroupAuthorizationFailed "GROUP_AUTHORIZATION_FAILED" false false "org.apache.kafka.common.errors.GroupAuthorizationException",
    31 ClusterAuthorizationFailed "CLUSTER_AUTHORIZATION_FAILED" false false "org.apache.kafka.common.errors.ClusterAuthorizationException",
    32 InvalidTimestamp "INVALID_TIMESTAMP" false false "org.apache.kafka.common.errors.InvalidTimestampException",
    33 UnsupportedSaslMechanism "UNSUPPORTED_SASL_MECHANISM" false false "org.apache.kafka.common.errors.UnsupportedSaslMechanismException",
    34 IllegalSaslState "ILLEGAL_SASL_STATE" false false "org.apache.kafka.common.errors.IllegalSaslStateException",
    35 UnsupportedVersion "UNSUPPORTED_VERSION" false false "org.apache.kafka.common.errors.UnsupportedVersionException",
    36 TopicAlreadyExists "TOPIC_ALREADY_EXISTS" false false "org.apache.kafka.common.errors.TopicExistsException",
    37 InvalidPartitions "INVALID_PARTITIONS" false false "org.apache.kafka.common.errors.InvalidPartitionsException",
    38 InvalidReplicationFactor "INVALID_REPLICATION_FACTOR" false false "org.apache.kafka.common.errors.InvalidReplicationFactorException",
    39 InvalidReplicaAssignment "INVALID_REPLICA_ASSIGNMENT" false false "org.apache.kafka.common.errors.InvalidReplicaAssignmentException",
    40 InvalidConfig "INVALID_CONFIG" false false "org.apache.kafka.common.errors.InvalidConfigurationException",
    41 NotController "NOT_CONTROLLER" true false "org.apache.kafka.common.errors.NotControllerException",
    42 InvalidRequest "INVALID_REQUEST" false false "org.apache.kafka.common.errors.InvalidRequestException",
    43 UnsupportedForMessageFormat "UNSUPPORTED_FOR_MESSAGE_FORMAT" false false "org.apache.kafka.common.errors.UnsupportedForMessageFormatException",
    44 PolicyViolation "POLICY_VIOLATION" false false "org.apache.kafka.common.errors.PolicyViolationException",
    45 OutOfOrderSequenceNumber "OUT_OF_ORDER_SEQUENCE_NUMBER" false false "org.apache.kafka.common.errors.OutOfOrderSequenceException",
    46 DuplicateSequenceNumber "DUPLICATE_SEQUENCE_NUMBER" false false "org.apache.kafka.common.errors.DuplicateSequenceException",
    47 InvalidProducerEpoch "INVALID_PRODUCER_EPOCH" false false "org.apache.kafka.common.errors.InvalidProducerEpochException",
    48 InvalidTxnState "INVALID_TXN_STATE" false false "org.apache.kafka.common.errors.InvalidTxnStateException",
    49 InvalidProducerIdMapping "INVALID_PRODUCER_ID_MAPPING" false false "org.apache.kafka.common.errors.InvalidPidMappingException",
    50 InvalidTransactionTimeout "INVALID_TRANSACTION_TIMEOUT" false false "org.apache.kafka.common.errors.InvalidTxnTimeoutException",
    51 ConcurrentTransactions "CONCURRENT_TRANSACTIONS" true false "org.apache.kafka.common.errors.ConcurrentTransactionsException",
    52 TransactionCoordinatorFenced "TRANSACTION_COORDINATOR_FENCED" false false "org.apache.kafka.common.errors.TransactionCoordinatorFencedException",
    53 TransactionalIdAuthorizationFailed "TRANSACTIONAL_ID_AUTHORIZATION_FAILED" false false "org.apache.kafka.common.errors.TransactionalIdAuthorizationException",
    54 SecurityDisabled "SECURITY_DISABLED" false false "org.apache.kafka.common.errors.SecurityDisabledException",
    55 OperationNotAttempted "OPERATION_NOT_ATTEMPTED" false false "org.apache.kafka.common.errors.OperationNotAttemptedException",
    56 KafkaStorageError "KAFKA_STORAGE_ERROR" true true "org.apache.kafka.common.errors.KafkaStorageException",
    57 LogDirNotFound "LOG_DIR_NOT_FOUND" false false "org.apache.kafka.common.errors.LogDirNotFoundException",
    58 SaslAuthenticationFailed "SASL_AUTHENTICATION_FAILED" false false "org.apache.kafka.common.errors.SaslAuthenticationException",
    59 UnknownProducerId "UNKNOWN_PRODUCER_ID" false false "org.apache.kafka.common.errors.UnknownProducerIdException",
    60 ReassignmentInProgress "REASSIGNMENT_IN_PROGRESS" false false "org.apache.kafka.common.errors.ReassignmentInProgressException",
    61 DelegationTokenAuthDisabled "DELEGATION_TOKEN_AUTH_DISABLED" false false "org.apache.kafka.common.errors.DelegationTokenDisabledException",
    62 DelegationTokenNotFound "DELEGATION_TOKEN_NOT_FOUND" false false "org.apache.kafka.common.errors.DelegationTokenNotFoundException",
    63 DelegationTokenOwnerMismatch "DELEGATION_TOKEN_OWNER_MISMATCH" false false "org.apache.kafka.common.errors.DelegationTokenOwnerMismatchException",
    64 DelegationTokenRequestNotAllowed "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED" false false "org.apache.kafka.common.errors.UnsupportedByAuthenticationException",
    65 DelegationTokenAuthorizationFailed "DELEGATION_TOKEN_AUTHORIZATION_FAILED" false false "org.apache.kafka.common.errors.DelegationTokenAuthorizationException",
    66 DelegationTokenExpired "DELEGATION_TOKEN_EXPIRED" false false "org.apache.kafka.common.errors.DelegationTokenExpiredException",
    67 InvalidPrincipalType "INVALID_PRINCIPAL_TYPE" false false "org.apache.kafka.common.errors.InvalidPrincipalTypeException",
    68 NonEmptyGroup "NON_EMPTY_GROUP" false false "org.apache.kafka.common.errors.GroupNotEmptyException",
    69 GroupIdNotFound "GROUP_ID_NOT_FOUND" false false "org.apache.kafka.common.errors.GroupIdNotFoundException",
    70 FetchSessionIdNotFound "FETCH_SESSION_ID_NOT_FOUND" true false "org.apache.kafka.common.errors.FetchSessionIdNotFoundException",
    71 InvalidFetchSessionEpoch "INVALID_FETCH_SESSION_EPOCH" true false "org.apache.kafka.common.errors.InvalidFetchSessionEpochException",
    72 ListenerNotFound "LISTENER_NOT_FOUND" true true "org.apache.kafka.common.errors.ListenerNotFoundException",
    73 TopicDeletionDisabled "TOPIC_DELETION_DISABLED" false false "org.apache.kafka.common.errors.TopicDeletionDisabledException",
    74 FencedLeaderEpoch "FENCED_LEADER_EPOCH" true true "org.apache.kafka.common.errors.FencedLeaderEpochException",
    75 UnknownLeaderEpoch "UNKNOWN_LEADER_EPOCH" true false "org.apache.kafka.common.errors.UnknownLeaderEpochException",
    76 UnsupportedCompressionType "UNSUPPORTED_COMPRESSION_TYPE" false false "org.apache.kafka.common.errors.UnsupportedCompressionTypeException",
    77 StaleBrokerEpoch "STALE_BROKER_EPOCH" false false "org.apache.kafka.common.errors.StaleBrokerEpochException",
    78 OffsetNotAvailable "OFFSET_NOT_AVAILABLE" true false "org.apache.kafka.common.errors.OffsetNotAvailableException",
    79 MemberIdRequired "MEMBER_ID_REQUIRED" false false "org.apache.kafka.common.errors.MemberIdRequiredException",
    80 PreferredLeaderNotAvailable "PREFERRED_LEADER_NOT_AVAILABLE" true true "org.apache.kafka.common.errors.PreferredLeaderNotAvailableException",
    81 GroupMaxSizeReached "GROUP_MAX_SIZE_REACHED" false false "org.apache.kafka.common.errors.GroupMaxSizeReachedException",
    82 FencedInstanceId "FENCED_INSTANCE_ID" false false "org.apache.kafka.common.errors.FencedInstanceIdException",
    83 EligibleLeadersNotAvailable "ELIGIBLE_LEADERS_NOT_AVAILABLE" true true "org.apache.kafka.common.errors.EligibleLeadersNotAvailableException",
    84 ElectionNotNeeded "ELECTION_NOT_NEEDED" true true "org.apache.kafka.common.errors.ElectionNotNeededException",
    85 NoReassignmentInProgress "NO_REASSIGNMENT_IN_PROGRESS" false false "org.apache.kafka.common.errors.NoReassignmentInProgressException",
    86 GroupSubscribedToTopic "GROUP_SUBSCRIBED_TO_TOPIC" false false "org.apache.kafka.common.errors.GroupSubscribedToTopicException",
    87 InvalidRecord "INVALID_RECORD" false false "org.apache.kafka.common.InvalidRecordException",
    88 UnstableOffsetCommit "UNSTABLE_OFFSET_COMMIT" true false "org.apache.kafka.common.errors.UnstableOffsetCommitException",
    89 ThrottlingQuotaExceeded "THROTTLING_QUOTA_EXCEEDED" true false "org.apache.kafka.common.errors.ThrottlingQuotaExceededException",
    90 ProducerFenced "PRODUCER_FENCED" false false "org.apache.kafka.common.errors.ProducerFencedException",
    91 ResourceNotFound "RESOURCE_NOT_FOUND" false false "org.apache.kafka.common.errors.ResourceNotFoundException",
    92 DuplicateResource "DUPLICATE_RESOURCE" false false "org.apache.kafka.common.errors.DuplicateResourceException",
    93 UnacceptableCredential "UNACCEPTABLE_CREDENTIAL" false false "org.apache.kafka.common.errors.UnacceptableCredentialException",
    94 InconsistentVoterSet "INCONSISTENT_VOTER_SET" false false "org.apache.kafka.common.errors.InconsistentVoterSetException",
    95 InvalidUpdateVersion "INVALID_UPDATE_VERSION" false false "org.apache.kafka.common.errors.InvalidUpdateVersionException",
    96 FeatureUpdateFailed "FEATURE_UPDATE_FAILED" false false "org.apache.kafka.common.errors.FeatureUpdateFailedException",
    97 PrincipalDeserializationFailure "PRINCIPAL_DESERIALIZATION_FAILURE" false false "org.apache.kafka.common.errors.PrincipalDeserializationException",
    98 SnapshotNotFound "SNAPSHOT_NOT_FOUND" false false "org.apache.kafka.common.errors.SnapshotNotFoundException",
    99 PositionOutOfRange "POSITION_OUT_OF_RANGE" false false "org.apache.kafka.common.errors.PositionOutOfRangeException",
    100 UnknownTopicId "UNKNOWN_TOPIC_ID" true true "org.apache.kafka.common.errors.UnknownTopicIdException",
    101 DuplicateBrokerRegistration "DUPLICATE_BROKER_REGISTRATION" false false "org.apache.kafka.common.errors.DuplicateBrokerRegistrationException",
    102 BrokerIdNotRegistered "BROKER_ID_NOT_REGISTERED" false false "org.apache.kafka.common.errors.BrokerIdNotRegisteredException",
    103 InconsistentTopicId "INCONSISTENT_TOPIC_ID" true true "org.apache.kafka.common.errors.InconsistentTopicIdException",
    104 InconsistentClusterId "INCONSISTENT_CLUSTER_ID" false false "org.apache.kafka.common.errors.InconsistentClusterIdException",
    105 TransactionalIdNotFound "TRANSACTIONAL_ID_NOT_FOUND" false false "org.apache.kafka.common.errors.TransactionalIdNotFoundException",
    106 FetchSessionTopicIdError "FETCH_SESSION_TOPIC_ID_ERROR" true false "org.apache.kafka.common.errors.FetchSessionTopicIdException",
    107 IneligibleReplica "INELIGIBLE_REPLICA" false false "org.apache.kafka.common.errors.IneligibleReplicaException",
    108 NewLeaderElected "NEW_LEADER_ELECTED" false false "org.apache.kafka.common.errors.NewLeaderElectedException",
    109 OffsetMovedToTieredStorage "OFFSET_MOVED_TO_TIERED_STORAGE" false false "org.apache.kafka.common.errors.OffsetMovedToTieredStorageException",
    110 FencedMemberEpoch "FENCED_MEMBER_EPOCH" false false "org.apache.kafka.common.errors.FencedMemberEpochException",
    111 UnreleasedInstanceId "UNRELEASED_INSTANCE_ID" false false "org.apache.kafka.common.errors.UnreleasedInstanceIdException",
    112 UnsupportedAssignor "UNSUPPORTED_ASSIGNOR" false false "org.apache.kafka.common.errors.UnsupportedAssignorException",
    113 StaleMemberEpoch "STALE_MEMBER_EPOCH" false false "org.apache.kafka.common.errors.StaleMemberEpochException",
    114 MismatchedEndpointType "MISMATCHED_ENDPOINT_TYPE" false false "org.apache.kafka.common.errors.MismatchedEndpointTypeException",
    115 UnsupportedEndpointType "UNSUPPORTED_ENDPOINT_TYPE" false false "org.apache.kafka.common.errors.UnsupportedEndpointTypeException",
    116 UnknownControllerId "UNKNOWN_CONTROLLER_ID" false false "org.apache.kafka.common.errors.UnknownControllerIdException",
    117 UnknownSubscriptionId "UNKNOWN_SUBSCRIPTION_ID" false false "org.apache.kafka.common.errors.UnknownSubscriptionIdException",
    118 TelemetryTooLarge "TELEMETRY_TOO_LARGE" false false "org.apache.kafka.common.errors.TelemetryTooLargeException",
    119 InvalidRegistration "INVALID_REGISTRATION" false false "org.apache.kafka.common.errors.InvalidRegistrationException",
    120 TransactionAbortable "TRANSACTION_ABORTABLE" false false "org.apache.kafka.common.errors.TransactionAbortableException",
    121 InvalidRecordState "INVALID_RECORD_STATE" false false "org.apache.kafka.common.errors.InvalidRecordStateException",
    122 ShareSessionNotFound "SHARE_SESSION_NOT_FOUND" true false "org.apache.kafka.common.errors.ShareSessionNotFoundException",
    123 InvalidShareSessionEpoch "INVALID_SHARE_SESSION_EPOCH" true false "org.apache.kafka.common.errors.InvalidShareSessionEpochException",
    124 FencedStateEpoch "FENCED_STATE_EPOCH" false false "org.apache.kafka.common.errors.FencedStateEpochException",
    125 InvalidVoterKey "INVALID_VOTER_KEY" false false "org.apache.kafka.common.errors.InvalidVoterKeyException",
    126 DuplicateVoter "DUPLICATE_VOTER" false false "org.apache.kafka.common.errors.DuplicateVoterException",
    127 VoterNotFound "VOTER_NOT_FOUND" false false "org.apache.kafka.common.errors.VoterNotFoundException",
    128 InvalidRegularExpression "INVALID_REGULAR_EXPRESSION" false false "org.apache.kafka.common.errors.InvalidRegularExpression",
    129 RebootstrapRequired "REBOOTSTRAP_REQUIRED" false false "org.apache.kafka.common.errors.RebootstrapRequiredException",
    130 StreamsInvalidTopology "STREAMS_INVALID_TOPOLOGY" false false "org.apache.kafka.common.errors.StreamsInvalidTopologyException",
    131 StreamsInvalidTopologyEpoch "STREAMS_INVALID_TOPOLOGY_EPOCH" false false "org.apache.kafka.common.errors.StreamsInvalidTopologyEpochException",
    132 StreamsTopologyFenced "STREAMS_TOPOLOGY_FENCED" false false "org.apache.kafka.common.errors.StreamsTopologyFencedException",
    133 ShareSessionLimitReached "SHARE_SESSION_LIMIT_REACHED" true false "org.apache.kafka.common.errors.ShareSessionLimitReachedException",
}

impl ErrorCode {
    /// The number on the wire.
    pub fn code(self) -> i16 {
        self as i16
    }

    pub fn is_ok(self) -> bool {
        self == ErrorCode::None
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        for error in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_code(error.code()), *error);
        }
        assert_eq!(ErrorCode::from_code(3).name(), "UNKNOWN_TOPIC_OR_PARTITION");
        assert_eq!(ErrorCode::from_code(9999), ErrorCode::UnknownServerError);
    }
}
