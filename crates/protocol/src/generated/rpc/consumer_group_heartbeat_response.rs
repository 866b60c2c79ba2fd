//! `ConsumerGroupHeartbeatResponse` (key 68), versions 0 to 1.
//! Generated from `schema/rpc/ConsumerGroupHeartbeatResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupHeartbeatResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub member_id: Option<Cow<'a, str>>,
    pub member_epoch: i32,
    pub heartbeat_interval_ms: i32,
    pub assignment: Option<Assignment>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupHeartbeatResponse<'_> {
    fn default() -> Self {
        ConsumerGroupHeartbeatResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            member_id: None,
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            assignment: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupHeartbeatResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupHeartbeatResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let member_id = c.nullable_string(true, "memberId")?;
        let member_epoch = c.i32()?;
        let heartbeat_interval_ms = c.i32()?;
        let assignment = if c.struct_present()? { Some(Assignment::decode(c, version)?) } else { None };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            member_id,
            member_epoch,
            heartbeat_interval_ms,
            assignment,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupHeartbeatResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        match &self.member_id {
            Some(v) => {
                w.string(v, true, "memberId")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.member_epoch);
        w.i32(self.heartbeat_interval_ms);
        match &self.assignment {
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
    pub fn into_owned(self) -> ConsumerGroupHeartbeatResponse<'static> {
        ConsumerGroupHeartbeatResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            member_id: self.member_id.map(|v| Cow::Owned(v.into_owned())),
            member_epoch: self.member_epoch,
            heartbeat_interval_ms: self.heartbeat_interval_ms,
            assignment: self.assignment,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupHeartbeatResponse<'_> {
    const NAME: &'static str = "ConsumerGroupHeartbeatResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupHeartbeatResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupHeartbeatResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupHeartbeatResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupHeartbeatResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupHeartbeatResponse::decode(c, version)
    }
}

/// A part of [`ConsumerGroupHeartbeatResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub topic_partitions: Vec<TopicPartitions>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Assignment {
    fn default() -> Self {
        Assignment { topic_partitions: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl Assignment {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_partitions = c.array(true, 18, "topicPartitions", |c| TopicPartitions::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.length(self.topic_partitions.len(), true, "topicPartitions")?;
        for v in &self.topic_partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`ConsumerGroupHeartbeatResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPartitions {
    pub topic_id: Uuid,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicPartitions {
    fn default() -> Self {
        TopicPartitions {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl TopicPartitions {
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
