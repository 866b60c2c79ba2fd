//! `CreateTopicsResponse` (key 19), versions 2 to 7.
//! Generated from `schema/rpc/CreateTopicsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 2 to 7, flexible since 5.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTopicsResponse<'a> {
    pub throttle_time_ms: i32,
    pub topics: Vec<CreatableTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreateTopicsResponse<'_> {
    fn default() -> Self {
        CreateTopicsResponse {
            throttle_time_ms: 0,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreateTopicsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(2..=7).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "CreateTopicsResponse", version });
        }
        let flexible = version >= 5;
        let throttle_time_ms = c.i32()?;
        let topics = c.array(
            flexible,
            if version >= 7 {
                28
            } else if version >= 5 {
                12
            } else {
                6
            },
            "topics",
            |c| CreatableTopicResult::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        if !(2..=7).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "CreateTopicsResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreateTopicsResponse<'static> {
        CreateTopicsResponse {
            throttle_time_ms: self.throttle_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for CreateTopicsResponse<'_> {
    const NAME: &'static str = "CreateTopicsResponse";
    const MIN_VERSION: i16 = 2;
    const MAX_VERSION: i16 = 7;
    const FLEXIBLE_SINCE: Option<i16> = Some(5);
    type Owned = CreateTopicsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        CreateTopicsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        CreateTopicsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for CreateTopicsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        CreateTopicsResponse::decode(c, version)
    }
}

/// A part of [`CreateTopicsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopicResult<'a> {
    pub name: Cow<'a, str>,
    /// Versions 7+.
    pub topic_id: Uuid,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    /// Versions 5+; tag 0.
    pub topic_config_error_code: i16,
    /// Versions 5+; default -1.
    pub num_partitions: i32,
    /// Versions 5+; default -1.
    pub replication_factor: i16,
    /// Versions 5+.
    pub configs: Option<Vec<CreatableTopicConfigs<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatableTopicResult<'_> {
    fn default() -> Self {
        CreatableTopicResult {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatableTopicResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 5;
        let name = c.string(flexible, "name")?;
        let topic_id = if version >= 7 { c.uuid()? } else { Uuid::ZERO };
        let error_code = c.i16()?;
        let error_message = c.nullable_string(flexible, "errorMessage")?;
        let num_partitions = if version >= 5 { c.i32()? } else { -1 };
        let replication_factor = if version >= 5 { c.i16()? } else { -1 };
        let configs = if version >= 5 {
            c.nullable_array(flexible, 6, "configs", |c| CreatableTopicConfigs::decode(c, version))?
        } else {
            Some(Vec::new())
        };
        let mut topic_config_error_code = 0;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => topic_config_error_code = c.i16()?,
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self {
            name,
            topic_id,
            error_code,
            error_message,
            topic_config_error_code,
            num_partitions,
            replication_factor,
            configs,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        w.string(&self.name, flexible, "name")?;
        if version >= 7 {
            w.uuid(self.topic_id);
        }
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, flexible, "errorMessage")?;
            }
            None => w.null_string(flexible),
        }
        if version >= 5 {
            w.i32(self.num_partitions);
        }
        if version >= 5 {
            w.i16(self.replication_factor);
        }
        if version >= 5 {
            match &self.configs {
                Some(v) => {
                    w.length(v.len(), flexible, "configs")?;
                    for v in v {
                        v.encode(w, version)?;
                    }
                }
                None => w.null_length(flexible),
            }
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0])?;
            }
            if self.topic_config_error_code != 0 {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if self.topic_config_error_code != 0 {
                let start = w.begin_tag(0);
                w.i16(self.topic_config_error_code);
                w.end_tag(start);
            }
            w.unknown_tags(unknown, 0, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreatableTopicResult<'static> {
        CreatableTopicResult {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            topic_config_error_code: self.topic_config_error_code,
            num_partitions: self.num_partitions,
            replication_factor: self.replication_factor,
            configs: self.configs.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`CreateTopicsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopicConfigs<'a> {
    pub name: Cow<'a, str>,
    pub value: Option<Cow<'a, str>>,
    pub read_only: bool,
    /// Default -1.
    pub config_source: i8,
    pub is_sensitive: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatableTopicConfigs<'_> {
    fn default() -> Self {
        CreatableTopicConfigs {
            name: Cow::Borrowed(""),
            value: Some(Cow::Borrowed("")),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatableTopicConfigs<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let value = c.nullable_string(true, "value")?;
        let read_only = c.bool()?;
        let config_source = c.i8()?;
        let is_sensitive = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, value, read_only, config_source, is_sensitive, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        match &self.value {
            Some(v) => {
                w.string(v, true, "value")?;
            }
            None => w.null_string(true),
        }
        w.bool(self.read_only);
        w.i8(self.config_source);
        w.bool(self.is_sensitive);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreatableTopicConfigs<'static> {
        CreatableTopicConfigs {
            name: Cow::Owned(self.name.into_owned()),
            value: self.value.map(|v| Cow::Owned(v.into_owned())),
            read_only: self.read_only,
            config_source: self.config_source,
            is_sensitive: self.is_sensitive,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
