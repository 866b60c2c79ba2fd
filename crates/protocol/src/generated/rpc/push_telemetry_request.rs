//! `PushTelemetryRequest` (key 72), versions 0 to 0.
//! Generated from `schema/rpc/PushTelemetryRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct PushTelemetryRequest<'a> {
    pub client_instance_id: Uuid,
    pub subscription_id: i32,
    pub terminating: bool,
    pub compression_type: i8,
    pub metrics: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PushTelemetryRequest<'_> {
    fn default() -> Self {
        PushTelemetryRequest {
            client_instance_id: Uuid::ZERO,
            subscription_id: 0,
            terminating: false,
            compression_type: 0,
            metrics: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> PushTelemetryRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "PushTelemetryRequest", version });
        }
        let client_instance_id = c.uuid()?;
        let subscription_id = c.i32()?;
        let terminating = c.bool()?;
        let compression_type = c.i8()?;
        let metrics = c.bytes(true, "metrics")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { client_instance_id, subscription_id, terminating, compression_type, metrics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "PushTelemetryRequest", version });
        }
        w.uuid(self.client_instance_id);
        w.i32(self.subscription_id);
        w.bool(self.terminating);
        w.i8(self.compression_type);
        w.bytes(&self.metrics, true, "metrics")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> PushTelemetryRequest<'static> {
        PushTelemetryRequest {
            client_instance_id: self.client_instance_id,
            subscription_id: self.subscription_id,
            terminating: self.terminating,
            compression_type: self.compression_type,
            metrics: Cow::Owned(self.metrics.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for PushTelemetryRequest<'_> {
    const NAME: &'static str = "PushTelemetryRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = PushTelemetryRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        PushTelemetryRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        PushTelemetryRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for PushTelemetryRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        PushTelemetryRequest::decode(c, version)
    }
}

impl crate::Request for PushTelemetryRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::PushTelemetry;
    type Response<'r> = crate::PushTelemetryResponse;
    type OwnedResponse = crate::PushTelemetryResponse;
}
