//! `RemoveUserScramCredentialRecord` (key 22), versions 0 to 0.
//! Generated from `schema/metadata/RemoveUserScramCredentialRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveUserScramCredentialRecord<'a> {
    pub name: Cow<'a, str>,
    pub mechanism: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoveUserScramCredentialRecord<'_> {
    fn default() -> Self {
        RemoveUserScramCredentialRecord {
            name: Cow::Borrowed(""),
            mechanism: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemoveUserScramCredentialRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RemoveUserScramCredentialRecord", version });
        }
        let name = c.string(true, "name")?;
        let mechanism = c.i8()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, mechanism, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RemoveUserScramCredentialRecord", version });
        }
        w.string(&self.name, true, "name")?;
        w.i8(self.mechanism);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoveUserScramCredentialRecord<'static> {
        RemoveUserScramCredentialRecord {
            name: Cow::Owned(self.name.into_owned()),
            mechanism: self.mechanism,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RemoveUserScramCredentialRecord<'_> {
    const NAME: &'static str = "RemoveUserScramCredentialRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemoveUserScramCredentialRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemoveUserScramCredentialRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RemoveUserScramCredentialRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RemoveUserScramCredentialRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemoveUserScramCredentialRecord::decode(c, version)
    }
}
