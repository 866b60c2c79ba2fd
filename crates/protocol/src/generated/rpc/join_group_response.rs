//! `JoinGroupResponse` (key 11), versions 0 to 9.
//! Generated from `schema/rpc/JoinGroupResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 9, flexible since 6.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroupResponse<'a> {
    /// Versions 2+.
    pub throttle_time_ms: i32,
    pub error_code: i16,
    /// Default -1.
    pub generation_id: i32,
    /// Versions 7+.
    pub protocol_type: Option<Cow<'a, str>>,
    /// Null since 7.
    pub protocol_name: Option<Cow<'a, str>>,
    pub leader: Cow<'a, str>,
    /// Versions 9+.
    pub skip_assignment: bool,
    pub member_id: Cow<'a, str>,
    pub members: Vec<JoinGroupResponseMember<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for JoinGroupResponse<'_> {
    fn default() -> Self {
        JoinGroupResponse {
            throttle_time_ms: 0,
            error_code: 0,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(Cow::Borrowed("")),
            leader: Cow::Borrowed(""),
            skip_assignment: false,
            member_id: Cow::Borrowed(""),
            members: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> JoinGroupResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=9).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "JoinGroupResponse", version });
        }
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 2 { c.i32()? } else { 0 };
        let error_code = c.i16()?;
        let generation_id = c.i32()?;
        let protocol_type = if version >= 7 { c.nullable_string(flexible, "protocolType")? } else { None };
        let protocol_name = if version >= 7 {
            c.nullable_string(flexible, "protocolName")?
        } else {
            Some(c.string(flexible, "protocolName")?)
        };
        let leader = c.string(flexible, "leader")?;
        let skip_assignment = if version >= 9 { c.bool()? } else { false };
        let member_id = c.string(flexible, "memberId")?;
        let members = c.array(
            flexible,
            if version >= 6 {
                4
            } else if version >= 5 {
                8
            } else {
                6
            },
            "members",
            |c| JoinGroupResponseMember::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            throttle_time_ms,
            error_code,
            generation_id,
            protocol_type,
            protocol_name,
            leader,
            skip_assignment,
            member_id,
            members,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        if !(0..=9).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "JoinGroupResponse", version });
        }
        if version >= 2 {
            w.i32(self.throttle_time_ms);
        }
        w.i16(self.error_code);
        w.i32(self.generation_id);
        if version >= 7 {
            match &self.protocol_type {
                Some(v) => {
                    w.string(v, flexible, "protocolType")?;
                }
                None => w.null_string(flexible),
            }
        }
        match &self.protocol_name {
            Some(v) => {
                w.string(v, flexible, "protocolName")?;
            }
            None if version >= 7 => w.null_string(flexible),
            None => return Err(wire::EncodeError::Null { field: "protocolName" }),
        }
        w.string(&self.leader, flexible, "leader")?;
        if version >= 9 {
            w.bool(self.skip_assignment);
        } else if self.skip_assignment {
            return Err(wire::EncodeError::UnsupportedField { field: "skipAssignment", version });
        }
        w.string(&self.member_id, flexible, "memberId")?;
        w.length(self.members.len(), flexible, "members")?;
        for v in &self.members {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> JoinGroupResponse<'static> {
        JoinGroupResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            generation_id: self.generation_id,
            protocol_type: self.protocol_type.map(|v| Cow::Owned(v.into_owned())),
            protocol_name: self.protocol_name.map(|v| Cow::Owned(v.into_owned())),
            leader: Cow::Owned(self.leader.into_owned()),
            skip_assignment: self.skip_assignment,
            member_id: Cow::Owned(self.member_id.into_owned()),
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for JoinGroupResponse<'_> {
    const NAME: &'static str = "JoinGroupResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 9;
    const FLEXIBLE_SINCE: Option<i16> = Some(6);
    type Owned = JoinGroupResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        JoinGroupResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        JoinGroupResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for JoinGroupResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        JoinGroupResponse::decode(c, version)
    }
}

/// A part of [`JoinGroupResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroupResponseMember<'a> {
    pub member_id: Cow<'a, str>,
    /// Versions 5+.
    pub group_instance_id: Option<Cow<'a, str>>,
    pub metadata: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for JoinGroupResponseMember<'_> {
    fn default() -> Self {
        JoinGroupResponseMember {
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            metadata: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> JoinGroupResponseMember<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 5 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let metadata = c.bytes(flexible, "metadata")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { member_id, group_instance_id, metadata, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 5 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        }
        w.bytes(&self.metadata, flexible, "metadata")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> JoinGroupResponseMember<'static> {
        JoinGroupResponseMember {
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            metadata: Cow::Owned(self.metadata.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
