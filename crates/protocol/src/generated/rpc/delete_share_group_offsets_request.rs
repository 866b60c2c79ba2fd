//! `DeleteShareGroupOffsetsRequest` (key 92), versions 0 to 0.
//! Generated from `schema/rpc/DeleteShareGroupOffsetsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteShareGroupOffsetsRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteShareGroupOffsetsRequest<'_> {
    fn default() -> Self {
        DeleteShareGroupOffsetsRequest {
            group_id: Cow::Borrowed(""),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteShareGroupOffsetsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteShareGroupOffsetsRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let topics = c.array(true, 2, "topics", |c| DeleteShareGroupOffsetsRequestTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteShareGroupOffsetsRequest", version });
        }
        w.string(&self.group_id, true, "groupId")?;
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteShareGroupOffsetsRequest<'static> {
        DeleteShareGroupOffsetsRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteShareGroupOffsetsRequest<'_> {
    const NAME: &'static str = "DeleteShareGroupOffsetsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DeleteShareGroupOffsetsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteShareGroupOffsetsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteShareGroupOffsetsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteShareGroupOffsetsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteShareGroupOffsetsRequest::decode(c, version)
    }
}

impl crate::Request for DeleteShareGroupOffsetsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DeleteShareGroupOffsets;
    type Response<'r> = crate::DeleteShareGroupOffsetsResponse<'r>;
    type OwnedResponse = crate::DeleteShareGroupOffsetsResponse<'static>;
}

/// A part of [`DeleteShareGroupOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteShareGroupOffsetsRequestTopic<'a> {
    pub topic_name: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteShareGroupOffsetsRequestTopic<'_> {
    fn default() -> Self {
        DeleteShareGroupOffsetsRequestTopic {
            topic_name: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteShareGroupOffsetsRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteShareGroupOffsetsRequestTopic<'static> {
        DeleteShareGroupOffsetsRequestTopic {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
