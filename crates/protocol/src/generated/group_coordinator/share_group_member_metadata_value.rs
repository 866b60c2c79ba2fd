//! `ShareGroupMemberMetadataValue` (key 10), versions 0 to 0.
//! Generated from `schema/group-coordinator/ShareGroupMemberMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupMemberMetadataValue<'a> {
    pub rack_id: Option<Cow<'a, str>>,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    pub subscribed_topic_names: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareGroupMemberMetadataValue<'_> {
    fn default() -> Self {
        ShareGroupMemberMetadataValue {
            rack_id: Some(Cow::Borrowed("")),
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            subscribed_topic_names: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ShareGroupMemberMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareGroupMemberMetadataValue", version });
        }
        let rack_id = c.nullable_string(true, "rackId")?;
        let client_id = c.string(true, "clientId")?;
        let client_host = c.string(true, "clientHost")?;
        let subscribed_topic_names =
            c.array(true, 1, "subscribedTopicNames", |c| c.string(true, "subscribedTopicNames"))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { rack_id, client_id, client_host, subscribed_topic_names, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareGroupMemberMetadataValue", version });
        }
        match &self.rack_id {
            Some(v) => {
                w.string(v, true, "rackId")?;
            }
            None => w.null_string(true),
        }
        w.string(&self.client_id, true, "clientId")?;
        w.string(&self.client_host, true, "clientHost")?;
        w.length(self.subscribed_topic_names.len(), true, "subscribedTopicNames")?;
        for v in &self.subscribed_topic_names {
            w.string(v, true, "subscribedTopicNames")?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareGroupMemberMetadataValue<'static> {
        ShareGroupMemberMetadataValue {
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            subscribed_topic_names: self
                .subscribed_topic_names
                .into_iter()
                .map(|v| Cow::Owned(v.into_owned()))
                .collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ShareGroupMemberMetadataValue<'_> {
    const NAME: &'static str = "ShareGroupMemberMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ShareGroupMemberMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupMemberMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareGroupMemberMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareGroupMemberMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupMemberMetadataValue::decode(c, version)
    }
}
