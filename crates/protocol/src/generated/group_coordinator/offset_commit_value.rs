//! `OffsetCommitValue` (key 1), versions 0 to 4.
//! Generated from `schema/group-coordinator/OffsetCommitValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitValue<'a> {
    pub offset: i64,
    /// Versions 3+; default -1.
    pub leader_epoch: i32,
    pub metadata: Cow<'a, str>,
    pub commit_timestamp: i64,
    /// Version 1; default -1.
    pub expire_timestamp: i64,
    /// Versions 4+; tag 0.
    pub topic_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetCommitValue<'_> {
    fn default() -> Self {
        OffsetCommitValue {
            offset: 0,
            leader_epoch: -1,
            metadata: Cow::Borrowed(""),
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetCommitValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetCommitValue", version });
        }
        let flexible = version >= 4;
        let offset = c.i64()?;
        let leader_epoch = if version >= 3 { c.i32()? } else { -1 };
        let metadata = c.string(flexible, "metadata")?;
        let commit_timestamp = c.i64()?;
        let expire_timestamp = if (1..=1).contains(&version) { c.i64()? } else { -1 };
        let mut topic_id = Uuid::ZERO;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => topic_id = c.uuid()?,
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self { offset, leader_epoch, metadata, commit_timestamp, expire_timestamp, topic_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetCommitValue", version });
        }
        w.i64(self.offset);
        if version >= 3 {
            w.i32(self.leader_epoch);
        }
        w.string(&self.metadata, flexible, "metadata")?;
        w.i64(self.commit_timestamp);
        if (1..=1).contains(&version) {
            w.i64(self.expire_timestamp);
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0])?;
            }
            if self.topic_id != Uuid::ZERO {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if self.topic_id != Uuid::ZERO {
                let start = w.begin_tag(0);
                w.uuid(self.topic_id);
                w.end_tag(start);
            }
            w.unknown_tags(unknown, 0, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetCommitValue<'static> {
        OffsetCommitValue {
            offset: self.offset,
            leader_epoch: self.leader_epoch,
            metadata: Cow::Owned(self.metadata.into_owned()),
            commit_timestamp: self.commit_timestamp,
            expire_timestamp: self.expire_timestamp,
            topic_id: self.topic_id,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for OffsetCommitValue<'_> {
    const NAME: &'static str = "OffsetCommitValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = OffsetCommitValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetCommitValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetCommitValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetCommitValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetCommitValue::decode(c, version)
    }
}
