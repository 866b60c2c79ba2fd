//! `ConsumerGroupHeartbeatRequest` (key 68), versions 0 to 1.
//! Generated from `schema/rpc/ConsumerGroupHeartbeatRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupHeartbeatRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub member_id: Cow<'a, str>,
    pub member_epoch: i32,
    pub instance_id: Option<Cow<'a, str>>,
    pub rack_id: Option<Cow<'a, str>>,
    /// Default -1.
    pub rebalance_timeout_ms: i32,
    pub subscribed_topic_names: Option<Vec<Cow<'a, str>>>,
    /// Versions 1+.
    pub subscribed_topic_regex: Option<Cow<'a, str>>,
    pub server_assignor: Option<Cow<'a, str>>,
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupHeartbeatRequest<'_> {
    fn default() -> Self {
        ConsumerGroupHeartbeatRequest {
            group_id: Cow::Borrowed(""),
            member_id: Cow::Borrowed(""),
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupHeartbeatRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupHeartbeatRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let member_id = c.string(true, "memberId")?;
        let member_epoch = c.i32()?;
        let instance_id = c.nullable_string(true, "instanceId")?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let rebalance_timeout_ms = c.i32()?;
        let subscribed_topic_names =
            c.nullable_array(true, 1, "subscribedTopicNames", |c| c.string(true, "subscribedTopicNames"))?;
        let subscribed_topic_regex = if version >= 1 { c.nullable_string(true, "subscribedTopicRegex")? } else { None };
        let server_assignor = c.nullable_string(true, "serverAssignor")?;
        let topic_partitions =
            c.nullable_array(true, 18, "topicPartitions", |c| TopicPartitions::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            subscribed_topic_names,
            subscribed_topic_regex,
            server_assignor,
            topic_partitions,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupHeartbeatRequest", version });
        }
        w.string(&self.group_id, true, "groupId")?;
        w.string(&self.member_id, true, "memberId")?;
        w.i32(self.member_epoch);
        match &self.instance_id {
            Some(v) => {
                w.string(v, true, "instanceId")?;
            }
            None => w.null_string(true),
        }
        match &self.rack_id {
            Some(v) => {
                w.string(v, true, "rackId")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.rebalance_timeout_ms);
        match &self.subscribed_topic_names {
            Some(v) => {
                w.length(v.len(), true, "subscribedTopicNames")?;
                for v in v {
                    w.string(v, true, "subscribedTopicNames")?;
                }
            }
            None => w.null_length(true),
        }
        if version >= 1 {
            match &self.subscribed_topic_regex {
                Some(v) => {
                    w.string(v, true, "subscribedTopicRegex")?;
                }
                None => w.null_string(true),
            }
        } else if self.subscribed_topic_regex.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "subscribedTopicRegex", version });
        }
        match &self.server_assignor {
            Some(v) => {
                w.string(v, true, "serverAssignor")?;
            }
            None => w.null_string(true),
        }
        match &self.topic_partitions {
            Some(v) => {
                w.length(v.len(), true, "topicPartitions")?;
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
    pub fn into_owned(self) -> ConsumerGroupHeartbeatRequest<'static> {
        ConsumerGroupHeartbeatRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: Cow::Owned(self.member_id.into_owned()),
            member_epoch: self.member_epoch,
            instance_id: self.instance_id.map(|v| Cow::Owned(v.into_owned())),
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            subscribed_topic_names: self
                .subscribed_topic_names
                .map(|v| v.into_iter().map(|v| Cow::Owned(v.into_owned())).collect()),
            subscribed_topic_regex: self.subscribed_topic_regex.map(|v| Cow::Owned(v.into_owned())),
            server_assignor: self.server_assignor.map(|v| Cow::Owned(v.into_owned())),
            topic_partitions: self.topic_partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupHeartbeatRequest<'_> {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupHeartbeatRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupHeartbeatRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupHeartbeatRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupHeartbeatRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupHeartbeatRequest::decode(c, version)
    }
}

impl crate::Request for ConsumerGroupHeartbeatRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ConsumerGroupHeartbeat;
    type Response<'r> = crate::ConsumerGroupHeartbeatResponse<'r>;
    type OwnedResponse = crate::ConsumerGroupHeartbeatResponse<'static>;
}

/// A part of [`ConsumerGroupHeartbeatRequest`].
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
