//! `BrokerRegistrationChangeRecord` (key 17), versions 0 to 3.
//! Generated from `schema/metadata/BrokerRegistrationChangeRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Versions 0 to 3, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerRegistrationChangeRecord {
    pub broker_id: i32,
    pub broker_epoch: i64,
    /// Tag 0.
    pub fenced: i8,
    /// Versions 1+; tag 1.
    pub in_controlled_shutdown: i8,
    /// Versions 2+; tag 2.
    pub log_dirs: Vec<Uuid>,
    /// Versions 3+; tag 3.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerRegistrationChangeRecord {
    fn default() -> Self {
        BrokerRegistrationChangeRecord {
            broker_id: 0,
            broker_epoch: 0,
            fenced: 0,
            in_controlled_shutdown: 0,
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl BrokerRegistrationChangeRecord {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "BrokerRegistrationChangeRecord", version });
        }
        let broker_id = c.i32()?;
        let broker_epoch = c.i64()?;
        let mut fenced = 0;
        let mut in_controlled_shutdown = 0;
        let mut log_dirs = Vec::new();
        let mut cordoned_log_dirs = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => fenced = c.i8()?,
                1 if version >= 1 => in_controlled_shutdown = c.i8()?,
                1 => return Err(wire::DecodeError::Tag { tag, version }),
                2 if version >= 2 => log_dirs = c.array(true, 16, "logDirs", wire::Cursor::uuid)?,
                2 => return Err(wire::DecodeError::Tag { tag, version }),
                3 if version >= 3 => {
                    cordoned_log_dirs = c.nullable_array(true, 16, "cordonedLogDirs", wire::Cursor::uuid)?
                }
                3 => return Err(wire::DecodeError::Tag { tag, version }),
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self {
            broker_id,
            broker_epoch,
            fenced,
            in_controlled_shutdown,
            log_dirs,
            cordoned_log_dirs,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "BrokerRegistrationChangeRecord", version });
        }
        w.i32(self.broker_id);
        w.i64(self.broker_epoch);
        if !(version >= 1) && self.in_controlled_shutdown != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "inControlledShutdown", version });
        }
        if !(version >= 2) && !self.log_dirs.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "logDirs", version });
        }
        if !(version >= 3) && self.cordoned_log_dirs.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "cordonedLogDirs", version });
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0, 1, 2, 3])?;
        }
        if self.fenced != 0 {
            tags += 1;
        }
        if version >= 1 && self.in_controlled_shutdown != 0 {
            tags += 1;
        }
        if version >= 2 && !self.log_dirs.is_empty() {
            tags += 1;
        }
        if version >= 3 && self.cordoned_log_dirs.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.fenced != 0 {
            let start = w.begin_tag(0);
            w.i8(self.fenced);
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, 0, 1);
        if version >= 1 && self.in_controlled_shutdown != 0 {
            let start = w.begin_tag(1);
            w.i8(self.in_controlled_shutdown);
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 2);
        if version >= 2 && !self.log_dirs.is_empty() {
            let start = w.begin_tag(2);
            w.length(self.log_dirs.len(), true, "logDirs")?;
            for v in &self.log_dirs {
                w.uuid(*v);
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, next, 3);
        if version >= 3 && self.cordoned_log_dirs.is_some() {
            let start = w.begin_tag(3);
            match &self.cordoned_log_dirs {
                Some(v) => {
                    w.length(v.len(), true, "cordonedLogDirs")?;
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

impl crate::Message for BrokerRegistrationChangeRecord {
    const NAME: &'static str = "BrokerRegistrationChangeRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = BrokerRegistrationChangeRecord;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        BrokerRegistrationChangeRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for BrokerRegistrationChangeRecord {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        BrokerRegistrationChangeRecord::decode(c, version)
    }
}
