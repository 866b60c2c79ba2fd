//! `AlterClientQuotasRequest` (key 49), versions 0 to 1.
//! Generated from `schema/rpc/AlterClientQuotasRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterClientQuotasRequest<'a> {
    pub entries: Vec<EntryData<'a>>,
    pub validate_only: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterClientQuotasRequest<'_> {
    fn default() -> Self {
        AlterClientQuotasRequest {
            entries: Vec::new(),
            validate_only: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterClientQuotasRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterClientQuotasRequest", version });
        }
        let flexible = version >= 1;
        let entries =
            c.array(flexible, if version >= 1 { 3 } else { 8 }, "entries", |c| EntryData::decode(c, version))?;
        let validate_only = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { entries, validate_only, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterClientQuotasRequest", version });
        }
        w.length(self.entries.len(), flexible, "entries")?;
        for v in &self.entries {
            v.encode(w, version)?;
        }
        w.bool(self.validate_only);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AlterClientQuotasRequest<'static> {
        AlterClientQuotasRequest {
            entries: self.entries.into_iter().map(|v| v.into_owned()).collect(),
            validate_only: self.validate_only,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterClientQuotasRequest<'_> {
    const NAME: &'static str = "AlterClientQuotasRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = AlterClientQuotasRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterClientQuotasRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterClientQuotasRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterClientQuotasRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterClientQuotasRequest::decode(c, version)
    }
}

impl crate::Request for AlterClientQuotasRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterClientQuotas;
    type Response<'r> = crate::AlterClientQuotasResponse<'r>;
    type OwnedResponse = crate::AlterClientQuotasResponse<'static>;
}

/// A part of [`AlterClientQuotasRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct EntryData<'a> {
    pub entity: Vec<EntityData<'a>>,
    pub ops: Vec<OpData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EntryData<'_> {
    fn default() -> Self {
        EntryData { entity: Vec::new(), ops: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> EntryData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let entity =
            c.array(flexible, if version >= 1 { 3 } else { 4 }, "entity", |c| EntityData::decode(c, version))?;
        let ops = c.array(flexible, 11, "ops", |c| OpData::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { entity, ops, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.length(self.entity.len(), flexible, "entity")?;
        for v in &self.entity {
            v.encode(w, version)?;
        }
        w.length(self.ops.len(), flexible, "ops")?;
        for v in &self.ops {
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
            entity: self.entity.into_iter().map(|v| v.into_owned()).collect(),
            ops: self.ops.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterClientQuotasRequest`].
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

/// A part of [`AlterClientQuotasRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OpData<'a> {
    pub key: Cow<'a, str>,
    pub value: f64,
    pub remove: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OpData<'_> {
    fn default() -> Self {
        OpData {
            key: Cow::Borrowed(""),
            value: 0.0,
            remove: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OpData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let key = c.string(flexible, "key")?;
        let value = c.f64()?;
        let remove = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { key, value, remove, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.string(&self.key, flexible, "key")?;
        w.f64(self.value);
        w.bool(self.remove);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OpData<'static> {
        OpData {
            key: Cow::Owned(self.key.into_owned()),
            value: self.value,
            remove: self.remove,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
