//! `ShareGroupMemberMetadataKey` (key 10), versions 0 to 0.
//! Generated from `schema/group-coordinator/ShareGroupMemberMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupMemberMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
    pub member_id: Cow<'a, str>,
}

impl Default for ShareGroupMemberMetadataKey<'_> {
    fn default() -> Self {
        ShareGroupMemberMetadataKey { group_id: Cow::Borrowed(""), member_id: Cow::Borrowed("") }
    }
}

impl<'a> ShareGroupMemberMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareGroupMemberMetadataKey", version });
        }
        let group_id = c.string(false, "groupId")?;
        let member_id = c.string(false, "memberId")?;
        Ok(Self { group_id, member_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareGroupMemberMetadataKey", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        w.string(&self.member_id, false, "memberId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareGroupMemberMetadataKey<'static> {
        ShareGroupMemberMetadataKey {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: Cow::Owned(self.member_id.into_owned()),
        }
    }
}

impl crate::Message for ShareGroupMemberMetadataKey<'_> {
    const NAME: &'static str = "ShareGroupMemberMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ShareGroupMemberMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupMemberMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareGroupMemberMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareGroupMemberMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupMemberMetadataKey::decode(c, version)
    }
}
