//! `DescribeTopicPartitionsResponse` (key 75), versions 0 to 0.
//! Generated from `schema/rpc/DescribeTopicPartitionsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsResponse<'a> {
    pub throttle_time_ms: i32,
    pub topics: Vec<DescribeTopicPartitionsResponseTopic<'a>>,
    pub next_cursor: Option<Cursor<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeTopicPartitionsResponse<'_> {
    fn default() -> Self {
        DescribeTopicPartitionsResponse {
            throttle_time_ms: 0,
            topics: Vec::new(),
            next_cursor: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeTopicPartitionsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeTopicPartitionsResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let topics = c.array(true, 26, "topics", |c| DescribeTopicPartitionsResponseTopic::decode(c, version))?;
        let next_cursor = if c.struct_present()? { Some(Cursor::decode(c, version)?) } else { None };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, topics, next_cursor, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeTopicPartitionsResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        match &self.next_cursor {
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
    pub fn into_owned(self) -> DescribeTopicPartitionsResponse<'static> {
        DescribeTopicPartitionsResponse {
            throttle_time_ms: self.throttle_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            next_cursor: self.next_cursor.map(|v| v.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeTopicPartitionsResponse<'_> {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeTopicPartitionsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeTopicPartitionsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeTopicPartitionsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeTopicPartitionsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeTopicPartitionsResponse::decode(c, version)
    }
}

/// A part of [`DescribeTopicPartitionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsResponseTopic<'a> {
    pub error_code: i16,
    pub name: Option<Cow<'a, str>>,
    pub topic_id: Uuid,
    pub is_internal: bool,
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// Default -2147483648.
    pub topic_authorized_operations: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeTopicPartitionsResponseTopic<'_> {
    fn default() -> Self {
        DescribeTopicPartitionsResponseTopic {
            error_code: 0,
            name: Some(Cow::Borrowed("")),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeTopicPartitionsResponseTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let error_code = c.i16()?;
        let name = c.nullable_string(true, "name")?;
        let topic_id = c.uuid()?;
        let is_internal = c.bool()?;
        let partitions =
            c.array(true, 20, "partitions", |c| DescribeTopicPartitionsResponsePartition::decode(c, version))?;
        let topic_authorized_operations = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            error_code,
            name,
            topic_id,
            is_internal,
            partitions,
            topic_authorized_operations,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i16(self.error_code);
        match &self.name {
            Some(v) => {
                w.string(v, true, "name")?;
            }
            None => w.null_string(true),
        }
        w.uuid(self.topic_id);
        w.bool(self.is_internal);
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.i32(self.topic_authorized_operations);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeTopicPartitionsResponseTopic<'static> {
        DescribeTopicPartitionsResponseTopic {
            error_code: self.error_code,
            name: self.name.map(|v| Cow::Owned(v.into_owned())),
            topic_id: self.topic_id,
            is_internal: self.is_internal,
            partitions: self.partitions,
            topic_authorized_operations: self.topic_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeTopicPartitionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsResponsePartition {
    pub error_code: i16,
    pub partition_index: i32,
    pub leader_id: i32,
    /// Default -1.
    pub leader_epoch: i32,
    pub replica_nodes: Vec<i32>,
    pub isr_nodes: Vec<i32>,
    pub eligible_leader_replicas: Option<Vec<i32>>,
    pub last_known_elr: Option<Vec<i32>>,
    pub offline_replicas: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        DescribeTopicPartitionsResponsePartition {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl DescribeTopicPartitionsResponsePartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let error_code = c.i16()?;
        let partition_index = c.i32()?;
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let replica_nodes = c.array(true, 4, "replicaNodes", wire::Cursor::i32)?;
        let isr_nodes = c.array(true, 4, "isrNodes", wire::Cursor::i32)?;
        let eligible_leader_replicas = c.nullable_array(true, 4, "eligibleLeaderReplicas", wire::Cursor::i32)?;
        let last_known_elr = c.nullable_array(true, 4, "lastKnownElr", wire::Cursor::i32)?;
        let offline_replicas = c.array(true, 4, "offlineReplicas", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            eligible_leader_replicas,
            last_known_elr,
            offline_replicas,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i16(self.error_code);
        w.i32(self.partition_index);
        w.i32(self.leader_id);
        w.i32(self.leader_epoch);
        w.length(self.replica_nodes.len(), true, "replicaNodes")?;
        for v in &self.replica_nodes {
            w.i32(*v);
        }
        w.length(self.isr_nodes.len(), true, "isrNodes")?;
        for v in &self.isr_nodes {
            w.i32(*v);
        }
        match &self.eligible_leader_replicas {
            Some(v) => {
                w.length(v.len(), true, "eligibleLeaderReplicas")?;
                for v in v {
                    w.i32(*v);
                }
            }
            None => w.null_length(true),
        }
        match &self.last_known_elr {
            Some(v) => {
                w.length(v.len(), true, "lastKnownElr")?;
                for v in v {
                    w.i32(*v);
                }
            }
            None => w.null_length(true),
        }
        w.length(self.offline_replicas.len(), true, "offlineReplicas")?;
        for v in &self.offline_replicas {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`DescribeTopicPartitionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor<'a> {
    pub topic_name: Cow<'a, str>,
    pub partition_index: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Cursor<'_> {
    fn default() -> Self {
        Cursor {
            topic_name: Cow::Borrowed(""),
            partition_index: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Cursor<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let partition_index = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, partition_index, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.i32(self.partition_index);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Cursor<'static> {
        Cursor {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partition_index: self.partition_index,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
