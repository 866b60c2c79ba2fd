//! `CreateTopicsRequest` (key 19), versions 2 to 7.
//! Generated from `schema/rpc/CreateTopicsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 2 to 7, flexible since 5.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTopicsRequest<'a> {
    pub topics: Vec<CreatableTopic<'a>>,
    /// Default 60000.
    pub timeout_ms: i32,
    pub validate_only: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreateTopicsRequest<'_> {
    fn default() -> Self {
        CreateTopicsRequest {
            topics: Vec::new(),
            timeout_ms: 60000,
            validate_only: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreateTopicsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(2..=7).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "CreateTopicsRequest", version });
        }
        let flexible = version >= 5;
        let topics =
            c.array(flexible, if version >= 5 { 10 } else { 16 }, "topics", |c| CreatableTopic::decode(c, version))?;
        let timeout_ms = c.i32()?;
        let validate_only = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topics, timeout_ms, validate_only, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        if !(2..=7).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "CreateTopicsRequest", version });
        }
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.i32(self.timeout_ms);
        w.bool(self.validate_only);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreateTopicsRequest<'static> {
        CreateTopicsRequest {
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            timeout_ms: self.timeout_ms,
            validate_only: self.validate_only,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for CreateTopicsRequest<'_> {
    const NAME: &'static str = "CreateTopicsRequest";
    const MIN_VERSION: i16 = 2;
    const MAX_VERSION: i16 = 7;
    const FLEXIBLE_SINCE: Option<i16> = Some(5);
    type Owned = CreateTopicsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        CreateTopicsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        CreateTopicsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for CreateTopicsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        CreateTopicsRequest::decode(c, version)
    }
}

impl crate::Request for CreateTopicsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::CreateTopics;
    type Response<'r> = crate::CreateTopicsResponse<'r>;
    type OwnedResponse = crate::CreateTopicsResponse<'static>;
}

/// A part of [`CreateTopicsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopic<'a> {
    pub name: Cow<'a, str>,
    pub num_partitions: i32,
    pub replication_factor: i16,
    pub assignments: Vec<CreatableReplicaAssignment>,
    pub configs: Vec<CreatableTopicConfig<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatableTopic<'_> {
    fn default() -> Self {
        CreatableTopic {
            name: Cow::Borrowed(""),
            num_partitions: 0,
            replication_factor: 0,
            assignments: Vec::new(),
            configs: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatableTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 5;
        let name = c.string(flexible, "name")?;
        let num_partitions = c.i32()?;
        let replication_factor = c.i16()?;
        let assignments = c.array(flexible, if version >= 5 { 6 } else { 8 }, "assignments", |c| {
            CreatableReplicaAssignment::decode(c, version)
        })?;
        let configs = c.array(flexible, if version >= 5 { 3 } else { 4 }, "configs", |c| {
            CreatableTopicConfig::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, num_partitions, replication_factor, assignments, configs, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        w.string(&self.name, flexible, "name")?;
        w.i32(self.num_partitions);
        w.i16(self.replication_factor);
        w.length(self.assignments.len(), flexible, "assignments")?;
        for v in &self.assignments {
            v.encode(w, version)?;
        }
        w.length(self.configs.len(), flexible, "configs")?;
        for v in &self.configs {
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
    pub fn into_owned(self) -> CreatableTopic<'static> {
        CreatableTopic {
            name: Cow::Owned(self.name.into_owned()),
            num_partitions: self.num_partitions,
            replication_factor: self.replication_factor,
            assignments: self.assignments,
            configs: self.configs.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`CreateTopicsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableReplicaAssignment {
    pub partition_index: i32,
    pub broker_ids: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatableReplicaAssignment {
    fn default() -> Self {
        CreatableReplicaAssignment {
            partition_index: 0,
            broker_ids: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl CreatableReplicaAssignment {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 5;
        let partition_index = c.i32()?;
        let broker_ids = c.array(flexible, 4, "brokerIds", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition_index, broker_ids, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        w.i32(self.partition_index);
        w.length(self.broker_ids.len(), flexible, "brokerIds")?;
        for v in &self.broker_ids {
            w.i32(*v);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

/// A part of [`CreateTopicsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopicConfig<'a> {
    pub name: Cow<'a, str>,
    pub value: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatableTopicConfig<'_> {
    fn default() -> Self {
        CreatableTopicConfig {
            name: Cow::Borrowed(""),
            value: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatableTopicConfig<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 5;
        let name = c.string(flexible, "name")?;
        let value = c.nullable_string(flexible, "value")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, value, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 5;
        w.string(&self.name, flexible, "name")?;
        match &self.value {
            Some(v) => {
                w.string(v, flexible, "value")?;
            }
            None => w.null_string(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreatableTopicConfig<'static> {
        CreatableTopicConfig {
            name: Cow::Owned(self.name.into_owned()),
            value: self.value.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
