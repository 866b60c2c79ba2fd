//! `MetadataRequest` (key 3), versions 0 to 13.
//! Generated from `schema/rpc/MetadataRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 13, flexible since 9.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataRequest<'a> {
    /// Null since 1.
    pub topics: Option<Vec<MetadataRequestTopic<'a>>>,
    /// Versions 4+; default true.
    pub allow_auto_topic_creation: bool,
    /// Versions 8 to 10.
    pub include_cluster_authorized_operations: bool,
    /// Versions 8+.
    pub include_topic_authorized_operations: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MetadataRequest<'_> {
    fn default() -> Self {
        MetadataRequest {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MetadataRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=13).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "MetadataRequest", version });
        }
        let flexible = version >= 9;
        let topics = if version >= 1 {
            c.nullable_array(flexible, if version >= 10 { 18 } else { 2 }, "topics", |c| {
                MetadataRequestTopic::decode(c, version)
            })?
        } else {
            Some(c.array(flexible, if version >= 10 { 18 } else { 2 }, "topics", |c| {
                MetadataRequestTopic::decode(c, version)
            })?)
        };
        let allow_auto_topic_creation = if version >= 4 { c.bool()? } else { true };
        let include_cluster_authorized_operations = if (8..=10).contains(&version) { c.bool()? } else { false };
        let include_topic_authorized_operations = if version >= 8 { c.bool()? } else { false };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            topics,
            allow_auto_topic_creation,
            include_cluster_authorized_operations,
            include_topic_authorized_operations,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if !(0..=13).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "MetadataRequest", version });
        }
        match &self.topics {
            Some(v) => {
                w.length(v.len(), flexible, "topics")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None if version >= 1 => w.null_length(flexible),
            None => return Err(wire::EncodeError::Null { field: "topics" }),
        }
        if version >= 4 {
            w.bool(self.allow_auto_topic_creation);
        } else if !self.allow_auto_topic_creation {
            return Err(wire::EncodeError::UnsupportedField { field: "allowAutoTopicCreation", version });
        }
        if (8..=10).contains(&version) {
            w.bool(self.include_cluster_authorized_operations);
        } else if self.include_cluster_authorized_operations {
            return Err(wire::EncodeError::UnsupportedField { field: "includeClusterAuthorizedOperations", version });
        }
        if version >= 8 {
            w.bool(self.include_topic_authorized_operations);
        } else if self.include_topic_authorized_operations {
            return Err(wire::EncodeError::UnsupportedField { field: "includeTopicAuthorizedOperations", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MetadataRequest<'static> {
        MetadataRequest {
            topics: self.topics.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            allow_auto_topic_creation: self.allow_auto_topic_creation,
            include_cluster_authorized_operations: self.include_cluster_authorized_operations,
            include_topic_authorized_operations: self.include_topic_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for MetadataRequest<'_> {
    const NAME: &'static str = "MetadataRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_SINCE: Option<i16> = Some(9);
    type Owned = MetadataRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        MetadataRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        MetadataRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for MetadataRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        MetadataRequest::decode(c, version)
    }
}

impl crate::Request for MetadataRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::Metadata;
    type Response<'r> = crate::MetadataResponse<'r>;
    type OwnedResponse = crate::MetadataResponse<'static>;
}

/// A part of [`MetadataRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataRequestTopic<'a> {
    /// Versions 10+.
    pub topic_id: Uuid,
    /// Null since 10.
    pub name: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MetadataRequestTopic<'_> {
    fn default() -> Self {
        MetadataRequestTopic {
            topic_id: Uuid::ZERO,
            name: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MetadataRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let topic_id = if version >= 10 { c.uuid()? } else { Uuid::ZERO };
        let name = if version >= 10 { c.nullable_string(flexible, "name")? } else { Some(c.string(flexible, "name")?) };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic_id, name, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if version >= 10 {
            w.uuid(self.topic_id);
        }
        match &self.name {
            Some(v) => {
                w.string(v, flexible, "name")?;
            }
            None if version >= 10 => w.null_string(flexible),
            None => return Err(wire::EncodeError::Null { field: "name" }),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MetadataRequestTopic<'static> {
        MetadataRequestTopic {
            topic_id: self.topic_id,
            name: self.name.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
