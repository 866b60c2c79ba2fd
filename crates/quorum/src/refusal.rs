//! The answer to a request that is refused as a whole: every part of it gets the same error.

use base::ErrorCode;
use protocol::{
    AddRaftVoterResponse, AllocateProducerIdsResponse, AlterConfigsRequest, AlterConfigsResponse,
    AlterPartitionReassignmentsResponse, AlterPartitionResponse, AlterUserScramCredentialsRequest,
    AlterUserScramCredentialsResponse, ApiKey, AssignReplicasToDirsResponse, BeginQuorumEpochResponse,
    BrokerHeartbeatResponse, BrokerRegistrationResponse, ControllerRegistrationResponse, CreateAclsRequest,
    CreateAclsResponse, CreateDelegationTokenResponse, CreatePartitionsRequest, CreatePartitionsResponse,
    CreateTopicsRequest, CreateTopicsResponse, Cursor, Decode, DeleteAclsRequest, DeleteAclsResponse,
    DeleteTopicsRequest, DeleteTopicsResponse, DescribeClusterResponse, DescribeLogDirsResponse,
    DescribeQuorumResponse, ElectLeadersResponse, EndQuorumEpochResponse, EnvelopeResponse,
    ExpireDelegationTokenResponse, FetchResponse, FetchSnapshotResponse, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse, ListConfigResourcesResponse, ListPartitionReassignmentsResponse, Message,
    RemoveRaftVoterResponse, RenewDelegationTokenResponse, UnregisterBrokerResponse, UpdateFeaturesResponse,
    UpdateRaftVoterResponse, VoteResponse, alter_configs_response, alter_user_scram_credentials_response,
    create_acls_response, create_partitions_response, create_topics_response, delete_acls_response,
    delete_topics_response, incremental_alter_configs_response,
};
use std::collections::BTreeSet;

/// Encodes the answer to a request that changes metadata; for others the error itself comes back.
pub(crate) fn refusal(
    api: ApiKey,
    version: i16,
    body: &[u8],
    error: ErrorCode,
    message: Option<&'static str>,
) -> Result<Vec<u8>, ErrorCode> {
    let code = error.code();
    let error_message = message.map(Into::into);
    match api {
        ApiKey::AddRaftVoter => {
            encoded(&AddRaftVoterResponse { error_code: code, error_message, ..Default::default() }, version)
        }
        ApiKey::RemoveRaftVoter => {
            encoded(&RemoveRaftVoterResponse { error_code: code, error_message, ..Default::default() }, version)
        }
        ApiKey::UpdateRaftVoter => {
            encoded(&UpdateRaftVoterResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::ControllerRegistration => {
            encoded(&ControllerRegistrationResponse { error_code: code, error_message, ..Default::default() }, version)
        }
        ApiKey::CreateTopics => encoded(&create_topics(&decode(body, version)?, code, message), version),
        ApiKey::DeleteTopics => encoded(&delete_topics(&decode(body, version)?, code, message), version),
        ApiKey::CreatePartitions => encoded(&create_partitions(&decode(body, version)?, code, message), version),
        ApiKey::AlterConfigs => encoded(&alter_configs(&decode(body, version)?, code, message), version),
        ApiKey::IncrementalAlterConfigs => {
            encoded(&incremental_alter_configs(&decode(body, version)?, code, message), version)
        }
        ApiKey::ElectLeaders => {
            let mut refused = controller::refused_elections(&decode(body, version)?, code, message);
            if version == 0 {
                // The field appeared in version 1; partitions have the error anyway.
                refused.error_code = 0;
            }
            encoded(&refused, version)
        }
        ApiKey::UpdateFeatures => {
            encoded(&UpdateFeaturesResponse { error_code: code, error_message, ..Default::default() }, version)
        }
        ApiKey::UnregisterBroker => {
            encoded(&UnregisterBrokerResponse { error_code: code, error_message, ..Default::default() }, version)
        }
        ApiKey::BrokerRegistration => {
            encoded(&BrokerRegistrationResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::BrokerHeartbeat => {
            encoded(&BrokerHeartbeatResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::AllocateProducerIds => {
            encoded(&AllocateProducerIdsResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::AlterPartition => encoded(&AlterPartitionResponse { error_code: code, ..Default::default() }, version),
        ApiKey::AlterPartitionReassignments => {
            let error_message = message.map(Into::into);
            let refused = AlterPartitionReassignmentsResponse { error_code: code, error_message, ..Default::default() };
            encoded(&refused, version)
        }
        ApiKey::AssignReplicasToDirs => {
            encoded(&AssignReplicasToDirsResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::CreateAcls => encoded(&create_acls(&decode(body, version)?, code, message), version),
        ApiKey::DeleteAcls => encoded(&delete_acls(&decode(body, version)?, code, message), version),
        ApiKey::AlterUserScramCredentials => {
            encoded(&alter_user_scram_credentials(&decode(body, version)?, code, message), version)
        }
        ApiKey::CreateDelegationToken => {
            encoded(&CreateDelegationTokenResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::RenewDelegationToken => {
            encoded(&RenewDelegationTokenResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::ExpireDelegationToken => {
            encoded(&ExpireDelegationTokenResponse { error_code: code, ..Default::default() }, version)
        }
        _ => Err(error),
    }
}

/// The answer to a request whose caller may not do that on the cluster.
pub fn refuse(api: ApiKey, version: i16, body: &[u8], error: ErrorCode) -> Result<Vec<u8>, ErrorCode> {
    let code = error.code();
    match api {
        ApiKey::ListPartitionReassignments => {
            encoded(&ListPartitionReassignmentsResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::DescribeQuorum => encoded(&DescribeQuorumResponse { error_code: code, ..Default::default() }, version),
        ApiKey::Fetch => encoded(&FetchResponse { error_code: code, ..Default::default() }, version),
        ApiKey::FetchSnapshot => encoded(&FetchSnapshotResponse { error_code: code, ..Default::default() }, version),
        ApiKey::Vote => encoded(&VoteResponse { error_code: code, ..Default::default() }, version),
        ApiKey::BeginQuorumEpoch => {
            encoded(&BeginQuorumEpochResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::Envelope => encoded(&EnvelopeResponse { error_code: code, ..Default::default() }, version),
        ApiKey::EndQuorumEpoch => encoded(&EndQuorumEpochResponse { error_code: code, ..Default::default() }, version),
        ApiKey::DescribeCluster => {
            encoded(&DescribeClusterResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::DescribeLogDirs => {
            encoded(&DescribeLogDirsResponse { error_code: code, ..Default::default() }, version)
        }
        ApiKey::ListConfigResources => {
            encoded(&ListConfigResourcesResponse { error_code: code, ..Default::default() }, version)
        }
        _ => refusal(api, version, body, error, None),
    }
}

/// Whether an answer says that the controller that gave it is not the active one.
pub fn is_not_controller(api: ApiKey, version: i16, body: &[u8]) -> bool {
    macro_rules! first {
        ($response:ident . $list:ident) => {
            decode::<$response<'_>>(body, version).ok().and_then(|all| all.$list.first().map(|one| one.error_code))
        };
    }
    macro_rules! whole {
        ($response:ty) => {
            decode::<$response>(body, version).ok().map(|all| all.error_code)
        };
    }
    let error = match api {
        ApiKey::CreateTopics => first!(CreateTopicsResponse.topics),
        ApiKey::DeleteTopics => first!(DeleteTopicsResponse.responses),
        ApiKey::CreatePartitions => first!(CreatePartitionsResponse.results),
        ApiKey::AlterConfigs => first!(AlterConfigsResponse.responses),
        ApiKey::IncrementalAlterConfigs => first!(IncrementalAlterConfigsResponse.responses),
        ApiKey::ElectLeaders => whole!(ElectLeadersResponse<'_>),
        ApiKey::UpdateFeatures => whole!(UpdateFeaturesResponse<'_>),
        ApiKey::UnregisterBroker => whole!(UnregisterBrokerResponse<'_>),
        ApiKey::DescribeQuorum => whole!(DescribeQuorumResponse<'_>),
        ApiKey::ListPartitionReassignments => whole!(ListPartitionReassignmentsResponse<'_>),
        ApiKey::BrokerRegistration => whole!(BrokerRegistrationResponse),
        ApiKey::BrokerHeartbeat => whole!(BrokerHeartbeatResponse),
        ApiKey::AllocateProducerIds => whole!(AllocateProducerIdsResponse),
        ApiKey::AssignReplicasToDirs => whole!(AssignReplicasToDirsResponse),
        ApiKey::AddRaftVoter => whole!(AddRaftVoterResponse<'_>),
        ApiKey::RemoveRaftVoter => whole!(RemoveRaftVoterResponse<'_>),
        ApiKey::AlterPartition => whole!(AlterPartitionResponse),
        ApiKey::AlterPartitionReassignments => whole!(AlterPartitionReassignmentsResponse<'_>),
        _ => None,
    };
    error.map(ErrorCode::from_code).is_some_and(|error| match error {
        ErrorCode::NotController => true,
        ErrorCode::NotLeaderOrFollower => {
            matches!(api, ApiKey::DescribeQuorum | ApiKey::AddRaftVoter | ApiKey::RemoveRaftVoter)
        }
        _ => false,
    })
}

fn decode<'a, M: Decode<'a>>(body: &'a [u8], version: i16) -> Result<M, ErrorCode> {
    M::decode(&mut Cursor::new(body), version).map_err(|_| ErrorCode::InvalidRequest)
}

fn encoded(response: &impl Message, version: i16) -> Result<Vec<u8>, ErrorCode> {
    response.to_bytes(version).map_err(|_| ErrorCode::UnknownServerError)
}

pub(crate) fn create_topics(
    request: &CreateTopicsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> CreateTopicsResponse<'static> {
    let topics = request.topics.iter().map(|topic| create_topics_response::CreatableTopicResult {
        name: topic.name.to_string().into(),
        error_code,
        error_message: message.map(Into::into),
        configs: Some(Vec::new()),
        ..Default::default()
    });
    CreateTopicsResponse { topics: topics.collect(), ..Default::default() }
}

pub(crate) fn delete_topics(
    request: &DeleteTopicsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> DeleteTopicsResponse<'static> {
    let by_name = request.topic_names.iter().map(|name| (Some(name), base::Uuid::ZERO));
    let topics = request.topics.iter().map(|topic| (topic.name.as_ref(), topic.topic_id));
    let responses = by_name.chain(topics).map(|(name, topic_id)| delete_topics_response::DeletableTopicResult {
        name: name.map(|name| name.to_string().into()),
        topic_id,
        error_code,
        error_message: message.map(Into::into),
        ..Default::default()
    });
    DeleteTopicsResponse { responses: responses.collect(), ..Default::default() }
}

pub(crate) fn create_partitions(
    request: &CreatePartitionsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> CreatePartitionsResponse<'static> {
    let results = request.topics.iter().map(|topic| create_partitions_response::CreatePartitionsTopicResult {
        name: topic.name.to_string().into(),
        error_code,
        error_message: message.map(Into::into),
        ..Default::default()
    });
    CreatePartitionsResponse { results: results.collect(), ..Default::default() }
}

pub(crate) fn alter_configs(
    request: &AlterConfigsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> AlterConfigsResponse<'static> {
    let responses = request.resources.iter().map(|resource| alter_configs_response::AlterConfigsResourceResponse {
        error_code,
        error_message: message.map(Into::into),
        resource_type: resource.resource_type,
        resource_name: resource.resource_name.to_string().into(),
        ..Default::default()
    });
    AlterConfigsResponse { responses: responses.collect(), ..Default::default() }
}

fn create_acls(
    request: &CreateAclsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> CreateAclsResponse<'static> {
    let results = request.creations.iter().map(|_| create_acls_response::AclCreationResult {
        error_code,
        error_message: message.map(Into::into),
        ..Default::default()
    });
    CreateAclsResponse { results: results.collect(), ..Default::default() }
}

fn delete_acls(
    request: &DeleteAclsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> DeleteAclsResponse<'static> {
    let results = request.filters.iter().map(|_| delete_acls_response::DeleteAclsFilterResult {
        error_code,
        error_message: message.map(Into::into),
        ..Default::default()
    });
    DeleteAclsResponse { filter_results: results.collect(), ..Default::default() }
}

/// One result for each user, however often the request names it.
fn alter_user_scram_credentials(
    request: &AlterUserScramCredentialsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> AlterUserScramCredentialsResponse<'static> {
    let deleted = request.deletions.iter().map(|deletion| deletion.name.to_string());
    let upserted = request.upsertions.iter().map(|upsertion| upsertion.name.to_string());
    let users: BTreeSet<String> = deleted.chain(upserted).collect();
    let results =
        users.into_iter().map(|user| alter_user_scram_credentials_response::AlterUserScramCredentialsResult {
            user: user.into(),
            error_code,
            error_message: message.map(Into::into),
            ..Default::default()
        });
    AlterUserScramCredentialsResponse { results: results.collect(), ..Default::default() }
}

pub(crate) fn incremental_alter_configs(
    request: &IncrementalAlterConfigsRequest<'_>,
    error_code: i16,
    message: Option<&'static str>,
) -> IncrementalAlterConfigsResponse<'static> {
    let responses =
        request.resources.iter().map(|resource| incremental_alter_configs_response::AlterConfigsResourceResponse {
            error_code,
            error_message: message.map(Into::into),
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.to_string().into(),
            ..Default::default()
        });
    IncrementalAlterConfigsResponse { responses: responses.collect(), ..Default::default() }
}
