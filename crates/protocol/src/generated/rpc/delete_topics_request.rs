//! `DeleteTopicsRequest` (key 20), versions 1 to 6.
//! Generated from `schema/rpc/DeleteTopicsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 1 to 6, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTopicsRequest<'a> {
    /// Versions 6+.
    pub topics: Vec<DeleteTopicState<'a>>,
    /// Versions 1 to 5.
    pub topic_names: Vec<Cow<'a, str>>,
    pub timeout_ms: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteTopicsRequest<'_> {
    fn default() -> Self {
        DeleteTopicsRequest {
            topics: Vec::new(),
            topic_names: Vec::new(),
            timeout_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteTopicsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteTopicsRequest", version });
        }
        let flexible = version >= 4;
        let topics = if version >= 6 {
            c.array(flexible, 18, "topics", |c| DeleteTopicState::decode(c, version))?
        } else {
            Vec::new()
        };
        let topic_names = if version <= 5 {
            c.array(flexible, if version >= 4 { 1 } else { 2 }, "topicNames", |c| c.string(flexible, "topicNames"))?
        } else {
            Vec::new()
        };
        let timeout_ms = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topics, topic_names, timeout_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(1..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteTopicsRequest", version });
        }
        if version >= 6 {
            w.length(self.topics.len(), flexible, "topics")?;
            for v in &self.topics {
                v.encode(w, version)?;
            }
        } else if !self.topics.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "topics", version });
        }
        if version <= 5 {
            w.length(self.topic_names.len(), flexible, "topicNames")?;
            for v in &self.topic_names {
                w.string(v, flexible, "topicNames")?;
            }
        }
        w.i32(self.timeout_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteTopicsRequest<'static> {
        DeleteTopicsRequest {
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            topic_names: self.topic_names.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            timeout_ms: self.timeout_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteTopicsRequest<'_> {
    const NAME: &'static str = "DeleteTopicsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = DeleteTopicsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteTopicsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteTopicsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteTopicsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteTopicsRequest::decode(c, version)
    }
}

impl crate::Request for DeleteTopicsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DeleteTopics;
    type Response<'r> = crate::DeleteTopicsResponse<'r>;
    type OwnedResponse = crate::DeleteTopicsResponse<'static>;
}

/// A part of [`DeleteTopicsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTopicState<'a> {
    pub name: Option<Cow<'a, str>>,
    pub topic_id: Uuid,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteTopicState<'_> {
    fn default() -> Self {
        DeleteTopicState {
            name: None,
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteTopicState<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.nullable_string(true, "name")?;
        let topic_id = c.uuid()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, topic_id, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        match &self.name {
            Some(v) => {
                w.string(v, true, "name")?;
            }
            None => w.null_string(true),
        }
        w.uuid(self.topic_id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteTopicState<'static> {
        DeleteTopicState {
            name: self.name.map(|v| Cow::Owned(v.into_owned())),
            topic_id: self.topic_id,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
