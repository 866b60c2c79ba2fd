//! JoinGroup: new members, dynamic (KIP-394) and static (KIP-345), and members that come back.

use crate::group::{Group, State};
use crate::member::{Member, Parked};
use crate::rebalance::{InFlight, Turn};
use crate::request::{GroupResponse, JoinGroup};
use crate::response;
use crate::timers::after_ms;
use base::{ErrorCode, Random};
use protocol::JoinGroupResponse;

/// A JoinGroup on its way to its group.
pub(crate) struct Join {
    pub parked: Parked,
    pub request: JoinGroup,
}

impl Join {
    fn into_member(self, member_id: String) -> Member {
        let request = self.request;
        Member {
            id: member_id,
            instance_id: request.instance_id,
            client_id: request.client_id,
            client_host: request.client_host,
            rebalance_timeout_ms: request.rebalance_timeout_ms,
            session_timeout_ms: request.session_timeout_ms,
            protocols: request.protocols,
            assignment: Vec::new(),
            is_new: true,
            awaiting_join: Some(self.parked),
            awaiting_sync: None,
            session_deadline_us: None,
            queued_us: None,
        }
    }

    fn refuse(self, error: ErrorCode, turn: &mut Turn<'_>) {
        turn.reply_join(self.parked, response::join_error(&self.request.member_id, error));
    }
}

/// A member id no other member will have: the client's id or its instance id, and a random uuid as Java prints them.
fn new_member_id(prefix: &str, random: &mut dyn Random) -> String {
    let mut bytes = random.bytes16();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().concat();
    format!("{prefix}-{}-{}-{}-{}-{}", part(0..4), part(4..6), part(6..8), part(8..10), part(10..16))
}

impl Group {
    pub(crate) fn join(&mut self, join: Join, random: &mut dyn Random, turn: &mut Turn<'_>) {
        if !self.has_room_for(&join.request.member_id, turn.settings.group_size_max) {
            self.remove(&join.request.member_id);
            turn.pending.remove(&self.id, &join.request.member_id);
            turn.reply_join(join.parked, response::join_error("", ErrorCode::GroupMaxSizeReached));
        } else if !self.supports_protocols(&join.request.protocol_type, &join.request.protocols) {
            join.refuse(ErrorCode::InconsistentGroupProtocol, turn);
        } else if join.request.member_id.is_empty() {
            self.join_new(join, random, turn);
        } else if turn.pending.contains(&self.id, &join.request.member_id) {
            self.join_pending(join, turn);
        } else {
            self.join_known(join, turn);
        }
    }

    /// Whether one more join fits under `group.max.size`: in a rebalance those count that have joined already.
    fn has_room_for(&self, member_id: &str, size_max: usize) -> bool {
        let member = self.members.get(member_id);
        match self.state {
            State::Empty => true,
            State::PreparingRebalance => {
                member.is_some_and(|m| m.awaiting_join.is_some()) || self.awaiting_join_count() < size_max
            }
            State::CompletingRebalance | State::Stable => member.is_some() || self.members.len() < size_max,
        }
    }

    fn join_new(&mut self, join: Join, random: &mut dyn Random, turn: &mut Turn<'_>) {
        let member_id = new_member_id(join.request.instance_id.as_deref().unwrap_or(&join.request.client_id), random);
        let replaced = join.request.instance_id.as_ref().and_then(|id| self.static_members.get(id)).cloned();
        if let Some(replaced) = replaced {
            self.replace_static_member(&replaced, member_id, join, turn);
        } else if join.request.instance_id.is_none() && join.request.returns_with_member_id {
            let deadline = after_ms(turn.now.monotonic_us, join.request.session_timeout_ms);
            turn.pending.add(&self.id, &member_id, deadline);
            turn.reply_join(join.parked, response::join_error(&member_id, ErrorCode::MemberIdRequired));
        } else {
            self.add_member(join, member_id, turn);
        }
    }

    fn join_pending(&mut self, join: Join, turn: &mut Turn<'_>) {
        if join.request.instance_id.is_some() {
            turn.reply_join(join.parked, response::join_error("", ErrorCode::UnknownServerError));
        } else {
            let member_id = join.request.member_id.clone();
            self.add_member(join, member_id, turn);
        }
    }

    fn add_member(&mut self, join: Join, member_id: String, turn: &mut Turn<'_>) {
        if self.members.is_empty() {
            self.protocol_type = Some(join.request.protocol_type.clone());
        }
        let mut member = join.into_member(member_id);
        if self.state == State::PreparingRebalance && self.previous_state == State::Empty {
            self.new_member_added = true;
        }
        turn.expire_member_in(&self.id, &mut member, turn.settings.new_member_join_timeout_ms);
        turn.pending.remove(&self.id, &member.id);
        self.insert(member);
        self.rebalance_or_complete_join(turn);
    }

    fn join_known(&mut self, join: Join, turn: &mut Turn<'_>) {
        if let Err(error) = self.validate_member(&join.request.member_id, join.request.instance_id.as_deref()) {
            return join.refuse(error, turn);
        }
        let unchanged = self.members.get(&join.request.member_id).is_some_and(|m| m.matches(&join.request.protocols));
        match self.state {
            State::Empty => join.refuse(ErrorCode::UnknownMemberId, turn),
            State::PreparingRebalance => self.rejoin(join, turn),
            // The answer to the first JoinGroup may have been lost: say it again.
            State::CompletingRebalance if unchanged => self.repeat_answer(join, true, turn),
            // A follower with nothing new may go on to SyncGroup; a leader that joins wants a rebalance.
            State::Stable if unchanged && !self.is_leader(&join.request.member_id) => {
                self.repeat_answer(join, false, turn)
            }
            State::CompletingRebalance | State::Stable => self.rejoin(join, turn),
        }
    }

    fn repeat_answer(&self, join: Join, with_members: bool, turn: &mut Turn<'_>) {
        let mut response = self.joined_response(&join.request.member_id);
        if !with_members {
            response.members.clear();
        }
        turn.reply_join(join.parked, response);
    }

    fn rejoin(&mut self, join: Join, turn: &mut Turn<'_>) {
        let member_id = join.request.member_id.clone();
        self.update_member(&member_id, join, turn);
        self.rebalance_or_complete_join(turn);
    }

    /// Takes over what a member says of itself and parks its request. A request of the same member that is still parked
    /// is the one before a retry, whose connection is gone: it is told to join again.
    fn update_member(&mut self, member_id: &str, join: Join, turn: &mut Turn<'_>) {
        let Some(member) = self.members.get_mut(member_id) else { return };
        member.protocols = join.request.protocols;
        member.rebalance_timeout_ms = join.request.rebalance_timeout_ms;
        member.session_timeout_ms = join.request.session_timeout_ms;
        if let Some(earlier) = member.awaiting_join.replace(join.parked) {
            turn.reply_join(earlier, response::join_error(member_id, ErrorCode::RebalanceInProgress));
        }
    }

    /// A static member is back under a new member id. In a stable group whose protocol stays the same nobody else
    /// notices: the new id is stored, and the answer waits for that.
    fn replace_static_member(&mut self, old_id: &str, new_id: String, join: Join, turn: &mut Turn<'_>) {
        let before = self.clone();
        let Some(mut member) = self.members.remove(old_id) else { return };
        fence(&mut member, turn);
        member.id = new_id.clone();
        member.queued_us = None;
        turn.restart_session(&self.id, &mut member);
        if let Some(instance_id) = &member.instance_id {
            self.static_members.insert(instance_id.clone(), new_id.clone());
        }
        if self.is_leader(old_id) {
            self.leader = Some(new_id.clone());
        }
        if self.pending_sync.remove(old_id) {
            self.pending_sync.insert(new_id.clone());
        }
        self.members.insert(new_id.clone(), member);
        let (parked, can_skip_assignment) = (join.parked, join.request.can_skip_assignment);
        self.update_member(&new_id, join, turn);
        match self.state {
            State::Stable if self.select_protocol() == self.protocol_name => {
                self.store_static_member(&new_id, (parked, can_skip_assignment), before, turn)
            }
            State::Stable | State::CompletingRebalance => self.prepare_rebalance(turn),
            State::PreparingRebalance => self.complete_join_if_all_joined(turn),
            State::Empty => {}
        }
    }

    fn store_static_member(
        &mut self,
        member_id: &str,
        (parked, can_skip_assignment): (Parked, bool),
        before: Group,
        turn: &mut Turn<'_>,
    ) {
        if let Some(member) = self.members.get_mut(member_id) {
            member.awaiting_join = None;
            member.is_new = false;
        }
        let leader = before.leader.clone().unwrap_or_default();
        let response = self.static_join_response(member_id, can_skip_assignment, leader);
        turn.out.records.push(self.record(|m| &m.assignment));
        turn.out.reply_after_commit(parked.token, GroupResponse::JoinGroup(response));
        turn.in_flight.push(InFlight::StaticMember { before: Box::new(before) });
    }

    /// A leader that returned is told to skip the assignment (KIP-814). Who cannot be told that is shown the old leader,
    /// so as not to assign again.
    fn static_join_response(
        &self,
        member_id: &str,
        can_skip_assignment: bool,
        old_leader: String,
    ) -> JoinGroupResponse<'static> {
        let mut response = self.joined_response(member_id);
        if can_skip_assignment {
            response.skip_assignment = self.is_leader(member_id);
        } else {
            response.members.clear();
            response.leader = old_leader.into();
        }
        response
    }
}

/// Whoever still waits under the old member id is a duplicate.
fn fence(member: &mut Member, turn: &mut Turn<'_>) {
    if let Some(parked) = member.awaiting_join.take() {
        turn.reply_join(parked, response::join_error(&member.id, ErrorCode::FencedInstanceId));
    }
    if let Some(parked) = member.awaiting_sync.take() {
        turn.reply_sync_error(parked, ErrorCode::FencedInstanceId);
    }
}
