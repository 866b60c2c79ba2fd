//! `WriteShareGroupStateRequest` (key 85), versions 0 to 1.
//! Generated from `schema/rpc/WriteShareGroupStateRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteShareGroupStateRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<WriteStateData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WriteShareGroupStateRequest<'_> {
    fn default() -> Self {
        WriteShareGroupStateRequest {
            group_id: Cow::Borrowed(""),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> WriteShareGroupStateRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "WriteShareGroupStateRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let topics = c.array(true, 18, "topics", |c| WriteStateData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "WriteShareGroupStateRequest", version });
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
    pub fn into_owned(self) -> WriteShareGroupStateRequest<'static> {
        WriteShareGroupStateRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for WriteShareGroupStateRequest<'_> {
    const NAME: &'static str = "WriteShareGroupStateRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = WriteShareGroupStateRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        WriteShareGroupStateRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        WriteShareGroupStateRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for WriteShareGroupStateRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        WriteShareGroupStateRequest::decode(c, version)
    }
}

impl crate::Request for WriteShareGroupStateRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::WriteShareGroupState;
    type Response<'r> = crate::WriteShareGroupStateResponse<'r>;
    type OwnedResponse = crate::WriteShareGroupStateResponse<'static>;
}

/// A part of [`WriteShareGroupStateRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct WriteStateData {
    pub topic_id: Uuid,
    pub partitions: Vec<PartitionData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WriteStateData {
    fn default() -> Self {
        WriteStateData {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl WriteStateData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let partitions =
            c.array(true, if version >= 1 { 26 } else { 22 }, "partitions", |c| PartitionData::decode(c, version))?;
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

/// A part of [`WriteShareGroupStateRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData {
    pub partition: i32,
    pub state_epoch: i32,
    pub leader_epoch: i32,
    pub start_offset: i64,
    /// Versions 1+; default -1.
    pub delivery_complete_count: i32,
    pub state_batches: Vec<StateBatch>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData {
            partition: 0,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let partition = c.i32()?;
        let state_epoch = c.i32()?;
        let leader_epoch = c.i32()?;
        let start_offset = c.i64()?;
        let delivery_complete_count = if version >= 1 { c.i32()? } else { -1 };
        let state_batches = c.array(true, 20, "stateBatches", |c| StateBatch::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            partition,
            state_epoch,
            leader_epoch,
            start_offset,
            delivery_complete_count,
            state_batches,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition);
        w.i32(self.state_epoch);
        w.i32(self.leader_epoch);
        w.i64(self.start_offset);
        if version >= 1 {
            w.i32(self.delivery_complete_count);
        }
        w.length(self.state_batches.len(), true, "stateBatches")?;
        for v in &self.state_batches {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`WriteShareGroupStateRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct StateBatch {
    pub first_offset: i64,
    pub last_offset: i64,
    pub delivery_state: i8,
    pub delivery_count: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StateBatch {
    fn default() -> Self {
        StateBatch {
            first_offset: 0,
            last_offset: 0,
            delivery_state: 0,
            delivery_count: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl StateBatch {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let first_offset = c.i64()?;
        let last_offset = c.i64()?;
        let delivery_state = c.i8()?;
        let delivery_count = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { first_offset, last_offset, delivery_state, delivery_count, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i64(self.first_offset);
        w.i64(self.last_offset);
        w.i8(self.delivery_state);
        w.i16(self.delivery_count);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
