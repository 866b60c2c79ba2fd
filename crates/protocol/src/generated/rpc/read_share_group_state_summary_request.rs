//! `ReadShareGroupStateSummaryRequest` (key 87), versions 0 to 1.
//! Generated from `schema/rpc/ReadShareGroupStateSummaryRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadShareGroupStateSummaryRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<ReadStateSummaryData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReadShareGroupStateSummaryRequest<'_> {
    fn default() -> Self {
        ReadShareGroupStateSummaryRequest {
            group_id: Cow::Borrowed(""),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ReadShareGroupStateSummaryRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ReadShareGroupStateSummaryRequest",
                version,
            });
        }
        let group_id = c.string(true, "groupId")?;
        let topics = c.array(true, 18, "topics", |c| ReadStateSummaryData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ReadShareGroupStateSummaryRequest",
                version,
            });
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
    pub fn into_owned(self) -> ReadShareGroupStateSummaryRequest<'static> {
        ReadShareGroupStateSummaryRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ReadShareGroupStateSummaryRequest<'_> {
    const NAME: &'static str = "ReadShareGroupStateSummaryRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ReadShareGroupStateSummaryRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ReadShareGroupStateSummaryRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ReadShareGroupStateSummaryRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ReadShareGroupStateSummaryRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ReadShareGroupStateSummaryRequest::decode(c, version)
    }
}

impl crate::Request for ReadShareGroupStateSummaryRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ReadShareGroupStateSummary;
    type Response<'r> = crate::ReadShareGroupStateSummaryResponse<'r>;
    type OwnedResponse = crate::ReadShareGroupStateSummaryResponse<'static>;
}

/// A part of [`ReadShareGroupStateSummaryRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReadStateSummaryData {
    pub topic_id: Uuid,
    pub partitions: Vec<PartitionData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReadStateSummaryData {
    fn default() -> Self {
        ReadStateSummaryData {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ReadStateSummaryData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let partitions = c.array(true, 9, "partitions", |c| PartitionData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`ReadShareGroupStateSummaryRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData {
    pub partition: i32,
    pub leader_epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData { partition: 0, leader_epoch: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl PartitionData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition = c.i32()?;
        let leader_epoch = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition, leader_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition);
        w.i32(self.leader_epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
