//! `EndTxnResponse` (key 26), versions 0 to 5.
//! Generated from `schema/rpc/EndTxnResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct EndTxnResponse {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    /// Versions 5+; default -1.
    pub producer_id: i64,
    /// Versions 5+; default -1.
    pub producer_epoch: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EndTxnResponse {
    fn default() -> Self {
        EndTxnResponse {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl EndTxnResponse {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EndTxnResponse", version });
        }
        let flexible = version >= 3;
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let producer_id = if version >= 5 { c.i64()? } else { -1 };
        let producer_epoch = if version >= 5 { c.i16()? } else { -1 };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, error_code, producer_id, producer_epoch, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EndTxnResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        if version >= 5 {
            w.i64(self.producer_id);
        }
        if version >= 5 {
            w.i16(self.producer_epoch);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

impl crate::Message for EndTxnResponse {
    const NAME: &'static str = "EndTxnResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = EndTxnResponse;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EndTxnResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for EndTxnResponse {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EndTxnResponse::decode(c, version)
    }
}
