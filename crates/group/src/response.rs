//! Shapes of answers: errors for every API.

use crate::group::NO_GENERATION;
use crate::request::{GroupRequest, GroupResponse, OffsetCommit};
use base::ErrorCode;
use protocol::delete_groups_response::DeletableGroupResult;
use protocol::describe_groups_response::DescribedGroup;
use protocol::offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
use protocol::offset_fetch_response::OffsetFetchResponseGroup;
use protocol::{
    DeleteGroupsResponse, DescribeGroupsResponse, HeartbeatResponse, JoinGroupResponse, LeaveGroupResponse,
    ListGroupsResponse, OffsetCommitResponse, OffsetDeleteResponse, SyncGroupResponse,
};
use std::borrow::Cow;

pub(crate) fn join_error(member_id: &str, error: ErrorCode) -> JoinGroupResponse<'static> {
    JoinGroupResponse {
        error_code: error as i16,
        generation_id: NO_GENERATION,
        protocol_name: None,
        member_id: Cow::Owned(member_id.to_owned()),
        ..Default::default()
    }
}

pub(crate) fn commit_error(request: &OffsetCommit, error: ErrorCode) -> OffsetCommitResponse<'static> {
    let topics = request.topics.iter().map(|topic| OffsetCommitResponseTopic {
        name: Cow::Owned(topic.topic.name().to_owned()),
        topic_id: topic.topic.id(),
        partitions: topic.partitions.iter().map(|p| commit_outcome(p.partition, error)).collect(),
        ..Default::default()
    });
    OffsetCommitResponse { topics: topics.collect(), ..Default::default() }
}

pub(crate) fn commit_outcome(partition_index: i32, error: ErrorCode) -> OffsetCommitResponsePartition {
    OffsetCommitResponsePartition { partition_index, error_code: error as i16, ..Default::default() }
}

impl GroupRequest {
    /// The answer when the request cannot be tried at all: this broker is not the coordinator, it is still loading, or
    /// the client is not allowed to.
    pub fn error_response(&self, error: ErrorCode) -> GroupResponse {
        let error_code = error as i16;
        match self {
            GroupRequest::JoinGroup(request) => GroupResponse::JoinGroup(join_error(&request.member_id, error)),
            GroupRequest::SyncGroup(_) => {
                GroupResponse::SyncGroup(SyncGroupResponse { error_code, ..Default::default() })
            }
            GroupRequest::Heartbeat(_) => {
                GroupResponse::Heartbeat(HeartbeatResponse { error_code, ..Default::default() })
            }
            GroupRequest::LeaveGroup(_) => {
                GroupResponse::LeaveGroup(LeaveGroupResponse { error_code, ..Default::default() })
            }
            GroupRequest::OffsetCommit(request) => GroupResponse::OffsetCommit(commit_error(request, error)),
            GroupRequest::OffsetFetch(request) => GroupResponse::OffsetFetch(OffsetFetchResponseGroup {
                group_id: Cow::Owned(request.group_id.clone()),
                topics: crate::offset_fetch::error_topics(request, error),
                error_code,
                ..Default::default()
            }),
            GroupRequest::OffsetDelete(_) => {
                GroupResponse::OffsetDelete(OffsetDeleteResponse { error_code, ..Default::default() })
            }
            GroupRequest::DescribeGroups(ids) => {
                let group =
                    |id: &String| DescribedGroup { group_id: Cow::Owned(id.clone()), error_code, ..Default::default() };
                let groups = ids.iter().map(group).collect();
                GroupResponse::DescribeGroups(DescribeGroupsResponse { groups, ..Default::default() })
            }
            GroupRequest::ListGroups(_) => {
                GroupResponse::ListGroups(ListGroupsResponse { error_code, ..Default::default() })
            }
            GroupRequest::DeleteGroups(ids) => {
                let result = |id: &String| DeletableGroupResult {
                    group_id: Cow::Owned(id.clone()),
                    error_code,
                    ..Default::default()
                };
                let results = ids.iter().map(result).collect();
                GroupResponse::DeleteGroups(DeleteGroupsResponse { results, ..Default::default() })
            }
        }
    }
}

impl GroupResponse {
    /// The same answer saying that the write behind it failed or was not committed in time; see [`crate::append_error`].
    /// Parts that said an error already keep it.
    pub fn into_error(self, error: ErrorCode) -> GroupResponse {
        let error_code = error as i16;
        let or_error = |code: i16| if code == 0 { error_code } else { code };
        match self {
            GroupResponse::JoinGroup(r) => GroupResponse::JoinGroup(JoinGroupResponse {
                error_code,
                generation_id: NO_GENERATION,
                protocol_type: None,
                protocol_name: r.protocol_name.map(|_| Cow::Borrowed("")),
                leader: Cow::Borrowed(""),
                skip_assignment: false,
                members: Vec::new(),
                member_id: Cow::Borrowed(""),
                ..Default::default()
            }),
            GroupResponse::SyncGroup(_) => {
                GroupResponse::SyncGroup(SyncGroupResponse { error_code, ..Default::default() })
            }
            GroupResponse::Heartbeat(r) => {
                GroupResponse::Heartbeat(HeartbeatResponse { error_code: or_error(r.error_code), ..Default::default() })
            }
            GroupResponse::LeaveGroup(_) => {
                GroupResponse::LeaveGroup(LeaveGroupResponse { error_code, ..Default::default() })
            }
            GroupResponse::OffsetCommit(mut r) => {
                for partition in r.topics.iter_mut().flat_map(|t| &mut t.partitions) {
                    partition.error_code = or_error(partition.error_code);
                }
                GroupResponse::OffsetCommit(r)
            }
            GroupResponse::OffsetFetch(mut r) => {
                r.error_code = or_error(r.error_code);
                for partition in r.topics.iter_mut().flat_map(|t| &mut t.partitions) {
                    crate::offset_fetch::fail_partition(partition, error);
                }
                GroupResponse::OffsetFetch(r)
            }
            GroupResponse::OffsetDelete(_) => {
                GroupResponse::OffsetDelete(OffsetDeleteResponse { error_code, ..Default::default() })
            }
            GroupResponse::DescribeGroups(mut r) => {
                for group in &mut r.groups {
                    let group_id = std::mem::take(&mut group.group_id);
                    *group = DescribedGroup { group_id, error_code, ..Default::default() };
                }
                GroupResponse::DescribeGroups(r)
            }
            GroupResponse::ListGroups(_) => {
                GroupResponse::ListGroups(ListGroupsResponse { error_code, ..Default::default() })
            }
            GroupResponse::DeleteGroups(mut r) => {
                for result in &mut r.results {
                    result.error_code = or_error(result.error_code);
                }
                GroupResponse::DeleteGroups(r)
            }
        }
    }
}
