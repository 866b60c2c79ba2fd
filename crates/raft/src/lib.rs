//! KRaft (KIP-595, KIP-853) as a machine without I/O: events go in with the time, effects come out.
//!
//! The caller's duties, in this order, for the effects of one step:
//! 1. `Persist`: write and sync `quorum-state` before anything else of this step is carried out;
//! 2. `SendVote`, `BeginEpoch`: send;
//! 3. `BecameLeader`: append the LeaderChange record of that epoch (and, at the birth of a dynamic quorum, KRaftVersion
//!    and KRaftVoters with it) at `epoch_start_offset`, then report `Appended` and, once it is durable, `Flushed`;
//! 4. `HighWatermark`: everything below is committed and may be shown to the state machines.
//!
//! Invariants: a leader counts itself only up to what it has flushed; the high watermark never goes back, and moves in
//! an epoch only once a record of that epoch is replicated to a majority; at most one vote an epoch, persisted first.

mod machine;
mod quorum_state;
mod voters;

pub use machine::{Effect, Event, Raft, ReplicaProgress, Role, VoteAnswer, VoteRequest};
pub use quorum_state::QuorumState;
pub use voters::{Endpoint, ReplicaKey, Voter, VoterSet};
