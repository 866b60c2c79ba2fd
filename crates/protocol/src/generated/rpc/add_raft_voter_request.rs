//! `AddRaftVoterRequest` (key 80), versions 0 to 1.
//! Generated from `schema/rpc/AddRaftVoterRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AddRaftVoterRequest<'a> {
    pub cluster_id: Option<Cow<'a, str>>,
    pub timeout_ms: i32,
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
    pub listeners: Vec<Listener<'a>>,
    /// Versions 1+; default true.
    pub ack_when_committed: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddRaftVoterRequest<'_> {
    fn default() -> Self {
        AddRaftVoterRequest {
            cluster_id: Some(Cow::Borrowed("")),
            timeout_ms: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            ack_when_committed: true,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddRaftVoterRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AddRaftVoterRequest", version });
        }
        let cluster_id = c.nullable_string(true, "clusterId")?;
        let timeout_ms = c.i32()?;
        let voter_id = c.i32()?;
        let voter_directory_id = c.uuid()?;
        let listeners = c.array(true, 5, "listeners", |c| Listener::decode(c, version))?;
        let ack_when_committed = if version >= 1 { c.bool()? } else { true };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            cluster_id,
            timeout_ms,
            voter_id,
            voter_directory_id,
            listeners,
            ack_when_committed,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AddRaftVoterRequest", version });
        }
        match &self.cluster_id {
            Some(v) => {
                w.string(v, true, "clusterId")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.timeout_ms);
        w.i32(self.voter_id);
        w.uuid(self.voter_directory_id);
        w.length(self.listeners.len(), true, "listeners")?;
        for v in &self.listeners {
            v.encode(w, version)?;
        }
        if version >= 1 {
            w.bool(self.ack_when_committed);
        } else if !self.ack_when_committed {
            return Err(wire::EncodeError::UnsupportedField { field: "ackWhenCommitted", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddRaftVoterRequest<'static> {
        AddRaftVoterRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            timeout_ms: self.timeout_ms,
            voter_id: self.voter_id,
            voter_directory_id: self.voter_directory_id,
            listeners: self.listeners.into_iter().map(|v| v.into_owned()).collect(),
            ack_when_committed: self.ack_when_committed,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AddRaftVoterRequest<'_> {
    const NAME: &'static str = "AddRaftVoterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AddRaftVoterRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AddRaftVoterRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AddRaftVoterRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AddRaftVoterRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AddRaftVoterRequest::decode(c, version)
    }
}

impl crate::Request for AddRaftVoterRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AddRaftVoter;
    type Response<'r> = crate::AddRaftVoterResponse<'r>;
    type OwnedResponse = crate::AddRaftVoterResponse<'static>;
}

/// A part of [`AddRaftVoterRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct Listener<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Listener<'_> {
    fn default() -> Self {
        Listener {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Listener<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let host = c.string(true, "host")?;
        let port = c.u16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, host, port, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.string(&self.host, true, "host")?;
        w.u16(self.port);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Listener<'static> {
        Listener {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
