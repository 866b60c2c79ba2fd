//! `EndTransactionRecord` (key 24), versions 0 to 0.
//! Generated from `schema/metadata/EndTransactionRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct EndTransactionRecord {
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EndTransactionRecord {
    fn default() -> Self {
        EndTransactionRecord { unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl EndTransactionRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EndTransactionRecord", version });
        }
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EndTransactionRecord", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for EndTransactionRecord {
    const NAME: &'static str = "EndTransactionRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = EndTransactionRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EndTransactionRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for EndTransactionRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EndTransactionRecord::decode(c, version)
    }
}
