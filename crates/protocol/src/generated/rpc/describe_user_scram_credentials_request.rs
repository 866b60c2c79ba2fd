//! `DescribeUserScramCredentialsRequest` (key 50), versions 0 to 0.
//! Generated from `schema/rpc/DescribeUserScramCredentialsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeUserScramCredentialsRequest<'a> {
    pub users: Option<Vec<UserName<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeUserScramCredentialsRequest<'_> {
    fn default() -> Self {
        DescribeUserScramCredentialsRequest {
            users: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeUserScramCredentialsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "DescribeUserScramCredentialsRequest",
                version,
            });
        }
        let users = c.nullable_array(true, 2, "users", |c| UserName::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { users, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "DescribeUserScramCredentialsRequest",
                version,
            });
        }
        match &self.users {
            Some(v) => {
                w.length(v.len(), true, "users")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeUserScramCredentialsRequest<'static> {
        DescribeUserScramCredentialsRequest {
            users: self.users.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeUserScramCredentialsRequest<'_> {
    const NAME: &'static str = "DescribeUserScramCredentialsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeUserScramCredentialsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeUserScramCredentialsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeUserScramCredentialsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeUserScramCredentialsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeUserScramCredentialsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeUserScramCredentialsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeUserScramCredentials;
    type Response<'r> = crate::DescribeUserScramCredentialsResponse<'r>;
    type OwnedResponse = crate::DescribeUserScramCredentialsResponse<'static>;
}

/// A part of [`DescribeUserScramCredentialsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct UserName<'a> {
    pub name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for UserName<'_> {
    fn default() -> Self {
        UserName { name: Cow::Borrowed(""), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> UserName<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> UserName<'static> {
        UserName { name: Cow::Owned(self.name.into_owned()), unknown_tagged_fields: self.unknown_tagged_fields }
    }
}
