//! `ListConfigResourcesResponse` (key 74), versions 0 to 1.
//! Generated from `schema/rpc/ListConfigResourcesResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListConfigResourcesResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub config_resources: Vec<ConfigResource<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListConfigResourcesResponse<'_> {
    fn default() -> Self {
        ListConfigResourcesResponse {
            throttle_time_ms: 0,
            error_code: 0,
            config_resources: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListConfigResourcesResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListConfigResourcesResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let config_resources =
            c.array(true, if version >= 1 { 3 } else { 2 }, "configResources", |c| ConfigResource::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, config_resources, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListConfigResourcesResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        w.length(self.config_resources.len(), true, "configResources")?;
        for v in &self.config_resources {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListConfigResourcesResponse<'static> {
        ListConfigResourcesResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            config_resources: self.config_resources.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListConfigResourcesResponse<'_> {
    const NAME: &'static str = "ListConfigResourcesResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ListConfigResourcesResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListConfigResourcesResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListConfigResourcesResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListConfigResourcesResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListConfigResourcesResponse::decode(c, version)
    }
}

/// A part of [`ListConfigResourcesResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigResource<'a> {
    pub resource_name: Cow<'a, str>,
    /// Versions 1+; default 16.
    pub resource_type: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConfigResource<'_> {
    fn default() -> Self {
        ConfigResource {
            resource_name: Cow::Borrowed(""),
            resource_type: 16,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConfigResource<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let resource_name = c.string(true, "resourceName")?;
        let resource_type = if version >= 1 { c.i8()? } else { 16 };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { resource_name, resource_type, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.resource_name, true, "resourceName")?;
        if version >= 1 {
            w.i8(self.resource_type);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConfigResource<'static> {
        ConfigResource {
            resource_name: Cow::Owned(self.resource_name.into_owned()),
            resource_type: self.resource_type,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
