//! `VotersRecord`, versions 0 to 0.
//! Generated from `schema/data/VotersRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct VotersRecord<'a> {
    pub version: i16,
    pub voters: Vec<Voter<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for VotersRecord<'_> {
    fn default() -> Self {
        VotersRecord { version: 0, voters: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> VotersRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "VotersRecord", version });
        }
        let version_ = c.i16()?;
        let voters = c.array(true, 27, "voters", |c| Voter::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { version: version_, voters, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "VotersRecord", version });
        }
        w.i16(self.version);
        w.length(self.voters.len(), true, "voters")?;
        for v in &self.voters {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> VotersRecord<'static> {
        VotersRecord {
            version: self.version,
            voters: self.voters.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for VotersRecord<'_> {
    const NAME: &'static str = "VotersRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = VotersRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        VotersRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        VotersRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for VotersRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        VotersRecord::decode(c, version)
    }
}

/// A part of [`VotersRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct Voter<'a> {
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
    pub endpoints: Vec<Endpoint<'a>>,
    pub k_raft_version_feature: KRaftVersionFeature,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Voter<'_> {
    fn default() -> Self {
        Voter {
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            endpoints: Vec::new(),
            k_raft_version_feature: KRaftVersionFeature::default(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Voter<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let voter_id = c.i32()?;
        let voter_directory_id = c.uuid()?;
        let endpoints = c.array(true, 5, "endpoints", |c| Endpoint::decode(c, version))?;
        let k_raft_version_feature = KRaftVersionFeature::decode(c, version)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { voter_id, voter_directory_id, endpoints, k_raft_version_feature, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.voter_id);
        w.uuid(self.voter_directory_id);
        w.length(self.endpoints.len(), true, "endpoints")?;
        for v in &self.endpoints {
            v.encode(w, version)?;
        }
        self.k_raft_version_feature.encode(w, version)?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Voter<'static> {
        Voter {
            voter_id: self.voter_id,
            voter_directory_id: self.voter_directory_id,
            endpoints: self.endpoints.into_iter().map(|v| v.into_owned()).collect(),
            k_raft_version_feature: self.k_raft_version_feature,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`VotersRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint<'a> {
    pub name: Cow<'a, str>,
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Endpoint<'_> {
    fn default() -> Self {
        Endpoint {
            name: Cow::Borrowed(""),
            host: Cow::Borrowed(""),
            port: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Endpoint<'a> {
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
    pub fn into_owned(self) -> Endpoint<'static> {
        Endpoint {
            name: Cow::Owned(self.name.into_owned()),
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`VotersRecord`].
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
