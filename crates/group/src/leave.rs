//! LeaveGroup: one member of itself, or several removed by an administrator by instance id (KIP-345).

use crate::group::Group;
use crate::rebalance::Turn;
use crate::request::LeavingMember;
use base::ErrorCode;
use protocol::LeaveGroupResponse;
use protocol::leave_group_response::MemberResponse;
use std::borrow::Cow;

/// The answer for these outcomes.
pub(crate) fn response(members: Vec<LeavingMember>, outcomes: Vec<ErrorCode>) -> LeaveGroupResponse<'static> {
    let member = |(m, error): (LeavingMember, ErrorCode)| MemberResponse {
        member_id: Cow::Owned(m.member_id),
        group_instance_id: m.instance_id.map(Cow::Owned),
        error_code: error as i16,
        ..Default::default()
    };
    LeaveGroupResponse { members: members.into_iter().zip(outcomes).map(member).collect(), ..Default::default() }
}

impl Group {
    pub(crate) fn leave(&mut self, members: &[LeavingMember], turn: &mut Turn<'_>) -> Vec<ErrorCode> {
        let outcomes: Vec<ErrorCode> = members.iter().map(|m| self.leave_one(m, turn)).collect();
        if outcomes.contains(&ErrorCode::None) {
            self.rebalance_after_removal(turn);
        }
        outcomes
    }

    fn leave_one(&mut self, leaving: &LeavingMember, turn: &mut Turn<'_>) -> ErrorCode {
        let member_id = match self.leaving_member(leaving, turn) {
            Ok(member_id) => member_id,
            Err(error) => return error,
        };
        turn.pending.remove(&self.id, &member_id);
        if let Some(member) = self.remove(&member_id) {
            self.refuse_parked(member, turn);
        }
        ErrorCode::None
    }

    /// Member id of who leaves. An administrator knows the instance id only.
    fn leaving_member(&self, leaving: &LeavingMember, turn: &Turn<'_>) -> Result<String, ErrorCode> {
        let (member_id, instance_id) = (leaving.member_id.as_str(), leaving.instance_id.as_deref());
        if member_id.is_empty() {
            let current = instance_id.and_then(|id| self.static_members.get(id));
            return current.cloned().ok_or(ErrorCode::UnknownMemberId);
        }
        if !turn.pending.contains(&self.id, member_id) {
            self.validate_member(member_id, instance_id)?;
        }
        Ok(member_id.to_owned())
    }
}
