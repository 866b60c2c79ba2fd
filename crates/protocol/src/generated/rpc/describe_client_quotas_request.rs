//! `DescribeClientQuotasRequest` (key 48), versions 0 to 1.
//! Generated from `schema/rpc/DescribeClientQuotasRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClientQuotasRequest<'a> {
    pub components: Vec<ComponentData<'a>>,
    pub strict: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeClientQuotasRequest<'_> {
    fn default() -> Self {
        DescribeClientQuotasRequest {
            components: Vec::new(),
            strict: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeClientQuotasRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeClientQuotasRequest", version });
        }
        let flexible = version >= 1;
        let components =
            c.array(flexible, if version >= 1 { 4 } else { 5 }, "components", |c| ComponentData::decode(c, version))?;
        let strict = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { components, strict, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeClientQuotasRequest", version });
        }
        w.length(self.components.len(), flexible, "components")?;
        for v in &self.components {
            v.encode(w, version)?;
        }
        w.bool(self.strict);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeClientQuotasRequest<'static> {
        DescribeClientQuotasRequest {
            components: self.components.into_iter().map(|v| v.into_owned()).collect(),
            strict: self.strict,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeClientQuotasRequest<'_> {
    const NAME: &'static str = "DescribeClientQuotasRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = DescribeClientQuotasRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeClientQuotasRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeClientQuotasRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeClientQuotasRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeClientQuotasRequest::decode(c, version)
    }
}

impl crate::Request for DescribeClientQuotasRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeClientQuotas;
    type Response<'r> = crate::DescribeClientQuotasResponse<'r>;
    type OwnedResponse = crate::DescribeClientQuotasResponse<'static>;
}

/// A part of [`DescribeClientQuotasRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentData<'a> {
    pub entity_type: Cow<'a, str>,
    pub match_type: i8,
    pub r#match: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ComponentData<'_> {
    fn default() -> Self {
        ComponentData {
            entity_type: Cow::Borrowed(""),
            match_type: 0,
            r#match: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ComponentData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let entity_type = c.string(flexible, "entityType")?;
        let match_type = c.i8()?;
        let r#match = c.nullable_string(flexible, "match")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { entity_type, match_type, r#match, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.string(&self.entity_type, flexible, "entityType")?;
        w.i8(self.match_type);
        match &self.r#match {
            Some(v) => {
                w.string(v, flexible, "match")?;
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
    pub fn into_owned(self) -> ComponentData<'static> {
        ComponentData {
            entity_type: Cow::Owned(self.entity_type.into_owned()),
            match_type: self.match_type,
            r#match: self.r#match.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
