//! `RenewDelegationTokenResponse` (key 39), versions 1 to 2.
//! Generated from `schema/rpc/RenewDelegationTokenResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Versions 1 to 2, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct RenewDelegationTokenResponse {
    pub error_code: i16,
    pub expiry_timestamp_ms: i64,
    pub throttle_time_ms: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RenewDelegationTokenResponse {
    fn default() -> Self {
        RenewDelegationTokenResponse {
            error_code: 0,
            expiry_timestamp_ms: 0,
            throttle_time_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl RenewDelegationTokenResponse {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RenewDelegationTokenResponse", version });
        }
        let flexible = version >= 2;
        let error_code = c.i16()?;
        let expiry_timestamp_ms = c.i64()?;
        let throttle_time_ms = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { error_code, expiry_timestamp_ms, throttle_time_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RenewDelegationTokenResponse", version });
        }
        w.i16(self.error_code);
        w.i64(self.expiry_timestamp_ms);
        w.i32(self.throttle_time_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

impl crate::Message for RenewDelegationTokenResponse {
    const NAME: &'static str = "RenewDelegationTokenResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = RenewDelegationTokenResponse;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RenewDelegationTokenResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for RenewDelegationTokenResponse {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RenewDelegationTokenResponse::decode(c, version)
    }
}
