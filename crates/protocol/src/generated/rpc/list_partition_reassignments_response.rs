//! `ListPartitionReassignmentsResponse` (key 46), versions 0 to 0.
//! Generated from `schema/rpc/ListPartitionReassignmentsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPartitionReassignmentsResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub topics: Vec<OngoingTopicReassignment<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListPartitionReassignmentsResponse<'_> {
    fn default() -> Self {
        ListPartitionReassignmentsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListPartitionReassignmentsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ListPartitionReassignmentsResponse",
                version,
            });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let topics = c.array(true, 3, "topics", |c| OngoingTopicReassignment::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, error_message, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ListPartitionReassignmentsResponse",
                version,
            });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListPartitionReassignmentsResponse<'static> {
        ListPartitionReassignmentsResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListPartitionReassignmentsResponse<'_> {
    const NAME: &'static str = "ListPartitionReassignmentsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ListPartitionReassignmentsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListPartitionReassignmentsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListPartitionReassignmentsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListPartitionReassignmentsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListPartitionReassignmentsResponse::decode(c, version)
    }
}

/// A part of [`ListPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OngoingTopicReassignment<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<OngoingPartitionReassignment>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OngoingTopicReassignment<'_> {
    fn default() -> Self {
        OngoingTopicReassignment {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OngoingTopicReassignment<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partitions = c.array(true, 8, "partitions", |c| OngoingPartitionReassignment::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OngoingTopicReassignment<'static> {
        OngoingTopicReassignment {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ListPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OngoingPartitionReassignment {
    pub partition_index: i32,
    pub replicas: Vec<i32>,
    pub adding_replicas: Vec<i32>,
    pub removing_replicas: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OngoingPartitionReassignment {
    fn default() -> Self {
        OngoingPartitionReassignment {
            partition_index: 0,
            replicas: Vec::new(),
            adding_replicas: Vec::new(),
            removing_replicas: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl OngoingPartitionReassignment {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let replicas = c.array(true, 4, "replicas", wire::Cursor::i32)?;
        let adding_replicas = c.array(true, 4, "addingReplicas", wire::Cursor::i32)?;
        let removing_replicas = c.array(true, 4, "removingReplicas", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition_index, replicas, adding_replicas, removing_replicas, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.length(self.replicas.len(), true, "replicas")?;
        for v in &self.replicas {
            w.i32(*v);
        }
        w.length(self.adding_replicas.len(), true, "addingReplicas")?;
        for v in &self.adding_replicas {
            w.i32(*v);
        }
        w.length(self.removing_replicas.len(), true, "removingReplicas")?;
        for v in &self.removing_replicas {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
