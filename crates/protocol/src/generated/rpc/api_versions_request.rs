//! `ApiVersionsRequest` (key 18), versions 0 to 4.
//! Generated from `schema/rpc/ApiVersionsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiVersionsRequest<'a> {
    /// Versions 3+.
    pub client_software_name: Cow<'a, str>,
    /// Versions 3+.
    pub client_software_version: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ApiVersionsRequest<'_> {
    fn default() -> Self {
        ApiVersionsRequest {
            client_software_name: Cow::Borrowed(""),
            client_software_version: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ApiVersionsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ApiVersionsRequest", version });
        }
        let flexible = version >= 3;
        let client_software_name =
            if version >= 3 { c.string(flexible, "clientSoftwareName")? } else { Cow::Borrowed("") };
        let client_software_version =
            if version >= 3 { c.string(flexible, "clientSoftwareVersion")? } else { Cow::Borrowed("") };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { client_software_name, client_software_version, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ApiVersionsRequest", version });
        }
        if version >= 3 {
            w.string(&self.client_software_name, flexible, "clientSoftwareName")?;
        }
        if version >= 3 {
            w.string(&self.client_software_version, flexible, "clientSoftwareVersion")?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ApiVersionsRequest<'static> {
        ApiVersionsRequest {
            client_software_name: Cow::Owned(self.client_software_name.into_owned()),
            client_software_version: Cow::Owned(self.client_software_version.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ApiVersionsRequest<'_> {
    const NAME: &'static str = "ApiVersionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = ApiVersionsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ApiVersionsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ApiVersionsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ApiVersionsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ApiVersionsRequest::decode(c, version)
    }
}

impl crate::Request for ApiVersionsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ApiVersions;
    type Response<'r> = crate::ApiVersionsResponse<'r>;
    type OwnedResponse = crate::ApiVersionsResponse<'static>;
}
