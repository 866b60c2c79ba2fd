//! `OffsetFetchResponse` (key 9), versions 1 to 10.
//! Generated from `schema/rpc/OffsetFetchResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 1 to 10, flexible since 6.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponse<'a> {
    /// Versions 3+.
    pub throttle_time_ms: i32,
    /// Versions 1 to 7.
    pub topics: Vec<OffsetFetchResponseTopic<'a>>,
    /// Versions 2 to 7.
    pub error_code: i16,
    /// Versions 8+.
    pub groups: Vec<OffsetFetchResponseGroup<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchResponse<'_> {
    fn default() -> Self {
        OffsetFetchResponse {
            throttle_time_ms: 0,
            topics: Vec::new(),
            error_code: 0,
            groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=10).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetFetchResponse", version });
        }
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 3 { c.i32()? } else { 0 };
        let topics = if version <= 7 {
            c.array(flexible, if version >= 6 { 3 } else { 6 }, "topics", |c| {
                OffsetFetchResponseTopic::decode(c, version)
            })?
        } else {
            Vec::new()
        };
        let error_code = if (2..=7).contains(&version) { c.i16()? } else { 0 };
        let groups = if version >= 8 {
            c.array(flexible, 5, "groups", |c| OffsetFetchResponseGroup::decode(c, version))?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, topics, error_code, groups, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        if !(1..=10).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetFetchResponse", version });
        }
        if version >= 3 {
            w.i32(self.throttle_time_ms);
        }
        if version <= 7 {
            w.length(self.topics.len(), flexible, "topics")?;
            for v in &self.topics {
                v.encode(w, version)?;
            }
        } else if !self.topics.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "topics", version });
        }
        if (2..=7).contains(&version) {
            w.i16(self.error_code);
        }
        if version >= 8 {
            w.length(self.groups.len(), flexible, "groups")?;
            for v in &self.groups {
                v.encode(w, version)?;
            }
        } else if !self.groups.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "groups", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchResponse<'static> {
        OffsetFetchResponse {
            throttle_time_ms: self.throttle_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            error_code: self.error_code,
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for OffsetFetchResponse<'_> {
    const NAME: &'static str = "OffsetFetchResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 10;
    const FLEXIBLE_SINCE: Option<i16> = Some(6);
    type Owned = OffsetFetchResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetFetchResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetFetchResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetFetchResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetFetchResponse::decode(c, version)
    }
}

/// A part of [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponseTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<OffsetFetchResponsePartition<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchResponseTopic<'_> {
    fn default() -> Self {
        OffsetFetchResponseTopic {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchResponseTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let name = c.string(flexible, "name")?;
        let partitions = c.array(flexible, if version >= 5 { 20 } else { 16 }, "partitions", |c| {
            OffsetFetchResponsePartition::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.string(&self.name, flexible, "name")?;
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
    pub fn into_owned(self) -> OffsetFetchResponseTopic<'static> {
        OffsetFetchResponseTopic {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponsePartition<'a> {
    pub partition_index: i32,
    pub committed_offset: i64,
    /// Versions 5 to 7; default -1.
    pub committed_leader_epoch: i32,
    pub metadata: Option<Cow<'a, str>>,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchResponsePartition<'_> {
    fn default() -> Self {
        OffsetFetchResponsePartition {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(Cow::Borrowed("")),
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchResponsePartition<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let partition_index = c.i32()?;
        let committed_offset = c.i64()?;
        let committed_leader_epoch = if version >= 5 { c.i32()? } else { -1 };
        let metadata = c.nullable_string(flexible, "metadata")?;
        let error_code = c.i16()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            metadata,
            error_code,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.i32(self.partition_index);
        w.i64(self.committed_offset);
        if version >= 5 {
            w.i32(self.committed_leader_epoch);
        }
        match &self.metadata {
            Some(v) => {
                w.string(v, flexible, "metadata")?;
            }
            None => w.null_string(flexible),
        }
        w.i16(self.error_code);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchResponsePartition<'static> {
        OffsetFetchResponsePartition {
            partition_index: self.partition_index,
            committed_offset: self.committed_offset,
            committed_leader_epoch: self.committed_leader_epoch,
            metadata: self.metadata.map(|v| Cow::Owned(v.into_owned())),
            error_code: self.error_code,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponseGroup<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<OffsetFetchResponseTopics<'a>>,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchResponseGroup<'_> {
    fn default() -> Self {
        OffsetFetchResponseGroup {
            group_id: Cow::Borrowed(""),
            topics: Vec::new(),
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchResponseGroup<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let group_id = c.string(true, "groupId")?;
        let topics = c.array(true, if version >= 10 { 18 } else { 3 }, "topics", |c| {
            OffsetFetchResponseTopics::decode(c, version)
        })?;
        let error_code = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, error_code, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.group_id, true, "groupId")?;
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.i16(self.error_code);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchResponseGroup<'static> {
        OffsetFetchResponseGroup {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            error_code: self.error_code,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponseTopics<'a> {
    /// Versions 8 to 9.
    pub name: Cow<'a, str>,
    /// Versions 10+.
    pub topic_id: Uuid,
    pub partitions: Vec<OffsetFetchResponsePartitions<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchResponseTopics<'_> {
    fn default() -> Self {
        OffsetFetchResponseTopics {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchResponseTopics<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = if version <= 9 { c.string(true, "name")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 10 { c.uuid()? } else { Uuid::ZERO };
        let partitions = c.array(true, 20, "partitions", |c| OffsetFetchResponsePartitions::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version <= 9 {
            w.string(&self.name, true, "name")?;
        }
        if version >= 10 {
            w.uuid(self.topic_id);
        }
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchResponseTopics<'static> {
        OffsetFetchResponseTopics {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponsePartitions<'a> {
    pub partition_index: i32,
    pub committed_offset: i64,
    /// Default -1.
    pub committed_leader_epoch: i32,
    pub metadata: Option<Cow<'a, str>>,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchResponsePartitions<'_> {
    fn default() -> Self {
        OffsetFetchResponsePartitions {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(Cow::Borrowed("")),
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchResponsePartitions<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let committed_offset = c.i64()?;
        let committed_leader_epoch = c.i32()?;
        let metadata = c.nullable_string(true, "metadata")?;
        let error_code = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            metadata,
            error_code,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i64(self.committed_offset);
        w.i32(self.committed_leader_epoch);
        match &self.metadata {
            Some(v) => {
                w.string(v, true, "metadata")?;
            }
            None => w.null_string(true),
        }
        w.i16(self.error_code);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchResponsePartitions<'static> {
        OffsetFetchResponsePartitions {
            partition_index: self.partition_index,
            committed_offset: self.committed_offset,
            committed_leader_epoch: self.committed_leader_epoch,
            metadata: self.metadata.map(|v| Cow::Owned(v.into_owned())),
            error_code: self.error_code,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
