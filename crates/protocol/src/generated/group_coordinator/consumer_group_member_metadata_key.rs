//! `ConsumerGroupMemberMetadataKey` (key 5), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupMemberMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupMemberMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
    pub member_id: Cow<'a, str>,
}

impl Default for ConsumerGroupMemberMetadataKey<'_> {
    fn default() -> Self {
        ConsumerGroupMemberMetadataKey { group_id: Cow::Borrowed(""), member_id: Cow::Borrowed("") }
    }
}

impl<'a> ConsumerGroupMemberMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupMemberMetadataKey", version });
        }
        let group_id = c.string(false, "groupId")?;
        let member_id = c.string(false, "memberId")?;
        Ok(Self { group_id, member_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupMemberMetadataKey", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        w.string(&self.member_id, false, "memberId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupMemberMetadataKey<'static> {
        ConsumerGroupMemberMetadataKey {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: Cow::Owned(self.member_id.into_owned()),
        }
    }
}

impl crate::Message for ConsumerGroupMemberMetadataKey<'_> {
    const NAME: &'static str = "ConsumerGroupMemberMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ConsumerGroupMemberMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupMemberMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupMemberMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupMemberMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupMemberMetadataKey::decode(c, version)
    }
}
