//! Between the Raft machine and the world: what happens is told to it, what it wants is carried out, and `quorum-state`
//! keeps what it must not forget.

use crate::node::QuorumNode;
use crate::{FOLDER, QuorumError};
use base::Now;
use raft::{Effect, Event, QuorumState};
use std::path::PathBuf;

impl QuorumNode {
    pub(crate) fn raft_event(&mut self, now: Now, event: Event) -> Result<(), QuorumError> {
        let before = (self.raft.leader_id(), self.raft.epoch());
        let mut effects = Vec::new();
        self.raft.step(now, event, &mut effects);
        self.carry_out(now, effects)?;
        if (self.raft.leader_id(), self.raft.epoch()) != before {
            self.leader_moved(now);
        }
        Ok(())
    }

    /// Whether this replica votes for another.
    pub(crate) fn vote(&mut self, now: Now, asked: raft::VoteRequest) -> Result<bool, QuorumError> {
        let before = (self.raft.leader_id(), self.raft.epoch());
        let mut effects = Vec::new();
        let answer = self.raft.vote(now, asked, &mut effects);
        tracing::info!(
            candidate = asked.candidate.id,
            epoch = asked.epoch,
            pre_vote = asked.pre_vote,
            granted = answer.granted,
            "asked for a vote"
        );
        self.carry_out(now, effects)?;
        if (self.raft.leader_id(), self.raft.epoch()) != before {
            self.leader_moved(now);
        }
        Ok(answer.granted)
    }

    fn carry_out(&mut self, now: Now, effects: Vec<Effect>) -> Result<(), QuorumError> {
        for effect in effects {
            match effect {
                Effect::Persist(state) => {
                    self.keep_quorum_state(&state)?;
                    self.raft.persisted(now, self.ports.executor.now());
                }
                Effect::BecameLeader { epoch, epoch_start_offset, granting } => {
                    self.became_leader(now, epoch, epoch_start_offset, &granting)?;
                }
                Effect::LostLeadership { epoch } => {
                    tracing::info!(epoch, "this node no longer leads the metadata quorum");
                    self.lost_leadership();
                }
                Effect::HighWatermark(offset) => self.committed_up_to(now, offset)?,
                Effect::SendVote { to, request } => self.send_vote(to, request),
                Effect::BeginEpoch { to, epoch } => self.send_begin_epoch(to, epoch),
                Effect::EndEpoch { to, epoch, preferred } => self.send_end_epoch(to, epoch, &preferred),
            }
        }
        Ok(())
    }

    fn quorum_state_path(&self) -> PathBuf {
        self.config.metadata_log_dir.join(FOLDER).join("quorum-state")
    }

    pub(crate) fn read_quorum_state(&self) -> Result<QuorumState, QuorumError> {
        let path = self.quorum_state_path();
        if !self.files.exists(&path).map_err(|error| QuorumError::file(&path, error))? {
            return Ok(QuorumState::EMPTY);
        }
        let bytes = self.files.read(&path).map_err(|error| QuorumError::file(&path, error))?;
        let text = String::from_utf8(bytes).map_err(|error| QuorumError::file(&path, error))?;
        QuorumState::from_json(&text).map_err(|reason| QuorumError::file(&path, reason))
    }

    pub(crate) fn write_quorum_state(&self, state: &QuorumState) -> Result<(), QuorumError> {
        let path = self.quorum_state_path();
        let voters: Vec<i32> = self.raft.voters().iter().map(|voter| voter.key.id).collect();
        let text = state.to_json(self.kraft_version, &voters);
        self.files.replace(&path, text.as_bytes()).map_err(|error| QuorumError::writing(&path, error))
    }

    /// Writes what must not be forgotten. Who has no vote and gives none only finds the leader sooner by it after a start: a
    /// shortage passes.
    fn keep_quorum_state(&self, state: &QuorumState) -> Result<(), QuorumError> {
        match self.write_quorum_state(state) {
            Err(error) if error.is_shortage() && !self.is_voter() && state.voted.is_none() => {
                tracing::warn!(%error, "what is known of the quorum's leader is not kept");
                Ok(())
            }
            other => other,
        }
    }
}
