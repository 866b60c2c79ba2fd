//! `SnapshotFooterRecord`, versions 0 to 0.
//! Generated from `schema/data/SnapshotFooterRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotFooterRecord {
    pub version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SnapshotFooterRecord {
    fn default() -> Self {
        SnapshotFooterRecord { version: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl SnapshotFooterRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SnapshotFooterRecord", version });
        }
        let version_ = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { version: version_, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SnapshotFooterRecord", version });
        }
        w.i16(self.version);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for SnapshotFooterRecord {
    const NAME: &'static str = "SnapshotFooterRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = SnapshotFooterRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SnapshotFooterRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for SnapshotFooterRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SnapshotFooterRecord::decode(c, version)
    }
}
