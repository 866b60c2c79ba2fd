//! `FetchSnapshotRequest` (key 59), versions 0 to 1.
//! Generated from `schema/rpc/FetchSnapshotRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchSnapshotRequest<'a> {
    /// Tag 0.
    pub cluster_id: Option<Cow<'a, str>>,
    /// Default -1.
    pub replica_id: i32,
    /// Default 2147483647.
    pub max_bytes: i32,
    pub topics: Vec<TopicSnapshot<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FetchSnapshotRequest<'_> {
    fn default() -> Self {
        FetchSnapshotRequest {
            cluster_id: None,
            replica_id: -1,
            max_bytes: i32::MAX,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FetchSnapshotRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FetchSnapshotRequest", version });
        }
        let replica_id = c.i32()?;
        let max_bytes = c.i32()?;
        let topics = c.array(true, 3, "topics", |c| TopicSnapshot::decode(c, version))?;
        let mut cluster_id = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => cluster_id = c.nullable_string(true, "clusterId")?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { cluster_id, replica_id, max_bytes, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FetchSnapshotRequest", version });
        }
        w.i32(self.replica_id);
        w.i32(self.max_bytes);
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.cluster_id.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.cluster_id.is_some() {
            let start = w.begin_tag(0);
            match &self.cluster_id {
                Some(v) => {
                    w.string(v, true, "clusterId")?;
                }
                None => w.null_string(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FetchSnapshotRequest<'static> {
        FetchSnapshotRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            replica_id: self.replica_id,
            max_bytes: self.max_bytes,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for FetchSnapshotRequest<'_> {
    const NAME: &'static str = "FetchSnapshotRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = FetchSnapshotRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FetchSnapshotRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        FetchSnapshotRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for FetchSnapshotRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FetchSnapshotRequest::decode(c, version)
    }
}

impl crate::Request for FetchSnapshotRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::FetchSnapshot;
    type Response<'r> = crate::FetchSnapshotResponse<'r>;
    type OwnedResponse = crate::FetchSnapshotResponse<'static>;
}

/// A part of [`FetchSnapshotRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicSnapshot<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<PartitionSnapshot>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicSnapshot<'_> {
    fn default() -> Self {
        TopicSnapshot {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicSnapshot<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partitions = c.array(true, 30, "partitions", |c| PartitionSnapshot::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicSnapshot<'static> {
        TopicSnapshot {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`FetchSnapshotRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionSnapshot {
    pub partition: i32,
    pub current_leader_epoch: i32,
    pub snapshot_id: SnapshotId,
    pub position: i64,
    /// Versions 1+; tag 0.
    pub replica_directory_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionSnapshot {
    fn default() -> Self {
        PartitionSnapshot {
            partition: 0,
            current_leader_epoch: 0,
            snapshot_id: SnapshotId::default(),
            position: 0,
            replica_directory_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionSnapshot {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let partition = c.i32()?;
        let current_leader_epoch = c.i32()?;
        let snapshot_id = SnapshotId::decode(c, version)?;
        let position = c.i64()?;
        let mut replica_directory_id = Uuid::ZERO;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 if version >= 1 => replica_directory_id = c.uuid()?,
                0 => return Err(wire::DecodeError::Tag { tag, version }),
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { partition, current_leader_epoch, snapshot_id, position, replica_directory_id, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition);
        w.i32(self.current_leader_epoch);
        self.snapshot_id.encode(w, version)?;
        w.i64(self.position);
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if version >= 1 && self.replica_directory_id != Uuid::ZERO {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if version >= 1 && self.replica_directory_id != Uuid::ZERO {
            let start = w.begin_tag(0);
            w.uuid(self.replica_directory_id);
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }
}

/// A part of [`FetchSnapshotRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotId {
    pub end_offset: i64,
    pub epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SnapshotId {
    fn default() -> Self {
        SnapshotId { end_offset: 0, epoch: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
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
