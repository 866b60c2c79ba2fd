//! `AlterShareGroupOffsetsRequest` (key 91), versions 0 to 0.
//! Generated from `schema/rpc/AlterShareGroupOffsetsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterShareGroupOffsetsRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterShareGroupOffsetsRequest<'_> {
    fn default() -> Self {
        AlterShareGroupOffsetsRequest {
            group_id: Cow::Borrowed(""),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterShareGroupOffsetsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterShareGroupOffsetsRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let topics = c.array(true, 3, "topics", |c| AlterShareGroupOffsetsRequestTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterShareGroupOffsetsRequest", version });
        }
        w.string(&self.group_id, true, "groupId")?;
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AlterShareGroupOffsetsRequest<'static> {
        AlterShareGroupOffsetsRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterShareGroupOffsetsRequest<'_> {
    const NAME: &'static str = "AlterShareGroupOffsetsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AlterShareGroupOffsetsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterShareGroupOffsetsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterShareGroupOffsetsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterShareGroupOffsetsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterShareGroupOffsetsRequest::decode(c, version)
    }
}

impl crate::Request for AlterShareGroupOffsetsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterShareGroupOffsets;
    type Response<'r> = crate::AlterShareGroupOffsetsResponse<'r>;
    type OwnedResponse = crate::AlterShareGroupOffsetsResponse<'static>;
}

/// A part of [`AlterShareGroupOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AlterShareGroupOffsetsRequestTopic<'a> {
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterShareGroupOffsetsRequestTopic<'_> {
    fn default() -> Self {
        AlterShareGroupOffsetsRequestTopic {
            topic_name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterShareGroupOffsetsRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let partitions =
            c.array(true, 13, "partitions", |c| AlterShareGroupOffsetsRequestPartition::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AlterShareGroupOffsetsRequestTopic<'static> {
        AlterShareGroupOffsetsRequestTopic {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterShareGroupOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AlterShareGroupOffsetsRequestPartition {
    pub partition_index: i32,
    pub start_offset: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterShareGroupOffsetsRequestPartition {
    fn default() -> Self {
        AlterShareGroupOffsetsRequestPartition {
            partition_index: 0,
            start_offset: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AlterShareGroupOffsetsRequestPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let start_offset = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition_index, start_offset, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i64(self.start_offset);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
