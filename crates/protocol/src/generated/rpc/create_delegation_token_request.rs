//! `CreateDelegationTokenRequest` (key 38), versions 1 to 3.
//! Generated from `schema/rpc/CreateDelegationTokenRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateDelegationTokenRequest<'a> {
    /// Versions 3+.
    pub owner_principal_type: Option<Cow<'a, str>>,
    /// Versions 3+.
    pub owner_principal_name: Option<Cow<'a, str>>,
    pub renewers: Vec<CreatableRenewers<'a>>,
    pub max_lifetime_ms: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreateDelegationTokenRequest<'_> {
    fn default() -> Self {
        CreateDelegationTokenRequest {
            owner_principal_type: Some(Cow::Borrowed("")),
            owner_principal_name: Some(Cow::Borrowed("")),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreateDelegationTokenRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "CreateDelegationTokenRequest", version });
        }
        let flexible = version >= 2;
        let owner_principal_type =
            if version >= 3 { c.nullable_string(flexible, "ownerPrincipalType")? } else { Some(Cow::Borrowed("")) };
        let owner_principal_name =
            if version >= 3 { c.nullable_string(flexible, "ownerPrincipalName")? } else { Some(Cow::Borrowed("")) };
        let renewers =
            c.array(flexible, if version >= 2 { 3 } else { 4 }, "renewers", |c| CreatableRenewers::decode(c, version))?;
        let max_lifetime_ms = c.i64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { owner_principal_type, owner_principal_name, renewers, max_lifetime_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "CreateDelegationTokenRequest", version });
        }
        if version >= 3 {
            match &self.owner_principal_type {
                Some(v) => {
                    w.string(v, flexible, "ownerPrincipalType")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.owner_principal_type.as_ref().is_none_or(|v| !v.is_empty()) {
            return Err(wire::EncodeError::UnsupportedField { field: "ownerPrincipalType", version });
        }
        if version >= 3 {
            match &self.owner_principal_name {
                Some(v) => {
                    w.string(v, flexible, "ownerPrincipalName")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.owner_principal_name.as_ref().is_none_or(|v| !v.is_empty()) {
            return Err(wire::EncodeError::UnsupportedField { field: "ownerPrincipalName", version });
        }
        w.length(self.renewers.len(), flexible, "renewers")?;
        for v in &self.renewers {
            v.encode(w, version)?;
        }
        w.i64(self.max_lifetime_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreateDelegationTokenRequest<'static> {
        CreateDelegationTokenRequest {
            owner_principal_type: self.owner_principal_type.map(|v| Cow::Owned(v.into_owned())),
            owner_principal_name: self.owner_principal_name.map(|v| Cow::Owned(v.into_owned())),
            renewers: self.renewers.into_iter().map(|v| v.into_owned()).collect(),
            max_lifetime_ms: self.max_lifetime_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for CreateDelegationTokenRequest<'_> {
    const NAME: &'static str = "CreateDelegationTokenRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = CreateDelegationTokenRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        CreateDelegationTokenRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        CreateDelegationTokenRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for CreateDelegationTokenRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        CreateDelegationTokenRequest::decode(c, version)
    }
}

impl crate::Request for CreateDelegationTokenRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::CreateDelegationToken;
    type Response<'r> = crate::CreateDelegationTokenResponse<'r>;
    type OwnedResponse = crate::CreateDelegationTokenResponse<'static>;
}

/// A part of [`CreateDelegationTokenRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableRenewers<'a> {
    pub principal_type: Cow<'a, str>,
    pub principal_name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatableRenewers<'_> {
    fn default() -> Self {
        CreatableRenewers {
            principal_type: Cow::Borrowed(""),
            principal_name: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatableRenewers<'a> {
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
    pub fn into_owned(self) -> CreatableRenewers<'static> {
        CreatableRenewers {
            principal_type: Cow::Owned(self.principal_type.into_owned()),
            principal_name: Cow::Owned(self.principal_name.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
