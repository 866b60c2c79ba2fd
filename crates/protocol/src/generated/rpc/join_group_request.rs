//! `JoinGroupRequest` (key 11), versions 0 to 9.
//! Generated from `schema/rpc/JoinGroupRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 9, flexible since 6.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroupRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub session_timeout_ms: i32,
    /// Versions 1+; default -1.
    pub rebalance_timeout_ms: i32,
    pub member_id: Cow<'a, str>,
    /// Versions 5+.
    pub group_instance_id: Option<Cow<'a, str>>,
    pub protocol_type: Cow<'a, str>,
    pub protocols: Vec<JoinGroupRequestProtocol<'a>>,
    /// Versions 8+.
    pub reason: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for JoinGroupRequest<'_> {
    fn default() -> Self {
        JoinGroupRequest {
            group_id: Cow::Borrowed(""),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            protocol_type: Cow::Borrowed(""),
            protocols: Vec::new(),
            reason: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> JoinGroupRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=9).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "JoinGroupRequest", version });
        }
        let flexible = version >= 6;
        let group_id = c.string(flexible, "groupId")?;
        let session_timeout_ms = c.i32()?;
        let rebalance_timeout_ms = if version >= 1 { c.i32()? } else { -1 };
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 5 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let protocol_type = c.string(flexible, "protocolType")?;
        let protocols = c.array(flexible, if version >= 6 { 3 } else { 6 }, "protocols", |c| {
            JoinGroupRequestProtocol::decode(c, version)
        })?;
        let reason = if version >= 8 { c.nullable_string(flexible, "reason")? } else { None };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            group_id,
            session_timeout_ms,
            rebalance_timeout_ms,
            member_id,
            group_instance_id,
            protocol_type,
            protocols,
            reason,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        if !(0..=9).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "JoinGroupRequest", version });
        }
        w.string(&self.group_id, flexible, "groupId")?;
        w.i32(self.session_timeout_ms);
        if version >= 1 {
            w.i32(self.rebalance_timeout_ms);
        }
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 5 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.group_instance_id.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "groupInstanceId", version });
        }
        w.string(&self.protocol_type, flexible, "protocolType")?;
        w.length(self.protocols.len(), flexible, "protocols")?;
        for v in &self.protocols {
            v.encode(w, version)?;
        }
        if version >= 8 {
            match &self.reason {
                Some(v) => {
                    w.string(v, flexible, "reason")?;
                }
                None => w.null_string(flexible),
            }
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> JoinGroupRequest<'static> {
        JoinGroupRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            session_timeout_ms: self.session_timeout_ms,
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            protocol_type: Cow::Owned(self.protocol_type.into_owned()),
            protocols: self.protocols.into_iter().map(|v| v.into_owned()).collect(),
            reason: self.reason.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for JoinGroupRequest<'_> {
    const NAME: &'static str = "JoinGroupRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 9;
    const FLEXIBLE_SINCE: Option<i16> = Some(6);
    type Owned = JoinGroupRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        JoinGroupRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        JoinGroupRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for JoinGroupRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        JoinGroupRequest::decode(c, version)
    }
}

impl crate::Request for JoinGroupRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::JoinGroup;
    type Response<'r> = crate::JoinGroupResponse<'r>;
    type OwnedResponse = crate::JoinGroupResponse<'static>;
}

/// A part of [`JoinGroupRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroupRequestProtocol<'a> {
    pub name: Cow<'a, str>,
    pub metadata: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for JoinGroupRequestProtocol<'_> {
    fn default() -> Self {
        JoinGroupRequestProtocol {
            name: Cow::Borrowed(""),
            metadata: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> JoinGroupRequestProtocol<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let name = c.string(flexible, "name")?;
        let metadata = c.bytes(flexible, "metadata")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, metadata, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.string(&self.name, flexible, "name")?;
        w.bytes(&self.metadata, flexible, "metadata")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> JoinGroupRequestProtocol<'static> {
        JoinGroupRequestProtocol {
            name: Cow::Owned(self.name.into_owned()),
            metadata: Cow::Owned(self.metadata.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
