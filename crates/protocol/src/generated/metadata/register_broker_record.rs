//! `RegisterBrokerRecord` (key 0), versions 0 to 4.
//! Generated from `schema/metadata/RegisterBrokerRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterBrokerRecord<'a> {
    pub broker_id: i32,
    /// Versions 2+.
    pub is_migrating_zk_broker: bool,
    pub incarnation_id: Uuid,
    pub broker_epoch: i64,
    pub end_points: Vec<BrokerEndpoint<'a>>,
    pub features: Vec<BrokerFeature<'a>>,
    pub rack: Option<Cow<'a, str>>,
    /// Default true.
    pub fenced: bool,
    /// Versions 1+.
    pub in_controlled_shutdown: bool,
    /// Versions 3+; tag 0.
    pub log_dirs: Vec<Uuid>,
    /// Versions 4+; tag 1.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RegisterBrokerRecord<'_> {
    fn default() -> Self {
        RegisterBrokerRecord {
            broker_id: 0,
            is_migrating_zk_broker: false,
            incarnation_id: Uuid::ZERO,
            broker_epoch: 0,
            end_points: Vec::new(),
            features: Vec::new(),
            rack: Some(Cow::Borrowed("")),
            fenced: true,
            in_controlled_shutdown: false,
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RegisterBrokerRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RegisterBrokerRecord", version });
        }
        let broker_id = c.i32()?;
        let is_migrating_zk_broker = if version >= 2 { c.bool()? } else { false };
        let incarnation_id = c.uuid()?;
        let broker_epoch = c.i64()?;
        let end_points = c.array(true, 7, "endPoints", |c| BrokerEndpoint::decode(c, version))?;
        let features = c.array(true, 6, "features", |c| BrokerFeature::decode(c, version))?;
        let rack = c.nullable_string(true, "rack")?;
        let fenced = c.bool()?;
        let in_controlled_shutdown = if version >= 1 { c.bool()? } else { false };
        let mut log_dirs = Vec::new();
        let mut cordoned_log_dirs = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 if version >= 3 => log_dirs = c.array(true, 16, "logDirs", wire::Cursor::uuid)?,
                0 => return Err(wire::DecodeError::Tag { tag, version }),
                1 if version >= 4 => {
                    cordoned_log_dirs = c.nullable_array(true, 16, "cordonedLogDirs", wire::Cursor::uuid)?
                }
                1 => return Err(wire::DecodeError::Tag { tag, version }),
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self {
            broker_id,
            is_migrating_zk_broker,
            incarnation_id,
            broker_epoch,
            end_points,
            features,
            rack,
            fenced,
            in_controlled_shutdown,
            log_dirs,
            cordoned_log_dirs,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RegisterBrokerRecord", version });
        }
        w.i32(self.broker_id);
        if version >= 2 {
            w.bool(self.is_migrating_zk_broker);
        } else if self.is_migrating_zk_broker {
            return Err(wire::EncodeError::UnsupportedField { field: "isMigratingZkBroker", version });
        }
        w.uuid(self.incarnation_id);
        w.i64(self.broker_epoch);
        w.length(self.end_points.len(), true, "endPoints")?;
        for v in &self.end_points {
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
        w.bool(self.fenced);
        if version >= 1 {
            w.bool(self.in_controlled_shutdown);
        } else if self.in_controlled_shutdown {
            return Err(wire::EncodeError::UnsupportedField { field: "inControlledShutdown", version });
        }
        if !(version >= 3) && !self.log_dirs.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "logDirs", version });
        }
        if !(version >= 4) && self.cordoned_log_dirs.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "cordonedLogDirs", version });
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0, 1])?;
        }
        if version >= 3 && !self.log_dirs.is_empty() {
            tags += 1;
        }
        if version >= 4 && self.cordoned_log_dirs.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if version >= 3 && !self.log_dirs.is_empty() {
            let start = w.begin_tag(0);
            w.length(self.log_dirs.len(), true, "logDirs")?;
            for v in &self.log_dirs {
                w.uuid(*v);
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, 0, 1);
        if version >= 4 && self.cordoned_log_dirs.is_some() {
            let start = w.begin_tag(1);
            match &self.cordoned_log_dirs {
                Some(v) => {
                    w.length(v.len(), true, "cordonedLogDirs")?;
                    for v in v {
                        w.uuid(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, next, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RegisterBrokerRecord<'static> {
        RegisterBrokerRecord {
            broker_id: self.broker_id,
            is_migrating_zk_broker: self.is_migrating_zk_broker,
            incarnation_id: self.incarnation_id,
            broker_epoch: self.broker_epoch,
            end_points: self.end_points.into_iter().map(|v| v.into_owned()).collect(),
            features: self.features.into_iter().map(|v| v.into_owned()).collect(),
            rack: self.rack.map(|v| Cow::Owned(v.into_owned())),
            fenced: self.fenced,
            in_controlled_shutdown: self.in_controlled_shutdown,
            log_dirs: self.log_dirs,
            cordoned_log_dirs: self.cordoned_log_dirs,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RegisterBrokerRecord<'_> {
    const NAME: &'static str = "RegisterBrokerRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RegisterBrokerRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RegisterBrokerRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RegisterBrokerRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RegisterBrokerRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RegisterBrokerRecord::decode(c, version)
    }
}

/// A part of [`RegisterBrokerRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerEndpoint<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub security_protocol: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerEndpoint<'_> {
    fn default() -> Self {
        BrokerEndpoint {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            security_protocol: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> BrokerEndpoint<'a> {
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
    pub fn into_owned(self) -> BrokerEndpoint<'static> {
        BrokerEndpoint {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            security_protocol: self.security_protocol,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`RegisterBrokerRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerFeature<'a> {
    pub name: Cow<'a, str>,
    pub min_supported_version: i16,
    pub max_supported_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerFeature<'_> {
    fn default() -> Self {
        BrokerFeature {
            name: Cow::Borrowed(""),
            min_supported_version: 0,
            max_supported_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> BrokerFeature<'a> {
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
    pub fn into_owned(self) -> BrokerFeature<'static> {
        BrokerFeature {
            name: Cow::Owned(self.name.into_owned()),
            min_supported_version: self.min_supported_version,
            max_supported_version: self.max_supported_version,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
