//! What goes into a shard and what comes out: requests, responses, records to append, replies that wait.

use base::ErrorCode;
use protocol::offset_fetch_request::OffsetFetchRequestGroup;
use protocol::offset_fetch_response::OffsetFetchResponseGroup;
use protocol::{
    DeleteGroupsRequest, DeleteGroupsResponse, DescribeGroupsRequest, DescribeGroupsResponse, HeartbeatRequest,
    HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, ListGroupsRequest,
    ListGroupsResponse, OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
    SyncGroupRequest, SyncGroupResponse,
};

/// Who asks. All three end up in what the group remembers of a member or in the shape of the answer.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext<'a> {
    /// `client_id` of the request's header; new member ids begin with it.
    pub client_id: &'a str,
    /// Address as Kafka stores it: a slash and the address, `/10.0.0.7`.
    pub client_host: &'a str,
    /// Version of the request that the client sent.
    pub version: i16,
}

/// A request for groups of one shard. Requests that may name groups of several shards (OffsetFetch from version 8,
/// DescribeGroups, DeleteGroups) are split by the caller; ListGroups goes to every shard.
#[derive(Debug)]
pub enum GroupRequest<'a> {
    JoinGroup(JoinGroupRequest<'a>),
    SyncGroup(SyncGroupRequest<'a>),
    Heartbeat(HeartbeatRequest<'a>),
    LeaveGroup(LeaveGroupRequest<'a>),
    OffsetCommit(OffsetCommitRequest<'a>),
    /// One group of an OffsetFetch; see [`crate::offset_fetch_groups`] and [`crate::offset_fetch_response`] for the
    /// versions that carry a single group at the top.
    OffsetFetch {
        group: OffsetFetchRequestGroup<'a>,
        require_stable: bool,
    },
    OffsetDelete(OffsetDeleteRequest<'a>),
    DescribeGroups(DescribeGroupsRequest<'a>),
    ListGroups(ListGroupsRequest<'a>),
    DeleteGroups(DeleteGroupsRequest<'a>),
}

/// The answer, already in the shape that the request's version can encode. `throttle_time_ms` is left 0, and
/// `authorized_operations` of described groups at "not asked".
#[derive(Debug, Clone, PartialEq)]
pub enum GroupResponse {
    JoinGroup(JoinGroupResponse<'static>),
    SyncGroup(SyncGroupResponse<'static>),
    Heartbeat(HeartbeatResponse),
    LeaveGroup(LeaveGroupResponse<'static>),
    OffsetCommit(OffsetCommitResponse<'static>),
    OffsetFetch(OffsetFetchResponseGroup<'static>),
    OffsetDelete(OffsetDeleteResponse<'static>),
    DescribeGroups(DescribeGroupsResponse<'static>),
    ListGroups(ListGroupsResponse<'static>),
    DeleteGroups(DeleteGroupsResponse<'static>),
}

/// A key and a value for the partition's log; no value is a tombstone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinatorRecord {
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

/// An answer to an earlier `handle` with this token.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingReply {
    pub token: u64,
    pub response: GroupResponse,
    /// Send it when everything that was appended for this shard so far, this output's records included, is committed:
    /// at once when nothing is outstanding. Otherwise send it without waiting.
    pub after_commit: bool,
}

/// What a call asks of the runtime, in this order: append `records` as one batch; on success `replay` them one by one and
/// deliver `replies`; on failure hand the whole output to `Shard::append_failed` and deliver what that returns. No other
/// call to the shard may come in between.
#[derive(Debug, Default, PartialEq)]
pub struct Output {
    pub records: Vec<CoordinatorRecord>,
    pub replies: Vec<PendingReply>,
}

impl Output {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.replies.is_empty()
    }

    pub(crate) fn reply(&mut self, token: u64, response: GroupResponse) {
        self.replies.push(PendingReply { token, response, after_commit: false });
    }

    pub(crate) fn reply_after_commit(&mut self, token: u64, response: GroupResponse) {
        self.replies.push(PendingReply { token, response, after_commit: true });
    }
}

/// What the coordinator has to know about topics; the current metadata image in a broker.
pub trait Topics {
    /// Name of the topic with this id.
    fn name(&self, id: base::TopicId) -> Option<String>;
    /// Id of the topic with this name.
    fn id(&self, name: &str) -> Option<base::TopicId>;
    /// Whether the topic has this partition.
    fn has_partition(&self, topic: &str, partition: base::PartitionIndex) -> bool;
}

/// The error that a group's client sees when a write to the partition's log failed or was not committed in time.
pub fn append_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::UnknownTopicOrPartition
        | ErrorCode::NotEnoughReplicas
        | ErrorCode::NotEnoughReplicasAfterAppend
        | ErrorCode::RequestTimedOut => ErrorCode::CoordinatorNotAvailable,
        ErrorCode::NotLeaderOrFollower | ErrorCode::KafkaStorageError => ErrorCode::NotCoordinator,
        ErrorCode::MessageTooLarge | ErrorCode::RecordListTooLarge | ErrorCode::InvalidFetchSize => {
            ErrorCode::UnknownServerError
        }
        other => other,
    }
}
