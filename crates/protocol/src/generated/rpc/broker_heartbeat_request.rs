//! `BrokerHeartbeatRequest` (key 63), versions 0 to 2.
//! Generated from `schema/rpc/BrokerHeartbeatRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerHeartbeatRequest {
    pub broker_id: i32,
    /// Default -1.
    pub broker_epoch: i64,
    pub current_metadata_offset: i64,
    pub want_fence: bool,
    pub want_shut_down: bool,
    /// Versions 1+; tag 0.
    pub offline_log_dirs: Vec<Uuid>,
    /// Versions 2+; tag 1.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerHeartbeatRequest {
    fn default() -> Self {
        BrokerHeartbeatRequest {
            broker_id: 0,
            broker_epoch: -1,
            current_metadata_offset: 0,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl BrokerHeartbeatRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "BrokerHeartbeatRequest", version });
        }
        let broker_id = c.i32()?;
        let broker_epoch = c.i64()?;
        let current_metadata_offset = c.i64()?;
        let want_fence = c.bool()?;
        let want_shut_down = c.bool()?;
        let mut offline_log_dirs = Vec::new();
        let mut cordoned_log_dirs = None;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 if version >= 1 => offline_log_dirs = c.array(true, 16, "offlineLogDirs", wire::Cursor::uuid)?,
                0 => return Err(wire::DecodeError::Tag { tag, version }),
                1 if version >= 2 => {
                    cordoned_log_dirs = c.nullable_array(true, 16, "cordonedLogDirs", wire::Cursor::uuid)?
                }
                1 => return Err(wire::DecodeError::Tag { tag, version }),
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
            current_metadata_offset,
            want_fence,
            want_shut_down,
            offline_log_dirs,
            cordoned_log_dirs,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "BrokerHeartbeatRequest", version });
        }
        w.i32(self.broker_id);
        w.i64(self.broker_epoch);
        w.i64(self.current_metadata_offset);
        w.bool(self.want_fence);
        w.bool(self.want_shut_down);
        if !(version >= 1) && !self.offline_log_dirs.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "offlineLogDirs", version });
        }
        if !(version >= 2) && self.cordoned_log_dirs.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "cordonedLogDirs", version });
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0, 1])?;
        }
        if version >= 1 && !self.offline_log_dirs.is_empty() {
            tags += 1;
        }
        if version >= 2 && self.cordoned_log_dirs.is_some() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if version >= 1 && !self.offline_log_dirs.is_empty() {
            let start = w.begin_tag(0);
            w.length(self.offline_log_dirs.len(), true, "offlineLogDirs")?;
            for v in &self.offline_log_dirs {
                w.uuid(*v);
            }
            w.end_tag(start);
        }
        let next = w.unknown_tags(unknown, 0, 1);
        if version >= 2 && self.cordoned_log_dirs.is_some() {
            let start = w.begin_tag(1);
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

impl crate::Message for BrokerHeartbeatRequest {
    const NAME: &'static str = "BrokerHeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = BrokerHeartbeatRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        BrokerHeartbeatRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for BrokerHeartbeatRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        BrokerHeartbeatRequest::decode(c, version)
    }
}

impl crate::Request for BrokerHeartbeatRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::BrokerHeartbeat;
    type Response<'r> = crate::BrokerHeartbeatResponse;
    type OwnedResponse = crate::BrokerHeartbeatResponse;
}
