//! The group APIs: one row of constants a difference between versions.

use base::{ErrorCode, TopicId};
use group::{
    CommitPartition, CommitTopic, FetchTopic, GroupRequest, GroupResponse, Heartbeat, JoinGroup, LeaveGroup,
    LeavingMember, ListGroups, OfferedProtocol, OffsetCommit, OffsetDelete, OffsetFetch, SyncGroup, TopicRef,
};
use protocol::describe_groups_response::DescribedGroup;
use protocol::offset_fetch_request::OffsetFetchRequestGroup;
use protocol::{
    DeleteGroupsRequest, DescribeGroupsRequest, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest,
    LeaveGroupResponse, ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest, SyncGroupRequest,
};
use std::borrow::Cow;

/// First JoinGroup version with a rebalance timeout beside the session's.
const JOIN_REBALANCE_TIMEOUT: i16 = 1;
/// First JoinGroup version whose new members must come back with the id that they were given (KIP-394).
const JOIN_MEMBER_ID_REQUIRED: i16 = 4;
/// First JoinGroup version whose protocol name may be null.
const JOIN_NULL_PROTOCOL: i16 = 7;
/// First JoinGroup version whose leader can be told to leave the assignment as it is (KIP-814).
const JOIN_SKIP_ASSIGNMENT: i16 = 9;
/// First SyncGroup version that must name protocol type and protocol (KIP-559).
const SYNC_PROTOCOL_REQUIRED: i16 = 5;
/// First LeaveGroup version with a list of members (KIP-345).
const LEAVE_MEMBERS: i16 = 3;
/// First OffsetCommit version that may say that the group does not exist (KIP-848).
const COMMIT_GROUP_ID_NOT_FOUND: i16 = 9;
/// First OffsetCommit version that names topics by id.
const COMMIT_TOPIC_ID: i16 = 10;
/// First OffsetFetch version with an error beside the partitions' errors.
const FETCH_TOP_LEVEL_ERROR: i16 = 2;
/// First OffsetFetch version that names topics by id.
const FETCH_TOPIC_ID: i16 = 10;
/// First DescribeGroups version that says that a group does not exist; before, such a group is `Dead` (KIP-1043).
const DESCRIBE_NOT_FOUND: i16 = 6;
/// "The broker's retention applies."
const DEFAULT_RETENTION_MS: i64 = -1;

/// Who asks, and in which version.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    /// `client_id` of the request's header.
    pub id: &'a str,
    /// Address as Kafka stores it: a slash and the address, `/10.0.0.7`.
    pub host: &'a str,
    /// Version of the request that the client sent.
    pub version: i16,
}

/// A request of the group APIs as it came.
#[derive(Debug)]
pub enum GroupCall<'a> {
    JoinGroup(JoinGroupRequest<'a>),
    SyncGroup(SyncGroupRequest<'a>),
    Heartbeat(HeartbeatRequest<'a>),
    LeaveGroup(LeaveGroupRequest<'a>),
    OffsetCommit(OffsetCommitRequest<'a>),
    /// One group of an OffsetFetch; see [`crate::offset_fetch_groups`].
    OffsetFetch {
        group: OffsetFetchRequestGroup<'a>,
        require_stable: bool,
    },
    OffsetDelete(OffsetDeleteRequest<'a>),
    DescribeGroups(DescribeGroupsRequest<'a>),
    ListGroups(ListGroupsRequest<'a>),
    DeleteGroups(DeleteGroupsRequest<'a>),
}

impl GroupCall<'_> {
    /// What the client asks.
    pub fn into_request(self, client: &Client<'_>) -> GroupRequest {
        let version = client.version;
        match self {
            GroupCall::JoinGroup(request) => GroupRequest::JoinGroup(join_group(request, client)),
            GroupCall::SyncGroup(request) => GroupRequest::SyncGroup(sync_group(request, version)),
            GroupCall::Heartbeat(request) => GroupRequest::Heartbeat(Heartbeat {
                group_id: request.group_id.into_owned(),
                generation: request.generation_id,
                member_id: request.member_id.into_owned(),
                instance_id: request.group_instance_id.map(Cow::into_owned),
            }),
            GroupCall::LeaveGroup(request) => GroupRequest::LeaveGroup(leave_group(request, version)),
            GroupCall::OffsetCommit(request) => GroupRequest::OffsetCommit(offset_commit(request, version)),
            GroupCall::OffsetFetch { group, require_stable } => {
                GroupRequest::OffsetFetch(offset_fetch(group, require_stable, version))
            }
            GroupCall::OffsetDelete(request) => {
                let topics = request.topics.into_iter().map(|topic| {
                    let partitions = topic.partitions.iter().map(|partition| partition.partition_index).collect();
                    (topic.name.into_owned(), partitions)
                });
                let topics = topics.collect();
                GroupRequest::OffsetDelete(OffsetDelete { group_id: request.group_id.into_owned(), topics })
            }
            GroupCall::DescribeGroups(request) => GroupRequest::DescribeGroups(owned(request.groups)),
            GroupCall::ListGroups(request) => GroupRequest::ListGroups(ListGroups {
                states: owned(request.states_filter),
                types: owned(request.types_filter),
            }),
            GroupCall::DeleteGroups(request) => GroupRequest::DeleteGroups(owned(request.groups_names)),
        }
    }
}

fn owned(texts: Vec<Cow<'_, str>>) -> Vec<String> {
    texts.into_iter().map(Cow::into_owned).collect()
}

fn join_group(request: JoinGroupRequest<'_>, client: &Client<'_>) -> JoinGroup {
    let session_timeout_ms = request.session_timeout_ms;
    let protocols = request
        .protocols
        .into_iter()
        .map(|protocol| OfferedProtocol { name: protocol.name.into_owned(), metadata: protocol.metadata.into_owned() });
    JoinGroup {
        group_id: request.group_id.into_owned(),
        member_id: request.member_id.into_owned(),
        instance_id: request.group_instance_id.map(Cow::into_owned),
        client_id: client.id.to_owned(),
        client_host: client.host.to_owned(),
        session_timeout_ms,
        rebalance_timeout_ms: match request.rebalance_timeout_ms {
            -1 => session_timeout_ms,
            _ if client.version < JOIN_REBALANCE_TIMEOUT => session_timeout_ms,
            timeout_ms => timeout_ms,
        },
        protocol_type: request.protocol_type.into_owned(),
        protocols: protocols.collect(),
        returns_with_member_id: client.version >= JOIN_MEMBER_ID_REQUIRED,
        can_skip_assignment: client.version >= JOIN_SKIP_ASSIGNMENT,
    }
}

fn sync_group(request: SyncGroupRequest<'_>, version: i16) -> SyncGroup {
    let assignments =
        request.assignments.into_iter().map(|given| (given.member_id.into_owned(), given.assignment.into_owned()));
    SyncGroup {
        group_id: request.group_id.into_owned(),
        generation: request.generation_id,
        member_id: request.member_id.into_owned(),
        instance_id: request.group_instance_id.map(Cow::into_owned),
        protocol_type: request.protocol_type.map(Cow::into_owned),
        protocol_name: request.protocol_name.map(Cow::into_owned),
        must_name_protocol: version >= SYNC_PROTOCOL_REQUIRED,
        assignments: assignments.collect(),
    }
}

fn leave_group(request: LeaveGroupRequest<'_>, version: i16) -> LeaveGroup {
    let members = match version {
        LEAVE_MEMBERS.. => request.members.into_iter().map(|member| LeavingMember {
            member_id: member.member_id.into_owned(),
            instance_id: member.group_instance_id.map(Cow::into_owned),
        }),
        _ => {
            let member = LeavingMember { member_id: request.member_id.into_owned(), instance_id: None };
            return LeaveGroup { group_id: request.group_id.into_owned(), members: vec![member] };
        }
    };
    LeaveGroup { group_id: request.group_id.into_owned(), members: members.collect() }
}

fn topic_ref(name: Cow<'_, str>, id: TopicId, by_id: bool) -> TopicRef {
    if by_id { TopicRef::Id(id) } else { TopicRef::Name(name.into_owned()) }
}

fn offset_commit(request: OffsetCommitRequest<'_>, version: i16) -> OffsetCommit {
    let topics = request.topics.into_iter().map(|topic| {
        let partitions = topic.partitions.into_iter().map(|partition| CommitPartition {
            partition: partition.partition_index,
            offset: partition.committed_offset,
            leader_epoch: partition.committed_leader_epoch,
            metadata: partition.committed_metadata.unwrap_or_default().into_owned(),
        });
        let partitions = partitions.collect();
        CommitTopic { topic: topic_ref(topic.name, topic.topic_id, version >= COMMIT_TOPIC_ID), partitions }
    });
    OffsetCommit {
        group_id: request.group_id.into_owned(),
        generation: request.generation_id_or_member_epoch,
        member_id: request.member_id.into_owned(),
        instance_id: request.group_instance_id.map(Cow::into_owned),
        retention_ms: Some(request.retention_time_ms).filter(|ms| *ms != DEFAULT_RETENTION_MS),
        topics: topics.collect(),
        knows_missing_groups: version >= COMMIT_GROUP_ID_NOT_FOUND,
    }
}

fn offset_fetch(group: OffsetFetchRequestGroup<'_>, require_stable: bool, version: i16) -> OffsetFetch {
    let by_id = version >= FETCH_TOPIC_ID;
    let topics = group.topics.map(|topics| {
        let topics = topics.into_iter().map(|topic| FetchTopic {
            topic: topic_ref(topic.name, topic.topic_id, by_id),
            partitions: topic.partition_indexes,
        });
        topics.collect()
    });
    OffsetFetch {
        group_id: group.group_id.into_owned(),
        member_id: group.member_id.map(Cow::into_owned),
        member_epoch: group.member_epoch,
        topics,
        tells_ids: by_id,
        require_stable,
        fails_by_partition: version < FETCH_TOP_LEVEL_ERROR,
    }
}

/// The answer as this version says it.
pub fn say(response: GroupResponse, version: i16) -> GroupResponse {
    match response {
        GroupResponse::JoinGroup(mut response) if version < JOIN_NULL_PROTOCOL => {
            response.protocol_name.get_or_insert(Cow::Borrowed(""));
            GroupResponse::JoinGroup(response)
        }
        // The only outcome stands at the top.
        GroupResponse::LeaveGroup(response) if version < LEAVE_MEMBERS => {
            let of_member = response.members.first().map_or(0, |member| member.error_code);
            let error_code = if response.error_code == 0 { of_member } else { response.error_code };
            GroupResponse::LeaveGroup(LeaveGroupResponse { error_code, ..Default::default() })
        }
        GroupResponse::DescribeGroups(mut response) if version < DESCRIBE_NOT_FOUND => {
            response.groups.iter_mut().for_each(forget_not_found);
            GroupResponse::DescribeGroups(response)
        }
        other => other,
    }
}

fn forget_not_found(group: &mut DescribedGroup<'static>) {
    if group.error_code == ErrorCode::GroupIdNotFound as i16 {
        group.error_code = 0;
        group.error_message = None;
    }
}
