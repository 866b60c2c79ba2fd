//! `StreamsGroupTopologyKey` (key 23), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupTopologyKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupTopologyKey<'a> {
    pub group_id: Cow<'a, str>,
}

impl Default for StreamsGroupTopologyKey<'_> {
    fn default() -> Self {
        StreamsGroupTopologyKey { group_id: Cow::Borrowed("") }
    }
}

impl<'a> StreamsGroupTopologyKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupTopologyKey", version });
        }
        let group_id = c.string(false, "groupId")?;
        Ok(Self { group_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupTopologyKey", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupTopologyKey<'static> {
        StreamsGroupTopologyKey { group_id: Cow::Owned(self.group_id.into_owned()) }
    }
}

impl crate::Message for StreamsGroupTopologyKey<'_> {
    const NAME: &'static str = "StreamsGroupTopologyKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = StreamsGroupTopologyKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupTopologyKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupTopologyKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupTopologyKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupTopologyKey::decode(c, version)
    }
}
