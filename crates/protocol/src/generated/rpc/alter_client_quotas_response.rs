//! `AlterClientQuotasResponse` (key 49), versions 0 to 1.
//! Generated from `schema/rpc/AlterClientQuotasResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterClientQuotasResponse<'a> {
    pub throttle_time_ms: i32,
    pub entries: Vec<EntryData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterClientQuotasResponse<'_> {
    fn default() -> Self {
        AlterClientQuotasResponse {
            throttle_time_ms: 0,
            entries: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterClientQuotasResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterClientQuotasResponse", version });
        }
        let flexible = version >= 1;
        let throttle_time_ms = c.i32()?;
        let entries =
            c.array(flexible, if version >= 1 { 5 } else { 8 }, "entries", |c| EntryData::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, entries, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterClientQuotasResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.length(self.entries.len(), flexible, "entries")?;
        for v in &self.entries {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AlterClientQuotasResponse<'static> {
        AlterClientQuotasResponse {
            throttle_time_ms: self.throttle_time_ms,
            entries: self.entries.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterClientQuotasResponse<'_> {
    const NAME: &'static str = "AlterClientQuotasResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = AlterClientQuotasResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterClientQuotasResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterClientQuotasResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterClientQuotasResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterClientQuotasResponse::decode(c, version)
    }
}

/// A part of [`AlterClientQuotasResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EntryData<'a> {
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub entity: Vec<EntityData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EntryData<'_> {
    fn default() -> Self {
        EntryData {
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            entity: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> EntryData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(flexible, "errorMessage")?;
        let entity =
            c.array(flexible, if version >= 1 { 3 } else { 4 }, "entity", |c| EntityData::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { error_code, error_message, entity, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, flexible, "errorMessage")?;
            }
            None => w.null_string(flexible),
        }
        w.length(self.entity.len(), flexible, "entity")?;
        for v in &self.entity {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> EntryData<'static> {
        EntryData {
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            entity: self.entity.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterClientQuotasResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EntityData<'a> {
    pub entity_type: Cow<'a, str>,
    pub entity_name: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EntityData<'_> {
    fn default() -> Self {
        EntityData {
            entity_type: Cow::Borrowed(""),
            entity_name: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> EntityData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let entity_type = c.string(flexible, "entityType")?;
        let entity_name = c.nullable_string(flexible, "entityName")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { entity_type, entity_name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.string(&self.entity_type, flexible, "entityType")?;
        match &self.entity_name {
            Some(v) => {
                w.string(v, flexible, "entityName")?;
            }
            None => w.null_string(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> EntityData<'static> {
        EntityData {
            entity_type: Cow::Owned(self.entity_type.into_owned()),
            entity_name: self.entity_name.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
