//! `DescribeGroupsRequest` (key 15), versions 0 to 6.
//! Generated from `schema/rpc/DescribeGroupsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 6, flexible since 5.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeGroupsRequest<'a> {
    pub groups: Vec<Cow<'a, str>>,
    /// Versions 3+.
    pub include_authorized_operations: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeGroupsRequest<'_> {
    fn default() -> Self {
        DescribeGroupsRequest {
            groups: Vec::new(),
            include_authorized_operations: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeGroupsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeGroupsRequest", version });
        }
        let flexible = version >= 5;
        let groups = c.array(flexible, if version >= 5 { 1 } else { 2 }, "groups", |c| c.string(flexible, "groups"))?;
        let include_authorized_operations = if version >= 3 { c.bool()? } else { false };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { groups, include_authorized_operations, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        if !(0..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeGroupsRequest", version });
        }
        w.length(self.groups.len(), flexible, "groups")?;
        for v in &self.groups {
            w.string(v, flexible, "groups")?;
        }
        if version >= 3 {
            w.bool(self.include_authorized_operations);
        } else if self.include_authorized_operations {
            return Err(wire::EncodeError::UnsupportedField { field: "includeAuthorizedOperations", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeGroupsRequest<'static> {
        DescribeGroupsRequest {
            groups: self.groups.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            include_authorized_operations: self.include_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeGroupsRequest<'_> {
    const NAME: &'static str = "DescribeGroupsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(5);
    type Owned = DescribeGroupsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeGroupsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeGroupsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeGroupsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeGroupsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeGroupsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeGroups;
    type Response<'r> = crate::DescribeGroupsResponse<'r>;
    type OwnedResponse = crate::DescribeGroupsResponse<'static>;
}
