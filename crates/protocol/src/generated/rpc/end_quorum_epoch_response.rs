//! `EndQuorumEpochResponse` (key 54), versions 0 to 1.
//! Generated from `schema/rpc/EndQuorumEpochResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct EndQuorumEpochResponse<'a> {
    pub error_code: i16,
    pub topics: Vec<TopicData<'a>>,
    /// Versions 1+; tag 0.
    pub node_endpoints: Vec<NodeEndpoint<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EndQuorumEpochResponse<'_> {
    fn default() -> Self {
        EndQuorumEpochResponse {
            error_code: 0,
            topics: Vec::new(),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> EndQuorumEpochResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EndQuorumEpochResponse", version });
        }
        let flexible = version >= 1;
        let error_code = c.i16()?;
        let topics =
            c.array(flexible, if version >= 1 { 3 } else { 6 }, "topics", |c| TopicData::decode(c, version))?;
        let mut node_endpoints = Vec::new();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => {
                        node_endpoints = c.array(flexible, 8, "nodeEndpoints", |c| NodeEndpoint::decode(c, version))?
                    }
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self { error_code, topics, node_endpoints, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EndQuorumEpochResponse", version });
        }
        w.i16(self.error_code);
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if !(version >= 1) && !self.node_endpoints.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "nodeEndpoints", version });
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0])?;
            }
            if !self.node_endpoints.is_empty() {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if !self.node_endpoints.is_empty() {
                let start = w.begin_tag(0);
                w.length(self.node_endpoints.len(), flexible, "nodeEndpoints")?;
                for v in &self.node_endpoints {
                    v.encode(w, version)?;
                }
                w.end_tag(start);
            }
            w.unknown_tags(unknown, 0, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> EndQuorumEpochResponse<'static> {
        EndQuorumEpochResponse {
            error_code: self.error_code,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            node_endpoints: self.node_endpoints.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for EndQuorumEpochResponse<'_> {
    const NAME: &'static str = "EndQuorumEpochResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = EndQuorumEpochResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EndQuorumEpochResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        EndQuorumEpochResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for EndQuorumEpochResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EndQuorumEpochResponse::decode(c, version)
    }
}

/// A part of [`EndQuorumEpochResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicData<'a> {
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<PartitionData>,
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
        let flexible = version >= 1;
        let topic_name = c.string(flexible, "topicName")?;
        let partitions =
            c.array(flexible, if version >= 1 { 15 } else { 14 }, "partitions", |c| PartitionData::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.string(&self.topic_name, flexible, "topicName")?;
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
    pub fn into_owned(self) -> TopicData<'static> {
        TopicData {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`EndQuorumEpochResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData {
    pub partition_index: i32,
    pub error_code: i16,
    pub leader_id: i32,
    pub leader_epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            error_code: 0,
            leader_id: 0,
            leader_epoch: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let partition_index = c.i32()?;
        let error_code = c.i16()?;
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition_index, error_code, leader_id, leader_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.i32(self.partition_index);
        w.i16(self.error_code);
        w.i32(self.leader_id);
        w.i32(self.leader_epoch);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

/// A part of [`EndQuorumEpochResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct NodeEndpoint<'a> {
    pub node_id: i32,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for NodeEndpoint<'_> {
    fn default() -> Self {
        NodeEndpoint {
            node_id: 0,
            host: Cow::Borrowed(""),
            port: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> NodeEndpoint<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let node_id = c.i32()?;
        let host = c.string(true, "host")?;
        let port = c.u16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { node_id, host, port, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.node_id);
        w.string(&self.host, true, "host")?;
        w.u16(self.port);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> NodeEndpoint<'static> {
        NodeEndpoint {
            node_id: self.node_id,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
