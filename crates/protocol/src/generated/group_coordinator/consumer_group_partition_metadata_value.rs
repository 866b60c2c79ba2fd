//! `ConsumerGroupPartitionMetadataValue` (key 4), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupPartitionMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupPartitionMetadataValue<'a> {
    pub topics: Vec<TopicMetadata<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupPartitionMetadataValue<'_> {
    fn default() -> Self {
        ConsumerGroupPartitionMetadataValue {
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupPartitionMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ConsumerGroupPartitionMetadataValue",
                version,
            });
        }
        let topics = c.array(true, 23, "topics", |c| TopicMetadata::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ConsumerGroupPartitionMetadataValue",
                version,
            });
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupPartitionMetadataValue<'static> {
        ConsumerGroupPartitionMetadataValue {
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupPartitionMetadataValue<'_> {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupPartitionMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupPartitionMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupPartitionMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupPartitionMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupPartitionMetadataValue::decode(c, version)
    }
}

/// A part of [`ConsumerGroupPartitionMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicMetadata<'a> {
    pub topic_id: Uuid,
    pub topic_name: Cow<'a, str>,
    pub num_partitions: i32,
    pub partition_metadata: Vec<PartitionMetadata<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicMetadata<'_> {
    fn default() -> Self {
        TopicMetadata {
            topic_id: Uuid::ZERO,
            topic_name: Cow::Borrowed(""),
            num_partitions: 0,
            partition_metadata: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicMetadata<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let topic_name = c.string(true, "topicName")?;
        let num_partitions = c.i32()?;
        let partition_metadata = c.array(true, 6, "partitionMetadata", |c| PartitionMetadata::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, topic_name, num_partitions, partition_metadata, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.string(&self.topic_name, true, "topicName")?;
        w.i32(self.num_partitions);
        w.length(self.partition_metadata.len(), true, "partitionMetadata")?;
        for v in &self.partition_metadata {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicMetadata<'static> {
        TopicMetadata {
            topic_id: self.topic_id,
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            num_partitions: self.num_partitions,
            partition_metadata: self.partition_metadata.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ConsumerGroupPartitionMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionMetadata<'a> {
    pub partition: i32,
    pub racks: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionMetadata<'_> {
    fn default() -> Self {
        PartitionMetadata {
            partition: 0,
            racks: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> PartitionMetadata<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition = c.i32()?;
        let racks = c.array(true, 1, "racks", |c| c.string(true, "racks"))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition, racks, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition);
        w.length(self.racks.len(), true, "racks")?;
        for v in &self.racks {
            w.string(v, true, "racks")?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> PartitionMetadata<'static> {
        PartitionMetadata {
            partition: self.partition,
            racks: self.racks.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
