//! `DescribeClientQuotasResponse` (key 48), versions 0 to 1.
//! Generated from `schema/rpc/DescribeClientQuotasResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClientQuotasResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub entries: Option<Vec<EntryData<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeClientQuotasResponse<'_> {
    fn default() -> Self {
        DescribeClientQuotasResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            entries: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeClientQuotasResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeClientQuotasResponse", version });
        }
        let flexible = version >= 1;
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(flexible, "errorMessage")?;
        let entries =
            c.nullable_array(flexible, if version >= 1 { 3 } else { 8 }, "entries", |c| EntryData::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, error_code, error_message, entries, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeClientQuotasResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, flexible, "errorMessage")?;
            }
            None => w.null_string(flexible),
        }
        match &self.entries {
            Some(v) => {
                w.length(v.len(), flexible, "entries")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeClientQuotasResponse<'static> {
        DescribeClientQuotasResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            entries: self.entries.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeClientQuotasResponse<'_> {
    const NAME: &'static str = "DescribeClientQuotasResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = DescribeClientQuotasResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeClientQuotasResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeClientQuotasResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeClientQuotasResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeClientQuotasResponse::decode(c, version)
    }
}

/// A part of [`DescribeClientQuotasResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EntryData<'a> {
    pub entity: Vec<EntityData<'a>>,
    pub values: Vec<ValueData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EntryData<'_> {
    fn default() -> Self {
        EntryData {
            entity: Vec::new(),
            values: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> EntryData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let entity =
            c.array(flexible, if version >= 1 { 3 } else { 4 }, "entity", |c| EntityData::decode(c, version))?;
        let values = c.array(flexible, 10, "values", |c| ValueData::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { entity, values, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.length(self.entity.len(), flexible, "entity")?;
        for v in &self.entity {
            v.encode(w, version)?;
        }
        w.length(self.values.len(), flexible, "values")?;
        for v in &self.values {
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
            values: self.values.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DescribeClientQuotasResponse`].
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

/// A part of [`DescribeClientQuotasResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValueData<'a> {
    pub key: Cow<'a, str>,
    pub value: f64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ValueData<'_> {
    fn default() -> Self {
        ValueData { key: Cow::Borrowed(""), value: 0.0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> ValueData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let key = c.string(flexible, "key")?;
        let value = c.f64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { key, value, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.string(&self.key, flexible, "key")?;
        w.f64(self.value);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ValueData<'static> {
        ValueData {
            key: Cow::Owned(self.key.into_owned()),
            value: self.value,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
