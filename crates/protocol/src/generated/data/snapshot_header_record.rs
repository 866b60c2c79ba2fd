//! `SnapshotHeaderRecord`, versions 0 to 0.
//! Generated from `schema/data/SnapshotHeaderRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotHeaderRecord {
    pub version: i16,
    pub last_contained_log_timestamp: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SnapshotHeaderRecord {
    fn default() -> Self {
        SnapshotHeaderRecord {
            version: 0,
            last_contained_log_timestamp: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl SnapshotHeaderRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "SnapshotHeaderRecord", version });
        }
        let version_ = c.i16()?;
        let last_contained_log_timestamp = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { version: version_, last_contained_log_timestamp, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "SnapshotHeaderRecord", version });
        }
        w.i16(self.version);
        w.i64(self.last_contained_log_timestamp);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for SnapshotHeaderRecord {
    const NAME: &'static str = "SnapshotHeaderRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = SnapshotHeaderRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        SnapshotHeaderRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for SnapshotHeaderRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        SnapshotHeaderRecord::decode(c, version)
    }
}
