//! `ReadShareGroupStateRequest` (key 84), versions 0 to 0.
//! Generated from `schema/rpc/ReadShareGroupStateRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadShareGroupStateRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<ReadStateData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReadShareGroupStateRequest<'_> {
    fn default() -> Self {
        ReadShareGroupStateRequest {
            group_id: Cow::Borrowed(""),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ReadShareGroupStateRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ReadShareGroupStateRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let topics = c.array(true, 18, "topics", |c| ReadStateData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ReadShareGroupStateRequest", version });
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
    pub fn into_owned(self) -> ReadShareGroupStateRequest<'static> {
        ReadShareGroupStateRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ReadShareGroupStateRequest<'_> {
    const NAME: &'static str = "ReadShareGroupStateRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ReadShareGroupStateRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ReadShareGroupStateRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ReadShareGroupStateRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ReadShareGroupStateRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ReadShareGroupStateRequest::decode(c, version)
    }
}

impl crate::Request for ReadShareGroupStateRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ReadShareGroupState;
    type Response<'r> = crate::ReadShareGroupStateResponse<'r>;
    type OwnedResponse = crate::ReadShareGroupStateResponse<'static>;
}

/// A part of [`ReadShareGroupStateRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReadStateData {
    pub topic_id: Uuid,
    pub partitions: Vec<PartitionData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReadStateData {
    fn default() -> Self {
        ReadStateData {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ReadStateData {
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

/// A part of [`ReadShareGroupStateRequest`].
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
