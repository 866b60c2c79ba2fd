//! `ConsumerGroupTargetAssignmentMetadataKey` (key 6), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupTargetAssignmentMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupTargetAssignmentMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
}

impl Default for ConsumerGroupTargetAssignmentMetadataKey<'_> {
    fn default() -> Self {
        ConsumerGroupTargetAssignmentMetadataKey { group_id: Cow::Borrowed("") }
    }
}

impl<'a> ConsumerGroupTargetAssignmentMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ConsumerGroupTargetAssignmentMetadataKey",
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
                message: "ConsumerGroupTargetAssignmentMetadataKey",
                version,
            });
        }
        w.string(&self.group_id, false, "groupId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupTargetAssignmentMetadataKey<'static> {
        ConsumerGroupTargetAssignmentMetadataKey { group_id: Cow::Owned(self.group_id.into_owned()) }
    }
}

impl crate::Message for ConsumerGroupTargetAssignmentMetadataKey<'_> {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ConsumerGroupTargetAssignmentMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupTargetAssignmentMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupTargetAssignmentMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupTargetAssignmentMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupTargetAssignmentMetadataKey::decode(c, version)
    }
}
