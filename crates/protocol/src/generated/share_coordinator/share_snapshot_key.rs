//! `ShareSnapshotKey` (key 0), versions 0 to 0.
//! Generated from `schema/share-coordinator/ShareSnapshotKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareSnapshotKey<'a> {
    pub group_id: Cow<'a, str>,
    pub topic_id: Uuid,
    pub partition: i32,
}

impl Default for ShareSnapshotKey<'_> {
    fn default() -> Self {
        ShareSnapshotKey { group_id: Cow::Borrowed(""), topic_id: Uuid::ZERO, partition: 0 }
    }
}

impl<'a> ShareSnapshotKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareSnapshotKey", version });
        }
        let group_id = c.string(false, "groupId")?;
        let topic_id = c.uuid()?;
        let partition = c.i32()?;
        Ok(Self { group_id, topic_id, partition })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareSnapshotKey", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        w.uuid(self.topic_id);
        w.i32(self.partition);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareSnapshotKey<'static> {
        ShareSnapshotKey {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topic_id: self.topic_id,
            partition: self.partition,
        }
    }
}

impl crate::Message for ShareSnapshotKey<'_> {
    const NAME: &'static str = "ShareSnapshotKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ShareSnapshotKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareSnapshotKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareSnapshotKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareSnapshotKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareSnapshotKey::decode(c, version)
    }
}
