//! `DescribeDelegationTokenRequest` (key 41), versions 1 to 3.
//! Generated from `schema/rpc/DescribeDelegationTokenRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeDelegationTokenRequest<'a> {
    pub owners: Option<Vec<DescribeDelegationTokenOwner<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeDelegationTokenRequest<'_> {
    fn default() -> Self {
        DescribeDelegationTokenRequest {
            owners: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeDelegationTokenRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeDelegationTokenRequest", version });
        }
        let flexible = version >= 2;
        let owners = c.nullable_array(flexible, if version >= 2 { 3 } else { 4 }, "owners", |c| {
            DescribeDelegationTokenOwner::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { owners, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeDelegationTokenRequest", version });
        }
        match &self.owners {
            Some(v) => {
                w.length(v.len(), flexible, "owners")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeDelegationTokenRequest<'static> {
        DescribeDelegationTokenRequest {
            owners: self.owners.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeDelegationTokenRequest<'_> {
    const NAME: &'static str = "DescribeDelegationTokenRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = DescribeDelegationTokenRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeDelegationTokenRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeDelegationTokenRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeDelegationTokenRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeDelegationTokenRequest::decode(c, version)
    }
}

impl crate::Request for DescribeDelegationTokenRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeDelegationToken;
    type Response<'r> = crate::DescribeDelegationTokenResponse<'r>;
    type OwnedResponse = crate::DescribeDelegationTokenResponse<'static>;
}

/// A part of [`DescribeDelegationTokenRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeDelegationTokenOwner<'a> {
    pub principal_type: Cow<'a, str>,
    pub principal_name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeDelegationTokenOwner<'_> {
    fn default() -> Self {
        DescribeDelegationTokenOwner {
            principal_type: Cow::Borrowed(""),
            principal_name: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeDelegationTokenOwner<'a> {
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
    pub fn into_owned(self) -> DescribeDelegationTokenOwner<'static> {
        DescribeDelegationTokenOwner {
            principal_type: Cow::Owned(self.principal_type.into_owned()),
            principal_name: Cow::Owned(self.principal_name.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
