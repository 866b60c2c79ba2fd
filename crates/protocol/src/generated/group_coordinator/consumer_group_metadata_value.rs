//! `ConsumerGroupMetadataValue` (key 3), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupMetadataValue {
    pub epoch: i32,
    /// Tag 0.
    pub metadata_hash: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupMetadataValue {
    fn default() -> Self {
        ConsumerGroupMetadataValue {
            epoch: 0,
            metadata_hash: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ConsumerGroupMetadataValue {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupMetadataValue", version });
        }
        let epoch = c.i32()?;
        let mut metadata_hash = 0;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => metadata_hash = c.i64()?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { epoch, metadata_hash, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupMetadataValue", version });
        }
        w.i32(self.epoch);
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.metadata_hash != 0 {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.metadata_hash != 0 {
            let start = w.begin_tag(0);
            w.i64(self.metadata_hash);
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }
}

impl crate::Message for ConsumerGroupMetadataValue {
    const NAME: &'static str = "ConsumerGroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupMetadataValue;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupMetadataValue {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupMetadataValue::decode(c, version)
    }
}
