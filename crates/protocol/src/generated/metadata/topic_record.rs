//! `TopicRecord` (key 2), versions 0 to 0.
//! Generated from `schema/metadata/TopicRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicRecord<'a> {
    pub name: Cow<'a, str>,
    pub topic_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicRecord<'_> {
    fn default() -> Self {
        TopicRecord {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "TopicRecord", version });
        }
        let name = c.string(true, "name")?;
        let topic_id = c.uuid()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, topic_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "TopicRecord", version });
        }
        w.string(&self.name, true, "name")?;
        w.uuid(self.topic_id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicRecord<'static> {
        TopicRecord {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for TopicRecord<'_> {
    const NAME: &'static str = "TopicRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = TopicRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        TopicRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        TopicRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for TopicRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        TopicRecord::decode(c, version)
    }
}
