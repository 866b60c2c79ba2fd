//! `ShareGroupStatePartitionMetadataValue` (key 15), versions 0 to 0.
//! Generated from `schema/group-coordinator/ShareGroupStatePartitionMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupStatePartitionMetadataValue<'a> {
    pub initializing_topics: Vec<TopicPartitionsInfo<'a>>,
    pub initialized_topics: Vec<TopicPartitionsInfo<'a>>,
    pub deleting_topics: Vec<TopicInfo<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareGroupStatePartitionMetadataValue<'_> {
    fn default() -> Self {
        ShareGroupStatePartitionMetadataValue {
            initializing_topics: Vec::new(),
            initialized_topics: Vec::new(),
            deleting_topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ShareGroupStatePartitionMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ShareGroupStatePartitionMetadataValue",
                version,
            });
        }
        let initializing_topics =
            c.array(true, 19, "initializingTopics", |c| TopicPartitionsInfo::decode(c, version))?;
        let initialized_topics = c.array(true, 19, "initializedTopics", |c| TopicPartitionsInfo::decode(c, version))?;
        let deleting_topics = c.array(true, 18, "deletingTopics", |c| TopicInfo::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { initializing_topics, initialized_topics, deleting_topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ShareGroupStatePartitionMetadataValue",
                version,
            });
        }
        w.length(self.initializing_topics.len(), true, "initializingTopics")?;
        for v in &self.initializing_topics {
            v.encode(w, version)?;
        }
        w.length(self.initialized_topics.len(), true, "initializedTopics")?;
        for v in &self.initialized_topics {
            v.encode(w, version)?;
        }
        w.length(self.deleting_topics.len(), true, "deletingTopics")?;
        for v in &self.deleting_topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareGroupStatePartitionMetadataValue<'static> {
        ShareGroupStatePartitionMetadataValue {
            initializing_topics: self.initializing_topics.into_iter().map(|v| v.into_owned()).collect(),
            initialized_topics: self.initialized_topics.into_iter().map(|v| v.into_owned()).collect(),
            deleting_topics: self.deleting_topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ShareGroupStatePartitionMetadataValue<'_> {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ShareGroupStatePartitionMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupStatePartitionMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareGroupStatePartitionMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareGroupStatePartitionMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupStatePartitionMetadataValue::decode(c, version)
    }
}

/// A part of [`ShareGroupStatePartitionMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPartitionsInfo<'a> {
    pub topic_id: Uuid,
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicPartitionsInfo<'_> {
    fn default() -> Self {
        TopicPartitionsInfo {
            topic_id: Uuid::ZERO,
            topic_name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicPartitionsInfo<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let topic_name = c.string(true, "topicName")?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.string(&self.topic_name, true, "topicName")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicPartitionsInfo<'static> {
        TopicPartitionsInfo {
            topic_id: self.topic_id,
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ShareGroupStatePartitionMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicInfo<'a> {
    pub topic_id: Uuid,
    pub topic_name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicInfo<'_> {
    fn default() -> Self {
        TopicInfo {
            topic_id: Uuid::ZERO,
            topic_name: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicInfo<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let topic_name = c.string(true, "topicName")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, topic_name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.string(&self.topic_name, true, "topicName")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicInfo<'static> {
        TopicInfo {
            topic_id: self.topic_id,
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
