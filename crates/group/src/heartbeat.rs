//! Heartbeat: keeps a member's session and tells it of a rebalance.

use crate::group::{Group, State};
use crate::rebalance::Turn;
use crate::request::Heartbeat;
use base::ErrorCode;

impl Group {
    pub(crate) fn heartbeat(&mut self, request: &Heartbeat, turn: &mut Turn<'_>) -> Result<(), ErrorCode> {
        self.validate_member(&request.member_id, request.instance_id.as_deref())?;
        if request.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        match self.state {
            State::Empty => return Err(ErrorCode::UnknownMemberId),
            State::PreparingRebalance | State::CompletingRebalance | State::Stable => {}
        }
        self.keep_session(&request.member_id, turn);
        if self.state == State::PreparingRebalance { Err(ErrorCode::RebalanceInProgress) } else { Ok(()) }
    }

    /// A member gave a sign of life.
    pub(crate) fn keep_session(&mut self, member_id: &str, turn: &mut Turn<'_>) {
        if let Some(member) = self.members.get_mut(member_id) {
            turn.restart_session(&self.id, member);
        }
    }

    /// A session's deadline has come. Who is parked cannot send heartbeats and stays, unless it never joined yet.
    pub(crate) fn on_session_deadline(&mut self, member_id: &str, queued_us: u64, turn: &mut Turn<'_>) {
        let Some(member) = self.members.get_mut(member_id) else { return };
        if member.queued_us != Some(queued_us) {
            return;
        }
        member.queued_us = None;
        let Some(deadline) = member.session_deadline_us else { return };
        if deadline > turn.now.monotonic_us {
            member.queued_us = Some(deadline);
            let (group, member) = (self.id.clone(), member_id.to_owned());
            turn.timers.push(deadline, crate::timers::Timer::Session { group, member });
            return;
        }
        member.session_deadline_us = None;
        if member.is_new || !member.is_parked() {
            self.remove_and_rebalance(member_id, turn);
        }
    }
}
