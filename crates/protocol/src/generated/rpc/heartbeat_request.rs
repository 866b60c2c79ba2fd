//! `HeartbeatRequest` (key 12), versions 0 to 4.
//! Generated from `schema/rpc/HeartbeatRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct HeartbeatRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub generation_id: i32,
    pub member_id: Cow<'a, str>,
    /// Versions 3+.
    pub group_instance_id: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for HeartbeatRequest<'_> {
    fn default() -> Self {
        HeartbeatRequest {
            group_id: Cow::Borrowed(""),
            generation_id: 0,
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> HeartbeatRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "HeartbeatRequest", version });
        }
        let flexible = version >= 4;
        let group_id = c.string(flexible, "groupId")?;
        let generation_id = c.i32()?;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 3 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { group_id, generation_id, member_id, group_instance_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "HeartbeatRequest", version });
        }
        w.string(&self.group_id, flexible, "groupId")?;
        w.i32(self.generation_id);
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 3 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.group_instance_id.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "groupInstanceId", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> HeartbeatRequest<'static> {
        HeartbeatRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            generation_id: self.generation_id,
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for HeartbeatRequest<'_> {
    const NAME: &'static str = "HeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = HeartbeatRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        HeartbeatRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        HeartbeatRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for HeartbeatRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        HeartbeatRequest::decode(c, version)
    }
}

impl crate::Request for HeartbeatRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::Heartbeat;
    type Response<'r> = crate::HeartbeatResponse;
    type OwnedResponse = crate::HeartbeatResponse;
}
