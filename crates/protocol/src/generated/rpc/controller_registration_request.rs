//! `ControllerRegistrationRequest` (key 70), versions 0 to 0.
//! Generated from `schema/rpc/ControllerRegistrationRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ControllerRegistrationRequest<'a> {
    pub controller_id: i32,
    pub incarnation_id: Uuid,
    pub zk_migration_ready: bool,
    pub listeners: Vec<Listener<'a>>,
    pub features: Vec<Feature<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ControllerRegistrationRequest<'_> {
    fn default() -> Self {
        ControllerRegistrationRequest {
            controller_id: 0,
            incarnation_id: Uuid::ZERO,
            zk_migration_ready: false,
            listeners: Vec::new(),
            features: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ControllerRegistrationRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ControllerRegistrationRequest", version });
        }
        let controller_id = c.i32()?;
        let incarnation_id = c.uuid()?;
        let zk_migration_ready = c.bool()?;
        let listeners = c.array(true, 7, "listeners", |c| Listener::decode(c, version))?;
        let features = c.array(true, 6, "features", |c| Feature::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { controller_id, incarnation_id, zk_migration_ready, listeners, features, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ControllerRegistrationRequest", version });
        }
        w.i32(self.controller_id);
        w.uuid(self.incarnation_id);
        w.bool(self.zk_migration_ready);
        w.length(self.listeners.len(), true, "listeners")?;
        for v in &self.listeners {
            v.encode(w, version)?;
        }
        w.length(self.features.len(), true, "features")?;
        for v in &self.features {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ControllerRegistrationRequest<'static> {
        ControllerRegistrationRequest {
            controller_id: self.controller_id,
            incarnation_id: self.incarnation_id,
            zk_migration_ready: self.zk_migration_ready,
            listeners: self.listeners.into_iter().map(|v| v.into_owned()).collect(),
            features: self.features.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ControllerRegistrationRequest<'_> {
    const NAME: &'static str = "ControllerRegistrationRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ControllerRegistrationRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ControllerRegistrationRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ControllerRegistrationRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ControllerRegistrationRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ControllerRegistrationRequest::decode(c, version)
    }
}

impl crate::Request for ControllerRegistrationRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ControllerRegistration;
    type Response<'r> = crate::ControllerRegistrationResponse<'r>;
    type OwnedResponse = crate::ControllerRegistrationResponse<'static>;
}

/// A part of [`ControllerRegistrationRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct Listener<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub security_protocol: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Listener<'_> {
    fn default() -> Self {
        Listener {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            security_protocol: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Listener<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let host = c.string(true, "host")?;
        let port = c.u16()?;
        let security_protocol = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, host, port, security_protocol, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.string(&self.host, true, "host")?;
        w.u16(self.port);
        w.i16(self.security_protocol);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Listener<'static> {
        Listener {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            security_protocol: self.security_protocol,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ControllerRegistrationRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct Feature<'a> {
    pub name: Cow<'a, str>,
    pub min_supported_version: i16,
    pub max_supported_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Feature<'_> {
    fn default() -> Self {
        Feature {
            name: Cow::Borrowed(""),
            min_supported_version: 0,
            max_supported_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Feature<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let min_supported_version = c.i16()?;
        let max_supported_version = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, min_supported_version, max_supported_version, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.i16(self.min_supported_version);
        w.i16(self.max_supported_version);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Feature<'static> {
        Feature {
            name: Cow::Owned(self.name.into_owned()),
            min_supported_version: self.min_supported_version,
            max_supported_version: self.max_supported_version,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
