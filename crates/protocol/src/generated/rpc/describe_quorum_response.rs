//! `DescribeQuorumResponse` (key 55), versions 0 to 2.
//! Generated from `schema/rpc/DescribeQuorumResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeQuorumResponse<'a> {
    pub error_code: i16,
    /// Versions 2+.
    pub error_message: Option<Cow<'a, str>>,
    pub topics: Vec<TopicData<'a>>,
    /// Versions 2+.
    pub nodes: Vec<Node<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeQuorumResponse<'_> {
    fn default() -> Self {
        DescribeQuorumResponse {
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            topics: Vec::new(),
            nodes: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeQuorumResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeQuorumResponse", version });
        }
        let error_code = c.i16()?;
        let error_message =
            if version >= 2 { c.nullable_string(true, "errorMessage")? } else { Some(Cow::Borrowed("")) };
        let topics = c.array(true, 3, "topics", |c| TopicData::decode(c, version))?;
        let nodes = if version >= 2 { c.array(true, 6, "nodes", |c| Node::decode(c, version))? } else { Vec::new() };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { error_code, error_message, topics, nodes, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeQuorumResponse", version });
        }
        w.i16(self.error_code);
        if version >= 2 {
            match &self.error_message {
                Some(v) => {
                    w.string(v, true, "errorMessage")?;
                }
                None => w.null_string(true),
            }
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if version >= 2 {
            w.length(self.nodes.len(), true, "nodes")?;
            for v in &self.nodes {
                v.encode(w, version)?;
            }
        } else if !self.nodes.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "nodes", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeQuorumResponse<'static> {
        DescribeQuorumResponse {
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            nodes: self.nodes.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeQuorumResponse<'_> {
    const NAME: &'static str = "DescribeQuorumResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeQuorumResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeQuorumResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeQuorumResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeQuorumResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeQuorumResponse::decode(c, version)
    }
}

/// A part of [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicData<'a> {
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<PartitionData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicData<'_> {
    fn default() -> Self {
        TopicData {
            topic_name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let partitions =
            c.array(true, if version >= 2 { 26 } else { 25 }, "partitions", |c| PartitionData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicData<'static> {
        TopicData {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData<'a> {
    pub partition_index: i32,
    pub error_code: i16,
    /// Versions 2+.
    pub error_message: Option<Cow<'a, str>>,
    pub leader_id: i32,
    pub leader_epoch: i32,
    pub high_watermark: i64,
    pub current_voters: Vec<ReplicaState>,
    pub observers: Vec<ReplicaState>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData<'_> {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> PartitionData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let error_code = c.i16()?;
        let error_message =
            if version >= 2 { c.nullable_string(true, "errorMessage")? } else { Some(Cow::Borrowed("")) };
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let high_watermark = c.i64()?;
        let current_voters = c.array(
            true,
            if version >= 2 {
                45
            } else if version >= 1 {
                29
            } else {
                13
            },
            "currentVoters",
            |c| ReplicaState::decode(c, version),
        )?;
        let observers = c.array(
            true,
            if version >= 2 {
                45
            } else if version >= 1 {
                29
            } else {
                13
            },
            "observers",
            |c| ReplicaState::decode(c, version),
        )?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            leader_id,
            leader_epoch,
            high_watermark,
            current_voters,
            observers,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i16(self.error_code);
        if version >= 2 {
            match &self.error_message {
                Some(v) => {
                    w.string(v, true, "errorMessage")?;
                }
                None => w.null_string(true),
            }
        }
        w.i32(self.leader_id);
        w.i32(self.leader_epoch);
        w.i64(self.high_watermark);
        w.length(self.current_voters.len(), true, "currentVoters")?;
        for v in &self.current_voters {
            v.encode(w, version)?;
        }
        w.length(self.observers.len(), true, "observers")?;
        for v in &self.observers {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> PartitionData<'static> {
        PartitionData {
            partition_index: self.partition_index,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            leader_id: self.leader_id,
            leader_epoch: self.leader_epoch,
            high_watermark: self.high_watermark,
            current_voters: self.current_voters,
            observers: self.observers,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'a> {
    pub node_id: i32,
    pub listeners: Vec<Listener<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Node<'_> {
    fn default() -> Self {
        Node { node_id: 0, listeners: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> Node<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let node_id = c.i32()?;
        let listeners = c.array(true, 5, "listeners", |c| Listener::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { node_id, listeners, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.node_id);
        w.length(self.listeners.len(), true, "listeners")?;
        for v in &self.listeners {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Node<'static> {
        Node {
            node_id: self.node_id,
            listeners: self.listeners.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Listener<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Listener<'_> {
    fn default() -> Self {
        Listener {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Listener<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let host = c.string(true, "host")?;
        let port = c.u16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, host, port, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.string(&self.host, true, "host")?;
        w.u16(self.port);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Listener<'static> {
        Listener {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaState {
    pub replica_id: i32,
    /// Versions 2+.
    pub replica_directory_id: Uuid,
    pub log_end_offset: i64,
    /// Versions 1+; default -1.
    pub last_fetch_timestamp: i64,
    /// Versions 1+; default -1.
    pub last_caught_up_timestamp: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReplicaState {
    fn default() -> Self {
        ReplicaState {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ReplicaState {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let replica_id = c.i32()?;
        let replica_directory_id = if version >= 2 { c.uuid()? } else { Uuid::ZERO };
        let log_end_offset = c.i64()?;
        let last_fetch_timestamp = if version >= 1 { c.i64()? } else { -1 };
        let last_caught_up_timestamp = if version >= 1 { c.i64()? } else { -1 };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            replica_id,
            replica_directory_id,
            log_end_offset,
            last_fetch_timestamp,
            last_caught_up_timestamp,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.replica_id);
        if version >= 2 {
            w.uuid(self.replica_directory_id);
        } else if self.replica_directory_id != Uuid::ZERO {
            return Err(wire::EncodeError::UnsupportedField { field: "replicaDirectoryId", version });
        }
        w.i64(self.log_end_offset);
        if version >= 1 {
            w.i64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            w.i64(self.last_caught_up_timestamp);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
