//! `ListGroupsResponse` (key 16), versions 0 to 5.
//! Generated from `schema/rpc/ListGroupsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ListGroupsResponse<'a> {
    /// Versions 1+.
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub groups: Vec<ListedGroup<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListGroupsResponse<'_> {
    fn default() -> Self {
        ListGroupsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListGroupsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListGroupsResponse", version });
        }
        let flexible = version >= 3;
        let throttle_time_ms = if version >= 1 { c.i32()? } else { 0 };
        let error_code = c.i16()?;
        let groups = c.array(
            flexible,
            if version >= 5 {
                5
            } else if version >= 4 {
                4
            } else if version >= 3 {
                3
            } else {
                4
            },
            "groups",
            |c| ListedGroup::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, error_code, groups, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListGroupsResponse", version });
        }
        if version >= 1 {
            w.i32(self.throttle_time_ms);
        }
        w.i16(self.error_code);
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
    pub fn into_owned(self) -> ListGroupsResponse<'static> {
        ListGroupsResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListGroupsResponse<'_> {
    const NAME: &'static str = "ListGroupsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = ListGroupsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListGroupsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListGroupsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListGroupsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListGroupsResponse::decode(c, version)
    }
}

/// A part of [`ListGroupsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ListedGroup<'a> {
    pub group_id: Cow<'a, str>,
    pub protocol_type: Cow<'a, str>,
    /// Versions 4+.
    pub group_state: Cow<'a, str>,
    /// Versions 5+.
    pub group_type: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListedGroup<'_> {
    fn default() -> Self {
        ListedGroup {
            group_id: Cow::Borrowed(""),
            protocol_type: Cow::Borrowed(""),
            group_state: Cow::Borrowed(""),
            group_type: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListedGroup<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let group_id = c.string(flexible, "groupId")?;
        let protocol_type = c.string(flexible, "protocolType")?;
        let group_state = if version >= 4 { c.string(flexible, "groupState")? } else { Cow::Borrowed("") };
        let group_type = if version >= 5 { c.string(flexible, "groupType")? } else { Cow::Borrowed("") };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { group_id, protocol_type, group_state, group_type, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        w.string(&self.group_id, flexible, "groupId")?;
        w.string(&self.protocol_type, flexible, "protocolType")?;
        if version >= 4 {
            w.string(&self.group_state, flexible, "groupState")?;
        }
        if version >= 5 {
            w.string(&self.group_type, flexible, "groupType")?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListedGroup<'static> {
        ListedGroup {
            group_id: Cow::Owned(self.group_id.into_owned()),
            protocol_type: Cow::Owned(self.protocol_type.into_owned()),
            group_state: Cow::Owned(self.group_state.into_owned()),
            group_type: Cow::Owned(self.group_type.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
