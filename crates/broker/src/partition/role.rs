//! What a partition is on this broker at a moment, and only what that has.
//!
//! ```text
//!                       another leads, or nobody
//!      Unregistered ------------------------------> Follower
//!            |                                       |    ^
//!            | this broker leads                     |    | another leads:
//!            |                                       |    | who waits is told NOT_LEADER_OR_FOLLOWER
//!            |             this broker leads         v    |
//!            +------------------------------------> Leader
//!                    the same epoch: ISR, replicas, partition epoch
//!                    a newer epoch:  who waits for an acknowledgement stays, readers look again
//!
//!      any -- the log fails, or an invariant is broken --> Failed: who waits is told KAFKA_STORAGE_ERROR
//!      any -- the topic is gone from the image ----------> Deleted: ... UNKNOWN_TOPIC_OR_PARTITION
//!      any -- the replica is to be elsewhere ------------> Reassigned: ... NOT_LEADER_OR_FOLLOWER
//! ```
//! `Unregistered`, `Failed`, `Deleted` and `Reassigned` are `Offline`; the last three are left by a new start only. Epochs never fall. The
//! high watermark of the role is the log's: [`super::Inner::high_watermark_moved`] hands it over.

use base::{ErrorCode, LeaderEpoch, NodeId};
use replication::{Follower, Leader};

/// What a partition is here.
pub(super) enum Role {
    Leader(Leader),
    Follower(Follower),
    Offline(Offline),
}

/// The machine of a replica that serves somebody.
pub enum Machine<'a> {
    Leader(&'a Leader),
    Follower(&'a Follower),
    None,
}

/// Why a partition serves nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offline {
    /// No registration has been applied yet.
    Unregistered,
    /// Its log is out of use.
    Failed,
    /// Its topic is gone.
    Deleted,
    /// Other brokers have its replicas now.
    Reassigned,
}

impl Offline {
    pub fn error_code(self) -> ErrorCode {
        match self {
            Offline::Unregistered | Offline::Reassigned => ErrorCode::NotLeaderOrFollower,
            Offline::Failed => ErrorCode::KafkaStorageError,
            Offline::Deleted => ErrorCode::UnknownTopicOrPartition,
        }
    }

    /// Whether a registration changes nothing any more.
    pub fn is_final(self) -> bool {
        self != Offline::Unregistered
    }
}

impl Role {
    /// The leader epoch; -1 where there is none.
    pub fn epoch(&self) -> LeaderEpoch {
        match self {
            Role::Leader(leader) => leader.epoch(),
            Role::Follower(follower) => follower.epoch(),
            Role::Offline(_) => -1,
        }
    }

    pub fn leader(&self) -> Option<&Leader> {
        match self {
            Role::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    pub fn machine(&self) -> Machine<'_> {
        match self {
            Role::Leader(leader) => Machine::Leader(leader),
            Role::Follower(follower) => Machine::Follower(follower),
            Role::Offline(_) => Machine::None,
        }
    }

    pub fn leader_mut(&mut self) -> Option<&mut Leader> {
        match self {
            Role::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// The node that leads, -1 where nobody does or nothing is known.
    pub fn leader_id(&self) -> NodeId {
        match self {
            Role::Leader(leader) => leader.local(),
            Role::Follower(follower) => follower.leader(),
            Role::Offline(_) => -1,
        }
    }
}
