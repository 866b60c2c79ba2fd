//! `FindCoordinatorRequest` (key 10), versions 0 to 6.
//! Generated from `schema/rpc/FindCoordinatorRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 6, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct FindCoordinatorRequest<'a> {
    /// Versions 0 to 3.
    pub key: Cow<'a, str>,
    /// Versions 1+.
    pub key_type: i8,
    /// Versions 4+.
    pub coordinator_keys: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FindCoordinatorRequest<'_> {
    fn default() -> Self {
        FindCoordinatorRequest {
            key: Cow::Borrowed(""),
            key_type: 0,
            coordinator_keys: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FindCoordinatorRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FindCoordinatorRequest", version });
        }
        let flexible = version >= 3;
        let key = if version <= 3 { c.string(flexible, "key")? } else { Cow::Borrowed("") };
        let key_type = if version >= 1 { c.i8()? } else { 0 };
        let coordinator_keys = if version >= 4 {
            c.array(flexible, 1, "coordinatorKeys", |c| c.string(flexible, "coordinatorKeys"))?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { key, key_type, coordinator_keys, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FindCoordinatorRequest", version });
        }
        if version <= 3 {
            w.string(&self.key, flexible, "key")?;
        } else if !self.key.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "key", version });
        }
        if version >= 1 {
            w.i8(self.key_type);
        } else if self.key_type != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "keyType", version });
        }
        if version >= 4 {
            w.length(self.coordinator_keys.len(), flexible, "coordinatorKeys")?;
            for v in &self.coordinator_keys {
                w.string(v, flexible, "coordinatorKeys")?;
            }
        } else if !self.coordinator_keys.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "coordinatorKeys", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FindCoordinatorRequest<'static> {
        FindCoordinatorRequest {
            key: Cow::Owned(self.key.into_owned()),
            key_type: self.key_type,
            coordinator_keys: self.coordinator_keys.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for FindCoordinatorRequest<'_> {
    const NAME: &'static str = "FindCoordinatorRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = FindCoordinatorRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FindCoordinatorRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        FindCoordinatorRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for FindCoordinatorRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FindCoordinatorRequest::decode(c, version)
    }
}

impl crate::Request for FindCoordinatorRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::FindCoordinator;
    type Response<'r> = crate::FindCoordinatorResponse<'r>;
    type OwnedResponse = crate::FindCoordinatorResponse<'static>;
}
