//! `ShareGroupMetadataValue` (key 11), versions 0 to 0.
//! Generated from `schema/group-coordinator/ShareGroupMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupMetadataValue {
    pub epoch: i32,
    pub metadata_hash: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareGroupMetadataValue {
    fn default() -> Self {
        ShareGroupMetadataValue {
            epoch: 0,
            metadata_hash: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ShareGroupMetadataValue {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareGroupMetadataValue", version });
        }
        let epoch = c.i32()?;
        let metadata_hash = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { epoch, metadata_hash, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareGroupMetadataValue", version });
        }
        w.i32(self.epoch);
        w.i64(self.metadata_hash);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for ShareGroupMetadataValue {
    const NAME: &'static str = "ShareGroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ShareGroupMetadataValue;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ShareGroupMetadataValue {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupMetadataValue::decode(c, version)
    }
}
