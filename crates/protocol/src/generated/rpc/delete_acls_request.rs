//! `DeleteAclsRequest` (key 31), versions 1 to 3.
//! Generated from `schema/rpc/DeleteAclsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteAclsRequest<'a> {
    pub filters: Vec<DeleteAclsFilter<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteAclsRequest<'_> {
    fn default() -> Self {
        DeleteAclsRequest { filters: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> DeleteAclsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteAclsRequest", version });
        }
        let flexible = version >= 2;
        let filters =
            c.array(flexible, if version >= 2 { 8 } else { 10 }, "filters", |c| DeleteAclsFilter::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { filters, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteAclsRequest", version });
        }
        w.length(self.filters.len(), flexible, "filters")?;
        for v in &self.filters {
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
    pub fn into_owned(self) -> DeleteAclsRequest<'static> {
        DeleteAclsRequest {
            filters: self.filters.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteAclsRequest<'_> {
    const NAME: &'static str = "DeleteAclsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = DeleteAclsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteAclsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteAclsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteAclsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteAclsRequest::decode(c, version)
    }
}

impl crate::Request for DeleteAclsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DeleteAcls;
    type Response<'r> = crate::DeleteAclsResponse<'r>;
    type OwnedResponse = crate::DeleteAclsResponse<'static>;
}

/// A part of [`DeleteAclsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteAclsFilter<'a> {
    pub resource_type_filter: i8,
    pub resource_name_filter: Option<Cow<'a, str>>,
    /// Default 3.
    pub pattern_type_filter: i8,
    pub principal_filter: Option<Cow<'a, str>>,
    pub host_filter: Option<Cow<'a, str>>,
    pub operation: i8,
    pub permission_type: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteAclsFilter<'_> {
    fn default() -> Self {
        DeleteAclsFilter {
            resource_type_filter: 0,
            resource_name_filter: Some(Cow::Borrowed("")),
            pattern_type_filter: 3,
            principal_filter: Some(Cow::Borrowed("")),
            host_filter: Some(Cow::Borrowed("")),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteAclsFilter<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let resource_type_filter = c.i8()?;
        let resource_name_filter = c.nullable_string(flexible, "resourceNameFilter")?;
        let pattern_type_filter = c.i8()?;
        let principal_filter = c.nullable_string(flexible, "principalFilter")?;
        let host_filter = c.nullable_string(flexible, "hostFilter")?;
        let operation = c.i8()?;
        let permission_type = c.i8()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            resource_type_filter,
            resource_name_filter,
            pattern_type_filter,
            principal_filter,
            host_filter,
            operation,
            permission_type,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.i8(self.resource_type_filter);
        match &self.resource_name_filter {
            Some(v) => {
                w.string(v, flexible, "resourceNameFilter")?;
            }
            None => w.null_string(flexible),
        }
        w.i8(self.pattern_type_filter);
        match &self.principal_filter {
            Some(v) => {
                w.string(v, flexible, "principalFilter")?;
            }
            None => w.null_string(flexible),
        }
        match &self.host_filter {
            Some(v) => {
                w.string(v, flexible, "hostFilter")?;
            }
            None => w.null_string(flexible),
        }
        w.i8(self.operation);
        w.i8(self.permission_type);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteAclsFilter<'static> {
        DeleteAclsFilter {
            resource_type_filter: self.resource_type_filter,
            resource_name_filter: self.resource_name_filter.map(|v| Cow::Owned(v.into_owned())),
            pattern_type_filter: self.pattern_type_filter,
            principal_filter: self.principal_filter.map(|v| Cow::Owned(v.into_owned())),
            host_filter: self.host_filter.map(|v| Cow::Owned(v.into_owned())),
            operation: self.operation,
            permission_type: self.permission_type,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
