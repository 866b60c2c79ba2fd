//! `ProduceResponse` (key 0), versions 3 to 13.
//! Generated from `schema/rpc/ProduceResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 3 to 13, flexible since 9.
#[derive(Debug, Clone, PartialEq)]
pub struct ProduceResponse<'a> {
    pub responses: Vec<TopicProduceResponse<'a>>,
    pub throttle_time_ms: i32,
    /// Versions 10+; tag 0.
    pub node_endpoints: Vec<NodeEndpoint<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ProduceResponse<'_> {
    fn default() -> Self {
        ProduceResponse {
            responses: Vec::new(),
            throttle_time_ms: 0,
            node_endpoints: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ProduceResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(3..=13).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ProduceResponse", version });
        }
        let flexible = version >= 9;
        let responses = c.array(
            flexible,
            if version >= 13 {
                18
            } else if version >= 9 {
                3
            } else {
                6
            },
            "responses",
            |c| TopicProduceResponse::decode(c, version),
        )?;
        let throttle_time_ms = c.i32()?;
        let mut node_endpoints = Vec::new();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 if version >= 10 => {
                        node_endpoints = c.array(flexible, 11, "nodeEndpoints", |c| NodeEndpoint::decode(c, version))?
                    }
                    0 => return Err(wire::DecodeError::Tag { tag, version }),
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self { responses, throttle_time_ms, node_endpoints, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if !(3..=13).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ProduceResponse", version });
        }
        w.length(self.responses.len(), flexible, "responses")?;
        for v in &self.responses {
            v.encode(w, version)?;
        }
        w.i32(self.throttle_time_ms);
        if !(version >= 10) && !self.node_endpoints.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "nodeEndpoints", version });
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0])?;
            }
            if version >= 10 && !self.node_endpoints.is_empty() {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if version >= 10 && !self.node_endpoints.is_empty() {
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
    pub fn into_owned(self) -> ProduceResponse<'static> {
        ProduceResponse {
            responses: self.responses.into_iter().map(|v| v.into_owned()).collect(),
            throttle_time_ms: self.throttle_time_ms,
            node_endpoints: self.node_endpoints.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ProduceResponse<'_> {
    const NAME: &'static str = "ProduceResponse";
    const MIN_VERSION: i16 = 3;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_SINCE: Option<i16> = Some(9);
    type Owned = ProduceResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ProduceResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ProduceResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ProduceResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ProduceResponse::decode(c, version)
    }
}

/// A part of [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicProduceResponse<'a> {
    /// Versions 3 to 12.
    pub name: Cow<'a, str>,
    /// Versions 13+.
    pub topic_id: Uuid,
    pub partition_responses: Vec<PartitionProduceResponse<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicProduceResponse<'_> {
    fn default() -> Self {
        TopicProduceResponse {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partition_responses: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicProduceResponse<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let name = if version <= 12 { c.string(flexible, "name")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 13 { c.uuid()? } else { Uuid::ZERO };
        let partition_responses = c.array(
            flexible,
            if version >= 9 {
                33
            } else if version >= 8 {
                36
            } else if version >= 5 {
                30
            } else {
                22
            },
            "partitionResponses",
            |c| PartitionProduceResponse::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, topic_id, partition_responses, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if version <= 12 {
            w.string(&self.name, flexible, "name")?;
        }
        if version >= 13 {
            w.uuid(self.topic_id);
        }
        w.length(self.partition_responses.len(), flexible, "partitionResponses")?;
        for v in &self.partition_responses {
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
    pub fn into_owned(self) -> TopicProduceResponse<'static> {
        TopicProduceResponse {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            partition_responses: self.partition_responses.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionProduceResponse<'a> {
    pub index: i32,
    pub error_code: i16,
    pub base_offset: i64,
    /// Default -1.
    pub log_append_time_ms: i64,
    /// Versions 5+; default -1.
    pub log_start_offset: i64,
    /// Versions 8+.
    pub record_errors: Vec<BatchIndexAndErrorMessage<'a>>,
    /// Versions 8+.
    pub error_message: Option<Cow<'a, str>>,
    /// Versions 10+; tag 0.
    pub current_leader: LeaderIdAndEpoch,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionProduceResponse<'_> {
    fn default() -> Self {
        PartitionProduceResponse {
            index: 0,
            error_code: 0,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> PartitionProduceResponse<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let index = c.i32()?;
        let error_code = c.i16()?;
        let base_offset = c.i64()?;
        let log_append_time_ms = c.i64()?;
        let log_start_offset = if version >= 5 { c.i64()? } else { -1 };
        let record_errors = if version >= 8 {
            c.array(flexible, 6, "recordErrors", |c| BatchIndexAndErrorMessage::decode(c, version))?
        } else {
            Vec::new()
        };
        let error_message = if version >= 8 { c.nullable_string(flexible, "errorMessage")? } else { None };
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 if version >= 10 => current_leader = LeaderIdAndEpoch::decode(c, version)?,
                    0 => return Err(wire::DecodeError::Tag { tag, version }),
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self {
            index,
            error_code,
            base_offset,
            log_append_time_ms,
            log_start_offset,
            record_errors,
            error_message,
            current_leader,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        w.i32(self.index);
        w.i16(self.error_code);
        w.i64(self.base_offset);
        w.i64(self.log_append_time_ms);
        if version >= 5 {
            w.i64(self.log_start_offset);
        }
        if version >= 8 {
            w.length(self.record_errors.len(), flexible, "recordErrors")?;
            for v in &self.record_errors {
                v.encode(w, version)?;
            }
        }
        if version >= 8 {
            match &self.error_message {
                Some(v) => {
                    w.string(v, flexible, "errorMessage")?;
                }
                None => w.null_string(flexible),
            }
        }
        if !(version >= 10) && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(wire::EncodeError::UnsupportedField { field: "currentLeader", version });
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0])?;
            }
            if version >= 10 && self.current_leader != LeaderIdAndEpoch::default() {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if version >= 10 && self.current_leader != LeaderIdAndEpoch::default() {
                let start = w.begin_tag(0);
                self.current_leader.encode(w, version)?;
                w.end_tag(start);
            }
            w.unknown_tags(unknown, 0, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> PartitionProduceResponse<'static> {
        PartitionProduceResponse {
            index: self.index,
            error_code: self.error_code,
            base_offset: self.base_offset,
            log_append_time_ms: self.log_append_time_ms,
            log_start_offset: self.log_start_offset,
            record_errors: self.record_errors.into_iter().map(|v| v.into_owned()).collect(),
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            current_leader: self.current_leader,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct BatchIndexAndErrorMessage<'a> {
    pub batch_index: i32,
    pub batch_index_error_message: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BatchIndexAndErrorMessage<'_> {
    fn default() -> Self {
        BatchIndexAndErrorMessage {
            batch_index: 0,
            batch_index_error_message: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> BatchIndexAndErrorMessage<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let batch_index = c.i32()?;
        let batch_index_error_message = c.nullable_string(flexible, "batchIndexErrorMessage")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { batch_index, batch_index_error_message, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        w.i32(self.batch_index);
        match &self.batch_index_error_message {
            Some(v) => {
                w.string(v, flexible, "batchIndexErrorMessage")?;
            }
            None => w.null_string(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> BatchIndexAndErrorMessage<'static> {
        BatchIndexAndErrorMessage {
            batch_index: self.batch_index,
            batch_index_error_message: self.batch_index_error_message.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Default -1.
    pub leader_id: i32,
    /// Default -1.
    pub leader_epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        LeaderIdAndEpoch {
            leader_id: -1,
            leader_epoch: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl LeaderIdAndEpoch {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { leader_id, leader_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.leader_id);
        w.i32(self.leader_epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct NodeEndpoint<'a> {
    pub node_id: i32,
    pub host: Cow<'a, str>,
    pub port: i32,
    pub rack: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for NodeEndpoint<'_> {
    fn default() -> Self {
        NodeEndpoint {
            node_id: 0,
            host: Cow::Borrowed(""),
            port: 0,
            rack: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> NodeEndpoint<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let node_id = c.i32()?;
        let host = c.string(true, "host")?;
        let port = c.i32()?;
        let rack = c.nullable_string(true, "rack")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { node_id, host, port, rack, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.node_id);
        w.string(&self.host, true, "host")?;
        w.i32(self.port);
        match &self.rack {
            Some(v) => {
                w.string(v, true, "rack")?;
            }
            None => w.null_string(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> NodeEndpoint<'static> {
        NodeEndpoint {
            node_id: self.node_id,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            rack: self.rack.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
