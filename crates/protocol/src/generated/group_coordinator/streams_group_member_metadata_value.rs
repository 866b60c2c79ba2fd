//! `StreamsGroupMemberMetadataValue` (key 19), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupMemberMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupMemberMetadataValue<'a> {
    pub instance_id: Option<Cow<'a, str>>,
    pub rack_id: Option<Cow<'a, str>>,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    /// Default -1.
    pub rebalance_timeout_ms: i32,
    pub topology_epoch: i32,
    pub process_id: Cow<'a, str>,
    pub user_endpoint: Option<Endpoint<'a>>,
    pub client_tags: Vec<KeyValue<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupMemberMetadataValue<'_> {
    fn default() -> Self {
        StreamsGroupMemberMetadataValue {
            instance_id: Some(Cow::Borrowed("")),
            rack_id: Some(Cow::Borrowed("")),
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            rebalance_timeout_ms: -1,
            topology_epoch: 0,
            process_id: Cow::Borrowed(""),
            user_endpoint: None,
            client_tags: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupMemberMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupMemberMetadataValue", version });
        }
        let instance_id = c.nullable_string(true, "instanceId")?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let client_id = c.string(true, "clientId")?;
        let client_host = c.string(true, "clientHost")?;
        let rebalance_timeout_ms = c.i32()?;
        let topology_epoch = c.i32()?;
        let process_id = c.string(true, "processId")?;
        let user_endpoint = if c.struct_present()? { Some(Endpoint::decode(c, version)?) } else { None };
        let client_tags = c.array(true, 3, "clientTags", |c| KeyValue::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            rebalance_timeout_ms,
            topology_epoch,
            process_id,
            user_endpoint,
            client_tags,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupMemberMetadataValue", version });
        }
        match &self.instance_id {
            Some(v) => {
                w.string(v, true, "instanceId")?;
            }
            None => w.null_string(true),
        }
        match &self.rack_id {
            Some(v) => {
                w.string(v, true, "rackId")?;
            }
            None => w.null_string(true),
        }
        w.string(&self.client_id, true, "clientId")?;
        w.string(&self.client_host, true, "clientHost")?;
        w.i32(self.rebalance_timeout_ms);
        w.i32(self.topology_epoch);
        w.string(&self.process_id, true, "processId")?;
        match &self.user_endpoint {
            Some(v) => {
                w.i8(1);
                v.encode(w, version)?;
            }
            None => w.null_struct(false),
        }
        w.length(self.client_tags.len(), true, "clientTags")?;
        for v in &self.client_tags {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupMemberMetadataValue<'static> {
        StreamsGroupMemberMetadataValue {
            instance_id: self.instance_id.map(|v| Cow::Owned(v.into_owned())),
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            topology_epoch: self.topology_epoch,
            process_id: Cow::Owned(self.process_id.into_owned()),
            user_endpoint: self.user_endpoint.map(|v| v.into_owned()),
            client_tags: self.client_tags.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupMemberMetadataValue<'_> {
    const NAME: &'static str = "StreamsGroupMemberMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupMemberMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupMemberMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupMemberMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupMemberMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupMemberMetadataValue::decode(c, version)
    }
}

/// A part of [`StreamsGroupMemberMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint<'a> {
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Endpoint<'_> {
    fn default() -> Self {
        Endpoint { host: Cow::Borrowed(""), port: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> Endpoint<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let host = c.string(true, "host")?;
        let port = c.u16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { host, port, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.host, true, "host")?;
        w.u16(self.port);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Endpoint<'static> {
        Endpoint {
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupMemberMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct KeyValue<'a> {
    pub key: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for KeyValue<'_> {
    fn default() -> Self {
        KeyValue {
            key: Cow::Borrowed(""),
            value: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> KeyValue<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let key = c.string(true, "key")?;
        let value = c.string(true, "value")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { key, value, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.key, true, "key")?;
        w.string(&self.value, true, "value")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> KeyValue<'static> {
        KeyValue {
            key: Cow::Owned(self.key.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
