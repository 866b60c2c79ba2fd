//! `AccessControlEntryRecord` (key 18), versions 0 to 0.
//! Generated from `schema/metadata/AccessControlEntryRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessControlEntryRecord<'a> {
    pub id: Uuid,
    pub resource_type: i8,
    pub resource_name: Cow<'a, str>,
    pub pattern_type: i8,
    pub principal: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub operation: i8,
    pub permission_type: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AccessControlEntryRecord<'_> {
    fn default() -> Self {
        AccessControlEntryRecord {
            id: Uuid::ZERO,
            resource_type: 0,
            resource_name: Cow::Borrowed(""),
            pattern_type: 0,
            principal: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AccessControlEntryRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AccessControlEntryRecord", version });
        }
        let id = c.uuid()?;
        let resource_type = c.i8()?;
        let resource_name = c.string(true, "resourceName")?;
        let pattern_type = c.i8()?;
        let principal = c.string(true, "principal")?;
        let host = c.string(true, "host")?;
        let operation = c.i8()?;
        let permission_type = c.i8()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            id,
            resource_type,
            resource_name,
            pattern_type,
            principal,
            host,
            operation,
            permission_type,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AccessControlEntryRecord", version });
        }
        w.uuid(self.id);
        w.i8(self.resource_type);
        w.string(&self.resource_name, true, "resourceName")?;
        w.i8(self.pattern_type);
        w.string(&self.principal, true, "principal")?;
        w.string(&self.host, true, "host")?;
        w.i8(self.operation);
        w.i8(self.permission_type);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AccessControlEntryRecord<'static> {
        AccessControlEntryRecord {
            id: self.id,
            resource_type: self.resource_type,
            resource_name: Cow::Owned(self.resource_name.into_owned()),
            pattern_type: self.pattern_type,
            principal: Cow::Owned(self.principal.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            operation: self.operation,
            permission_type: self.permission_type,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AccessControlEntryRecord<'_> {
    const NAME: &'static str = "AccessControlEntryRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AccessControlEntryRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AccessControlEntryRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AccessControlEntryRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AccessControlEntryRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AccessControlEntryRecord::decode(c, version)
    }
}
