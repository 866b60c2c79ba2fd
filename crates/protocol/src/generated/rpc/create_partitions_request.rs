//! `CreatePartitionsRequest` (key 37), versions 0 to 3.
//! Generated from `schema/rpc/CreatePartitionsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatePartitionsRequest<'a> {
    pub topics: Vec<CreatePartitionsTopic<'a>>,
    pub timeout_ms: i32,
    pub validate_only: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatePartitionsRequest<'_> {
    fn default() -> Self {
        CreatePartitionsRequest {
            topics: Vec::new(),
            timeout_ms: 0,
            validate_only: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatePartitionsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "CreatePartitionsRequest", version });
        }
        let flexible = version >= 2;
        let topics = c.array(flexible, if version >= 2 { 7 } else { 10 }, "topics", |c| {
            CreatePartitionsTopic::decode(c, version)
        })?;
        let timeout_ms = c.i32()?;
        let validate_only = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topics, timeout_ms, validate_only, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "CreatePartitionsRequest", version });
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
    pub fn into_owned(self) -> CreatePartitionsRequest<'static> {
        CreatePartitionsRequest {
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            timeout_ms: self.timeout_ms,
            validate_only: self.validate_only,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for CreatePartitionsRequest<'_> {
    const NAME: &'static str = "CreatePartitionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = CreatePartitionsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        CreatePartitionsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        CreatePartitionsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for CreatePartitionsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        CreatePartitionsRequest::decode(c, version)
    }
}

impl crate::Request for CreatePartitionsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::CreatePartitions;
    type Response<'r> = crate::CreatePartitionsResponse<'r>;
    type OwnedResponse = crate::CreatePartitionsResponse<'static>;
}

/// A part of [`CreatePartitionsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatePartitionsTopic<'a> {
    pub name: Cow<'a, str>,
    pub count: i32,
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatePartitionsTopic<'_> {
    fn default() -> Self {
        CreatePartitionsTopic {
            name: Cow::Borrowed(""),
            count: 0,
            assignments: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> CreatePartitionsTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let name = c.string(flexible, "name")?;
        let count = c.i32()?;
        let assignments = c.nullable_array(flexible, if version >= 2 { 2 } else { 4 }, "assignments", |c| {
            CreatePartitionsAssignment::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, count, assignments, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.name, flexible, "name")?;
        w.i32(self.count);
        match &self.assignments {
            Some(v) => {
                w.length(v.len(), flexible, "assignments")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> CreatePartitionsTopic<'static> {
        CreatePartitionsTopic {
            name: Cow::Owned(self.name.into_owned()),
            count: self.count,
            assignments: self.assignments,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`CreatePartitionsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatePartitionsAssignment {
    pub broker_ids: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CreatePartitionsAssignment {
    fn default() -> Self {
        CreatePartitionsAssignment {
            broker_ids: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl CreatePartitionsAssignment {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let broker_ids = c.array(flexible, 4, "brokerIds", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { broker_ids, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
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
