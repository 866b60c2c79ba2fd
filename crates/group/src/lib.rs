//! The group coordinator of one partition of `__consumer_offsets`: classic groups (KIP-62, 134, 345, 394, 429, 447, 559,
//! 814) and committed offsets, as a deterministic machine without I/O, clock or threads.
//!
//! # What the runtime does with a [`Shard`]
//! 1. Load: create it, call [`Shard::replay`] for every record of the partition in order (and
//!    [`Shard::replay_end_transaction`] for transaction markers), then [`Shard::loaded`].
//! 2. For each request call [`Shard::handle`]; when [`Shard::next_deadline_us`] has come, [`Shard::on_timer`]; when topics
//!    were deleted, [`Shard::topics_deleted`]. Each gives an [`Output`].
//! 3. Carry the output out before the next call: append its records as one batch, `replay` each, and deliver the replies,
//!    those marked `after_commit` once everything appended so far is committed. If the append failed, give the output to
//!    [`Shard::append_failed`] and deliver what it returns instead.
//! 4. If a batch is not committed in time, or leadership is lost before it is, turn the replies that wait for it into errors
//!    with [`GroupResponse::into_error`]. When leadership is lost call [`Shard::resign`], answer what it returns, and drop
//!    the shard: state that was not committed goes with it.
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
pub use offset_fetch::{offset_fetch_groups, offset_fetch_response};
pub use offsets::CommittedOffset;
pub use replay::ReplayError;
pub use request::{
    CoordinatorRecord, GroupRequest, GroupResponse, Output, PendingReply, RequestContext, Topics, append_error,
};
pub use settings::GroupSettings;
pub use shard::{GroupCounts, Shard};
