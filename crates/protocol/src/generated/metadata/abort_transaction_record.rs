//! `AbortTransactionRecord` (key 25), versions 0 to 0.
//! Generated from `schema/metadata/AbortTransactionRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AbortTransactionRecord<'a> {
    /// Tag 0.
    pub reason: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AbortTransactionRecord<'_> {
    fn default() -> Self {
        AbortTransactionRecord { reason: None, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> AbortTransactionRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AbortTransactionRecord", version });
        }
        let mut reason = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => reason = c.nullable_string(true, "reason")?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { reason, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AbortTransactionRecord", version });
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.reason.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.reason.is_some() {
            let start = w.begin_tag(0);
            match &self.reason {
                Some(v) => {
                    w.string(v, true, "reason")?;
                }
                None => w.null_string(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AbortTransactionRecord<'static> {
        AbortTransactionRecord {
            reason: self.reason.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AbortTransactionRecord<'_> {
    const NAME: &'static str = "AbortTransactionRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AbortTransactionRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AbortTransactionRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AbortTransactionRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AbortTransactionRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AbortTransactionRecord::decode(c, version)
    }
}
