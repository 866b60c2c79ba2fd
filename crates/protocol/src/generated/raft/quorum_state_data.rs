//! `QuorumStateData`, versions 0 to 1.
//! Generated from `schema/raft/QuorumStateData.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct QuorumStateData<'a> {
    /// Version 0.
    pub cluster_id: Cow<'a, str>,
    /// Default -1.
    pub leader_id: i32,
    /// Default -1.
    pub leader_epoch: i32,
    /// Default -1.
    pub voted_id: i32,
    /// Versions 1+.
    pub voted_directory_id: Uuid,
    /// Version 0.
    pub applied_offset: i64,
    /// Version 0.
    pub current_voters: Option<Vec<Voter>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for QuorumStateData<'_> {
    fn default() -> Self {
        QuorumStateData {
            cluster_id: Cow::Borrowed(""),
            leader_id: -1,
            leader_epoch: -1,
            voted_id: -1,
            voted_directory_id: Uuid::ZERO,
            applied_offset: 0,
            current_voters: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> QuorumStateData<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "QuorumStateData", version });
        }
        let cluster_id = if version <= 0 { c.string(true, "clusterId")? } else { Cow::Borrowed("") };
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let voted_id = c.i32()?;
        let voted_directory_id = if version >= 1 { c.uuid()? } else { Uuid::ZERO };
        let applied_offset = if version <= 0 { c.i64()? } else { 0 };
        let current_voters = if version <= 0 {
            c.nullable_array(true, 5, "currentVoters", |c| Voter::decode(c, version))?
        } else {
            Some(Vec::new())
        };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            cluster_id,
            leader_id,
            leader_epoch,
            voted_id,
            voted_directory_id,
            applied_offset,
            current_voters,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "QuorumStateData", version });
        }
        if version <= 0 {
            w.string(&self.cluster_id, true, "clusterId")?;
        } else if !self.cluster_id.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "clusterId", version });
        }
        w.i32(self.leader_id);
        w.i32(self.leader_epoch);
        w.i32(self.voted_id);
        if version >= 1 {
            w.uuid(self.voted_directory_id);
        } else if self.voted_directory_id != Uuid::ZERO {
            return Err(wire::EncodeError::UnsupportedField { field: "votedDirectoryId", version });
        }
        if version <= 0 {
            w.i64(self.applied_offset);
        } else if self.applied_offset != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "appliedOffset", version });
        }
        if version <= 0 {
            match &self.current_voters {
                Some(v) => {
                    w.length(v.len(), true, "currentVoters")?;
                    for v in v {
                        v.encode(w, version)?;
                    }
                }
                None => w.null_length(true),
            }
        } else if self.current_voters.as_ref().is_none_or(|v| !v.is_empty()) {
            return Err(wire::EncodeError::UnsupportedField { field: "currentVoters", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> QuorumStateData<'static> {
        QuorumStateData {
            cluster_id: Cow::Owned(self.cluster_id.into_owned()),
            leader_id: self.leader_id,
            leader_epoch: self.leader_epoch,
            voted_id: self.voted_id,
            voted_directory_id: self.voted_directory_id,
            applied_offset: self.applied_offset,
            current_voters: self.current_voters,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for QuorumStateData<'_> {
    const NAME: &'static str = "QuorumStateData";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = QuorumStateData<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        QuorumStateData::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        QuorumStateData::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for QuorumStateData<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        QuorumStateData::decode(c, version)
    }
}

/// A part of [`QuorumStateData`].
#[derive(Debug, Clone, PartialEq)]
pub struct Voter {
    pub voter_id: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Voter {
    fn default() -> Self {
        Voter { voter_id: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl Voter {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let voter_id = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { voter_id, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.voter_id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
