//! `DescribeProducersRequest` (key 61), versions 0 to 0.
//! Generated from `schema/rpc/DescribeProducersRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeProducersRequest<'a> {
    pub topics: Vec<TopicRequest<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeProducersRequest<'_> {
    fn default() -> Self {
        DescribeProducersRequest { topics: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> DescribeProducersRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeProducersRequest", version });
        }
        let topics = c.array(true, 3, "topics", |c| TopicRequest::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeProducersRequest", version });
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeProducersRequest<'static> {
        DescribeProducersRequest {
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeProducersRequest<'_> {
    const NAME: &'static str = "DescribeProducersRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeProducersRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeProducersRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeProducersRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeProducersRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeProducersRequest::decode(c, version)
    }
}

impl crate::Request for DescribeProducersRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeProducers;
    type Response<'r> = crate::DescribeProducersResponse<'r>;
    type OwnedResponse = crate::DescribeProducersResponse<'static>;
}

/// A part of [`DescribeProducersRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicRequest<'a> {
    pub name: Cow<'a, str>,
    pub partition_indexes: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicRequest<'_> {
    fn default() -> Self {
        TopicRequest {
            name: Cow::Borrowed(""),
            partition_indexes: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicRequest<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partition_indexes = c.array(true, 4, "partitionIndexes", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, partition_indexes, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.length(self.partition_indexes.len(), true, "partitionIndexes")?;
        for v in &self.partition_indexes {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicRequest<'static> {
        TopicRequest {
            name: Cow::Owned(self.name.into_owned()),
            partition_indexes: self.partition_indexes,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
