//! `UpdateRaftVoterRequest` (key 82), versions 0 to 0.
//! Generated from `schema/rpc/UpdateRaftVoterRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateRaftVoterRequest<'a> {
    pub cluster_id: Option<Cow<'a, str>>,
    pub current_leader_epoch: i32,
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
    pub listeners: Vec<Listener<'a>>,
    pub k_raft_version_feature: KRaftVersionFeature,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for UpdateRaftVoterRequest<'_> {
    fn default() -> Self {
        UpdateRaftVoterRequest {
            cluster_id: Some(Cow::Borrowed("")),
            current_leader_epoch: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            k_raft_version_feature: KRaftVersionFeature::default(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> UpdateRaftVoterRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "UpdateRaftVoterRequest", version });
        }
        let cluster_id = c.nullable_string(true, "clusterId")?;
        let current_leader_epoch = c.i32()?;
        let voter_id = c.i32()?;
        let voter_directory_id = c.uuid()?;
        let listeners = c.array(true, 5, "listeners", |c| Listener::decode(c, version))?;
        let k_raft_version_feature = KRaftVersionFeature::decode(c, version)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            cluster_id,
            current_leader_epoch,
            voter_id,
            voter_directory_id,
            listeners,
            k_raft_version_feature,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "UpdateRaftVoterRequest", version });
        }
        match &self.cluster_id {
            Some(v) => {
                w.string(v, true, "clusterId")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.current_leader_epoch);
        w.i32(self.voter_id);
        w.uuid(self.voter_directory_id);
        w.length(self.listeners.len(), true, "listeners")?;
        for v in &self.listeners {
            v.encode(w, version)?;
        }
        self.k_raft_version_feature.encode(w, version)?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> UpdateRaftVoterRequest<'static> {
        UpdateRaftVoterRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            current_leader_epoch: self.current_leader_epoch,
            voter_id: self.voter_id,
            voter_directory_id: self.voter_directory_id,
            listeners: self.listeners.into_iter().map(|v| v.into_owned()).collect(),
            k_raft_version_feature: self.k_raft_version_feature,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for UpdateRaftVoterRequest<'_> {
    const NAME: &'static str = "UpdateRaftVoterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = UpdateRaftVoterRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        UpdateRaftVoterRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        UpdateRaftVoterRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for UpdateRaftVoterRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        UpdateRaftVoterRequest::decode(c, version)
    }
}

impl crate::Request for UpdateRaftVoterRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::UpdateRaftVoter;
    type Response<'r> = crate::UpdateRaftVoterResponse<'r>;
    type OwnedResponse = crate::UpdateRaftVoterResponse<'static>;
}

/// A part of [`UpdateRaftVoterRequest`].
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

/// A part of [`UpdateRaftVoterRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct KRaftVersionFeature {
    pub min_supported_version: i16,
    pub max_supported_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for KRaftVersionFeature {
    fn default() -> Self {
        KRaftVersionFeature {
            min_supported_version: 0,
            max_supported_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl KRaftVersionFeature {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let min_supported_version = c.i16()?;
        let max_supported_version = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { min_supported_version, max_supported_version, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i16(self.min_supported_version);
        w.i16(self.max_supported_version);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
