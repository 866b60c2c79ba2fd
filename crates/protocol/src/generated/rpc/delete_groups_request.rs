//! `DeleteGroupsRequest` (key 42), versions 0 to 2.
//! Generated from `schema/rpc/DeleteGroupsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteGroupsRequest<'a> {
    pub groups_names: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteGroupsRequest<'_> {
    fn default() -> Self {
        DeleteGroupsRequest { groups_names: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> DeleteGroupsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteGroupsRequest", version });
        }
        let flexible = version >= 2;
        let groups_names =
            c.array(flexible, if version >= 2 { 1 } else { 2 }, "groupsNames", |c| c.string(flexible, "groupsNames"))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { groups_names, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteGroupsRequest", version });
        }
        w.length(self.groups_names.len(), flexible, "groupsNames")?;
        for v in &self.groups_names {
            w.string(v, flexible, "groupsNames")?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteGroupsRequest<'static> {
        DeleteGroupsRequest {
            groups_names: self.groups_names.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteGroupsRequest<'_> {
    const NAME: &'static str = "DeleteGroupsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = DeleteGroupsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteGroupsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteGroupsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteGroupsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteGroupsRequest::decode(c, version)
    }
}

impl crate::Request for DeleteGroupsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DeleteGroups;
    type Response<'r> = crate::DeleteGroupsResponse<'r>;
    type OwnedResponse = crate::DeleteGroupsResponse<'static>;
}
