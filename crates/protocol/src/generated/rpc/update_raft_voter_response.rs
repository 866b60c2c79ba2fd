//! `UpdateRaftVoterResponse` (key 82), versions 0 to 0.
//! Generated from `schema/rpc/UpdateRaftVoterResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateRaftVoterResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    /// Tag 0.
    pub current_leader: CurrentLeader<'a>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for UpdateRaftVoterResponse<'_> {
    fn default() -> Self {
        UpdateRaftVoterResponse {
            throttle_time_ms: 0,
            error_code: 0,
            current_leader: CurrentLeader::default(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> UpdateRaftVoterResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "UpdateRaftVoterResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let mut current_leader = CurrentLeader::default();
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => current_leader = CurrentLeader::decode(c, version)?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { throttle_time_ms, error_code, current_leader, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "UpdateRaftVoterResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.current_leader != CurrentLeader::default() {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.current_leader != CurrentLeader::default() {
            let start = w.begin_tag(0);
            self.current_leader.encode(w, version)?;
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> UpdateRaftVoterResponse<'static> {
        UpdateRaftVoterResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            current_leader: self.current_leader.into_owned(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for UpdateRaftVoterResponse<'_> {
    const NAME: &'static str = "UpdateRaftVoterResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = UpdateRaftVoterResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        UpdateRaftVoterResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        UpdateRaftVoterResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for UpdateRaftVoterResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        UpdateRaftVoterResponse::decode(c, version)
    }
}

/// A part of [`UpdateRaftVoterResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct CurrentLeader<'a> {
    /// Default -1.
    pub leader_id: i32,
    /// Default -1.
    pub leader_epoch: i32,
    pub host: Cow<'a, str>,
    pub port: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CurrentLeader<'_> {
    fn default() -> Self {
        CurrentLeader {
            leader_id: -1,
            leader_epoch: -1,
            host: Cow::Borrowed(""),
            port: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CurrentLeader<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let leader_id = c.i32()?;
        let leader_epoch = c.i32()?;
        let host = c.string(true, "host")?;
        let port = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { leader_id, leader_epoch, host, port, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.leader_id);
        w.i32(self.leader_epoch);
        w.string(&self.host, true, "host")?;
        w.i32(self.port);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CurrentLeader<'static> {
        CurrentLeader {
            leader_id: self.leader_id,
            leader_epoch: self.leader_epoch,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
