//! `ShareFetchRequest` (key 78), versions 1 to 2.
//! Generated from `schema/rpc/ShareFetchRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 1 to 2, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareFetchRequest<'a> {
    pub group_id: Option<Cow<'a, str>>,
    pub member_id: Option<Cow<'a, str>>,
    pub share_session_epoch: i32,
    pub max_wait_ms: i32,
    pub min_bytes: i32,
    /// Default 2147483647.
    pub max_bytes: i32,
    pub max_records: i32,
    pub batch_size: i32,
    /// Versions 2+.
    pub share_acquire_mode: i8,
    /// Versions 2+.
    pub is_renew_ack: bool,
    pub topics: Vec<FetchTopic>,
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareFetchRequest<'_> {
    fn default() -> Self {
        ShareFetchRequest {
            group_id: None,
            member_id: Some(Cow::Borrowed("")),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ShareFetchRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareFetchRequest", version });
        }
        let group_id = c.nullable_string(true, "groupId")?;
        let member_id = c.nullable_string(true, "memberId")?;
        let share_session_epoch = c.i32()?;
        let max_wait_ms = c.i32()?;
        let min_bytes = c.i32()?;
        let max_bytes = c.i32()?;
        let max_records = c.i32()?;
        let batch_size = c.i32()?;
        let share_acquire_mode = if version >= 2 { c.i8()? } else { 0 };
        let is_renew_ack = if version >= 2 { c.bool()? } else { false };
        let topics = c.array(true, 18, "topics", |c| FetchTopic::decode(c, version))?;
        let forgotten_topics_data = c.array(true, 18, "forgottenTopicsData", |c| ForgottenTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            share_session_epoch,
            max_wait_ms,
            min_bytes,
            max_bytes,
            max_records,
            batch_size,
            share_acquire_mode,
            is_renew_ack,
            topics,
            forgotten_topics_data,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareFetchRequest", version });
        }
        match &self.group_id {
            Some(v) => {
                w.string(v, true, "groupId")?;
            }
            None => w.null_string(true),
        }
        match &self.member_id {
            Some(v) => {
                w.string(v, true, "memberId")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.share_session_epoch);
        w.i32(self.max_wait_ms);
        w.i32(self.min_bytes);
        w.i32(self.max_bytes);
        w.i32(self.max_records);
        w.i32(self.batch_size);
        if version >= 2 {
            w.i8(self.share_acquire_mode);
        }
        if version >= 2 {
            w.bool(self.is_renew_ack);
        } else if self.is_renew_ack {
            return Err(wire::EncodeError::UnsupportedField { field: "isRenewAck", version });
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.length(self.forgotten_topics_data.len(), true, "forgottenTopicsData")?;
        for v in &self.forgotten_topics_data {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareFetchRequest<'static> {
        ShareFetchRequest {
            group_id: self.group_id.map(|v| Cow::Owned(v.into_owned())),
            member_id: self.member_id.map(|v| Cow::Owned(v.into_owned())),
            share_session_epoch: self.share_session_epoch,
            max_wait_ms: self.max_wait_ms,
            min_bytes: self.min_bytes,
            max_bytes: self.max_bytes,
            max_records: self.max_records,
            batch_size: self.batch_size,
            share_acquire_mode: self.share_acquire_mode,
            is_renew_ack: self.is_renew_ack,
            topics: self.topics,
            forgotten_topics_data: self.forgotten_topics_data,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ShareFetchRequest<'_> {
    const NAME: &'static str = "ShareFetchRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = ShareFetchRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareFetchRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareFetchRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareFetchRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareFetchRequest::decode(c, version)
    }
}

impl crate::Request for ShareFetchRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ShareFetch;
    type Response<'r> = crate::ShareFetchResponse<'r>;
    type OwnedResponse = crate::ShareFetchResponse<'static>;
}

/// A part of [`ShareFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FetchTopic {
    pub topic_id: Uuid,
    pub partitions: Vec<FetchPartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchTopic {
    fn default() -> Self {
        FetchTopic {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl FetchTopic {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let partitions = c.array(true, 6, "partitions", |c| FetchPartition::decode(c, version))?;
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

/// A part of [`ShareFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FetchPartition {
    pub partition_index: i32,
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchPartition {
    fn default() -> Self {
        FetchPartition {
            partition_index: 0,
            acknowledgement_batches: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl FetchPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let acknowledgement_batches =
            c.array(true, 18, "acknowledgementBatches", |c| AcknowledgementBatch::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition_index, acknowledgement_batches, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.length(self.acknowledgement_batches.len(), true, "acknowledgementBatches")?;
        for v in &self.acknowledgement_batches {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`ShareFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AcknowledgementBatch {
    pub first_offset: i64,
    pub last_offset: i64,
    pub acknowledge_types: Vec<i8>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AcknowledgementBatch {
    fn default() -> Self {
        AcknowledgementBatch {
            first_offset: 0,
            last_offset: 0,
            acknowledge_types: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AcknowledgementBatch {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let first_offset = c.i64()?;
        let last_offset = c.i64()?;
        let acknowledge_types = c.array(true, 1, "acknowledgeTypes", wire::Cursor::i8)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { first_offset, last_offset, acknowledge_types, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i64(self.first_offset);
        w.i64(self.last_offset);
        w.length(self.acknowledge_types.len(), true, "acknowledgeTypes")?;
        for v in &self.acknowledge_types {
            w.i8(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`ShareFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForgottenTopic {
    pub topic_id: Uuid,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ForgottenTopic {
    fn default() -> Self {
        ForgottenTopic {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ForgottenTopic {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
