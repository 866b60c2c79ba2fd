//! `GetTelemetrySubscriptionsRequest` (key 71), versions 0 to 0.
//! Generated from `schema/rpc/GetTelemetrySubscriptionsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct GetTelemetrySubscriptionsRequest {
    pub client_instance_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for GetTelemetrySubscriptionsRequest {
    fn default() -> Self {
        GetTelemetrySubscriptionsRequest {
            client_instance_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl GetTelemetrySubscriptionsRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "GetTelemetrySubscriptionsRequest", version });
        }
        let client_instance_id = c.uuid()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { client_instance_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "GetTelemetrySubscriptionsRequest", version });
        }
        w.uuid(self.client_instance_id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for GetTelemetrySubscriptionsRequest {
    const NAME: &'static str = "GetTelemetrySubscriptionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = GetTelemetrySubscriptionsRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        GetTelemetrySubscriptionsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for GetTelemetrySubscriptionsRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        GetTelemetrySubscriptionsRequest::decode(c, version)
    }
}

impl crate::Request for GetTelemetrySubscriptionsRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::GetTelemetrySubscriptions;
    type Response<'r> = crate::GetTelemetrySubscriptionsResponse<'r>;
    type OwnedResponse = crate::GetTelemetrySubscriptionsResponse<'static>;
}
