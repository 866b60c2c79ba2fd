//! `PartitionRecord` (key 3), versions 0 to 2.
//! Generated from `schema/metadata/PartitionRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionRecord {
    /// Default -1.
    pub partition_id: i32,
    pub topic_id: Uuid,
    pub replicas: Vec<i32>,
    pub isr: Vec<i32>,
    pub removing_replicas: Vec<i32>,
    pub adding_replicas: Vec<i32>,
    /// Default -1.
    pub leader: i32,
    /// Tag 0.
    pub leader_recovery_state: i8,
    /// Default -1.
    pub leader_epoch: i32,
    /// Default -1.
    pub partition_epoch: i32,
    /// Versions 1+.
    pub directories: Vec<Uuid>,
    /// Versions 2+; tag 1.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// Versions 2+; tag 2.
    pub last_known_elr: Option<Vec<i32>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionRecord {
    fn default() -> Self {
        PartitionRecord {
            partition_id: -1,
            topic_id: Uuid::ZERO,
            replicas: Vec::new(),
            isr: Vec::new(),
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            leader: -1,
            leader_recovery_state: 0,
            leader_epoch: -1,
            partition_epoch: -1,
            directories: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "PartitionRecord", version });
        }
        let partition_id = c.i32()?;
        let topic_id = c.uuid()?;
        let replicas = c.array(true, 4, "replicas", wire::Cursor::i32)?;
        let isr = c.array(true, 4, "isr", wire::Cursor::i32)?;
        let removing_replicas = c.array(true, 4, "removingReplicas", wire::Cursor::i32)?;
        let adding_replicas = c.array(true, 4, "addingReplicas", wire::Cursor::i32)?;
        let leader = c.i32()?;
        let leader_epoch = c.i32()?;
        let partition_epoch = c.i32()?;
        let directories = if version >= 1 { c.array(true, 16, "directories", wire::Cursor::uuid)? } else { Vec::new() };
        let mut leader_recovery_state = 0;
        let mut eligible_leader_replicas = None;
        let mut last_known_elr = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => leader_recovery_state = c.i8()?,
                1 if version >= 2 => {
                    eligible_leader_replicas = c.nullable_array(true, 4, "eligibleLeaderReplicas", wire::Cursor::i32)?
                }
                1 => return Err(wire::DecodeError::Tag { tag, version }),
                2 if version >= 2 => last_known_elr = c.nullable_array(true, 4, "lastKnownElr", wire::Cursor::i32)?,
                2 => return Err(wire::DecodeError::Tag { tag, version }),
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
            replicas,
            isr,
            removing_replicas,
            adding_replicas,
            leader,
            leader_recovery_state,
            leader_epoch,
            partition_epoch,
            directories,
            eligible_leader_replicas,
            last_known_elr,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "PartitionRecord", version });
        }
        w.i32(self.partition_id);
        w.uuid(self.topic_id);
        w.length(self.replicas.len(), true, "replicas")?;
        for v in &self.replicas {
            w.i32(*v);
        }
        w.length(self.isr.len(), true, "isr")?;
        for v in &self.isr {
            w.i32(*v);
        }
        w.length(self.removing_replicas.len(), true, "removingReplicas")?;
        for v in &self.removing_replicas {
            w.i32(*v);
        }
        w.length(self.adding_replicas.len(), true, "addingReplicas")?;
        for v in &self.adding_replicas {
            w.i32(*v);
        }
        w.i32(self.leader);
        w.i32(self.leader_epoch);
        w.i32(self.partition_epoch);
        if version >= 1 {
            w.length(self.directories.len(), true, "directories")?;
            for v in &self.directories {
                w.uuid(*v);
            }
        } else if !self.directories.is_empty() {
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
            wire::Writer::check_unknown_tags(unknown, &[0, 1, 2])?;
        }
        if self.leader_recovery_state != 0 {
            tags += 1;
        }
        if version >= 2 && self.eligible_leader_replicas.is_some() {
            tags += 1;
        }
        if version >= 2 && self.last_known_elr.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.leader_recovery_state != 0 {
            let start = w.begin_tag(0);
            w.i8(self.leader_recovery_state);
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, 0, 1);
        if version >= 2 && self.eligible_leader_replicas.is_some() {
            let start = w.begin_tag(1);
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
        let next = w.unknown_tags(unknown, next, 2);
        if version >= 2 && self.last_known_elr.is_some() {
            let start = w.begin_tag(2);
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
        w.unknown_tags(unknown, next, u64::MAX);
        Ok(())
    }
}

impl crate::Message for PartitionRecord {
    const NAME: &'static str = "PartitionRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = PartitionRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        PartitionRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for PartitionRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        PartitionRecord::decode(c, version)
    }
}
