//! `UserScramCredentialRecord` (key 11), versions 0 to 0.
//! Generated from `schema/metadata/UserScramCredentialRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Clone, PartialEq)]
pub struct UserScramCredentialRecord<'a> {
    pub name: Cow<'a, str>,
    pub mechanism: i8,
    pub salt: Cow<'a, [u8]>,
    pub stored_key: Cow<'a, [u8]>,
    pub server_key: Cow<'a, [u8]>,
    pub iterations: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for UserScramCredentialRecord<'_> {
    fn default() -> Self {
        UserScramCredentialRecord {
            name: Cow::Borrowed(""),
            mechanism: 0,
            salt: Cow::Borrowed(&[]),
            stored_key: Cow::Borrowed(&[]),
            server_key: Cow::Borrowed(&[]),
            iterations: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for UserScramCredentialRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserScramCredentialRecord")
            .field("name", &self.name)
            .field("mechanism", &self.mechanism)
            .field("salt", &wire::Redacted)
            .field("stored_key", &wire::Redacted)
            .field("server_key", &wire::Redacted)
            .field("iterations", &self.iterations)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> UserScramCredentialRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "UserScramCredentialRecord", version });
        }
        let name = c.string(true, "name")?;
        let mechanism = c.i8()?;
        let salt = c.bytes(true, "salt")?;
        let stored_key = c.bytes(true, "storedKey")?;
        let server_key = c.bytes(true, "serverKey")?;
        let iterations = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, mechanism, salt, stored_key, server_key, iterations, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "UserScramCredentialRecord", version });
        }
        w.string(&self.name, true, "name")?;
        w.i8(self.mechanism);
        w.bytes(&self.salt, true, "salt")?;
        w.bytes(&self.stored_key, true, "storedKey")?;
        w.bytes(&self.server_key, true, "serverKey")?;
        w.i32(self.iterations);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> UserScramCredentialRecord<'static> {
        UserScramCredentialRecord {
            name: Cow::Owned(self.name.into_owned()),
            mechanism: self.mechanism,
            salt: Cow::Owned(self.salt.into_owned()),
            stored_key: Cow::Owned(self.stored_key.into_owned()),
            server_key: Cow::Owned(self.server_key.into_owned()),
            iterations: self.iterations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for UserScramCredentialRecord<'_> {
    const NAME: &'static str = "UserScramCredentialRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = UserScramCredentialRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        UserScramCredentialRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        UserScramCredentialRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for UserScramCredentialRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        UserScramCredentialRecord::decode(c, version)
    }
}
