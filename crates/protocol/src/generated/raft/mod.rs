//! The messages of `schema/raft`. Generated; edits get lost.

pub mod quorum_state_data;

pub use quorum_state_data::QuorumStateData;
