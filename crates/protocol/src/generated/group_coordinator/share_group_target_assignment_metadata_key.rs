//! `ShareGroupTargetAssignmentMetadataKey` (key 12), versions 0 to 0.
//! Generated from `schema/group-coordinator/ShareGroupTargetAssignmentMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupTargetAssignmentMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
}

impl Default for ShareGroupTargetAssignmentMetadataKey<'_> {
    fn default() -> Self {
        ShareGroupTargetAssignmentMetadataKey { group_id: Cow::Borrowed("") }
    }
}

impl<'a> ShareGroupTargetAssignmentMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ShareGroupTargetAssignmentMetadataKey",
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
                message: "ShareGroupTargetAssignmentMetadataKey",
                version,
            });
        }
        w.string(&self.group_id, false, "groupId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareGroupTargetAssignmentMetadataKey<'static> {
        ShareGroupTargetAssignmentMetadataKey { group_id: Cow::Owned(self.group_id.into_owned()) }
    }
}

impl crate::Message for ShareGroupTargetAssignmentMetadataKey<'_> {
    const NAME: &'static str = "ShareGroupTargetAssignmentMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ShareGroupTargetAssignmentMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupTargetAssignmentMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareGroupTargetAssignmentMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareGroupTargetAssignmentMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupTargetAssignmentMetadataKey::decode(c, version)
    }
}
