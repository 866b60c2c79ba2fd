//! `RemoveAccessControlEntryRecord` (key 19), versions 0 to 0.
//! Generated from `schema/metadata/RemoveAccessControlEntryRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveAccessControlEntryRecord {
    pub id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoveAccessControlEntryRecord {
    fn default() -> Self {
        RemoveAccessControlEntryRecord { id: Uuid::ZERO, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl RemoveAccessControlEntryRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RemoveAccessControlEntryRecord", version });
        }
        let id = c.uuid()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RemoveAccessControlEntryRecord", version });
        }
        w.uuid(self.id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for RemoveAccessControlEntryRecord {
    const NAME: &'static str = "RemoveAccessControlEntryRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemoveAccessControlEntryRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemoveAccessControlEntryRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for RemoveAccessControlEntryRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemoveAccessControlEntryRecord::decode(c, version)
    }
}
