//! `DescribeDelegationTokenResponse` (key 41), versions 1 to 3.
//! Generated from `schema/rpc/DescribeDelegationTokenResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeDelegationTokenResponse<'a> {
    pub error_code: i16,
    pub tokens: Vec<DescribedDelegationToken<'a>>,
    pub throttle_time_ms: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeDelegationTokenResponse<'_> {
    fn default() -> Self {
        DescribeDelegationTokenResponse {
            error_code: 0,
            tokens: Vec::new(),
            throttle_time_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeDelegationTokenResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeDelegationTokenResponse", version });
        }
        let flexible = version >= 2;
        let error_code = c.i16()?;
        let tokens = c.array(
            flexible,
            if version >= 3 {
                32
            } else if version >= 2 {
                30
            } else {
                38
            },
            "tokens",
            |c| DescribedDelegationToken::decode(c, version),
        )?;
        let throttle_time_ms = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { error_code, tokens, throttle_time_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeDelegationTokenResponse", version });
        }
        w.i16(self.error_code);
        w.length(self.tokens.len(), flexible, "tokens")?;
        for v in &self.tokens {
            v.encode(w, version)?;
        }
        w.i32(self.throttle_time_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeDelegationTokenResponse<'static> {
        DescribeDelegationTokenResponse {
            error_code: self.error_code,
            tokens: self.tokens.into_iter().map(|v| v.into_owned()).collect(),
            throttle_time_ms: self.throttle_time_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeDelegationTokenResponse<'_> {
    const NAME: &'static str = "DescribeDelegationTokenResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = DescribeDelegationTokenResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeDelegationTokenResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeDelegationTokenResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeDelegationTokenResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeDelegationTokenResponse::decode(c, version)
    }
}

/// A part of [`DescribeDelegationTokenResponse`].
#[derive(Clone, PartialEq)]
pub struct DescribedDelegationToken<'a> {
    pub principal_type: Cow<'a, str>,
    pub principal_name: Cow<'a, str>,
    /// Versions 3+.
    pub token_requester_principal_type: Cow<'a, str>,
    /// Versions 3+.
    pub token_requester_principal_name: Cow<'a, str>,
    pub issue_timestamp: i64,
    pub expiry_timestamp: i64,
    pub max_timestamp: i64,
    pub token_id: Cow<'a, str>,
    pub hmac: Cow<'a, [u8]>,
    pub renewers: Vec<DescribedDelegationTokenRenewer<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribedDelegationToken<'_> {
    fn default() -> Self {
        DescribedDelegationToken {
            principal_type: Cow::Borrowed(""),
            principal_name: Cow::Borrowed(""),
            token_requester_principal_type: Cow::Borrowed(""),
            token_requester_principal_name: Cow::Borrowed(""),
            issue_timestamp: 0,
            expiry_timestamp: 0,
            max_timestamp: 0,
            token_id: Cow::Borrowed(""),
            hmac: Cow::Borrowed(&[]),
            renewers: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for DescribedDelegationToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DescribedDelegationToken")
            .field("principal_type", &self.principal_type)
            .field("principal_name", &self.principal_name)
            .field("token_requester_principal_type", &self.token_requester_principal_type)
            .field("token_requester_principal_name", &self.token_requester_principal_name)
            .field("issue_timestamp", &self.issue_timestamp)
            .field("expiry_timestamp", &self.expiry_timestamp)
            .field("max_timestamp", &self.max_timestamp)
            .field("token_id", &self.token_id)
            .field("hmac", &wire::Redacted)
            .field("renewers", &self.renewers)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> DescribedDelegationToken<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let principal_type = c.string(flexible, "principalType")?;
        let principal_name = c.string(flexible, "principalName")?;
        let token_requester_principal_type =
            if version >= 3 { c.string(flexible, "tokenRequesterPrincipalType")? } else { Cow::Borrowed("") };
        let token_requester_principal_name =
            if version >= 3 { c.string(flexible, "tokenRequesterPrincipalName")? } else { Cow::Borrowed("") };
        let issue_timestamp = c.i64()?;
        let expiry_timestamp = c.i64()?;
        let max_timestamp = c.i64()?;
        let token_id = c.string(flexible, "tokenId")?;
        let hmac = c.bytes(flexible, "hmac")?;
        let renewers = c.array(flexible, if version >= 2 { 3 } else { 4 }, "renewers", |c| {
            DescribedDelegationTokenRenewer::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            principal_type,
            principal_name,
            token_requester_principal_type,
            token_requester_principal_name,
            issue_timestamp,
            expiry_timestamp,
            max_timestamp,
            token_id,
            hmac,
            renewers,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.principal_type, flexible, "principalType")?;
        w.string(&self.principal_name, flexible, "principalName")?;
        if version >= 3 {
            w.string(&self.token_requester_principal_type, flexible, "tokenRequesterPrincipalType")?;
        } else if !self.token_requester_principal_type.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "tokenRequesterPrincipalType", version });
        }
        if version >= 3 {
            w.string(&self.token_requester_principal_name, flexible, "tokenRequesterPrincipalName")?;
        } else if !self.token_requester_principal_name.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "tokenRequesterPrincipalName", version });
        }
        w.i64(self.issue_timestamp);
        w.i64(self.expiry_timestamp);
        w.i64(self.max_timestamp);
        w.string(&self.token_id, flexible, "tokenId")?;
        w.bytes(&self.hmac, flexible, "hmac")?;
        w.length(self.renewers.len(), flexible, "renewers")?;
        for v in &self.renewers {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribedDelegationToken<'static> {
        DescribedDelegationToken {
            principal_type: Cow::Owned(self.principal_type.into_owned()),
            principal_name: Cow::Owned(self.principal_name.into_owned()),
            token_requester_principal_type: Cow::Owned(self.token_requester_principal_type.into_owned()),
            token_requester_principal_name: Cow::Owned(self.token_requester_principal_name.into_owned()),
            issue_timestamp: self.issue_timestamp,
            expiry_timestamp: self.expiry_timestamp,
            max_timestamp: self.max_timestamp,
            token_id: Cow::Owned(self.token_id.into_owned()),
            hmac: Cow::Owned(self.hmac.into_owned()),
            renewers: self.renewers.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeDelegationTokenResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedDelegationTokenRenewer<'a> {
    pub principal_type: Cow<'a, str>,
    pub principal_name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribedDelegationTokenRenewer<'_> {
    fn default() -> Self {
        DescribedDelegationTokenRenewer {
            principal_type: Cow::Borrowed(""),
            principal_name: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribedDelegationTokenRenewer<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let principal_type = c.string(flexible, "principalType")?;
        let principal_name = c.string(flexible, "principalName")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { principal_type, principal_name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.principal_type, flexible, "principalType")?;
        w.string(&self.principal_name, flexible, "principalName")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribedDelegationTokenRenewer<'static> {
        DescribedDelegationTokenRenewer {
            principal_type: Cow::Owned(self.principal_type.into_owned()),
            principal_name: Cow::Owned(self.principal_name.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
