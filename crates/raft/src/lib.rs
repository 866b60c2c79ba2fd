//! KRaft (KIP-595, KIP-853) as a machine without I/O: events go in with the time, effects come out.
//!
//! ```text
//!      a start: the file names another    a start: it names nobody,
//!      leader of the epoch                or this replica itself
//!                   |                           |
//!                   v                           v
//!   +---------> Follower <------------+    Unattached <------------+
//!   |               |                 |         |  ^               |
//!   |               +-- timer --+-----|---------+  |               |
//!   |                           |     |            |               |
//!   |                           v     |            |               |
//!   |  timer: asks again +--> Prospective -- lost -+               |
//!   |                    +--------+    in the same epoch, with its |
//!   |                             |    leader and its vote         |
//!   |                             | a majority would vote for it   |
//!   |                             v                                |
//!   |        timer: back to   Candidate  [P]  epoch + 1,           |
//!   |        Prospective <--------+           votes for itself     |
//!   |             ^               |                                |
//!   |             |               | a majority has voted for it    |
//!   |             |               v                                |
//!   |           timer          Leader    [P]                       |
//!   |             |               | no majority fetches, or it     |
//!   |             |               | is about to stop               |
//!   |             |               v                                |
//!   |             +----------- Resigned                            |
//!   |                                                              |
//!   +-- from all: a leader of a newer epoch is known           [P] |
//!   +-- from all but Leader: the first leader of this epoch    [P] |
//!   +-- from Prospective: the leader that this epoch has already   |
//!   |   is heard again                                             |
//!       from all: a newer epoch, without its leader            [P] +
//! ```
//! A timer of the only voter makes it a Candidate at once. Who does not vote has no timer, and follows whoever leads. A
//! Leader's timers tell voters again that do not fetch (BeginQuorumEpoch), and end its leadership when a majority has not
//! fetched for one and a half fetch timeouts; [`Effect::LostLeadership`] says so however it ends. A leader that stops names
//! its successors (EndQuorumEpoch); they stand one after the other, without waiting for their timeout. To grant a vote is
//! no change of role, but `[P]`: an Unattached or Prospective replica does it once an epoch, and never in one whose leader
//! it knows. That it would vote (KIP-996) anybody says who hears no leader.
//!
//! `[P]`: `quorum-state` changes, with all that a restart must not forget: the epoch, who leads it, whom this replica
//! elected in it (not beside its own leadership, which says as much). Role, answers of voters, progress of replicas and the
//! high watermark are not kept: a replica that led comes back Unattached, in its epoch, which it gives to nobody else.
//!
//! The caller's duties, in this order, for the effects of one step:
//! 1. `Persist`: write and sync `quorum-state` before anything else of this step is carried out, then tell how long that
//!    took ([`Raft::persisted`]): an election has its time from then on;
//! 2. `SendVote`, `BeginEpoch`, `EndEpoch`: send; a vote request without an answer comes back as `VoteFailed`;
//! 3. `BecameLeader`: append the LeaderChange record of that epoch (and, at the birth of a dynamic quorum, KRaftVersion
//!    and KRaftVoters with it) at `epoch_start_offset`, then report `Appended` and, once it is durable, `Flushed`;
//! 4. `HighWatermark`: everything below is committed and may be shown to the state machines.
//!
//! Invariants: a leader counts itself only up to what it has flushed; the high watermark never goes back, and moves in
//! an epoch only once a record of that epoch is replicated to a majority; at most one vote an epoch, persisted first.

mod machine;
mod quorum_state;
mod voters;

pub use machine::{Effect, Event, Leadership, Poll, Raft, ReplicaProgress, Role, Timing, VoteAnswer, VoteRequest};
pub use quorum_state::QuorumState;
pub use voters::{Endpoint, ReplicaKey, Voter, VoterSet};
