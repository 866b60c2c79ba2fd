//! `DescribeShareGroupOffsetsRequest` (key 90), versions 0 to 1.
//! Generated from `schema/rpc/DescribeShareGroupOffsetsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeShareGroupOffsetsRequest<'a> {
    pub groups: Vec<DescribeShareGroupOffsetsRequestGroup<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeShareGroupOffsetsRequest<'_> {
    fn default() -> Self {
        DescribeShareGroupOffsetsRequest {
            groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeShareGroupOffsetsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeShareGroupOffsetsRequest", version });
        }
        let groups = c.array(true, 3, "groups", |c| DescribeShareGroupOffsetsRequestGroup::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { groups, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeShareGroupOffsetsRequest", version });
        }
        w.length(self.groups.len(), true, "groups")?;
        for v in &self.groups {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeShareGroupOffsetsRequest<'static> {
        DescribeShareGroupOffsetsRequest {
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeShareGroupOffsetsRequest<'_> {
    const NAME: &'static str = "DescribeShareGroupOffsetsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeShareGroupOffsetsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeShareGroupOffsetsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeShareGroupOffsetsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeShareGroupOffsetsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeShareGroupOffsetsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeShareGroupOffsetsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeShareGroupOffsets;
    type Response<'r> = crate::DescribeShareGroupOffsetsResponse<'r>;
    type OwnedResponse = crate::DescribeShareGroupOffsetsResponse<'static>;
}

/// A part of [`DescribeShareGroupOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeShareGroupOffsetsRequestGroup<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeShareGroupOffsetsRequestGroup<'_> {
    fn default() -> Self {
        DescribeShareGroupOffsetsRequestGroup {
            group_id: Cow::Borrowed(""),
            topics: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeShareGroupOffsetsRequestGroup<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let group_id = c.string(true, "groupId")?;
        let topics =
            c.nullable_array(true, 3, "topics", |c| DescribeShareGroupOffsetsRequestTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.group_id, true, "groupId")?;
        match &self.topics {
            Some(v) => {
                w.length(v.len(), true, "topics")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeShareGroupOffsetsRequestGroup<'static> {
        DescribeShareGroupOffsetsRequestGroup {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeShareGroupOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeShareGroupOffsetsRequestTopic<'a> {
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeShareGroupOffsetsRequestTopic<'_> {
    fn default() -> Self {
        DescribeShareGroupOffsetsRequestTopic {
            topic_name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeShareGroupOffsetsRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeShareGroupOffsetsRequestTopic<'static> {
        DescribeShareGroupOffsetsRequestTopic {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
