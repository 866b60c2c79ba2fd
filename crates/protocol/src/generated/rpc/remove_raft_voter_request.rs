//! `RemoveRaftVoterRequest` (key 81), versions 0 to 0.
//! Generated from `schema/rpc/RemoveRaftVoterRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveRaftVoterRequest<'a> {
    pub cluster_id: Option<Cow<'a, str>>,
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for RemoveRaftVoterRequest<'_> {
    fn default() -> Self {
        RemoveRaftVoterRequest {
            cluster_id: Some(Cow::Borrowed("")),
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> RemoveRaftVoterRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "RemoveRaftVoterRequest", version });
        }
        let cluster_id = c.nullable_string(true, "clusterId")?;
        let voter_id = c.i32()?;
        let voter_directory_id = c.uuid()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { cluster_id, voter_id, voter_directory_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "RemoveRaftVoterRequest", version });
        }
        match &self.cluster_id {
            Some(v) => {
                w.string(v, true, "clusterId")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.voter_id);
        w.uuid(self.voter_directory_id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoveRaftVoterRequest<'static> {
        RemoveRaftVoterRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            voter_id: self.voter_id,
            voter_directory_id: self.voter_directory_id,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for RemoveRaftVoterRequest<'_> {
    const NAME: &'static str = "RemoveRaftVoterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = RemoveRaftVoterRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        RemoveRaftVoterRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        RemoveRaftVoterRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for RemoveRaftVoterRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        RemoveRaftVoterRequest::decode(c, version)
    }
}

impl crate::Request for RemoveRaftVoterRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::RemoveRaftVoter;
    type Response<'r> = crate::RemoveRaftVoterResponse<'r>;
    type OwnedResponse = crate::RemoveRaftVoterResponse<'static>;
}
