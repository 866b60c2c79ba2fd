//! `DescribeClusterResponse` (key 60), versions 0 to 2.
//! Generated from `schema/rpc/DescribeClusterResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClusterResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    /// Versions 1+; default 1.
    pub endpoint_type: i8,
    pub cluster_id: Cow<'a, str>,
    /// Default -1.
    pub controller_id: i32,
    pub brokers: Vec<DescribeClusterBroker<'a>>,
    /// Default -2147483648.
    pub cluster_authorized_operations: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeClusterResponse<'_> {
    fn default() -> Self {
        DescribeClusterResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            endpoint_type: 1,
            cluster_id: Cow::Borrowed(""),
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeClusterResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeClusterResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let endpoint_type = if version >= 1 { c.i8()? } else { 1 };
        let cluster_id = c.string(true, "clusterId")?;
        let controller_id = c.i32()?;
        let brokers = c.array(true, if version >= 2 { 12 } else { 11 }, "brokers", |c| {
            DescribeClusterBroker::decode(c, version)
        })?;
        let cluster_authorized_operations = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            endpoint_type,
            cluster_id,
            controller_id,
            brokers,
            cluster_authorized_operations,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeClusterResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        if version >= 1 {
            w.i8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            return Err(wire::EncodeError::UnsupportedField { field: "endpointType", version });
        }
        w.string(&self.cluster_id, true, "clusterId")?;
        w.i32(self.controller_id);
        w.length(self.brokers.len(), true, "brokers")?;
        for v in &self.brokers {
            v.encode(w, version)?;
        }
        w.i32(self.cluster_authorized_operations);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeClusterResponse<'static> {
        DescribeClusterResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            endpoint_type: self.endpoint_type,
            cluster_id: Cow::Owned(self.cluster_id.into_owned()),
            controller_id: self.controller_id,
            brokers: self.brokers.into_iter().map(|v| v.into_owned()).collect(),
            cluster_authorized_operations: self.cluster_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeClusterResponse<'_> {
    const NAME: &'static str = "DescribeClusterResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeClusterResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeClusterResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeClusterResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeClusterResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeClusterResponse::decode(c, version)
    }
}

/// A part of [`DescribeClusterResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClusterBroker<'a> {
    pub broker_id: i32,
    pub host: Cow<'a, str>,
    pub port: i32,
    pub rack: Option<Cow<'a, str>>,
    /// Versions 2+.
    pub is_fenced: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeClusterBroker<'_> {
    fn default() -> Self {
        DescribeClusterBroker {
            broker_id: 0,
            host: Cow::Borrowed(""),
            port: 0,
            rack: None,
            is_fenced: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeClusterBroker<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let broker_id = c.i32()?;
        let host = c.string(true, "host")?;
        let port = c.i32()?;
        let rack = c.nullable_string(true, "rack")?;
        let is_fenced = if version >= 2 { c.bool()? } else { false };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { broker_id, host, port, rack, is_fenced, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.broker_id);
        w.string(&self.host, true, "host")?;
        w.i32(self.port);
        match &self.rack {
            Some(v) => {
                w.string(v, true, "rack")?;
            }
            None => w.null_string(true),
        }
        if version >= 2 {
            w.bool(self.is_fenced);
        } else if self.is_fenced {
            return Err(wire::EncodeError::UnsupportedField { field: "isFenced", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeClusterBroker<'static> {
        DescribeClusterBroker {
            broker_id: self.broker_id,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            rack: self.rack.map(|v| Cow::Owned(v.into_owned())),
            is_fenced: self.is_fenced,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
