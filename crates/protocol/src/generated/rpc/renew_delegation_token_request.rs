//! `RenewDelegationTokenRequest` (key 39), versions 1 to 2.
//! Generated from `schema/rpc/RenewDelegationTokenRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 2, flexible since 2.
#[derive(Clone, PartialEq)]
pub struct RenewDelegationTokenRequest<'a> {
    pub hmac: Cow<'a, [u8]>,
    pub renew_period_ms: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RenewDelegationTokenRequest<'_> {
    fn default() -> Self {
        RenewDelegationTokenRequest {
            hmac: Cow::Borrowed(&[]),
            renew_period_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for RenewDelegationTokenRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenewDelegationTokenRequest")
            .field("hmac", &wire::Redacted)
            .field("renew_period_ms", &self.renew_period_ms)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> RenewDelegationTokenRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RenewDelegationTokenRequest", version });
        }
        let flexible = version >= 2;
        let hmac = c.bytes(flexible, "hmac")?;
        let renew_period_ms = c.i64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { hmac, renew_period_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RenewDelegationTokenRequest", version });
        }
        w.bytes(&self.hmac, flexible, "hmac")?;
        w.i64(self.renew_period_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RenewDelegationTokenRequest<'static> {
        RenewDelegationTokenRequest {
            hmac: Cow::Owned(self.hmac.into_owned()),
            renew_period_ms: self.renew_period_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RenewDelegationTokenRequest<'_> {
    const NAME: &'static str = "RenewDelegationTokenRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = RenewDelegationTokenRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RenewDelegationTokenRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RenewDelegationTokenRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RenewDelegationTokenRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RenewDelegationTokenRequest::decode(c, version)
    }
}

impl crate::Request for RenewDelegationTokenRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::RenewDelegationToken;
    type Response<'r> = crate::RenewDelegationTokenResponse;
    type OwnedResponse = crate::RenewDelegationTokenResponse;
}
