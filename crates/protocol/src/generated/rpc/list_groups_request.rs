//! `ListGroupsRequest` (key 16), versions 0 to 5.
//! Generated from `schema/rpc/ListGroupsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ListGroupsRequest<'a> {
    /// Versions 4+.
    pub states_filter: Vec<Cow<'a, str>>,
    /// Versions 5+.
    pub types_filter: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListGroupsRequest<'_> {
    fn default() -> Self {
        ListGroupsRequest {
            states_filter: Vec::new(),
            types_filter: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListGroupsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListGroupsRequest", version });
        }
        let flexible = version >= 3;
        let states_filter = if version >= 4 {
            c.array(flexible, 1, "statesFilter", |c| c.string(flexible, "statesFilter"))?
        } else {
            Vec::new()
        };
        let types_filter = if version >= 5 {
            c.array(flexible, 1, "typesFilter", |c| c.string(flexible, "typesFilter"))?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { states_filter, types_filter, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListGroupsRequest", version });
        }
        if version >= 4 {
            w.length(self.states_filter.len(), flexible, "statesFilter")?;
            for v in &self.states_filter {
                w.string(v, flexible, "statesFilter")?;
            }
        } else if !self.states_filter.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "statesFilter", version });
        }
        if version >= 5 {
            w.length(self.types_filter.len(), flexible, "typesFilter")?;
            for v in &self.types_filter {
                w.string(v, flexible, "typesFilter")?;
            }
        } else if !self.types_filter.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "typesFilter", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListGroupsRequest<'static> {
        ListGroupsRequest {
            states_filter: self.states_filter.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            types_filter: self.types_filter.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListGroupsRequest<'_> {
    const NAME: &'static str = "ListGroupsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = ListGroupsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListGroupsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListGroupsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListGroupsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListGroupsRequest::decode(c, version)
    }
}

impl crate::Request for ListGroupsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ListGroups;
    type Response<'r> = crate::ListGroupsResponse<'r>;
    type OwnedResponse = crate::ListGroupsResponse<'static>;
}
