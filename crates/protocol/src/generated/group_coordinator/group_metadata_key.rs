//! `GroupMetadataKey` (key 2), versions 0 to 0.
//! Generated from `schema/group-coordinator/GroupMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupMetadataKey<'a> {
    pub group: Cow<'a, str>,
}

impl Default for GroupMetadataKey<'_> {
    fn default() -> Self {
        GroupMetadataKey { group: Cow::Borrowed("") }
    }
}

impl<'a> GroupMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "GroupMetadataKey", version });
        }
        let group = c.string(false, "group")?;
        Ok(Self { group })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "GroupMetadataKey", version });
        }
        w.string(&self.group, false, "group")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> GroupMetadataKey<'static> {
        GroupMetadataKey { group: Cow::Owned(self.group.into_owned()) }
    }
}

impl crate::Message for GroupMetadataKey<'_> {
    const NAME: &'static str = "GroupMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = GroupMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        GroupMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        GroupMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for GroupMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        GroupMetadataKey::decode(c, version)
    }
}
