//! What goes into a shard and what comes out: requests, responses, records to append, replies that wait.
//!
//! Requests are of no version of the API: what a client's version can or cannot say is a field, which the handlers fill.

use base::{ErrorCode, TopicId};
use protocol::offset_fetch_response::OffsetFetchResponseGroup;
use protocol::{
    DeleteGroupsResponse, DescribeGroupsResponse, HeartbeatResponse, JoinGroupResponse, LeaveGroupResponse,
    ListGroupsResponse, OffsetCommitResponse, OffsetDeleteResponse, SyncGroupResponse,
};

pub use coordinator::Record as CoordinatorRecord;

/// A request for groups of one shard. Requests that may name groups of several shards are split by the caller;
/// ListGroups goes to every shard.
#[derive(Debug)]
pub enum GroupRequest {
    JoinGroup(JoinGroup),
    SyncGroup(SyncGroup),
    Heartbeat(Heartbeat),
    LeaveGroup(LeaveGroup),
    OffsetCommit(OffsetCommit),
    OffsetFetch(OffsetFetch),
    OffsetDelete(OffsetDelete),
    DescribeGroups(Vec<String>),
    ListGroups(ListGroups),
    DeleteGroups(Vec<String>),
}

/// An assignment strategy that a member offers, with what it tells the leader about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedProtocol {
    pub name: String,
    pub metadata: Vec<u8>,
}

#[derive(Debug, Default)]
pub struct JoinGroup {
    pub group_id: String,
    /// Empty: a new member.
    pub member_id: String,
    pub instance_id: Option<String>,
    /// New member ids begin with it.
    pub client_id: String,
    /// Address as Kafka stores it: a slash and the address, `/10.0.0.7`.
    pub client_host: String,
    pub session_timeout_ms: i32,
    pub rebalance_timeout_ms: i32,
    pub protocol_type: String,
    /// In the order of the member's preference.
    pub protocols: Vec<OfferedProtocol>,
    /// A new member comes back with the id that it was given (KIP-394).
    pub returns_with_member_id: bool,
    /// As the leader it can be told to leave the assignment as it is (KIP-814).
    pub can_skip_assignment: bool,
}

#[derive(Debug, Default)]
pub struct SyncGroup {
    pub group_id: String,
    pub generation: i32,
    pub member_id: String,
    pub instance_id: Option<String>,
    pub protocol_type: Option<String>,
    pub protocol_name: Option<String>,
    /// Both must be there (KIP-559).
    pub must_name_protocol: bool,
    /// Of the leader: what each member gets.
    pub assignments: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, Default)]
pub struct Heartbeat {
    pub group_id: String,
    pub generation: i32,
    pub member_id: String,
    pub instance_id: Option<String>,
}

#[derive(Debug, Default)]
pub struct LeaveGroup {
    pub group_id: String,
    pub members: Vec<LeavingMember>,
}

/// Who leaves. An administrator knows the instance id only.
#[derive(Debug, Default)]
pub struct LeavingMember {
    pub member_id: String,
    pub instance_id: Option<String>,
}

/// A topic as the client calls it (KIP-848).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicRef {
    Name(String),
    Id(TopicId),
}

impl TopicRef {
    /// The name, empty where the topic is called by its id.
    pub fn name(&self) -> &str {
        match self {
            TopicRef::Name(name) => name,
            TopicRef::Id(_) => "",
        }
    }

    /// The id, zero where the topic is called by its name.
    pub fn id(&self) -> TopicId {
        match self {
            TopicRef::Name(_) => TopicId::ZERO,
            TopicRef::Id(id) => *id,
        }
    }
}

#[derive(Debug, Default)]
pub struct OffsetCommit {
    pub group_id: String,
    /// Negative for clients that are no members.
    pub generation: i32,
    pub member_id: String,
    pub instance_id: Option<String>,
    /// `None`: the broker's retention applies.
    pub retention_ms: Option<i64>,
    pub topics: Vec<CommitTopic>,
    /// The answer may say that the group does not exist.
    pub knows_missing_groups: bool,
}

#[derive(Debug)]
pub struct CommitTopic {
    pub topic: TopicRef,
    pub partitions: Vec<CommitPartition>,
}

#[derive(Debug, Default)]
pub struct CommitPartition {
    pub partition: i32,
    pub offset: i64,
    /// Negative where the client does not say.
    pub leader_epoch: i32,
    pub metadata: String,
}

#[derive(Debug, Default)]
pub struct OffsetFetch {
    pub group_id: String,
    /// Of members under the newer protocols, with their epoch.
    pub member_id: Option<String>,
    pub member_epoch: i32,
    /// `None`: all.
    pub topics: Option<Vec<FetchTopic>>,
    /// Of all topics, those that have an id are told, by it.
    pub tells_ids: bool,
    /// Partitions with offsets of open transactions are an error (KIP-447).
    pub require_stable: bool,
    /// An answer that fails as a whole says so in each partition.
    pub fails_by_partition: bool,
}

#[derive(Debug)]
pub struct FetchTopic {
    pub topic: TopicRef,
    pub partitions: Vec<i32>,
}

#[derive(Debug, Default)]
pub struct OffsetDelete {
    pub group_id: String,
    /// Topics by name, with partitions.
    pub topics: Vec<(String, Vec<i32>)>,
}

/// Filters; empty ones let everything pass.
#[derive(Debug, Default, Clone)]
pub struct ListGroups {
    pub states: Vec<String>,
    pub types: Vec<String>,
}

/// The answer, as the newest version says it; handlers say it in the client's. `throttle_time_ms` is left 0, and
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

/// An answer to an earlier `handle` with this token.
pub type PendingReply = coordinator::Reply<GroupResponse>;

/// What a call asks of the runtime, in this order: append `records` as one batch; on success `replay` them one by one and
/// deliver `replies`; on failure hand the whole output to `Shard::append_failed` and deliver what that returns. No other
/// call to the shard may come in between.
pub type Output = coordinator::Plan<GroupResponse>;

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
