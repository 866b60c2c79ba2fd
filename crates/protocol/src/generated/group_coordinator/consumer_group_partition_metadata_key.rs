//! `ConsumerGroupPartitionMetadataKey` (key 4), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupPartitionMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupPartitionMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
}

impl Default for ConsumerGroupPartitionMetadataKey<'_> {
    fn default() -> Self {
        ConsumerGroupPartitionMetadataKey { group_id: Cow::Borrowed("") }
    }
}

impl<'a> ConsumerGroupPartitionMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ConsumerGroupPartitionMetadataKey",
                version,
            });
        }
        let group_id = c.string(false, "groupId")?;
        Ok(Self { group_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ConsumerGroupPartitionMetadataKey",
                version,
            });
        }
        w.string(&self.group_id, false, "groupId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupPartitionMetadataKey<'static> {
        ConsumerGroupPartitionMetadataKey { group_id: Cow::Owned(self.group_id.into_owned()) }
    }
}

impl crate::Message for ConsumerGroupPartitionMetadataKey<'_> {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ConsumerGroupPartitionMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupPartitionMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupPartitionMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupPartitionMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupPartitionMetadataKey::decode(c, version)
    }
}
