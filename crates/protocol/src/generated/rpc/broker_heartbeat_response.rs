//! `BrokerHeartbeatResponse` (key 63), versions 0 to 2.
//! Generated from `schema/rpc/BrokerHeartbeatResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerHeartbeatResponse {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub is_caught_up: bool,
    /// Default true.
    pub is_fenced: bool,
    pub should_shut_down: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerHeartbeatResponse {
    fn default() -> Self {
        BrokerHeartbeatResponse {
            throttle_time_ms: 0,
            error_code: 0,
            is_caught_up: false,
            is_fenced: true,
            should_shut_down: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl BrokerHeartbeatResponse {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "BrokerHeartbeatResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let is_caught_up = c.bool()?;
        let is_fenced = c.bool()?;
        let should_shut_down = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, is_caught_up, is_fenced, should_shut_down, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "BrokerHeartbeatResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        w.bool(self.is_caught_up);
        w.bool(self.is_fenced);
        w.bool(self.should_shut_down);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for BrokerHeartbeatResponse {
    const NAME: &'static str = "BrokerHeartbeatResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = BrokerHeartbeatResponse;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        BrokerHeartbeatResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for BrokerHeartbeatResponse {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        BrokerHeartbeatResponse::decode(c, version)
    }
}
