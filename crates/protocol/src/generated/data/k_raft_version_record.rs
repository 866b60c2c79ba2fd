//! `KRaftVersionRecord`, versions 0 to 0.
//! Generated from `schema/data/KRaftVersionRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct KRaftVersionRecord {
    pub version: i16,
    pub k_raft_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for KRaftVersionRecord {
    fn default() -> Self {
        KRaftVersionRecord {
            version: 0,
            k_raft_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl KRaftVersionRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "KRaftVersionRecord", version });
        }
        let version_ = c.i16()?;
        let k_raft_version = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { version: version_, k_raft_version, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "KRaftVersionRecord", version });
        }
        w.i16(self.version);
        w.i16(self.k_raft_version);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for KRaftVersionRecord {
    const NAME: &'static str = "KRaftVersionRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = KRaftVersionRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        KRaftVersionRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for KRaftVersionRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        KRaftVersionRecord::decode(c, version)
    }
}
