//! `RegisterControllerRecord` (key 27), versions 0 to 0.
//! Generated from `schema/metadata/RegisterControllerRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterControllerRecord<'a> {
    pub controller_id: i32,
    pub incarnation_id: Uuid,
    pub zk_migration_ready: bool,
    pub end_points: Vec<ControllerEndpoint<'a>>,
    pub features: Vec<ControllerFeature<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RegisterControllerRecord<'_> {
    fn default() -> Self {
        RegisterControllerRecord {
            controller_id: 0,
            incarnation_id: Uuid::ZERO,
            zk_migration_ready: false,
            end_points: Vec::new(),
            features: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RegisterControllerRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RegisterControllerRecord", version });
        }
        let controller_id = c.i32()?;
        let incarnation_id = c.uuid()?;
        let zk_migration_ready = c.bool()?;
        let end_points = c.array(true, 7, "endPoints", |c| ControllerEndpoint::decode(c, version))?;
        let features = c.array(true, 6, "features", |c| ControllerFeature::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { controller_id, incarnation_id, zk_migration_ready, end_points, features, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RegisterControllerRecord", version });
        }
        w.i32(self.controller_id);
        w.uuid(self.incarnation_id);
        w.bool(self.zk_migration_ready);
        w.length(self.end_points.len(), true, "endPoints")?;
        for v in &self.end_points {
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
    pub fn into_owned(self) -> RegisterControllerRecord<'static> {
        RegisterControllerRecord {
            controller_id: self.controller_id,
            incarnation_id: self.incarnation_id,
            zk_migration_ready: self.zk_migration_ready,
            end_points: self.end_points.into_iter().map(|v| v.into_owned()).collect(),
            features: self.features.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RegisterControllerRecord<'_> {
    const NAME: &'static str = "RegisterControllerRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RegisterControllerRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RegisterControllerRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RegisterControllerRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RegisterControllerRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RegisterControllerRecord::decode(c, version)
    }
}

/// A part of [`RegisterControllerRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct ControllerEndpoint<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub security_protocol: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ControllerEndpoint<'_> {
    fn default() -> Self {
        ControllerEndpoint {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            security_protocol: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ControllerEndpoint<'a> {
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
    pub fn into_owned(self) -> ControllerEndpoint<'static> {
        ControllerEndpoint {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            security_protocol: self.security_protocol,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`RegisterControllerRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct ControllerFeature<'a> {
    pub name: Cow<'a, str>,
    pub min_supported_version: i16,
    pub max_supported_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ControllerFeature<'_> {
    fn default() -> Self {
        ControllerFeature {
            name: Cow::Borrowed(""),
            min_supported_version: 0,
            max_supported_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ControllerFeature<'a> {
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
    pub fn into_owned(self) -> ControllerFeature<'static> {
        ControllerFeature {
            name: Cow::Owned(self.name.into_owned()),
            min_supported_version: self.min_supported_version,
            max_supported_version: self.max_supported_version,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
