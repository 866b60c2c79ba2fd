//! SyncGroup: the leader brings the assignment, everybody takes theirs.

use crate::group::{Group, State};
use crate::member::Parked;
use crate::rebalance::{InFlight, Turn};
use crate::request::{GroupResponse, SyncGroup};
use base::ErrorCode;
use protocol::SyncGroupResponse;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is wrong with the request whatever the group says.
pub(crate) fn validate(request: &SyncGroup) -> Result<(), ErrorCode> {
    let protocol_missing = request.protocol_type.is_none() || request.protocol_name.is_none();
    if request.must_name_protocol && protocol_missing {
        return Err(ErrorCode::InconsistentGroupProtocol);
    }
    if request.group_id.is_empty() { Err(ErrorCode::InvalidGroupId) } else { Ok(()) }
}

fn differs(said: &Option<String>, known: &Option<String>) -> bool {
    matches!((said, known), (Some(said), Some(known)) if said != known)
}

impl Group {
    pub(crate) fn sync(&mut self, request: SyncGroup, parked: Parked, turn: &mut Turn<'_>) {
        if let Err(error) = self.validate_sync(&request) {
            return turn.reply_sync_error(parked, error);
        }
        match self.state {
            State::Empty => turn.reply_sync_error(parked, ErrorCode::UnknownMemberId),
            State::PreparingRebalance => turn.reply_sync_error(parked, ErrorCode::RebalanceInProgress),
            State::CompletingRebalance => self.park_sync(request, parked, turn),
            State::Stable => self.answer_sync(&request.member_id, parked, turn),
        }
    }

    fn validate_sync(&self, request: &SyncGroup) -> Result<(), ErrorCode> {
        self.validate_member(&request.member_id, request.instance_id.as_deref())?;
        if request.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        if differs(&request.protocol_type, &self.protocol_type) || differs(&request.protocol_name, &self.protocol_name)
        {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        Ok(())
    }

    fn park_sync(&mut self, request: SyncGroup, parked: Parked, turn: &mut Turn<'_>) {
        let member = self.members.get_mut(&request.member_id);
        if let Some(earlier) = member.and_then(|m| m.awaiting_sync.replace(parked)) {
            turn.reply_sync_error(earlier, ErrorCode::RebalanceInProgress);
        }
        self.member_synced(&request.member_id);
        if self.is_leader(&request.member_id) {
            self.store_assignment(&request, turn);
        }
    }

    /// Members that the leader left out get an empty assignment.
    fn store_assignment(&mut self, request: &SyncGroup, turn: &mut Turn<'_>) {
        let assignments: BTreeMap<&str, &[u8]> =
            request.assignments.iter().map(|(member, bytes)| (member.as_str(), bytes.as_slice())).collect();
        let record =
            crate::records::group_metadata(self, |m| assignments.get(m.id.as_str()).copied().unwrap_or_default());
        turn.out.records.push(record);
        turn.in_flight.push(InFlight::Assignment { group: self.id.clone(), now_wall_ms: turn.now.wall_ms });
        self.answer_syncs(&assignments, turn);
    }

    fn answer_sync(&mut self, member_id: &str, parked: Parked, turn: &mut Turn<'_>) {
        self.member_synced(member_id);
        let assignment = self.members.get(member_id).map(|m| m.assignment.clone()).unwrap_or_default();
        let response = SyncGroupResponse {
            protocol_type: self.protocol_type.clone().map(Cow::Owned),
            protocol_name: self.protocol_name.clone().map(Cow::Owned),
            assignment: assignment.into(),
            ..Default::default()
        };
        turn.out.reply_after_commit(parked.token, GroupResponse::SyncGroup(response));
    }
}
