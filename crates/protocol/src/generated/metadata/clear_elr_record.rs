//! `ClearElrRecord` (key 28), versions 0 to 0.
//! Generated from `schema/metadata/ClearElrRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ClearElrRecord<'a> {
    pub topic_name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ClearElrRecord<'_> {
    fn default() -> Self {
        ClearElrRecord { topic_name: Cow::Borrowed(""), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> ClearElrRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ClearElrRecord", version });
        }
        let topic_name = c.string(true, "topicName")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ClearElrRecord", version });
        }
        w.string(&self.topic_name, true, "topicName")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ClearElrRecord<'static> {
        ClearElrRecord {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ClearElrRecord<'_> {
    const NAME: &'static str = "ClearElrRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ClearElrRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ClearElrRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ClearElrRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ClearElrRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ClearElrRecord::decode(c, version)
    }
}
