//! `AllocateProducerIdsResponse` (key 67), versions 0 to 0.
//! Generated from `schema/rpc/AllocateProducerIdsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocateProducerIdsResponse {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub producer_id_start: i64,
    pub producer_id_len: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AllocateProducerIdsResponse {
    fn default() -> Self {
        AllocateProducerIdsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id_start: 0,
            producer_id_len: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AllocateProducerIdsResponse {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AllocateProducerIdsResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let producer_id_start = c.i64()?;
        let producer_id_len = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, producer_id_start, producer_id_len, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AllocateProducerIdsResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        w.i64(self.producer_id_start);
        w.i32(self.producer_id_len);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for AllocateProducerIdsResponse {
    const NAME: &'static str = "AllocateProducerIdsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AllocateProducerIdsResponse;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AllocateProducerIdsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for AllocateProducerIdsResponse {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AllocateProducerIdsResponse::decode(c, version)
    }
}
