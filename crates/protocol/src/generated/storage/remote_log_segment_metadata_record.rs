//! `RemoteLogSegmentMetadataRecord` (key 0), versions 0 to 0.
//! Generated from `schema/storage/RemoteLogSegmentMetadataRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteLogSegmentMetadataRecord<'a> {
    pub remote_log_segment_id: RemoteLogSegmentIdEntry<'a>,
    pub start_offset: i64,
    pub end_offset: i64,
    pub broker_id: i32,
    pub max_timestamp_ms: i64,
    pub event_timestamp_ms: i64,
    pub segment_leader_epochs: Vec<SegmentLeaderEpochEntry>,
    pub segment_size_in_bytes: i32,
    pub custom_metadata: Option<Cow<'a, [u8]>>,
    pub remote_log_segment_state: i8,
    /// Tag 0.
    pub txn_index_empty: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoteLogSegmentMetadataRecord<'_> {
    fn default() -> Self {
        RemoteLogSegmentMetadataRecord {
            remote_log_segment_id: RemoteLogSegmentIdEntry::default(),
            start_offset: 0,
            end_offset: 0,
            broker_id: 0,
            max_timestamp_ms: 0,
            event_timestamp_ms: 0,
            segment_leader_epochs: Vec::new(),
            segment_size_in_bytes: 0,
            custom_metadata: None,
            remote_log_segment_state: 0,
            txn_index_empty: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemoteLogSegmentMetadataRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RemoteLogSegmentMetadataRecord", version });
        }
        let remote_log_segment_id = RemoteLogSegmentIdEntry::decode(c, version)?;
        let start_offset = c.i64()?;
        let end_offset = c.i64()?;
        let broker_id = c.i32()?;
        let max_timestamp_ms = c.i64()?;
        let event_timestamp_ms = c.i64()?;
        let segment_leader_epochs =
            c.array(true, 13, "segmentLeaderEpochs", |c| SegmentLeaderEpochEntry::decode(c, version))?;
        let segment_size_in_bytes = c.i32()?;
        let custom_metadata = c.nullable_bytes(true, "customMetadata")?;
        let remote_log_segment_state = c.i8()?;
        let mut txn_index_empty = false;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => txn_index_empty = c.bool()?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self {
            remote_log_segment_id,
            start_offset,
            end_offset,
            broker_id,
            max_timestamp_ms,
            event_timestamp_ms,
            segment_leader_epochs,
            segment_size_in_bytes,
            custom_metadata,
            remote_log_segment_state,
            txn_index_empty,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RemoteLogSegmentMetadataRecord", version });
        }
        self.remote_log_segment_id.encode(w, version)?;
        w.i64(self.start_offset);
        w.i64(self.end_offset);
        w.i32(self.broker_id);
        w.i64(self.max_timestamp_ms);
        w.i64(self.event_timestamp_ms);
        w.length(self.segment_leader_epochs.len(), true, "segmentLeaderEpochs")?;
        for v in &self.segment_leader_epochs {
            v.encode(w, version)?;
        }
        w.i32(self.segment_size_in_bytes);
        match &self.custom_metadata {
            Some(v) => {
                w.bytes(v, true, "customMetadata")?;
            }
            None => w.null_length(true),
        }
        w.i8(self.remote_log_segment_state);
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.txn_index_empty {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.txn_index_empty {
            let start = w.begin_tag(0);
            w.bool(self.txn_index_empty);
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoteLogSegmentMetadataRecord<'static> {
        RemoteLogSegmentMetadataRecord {
            remote_log_segment_id: self.remote_log_segment_id.into_owned(),
            start_offset: self.start_offset,
            end_offset: self.end_offset,
            broker_id: self.broker_id,
            max_timestamp_ms: self.max_timestamp_ms,
            event_timestamp_ms: self.event_timestamp_ms,
            segment_leader_epochs: self.segment_leader_epochs,
            segment_size_in_bytes: self.segment_size_in_bytes,
            custom_metadata: self.custom_metadata.map(|v| Cow::Owned(v.into_owned())),
            remote_log_segment_state: self.remote_log_segment_state,
            txn_index_empty: self.txn_index_empty,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RemoteLogSegmentMetadataRecord<'_> {
    const NAME: &'static str = "RemoteLogSegmentMetadataRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemoteLogSegmentMetadataRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemoteLogSegmentMetadataRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RemoteLogSegmentMetadataRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RemoteLogSegmentMetadataRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemoteLogSegmentMetadataRecord::decode(c, version)
    }
}

/// A part of [`RemoteLogSegmentMetadataRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteLogSegmentIdEntry<'a> {
    pub topic_id_partition: TopicIdPartitionEntry<'a>,
    pub id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoteLogSegmentIdEntry<'_> {
    fn default() -> Self {
        RemoteLogSegmentIdEntry {
            topic_id_partition: TopicIdPartitionEntry::default(),
            id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemoteLogSegmentIdEntry<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id_partition = TopicIdPartitionEntry::decode(c, version)?;
        let id = c.uuid()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id_partition, id, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        self.topic_id_partition.encode(w, version)?;
        w.uuid(self.id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoteLogSegmentIdEntry<'static> {
        RemoteLogSegmentIdEntry {
            topic_id_partition: self.topic_id_partition.into_owned(),
            id: self.id,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`RemoteLogSegmentMetadataRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicIdPartitionEntry<'a> {
    pub name: Cow<'a, str>,
    pub id: Uuid,
    pub partition: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicIdPartitionEntry<'_> {
    fn default() -> Self {
        TopicIdPartitionEntry {
            name: Cow::Borrowed(""),
            id: Uuid::ZERO,
            partition: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicIdPartitionEntry<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let id = c.uuid()?;
        let partition = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, id, partition, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.uuid(self.id);
        w.i32(self.partition);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicIdPartitionEntry<'static> {
        TopicIdPartitionEntry {
            name: Cow::Owned(self.name.into_owned()),
            id: self.id,
            partition: self.partition,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`RemoteLogSegmentMetadataRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentLeaderEpochEntry {
    pub leader_epoch: i32,
    pub offset: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SegmentLeaderEpochEntry {
    fn default() -> Self {
        SegmentLeaderEpochEntry {
            leader_epoch: 0,
            offset: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl SegmentLeaderEpochEntry {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let leader_epoch = c.i32()?;
        let offset = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { leader_epoch, offset, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.leader_epoch);
        w.i64(self.offset);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
