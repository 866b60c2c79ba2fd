//! `SyncGroupResponse` (key 14), versions 0 to 5.
//! Generated from `schema/rpc/SyncGroupResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncGroupResponse<'a> {
    /// Versions 1+.
    pub throttle_time_ms: i32,
    pub error_code: i16,
    /// Versions 5+.
    pub protocol_type: Option<Cow<'a, str>>,
    /// Versions 5+.
    pub protocol_name: Option<Cow<'a, str>>,
    pub assignment: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SyncGroupResponse<'_> {
    fn default() -> Self {
        SyncGroupResponse {
            throttle_time_ms: 0,
            error_code: 0,
            protocol_type: None,
            protocol_name: None,
            assignment: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> SyncGroupResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SyncGroupResponse", version });
        }
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { c.i32()? } else { 0 };
        let error_code = c.i16()?;
        let protocol_type = if version >= 5 { c.nullable_string(flexible, "protocolType")? } else { None };
        let protocol_name = if version >= 5 { c.nullable_string(flexible, "protocolName")? } else { None };
        let assignment = c.bytes(flexible, "assignment")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, error_code, protocol_type, protocol_name, assignment, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SyncGroupResponse", version });
        }
        if version >= 1 {
            w.i32(self.throttle_time_ms);
        }
        w.i16(self.error_code);
        if version >= 5 {
            match &self.protocol_type {
                Some(v) => {
                    w.string(v, flexible, "protocolType")?;
                }
                None => w.null_string(flexible),
            }
        }
        if version >= 5 {
            match &self.protocol_name {
                Some(v) => {
                    w.string(v, flexible, "protocolName")?;
                }
                None => w.null_string(flexible),
            }
        }
        w.bytes(&self.assignment, flexible, "assignment")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SyncGroupResponse<'static> {
        SyncGroupResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            protocol_type: self.protocol_type.map(|v| Cow::Owned(v.into_owned())),
            protocol_name: self.protocol_name.map(|v| Cow::Owned(v.into_owned())),
            assignment: Cow::Owned(self.assignment.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for SyncGroupResponse<'_> {
    const NAME: &'static str = "SyncGroupResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = SyncGroupResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SyncGroupResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        SyncGroupResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for SyncGroupResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SyncGroupResponse::decode(c, version)
    }
}
