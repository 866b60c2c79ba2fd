//! `RemoveDelegationTokenRecord` (key 26), versions 0 to 0.
//! Generated from `schema/metadata/RemoveDelegationTokenRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveDelegationTokenRecord<'a> {
    pub token_id: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoveDelegationTokenRecord<'_> {
    fn default() -> Self {
        RemoveDelegationTokenRecord {
            token_id: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemoveDelegationTokenRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RemoveDelegationTokenRecord", version });
        }
        let token_id = c.string(true, "tokenId")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { token_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RemoveDelegationTokenRecord", version });
        }
        w.string(&self.token_id, true, "tokenId")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoveDelegationTokenRecord<'static> {
        RemoveDelegationTokenRecord {
            token_id: Cow::Owned(self.token_id.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RemoveDelegationTokenRecord<'_> {
    const NAME: &'static str = "RemoveDelegationTokenRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemoveDelegationTokenRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemoveDelegationTokenRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RemoveDelegationTokenRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RemoveDelegationTokenRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemoveDelegationTokenRecord::decode(c, version)
    }
}
