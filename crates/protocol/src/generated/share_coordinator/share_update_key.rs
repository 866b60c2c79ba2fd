//! `ShareUpdateKey` (key 1), versions 0 to 0.
//! Generated from `schema/share-coordinator/ShareUpdateKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareUpdateKey<'a> {
    pub group_id: Cow<'a, str>,
    pub topic_id: Uuid,
    pub partition: i32,
}

impl Default for ShareUpdateKey<'_> {
    fn default() -> Self {
        ShareUpdateKey { group_id: Cow::Borrowed(""), topic_id: Uuid::ZERO, partition: 0 }
    }
}

impl<'a> ShareUpdateKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareUpdateKey", version });
        }
        let group_id = c.string(false, "groupId")?;
        let topic_id = c.uuid()?;
        let partition = c.i32()?;
        Ok(Self { group_id, topic_id, partition })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareUpdateKey", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        w.uuid(self.topic_id);
        w.i32(self.partition);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareUpdateKey<'static> {
        ShareUpdateKey {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topic_id: self.topic_id,
            partition: self.partition,
        }
    }
}

impl crate::Message for ShareUpdateKey<'_> {
    const NAME: &'static str = "ShareUpdateKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ShareUpdateKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareUpdateKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareUpdateKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareUpdateKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareUpdateKey::decode(c, version)
    }
}
