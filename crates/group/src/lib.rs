//! The group coordinator of one partition of `__consumer_offsets`: classic groups (KIP-62, 134, 345, 394, 429, 447, 559,
//! 814) and committed offsets, as a deterministic machine without I/O, clock or threads.
//!
//! [`Shard`] is a machine of the runtime in the crate `coordinator`, which says who calls it when.
//!
//! # Invariants
//! Offsets and the persisted side of groups change only in `replay`. What Kafka keeps in memory only (pending joins,
//! sessions, the rebalance in progress) changes in `handle` and `on_timer`; `append_failed` takes back what depended on the
//! lost records. Replay accepts any order of records: tombstones without a group, offsets before their group, records
//! of group types that are not served here, which are kept aside and never mistaken for classic groups.

mod expiry;
mod group;
mod heartbeat;
mod inspect;
mod join;
mod leave;
mod machine;
mod member;
mod offset_commit;
mod offset_delete;
mod offset_fetch;
mod offsets;
mod other_groups;
mod pending;
mod rebalance;
mod records;
mod replay;
mod request;
mod response;
mod settings;
mod shard;
mod sync;
mod timers;

pub use base::coordinator_partition;
pub use offsets::CommittedOffset;
pub use replay::ReplayError;
pub use request::{
    CommitPartition, CommitTopic, CoordinatorRecord, FetchTopic, GroupRequest, GroupResponse, Heartbeat, JoinGroup,
    LeaveGroup, LeavingMember, ListGroups, OfferedProtocol, OffsetCommit, OffsetDelete, OffsetFetch, Output,
    PendingReply, SyncGroup, TopicRef, Topics, append_error,
};
pub use settings::GroupSettings;
pub use shard::{GroupCounts, Shard};
