//! `DescribeConfigsRequest` (key 32), versions 1 to 4.
//! Generated from `schema/rpc/DescribeConfigsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 4, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeConfigsRequest<'a> {
    pub resources: Vec<DescribeConfigsResource<'a>>,
    pub include_synonyms: bool,
    /// Versions 3+.
    pub include_documentation: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeConfigsRequest<'_> {
    fn default() -> Self {
        DescribeConfigsRequest {
            resources: Vec::new(),
            include_synonyms: false,
            include_documentation: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeConfigsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeConfigsRequest", version });
        }
        let flexible = version >= 4;
        let resources = c.array(flexible, if version >= 4 { 4 } else { 7 }, "resources", |c| {
            DescribeConfigsResource::decode(c, version)
        })?;
        let include_synonyms = c.bool()?;
        let include_documentation = if version >= 3 { c.bool()? } else { false };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { resources, include_synonyms, include_documentation, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(1..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeConfigsRequest", version });
        }
        w.length(self.resources.len(), flexible, "resources")?;
        for v in &self.resources {
            v.encode(w, version)?;
        }
        w.bool(self.include_synonyms);
        if version >= 3 {
            w.bool(self.include_documentation);
        } else if self.include_documentation {
            return Err(wire::EncodeError::UnsupportedField { field: "includeDocumentation", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeConfigsRequest<'static> {
        DescribeConfigsRequest {
            resources: self.resources.into_iter().map(|v| v.into_owned()).collect(),
            include_synonyms: self.include_synonyms,
            include_documentation: self.include_documentation,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeConfigsRequest<'_> {
    const NAME: &'static str = "DescribeConfigsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = DescribeConfigsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeConfigsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeConfigsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeConfigsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeConfigsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeConfigsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeConfigs;
    type Response<'r> = crate::DescribeConfigsResponse<'r>;
    type OwnedResponse = crate::DescribeConfigsResponse<'static>;
}

/// A part of [`DescribeConfigsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeConfigsResource<'a> {
    pub resource_type: i8,
    pub resource_name: Cow<'a, str>,
    pub configuration_keys: Option<Vec<Cow<'a, str>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeConfigsResource<'_> {
    fn default() -> Self {
        DescribeConfigsResource {
            resource_type: 0,
            resource_name: Cow::Borrowed(""),
            configuration_keys: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeConfigsResource<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let resource_type = c.i8()?;
        let resource_name = c.string(flexible, "resourceName")?;
        let configuration_keys =
            c.nullable_array(flexible, if version >= 4 { 1 } else { 2 }, "configurationKeys", |c| {
                c.string(flexible, "configurationKeys")
            })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { resource_type, resource_name, configuration_keys, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.i8(self.resource_type);
        w.string(&self.resource_name, flexible, "resourceName")?;
        match &self.configuration_keys {
            Some(v) => {
                w.length(v.len(), flexible, "configurationKeys")?;
                for v in v {
                    w.string(v, flexible, "configurationKeys")?;
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
    pub fn into_owned(self) -> DescribeConfigsResource<'static> {
        DescribeConfigsResource {
            resource_type: self.resource_type,
            resource_name: Cow::Owned(self.resource_name.into_owned()),
            configuration_keys: self
                .configuration_keys
                .map(|v| v.into_iter().map(|v| Cow::Owned(v.into_owned())).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
