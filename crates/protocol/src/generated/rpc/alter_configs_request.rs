//! `AlterConfigsRequest` (key 33), versions 0 to 2.
//! Generated from `schema/rpc/AlterConfigsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterConfigsRequest<'a> {
    pub resources: Vec<AlterConfigsResource<'a>>,
    pub validate_only: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterConfigsRequest<'_> {
    fn default() -> Self {
        AlterConfigsRequest {
            resources: Vec::new(),
            validate_only: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterConfigsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterConfigsRequest", version });
        }
        let flexible = version >= 2;
        let resources = c.array(flexible, if version >= 2 { 4 } else { 7 }, "resources", |c| {
            AlterConfigsResource::decode(c, version)
        })?;
        let validate_only = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { resources, validate_only, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterConfigsRequest", version });
        }
        w.length(self.resources.len(), flexible, "resources")?;
        for v in &self.resources {
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
    pub fn into_owned(self) -> AlterConfigsRequest<'static> {
        AlterConfigsRequest {
            resources: self.resources.into_iter().map(|v| v.into_owned()).collect(),
            validate_only: self.validate_only,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterConfigsRequest<'_> {
    const NAME: &'static str = "AlterConfigsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = AlterConfigsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterConfigsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterConfigsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterConfigsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterConfigsRequest::decode(c, version)
    }
}

impl crate::Request for AlterConfigsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterConfigs;
    type Response<'r> = crate::AlterConfigsResponse<'r>;
    type OwnedResponse = crate::AlterConfigsResponse<'static>;
}

/// A part of [`AlterConfigsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AlterConfigsResource<'a> {
    pub resource_type: i8,
    pub resource_name: Cow<'a, str>,
    pub configs: Vec<AlterableConfig<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterConfigsResource<'_> {
    fn default() -> Self {
        AlterConfigsResource {
            resource_type: 0,
            resource_name: Cow::Borrowed(""),
            configs: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterConfigsResource<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let resource_type = c.i8()?;
        let resource_name = c.string(flexible, "resourceName")?;
        let configs =
            c.array(flexible, if version >= 2 { 3 } else { 4 }, "configs", |c| AlterableConfig::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { resource_type, resource_name, configs, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.i8(self.resource_type);
        w.string(&self.resource_name, flexible, "resourceName")?;
        w.length(self.configs.len(), flexible, "configs")?;
        for v in &self.configs {
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
    pub fn into_owned(self) -> AlterConfigsResource<'static> {
        AlterConfigsResource {
            resource_type: self.resource_type,
            resource_name: Cow::Owned(self.resource_name.into_owned()),
            configs: self.configs.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterConfigsRequest`].
#[derive(Clone, PartialEq)]
pub struct AlterableConfig<'a> {
    pub name: Cow<'a, str>,
    pub value: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterableConfig<'_> {
    fn default() -> Self {
        AlterableConfig {
            name: Cow::Borrowed(""),
            value: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for AlterableConfig<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlterableConfig")
            .field("name", &self.name)
            .field("value", &wire::Redacted)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> AlterableConfig<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let name = c.string(flexible, "name")?;
        let value = c.nullable_string(flexible, "value")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, value, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.name, flexible, "name")?;
        match &self.value {
            Some(v) => {
                w.string(v, flexible, "value")?;
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
    pub fn into_owned(self) -> AlterableConfig<'static> {
        AlterableConfig {
            name: Cow::Owned(self.name.into_owned()),
            value: self.value.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
