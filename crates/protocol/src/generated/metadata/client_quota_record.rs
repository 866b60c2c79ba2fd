//! `ClientQuotaRecord` (key 14), versions 0 to 0.
//! Generated from `schema/metadata/ClientQuotaRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientQuotaRecord<'a> {
    pub entity: Vec<EntityData<'a>>,
    pub key: Cow<'a, str>,
    pub value: f64,
    pub remove: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ClientQuotaRecord<'_> {
    fn default() -> Self {
        ClientQuotaRecord {
            entity: Vec::new(),
            key: Cow::Borrowed(""),
            value: 0.0,
            remove: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ClientQuotaRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ClientQuotaRecord", version });
        }
        let entity = c.array(true, 3, "entity", |c| EntityData::decode(c, version))?;
        let key = c.string(true, "key")?;
        let value = c.f64()?;
        let remove = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { entity, key, value, remove, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ClientQuotaRecord", version });
        }
        w.length(self.entity.len(), true, "entity")?;
        for v in &self.entity {
            v.encode(w, version)?;
        }
        w.string(&self.key, true, "key")?;
        w.f64(self.value);
        w.bool(self.remove);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ClientQuotaRecord<'static> {
        ClientQuotaRecord {
            entity: self.entity.into_iter().map(|v| v.into_owned()).collect(),
            key: Cow::Owned(self.key.into_owned()),
            value: self.value,
            remove: self.remove,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ClientQuotaRecord<'_> {
    const NAME: &'static str = "ClientQuotaRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ClientQuotaRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ClientQuotaRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ClientQuotaRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ClientQuotaRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ClientQuotaRecord::decode(c, version)
    }
}

/// A part of [`ClientQuotaRecord`].
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
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let entity_type = c.string(true, "entityType")?;
        let entity_name = c.nullable_string(true, "entityName")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { entity_type, entity_name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.entity_type, true, "entityType")?;
        match &self.entity_name {
            Some(v) => {
                w.string(v, true, "entityName")?;
            }
            None => w.null_string(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
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
