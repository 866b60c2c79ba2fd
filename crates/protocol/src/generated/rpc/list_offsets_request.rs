//! `ListOffsetsRequest` (key 2), versions 1 to 11.
//! Generated from `schema/rpc/ListOffsetsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 11, flexible since 6.
#[derive(Debug, Clone, PartialEq)]
pub struct ListOffsetsRequest<'a> {
    pub replica_id: i32,
    /// Versions 2+.
    pub isolation_level: i8,
    pub topics: Vec<ListOffsetsTopic<'a>>,
    /// Versions 10+.
    pub timeout_ms: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListOffsetsRequest<'_> {
    fn default() -> Self {
        ListOffsetsRequest {
            replica_id: 0,
            isolation_level: 0,
            topics: Vec::new(),
            timeout_ms: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListOffsetsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=11).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListOffsetsRequest", version });
        }
        let flexible = version >= 6;
        let replica_id = c.i32()?;
        let isolation_level = if version >= 2 { c.i8()? } else { 0 };
        let topics =
            c.array(flexible, if version >= 6 { 3 } else { 6 }, "topics", |c| ListOffsetsTopic::decode(c, version))?;
        let timeout_ms = if version >= 10 { c.i32()? } else { 0 };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { replica_id, isolation_level, topics, timeout_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        if !(1..=11).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListOffsetsRequest", version });
        }
        w.i32(self.replica_id);
        if version >= 2 {
            w.i8(self.isolation_level);
        } else if self.isolation_level != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "isolationLevel", version });
        }
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        if version >= 10 {
            w.i32(self.timeout_ms);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListOffsetsRequest<'static> {
        ListOffsetsRequest {
            replica_id: self.replica_id,
            isolation_level: self.isolation_level,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            timeout_ms: self.timeout_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListOffsetsRequest<'_> {
    const NAME: &'static str = "ListOffsetsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 11;
    const FLEXIBLE_SINCE: Option<i16> = Some(6);
    type Owned = ListOffsetsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListOffsetsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListOffsetsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListOffsetsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListOffsetsRequest::decode(c, version)
    }
}

impl crate::Request for ListOffsetsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ListOffsets;
    type Response<'r> = crate::ListOffsetsResponse<'r>;
    type OwnedResponse = crate::ListOffsetsResponse<'static>;
}

/// A part of [`ListOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ListOffsetsTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<ListOffsetsPartition>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListOffsetsTopic<'_> {
    fn default() -> Self {
        ListOffsetsTopic {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListOffsetsTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let name = c.string(flexible, "name")?;
        let partitions = c.array(
            flexible,
            if version >= 6 {
                17
            } else if version >= 4 {
                16
            } else {
                12
            },
            "partitions",
            |c| ListOffsetsPartition::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.string(&self.name, flexible, "name")?;
        w.length(self.partitions.len(), flexible, "partitions")?;
        for v in &self.partitions {
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
    pub fn into_owned(self) -> ListOffsetsTopic<'static> {
        ListOffsetsTopic {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ListOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ListOffsetsPartition {
    pub partition_index: i32,
    /// Versions 4+; default -1.
    pub current_leader_epoch: i32,
    pub timestamp: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        ListOffsetsPartition {
            partition_index: 0,
            current_leader_epoch: -1,
            timestamp: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ListOffsetsPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let partition_index = c.i32()?;
        let current_leader_epoch = if version >= 4 { c.i32()? } else { -1 };
        let timestamp = c.i64()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition_index, current_leader_epoch, timestamp, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.i32(self.partition_index);
        if version >= 4 {
            w.i32(self.current_leader_epoch);
        }
        w.i64(self.timestamp);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}
