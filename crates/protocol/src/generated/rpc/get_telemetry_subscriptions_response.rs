//! `GetTelemetrySubscriptionsResponse` (key 71), versions 0 to 0.
//! Generated from `schema/rpc/GetTelemetrySubscriptionsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct GetTelemetrySubscriptionsResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub client_instance_id: Uuid,
    pub subscription_id: i32,
    pub accepted_compression_types: Vec<i8>,
    pub push_interval_ms: i32,
    pub telemetry_max_bytes: i32,
    pub delta_temporality: bool,
    pub requested_metrics: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for GetTelemetrySubscriptionsResponse<'_> {
    fn default() -> Self {
        GetTelemetrySubscriptionsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            client_instance_id: Uuid::ZERO,
            subscription_id: 0,
            accepted_compression_types: Vec::new(),
            push_interval_ms: 0,
            telemetry_max_bytes: 0,
            delta_temporality: false,
            requested_metrics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> GetTelemetrySubscriptionsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "GetTelemetrySubscriptionsResponse",
                version,
            });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let client_instance_id = c.uuid()?;
        let subscription_id = c.i32()?;
        let accepted_compression_types = c.array(true, 1, "acceptedCompressionTypes", wire::Cursor::i8)?;
        let push_interval_ms = c.i32()?;
        let telemetry_max_bytes = c.i32()?;
        let delta_temporality = c.bool()?;
        let requested_metrics = c.array(true, 1, "requestedMetrics", |c| c.string(true, "requestedMetrics"))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            client_instance_id,
            subscription_id,
            accepted_compression_types,
            push_interval_ms,
            telemetry_max_bytes,
            delta_temporality,
            requested_metrics,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "GetTelemetrySubscriptionsResponse",
                version,
            });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        w.uuid(self.client_instance_id);
        w.i32(self.subscription_id);
        w.length(self.accepted_compression_types.len(), true, "acceptedCompressionTypes")?;
        for v in &self.accepted_compression_types {
            w.i8(*v);
        }
        w.i32(self.push_interval_ms);
        w.i32(self.telemetry_max_bytes);
        w.bool(self.delta_temporality);
        w.length(self.requested_metrics.len(), true, "requestedMetrics")?;
        for v in &self.requested_metrics {
            w.string(v, true, "requestedMetrics")?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> GetTelemetrySubscriptionsResponse<'static> {
        GetTelemetrySubscriptionsResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            client_instance_id: self.client_instance_id,
            subscription_id: self.subscription_id,
            accepted_compression_types: self.accepted_compression_types,
            push_interval_ms: self.push_interval_ms,
            telemetry_max_bytes: self.telemetry_max_bytes,
            delta_temporality: self.delta_temporality,
            requested_metrics: self.requested_metrics.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for GetTelemetrySubscriptionsResponse<'_> {
    const NAME: &'static str = "GetTelemetrySubscriptionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = GetTelemetrySubscriptionsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        GetTelemetrySubscriptionsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        GetTelemetrySubscriptionsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for GetTelemetrySubscriptionsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        GetTelemetrySubscriptionsResponse::decode(c, version)
    }
}
