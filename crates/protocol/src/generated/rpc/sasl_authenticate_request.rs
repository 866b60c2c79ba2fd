//! `SaslAuthenticateRequest` (key 36), versions 0 to 2.
//! Generated from `schema/rpc/SaslAuthenticateRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 2.
#[derive(Clone, PartialEq)]
pub struct SaslAuthenticateRequest<'a> {
    pub auth_bytes: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SaslAuthenticateRequest<'_> {
    fn default() -> Self {
        SaslAuthenticateRequest {
            auth_bytes: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for SaslAuthenticateRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaslAuthenticateRequest")
            .field("auth_bytes", &wire::Redacted)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> SaslAuthenticateRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SaslAuthenticateRequest", version });
        }
        let flexible = version >= 2;
        let auth_bytes = c.bytes(flexible, "authBytes")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { auth_bytes, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SaslAuthenticateRequest", version });
        }
        w.bytes(&self.auth_bytes, flexible, "authBytes")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SaslAuthenticateRequest<'static> {
        SaslAuthenticateRequest {
            auth_bytes: Cow::Owned(self.auth_bytes.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for SaslAuthenticateRequest<'_> {
    const NAME: &'static str = "SaslAuthenticateRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = SaslAuthenticateRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SaslAuthenticateRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        SaslAuthenticateRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for SaslAuthenticateRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SaslAuthenticateRequest::decode(c, version)
    }
}

impl crate::Request for SaslAuthenticateRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::SaslAuthenticate;
    type Response<'r> = crate::SaslAuthenticateResponse<'r>;
    type OwnedResponse = crate::SaslAuthenticateResponse<'static>;
}
