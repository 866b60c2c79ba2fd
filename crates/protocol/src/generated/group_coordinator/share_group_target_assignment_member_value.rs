//! `ShareGroupTargetAssignmentMemberValue` (key 13), versions 0 to 0.
//! Generated from `schema/group-coordinator/ShareGroupTargetAssignmentMemberValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupTargetAssignmentMemberValue {
    pub topic_partitions: Vec<TopicPartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareGroupTargetAssignmentMemberValue {
    fn default() -> Self {
        ShareGroupTargetAssignmentMemberValue {
            topic_partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ShareGroupTargetAssignmentMemberValue {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ShareGroupTargetAssignmentMemberValue",
                version,
            });
        }
        let topic_partitions = c.array(true, 18, "topicPartitions", |c| TopicPartition::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_partitions, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ShareGroupTargetAssignmentMemberValue",
                version,
            });
        }
        w.length(self.topic_partitions.len(), true, "topicPartitions")?;
        for v in &self.topic_partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for ShareGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "ShareGroupTargetAssignmentMemberValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ShareGroupTargetAssignmentMemberValue;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupTargetAssignmentMemberValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ShareGroupTargetAssignmentMemberValue {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupTargetAssignmentMemberValue::decode(c, version)
    }
}

/// A part of [`ShareGroupTargetAssignmentMemberValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPartition {
    pub topic_id: Uuid,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicPartition {
    fn default() -> Self {
        TopicPartition {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl TopicPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
