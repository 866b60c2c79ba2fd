//! `ExpireDelegationTokenRequest` (key 40), versions 1 to 2.
//! Generated from `schema/rpc/ExpireDelegationTokenRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 2, flexible since 2.
#[derive(Clone, PartialEq)]
pub struct ExpireDelegationTokenRequest<'a> {
    pub hmac: Cow<'a, [u8]>,
    pub expiry_time_period_ms: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ExpireDelegationTokenRequest<'_> {
    fn default() -> Self {
        ExpireDelegationTokenRequest {
            hmac: Cow::Borrowed(&[]),
            expiry_time_period_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for ExpireDelegationTokenRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExpireDelegationTokenRequest")
            .field("hmac", &wire::Redacted)
            .field("expiry_time_period_ms", &self.expiry_time_period_ms)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> ExpireDelegationTokenRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ExpireDelegationTokenRequest", version });
        }
        let flexible = version >= 2;
        let hmac = c.bytes(flexible, "hmac")?;
        let expiry_time_period_ms = c.i64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { hmac, expiry_time_period_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ExpireDelegationTokenRequest", version });
        }
        w.bytes(&self.hmac, flexible, "hmac")?;
        w.i64(self.expiry_time_period_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ExpireDelegationTokenRequest<'static> {
        ExpireDelegationTokenRequest {
            hmac: Cow::Owned(self.hmac.into_owned()),
            expiry_time_period_ms: self.expiry_time_period_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ExpireDelegationTokenRequest<'_> {
    const NAME: &'static str = "ExpireDelegationTokenRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = ExpireDelegationTokenRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ExpireDelegationTokenRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ExpireDelegationTokenRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ExpireDelegationTokenRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ExpireDelegationTokenRequest::decode(c, version)
    }
}

impl crate::Request for ExpireDelegationTokenRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ExpireDelegationToken;
    type Response<'r> = crate::ExpireDelegationTokenResponse;
    type OwnedResponse = crate::ExpireDelegationTokenResponse;
}
