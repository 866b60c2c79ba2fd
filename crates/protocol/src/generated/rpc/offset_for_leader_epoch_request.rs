//! `OffsetForLeaderEpochRequest` (key 23), versions 2 to 4.
//! Generated from `schema/rpc/OffsetForLeaderEpochRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 2 to 4, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetForLeaderEpochRequest<'a> {
    /// Versions 3+; default -2.
    pub replica_id: i32,
    pub topics: Vec<OffsetForLeaderTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetForLeaderEpochRequest<'_> {
    fn default() -> Self {
        OffsetForLeaderEpochRequest {
            replica_id: -2,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetForLeaderEpochRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(2..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetForLeaderEpochRequest", version });
        }
        let flexible = version >= 4;
        let replica_id = if version >= 3 { c.i32()? } else { -2 };
        let topics = c.array(flexible, if version >= 4 { 3 } else { 6 }, "topics", |c| {
            OffsetForLeaderTopic::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { replica_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(2..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetForLeaderEpochRequest", version });
        }
        if version >= 3 {
            w.i32(self.replica_id);
        }
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
    pub fn into_owned(self) -> OffsetForLeaderEpochRequest<'static> {
        OffsetForLeaderEpochRequest {
            replica_id: self.replica_id,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for OffsetForLeaderEpochRequest<'_> {
    const NAME: &'static str = "OffsetForLeaderEpochRequest";
    const MIN_VERSION: i16 = 2;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = OffsetForLeaderEpochRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetForLeaderEpochRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetForLeaderEpochRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetForLeaderEpochRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetForLeaderEpochRequest::decode(c, version)
    }
}

impl crate::Request for OffsetForLeaderEpochRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::OffsetForLeaderEpoch;
    type Response<'r> = crate::OffsetForLeaderEpochResponse<'r>;
    type OwnedResponse = crate::OffsetForLeaderEpochResponse<'static>;
}

/// A part of [`OffsetForLeaderEpochRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetForLeaderTopic<'a> {
    pub topic: Cow<'a, str>,
    pub partitions: Vec<OffsetForLeaderPartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetForLeaderTopic<'_> {
    fn default() -> Self {
        OffsetForLeaderTopic {
            topic: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetForLeaderTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let topic = c.string(flexible, "topic")?;
        let partitions = c.array(flexible, if version >= 4 { 13 } else { 12 }, "partitions", |c| {
            OffsetForLeaderPartition::decode(c, version)
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
    pub fn into_owned(self) -> OffsetForLeaderTopic<'static> {
        OffsetForLeaderTopic {
            topic: Cow::Owned(self.topic.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetForLeaderEpochRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetForLeaderPartition {
    pub partition: i32,
    /// Default -1.
    pub current_leader_epoch: i32,
    pub leader_epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetForLeaderPartition {
    fn default() -> Self {
        OffsetForLeaderPartition {
            partition: 0,
            current_leader_epoch: -1,
            leader_epoch: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl OffsetForLeaderPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let partition = c.i32()?;
        let current_leader_epoch = c.i32()?;
        let leader_epoch = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition, current_leader_epoch, leader_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.i32(self.partition);
        w.i32(self.current_leader_epoch);
        w.i32(self.leader_epoch);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}
