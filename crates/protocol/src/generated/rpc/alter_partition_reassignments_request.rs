//! `AlterPartitionReassignmentsRequest` (key 45), versions 0 to 1.
//! Generated from `schema/rpc/AlterPartitionReassignmentsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterPartitionReassignmentsRequest<'a> {
    /// Default 60000.
    pub timeout_ms: i32,
    /// Versions 1+; default true.
    pub allow_replication_factor_change: bool,
    pub topics: Vec<ReassignableTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterPartitionReassignmentsRequest<'_> {
    fn default() -> Self {
        AlterPartitionReassignmentsRequest {
            timeout_ms: 60000,
            allow_replication_factor_change: true,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterPartitionReassignmentsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "AlterPartitionReassignmentsRequest",
                version,
            });
        }
        let timeout_ms = c.i32()?;
        let allow_replication_factor_change = if version >= 1 { c.bool()? } else { true };
        let topics = c.array(true, 3, "topics", |c| ReassignableTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { timeout_ms, allow_replication_factor_change, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "AlterPartitionReassignmentsRequest",
                version,
            });
        }
        w.i32(self.timeout_ms);
        if version >= 1 {
            w.bool(self.allow_replication_factor_change);
        } else if !self.allow_replication_factor_change {
            return Err(wire::EncodeError::UnsupportedField { field: "allowReplicationFactorChange", version });
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AlterPartitionReassignmentsRequest<'static> {
        AlterPartitionReassignmentsRequest {
            timeout_ms: self.timeout_ms,
            allow_replication_factor_change: self.allow_replication_factor_change,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterPartitionReassignmentsRequest<'_> {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AlterPartitionReassignmentsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterPartitionReassignmentsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterPartitionReassignmentsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterPartitionReassignmentsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterPartitionReassignmentsRequest::decode(c, version)
    }
}

impl crate::Request for AlterPartitionReassignmentsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterPartitionReassignments;
    type Response<'r> = crate::AlterPartitionReassignmentsResponse<'r>;
    type OwnedResponse = crate::AlterPartitionReassignmentsResponse<'static>;
}

/// A part of [`AlterPartitionReassignmentsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReassignableTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<ReassignablePartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReassignableTopic<'_> {
    fn default() -> Self {
        ReassignableTopic {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ReassignableTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partitions = c.array(true, 6, "partitions", |c| ReassignablePartition::decode(c, version))?;
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
    pub fn into_owned(self) -> ReassignableTopic<'static> {
        ReassignableTopic {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterPartitionReassignmentsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReassignablePartition {
    pub partition_index: i32,
    pub replicas: Option<Vec<i32>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReassignablePartition {
    fn default() -> Self {
        ReassignablePartition {
            partition_index: 0,
            replicas: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ReassignablePartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let replicas = c.nullable_array(true, 4, "replicas", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition_index, replicas, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        match &self.replicas {
            Some(v) => {
                w.length(v.len(), true, "replicas")?;
                for v in v {
                    w.i32(*v);
                }
            }
            None => w.null_length(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
