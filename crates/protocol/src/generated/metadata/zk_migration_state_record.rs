//! `ZkMigrationStateRecord` (key 21), versions 0 to 0.
//! Generated from `schema/metadata/ZkMigrationStateRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ZkMigrationStateRecord {
    pub zk_migration_state: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ZkMigrationStateRecord {
    fn default() -> Self {
        ZkMigrationStateRecord { zk_migration_state: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl ZkMigrationStateRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ZkMigrationStateRecord", version });
        }
        let zk_migration_state = c.i8()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { zk_migration_state, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ZkMigrationStateRecord", version });
        }
        w.i8(self.zk_migration_state);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for ZkMigrationStateRecord {
    const NAME: &'static str = "ZkMigrationStateRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ZkMigrationStateRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ZkMigrationStateRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ZkMigrationStateRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ZkMigrationStateRecord::decode(c, version)
    }
}
