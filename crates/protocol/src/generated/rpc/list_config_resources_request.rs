//! `ListConfigResourcesRequest` (key 74), versions 0 to 1.
//! Generated from `schema/rpc/ListConfigResourcesRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListConfigResourcesRequest {
    /// Versions 1+.
    pub resource_types: Vec<i8>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListConfigResourcesRequest {
    fn default() -> Self {
        ListConfigResourcesRequest {
            resource_types: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ListConfigResourcesRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListConfigResourcesRequest", version });
        }
        let resource_types =
            if version >= 1 { c.array(true, 1, "resourceTypes", wire::Cursor::i8)? } else { Vec::new() };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { resource_types, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListConfigResourcesRequest", version });
        }
        if version >= 1 {
            w.length(self.resource_types.len(), true, "resourceTypes")?;
            for v in &self.resource_types {
                w.i8(*v);
            }
        } else if !self.resource_types.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "resourceTypes", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ListConfigResourcesRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListConfigResourcesRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ListConfigResourcesRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListConfigResourcesRequest::decode(c, version)
    }
}

impl crate::Request for ListConfigResourcesRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::ListConfigResources;
    type Response<'r> = crate::ListConfigResourcesResponse<'r>;
    type OwnedResponse = crate::ListConfigResourcesResponse<'static>;
}
