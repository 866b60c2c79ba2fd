//! `CreateAclsRequest` (key 30), versions 1 to 3.
//! Generated from `schema/rpc/CreateAclsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateAclsRequest<'a> {
    pub creations: Vec<AclCreation<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreateAclsRequest<'_> {
    fn default() -> Self {
        CreateAclsRequest { creations: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> CreateAclsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "CreateAclsRequest", version });
        }
        let flexible = version >= 2;
        let creations =
            c.array(flexible, if version >= 2 { 8 } else { 10 }, "creations", |c| AclCreation::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { creations, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "CreateAclsRequest", version });
        }
        w.length(self.creations.len(), flexible, "creations")?;
        for v in &self.creations {
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
    pub fn into_owned(self) -> CreateAclsRequest<'static> {
        CreateAclsRequest {
            creations: self.creations.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for CreateAclsRequest<'_> {
    const NAME: &'static str = "CreateAclsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = CreateAclsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        CreateAclsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        CreateAclsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for CreateAclsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        CreateAclsRequest::decode(c, version)
    }
}

impl crate::Request for CreateAclsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::CreateAcls;
    type Response<'r> = crate::CreateAclsResponse<'r>;
    type OwnedResponse = crate::CreateAclsResponse<'static>;
}

/// A part of [`CreateAclsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AclCreation<'a> {
    pub resource_type: i8,
    pub resource_name: Cow<'a, str>,
    /// Default 3.
    pub resource_pattern_type: i8,
    pub principal: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub operation: i8,
    pub permission_type: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AclCreation<'_> {
    fn default() -> Self {
        AclCreation {
            resource_type: 0,
            resource_name: Cow::Borrowed(""),
            resource_pattern_type: 3,
            principal: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AclCreation<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let resource_type = c.i8()?;
        let resource_name = c.string(flexible, "resourceName")?;
        let resource_pattern_type = c.i8()?;
        let principal = c.string(flexible, "principal")?;
        let host = c.string(flexible, "host")?;
        let operation = c.i8()?;
        let permission_type = c.i8()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            resource_type,
            resource_name,
            resource_pattern_type,
            principal,
            host,
            operation,
            permission_type,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.i8(self.resource_type);
        w.string(&self.resource_name, flexible, "resourceName")?;
        w.i8(self.resource_pattern_type);
        w.string(&self.principal, flexible, "principal")?;
        w.string(&self.host, flexible, "host")?;
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
    pub fn into_owned(self) -> AclCreation<'static> {
        AclCreation {
            resource_type: self.resource_type,
            resource_name: Cow::Owned(self.resource_name.into_owned()),
            resource_pattern_type: self.resource_pattern_type,
            principal: Cow::Owned(self.principal.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            operation: self.operation,
            permission_type: self.permission_type,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
