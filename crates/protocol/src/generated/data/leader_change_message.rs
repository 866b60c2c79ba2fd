//! `LeaderChangeMessage`, versions 0 to 1.
//! Generated from `schema/data/LeaderChangeMessage.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderChangeMessage {
    pub version: i16,
    pub leader_id: i32,
    pub voters: Vec<Voter>,
    pub granting_voters: Vec<Voter>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for LeaderChangeMessage {
    fn default() -> Self {
        LeaderChangeMessage {
            version: 0,
            leader_id: 0,
            voters: Vec::new(),
            granting_voters: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl LeaderChangeMessage {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "LeaderChangeMessage", version });
        }
        let version_ = c.i16()?;
        let leader_id = c.i32()?;
        let voters = c.array(true, if version >= 1 { 21 } else { 5 }, "voters", |c| Voter::decode(c, version))?;
        let granting_voters =
            c.array(true, if version >= 1 { 21 } else { 5 }, "grantingVoters", |c| Voter::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { version: version_, leader_id, voters, granting_voters, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "LeaderChangeMessage", version });
        }
        w.i16(self.version);
        w.i32(self.leader_id);
        w.length(self.voters.len(), true, "voters")?;
        for v in &self.voters {
            v.encode(w, version)?;
        }
        w.length(self.granting_voters.len(), true, "grantingVoters")?;
        for v in &self.granting_voters {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for LeaderChangeMessage {
    const NAME: &'static str = "LeaderChangeMessage";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = LeaderChangeMessage;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        LeaderChangeMessage::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for LeaderChangeMessage {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        LeaderChangeMessage::decode(c, version)
    }
}

/// A part of [`LeaderChangeMessage`].
#[derive(Debug, Clone, PartialEq)]
pub struct Voter {
    pub voter_id: i32,
    /// Versions 1+.
    pub voter_directory_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Voter {
    fn default() -> Self {
        Voter {
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl Voter {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let voter_id = c.i32()?;
        let voter_directory_id = if version >= 1 { c.uuid()? } else { Uuid::ZERO };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { voter_id, voter_directory_id, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.voter_id);
        if version >= 1 {
            w.uuid(self.voter_directory_id);
        } else if self.voter_directory_id != Uuid::ZERO {
            return Err(wire::EncodeError::UnsupportedField { field: "voterDirectoryId", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
