//! `EnvelopeResponse` (key 58), versions 0 to 0.
//! Generated from `schema/rpc/EnvelopeResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Clone, PartialEq)]
pub struct EnvelopeResponse<'a> {
    pub response_data: Option<Cow<'a, [u8]>>,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EnvelopeResponse<'_> {
    fn default() -> Self {
        EnvelopeResponse {
            response_data: None,
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for EnvelopeResponse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvelopeResponse")
            .field("response_data", &wire::Redacted)
            .field("error_code", &self.error_code)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> EnvelopeResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EnvelopeResponse", version });
        }
        let response_data = c.nullable_bytes(true, "responseData")?;
        let error_code = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { response_data, error_code, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EnvelopeResponse", version });
        }
        match &self.response_data {
            Some(v) => {
                w.bytes(v, true, "responseData")?;
            }
            None => w.null_length(true),
        }
        w.i16(self.error_code);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> EnvelopeResponse<'static> {
        EnvelopeResponse {
            response_data: self.response_data.map(|v| Cow::Owned(v.into_owned())),
            error_code: self.error_code,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for EnvelopeResponse<'_> {
    const NAME: &'static str = "EnvelopeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = EnvelopeResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EnvelopeResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        EnvelopeResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for EnvelopeResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EnvelopeResponse::decode(c, version)
    }
}
