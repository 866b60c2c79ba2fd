//! `StreamsGroupTargetAssignmentMetadataValue` (key 20), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupTargetAssignmentMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupTargetAssignmentMetadataValue {
    pub assignment_epoch: i32,
    /// Tag 0.
    pub assignment_timestamp: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupTargetAssignmentMetadataValue {
    fn default() -> Self {
        StreamsGroupTargetAssignmentMetadataValue {
            assignment_epoch: 0,
            assignment_timestamp: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl StreamsGroupTargetAssignmentMetadataValue {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "StreamsGroupTargetAssignmentMetadataValue",
                version,
            });
        }
        let assignment_epoch = c.i32()?;
        let mut assignment_timestamp = 0;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => assignment_timestamp = c.i64()?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { assignment_epoch, assignment_timestamp, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "StreamsGroupTargetAssignmentMetadataValue",
                version,
            });
        }
        w.i32(self.assignment_epoch);
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.assignment_timestamp != 0 {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.assignment_timestamp != 0 {
            let start = w.begin_tag(0);
            w.i64(self.assignment_timestamp);
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }
}

impl crate::Message for StreamsGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupTargetAssignmentMetadataValue;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupTargetAssignmentMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupTargetAssignmentMetadataValue {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupTargetAssignmentMetadataValue::decode(c, version)
    }
}
