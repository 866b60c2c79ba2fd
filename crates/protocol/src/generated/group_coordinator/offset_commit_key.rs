//! `OffsetCommitKey` (key 1), versions 0 to 0.
//! Generated from `schema/group-coordinator/OffsetCommitKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitKey<'a> {
    pub group: Cow<'a, str>,
    pub topic: Cow<'a, str>,
    pub partition: i32,
}

impl Default for OffsetCommitKey<'_> {
    fn default() -> Self {
        OffsetCommitKey { group: Cow::Borrowed(""), topic: Cow::Borrowed(""), partition: 0 }
    }
}

impl<'a> OffsetCommitKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetCommitKey", version });
        }
        let group = c.string(false, "group")?;
        let topic = c.string(false, "topic")?;
        let partition = c.i32()?;
        Ok(Self { group, topic, partition })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetCommitKey", version });
        }
        w.string(&self.group, false, "group")?;
        w.string(&self.topic, false, "topic")?;
        w.i32(self.partition);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetCommitKey<'static> {
        OffsetCommitKey {
            group: Cow::Owned(self.group.into_owned()),
            topic: Cow::Owned(self.topic.into_owned()),
            partition: self.partition,
        }
    }
}

impl crate::Message for OffsetCommitKey<'_> {
    const NAME: &'static str = "OffsetCommitKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = OffsetCommitKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetCommitKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetCommitKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetCommitKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetCommitKey::decode(c, version)
    }
}
