//! `ControlRecordTypeSchema`, versions 0 to 0.
//! Generated from `schema/data/ControlRecordTypeSchema.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlRecordTypeSchema {
    pub r#type: i16,
}

impl Default for ControlRecordTypeSchema {
    fn default() -> Self {
        ControlRecordTypeSchema { r#type: 0 }
    }
}

impl ControlRecordTypeSchema {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ControlRecordTypeSchema", version });
        }
        let r#type = c.i16()?;
        Ok(Self { r#type })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ControlRecordTypeSchema", version });
        }
        w.i16(self.r#type);
        Ok(())
    }
}

impl crate::Message for ControlRecordTypeSchema {
    const NAME: &'static str = "ControlRecordTypeSchema";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ControlRecordTypeSchema;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ControlRecordTypeSchema::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ControlRecordTypeSchema {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ControlRecordTypeSchema::decode(c, version)
    }
}
