//! `OffsetDeleteResponse` (key 47), versions 0 to 0.
//! Generated from `schema/rpc/OffsetDeleteResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetDeleteResponse<'a> {
    pub error_code: i16,
    pub throttle_time_ms: i32,
    pub topics: Vec<OffsetDeleteResponseTopic<'a>>,
}

impl Default for OffsetDeleteResponse<'_> {
    fn default() -> Self {
        OffsetDeleteResponse { error_code: 0, throttle_time_ms: 0, topics: Vec::new() }
    }
}

impl<'a> OffsetDeleteResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetDeleteResponse", version });
        }
        let error_code = c.i16()?;
        let throttle_time_ms = c.i32()?;
        let topics = c.array(false, 6, "topics", |c| OffsetDeleteResponseTopic::decode(c, version))?;
        Ok(Self { error_code, throttle_time_ms, topics })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetDeleteResponse", version });
        }
        w.i16(self.error_code);
        w.i32(self.throttle_time_ms);
        w.length(self.topics.len(), false, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetDeleteResponse<'static> {
        OffsetDeleteResponse {
            error_code: self.error_code,
            throttle_time_ms: self.throttle_time_ms,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
        }
    }
}

impl crate::Message for OffsetDeleteResponse<'_> {
    const NAME: &'static str = "OffsetDeleteResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = OffsetDeleteResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetDeleteResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetDeleteResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetDeleteResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetDeleteResponse::decode(c, version)
    }
}

/// A part of [`OffsetDeleteResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetDeleteResponseTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<OffsetDeleteResponsePartition>,
}

impl Default for OffsetDeleteResponseTopic<'_> {
    fn default() -> Self {
        OffsetDeleteResponseTopic { name: Cow::Borrowed(""), partitions: Vec::new() }
    }
}

impl<'a> OffsetDeleteResponseTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(false, "name")?;
        let partitions = c.array(false, 6, "partitions", |c| OffsetDeleteResponsePartition::decode(c, version))?;
        Ok(Self { name, partitions })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, false, "name")?;
        w.length(self.partitions.len(), false, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetDeleteResponseTopic<'static> {
        OffsetDeleteResponseTopic { name: Cow::Owned(self.name.into_owned()), partitions: self.partitions }
    }
}

/// A part of [`OffsetDeleteResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetDeleteResponsePartition {
    pub partition_index: i32,
    pub error_code: i16,
}

impl Default for OffsetDeleteResponsePartition {
    fn default() -> Self {
        OffsetDeleteResponsePartition { partition_index: 0, error_code: 0 }
    }
}

impl OffsetDeleteResponsePartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let error_code = c.i16()?;
        Ok(Self { partition_index, error_code })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i16(self.error_code);
        Ok(())
    }
}
