//! `OffsetForLeaderEpochResponse` (key 23), versions 2 to 4.
//! Generated from `schema/rpc/OffsetForLeaderEpochResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 2 to 4, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetForLeaderEpochResponse<'a> {
    pub throttle_time_ms: i32,
    pub topics: Vec<OffsetForLeaderTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetForLeaderEpochResponse<'_> {
    fn default() -> Self {
        OffsetForLeaderEpochResponse {
            throttle_time_ms: 0,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetForLeaderEpochResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(2..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetForLeaderEpochResponse", version });
        }
        let flexible = version >= 4;
        let throttle_time_ms = c.i32()?;
        let topics = c.array(flexible, if version >= 4 { 3 } else { 6 }, "topics", |c| {
            OffsetForLeaderTopicResult::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(2..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetForLeaderEpochResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetForLeaderEpochResponse<'static> {
        OffsetForLeaderEpochResponse {
            throttle_time_ms: self.throttle_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for OffsetForLeaderEpochResponse<'_> {
    const NAME: &'static str = "OffsetForLeaderEpochResponse";
    const MIN_VERSION: i16 = 2;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = OffsetForLeaderEpochResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetForLeaderEpochResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetForLeaderEpochResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetForLeaderEpochResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetForLeaderEpochResponse::decode(c, version)
    }
}

/// A part of [`OffsetForLeaderEpochResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetForLeaderTopicResult<'a> {
    pub topic: Cow<'a, str>,
    pub partitions: Vec<EpochEndOffset>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetForLeaderTopicResult<'_> {
    fn default() -> Self {
        OffsetForLeaderTopicResult {
            topic: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetForLeaderTopicResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let topic = c.string(flexible, "topic")?;
        let partitions = c.array(flexible, if version >= 4 { 19 } else { 18 }, "partitions", |c| {
            EpochEndOffset::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.string(&self.topic, flexible, "topic")?;
        w.length(self.partitions.len(), flexible, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetForLeaderTopicResult<'static> {
        OffsetForLeaderTopicResult {
            topic: Cow::Owned(self.topic.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetForLeaderEpochResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EpochEndOffset {
    pub error_code: i16,
    pub partition: i32,
    /// Default -1.
    pub leader_epoch: i32,
    /// Default -1.
    pub end_offset: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        EpochEndOffset {
            error_code: 0,
            partition: 0,
            leader_epoch: -1,
            end_offset: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl EpochEndOffset {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let error_code = c.i16()?;
        let partition = c.i32()?;
        let leader_epoch = c.i32()?;
        let end_offset = c.i64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { error_code, partition, leader_epoch, end_offset, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.i16(self.error_code);
        w.i32(self.partition);
        w.i32(self.leader_epoch);
        w.i64(self.end_offset);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}
