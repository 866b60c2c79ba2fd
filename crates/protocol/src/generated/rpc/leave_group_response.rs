//! `LeaveGroupResponse` (key 13), versions 0 to 5.
//! Generated from `schema/rpc/LeaveGroupResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaveGroupResponse<'a> {
    /// Versions 1+.
    pub throttle_time_ms: i32,
    pub error_code: i16,
    /// Versions 3+.
    pub members: Vec<MemberResponse<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for LeaveGroupResponse<'_> {
    fn default() -> Self {
        LeaveGroupResponse {
            throttle_time_ms: 0,
            error_code: 0,
            members: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> LeaveGroupResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "LeaveGroupResponse", version });
        }
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { c.i32()? } else { 0 };
        let error_code = c.i16()?;
        let members = if version >= 3 {
            c.array(flexible, if version >= 4 { 5 } else { 6 }, "members", |c| MemberResponse::decode(c, version))?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, error_code, members, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "LeaveGroupResponse", version });
        }
        if version >= 1 {
            w.i32(self.throttle_time_ms);
        }
        w.i16(self.error_code);
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
    pub fn into_owned(self) -> LeaveGroupResponse<'static> {
        LeaveGroupResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for LeaveGroupResponse<'_> {
    const NAME: &'static str = "LeaveGroupResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = LeaveGroupResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        LeaveGroupResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        LeaveGroupResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for LeaveGroupResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        LeaveGroupResponse::decode(c, version)
    }
}

/// A part of [`LeaveGroupResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MemberResponse<'a> {
    pub member_id: Cow<'a, str>,
    pub group_instance_id: Option<Cow<'a, str>>,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MemberResponse<'_> {
    fn default() -> Self {
        MemberResponse {
            member_id: Cow::Borrowed(""),
            group_instance_id: Some(Cow::Borrowed("")),
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MemberResponse<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = c.nullable_string(flexible, "groupInstanceId")?;
        let error_code = c.i16()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { member_id, group_instance_id, error_code, unknown_tagged_fields })
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
        w.i16(self.error_code);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MemberResponse<'static> {
        MemberResponse {
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            error_code: self.error_code,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
