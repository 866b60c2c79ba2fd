//! `ListPartitionReassignmentsRequest` (key 46), versions 0 to 0.
//! Generated from `schema/rpc/ListPartitionReassignmentsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPartitionReassignmentsRequest<'a> {
    /// Default 60000.
    pub timeout_ms: i32,
    pub topics: Option<Vec<ListPartitionReassignmentsTopics<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListPartitionReassignmentsRequest<'_> {
    fn default() -> Self {
        ListPartitionReassignmentsRequest {
            timeout_ms: 60000,
            topics: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListPartitionReassignmentsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ListPartitionReassignmentsRequest",
                version,
            });
        }
        let timeout_ms = c.i32()?;
        let topics = c.nullable_array(true, 3, "topics", |c| ListPartitionReassignmentsTopics::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { timeout_ms, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ListPartitionReassignmentsRequest",
                version,
            });
        }
        w.i32(self.timeout_ms);
        match &self.topics {
            Some(v) => {
                w.length(v.len(), true, "topics")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListPartitionReassignmentsRequest<'static> {
        ListPartitionReassignmentsRequest {
            timeout_ms: self.timeout_ms,
            topics: self.topics.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListPartitionReassignmentsRequest<'_> {
    const NAME: &'static str = "ListPartitionReassignmentsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ListPartitionReassignmentsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListPartitionReassignmentsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListPartitionReassignmentsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListPartitionReassignmentsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListPartitionReassignmentsRequest::decode(c, version)
    }
}

impl crate::Request for ListPartitionReassignmentsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ListPartitionReassignments;
    type Response<'r> = crate::ListPartitionReassignmentsResponse<'r>;
    type OwnedResponse = crate::ListPartitionReassignmentsResponse<'static>;
}

/// A part of [`ListPartitionReassignmentsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ListPartitionReassignmentsTopics<'a> {
    pub name: Cow<'a, str>,
    pub partition_indexes: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListPartitionReassignmentsTopics<'_> {
    fn default() -> Self {
        ListPartitionReassignmentsTopics {
            name: Cow::Borrowed(""),
            partition_indexes: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListPartitionReassignmentsTopics<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partition_indexes = c.array(true, 4, "partitionIndexes", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, partition_indexes, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.length(self.partition_indexes.len(), true, "partitionIndexes")?;
        for v in &self.partition_indexes {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListPartitionReassignmentsTopics<'static> {
        ListPartitionReassignmentsTopics {
            name: Cow::Owned(self.name.into_owned()),
            partition_indexes: self.partition_indexes,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
