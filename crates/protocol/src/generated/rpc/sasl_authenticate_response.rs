//! `SaslAuthenticateResponse` (key 36), versions 0 to 2.
//! Generated from `schema/rpc/SaslAuthenticateResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 2.
#[derive(Clone, PartialEq)]
pub struct SaslAuthenticateResponse<'a> {
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub auth_bytes: Cow<'a, [u8]>,
    /// Versions 1+.
    pub session_lifetime_ms: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SaslAuthenticateResponse<'_> {
    fn default() -> Self {
        SaslAuthenticateResponse {
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            auth_bytes: Cow::Borrowed(&[]),
            session_lifetime_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for SaslAuthenticateResponse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaslAuthenticateResponse")
            .field("error_code", &self.error_code)
            .field("error_message", &self.error_message)
            .field("auth_bytes", &wire::Redacted)
            .field("session_lifetime_ms", &self.session_lifetime_ms)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> SaslAuthenticateResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SaslAuthenticateResponse", version });
        }
        let flexible = version >= 2;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(flexible, "errorMessage")?;
        let auth_bytes = c.bytes(flexible, "authBytes")?;
        let session_lifetime_ms = if version >= 1 { c.i64()? } else { 0 };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { error_code, error_message, auth_bytes, session_lifetime_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SaslAuthenticateResponse", version });
        }
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, flexible, "errorMessage")?;
            }
            None => w.null_string(flexible),
        }
        w.bytes(&self.auth_bytes, flexible, "authBytes")?;
        if version >= 1 {
            w.i64(self.session_lifetime_ms);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SaslAuthenticateResponse<'static> {
        SaslAuthenticateResponse {
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            auth_bytes: Cow::Owned(self.auth_bytes.into_owned()),
            session_lifetime_ms: self.session_lifetime_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for SaslAuthenticateResponse<'_> {
    const NAME: &'static str = "SaslAuthenticateResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = SaslAuthenticateResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SaslAuthenticateResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        SaslAuthenticateResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for SaslAuthenticateResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SaslAuthenticateResponse::decode(c, version)
    }
}
