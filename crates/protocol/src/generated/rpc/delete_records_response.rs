//! `DeleteRecordsResponse` (key 21), versions 0 to 2.
//! Generated from `schema/rpc/DeleteRecordsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteRecordsResponse<'a> {
    pub throttle_time_ms: i32,
    pub topics: Vec<DeleteRecordsTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteRecordsResponse<'_> {
    fn default() -> Self {
        DeleteRecordsResponse {
            throttle_time_ms: 0,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteRecordsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteRecordsResponse", version });
        }
        let flexible = version >= 2;
        let throttle_time_ms = c.i32()?;
        let topics = c.array(flexible, if version >= 2 { 3 } else { 6 }, "topics", |c| {
            DeleteRecordsTopicResult::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteRecordsResponse", version });
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
    pub fn into_owned(self) -> DeleteRecordsResponse<'static> {
        DeleteRecordsResponse {
            throttle_time_ms: self.throttle_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteRecordsResponse<'_> {
    const NAME: &'static str = "DeleteRecordsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = DeleteRecordsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteRecordsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteRecordsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteRecordsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteRecordsResponse::decode(c, version)
    }
}

/// A part of [`DeleteRecordsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteRecordsTopicResult<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<DeleteRecordsPartitionResult>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteRecordsTopicResult<'_> {
    fn default() -> Self {
        DeleteRecordsTopicResult {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteRecordsTopicResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let name = c.string(flexible, "name")?;
        let partitions = c.array(flexible, if version >= 2 { 15 } else { 14 }, "partitions", |c| {
            DeleteRecordsPartitionResult::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
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
    pub fn into_owned(self) -> DeleteRecordsTopicResult<'static> {
        DeleteRecordsTopicResult {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`DeleteRecordsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteRecordsPartitionResult {
    pub partition_index: i32,
    pub low_watermark: i64,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteRecordsPartitionResult {
    fn default() -> Self {
        DeleteRecordsPartitionResult {
            partition_index: 0,
            low_watermark: 0,
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl DeleteRecordsPartitionResult {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let partition_index = c.i32()?;
        let low_watermark = c.i64()?;
        let error_code = c.i16()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition_index, low_watermark, error_code, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.i32(self.partition_index);
        w.i64(self.low_watermark);
        w.i16(self.error_code);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}
