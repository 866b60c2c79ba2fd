//! `ControllerRegistrationResponse` (key 70), versions 0 to 0.
//! Generated from `schema/rpc/ControllerRegistrationResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ControllerRegistrationResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ControllerRegistrationResponse<'_> {
    fn default() -> Self {
        ControllerRegistrationResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ControllerRegistrationResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ControllerRegistrationResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, error_message, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ControllerRegistrationResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ControllerRegistrationResponse<'static> {
        ControllerRegistrationResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ControllerRegistrationResponse<'_> {
    const NAME: &'static str = "ControllerRegistrationResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ControllerRegistrationResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ControllerRegistrationResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ControllerRegistrationResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ControllerRegistrationResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ControllerRegistrationResponse::decode(c, version)
    }
}
