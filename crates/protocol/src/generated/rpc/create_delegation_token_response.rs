//! `CreateDelegationTokenResponse` (key 38), versions 1 to 3.
//! Generated from `schema/rpc/CreateDelegationTokenResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 3, flexible since 2.
#[derive(Clone, PartialEq)]
pub struct CreateDelegationTokenResponse<'a> {
    pub error_code: i16,
    pub principal_type: Cow<'a, str>,
    pub principal_name: Cow<'a, str>,
    /// Versions 3+.
    pub token_requester_principal_type: Cow<'a, str>,
    /// Versions 3+.
    pub token_requester_principal_name: Cow<'a, str>,
    pub issue_timestamp_ms: i64,
    pub expiry_timestamp_ms: i64,
    pub max_timestamp_ms: i64,
    pub token_id: Cow<'a, str>,
    pub hmac: Cow<'a, [u8]>,
    pub throttle_time_ms: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreateDelegationTokenResponse<'_> {
    fn default() -> Self {
        CreateDelegationTokenResponse {
            error_code: 0,
            principal_type: Cow::Borrowed(""),
            principal_name: Cow::Borrowed(""),
            token_requester_principal_type: Cow::Borrowed(""),
            token_requester_principal_name: Cow::Borrowed(""),
            issue_timestamp_ms: 0,
            expiry_timestamp_ms: 0,
            max_timestamp_ms: 0,
            token_id: Cow::Borrowed(""),
            hmac: Cow::Borrowed(&[]),
            throttle_time_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for CreateDelegationTokenResponse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateDelegationTokenResponse")
            .field("error_code", &self.error_code)
            .field("principal_type", &self.principal_type)
            .field("principal_name", &self.principal_name)
            .field("token_requester_principal_type", &self.token_requester_principal_type)
            .field("token_requester_principal_name", &self.token_requester_principal_name)
            .field("issue_timestamp_ms", &self.issue_timestamp_ms)
            .field("expiry_timestamp_ms", &self.expiry_timestamp_ms)
            .field("max_timestamp_ms", &self.max_timestamp_ms)
            .field("token_id", &self.token_id)
            .field("hmac", &wire::Redacted)
            .field("throttle_time_ms", &self.throttle_time_ms)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> CreateDelegationTokenResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "CreateDelegationTokenResponse", version });
        }
        let flexible = version >= 2;
        let error_code = c.i16()?;
        let principal_type = c.string(flexible, "principalType")?;
        let principal_name = c.string(flexible, "principalName")?;
        let token_requester_principal_type =
            if version >= 3 { c.string(flexible, "tokenRequesterPrincipalType")? } else { Cow::Borrowed("") };
        let token_requester_principal_name =
            if version >= 3 { c.string(flexible, "tokenRequesterPrincipalName")? } else { Cow::Borrowed("") };
        let issue_timestamp_ms = c.i64()?;
        let expiry_timestamp_ms = c.i64()?;
        let max_timestamp_ms = c.i64()?;
        let token_id = c.string(flexible, "tokenId")?;
        let hmac = c.bytes(flexible, "hmac")?;
        let throttle_time_ms = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            error_code,
            principal_type,
            principal_name,
            token_requester_principal_type,
            token_requester_principal_name,
            issue_timestamp_ms,
            expiry_timestamp_ms,
            max_timestamp_ms,
            token_id,
            hmac,
            throttle_time_ms,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "CreateDelegationTokenResponse", version });
        }
        w.i16(self.error_code);
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
        w.i64(self.issue_timestamp_ms);
        w.i64(self.expiry_timestamp_ms);
        w.i64(self.max_timestamp_ms);
        w.string(&self.token_id, flexible, "tokenId")?;
        w.bytes(&self.hmac, flexible, "hmac")?;
        w.i32(self.throttle_time_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreateDelegationTokenResponse<'static> {
        CreateDelegationTokenResponse {
            error_code: self.error_code,
            principal_type: Cow::Owned(self.principal_type.into_owned()),
            principal_name: Cow::Owned(self.principal_name.into_owned()),
            token_requester_principal_type: Cow::Owned(self.token_requester_principal_type.into_owned()),
            token_requester_principal_name: Cow::Owned(self.token_requester_principal_name.into_owned()),
            issue_timestamp_ms: self.issue_timestamp_ms,
            expiry_timestamp_ms: self.expiry_timestamp_ms,
            max_timestamp_ms: self.max_timestamp_ms,
            token_id: Cow::Owned(self.token_id.into_owned()),
            hmac: Cow::Owned(self.hmac.into_owned()),
            throttle_time_ms: self.throttle_time_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for CreateDelegationTokenResponse<'_> {
    const NAME: &'static str = "CreateDelegationTokenResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = CreateDelegationTokenResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        CreateDelegationTokenResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        CreateDelegationTokenResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for CreateDelegationTokenResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        CreateDelegationTokenResponse::decode(c, version)
    }
}
