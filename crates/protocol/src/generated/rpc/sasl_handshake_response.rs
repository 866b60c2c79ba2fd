//! `SaslHandshakeResponse` (key 17), versions 0 to 1.
//! Generated from `schema/rpc/SaslHandshakeResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct SaslHandshakeResponse<'a> {
    pub error_code: i16,
    pub mechanisms: Vec<Cow<'a, str>>,
}

impl Default for SaslHandshakeResponse<'_> {
    fn default() -> Self {
        SaslHandshakeResponse { error_code: 0, mechanisms: Vec::new() }
    }
}

impl<'a> SaslHandshakeResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SaslHandshakeResponse", version });
        }
        let error_code = c.i16()?;
        let mechanisms = c.array(false, 2, "mechanisms", |c| c.string(false, "mechanisms"))?;
        Ok(Self { error_code, mechanisms })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SaslHandshakeResponse", version });
        }
        w.i16(self.error_code);
        w.length(self.mechanisms.len(), false, "mechanisms")?;
        for v in &self.mechanisms {
            w.string(v, false, "mechanisms")?;
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SaslHandshakeResponse<'static> {
        SaslHandshakeResponse {
            error_code: self.error_code,
            mechanisms: self.mechanisms.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
        }
    }
}

impl crate::Message for SaslHandshakeResponse<'_> {
    const NAME: &'static str = "SaslHandshakeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = SaslHandshakeResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SaslHandshakeResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        SaslHandshakeResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for SaslHandshakeResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SaslHandshakeResponse::decode(c, version)
    }
}
