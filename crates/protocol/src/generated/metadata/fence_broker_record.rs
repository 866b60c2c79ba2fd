//! `FenceBrokerRecord` (key 7), versions 0 to 0.
//! Generated from `schema/metadata/FenceBrokerRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct FenceBrokerRecord {
    pub id: i32,
    pub epoch: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FenceBrokerRecord {
    fn default() -> Self {
        FenceBrokerRecord { id: 0, epoch: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl FenceBrokerRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FenceBrokerRecord", version });
        }
        let id = c.i32()?;
        let epoch = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { id, epoch, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FenceBrokerRecord", version });
        }
        w.i32(self.id);
        w.i64(self.epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for FenceBrokerRecord {
    const NAME: &'static str = "FenceBrokerRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = FenceBrokerRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FenceBrokerRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for FenceBrokerRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FenceBrokerRecord::decode(c, version)
    }
}
