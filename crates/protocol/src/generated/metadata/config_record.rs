//! `ConfigRecord` (key 4), versions 0 to 0.
//! Generated from `schema/metadata/ConfigRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Clone, PartialEq)]
pub struct ConfigRecord<'a> {
    pub resource_type: i8,
    pub resource_name: Cow<'a, str>,
    pub name: Cow<'a, str>,
    pub value: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConfigRecord<'_> {
    fn default() -> Self {
        ConfigRecord {
            resource_type: 0,
            resource_name: Cow::Borrowed(""),
            name: Cow::Borrowed(""),
            value: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for ConfigRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigRecord")
            .field("resource_type", &self.resource_type)
            .field("resource_name", &self.resource_name)
            .field("name", &self.name)
            .field("value", &wire::Redacted)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> ConfigRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConfigRecord", version });
        }
        let resource_type = c.i8()?;
        let resource_name = c.string(true, "resourceName")?;
        let name = c.string(true, "name")?;
        let value = c.nullable_string(true, "value")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { resource_type, resource_name, name, value, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConfigRecord", version });
        }
        w.i8(self.resource_type);
        w.string(&self.resource_name, true, "resourceName")?;
        w.string(&self.name, true, "name")?;
        match &self.value {
            Some(v) => {
                w.string(v, true, "value")?;
            }
            None => w.null_string(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConfigRecord<'static> {
        ConfigRecord {
            resource_type: self.resource_type,
            resource_name: Cow::Owned(self.resource_name.into_owned()),
            name: Cow::Owned(self.name.into_owned()),
            value: self.value.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConfigRecord<'_> {
    const NAME: &'static str = "ConfigRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConfigRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConfigRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConfigRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConfigRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConfigRecord::decode(c, version)
    }
}
