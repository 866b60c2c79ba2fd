//! `DescribeGroupsResponse` (key 15), versions 0 to 6.
//! Generated from `schema/rpc/DescribeGroupsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 6, flexible since 5.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeGroupsResponse<'a> {
    /// Versions 1+.
    pub throttle_time_ms: i32,
    pub groups: Vec<DescribedGroup<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeGroupsResponse<'_> {
    fn default() -> Self {
        DescribeGroupsResponse {
            throttle_time_ms: 0,
            groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeGroupsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeGroupsResponse", version });
        }
        let flexible = version >= 5;
        let throttle_time_ms = if version >= 1 { c.i32()? } else { 0 };
        let groups = c.array(
            flexible,
            if version >= 6 {
                13
            } else if version >= 5 {
                12
            } else if version >= 3 {
                18
            } else {
                14
            },
            "groups",
            |c| DescribedGroup::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, groups, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        if !(0..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeGroupsResponse", version });
        }
        if version >= 1 {
            w.i32(self.throttle_time_ms);
        }
        w.length(self.groups.len(), flexible, "groups")?;
        for v in &self.groups {
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
    pub fn into_owned(self) -> DescribeGroupsResponse<'static> {
        DescribeGroupsResponse {
            throttle_time_ms: self.throttle_time_ms,
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeGroupsResponse<'_> {
    const NAME: &'static str = "DescribeGroupsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(5);
    type Owned = DescribeGroupsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeGroupsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeGroupsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeGroupsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeGroupsResponse::decode(c, version)
    }
}

/// A part of [`DescribeGroupsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedGroup<'a> {
    pub error_code: i16,
    /// Versions 6+.
    pub error_message: Option<Cow<'a, str>>,
    pub group_id: Cow<'a, str>,
    pub group_state: Cow<'a, str>,
    pub protocol_type: Cow<'a, str>,
    pub protocol_data: Cow<'a, str>,
    pub members: Vec<DescribedGroupMember<'a>>,
    /// Versions 3+; default -2147483648.
    pub authorized_operations: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribedGroup<'_> {
    fn default() -> Self {
        DescribedGroup {
            error_code: 0,
            error_message: None,
            group_id: Cow::Borrowed(""),
            group_state: Cow::Borrowed(""),
            protocol_type: Cow::Borrowed(""),
            protocol_data: Cow::Borrowed(""),
            members: Vec::new(),
            authorized_operations: i32::MIN,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribedGroup<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 5;
        let error_code = c.i16()?;
        let error_message = if version >= 6 { c.nullable_string(flexible, "errorMessage")? } else { None };
        let group_id = c.string(flexible, "groupId")?;
        let group_state = c.string(flexible, "groupState")?;
        let protocol_type = c.string(flexible, "protocolType")?;
        let protocol_data = c.string(flexible, "protocolData")?;
        let members = c.array(
            flexible,
            if version >= 5 {
                7
            } else if version >= 4 {
                16
            } else {
                14
            },
            "members",
            |c| DescribedGroupMember::decode(c, version),
        )?;
        let authorized_operations = if version >= 3 { c.i32()? } else { i32::MIN };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            protocol_type,
            protocol_data,
            members,
            authorized_operations,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        w.i16(self.error_code);
        if version >= 6 {
            match &self.error_message {
                Some(v) => {
                    w.string(v, flexible, "errorMessage")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.error_message.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "errorMessage", version });
        }
        w.string(&self.group_id, flexible, "groupId")?;
        w.string(&self.group_state, flexible, "groupState")?;
        w.string(&self.protocol_type, flexible, "protocolType")?;
        w.string(&self.protocol_data, flexible, "protocolData")?;
        w.length(self.members.len(), flexible, "members")?;
        for v in &self.members {
            v.encode(w, version)?;
        }
        if version >= 3 {
            w.i32(self.authorized_operations);
        } else if self.authorized_operations != i32::MIN {
            return Err(wire::EncodeError::UnsupportedField { field: "authorizedOperations", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribedGroup<'static> {
        DescribedGroup {
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            group_id: Cow::Owned(self.group_id.into_owned()),
            group_state: Cow::Owned(self.group_state.into_owned()),
            protocol_type: Cow::Owned(self.protocol_type.into_owned()),
            protocol_data: Cow::Owned(self.protocol_data.into_owned()),
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            authorized_operations: self.authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeGroupsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedGroupMember<'a> {
    pub member_id: Cow<'a, str>,
    /// Versions 4+.
    pub group_instance_id: Option<Cow<'a, str>>,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    pub member_metadata: Cow<'a, [u8]>,
    pub member_assignment: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribedGroupMember<'_> {
    fn default() -> Self {
        DescribedGroupMember {
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            member_metadata: Cow::Borrowed(&[]),
            member_assignment: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribedGroupMember<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 5;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 4 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let client_id = c.string(flexible, "clientId")?;
        let client_host = c.string(flexible, "clientHost")?;
        let member_metadata = c.bytes(flexible, "memberMetadata")?;
        let member_assignment = c.bytes(flexible, "memberAssignment")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            member_metadata,
            member_assignment,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 4 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        }
        w.string(&self.client_id, flexible, "clientId")?;
        w.string(&self.client_host, flexible, "clientHost")?;
        w.bytes(&self.member_metadata, flexible, "memberMetadata")?;
        w.bytes(&self.member_assignment, flexible, "memberAssignment")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribedGroupMember<'static> {
        DescribedGroupMember {
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            member_metadata: Cow::Owned(self.member_metadata.into_owned()),
            member_assignment: Cow::Owned(self.member_assignment.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
