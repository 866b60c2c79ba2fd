//! `LegacyOffsetCommitValue` (key 0), versions 0 to 0.
//! Generated from `schema/group-coordinator/LegacyOffsetCommitValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyOffsetCommitValue<'a> {
    pub offset: i64,
    pub metadata: Cow<'a, str>,
    pub commit_timestamp: i64,
}

impl Default for LegacyOffsetCommitValue<'_> {
    fn default() -> Self {
        LegacyOffsetCommitValue { offset: 0, metadata: Cow::Borrowed(""), commit_timestamp: 0 }
    }
}

impl<'a> LegacyOffsetCommitValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "LegacyOffsetCommitValue", version });
        }
        let offset = c.i64()?;
        let metadata = c.string(false, "metadata")?;
        let commit_timestamp = c.i64()?;
        Ok(Self { offset, metadata, commit_timestamp })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "LegacyOffsetCommitValue", version });
        }
        w.i64(self.offset);
        w.string(&self.metadata, false, "metadata")?;
        w.i64(self.commit_timestamp);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> LegacyOffsetCommitValue<'static> {
        LegacyOffsetCommitValue {
            offset: self.offset,
            metadata: Cow::Owned(self.metadata.into_owned()),
            commit_timestamp: self.commit_timestamp,
        }
    }
}

impl crate::Message for LegacyOffsetCommitValue<'_> {
    const NAME: &'static str = "LegacyOffsetCommitValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = LegacyOffsetCommitValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        LegacyOffsetCommitValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        LegacyOffsetCommitValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for LegacyOffsetCommitValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        LegacyOffsetCommitValue::decode(c, version)
    }
}
