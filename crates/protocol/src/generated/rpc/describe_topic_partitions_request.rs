//! `DescribeTopicPartitionsRequest` (key 75), versions 0 to 0.
//! Generated from `schema/rpc/DescribeTopicPartitionsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsRequest<'a> {
    pub topics: Vec<TopicRequest<'a>>,
    /// Default 2000.
    pub response_partition_limit: i32,
    pub cursor: Option<Cursor<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeTopicPartitionsRequest<'_> {
    fn default() -> Self {
        DescribeTopicPartitionsRequest {
            topics: Vec::new(),
            response_partition_limit: 2000,
            cursor: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeTopicPartitionsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeTopicPartitionsRequest", version });
        }
        let topics = c.array(true, 2, "topics", |c| TopicRequest::decode(c, version))?;
        let response_partition_limit = c.i32()?;
        let cursor = if c.struct_present()? { Some(Cursor::decode(c, version)?) } else { None };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topics, response_partition_limit, cursor, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeTopicPartitionsRequest", version });
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.i32(self.response_partition_limit);
        match &self.cursor {
            Some(v) => {
                w.i8(1);
                v.encode(w, version)?;
            }
            None => w.null_struct(false),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeTopicPartitionsRequest<'static> {
        DescribeTopicPartitionsRequest {
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            response_partition_limit: self.response_partition_limit,
            cursor: self.cursor.map(|v| v.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeTopicPartitionsRequest<'_> {
    const NAME: &'static str = "DescribeTopicPartitionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeTopicPartitionsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeTopicPartitionsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeTopicPartitionsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeTopicPartitionsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeTopicPartitionsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeTopicPartitionsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeTopicPartitions;
    type Response<'r> = crate::DescribeTopicPartitionsResponse<'r>;
    type OwnedResponse = crate::DescribeTopicPartitionsResponse<'static>;
}

/// A part of [`DescribeTopicPartitionsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicRequest<'a> {
    pub name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicRequest<'_> {
    fn default() -> Self {
        TopicRequest { name: Cow::Borrowed(""), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> TopicRequest<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicRequest<'static> {
        TopicRequest { name: Cow::Owned(self.name.into_owned()), unknown_tagged_fields: self.unknown_tagged_fields }
    }
}

/// A part of [`DescribeTopicPartitionsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor<'a> {
    pub topic_name: Cow<'a, str>,
    pub partition_index: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Cursor<'_> {
    fn default() -> Self {
        Cursor {
            topic_name: Cow::Borrowed(""),
            partition_index: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Cursor<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let partition_index = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, partition_index, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.i32(self.partition_index);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Cursor<'static> {
        Cursor {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partition_index: self.partition_index,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
