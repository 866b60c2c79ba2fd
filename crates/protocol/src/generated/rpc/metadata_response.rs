//! `MetadataResponse` (key 3), versions 0 to 13.
//! Generated from `schema/rpc/MetadataResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 13, flexible since 9.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponse<'a> {
    /// Versions 3+.
    pub throttle_time_ms: i32,
    pub brokers: Vec<MetadataResponseBroker<'a>>,
    /// Versions 2+.
    pub cluster_id: Option<Cow<'a, str>>,
    /// Versions 1+; default -1.
    pub controller_id: i32,
    pub topics: Vec<MetadataResponseTopic<'a>>,
    /// Versions 8 to 10; default -2147483648.
    pub cluster_authorized_operations: i32,
    /// Versions 13+.
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MetadataResponse<'_> {
    fn default() -> Self {
        MetadataResponse {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MetadataResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=13).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "MetadataResponse", version });
        }
        let flexible = version >= 9;
        let throttle_time_ms = if version >= 3 { c.i32()? } else { 0 };
        let brokers = c.array(
            flexible,
            if version >= 9 {
                11
            } else if version >= 1 {
                12
            } else {
                10
            },
            "brokers",
            |c| MetadataResponseBroker::decode(c, version),
        )?;
        let cluster_id = if version >= 2 { c.nullable_string(flexible, "clusterId")? } else { None };
        let controller_id = if version >= 1 { c.i32()? } else { -1 };
        let topics = c.array(
            flexible,
            if version >= 10 {
                26
            } else if version >= 9 {
                10
            } else if version >= 8 {
                13
            } else if version >= 1 {
                9
            } else {
                8
            },
            "topics",
            |c| MetadataResponseTopic::decode(c, version),
        )?;
        let cluster_authorized_operations = if (8..=10).contains(&version) { c.i32()? } else { i32::MIN };
        let error_code = if version >= 13 { c.i16()? } else { 0 };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            throttle_time_ms,
            brokers,
            cluster_id,
            controller_id,
            topics,
            cluster_authorized_operations,
            error_code,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if !(0..=13).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "MetadataResponse", version });
        }
        if version >= 3 {
            w.i32(self.throttle_time_ms);
        }
        w.length(self.brokers.len(), flexible, "brokers")?;
        for v in &self.brokers {
            v.encode(w, version)?;
        }
        if version >= 2 {
            match &self.cluster_id {
                Some(v) => {
                    w.string(v, flexible, "clusterId")?;
                }
                None => w.null_string(flexible),
            }
        }
        if version >= 1 {
            w.i32(self.controller_id);
        }
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if (8..=10).contains(&version) {
            w.i32(self.cluster_authorized_operations);
        } else if self.cluster_authorized_operations != i32::MIN {
            return Err(wire::EncodeError::UnsupportedField { field: "clusterAuthorizedOperations", version });
        }
        if version >= 13 {
            w.i16(self.error_code);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MetadataResponse<'static> {
        MetadataResponse {
            throttle_time_ms: self.throttle_time_ms,
            brokers: self.brokers.into_iter().map(|v| v.into_owned()).collect(),
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            controller_id: self.controller_id,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            cluster_authorized_operations: self.cluster_authorized_operations,
            error_code: self.error_code,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for MetadataResponse<'_> {
    const NAME: &'static str = "MetadataResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_SINCE: Option<i16> = Some(9);
    type Owned = MetadataResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        MetadataResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        MetadataResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for MetadataResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        MetadataResponse::decode(c, version)
    }
}

/// A part of [`MetadataResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponseBroker<'a> {
    pub node_id: i32,
    pub host: Cow<'a, str>,
    pub port: i32,
    /// Versions 1+.
    pub rack: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MetadataResponseBroker<'_> {
    fn default() -> Self {
        MetadataResponseBroker {
            node_id: 0,
            host: Cow::Borrowed(""),
            port: 0,
            rack: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MetadataResponseBroker<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let node_id = c.i32()?;
        let host = c.string(flexible, "host")?;
        let port = c.i32()?;
        let rack = if version >= 1 { c.nullable_string(flexible, "rack")? } else { None };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { node_id, host, port, rack, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        w.i32(self.node_id);
        w.string(&self.host, flexible, "host")?;
        w.i32(self.port);
        if version >= 1 {
            match &self.rack {
                Some(v) => {
                    w.string(v, flexible, "rack")?;
                }
                None => w.null_string(flexible),
            }
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MetadataResponseBroker<'static> {
        MetadataResponseBroker {
            node_id: self.node_id,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            rack: self.rack.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`MetadataResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponseTopic<'a> {
    pub error_code: i16,
    /// Null since 12.
    pub name: Option<Cow<'a, str>>,
    /// Versions 10+.
    pub topic_id: Uuid,
    /// Versions 1+.
    pub is_internal: bool,
    pub partitions: Vec<MetadataResponsePartition>,
    /// Versions 8+; default -2147483648.
    pub topic_authorized_operations: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MetadataResponseTopic<'_> {
    fn default() -> Self {
        MetadataResponseTopic {
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

impl<'a> MetadataResponseTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let error_code = c.i16()?;
        let name = if version >= 12 { c.nullable_string(flexible, "name")? } else { Some(c.string(flexible, "name")?) };
        let topic_id = if version >= 10 { c.uuid()? } else { Uuid::ZERO };
        let is_internal = if version >= 1 { c.bool()? } else { false };
        let partitions = c.array(
            flexible,
            if version >= 9 {
                18
            } else if version >= 7 {
                26
            } else if version >= 5 {
                22
            } else {
                18
            },
            "partitions",
            |c| MetadataResponsePartition::decode(c, version),
        )?;
        let topic_authorized_operations = if version >= 8 { c.i32()? } else { i32::MIN };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
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
        let flexible = version >= 9;
        w.i16(self.error_code);
        match &self.name {
            Some(v) => {
                w.string(v, flexible, "name")?;
            }
            None if version >= 12 => w.null_string(flexible),
            None => return Err(wire::EncodeError::Null { field: "name" }),
        }
        if version >= 10 {
            w.uuid(self.topic_id);
        }
        if version >= 1 {
            w.bool(self.is_internal);
        }
        w.length(self.partitions.len(), flexible, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        if version >= 8 {
            w.i32(self.topic_authorized_operations);
        } else if self.topic_authorized_operations != i32::MIN {
            return Err(wire::EncodeError::UnsupportedField { field: "topicAuthorizedOperations", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MetadataResponseTopic<'static> {
        MetadataResponseTopic {
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

/// A part of [`MetadataResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponsePartition {
    pub error_code: i16,
    pub partition_index: i32,
    pub leader_id: i32,
    /// Versions 7+; default -1.
    pub leader_epoch: i32,
    pub replica_nodes: Vec<i32>,
    pub isr_nodes: Vec<i32>,
    /// Versions 5+.
    pub offline_replicas: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        MetadataResponsePartition {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl MetadataResponsePartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let error_code = c.i16()?;
        let partition_index = c.i32()?;
        let leader_id = c.i32()?;
        let leader_epoch = if version >= 7 { c.i32()? } else { -1 };
        let replica_nodes = c.array(flexible, 4, "replicaNodes", wire::Cursor::i32)?;
        let isr_nodes = c.array(flexible, 4, "isrNodes", wire::Cursor::i32)?;
        let offline_replicas =
            if version >= 5 { c.array(flexible, 4, "offlineReplicas", wire::Cursor::i32)? } else { Vec::new() };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            offline_replicas,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        w.i16(self.error_code);
        w.i32(self.partition_index);
        w.i32(self.leader_id);
        if version >= 7 {
            w.i32(self.leader_epoch);
        }
        w.length(self.replica_nodes.len(), flexible, "replicaNodes")?;
        for v in &self.replica_nodes {
            w.i32(*v);
        }
        w.length(self.isr_nodes.len(), flexible, "isrNodes")?;
        for v in &self.isr_nodes {
            w.i32(*v);
        }
        if version >= 5 {
            w.length(self.offline_replicas.len(), flexible, "offlineReplicas")?;
            for v in &self.offline_replicas {
                w.i32(*v);
            }
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}
