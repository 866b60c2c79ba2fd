//! `LeaveGroupRequest` (key 13), versions 0 to 5.
//! Generated from `schema/rpc/LeaveGroupRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaveGroupRequest<'a> {
    pub group_id: Cow<'a, str>,
    /// Versions 0 to 2.
    pub member_id: Cow<'a, str>,
    /// Versions 3+.
    pub members: Vec<MemberIdentity<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for LeaveGroupRequest<'_> {
    fn default() -> Self {
        LeaveGroupRequest {
            group_id: Cow::Borrowed(""),
            member_id: Cow::Borrowed(""),
            members: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> LeaveGroupRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "LeaveGroupRequest", version });
        }
        let flexible = version >= 4;
        let group_id = c.string(flexible, "groupId")?;
        let member_id = if version <= 2 { c.string(flexible, "memberId")? } else { Cow::Borrowed("") };
        let members = if version >= 3 {
            c.array(
                flexible,
                if version >= 5 {
                    4
                } else if version >= 4 {
                    3
                } else {
                    4
                },
                "members",
                |c| MemberIdentity::decode(c, version),
            )?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { group_id, member_id, members, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "LeaveGroupRequest", version });
        }
        w.string(&self.group_id, flexible, "groupId")?;
        if version <= 2 {
            w.string(&self.member_id, flexible, "memberId")?;
        } else if !self.member_id.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "memberId", version });
        }
        if version >= 3 {
            w.length(self.members.len(), flexible, "members")?;
            for v in &self.members {
                v.encode(w, version)?;
            }
        } else if !self.members.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "members", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> LeaveGroupRequest<'static> {
        LeaveGroupRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: Cow::Owned(self.member_id.into_owned()),
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for LeaveGroupRequest<'_> {
    const NAME: &'static str = "LeaveGroupRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = LeaveGroupRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        LeaveGroupRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        LeaveGroupRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for LeaveGroupRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        LeaveGroupRequest::decode(c, version)
    }
}

impl crate::Request for LeaveGroupRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::LeaveGroup;
    type Response<'r> = crate::LeaveGroupResponse<'r>;
    type OwnedResponse = crate::LeaveGroupResponse<'static>;
}

/// A part of [`LeaveGroupRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct MemberIdentity<'a> {
    pub member_id: Cow<'a, str>,
    pub group_instance_id: Option<Cow<'a, str>>,
    /// Versions 5+.
    pub reason: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MemberIdentity<'_> {
    fn default() -> Self {
        MemberIdentity {
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            reason: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MemberIdentity<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = c.nullable_string(flexible, "groupInstanceId")?;
        let reason = if version >= 5 { c.nullable_string(flexible, "reason")? } else { None };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { member_id, group_instance_id, reason, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.string(&self.member_id, flexible, "memberId")?;
        match &self.group_instance_id {
            Some(v) => {
                w.string(v, flexible, "groupInstanceId")?;
            }
            None => w.null_string(flexible),
        }
        if version >= 5 {
            match &self.reason {
                Some(v) => {
                    w.string(v, flexible, "reason")?;
                }
                None => w.null_string(flexible),
            }
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MemberIdentity<'static> {
        MemberIdentity {
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            reason: self.reason.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
