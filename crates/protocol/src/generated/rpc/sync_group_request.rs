//! `SyncGroupRequest` (key 14), versions 0 to 5.
//! Generated from `schema/rpc/SyncGroupRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncGroupRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub generation_id: i32,
    pub member_id: Cow<'a, str>,
    /// Versions 3+.
    pub group_instance_id: Option<Cow<'a, str>>,
    /// Versions 5+.
    pub protocol_type: Option<Cow<'a, str>>,
    /// Versions 5+.
    pub protocol_name: Option<Cow<'a, str>>,
    pub assignments: Vec<SyncGroupRequestAssignment<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SyncGroupRequest<'_> {
    fn default() -> Self {
        SyncGroupRequest {
            group_id: Cow::Borrowed(""),
            generation_id: 0,
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            protocol_type: None,
            protocol_name: None,
            assignments: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> SyncGroupRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SyncGroupRequest", version });
        }
        let flexible = version >= 4;
        let group_id = c.string(flexible, "groupId")?;
        let generation_id = c.i32()?;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 3 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let protocol_type = if version >= 5 { c.nullable_string(flexible, "protocolType")? } else { None };
        let protocol_name = if version >= 5 { c.nullable_string(flexible, "protocolName")? } else { None };
        let assignments = c.array(flexible, if version >= 4 { 3 } else { 6 }, "assignments", |c| {
            SyncGroupRequestAssignment::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            group_id,
            generation_id,
            member_id,
            group_instance_id,
            protocol_type,
            protocol_name,
            assignments,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SyncGroupRequest", version });
        }
        w.string(&self.group_id, flexible, "groupId")?;
        w.i32(self.generation_id);
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 3 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.group_instance_id.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "groupInstanceId", version });
        }
        if version >= 5 {
            match &self.protocol_type {
                Some(v) => {
                    w.string(v, flexible, "protocolType")?;
                }
                None => w.null_string(flexible),
            }
        }
        if version >= 5 {
            match &self.protocol_name {
                Some(v) => {
                    w.string(v, flexible, "protocolName")?;
                }
                None => w.null_string(flexible),
            }
        }
        w.length(self.assignments.len(), flexible, "assignments")?;
        for v in &self.assignments {
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
    pub fn into_owned(self) -> SyncGroupRequest<'static> {
        SyncGroupRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            generation_id: self.generation_id,
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            protocol_type: self.protocol_type.map(|v| Cow::Owned(v.into_owned())),
            protocol_name: self.protocol_name.map(|v| Cow::Owned(v.into_owned())),
            assignments: self.assignments.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for SyncGroupRequest<'_> {
    const NAME: &'static str = "SyncGroupRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = SyncGroupRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SyncGroupRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        SyncGroupRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for SyncGroupRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SyncGroupRequest::decode(c, version)
    }
}

impl crate::Request for SyncGroupRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::SyncGroup;
    type Response<'r> = crate::SyncGroupResponse<'r>;
    type OwnedResponse = crate::SyncGroupResponse<'static>;
}

/// A part of [`SyncGroupRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct SyncGroupRequestAssignment<'a> {
    pub member_id: Cow<'a, str>,
    pub assignment: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SyncGroupRequestAssignment<'_> {
    fn default() -> Self {
        SyncGroupRequestAssignment {
            member_id: Cow::Borrowed(""),
            assignment: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> SyncGroupRequestAssignment<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let member_id = c.string(flexible, "memberId")?;
        let assignment = c.bytes(flexible, "assignment")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { member_id, assignment, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.string(&self.member_id, flexible, "memberId")?;
        w.bytes(&self.assignment, flexible, "assignment")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SyncGroupRequestAssignment<'static> {
        SyncGroupRequestAssignment {
            member_id: Cow::Owned(self.member_id.into_owned()),
            assignment: Cow::Owned(self.assignment.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
