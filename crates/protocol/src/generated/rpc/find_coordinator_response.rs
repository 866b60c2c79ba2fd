//! `FindCoordinatorResponse` (key 10), versions 0 to 6.
//! Generated from `schema/rpc/FindCoordinatorResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 6, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct FindCoordinatorResponse<'a> {
    /// Versions 1+.
    pub throttle_time_ms: i32,
    /// Versions 0 to 3.
    pub error_code: i16,
    /// Versions 1 to 3.
    pub error_message: Option<Cow<'a, str>>,
    /// Versions 0 to 3.
    pub node_id: i32,
    /// Versions 0 to 3.
    pub host: Cow<'a, str>,
    /// Versions 0 to 3.
    pub port: i32,
    /// Versions 4+.
    pub coordinators: Vec<Coordinator<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FindCoordinatorResponse<'_> {
    fn default() -> Self {
        FindCoordinatorResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            node_id: 0,
            host: Cow::Borrowed(""),
            port: 0,
            coordinators: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FindCoordinatorResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "FindCoordinatorResponse", version });
        }
        let flexible = version >= 3;
        let throttle_time_ms = if version >= 1 { c.i32()? } else { 0 };
        let error_code = if version <= 3 { c.i16()? } else { 0 };
        let error_message = if (1..=3).contains(&version) {
            c.nullable_string(flexible, "errorMessage")?
        } else {
            Some(Cow::Borrowed(""))
        };
        let node_id = if version <= 3 { c.i32()? } else { 0 };
        let host = if version <= 3 { c.string(flexible, "host")? } else { Cow::Borrowed("") };
        let port = if version <= 3 { c.i32()? } else { 0 };
        let coordinators = if version >= 4 {
            c.array(flexible, 14, "coordinators", |c| Coordinator::decode(c, version))?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            node_id,
            host,
            port,
            coordinators,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "FindCoordinatorResponse", version });
        }
        if version >= 1 {
            w.i32(self.throttle_time_ms);
        }
        if version <= 3 {
            w.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "errorCode", version });
        }
        if (1..=3).contains(&version) {
            match &self.error_message {
                Some(v) => {
                    w.string(v, flexible, "errorMessage")?;
                }
                None => w.null_string(flexible),
            }
        }
        if version <= 3 {
            w.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "nodeId", version });
        }
        if version <= 3 {
            w.string(&self.host, flexible, "host")?;
        } else if !self.host.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "host", version });
        }
        if version <= 3 {
            w.i32(self.port);
        } else if self.port != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "port", version });
        }
        if version >= 4 {
            w.length(self.coordinators.len(), flexible, "coordinators")?;
            for v in &self.coordinators {
                v.encode(w, version)?;
            }
        } else if !self.coordinators.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "coordinators", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FindCoordinatorResponse<'static> {
        FindCoordinatorResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            node_id: self.node_id,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            coordinators: self.coordinators.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for FindCoordinatorResponse<'_> {
    const NAME: &'static str = "FindCoordinatorResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = FindCoordinatorResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        FindCoordinatorResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        FindCoordinatorResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for FindCoordinatorResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        FindCoordinatorResponse::decode(c, version)
    }
}

/// A part of [`FindCoordinatorResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinator<'a> {
    pub key: Cow<'a, str>,
    pub node_id: i32,
    pub host: Cow<'a, str>,
    pub port: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Coordinator<'_> {
    fn default() -> Self {
        Coordinator {
            key: Cow::Borrowed(""),
            node_id: 0,
            host: Cow::Borrowed(""),
            port: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Coordinator<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let key = c.string(true, "key")?;
        let node_id = c.i32()?;
        let host = c.string(true, "host")?;
        let port = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { key, node_id, host, port, error_code, error_message, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.key, true, "key")?;
        w.i32(self.node_id);
        w.string(&self.host, true, "host")?;
        w.i32(self.port);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Coordinator<'static> {
        Coordinator {
            key: Cow::Owned(self.key.into_owned()),
            node_id: self.node_id,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
