//! `RemoteLogSegmentMetadataUpdateRecord` (key 1), versions 0 to 0.
//! Generated from `schema/storage/RemoteLogSegmentMetadataUpdateRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteLogSegmentMetadataUpdateRecord<'a> {
    pub remote_log_segment_id: RemoteLogSegmentIdEntry<'a>,
    pub broker_id: i32,
    pub event_timestamp_ms: i64,
    pub custom_metadata: Option<Cow<'a, [u8]>>,
    pub remote_log_segment_state: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoteLogSegmentMetadataUpdateRecord<'_> {
    fn default() -> Self {
        RemoteLogSegmentMetadataUpdateRecord {
            remote_log_segment_id: RemoteLogSegmentIdEntry::default(),
            broker_id: 0,
            event_timestamp_ms: 0,
            custom_metadata: None,
            remote_log_segment_state: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemoteLogSegmentMetadataUpdateRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "RemoteLogSegmentMetadataUpdateRecord",
                version,
            });
        }
        let remote_log_segment_id = RemoteLogSegmentIdEntry::decode(c, version)?;
        let broker_id = c.i32()?;
        let event_timestamp_ms = c.i64()?;
        let custom_metadata = c.nullable_bytes(true, "customMetadata")?;
        let remote_log_segment_state = c.i8()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            remote_log_segment_id,
            broker_id,
            event_timestamp_ms,
            custom_metadata,
            remote_log_segment_state,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "RemoteLogSegmentMetadataUpdateRecord",
                version,
            });
        }
        self.remote_log_segment_id.encode(w, version)?;
        w.i32(self.broker_id);
        w.i64(self.event_timestamp_ms);
        match &self.custom_metadata {
            Some(v) => {
                w.bytes(v, true, "customMetadata")?;
            }
            None => w.null_length(true),
        }
        w.i8(self.remote_log_segment_state);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoteLogSegmentMetadataUpdateRecord<'static> {
        RemoteLogSegmentMetadataUpdateRecord {
            remote_log_segment_id: self.remote_log_segment_id.into_owned(),
            broker_id: self.broker_id,
            event_timestamp_ms: self.event_timestamp_ms,
            custom_metadata: self.custom_metadata.map(|v| Cow::Owned(v.into_owned())),
            remote_log_segment_state: self.remote_log_segment_state,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RemoteLogSegmentMetadataUpdateRecord<'_> {
    const NAME: &'static str = "RemoteLogSegmentMetadataUpdateRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemoteLogSegmentMetadataUpdateRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemoteLogSegmentMetadataUpdateRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RemoteLogSegmentMetadataUpdateRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RemoteLogSegmentMetadataUpdateRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemoteLogSegmentMetadataUpdateRecord::decode(c, version)
    }
}

/// A part of [`RemoteLogSegmentMetadataUpdateRecord`].
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

/// A part of [`RemoteLogSegmentMetadataUpdateRecord`].
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
