//! `FetchRequest` (key 1), versions 4 to 18.
//! Generated from `schema/rpc/FetchRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 4 to 18, flexible since 12.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchRequest<'a> {
    /// Versions 12+; tag 0.
    pub cluster_id: Option<Cow<'a, str>>,
    /// Versions 4 to 14; default -1.
    pub replica_id: i32,
    /// Versions 15+; tag 1.
    pub replica_state: ReplicaState,
    pub max_wait_ms: i32,
    pub min_bytes: i32,
    /// Default 2147483647.
    pub max_bytes: i32,
    pub isolation_level: i8,
    /// Versions 7+.
    pub session_id: i32,
    /// Versions 7+; default -1.
    pub session_epoch: i32,
    pub topics: Vec<FetchTopic<'a>>,
    /// Versions 7+.
    pub forgotten_topics_data: Vec<ForgottenTopic<'a>>,
    /// Versions 11+.
    pub rack_id: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchRequest<'_> {
    fn default() -> Self {
        FetchRequest {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FetchRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(4..=18).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FetchRequest", version });
        }
        let flexible = version >= 12;
        let replica_id = if version <= 14 { c.i32()? } else { -1 };
        let max_wait_ms = c.i32()?;
        let min_bytes = c.i32()?;
        let max_bytes = c.i32()?;
        let isolation_level = c.i8()?;
        let session_id = if version >= 7 { c.i32()? } else { 0 };
        let session_epoch = if version >= 7 { c.i32()? } else { -1 };
        let topics = c.array(
            flexible,
            if version >= 13 {
                18
            } else if version >= 12 {
                3
            } else {
                6
            },
            "topics",
            |c| FetchTopic::decode(c, version),
        )?;
        let forgotten_topics_data = if version >= 7 {
            c.array(
                flexible,
                if version >= 13 {
                    18
                } else if version >= 12 {
                    3
                } else {
                    6
                },
                "forgottenTopicsData",
                |c| ForgottenTopic::decode(c, version),
            )?
        } else {
            Vec::new()
        };
        let rack_id = if version >= 11 { c.string(flexible, "rackId")? } else { Cow::Borrowed("") };
        let mut cluster_id = None;
        let mut replica_state = ReplicaState::default();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => cluster_id = c.nullable_string(flexible, "clusterId")?,
                    1 if version >= 15 => replica_state = ReplicaState::decode(c, version)?,
                    1 => return Err(wire::DecodeError::Tag { tag, version }),
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
            cluster_id,
            replica_id,
            replica_state,
            max_wait_ms,
            min_bytes,
            max_bytes,
            isolation_level,
            session_id,
            session_epoch,
            topics,
            forgotten_topics_data,
            rack_id,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 12;
        if !(4..=18).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FetchRequest", version });
        }
        if version <= 14 {
            w.i32(self.replica_id);
        } else if self.replica_id != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "replicaId", version });
        }
        if !(version >= 15) && self.replica_state != ReplicaState::default() {
            return Err(wire::EncodeError::UnsupportedField { field: "replicaState", version });
        }
        w.i32(self.max_wait_ms);
        w.i32(self.min_bytes);
        w.i32(self.max_bytes);
        w.i8(self.isolation_level);
        if version >= 7 {
            w.i32(self.session_id);
        }
        if version >= 7 {
            w.i32(self.session_epoch);
        }
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if version >= 7 {
            w.length(self.forgotten_topics_data.len(), flexible, "forgottenTopicsData")?;
            for v in &self.forgotten_topics_data {
                v.encode(w, version)?;
            }
        } else if !self.forgotten_topics_data.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "forgottenTopicsData", version });
        }
        if version >= 11 {
            w.string(&self.rack_id, flexible, "rackId")?;
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0, 1])?;
            }
            if self.cluster_id.is_some() {
                tags += 1;
            }
            if version >= 15 && self.replica_state != ReplicaState::default() {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if self.cluster_id.is_some() {
                let start = w.begin_tag(0);
                match &self.cluster_id {
                    Some(v) => {
                        w.string(v, flexible, "clusterId")?;
                    }
                    None => w.null_string(flexible),
                }
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, 0, 1);
            if version >= 15 && self.replica_state != ReplicaState::default() {
                let start = w.begin_tag(1);
                self.replica_state.encode(w, version)?;
                w.end_tag(start);
            }
            w.unknown_tags(unknown, next, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FetchRequest<'static> {
        FetchRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            replica_id: self.replica_id,
            replica_state: self.replica_state,
            max_wait_ms: self.max_wait_ms,
            min_bytes: self.min_bytes,
            max_bytes: self.max_bytes,
            isolation_level: self.isolation_level,
            session_id: self.session_id,
            session_epoch: self.session_epoch,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            forgotten_topics_data: self.forgotten_topics_data.into_iter().map(|v| v.into_owned()).collect(),
            rack_id: Cow::Owned(self.rack_id.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for FetchRequest<'_> {
    const NAME: &'static str = "FetchRequest";
    const MIN_VERSION: i16 = 4;
    const MAX_VERSION: i16 = 18;
    const FLEXIBLE_SINCE: Option<i16> = Some(12);
    type Owned = FetchRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FetchRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        FetchRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for FetchRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FetchRequest::decode(c, version)
    }
}

impl crate::Request for FetchRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::Fetch;
    type Response<'r> = crate::FetchResponse<'r>;
    type OwnedResponse = crate::FetchResponse<'static>;
}

/// A part of [`FetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaState {
    /// Default -1.
    pub replica_id: i32,
    /// Default -1.
    pub replica_epoch: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReplicaState {
    fn default() -> Self {
        ReplicaState { replica_id: -1, replica_epoch: -1, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl ReplicaState {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let replica_id = c.i32()?;
        let replica_epoch = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { replica_id, replica_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.replica_id);
        w.i64(self.replica_epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`FetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FetchTopic<'a> {
    /// Versions 4 to 12.
    pub topic: Cow<'a, str>,
    /// Versions 13+.
    pub topic_id: Uuid,
    pub partitions: Vec<FetchPartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchTopic<'_> {
    fn default() -> Self {
        FetchTopic {
            topic: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FetchTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 12;
        let topic = if version <= 12 { c.string(flexible, "topic")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 13 { c.uuid()? } else { Uuid::ZERO };
        let partitions = c.array(
            flexible,
            if version >= 12 {
                33
            } else if version >= 9 {
                28
            } else if version >= 5 {
                24
            } else {
                16
            },
            "partitions",
            |c| FetchPartition::decode(c, version),
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
    pub fn into_owned(self) -> FetchTopic<'static> {
        FetchTopic {
            topic: Cow::Owned(self.topic.into_owned()),
            topic_id: self.topic_id,
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`FetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FetchPartition {
    pub partition: i32,
    /// Versions 9+; default -1.
    pub current_leader_epoch: i32,
    pub fetch_offset: i64,
    /// Versions 12+; default -1.
    pub last_fetched_epoch: i32,
    /// Versions 5+; default -1.
    pub log_start_offset: i64,
    pub partition_max_bytes: i32,
    /// Versions 17+; tag 0.
    pub replica_directory_id: Uuid,
    /// Versions 18+; tag 1; default 9223372036854775807.
    pub high_watermark: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchPartition {
    fn default() -> Self {
        FetchPartition {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl FetchPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 12;
        let partition = c.i32()?;
        let current_leader_epoch = if version >= 9 { c.i32()? } else { -1 };
        let fetch_offset = c.i64()?;
        let last_fetched_epoch = if version >= 12 { c.i32()? } else { -1 };
        let log_start_offset = if version >= 5 { c.i64()? } else { -1 };
        let partition_max_bytes = c.i32()?;
        let mut replica_directory_id = Uuid::ZERO;
        let mut high_watermark = i64::MAX;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 if version >= 17 => replica_directory_id = c.uuid()?,
                    0 => return Err(wire::DecodeError::Tag { tag, version }),
                    1 if version >= 18 => high_watermark = c.i64()?,
                    1 => return Err(wire::DecodeError::Tag { tag, version }),
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
            partition,
            current_leader_epoch,
            fetch_offset,
            last_fetched_epoch,
            log_start_offset,
            partition_max_bytes,
            replica_directory_id,
            high_watermark,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 12;
        w.i32(self.partition);
        if version >= 9 {
            w.i32(self.current_leader_epoch);
        }
        w.i64(self.fetch_offset);
        if version >= 12 {
            w.i32(self.last_fetched_epoch);
        } else if self.last_fetched_epoch != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "lastFetchedEpoch", version });
        }
        if version >= 5 {
            w.i64(self.log_start_offset);
        }
        w.i32(self.partition_max_bytes);
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0, 1])?;
            }
            if version >= 17 && self.replica_directory_id != Uuid::ZERO {
                tags += 1;
            }
            if version >= 18 && self.high_watermark != i64::MAX {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if version >= 17 && self.replica_directory_id != Uuid::ZERO {
                let start = w.begin_tag(0);
                w.uuid(self.replica_directory_id);
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, 0, 1);
            if version >= 18 && self.high_watermark != i64::MAX {
                let start = w.begin_tag(1);
                w.i64(self.high_watermark);
                w.end_tag(start);
            }
            w.unknown_tags(unknown, next, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

/// A part of [`FetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForgottenTopic<'a> {
    /// Versions 7 to 12.
    pub topic: Cow<'a, str>,
    /// Versions 13+.
    pub topic_id: Uuid,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ForgottenTopic<'_> {
    fn default() -> Self {
        ForgottenTopic {
            topic: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ForgottenTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 12;
        let topic = if version <= 12 { c.string(flexible, "topic")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 13 { c.uuid()? } else { Uuid::ZERO };
        let partitions = c.array(flexible, 4, "partitions", wire::Cursor::i32)?;
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
            w.i32(*v);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ForgottenTopic<'static> {
        ForgottenTopic {
            topic: Cow::Owned(self.topic.into_owned()),
            topic_id: self.topic_id,
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
