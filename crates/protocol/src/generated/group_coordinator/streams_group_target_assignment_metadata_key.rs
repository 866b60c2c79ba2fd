//! `StreamsGroupTargetAssignmentMetadataKey` (key 20), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupTargetAssignmentMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupTargetAssignmentMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
}

impl Default for StreamsGroupTargetAssignmentMetadataKey<'_> {
    fn default() -> Self {
        StreamsGroupTargetAssignmentMetadataKey { group_id: Cow::Borrowed("") }
    }
}

impl<'a> StreamsGroupTargetAssignmentMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "StreamsGroupTargetAssignmentMetadataKey",
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
                message: "StreamsGroupTargetAssignmentMetadataKey",
                version,
            });
        }
        w.string(&self.group_id, false, "groupId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupTargetAssignmentMetadataKey<'static> {
        StreamsGroupTargetAssignmentMetadataKey { group_id: Cow::Owned(self.group_id.into_owned()) }
    }
}

impl crate::Message for StreamsGroupTargetAssignmentMetadataKey<'_> {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = StreamsGroupTargetAssignmentMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupTargetAssignmentMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupTargetAssignmentMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupTargetAssignmentMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupTargetAssignmentMetadataKey::decode(c, version)
    }
}
