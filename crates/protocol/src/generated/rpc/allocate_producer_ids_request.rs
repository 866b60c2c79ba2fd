//! `AllocateProducerIdsRequest` (key 67), versions 0 to 0.
//! Generated from `schema/rpc/AllocateProducerIdsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocateProducerIdsRequest {
    pub broker_id: i32,
    /// Default -1.
    pub broker_epoch: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AllocateProducerIdsRequest {
    fn default() -> Self {
        AllocateProducerIdsRequest {
            broker_id: 0,
            broker_epoch: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AllocateProducerIdsRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AllocateProducerIdsRequest", version });
        }
        let broker_id = c.i32()?;
        let broker_epoch = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { broker_id, broker_epoch, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AllocateProducerIdsRequest", version });
        }
        w.i32(self.broker_id);
        w.i64(self.broker_epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for AllocateProducerIdsRequest {
    const NAME: &'static str = "AllocateProducerIdsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AllocateProducerIdsRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AllocateProducerIdsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for AllocateProducerIdsRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AllocateProducerIdsRequest::decode(c, version)
    }
}

impl crate::Request for AllocateProducerIdsRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::AllocateProducerIds;
    type Response<'r> = crate::AllocateProducerIdsResponse;
    type OwnedResponse = crate::AllocateProducerIdsResponse;
}
