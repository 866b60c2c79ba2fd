//! `DescribeLogDirsRequest` (key 35), versions 1 to 5.
//! Generated from `schema/rpc/DescribeLogDirsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 5, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeLogDirsRequest<'a> {
    pub topics: Option<Vec<DescribableLogDirTopic<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeLogDirsRequest<'_> {
    fn default() -> Self {
        DescribeLogDirsRequest { topics: Some(Vec::new()), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> DescribeLogDirsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeLogDirsRequest", version });
        }
        let flexible = version >= 2;
        let topics = c.nullable_array(flexible, if version >= 2 { 3 } else { 6 }, "topics", |c| {
            DescribableLogDirTopic::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeLogDirsRequest", version });
        }
        match &self.topics {
            Some(v) => {
                w.length(v.len(), flexible, "topics")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeLogDirsRequest<'static> {
        DescribeLogDirsRequest {
            topics: self.topics.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeLogDirsRequest<'_> {
    const NAME: &'static str = "DescribeLogDirsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = DescribeLogDirsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeLogDirsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeLogDirsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeLogDirsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeLogDirsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeLogDirsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeLogDirs;
    type Response<'r> = crate::DescribeLogDirsResponse<'r>;
    type OwnedResponse = crate::DescribeLogDirsResponse<'static>;
}

/// A part of [`DescribeLogDirsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribableLogDirTopic<'a> {
    pub topic: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribableLogDirTopic<'_> {
    fn default() -> Self {
        DescribableLogDirTopic {
            topic: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribableLogDirTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let topic = c.string(flexible, "topic")?;
        let partitions = c.array(flexible, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.topic, flexible, "topic")?;
        w.length(self.partitions.len(), flexible, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribableLogDirTopic<'static> {
        DescribableLogDirTopic {
            topic: Cow::Owned(self.topic.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
