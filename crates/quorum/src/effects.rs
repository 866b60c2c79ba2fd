//! Between the Raft machine and the world: what happens is told to it, what it wants is carried out, and `quorum-state`
//! keeps what it must not forget.

use crate::node::QuorumNode;
use crate::{FOLDER, QuorumError};
use base::Now;
use raft::{Effect, Event, QuorumState};
use std::path::PathBuf;

impl QuorumNode {
    pub(crate) fn raft_event(&mut self, now: Now, event: Event) -> Result<(), QuorumError> {
        let known = (self.raft.leader_id(), self.raft.epoch());
        let mut effects = Vec::new();
        let before = self.may_stand(&event).then(|| self.raft.clone());
        self.raft.step(now, event, &mut effects);
        match (self.keep_first(now, &mut effects), before) {
            (Err(error), Some(before)) if error.is_shortage() => {
                self.tell_not_kept(now, &error);
                self.raft = before;
                self.raft.cannot_stand(now);
            }
            (kept, _) => {
                kept?;
                self.carry_out(now, effects)?;
            }
        }
        if (self.raft.leader_id(), self.raft.epoch()) != known {
            self.leader_moved(now);
        }
        Ok(())
    }

    /// Whether what happens may make this replica a candidate.
    fn may_stand(&self, event: &Event) -> bool {
        let is_asked = matches!(
            event,
            Event::Timer | Event::VoteAnswered { .. } | Event::LeaderGone { .. } | Event::LeaderResigned { .. }
        );
        is_asked && !self.raft.is_leader()
    }

    /// Whether this replica votes for another. A vote that cannot be kept is not given: as if it had not been asked.
    pub(crate) fn vote(&mut self, now: Now, asked: raft::VoteRequest) -> Result<bool, QuorumError> {
        let known = (self.raft.leader_id(), self.raft.epoch());
        let (mut effects, before) = (Vec::new(), self.raft.clone());
        let answer = self.raft.vote(now, asked, &mut effects);
        tracing::info!(
            candidate = asked.candidate.id,
            epoch = asked.epoch,
            pre_vote = asked.pre_vote,
            granted = answer.granted,
            "asked for a vote"
        );
        match self.keep_first(now, &mut effects) {
            Err(error) if error.is_shortage() => {
                self.tell_not_kept(now, &error);
                self.raft = before;
                self.raft_event(now, Event::EpochKnown { epoch: asked.epoch })?;
                return Ok(false);
            }
            kept => kept?,
        }
        self.carry_out(now, effects)?;
        if (self.raft.leader_id(), self.raft.epoch()) != known {
            self.leader_moved(now);
        }
        Ok(answer.granted)
    }

    /// Writes what a step has to keep, before anything else of it is carried out.
    fn keep_first(&mut self, now: Now, effects: &mut Vec<Effect>) -> Result<(), QuorumError> {
        let kept = effects.iter().position(|effect| matches!(effect, Effect::Persist(_)));
        match kept.map(|at| effects.remove(at)) {
            Some(first) => self.carry_out(now, vec![first]),
            None => Ok(()),
        }
    }

    fn tell_not_kept(&self, now: Now, error: &QuorumError) {
        if self.not_kept_line.is_due(now) {
            tracing::warn!(node = self.config.local.id, %error, "there is no room for a vote: none is given");
        }
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

    /// Writes what must not be forgotten. What is known of another leader, and no vote, only spares a search after a start,
    /// and no epoch is led twice by it: a shortage passes. So it does where the vote that stands is on disk already.
    fn keep_quorum_state(&self, state: &QuorumState) -> Result<(), QuorumError> {
        match self.write_quorum_state(state) {
            Err(error) if error.is_shortage() && self.promises_nothing(state)? => {
                tracing::warn!(%error, "what is known of the quorum's leader is not kept");
                Ok(())
            }
            other => other,
        }
    }

    fn promises_nothing(&self, state: &QuorumState) -> Result<bool, QuorumError> {
        if state.voted.is_none() && state.leader_id != Some(self.config.local.id) {
            return Ok(true);
        }
        let kept = self.read_quorum_state()?;
        let is_same = kept.voted.is_some() && (state.voted.is_none() || state.voted == kept.voted);
        Ok(kept.leader_epoch == state.leader_epoch && is_same)
    }
}
