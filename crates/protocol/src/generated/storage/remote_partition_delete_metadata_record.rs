//! `RemotePartitionDeleteMetadataRecord` (key 2), versions 0 to 0.
//! Generated from `schema/storage/RemotePartitionDeleteMetadataRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemotePartitionDeleteMetadataRecord<'a> {
    pub topic_id_partition: TopicIdPartitionEntry<'a>,
    pub broker_id: i32,
    pub event_timestamp_ms: i64,
    pub remote_partition_delete_state: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemotePartitionDeleteMetadataRecord<'_> {
    fn default() -> Self {
        RemotePartitionDeleteMetadataRecord {
            topic_id_partition: TopicIdPartitionEntry::default(),
            broker_id: 0,
            event_timestamp_ms: 0,
            remote_partition_delete_state: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemotePartitionDeleteMetadataRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "RemotePartitionDeleteMetadataRecord",
                version,
            });
        }
        let topic_id_partition = TopicIdPartitionEntry::decode(c, version)?;
        let broker_id = c.i32()?;
        let event_timestamp_ms = c.i64()?;
        let remote_partition_delete_state = c.i8()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            topic_id_partition,
            broker_id,
            event_timestamp_ms,
            remote_partition_delete_state,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "RemotePartitionDeleteMetadataRecord",
                version,
            });
        }
        self.topic_id_partition.encode(w, version)?;
        w.i32(self.broker_id);
        w.i64(self.event_timestamp_ms);
        w.i8(self.remote_partition_delete_state);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemotePartitionDeleteMetadataRecord<'static> {
        RemotePartitionDeleteMetadataRecord {
            topic_id_partition: self.topic_id_partition.into_owned(),
            broker_id: self.broker_id,
            event_timestamp_ms: self.event_timestamp_ms,
            remote_partition_delete_state: self.remote_partition_delete_state,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RemotePartitionDeleteMetadataRecord<'_> {
    const NAME: &'static str = "RemotePartitionDeleteMetadataRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemotePartitionDeleteMetadataRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemotePartitionDeleteMetadataRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RemotePartitionDeleteMetadataRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RemotePartitionDeleteMetadataRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemotePartitionDeleteMetadataRecord::decode(c, version)
    }
}

/// A part of [`RemotePartitionDeleteMetadataRecord`].
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
