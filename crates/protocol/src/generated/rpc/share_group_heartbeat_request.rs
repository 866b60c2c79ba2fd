//! `ShareGroupHeartbeatRequest` (key 76), versions 1 to 1.
//! Generated from `schema/rpc/ShareGroupHeartbeatRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupHeartbeatRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub member_id: Cow<'a, str>,
    pub member_epoch: i32,
    pub rack_id: Option<Cow<'a, str>>,
    pub subscribed_topic_names: Option<Vec<Cow<'a, str>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareGroupHeartbeatRequest<'_> {
    fn default() -> Self {
        ShareGroupHeartbeatRequest {
            group_id: Cow::Borrowed(""),
            member_id: Cow::Borrowed(""),
            member_epoch: 0,
            rack_id: None,
            subscribed_topic_names: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ShareGroupHeartbeatRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 1 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareGroupHeartbeatRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let member_id = c.string(true, "memberId")?;
        let member_epoch = c.i32()?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let subscribed_topic_names =
            c.nullable_array(true, 1, "subscribedTopicNames", |c| c.string(true, "subscribedTopicNames"))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, member_id, member_epoch, rack_id, subscribed_topic_names, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 1 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareGroupHeartbeatRequest", version });
        }
        w.string(&self.group_id, true, "groupId")?;
        w.string(&self.member_id, true, "memberId")?;
        w.i32(self.member_epoch);
        match &self.rack_id {
            Some(v) => {
                w.string(v, true, "rackId")?;
            }
            None => w.null_string(true),
        }
        match &self.subscribed_topic_names {
            Some(v) => {
                w.length(v.len(), true, "subscribedTopicNames")?;
                for v in v {
                    w.string(v, true, "subscribedTopicNames")?;
                }
            }
            None => w.null_length(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareGroupHeartbeatRequest<'static> {
        ShareGroupHeartbeatRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: Cow::Owned(self.member_id.into_owned()),
            member_epoch: self.member_epoch,
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            subscribed_topic_names: self
                .subscribed_topic_names
                .map(|v| v.into_iter().map(|v| Cow::Owned(v.into_owned())).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ShareGroupHeartbeatRequest<'_> {
    const NAME: &'static str = "ShareGroupHeartbeatRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = ShareGroupHeartbeatRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupHeartbeatRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareGroupHeartbeatRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareGroupHeartbeatRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupHeartbeatRequest::decode(c, version)
    }
}

impl crate::Request for ShareGroupHeartbeatRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ShareGroupHeartbeat;
    type Response<'r> = crate::ShareGroupHeartbeatResponse<'r>;
    type OwnedResponse = crate::ShareGroupHeartbeatResponse<'static>;
}
