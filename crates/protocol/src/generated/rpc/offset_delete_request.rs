//! `OffsetDeleteRequest` (key 47), versions 0 to 0.
//! Generated from `schema/rpc/OffsetDeleteRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetDeleteRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub topics: Vec<OffsetDeleteRequestTopic<'a>>,
}

impl Default for OffsetDeleteRequest<'_> {
    fn default() -> Self {
        OffsetDeleteRequest { group_id: Cow::Borrowed(""), topics: Vec::new() }
    }
}

impl<'a> OffsetDeleteRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetDeleteRequest", version });
        }
        let group_id = c.string(false, "groupId")?;
        let topics = c.array(false, 6, "topics", |c| OffsetDeleteRequestTopic::decode(c, version))?;
        Ok(Self { group_id, topics })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetDeleteRequest", version });
        }
        w.string(&self.group_id, false, "groupId")?;
        w.length(self.topics.len(), false, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetDeleteRequest<'static> {
        OffsetDeleteRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
        }
    }
}

impl crate::Message for OffsetDeleteRequest<'_> {
    const NAME: &'static str = "OffsetDeleteRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = OffsetDeleteRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetDeleteRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetDeleteRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetDeleteRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetDeleteRequest::decode(c, version)
    }
}

impl crate::Request for OffsetDeleteRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::OffsetDelete;
    type Response<'r> = crate::OffsetDeleteResponse<'r>;
    type OwnedResponse = crate::OffsetDeleteResponse<'static>;
}

/// A part of [`OffsetDeleteRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetDeleteRequestTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<OffsetDeleteRequestPartition>,
}

impl Default for OffsetDeleteRequestTopic<'_> {
    fn default() -> Self {
        OffsetDeleteRequestTopic { name: Cow::Borrowed(""), partitions: Vec::new() }
    }
}

impl<'a> OffsetDeleteRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(false, "name")?;
        let partitions = c.array(false, 4, "partitions", |c| OffsetDeleteRequestPartition::decode(c, version))?;
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
    pub fn into_owned(self) -> OffsetDeleteRequestTopic<'static> {
        OffsetDeleteRequestTopic { name: Cow::Owned(self.name.into_owned()), partitions: self.partitions }
    }
}

/// A part of [`OffsetDeleteRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetDeleteRequestPartition {
    pub partition_index: i32,
}

impl Default for OffsetDeleteRequestPartition {
    fn default() -> Self {
        OffsetDeleteRequestPartition { partition_index: 0 }
    }
}

impl OffsetDeleteRequestPartition {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        Ok(Self { partition_index })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        Ok(())
    }
}
