//! `StreamsGroupMetadataKey` (key 17), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupMetadataKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupMetadataKey<'a> {
    pub group_id: Cow<'a, str>,
}

impl Default for StreamsGroupMetadataKey<'_> {
    fn default() -> Self {
        StreamsGroupMetadataKey { group_id: Cow::Borrowed("") }
    }
}

impl<'a> StreamsGroupMetadataKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupMetadataKey", version });
        }
        let group_id = c.string(false, "groupId")?;
        Ok(Self { group_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupMetadataKey", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupMetadataKey<'static> {
        StreamsGroupMetadataKey { group_id: Cow::Owned(self.group_id.into_owned()) }
    }
}

impl crate::Message for StreamsGroupMetadataKey<'_> {
    const NAME: &'static str = "StreamsGroupMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = StreamsGroupMetadataKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupMetadataKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupMetadataKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupMetadataKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupMetadataKey::decode(c, version)
    }
}
