//! `PartitionChangeRecord` (key 5), versions 0 to 2.
//! Generated from `schema/metadata/PartitionChangeRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionChangeRecord {
    /// Default -1.
    pub partition_id: i32,
    pub topic_id: Uuid,
    /// Tag 0.
    pub isr: Option<Vec<i32>>,
    /// Tag 1; default -2.
    pub leader: i32,
    /// Tag 2.
    pub replicas: Option<Vec<i32>>,
    /// Tag 3.
    pub removing_replicas: Option<Vec<i32>>,
    /// Tag 4.
    pub adding_replicas: Option<Vec<i32>>,
    /// Tag 5; default -1.
    pub leader_recovery_state: i8,
    /// Versions 1+; tag 8.
    pub directories: Option<Vec<Uuid>>,
    /// Versions 2+; tag 6.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// Versions 2+; tag 7.
    pub last_known_elr: Option<Vec<i32>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionChangeRecord {
    fn default() -> Self {
        PartitionChangeRecord {
            partition_id: -1,
            topic_id: Uuid::ZERO,
            isr: None,
            leader: -2,
            replicas: None,
            removing_replicas: None,
            adding_replicas: None,
            leader_recovery_state: -1,
            directories: None,
            eligible_leader_replicas: None,
            last_known_elr: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionChangeRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "PartitionChangeRecord", version });
        }
        let partition_id = c.i32()?;
        let topic_id = c.uuid()?;
        let mut isr = None;
        let mut leader = -2;
        let mut replicas = None;
        let mut removing_replicas = None;
        let mut adding_replicas = None;
        let mut leader_recovery_state = -1;
        let mut directories = None;
        let mut eligible_leader_replicas = None;
        let mut last_known_elr = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => isr = c.nullable_array(true, 4, "isr", wire::Cursor::i32)?,
                1 => leader = c.i32()?,
                2 => replicas = c.nullable_array(true, 4, "replicas", wire::Cursor::i32)?,
                3 => removing_replicas = c.nullable_array(true, 4, "removingReplicas", wire::Cursor::i32)?,
                4 => adding_replicas = c.nullable_array(true, 4, "addingReplicas", wire::Cursor::i32)?,
                5 => leader_recovery_state = c.i8()?,
                8 if version >= 1 => directories = c.nullable_array(true, 16, "directories", wire::Cursor::uuid)?,
                8 => return Err(wire::DecodeError::Tag { tag, version }),
                6 if version >= 2 => {
                    eligible_leader_replicas = c.nullable_array(true, 4, "eligibleLeaderReplicas", wire::Cursor::i32)?
                }
                6 => return Err(wire::DecodeError::Tag { tag, version }),
                7 if version >= 2 => last_known_elr = c.nullable_array(true, 4, "lastKnownElr", wire::Cursor::i32)?,
                7 => return Err(wire::DecodeError::Tag { tag, version }),
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self {
            partition_id,
            topic_id,
            isr,
            leader,
            replicas,
            removing_replicas,
            adding_replicas,
            leader_recovery_state,
            directories,
            eligible_leader_replicas,
            last_known_elr,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "PartitionChangeRecord", version });
        }
        w.i32(self.partition_id);
        w.uuid(self.topic_id);
        if !(version >= 1) && self.directories.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "directories", version });
        }
        if !(version >= 2) && self.eligible_leader_replicas.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "eligibleLeaderReplicas", version });
        }
        if !(version >= 2) && self.last_known_elr.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "lastKnownElr", version });
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0, 1, 2, 3, 4, 5, 6, 7, 8])?;
        }
        if self.isr.is_some() {
            tags += 1;
        }
        if self.leader != -2 {
            tags += 1;
        }
        if self.replicas.is_some() {
            tags += 1;
        }
        if self.removing_replicas.is_some() {
            tags += 1;
        }
        if self.adding_replicas.is_some() {
            tags += 1;
        }
        if self.leader_recovery_state != -1 {
            tags += 1;
        }
        if version >= 2 && self.eligible_leader_replicas.is_some() {
            tags += 1;
        }
        if version >= 2 && self.last_known_elr.is_some() {
            tags += 1;
        }
        if version >= 1 && self.directories.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.isr.is_some() {
            let start = w.begin_tag(0);
            match &self.isr {
                Some(v) => {
                    w.length(v.len(), true, "isr")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, 0, 1);
        if self.leader != -2 {
            let start = w.begin_tag(1);
            w.i32(self.leader);
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 2);
        if self.replicas.is_some() {
            let start = w.begin_tag(2);
            match &self.replicas {
                Some(v) => {
                    w.length(v.len(), true, "replicas")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 3);
        if self.removing_replicas.is_some() {
            let start = w.begin_tag(3);
            match &self.removing_replicas {
                Some(v) => {
                    w.length(v.len(), true, "removingReplicas")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 4);
        if self.adding_replicas.is_some() {
            let start = w.begin_tag(4);
            match &self.adding_replicas {
                Some(v) => {
                    w.length(v.len(), true, "addingReplicas")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 5);
        if self.leader_recovery_state != -1 {
            let start = w.begin_tag(5);
            w.i8(self.leader_recovery_state);
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 6);
        if version >= 2 && self.eligible_leader_replicas.is_some() {
            let start = w.begin_tag(6);
            match &self.eligible_leader_replicas {
                Some(v) => {
                    w.length(v.len(), true, "eligibleLeaderReplicas")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 7);
        if version >= 2 && self.last_known_elr.is_some() {
            let start = w.begin_tag(7);
            match &self.last_known_elr {
                Some(v) => {
                    w.length(v.len(), true, "lastKnownElr")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 8);
        if version >= 1 && self.directories.is_some() {
            let start = w.begin_tag(8);
            match &self.directories {
                Some(v) => {
                    w.length(v.len(), true, "directories")?;
                    for v in v {
                        w.uuid(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, next, u64::MAX);
        Ok(())
    }
}

impl crate::Message for PartitionChangeRecord {
    const NAME: &'static str = "PartitionChangeRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = PartitionChangeRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        PartitionChangeRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for PartitionChangeRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        PartitionChangeRecord::decode(c, version)
    }
}
