//! `BeginTransactionRecord` (key 23), versions 0 to 0.
//! Generated from `schema/metadata/BeginTransactionRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct BeginTransactionRecord<'a> {
    /// Tag 0.
    pub name: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BeginTransactionRecord<'_> {
    fn default() -> Self {
        BeginTransactionRecord { name: None, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> BeginTransactionRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "BeginTransactionRecord", version });
        }
        let mut name = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => name = c.nullable_string(true, "name")?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { name, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "BeginTransactionRecord", version });
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.name.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.name.is_some() {
            let start = w.begin_tag(0);
            match &self.name {
                Some(v) => {
                    w.string(v, true, "name")?;
                }
                None => w.null_string(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> BeginTransactionRecord<'static> {
        BeginTransactionRecord {
            name: self.name.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for BeginTransactionRecord<'_> {
    const NAME: &'static str = "BeginTransactionRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = BeginTransactionRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        BeginTransactionRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        BeginTransactionRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for BeginTransactionRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        BeginTransactionRecord::decode(c, version)
    }
}
