//! `OffsetCommitRequest` (key 8), versions 2 to 10.
//! Generated from `schema/rpc/OffsetCommitRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 2 to 10, flexible since 8.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitRequest<'a> {
    pub group_id: Cow<'a, str>,
    /// Default -1.
    pub generation_id_or_member_epoch: i32,
    pub member_id: Cow<'a, str>,
    /// Versions 7+.
    pub group_instance_id: Option<Cow<'a, str>>,
    /// Versions 2 to 4; default -1.
    pub retention_time_ms: i64,
    pub topics: Vec<OffsetCommitRequestTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetCommitRequest<'_> {
    fn default() -> Self {
        OffsetCommitRequest {
            group_id: Cow::Borrowed(""),
            generation_id_or_member_epoch: -1,
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetCommitRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(2..=10).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetCommitRequest", version });
        }
        let flexible = version >= 8;
        let group_id = c.string(flexible, "groupId")?;
        let generation_id_or_member_epoch = c.i32()?;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 7 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let retention_time_ms = if version <= 4 { c.i64()? } else { -1 };
        let topics = c.array(
            flexible,
            if version >= 10 {
                18
            } else if version >= 8 {
                3
            } else {
                6
            },
            "topics",
            |c| OffsetCommitRequestTopic::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            group_id,
            generation_id_or_member_epoch,
            member_id,
            group_instance_id,
            retention_time_ms,
            topics,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 8;
        if !(2..=10).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetCommitRequest", version });
        }
        w.string(&self.group_id, flexible, "groupId")?;
        w.i32(self.generation_id_or_member_epoch);
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 7 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.group_instance_id.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "groupInstanceId", version });
        }
        if version <= 4 {
            w.i64(self.retention_time_ms);
        }
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
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
    pub fn into_owned(self) -> OffsetCommitRequest<'static> {
        OffsetCommitRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            generation_id_or_member_epoch: self.generation_id_or_member_epoch,
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            retention_time_ms: self.retention_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for OffsetCommitRequest<'_> {
    const NAME: &'static str = "OffsetCommitRequest";
    const MIN_VERSION: i16 = 2;
    const MAX_VERSION: i16 = 10;
    const FLEXIBLE_SINCE: Option<i16> = Some(8);
    type Owned = OffsetCommitRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetCommitRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetCommitRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetCommitRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetCommitRequest::decode(c, version)
    }
}

impl crate::Request for OffsetCommitRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::OffsetCommit;
    type Response<'r> = crate::OffsetCommitResponse<'r>;
    type OwnedResponse = crate::OffsetCommitResponse<'static>;
}

/// A part of [`OffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitRequestTopic<'a> {
    /// Versions 2 to 9.
    pub name: Cow<'a, str>,
    /// Versions 10+.
    pub topic_id: Uuid,
    pub partitions: Vec<OffsetCommitRequestPartition<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetCommitRequestTopic<'_> {
    fn default() -> Self {
        OffsetCommitRequestTopic {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetCommitRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 8;
        let name = if version <= 9 { c.string(flexible, "name")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 10 { c.uuid()? } else { Uuid::ZERO };
        let partitions = c.array(flexible, if version >= 6 { 18 } else { 14 }, "partitions", |c| {
            OffsetCommitRequestPartition::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 8;
        if version <= 9 {
            w.string(&self.name, flexible, "name")?;
        }
        if version >= 10 {
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
    pub fn into_owned(self) -> OffsetCommitRequestTopic<'static> {
        OffsetCommitRequestTopic {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitRequestPartition<'a> {
    pub partition_index: i32,
    pub committed_offset: i64,
    /// Versions 6+; default -1.
    pub committed_leader_epoch: i32,
    pub committed_metadata: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetCommitRequestPartition<'_> {
    fn default() -> Self {
        OffsetCommitRequestPartition {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetCommitRequestPartition<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 8;
        let partition_index = c.i32()?;
        let committed_offset = c.i64()?;
        let committed_leader_epoch = if version >= 6 { c.i32()? } else { -1 };
        let committed_metadata = c.nullable_string(flexible, "committedMetadata")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            committed_metadata,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 8;
        w.i32(self.partition_index);
        w.i64(self.committed_offset);
        if version >= 6 {
            w.i32(self.committed_leader_epoch);
        }
        match &self.committed_metadata {
            Some(v) => {
                w.string(v, flexible, "committedMetadata")?;
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
    pub fn into_owned(self) -> OffsetCommitRequestPartition<'static> {
        OffsetCommitRequestPartition {
            partition_index: self.partition_index,
            committed_offset: self.committed_offset,
            committed_leader_epoch: self.committed_leader_epoch,
            committed_metadata: self.committed_metadata.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
