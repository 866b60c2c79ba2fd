//! LeaveGroup: one member of itself, or several removed by an administrator by instance id (KIP-345).

use crate::group::Group;
use crate::rebalance::Turn;
use base::ErrorCode;
use protocol::leave_group_request::MemberIdentity;
use protocol::leave_group_response::MemberResponse;
use protocol::{LeaveGroupRequest, LeaveGroupResponse};
use std::borrow::Cow;

/// First version with a list of members.
const MEMBERS_VERSION: i16 = 3;

/// The members that the request names, whatever its version.
pub(crate) fn members<'a>(request: LeaveGroupRequest<'a>, version: i16) -> Vec<MemberIdentity<'a>> {
    if version >= MEMBERS_VERSION {
        return request.members;
    }
    vec![MemberIdentity { member_id: request.member_id, ..Default::default() }]
}

/// The answer for these outcomes; versions without a list show the only outcome at the top.
pub(crate) fn response(
    members: &[MemberIdentity<'_>],
    outcomes: Vec<ErrorCode>,
    version: i16,
) -> LeaveGroupResponse<'static> {
    if version < MEMBERS_VERSION {
        let error = outcomes.first().copied().unwrap_or(ErrorCode::None);
        return LeaveGroupResponse { error_code: error as i16, ..Default::default() };
    }
    let member = |(m, error): (&MemberIdentity<'_>, ErrorCode)| MemberResponse {
        member_id: Cow::Owned(m.member_id.to_string()),
        group_instance_id: m.group_instance_id.as_deref().map(|id| Cow::Owned(id.to_owned())),
        error_code: error as i16,
        ..Default::default()
    };
    LeaveGroupResponse { members: members.iter().zip(outcomes).map(member).collect(), ..Default::default() }
}

impl Group {
    pub(crate) fn leave(&mut self, members: &[MemberIdentity<'_>], turn: &mut Turn<'_>) -> Vec<ErrorCode> {
        let outcomes: Vec<ErrorCode> = members.iter().map(|m| self.leave_one(m, turn)).collect();
        if outcomes.contains(&ErrorCode::None) {
            self.rebalance_after_removal(turn);
        }
        outcomes
    }

    fn leave_one(&mut self, leaving: &MemberIdentity<'_>, turn: &mut Turn<'_>) -> ErrorCode {
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
    fn leaving_member(&self, leaving: &MemberIdentity<'_>, turn: &Turn<'_>) -> Result<String, ErrorCode> {
        let (member_id, instance_id) = (leaving.member_id.as_ref(), leaving.group_instance_id.as_deref());
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
