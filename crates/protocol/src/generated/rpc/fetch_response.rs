//! `FetchResponse` (key 1), versions 4 to 18.
//! Generated from `schema/rpc/FetchResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 4 to 18, flexible since 12.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchResponse<'a> {
    pub throttle_time_ms: i32,
    /// Versions 7+.
    pub error_code: i16,
    /// Versions 7+.
    pub session_id: i32,
    pub responses: Vec<FetchableTopicResponse<'a>>,
    /// Versions 16+; tag 0.
    pub node_endpoints: Vec<NodeEndpoint<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchResponse<'_> {
    fn default() -> Self {
        FetchResponse {
            throttle_time_ms: 0,
            error_code: 0,
            session_id: 0,
            responses: Vec::new(),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FetchResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(4..=18).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FetchResponse", version });
        }
        let flexible = version >= 12;
        let throttle_time_ms = c.i32()?;
        let error_code = if version >= 7 { c.i16()? } else { 0 };
        let session_id = if version >= 7 { c.i32()? } else { 0 };
        let responses = c.array(
            flexible,
            if version >= 13 {
                18
            } else if version >= 12 {
                3
            } else {
                6
            },
            "responses",
            |c| FetchableTopicResponse::decode(c, version),
        )?;
        let mut node_endpoints = Vec::new();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 if version >= 16 => {
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
        Ok(Self { throttle_time_ms, error_code, session_id, responses, node_endpoints, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 12;
        if !(4..=18).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FetchResponse", version });
        }
        w.i32(self.throttle_time_ms);
        if version >= 7 {
            w.i16(self.error_code);
        }
        if version >= 7 {
            w.i32(self.session_id);
        } else if self.session_id != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "sessionId", version });
        }
        w.length(self.responses.len(), flexible, "responses")?;
        for v in &self.responses {
            v.encode(w, version)?;
        }
        if !(version >= 16) && !self.node_endpoints.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "nodeEndpoints", version });
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0])?;
            }
            if version >= 16 && !self.node_endpoints.is_empty() {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if version >= 16 && !self.node_endpoints.is_empty() {
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
    pub fn into_owned(self) -> FetchResponse<'static> {
        FetchResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            session_id: self.session_id,
            responses: self.responses.into_iter().map(|v| v.into_owned()).collect(),
            node_endpoints: self.node_endpoints.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for FetchResponse<'_> {
    const NAME: &'static str = "FetchResponse";
    const MIN_VERSION: i16 = 4;
    const MAX_VERSION: i16 = 18;
    const FLEXIBLE_SINCE: Option<i16> = Some(12);
    type Owned = FetchResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FetchResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        FetchResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for FetchResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FetchResponse::decode(c, version)
    }
}

/// A part of [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct FetchableTopicResponse<'a> {
    /// Versions 4 to 12.
    pub topic: Cow<'a, str>,
    /// Versions 13+.
    pub topic_id: Uuid,
    pub partitions: Vec<PartitionData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchableTopicResponse<'_> {
    fn default() -> Self {
        FetchableTopicResponse {
            topic: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FetchableTopicResponse<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 12;
        let topic = if version <= 12 { c.string(flexible, "topic")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 13 { c.uuid()? } else { Uuid::ZERO };
        let partitions = c.array(
            flexible,
            if version >= 12 {
                37
            } else if version >= 11 {
                42
            } else if version >= 5 {
                38
            } else {
                30
            },
            "partitions",
            |c| PartitionData::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic, topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            w.string(&self.topic, flexible, "topic")?;
        }
        if version >= 13 {
            w.uuid(self.topic_id);
        }
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
    pub fn into_owned(self) -> FetchableTopicResponse<'static> {
        FetchableTopicResponse {
            topic: Cow::Owned(self.topic.into_owned()),
            topic_id: self.topic_id,
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData<'a> {
    pub partition_index: i32,
    pub error_code: i16,
    pub high_watermark: i64,
    /// Default -1.
    pub last_stable_offset: i64,
    /// Versions 5+; default -1.
    pub log_start_offset: i64,
    /// Versions 12+; tag 0.
    pub diverging_epoch: EpochEndOffset,
    /// Versions 12+; tag 1.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 12+; tag 2.
    pub snapshot_id: SnapshotId,
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// Versions 11+; default -1.
    pub preferred_read_replica: i32,
    pub records: Option<wire::RecordsField<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData<'_> {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            error_code: 0,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> PartitionData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 12;
        let partition_index = c.i32()?;
        let error_code = c.i16()?;
        let high_watermark = c.i64()?;
        let last_stable_offset = c.i64()?;
        let log_start_offset = if version >= 5 { c.i64()? } else { -1 };
        let aborted_transactions =
            c.nullable_array(flexible, if version >= 12 { 17 } else { 16 }, "abortedTransactions", |c| {
                AbortedTransaction::decode(c, version)
            })?;
        let preferred_read_replica = if version >= 11 { c.i32()? } else { -1 };
        let records = c.nullable_bytes(flexible, "records")?.map(Into::into);
        let mut diverging_epoch = EpochEndOffset::default();
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut snapshot_id = SnapshotId::default();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => diverging_epoch = EpochEndOffset::decode(c, version)?,
                    1 => current_leader = LeaderIdAndEpoch::decode(c, version)?,
                    2 => snapshot_id = SnapshotId::decode(c, version)?,
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
            partition_index,
            error_code,
            high_watermark,
            last_stable_offset,
            log_start_offset,
            diverging_epoch,
            current_leader,
            snapshot_id,
            aborted_transactions,
            preferred_read_replica,
            records,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 12;
        w.i32(self.partition_index);
        w.i16(self.error_code);
        w.i64(self.high_watermark);
        w.i64(self.last_stable_offset);
        if version >= 5 {
            w.i64(self.log_start_offset);
        }
        if !(version >= 12) && self.diverging_epoch != EpochEndOffset::default() {
            return Err(wire::EncodeError::UnsupportedField { field: "divergingEpoch", version });
        }
        if !(version >= 12) && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(wire::EncodeError::UnsupportedField { field: "currentLeader", version });
        }
        if !(version >= 12) && self.snapshot_id != SnapshotId::default() {
            return Err(wire::EncodeError::UnsupportedField { field: "snapshotId", version });
        }
        match &self.aborted_transactions {
            Some(v) => {
                w.length(v.len(), flexible, "abortedTransactions")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        if version >= 11 {
            w.i32(self.preferred_read_replica);
        } else if self.preferred_read_replica != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "preferredReadReplica", version });
        }
        match &self.records {
            Some(v) => {
                w.records(v, flexible, "records")?;
            }
            None => w.null_length(flexible),
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0, 1, 2])?;
            }
            if self.diverging_epoch != EpochEndOffset::default() {
                tags += 1;
            }
            if self.current_leader != LeaderIdAndEpoch::default() {
                tags += 1;
            }
            if self.snapshot_id != SnapshotId::default() {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if self.diverging_epoch != EpochEndOffset::default() {
                let start = w.begin_tag(0);
                self.diverging_epoch.encode(w, version)?;
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, 0, 1);
            if self.current_leader != LeaderIdAndEpoch::default() {
                let start = w.begin_tag(1);
                self.current_leader.encode(w, version)?;
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, next, 2);
            if self.snapshot_id != SnapshotId::default() {
                let start = w.begin_tag(2);
                self.snapshot_id.encode(w, version)?;
                w.end_tag(start);
            }
            w.unknown_tags(unknown, next, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> PartitionData<'static> {
        PartitionData {
            partition_index: self.partition_index,
            error_code: self.error_code,
            high_watermark: self.high_watermark,
            last_stable_offset: self.last_stable_offset,
            log_start_offset: self.log_start_offset,
            diverging_epoch: self.diverging_epoch,
            current_leader: self.current_leader,
            snapshot_id: self.snapshot_id,
            aborted_transactions: self.aborted_transactions,
            preferred_read_replica: self.preferred_read_replica,
            records: self.records.map(|v| v.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EpochEndOffset {
    /// Default -1.
    pub epoch: i32,
    /// Default -1.
    pub end_offset: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        EpochEndOffset { epoch: -1, end_offset: -1, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl EpochEndOffset {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let epoch = c.i32()?;
        let end_offset = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { epoch, end_offset, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.epoch);
        w.i64(self.end_offset);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`FetchResponse`].
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

/// A part of [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotId {
    /// Default -1.
    pub end_offset: i64,
    /// Default -1.
    pub epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SnapshotId {
    fn default() -> Self {
        SnapshotId { end_offset: -1, epoch: -1, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl SnapshotId {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let end_offset = c.i64()?;
        let epoch = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { end_offset, epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i64(self.end_offset);
        w.i32(self.epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct AbortedTransaction {
    pub producer_id: i64,
    pub first_offset: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AbortedTransaction {
    fn default() -> Self {
        AbortedTransaction {
            producer_id: 0,
            first_offset: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AbortedTransaction {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 12;
        let producer_id = c.i64()?;
        let first_offset = c.i64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { producer_id, first_offset, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 12;
        w.i64(self.producer_id);
        w.i64(self.first_offset);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

/// A part of [`FetchResponse`].
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
