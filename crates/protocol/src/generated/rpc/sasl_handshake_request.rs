//! `SaslHandshakeRequest` (key 17), versions 0 to 1.
//! Generated from `schema/rpc/SaslHandshakeRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct SaslHandshakeRequest<'a> {
    pub mechanism: Cow<'a, str>,
}

impl Default for SaslHandshakeRequest<'_> {
    fn default() -> Self {
        SaslHandshakeRequest { mechanism: Cow::Borrowed("") }
    }
}

impl<'a> SaslHandshakeRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SaslHandshakeRequest", version });
        }
        let mechanism = c.string(false, "mechanism")?;
        Ok(Self { mechanism })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SaslHandshakeRequest", version });
        }
        w.string(&self.mechanism, false, "mechanism")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SaslHandshakeRequest<'static> {
        SaslHandshakeRequest { mechanism: Cow::Owned(self.mechanism.into_owned()) }
    }
}

impl crate::Message for SaslHandshakeRequest<'_> {
    const NAME: &'static str = "SaslHandshakeRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = SaslHandshakeRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SaslHandshakeRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        SaslHandshakeRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for SaslHandshakeRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SaslHandshakeRequest::decode(c, version)
    }
}

impl crate::Request for SaslHandshakeRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::SaslHandshake;
    type Response<'r> = crate::SaslHandshakeResponse<'r>;
    type OwnedResponse = crate::SaslHandshakeResponse<'static>;
}
