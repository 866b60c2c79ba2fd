//! `StreamsGroupMetadataValue` (key 17), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupMetadataValue<'a> {
    pub epoch: i32,
    pub metadata_hash: i64,
    /// Tag 0; default -1.
    pub validated_topology_epoch: i32,
    /// Tag 1.
    pub last_assignment_configs: Option<Vec<LastAssignmentConfig<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupMetadataValue<'_> {
    fn default() -> Self {
        StreamsGroupMetadataValue {
            epoch: 0,
            metadata_hash: 0,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupMetadataValue", version });
        }
        let epoch = c.i32()?;
        let metadata_hash = c.i64()?;
        let mut validated_topology_epoch = -1;
        let mut last_assignment_configs = Some(Vec::new());
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => validated_topology_epoch = c.i32()?,
                1 => {
                    last_assignment_configs = c.nullable_array(true, 3, "lastAssignmentConfigs", |c| {
                        LastAssignmentConfig::decode(c, version)
                    })?
                }
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { epoch, metadata_hash, validated_topology_epoch, last_assignment_configs, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupMetadataValue", version });
        }
        w.i32(self.epoch);
        w.i64(self.metadata_hash);
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0, 1])?;
        }
        if self.validated_topology_epoch != -1 {
            tags += 1;
        }
        if self.last_assignment_configs.as_ref().is_none_or(|v| !v.is_empty()) {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.validated_topology_epoch != -1 {
            let start = w.begin_tag(0);
            w.i32(self.validated_topology_epoch);
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, 0, 1);
        if self.last_assignment_configs.as_ref().is_none_or(|v| !v.is_empty()) {
            let start = w.begin_tag(1);
            match &self.last_assignment_configs {
                Some(v) => {
                    w.length(v.len(), true, "lastAssignmentConfigs")?;
                    for v in v {
                        v.encode(w, version)?;
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, next, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupMetadataValue<'static> {
        StreamsGroupMetadataValue {
            epoch: self.epoch,
            metadata_hash: self.metadata_hash,
            validated_topology_epoch: self.validated_topology_epoch,
            last_assignment_configs: self
                .last_assignment_configs
                .map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupMetadataValue<'_> {
    const NAME: &'static str = "StreamsGroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupMetadataValue::decode(c, version)
    }
}

/// A part of [`StreamsGroupMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct LastAssignmentConfig<'a> {
    pub key: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for LastAssignmentConfig<'_> {
    fn default() -> Self {
        LastAssignmentConfig {
            key: Cow::Borrowed(""),
            value: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> LastAssignmentConfig<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let key = c.string(true, "key")?;
        let value = c.string(true, "value")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { key, value, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.key, true, "key")?;
        w.string(&self.value, true, "value")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> LastAssignmentConfig<'static> {
        LastAssignmentConfig {
            key: Cow::Owned(self.key.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
