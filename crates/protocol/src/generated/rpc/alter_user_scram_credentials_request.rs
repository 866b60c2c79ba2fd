//! `AlterUserScramCredentialsRequest` (key 51), versions 0 to 0.
//! Generated from `schema/rpc/AlterUserScramCredentialsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterUserScramCredentialsRequest<'a> {
    pub deletions: Vec<ScramCredentialDeletion<'a>>,
    pub upsertions: Vec<ScramCredentialUpsertion<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterUserScramCredentialsRequest<'_> {
    fn default() -> Self {
        AlterUserScramCredentialsRequest {
            deletions: Vec::new(),
            upsertions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterUserScramCredentialsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterUserScramCredentialsRequest", version });
        }
        let deletions = c.array(true, 3, "deletions", |c| ScramCredentialDeletion::decode(c, version))?;
        let upsertions = c.array(true, 9, "upsertions", |c| ScramCredentialUpsertion::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { deletions, upsertions, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterUserScramCredentialsRequest", version });
        }
        w.length(self.deletions.len(), true, "deletions")?;
        for v in &self.deletions {
            v.encode(w, version)?;
        }
        w.length(self.upsertions.len(), true, "upsertions")?;
        for v in &self.upsertions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AlterUserScramCredentialsRequest<'static> {
        AlterUserScramCredentialsRequest {
            deletions: self.deletions.into_iter().map(|v| v.into_owned()).collect(),
            upsertions: self.upsertions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterUserScramCredentialsRequest<'_> {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AlterUserScramCredentialsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterUserScramCredentialsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterUserScramCredentialsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterUserScramCredentialsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterUserScramCredentialsRequest::decode(c, version)
    }
}

impl crate::Request for AlterUserScramCredentialsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterUserScramCredentials;
    type Response<'r> = crate::AlterUserScramCredentialsResponse<'r>;
    type OwnedResponse = crate::AlterUserScramCredentialsResponse<'static>;
}

/// A part of [`AlterUserScramCredentialsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ScramCredentialDeletion<'a> {
    pub name: Cow<'a, str>,
    pub mechanism: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ScramCredentialDeletion<'_> {
    fn default() -> Self {
        ScramCredentialDeletion {
            name: Cow::Borrowed(""),
            mechanism: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ScramCredentialDeletion<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let mechanism = c.i8()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, mechanism, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.i8(self.mechanism);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ScramCredentialDeletion<'static> {
        ScramCredentialDeletion {
            name: Cow::Owned(self.name.into_owned()),
            mechanism: self.mechanism,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterUserScramCredentialsRequest`].
#[derive(Clone, PartialEq)]
pub struct ScramCredentialUpsertion<'a> {
    pub name: Cow<'a, str>,
    pub mechanism: i8,
    pub iterations: i32,
    pub salt: Cow<'a, [u8]>,
    pub salted_password: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ScramCredentialUpsertion<'_> {
    fn default() -> Self {
        ScramCredentialUpsertion {
            name: Cow::Borrowed(""),
            mechanism: 0,
            iterations: 0,
            salt: Cow::Borrowed(&[]),
            salted_password: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for ScramCredentialUpsertion<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScramCredentialUpsertion")
            .field("name", &self.name)
            .field("mechanism", &self.mechanism)
            .field("iterations", &self.iterations)
            .field("salt", &wire::Redacted)
            .field("salted_password", &wire::Redacted)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> ScramCredentialUpsertion<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let mechanism = c.i8()?;
        let iterations = c.i32()?;
        let salt = c.bytes(true, "salt")?;
        let salted_password = c.bytes(true, "saltedPassword")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, mechanism, iterations, salt, salted_password, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.i8(self.mechanism);
        w.i32(self.iterations);
        w.bytes(&self.salt, true, "salt")?;
        w.bytes(&self.salted_password, true, "saltedPassword")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ScramCredentialUpsertion<'static> {
        ScramCredentialUpsertion {
            name: Cow::Owned(self.name.into_owned()),
            mechanism: self.mechanism,
            iterations: self.iterations,
            salt: Cow::Owned(self.salt.into_owned()),
            salted_password: Cow::Owned(self.salted_password.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
