//! `FeatureLevelRecord` (key 12), versions 0 to 0.
//! Generated from `schema/metadata/FeatureLevelRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureLevelRecord<'a> {
    pub name: Cow<'a, str>,
    pub feature_level: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FeatureLevelRecord<'_> {
    fn default() -> Self {
        FeatureLevelRecord {
            name: Cow::Borrowed(""),
            feature_level: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FeatureLevelRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FeatureLevelRecord", version });
        }
        let name = c.string(true, "name")?;
        let feature_level = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, feature_level, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FeatureLevelRecord", version });
        }
        w.string(&self.name, true, "name")?;
        w.i16(self.feature_level);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FeatureLevelRecord<'static> {
        FeatureLevelRecord {
            name: Cow::Owned(self.name.into_owned()),
            feature_level: self.feature_level,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for FeatureLevelRecord<'_> {
    const NAME: &'static str = "FeatureLevelRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = FeatureLevelRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FeatureLevelRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        FeatureLevelRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for FeatureLevelRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FeatureLevelRecord::decode(c, version)
    }
}
