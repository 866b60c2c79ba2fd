//! The rebalance of a classic group: from the first member that joins to the generation that all members are told.

use crate::group::{Group, JoinPhase, State};
use crate::member::{Member, Parked};
use crate::pending::PendingMembers;
use crate::request::{GroupResponse, Output};
use crate::response;
use crate::settings::GroupSettings;
use crate::timers::{Timer, Timers, after_ms};
use base::{ErrorCode, Now};
use protocol::{JoinGroupResponse, SyncGroupResponse};
use std::borrow::Cow;

/// Shortest time after which a join phase that nobody joined is looked at again, whatever timeout its members chose.
const POSTPONED_JOIN_MIN_MS: i32 = 100;

/// What one call to the shard works with, beside the group.
pub(crate) struct Turn<'a> {
    pub now: Now,
    pub settings: &'a GroupSettings,
    pub timers: &'a mut Timers,
    pub pending: &'a mut PendingMembers,
    pub in_flight: &'a mut Vec<InFlight>,
    pub out: Output,
}

/// A change of a group that waits for its record to reach the log.
#[derive(Debug)]
pub(crate) enum InFlight {
    /// The group was created by this call; it vanishes when the record is lost.
    NewGroup { group: String },
    /// The leader's assignment: takes effect when the record is in the log.
    Assignment { group: String, now_wall_ms: i64 },
    /// A static member got another member id; the group as it was before.
    StaticMember { before: Box<Group> },
    /// The last member is gone; memory is ahead of the log if the record is lost.
    Emptied { group: String },
}

impl InFlight {
    pub(crate) fn group(&self) -> &str {
        match self {
            InFlight::NewGroup { group } | InFlight::Assignment { group, .. } | InFlight::Emptied { group } => group,
            InFlight::StaticMember { before } => &before.id,
        }
    }
}

impl Turn<'_> {
    pub(crate) fn reply_join(&mut self, parked: Parked, response: JoinGroupResponse<'static>) {
        self.out.reply(parked.token, GroupResponse::JoinGroup(response));
    }

    pub(crate) fn reply_sync_error(&mut self, parked: Parked, error: ErrorCode) {
        let response = SyncGroupResponse { error_code: error as i16, ..Default::default() };
        self.out.reply(parked.token, GroupResponse::SyncGroup(response));
    }

    /// Gives the member its session timeout from now on.
    pub(crate) fn restart_session(&mut self, group: &str, member: &mut Member) {
        self.expire_member_in(group, member, member.session_timeout_ms);
    }

    pub(crate) fn expire_member_in(&mut self, group: &str, member: &mut Member, timeout_ms: i32) {
        let deadline = after_ms(self.now.monotonic_us, timeout_ms);
        member.session_deadline_us = Some(deadline);
        if member.queued_us.is_none_or(|queued| queued > deadline) {
            member.queued_us = Some(deadline);
            self.timers.push(deadline, Timer::Session { group: group.to_owned(), member: member.id.clone() });
        }
    }
}

impl Group {
    /// Starts a rebalance, or ends the join phase of the one in progress if nobody is missing any more.
    pub(crate) fn rebalance_or_complete_join(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::PreparingRebalance {
            self.complete_join_if_all_joined(turn);
        } else {
            self.prepare_rebalance(turn);
        }
    }

    /// Ends the join phase if all members are there; the initial one only ends by its delay.
    pub(crate) fn complete_join_if_all_joined(&mut self, turn: &mut Turn<'_>) {
        let may_end = self.state == State::PreparingRebalance && self.previous_state != State::Empty;
        if may_end && self.all_members_joined(turn.pending) {
            self.complete_join(turn);
        }
    }

    pub(crate) fn prepare_rebalance(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::CompletingRebalance {
            self.fail_assignment(ErrorCode::RebalanceInProgress, turn);
        }
        self.sync_deadline_us = None;
        let initial = self.state == State::Empty;
        self.transition(State::PreparingRebalance, turn.now.wall_ms);
        if initial {
            let delay_ms = turn.settings.initial_rebalance_delay_ms;
            let remaining_ms = self.rebalance_timeout_ms().saturating_sub(delay_ms).max(0);
            self.new_member_added = false;
            self.set_join_deadline(delay_ms, JoinPhase::Initial { delay_ms, remaining_ms }, turn);
        } else if self.all_members_joined(turn.pending) {
            self.complete_join(turn);
        } else {
            self.set_join_deadline(self.rebalance_timeout_ms(), JoinPhase::Rebalance, turn);
        }
    }

    fn set_join_deadline(&mut self, timeout_ms: i32, phase: JoinPhase, turn: &mut Turn<'_>) {
        let deadline = after_ms(turn.now.monotonic_us, timeout_ms);
        self.join_deadline = Some((deadline, phase));
        turn.timers.push(deadline, Timer::Join { group: self.id.clone() });
    }

    /// The join phase's time is up.
    pub(crate) fn on_join_deadline(&mut self, phase: JoinPhase, turn: &mut Turn<'_>) {
        match phase {
            JoinPhase::Initial { delay_ms, remaining_ms } if self.new_member_added && remaining_ms > 0 => {
                self.new_member_added = false;
                let next_delay_ms = turn.settings.initial_rebalance_delay_ms.min(remaining_ms);
                let remaining_ms = remaining_ms.saturating_sub(delay_ms).max(0);
                self.set_join_deadline(
                    next_delay_ms,
                    JoinPhase::Initial { delay_ms: next_delay_ms, remaining_ms },
                    turn,
                );
            }
            _ => self.complete_join(turn),
        }
    }

    /// Ends the join phase: drops dynamic members that did not rejoin, makes the next generation and tells everybody.
    /// While no member at all has rejoined, static members keep their group waiting until their sessions end (KIP-345).
    fn complete_join(&mut self, turn: &mut Turn<'_>) {
        self.join_deadline = None;
        let absent = |m: &&Member| m.awaiting_join.is_none() && m.instance_id.is_none();
        let gone: Vec<String> = self.members.values().filter(absent).map(|m| m.id.clone()).collect();
        for member_id in gone {
            self.remove(&member_id);
        }
        if self.members.is_empty() {
            self.become_empty(turn);
        } else if self.elect_joined_leader() {
            self.start_generation(turn);
        } else {
            let again_ms = self.rebalance_timeout_ms().max(POSTPONED_JOIN_MIN_MS);
            self.set_join_deadline(again_ms, JoinPhase::Rebalance, turn);
        }
    }

    fn become_empty(&mut self, turn: &mut Turn<'_>) {
        self.generation = self.generation.wrapping_add(1);
        self.protocol_name = None;
        self.subscribed_topics = self.compute_subscribed_topics();
        self.pending_sync.clear();
        self.transition(State::Empty, turn.now.wall_ms);
        turn.out.records.push(self.record(|_| &[]));
        turn.in_flight.push(InFlight::Emptied { group: self.id.clone() });
    }

    /// Keeps the leader if it has joined, or takes another member that has.
    fn elect_joined_leader(&mut self) -> bool {
        let joined = |id: &String| self.members.get(id).is_some_and(|m| m.awaiting_join.is_some());
        if self.leader.as_ref().is_some_and(joined) {
            return true;
        }
        let Some(next) = self.members.values().find(|m| m.awaiting_join.is_some()) else { return false };
        self.leader = Some(next.id.clone());
        true
    }

    fn start_generation(&mut self, turn: &mut Turn<'_>) {
        self.generation = self.generation.wrapping_add(1);
        self.protocol_name = self.select_protocol();
        self.subscribed_topics = self.compute_subscribed_topics();
        self.transition(State::CompletingRebalance, turn.now.wall_ms);
        self.pending_sync = self.members.keys().cloned().collect();
        let ids: Vec<String> = self.members.keys().cloned().collect();
        for id in ids {
            let response = self.joined_response(&id);
            let Some(member) = self.members.get_mut(&id) else { continue };
            member.is_new = false;
            if let Some(parked) = member.awaiting_join.take() {
                turn.reply_join(parked, response);
            }
            turn.restart_session(&self.id, member);
        }
        let deadline = after_ms(turn.now.monotonic_us, self.rebalance_timeout_ms());
        self.sync_deadline_us = Some(deadline);
        turn.timers.push(deadline, Timer::Sync { group: self.id.clone() });
    }

    /// The sync phase's time is up (KAFKA-9752 and KIP-62): members that never synced are out.
    pub(crate) fn on_sync_deadline(&mut self, turn: &mut Turn<'_>) {
        self.sync_deadline_us = None;
        let synced_or_not_asked = !matches!(self.state, State::CompletingRebalance | State::Stable);
        if synced_or_not_asked || self.pending_sync.is_empty() {
            return;
        }
        for member_id in std::mem::take(&mut self.pending_sync) {
            if let Some(member) = self.remove(&member_id) {
                self.refuse_parked(member, turn);
            }
        }
        self.prepare_rebalance(turn);
    }

    pub(crate) fn member_synced(&mut self, member_id: &str) {
        self.pending_sync.remove(member_id);
        if self.pending_sync.is_empty() {
            self.sync_deadline_us = None;
        }
    }

    /// Answers every parked sync with the error; members have no assignment then.
    pub(crate) fn fail_assignment(&mut self, error: ErrorCode, turn: &mut Turn<'_>) {
        for member in self.members.values_mut() {
            member.assignment.clear();
            if let Some(parked) = member.awaiting_sync.take() {
                turn.reply_sync_error(parked, error);
                turn.restart_session(&self.id, member);
            }
        }
    }

    /// Hands the assignments out; the answers wait for the record that holds them.
    pub(crate) fn answer_syncs(&mut self, assignments: &std::collections::BTreeMap<&str, &[u8]>, turn: &mut Turn<'_>) {
        for member in self.members.values_mut() {
            let Some(parked) = member.awaiting_sync.take() else { continue };
            let assignment = assignments.get(member.id.as_str()).copied().unwrap_or_default();
            let response = SyncGroupResponse {
                protocol_type: self.protocol_type.clone().map(Cow::Owned),
                protocol_name: self.protocol_name.clone().map(Cow::Owned),
                assignment: assignment.to_vec().into(),
                ..Default::default()
            };
            turn.out.reply_after_commit(parked.token, GroupResponse::SyncGroup(response));
            turn.restart_session(&self.id, member);
        }
    }

    /// Takes a member out, answers what it waited for, and rebalances what is left.
    pub(crate) fn remove_and_rebalance(&mut self, member_id: &str, turn: &mut Turn<'_>) {
        if let Some(member) = self.remove(member_id) {
            self.refuse_parked(member, turn);
        }
        self.rebalance_after_removal(turn);
    }

    pub(crate) fn rebalance_after_removal(&mut self, turn: &mut Turn<'_>) {
        match self.state {
            State::Empty => {}
            State::Stable | State::CompletingRebalance => self.prepare_rebalance(turn),
            State::PreparingRebalance => self.complete_join_if_all_joined(turn),
        }
    }

    /// Tells a member that is out already to begin again.
    pub(crate) fn refuse_parked(&self, member: Member, turn: &mut Turn<'_>) {
        if let Some(parked) = member.awaiting_join {
            turn.reply_join(parked, response::join_error("", ErrorCode::UnknownMemberId));
        }
        if let Some(parked) = member.awaiting_sync {
            turn.reply_sync_error(parked, ErrorCode::UnknownMemberId);
        }
    }
}
