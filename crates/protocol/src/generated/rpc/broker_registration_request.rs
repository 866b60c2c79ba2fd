//! `BrokerRegistrationRequest` (key 62), versions 0 to 4.
//! Generated from `schema/rpc/BrokerRegistrationRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerRegistrationRequest<'a> {
    pub broker_id: i32,
    pub cluster_id: Cow<'a, str>,
    pub incarnation_id: Uuid,
    pub listeners: Vec<Listener<'a>>,
    pub features: Vec<Feature<'a>>,
    pub rack: Option<Cow<'a, str>>,
    /// Versions 1+.
    pub is_migrating_zk_broker: bool,
    /// Versions 2+.
    pub log_dirs: Vec<Uuid>,
    /// Versions 3+; default -1.
    pub previous_broker_epoch: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerRegistrationRequest<'_> {
    fn default() -> Self {
        BrokerRegistrationRequest {
            broker_id: 0,
            cluster_id: Cow::Borrowed(""),
            incarnation_id: Uuid::ZERO,
            listeners: Vec::new(),
            features: Vec::new(),
            rack: Some(Cow::Borrowed("")),
            is_migrating_zk_broker: false,
            log_dirs: Vec::new(),
            previous_broker_epoch: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> BrokerRegistrationRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "BrokerRegistrationRequest", version });
        }
        let broker_id = c.i32()?;
        let cluster_id = c.string(true, "clusterId")?;
        let incarnation_id = c.uuid()?;
        let listeners = c.array(true, 7, "listeners", |c| Listener::decode(c, version))?;
        let features = c.array(true, 6, "features", |c| Feature::decode(c, version))?;
        let rack = c.nullable_string(true, "rack")?;
        let is_migrating_zk_broker = if version >= 1 { c.bool()? } else { false };
        let log_dirs = if version >= 2 { c.array(true, 16, "logDirs", wire::Cursor::uuid)? } else { Vec::new() };
        let previous_broker_epoch = if version >= 3 { c.i64()? } else { -1 };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            broker_id,
            cluster_id,
            incarnation_id,
            listeners,
            features,
            rack,
            is_migrating_zk_broker,
            log_dirs,
            previous_broker_epoch,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "BrokerRegistrationRequest", version });
        }
        w.i32(self.broker_id);
        w.string(&self.cluster_id, true, "clusterId")?;
        w.uuid(self.incarnation_id);
        w.length(self.listeners.len(), true, "listeners")?;
        for v in &self.listeners {
            v.encode(w, version)?;
        }
        w.length(self.features.len(), true, "features")?;
        for v in &self.features {
            v.encode(w, version)?;
        }
        match &self.rack {
            Some(v) => {
                w.string(v, true, "rack")?;
            }
            None => w.null_string(true),
        }
        if version >= 1 {
            w.bool(self.is_migrating_zk_broker);
        } else if self.is_migrating_zk_broker {
            return Err(wire::EncodeError::UnsupportedField { field: "isMigratingZkBroker", version });
        }
        if version >= 2 {
            w.length(self.log_dirs.len(), true, "logDirs")?;
            for v in &self.log_dirs {
                w.uuid(*v);
            }
        }
        if version >= 3 {
            w.i64(self.previous_broker_epoch);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> BrokerRegistrationRequest<'static> {
        BrokerRegistrationRequest {
            broker_id: self.broker_id,
            cluster_id: Cow::Owned(self.cluster_id.into_owned()),
            incarnation_id: self.incarnation_id,
            listeners: self.listeners.into_iter().map(|v| v.into_owned()).collect(),
            features: self.features.into_iter().map(|v| v.into_owned()).collect(),
            rack: self.rack.map(|v| Cow::Owned(v.into_owned())),
            is_migrating_zk_broker: self.is_migrating_zk_broker,
            log_dirs: self.log_dirs,
            previous_broker_epoch: self.previous_broker_epoch,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for BrokerRegistrationRequest<'_> {
    const NAME: &'static str = "BrokerRegistrationRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = BrokerRegistrationRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        BrokerRegistrationRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        BrokerRegistrationRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for BrokerRegistrationRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        BrokerRegistrationRequest::decode(c, version)
    }
}

impl crate::Request for BrokerRegistrationRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::BrokerRegistration;
    type Response<'r> = crate::BrokerRegistrationResponse;
    type OwnedResponse = crate::BrokerRegistrationResponse;
}

/// A part of [`BrokerRegistrationRequest`].
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

/// A part of [`BrokerRegistrationRequest`].
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
