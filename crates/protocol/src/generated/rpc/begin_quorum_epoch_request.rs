//! `BeginQuorumEpochRequest` (key 53), versions 0 to 1.
//! Generated from `schema/rpc/BeginQuorumEpochRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct BeginQuorumEpochRequest<'a> {
    pub cluster_id: Option<Cow<'a, str>>,
    /// Versions 1+; default -1.
    pub voter_id: i32,
    pub topics: Vec<TopicData<'a>>,
    /// Versions 1+.
    pub leader_endpoints: Vec<LeaderEndpoint<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BeginQuorumEpochRequest<'_> {
    fn default() -> Self {
        BeginQuorumEpochRequest {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            leader_endpoints: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> BeginQuorumEpochRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "BeginQuorumEpochRequest", version });
        }
        let flexible = version >= 1;
        let cluster_id = c.nullable_string(flexible, "clusterId")?;
        let voter_id = if version >= 1 { c.i32()? } else { -1 };
        let topics =
            c.array(flexible, if version >= 1 { 3 } else { 6 }, "topics", |c| TopicData::decode(c, version))?;
        let leader_endpoints = if version >= 1 {
            c.array(flexible, 5, "leaderEndpoints", |c| LeaderEndpoint::decode(c, version))?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { cluster_id, voter_id, topics, leader_endpoints, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "BeginQuorumEpochRequest", version });
        }
        match &self.cluster_id {
            Some(v) => {
                w.string(v, flexible, "clusterId")?;
            }
            None => w.null_string(flexible),
        }
        if version >= 1 {
            w.i32(self.voter_id);
        }
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if version >= 1 {
            w.length(self.leader_endpoints.len(), flexible, "leaderEndpoints")?;
            for v in &self.leader_endpoints {
                v.encode(w, version)?;
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
    pub fn into_owned(self) -> BeginQuorumEpochRequest<'static> {
        BeginQuorumEpochRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            voter_id: self.voter_id,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            leader_endpoints: self.leader_endpoints.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for BeginQuorumEpochRequest<'_> {
    const NAME: &'static str = "BeginQuorumEpochRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = BeginQuorumEpochRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        BeginQuorumEpochRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        BeginQuorumEpochRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for BeginQuorumEpochRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        BeginQuorumEpochRequest::decode(c, version)
    }
}

impl crate::Request for BeginQuorumEpochRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::BeginQuorumEpoch;
    type Response<'r> = crate::BeginQuorumEpochResponse<'r>;
    type OwnedResponse = crate::BeginQuorumEpochResponse<'static>;
}

/// A part of [`BeginQuorumEpochRequest`].
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
            c.array(flexible, if version >= 1 { 29 } else { 12 }, "partitions", |c| PartitionData::decode(c, version))?;
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

/// A part of [`BeginQuorumEpochRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData {
    pub partition_index: i32,
    /// Versions 1+.
    pub voter_directory_id: Uuid,
    pub leader_id: i32,
    pub leader_epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            voter_directory_id: Uuid::ZERO,
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
        let voter_directory_id = if version >= 1 { c.uuid()? } else { Uuid::ZERO };
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition_index, voter_directory_id, leader_id, leader_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.i32(self.partition_index);
        if version >= 1 {
            w.uuid(self.voter_directory_id);
        }
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

/// A part of [`BeginQuorumEpochRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderEndpoint<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for LeaderEndpoint<'_> {
    fn default() -> Self {
        LeaderEndpoint {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> LeaderEndpoint<'a> {
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
    pub fn into_owned(self) -> LeaderEndpoint<'static> {
        LeaderEndpoint {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
