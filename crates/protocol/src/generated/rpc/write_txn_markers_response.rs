//! `WriteTxnMarkersResponse` (key 27), versions 1 to 2.
//! Generated from `schema/rpc/WriteTxnMarkersResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 2, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteTxnMarkersResponse<'a> {
    pub markers: Vec<WritableTxnMarkerResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WriteTxnMarkersResponse<'_> {
    fn default() -> Self {
        WriteTxnMarkersResponse { markers: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> WriteTxnMarkersResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "WriteTxnMarkersResponse", version });
        }
        let markers = c.array(true, 10, "markers", |c| WritableTxnMarkerResult::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { markers, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "WriteTxnMarkersResponse", version });
        }
        w.length(self.markers.len(), true, "markers")?;
        for v in &self.markers {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> WriteTxnMarkersResponse<'static> {
        WriteTxnMarkersResponse {
            markers: self.markers.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for WriteTxnMarkersResponse<'_> {
    const NAME: &'static str = "WriteTxnMarkersResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = WriteTxnMarkersResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        WriteTxnMarkersResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        WriteTxnMarkersResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for WriteTxnMarkersResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        WriteTxnMarkersResponse::decode(c, version)
    }
}

/// A part of [`WriteTxnMarkersResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct WritableTxnMarkerResult<'a> {
    pub producer_id: i64,
    pub topics: Vec<WritableTxnMarkerTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WritableTxnMarkerResult<'_> {
    fn default() -> Self {
        WritableTxnMarkerResult {
            producer_id: 0,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> WritableTxnMarkerResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let producer_id = c.i64()?;
        let topics = c.array(true, 3, "topics", |c| WritableTxnMarkerTopicResult::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { producer_id, topics, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i64(self.producer_id);
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> WritableTxnMarkerResult<'static> {
        WritableTxnMarkerResult {
            producer_id: self.producer_id,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`WriteTxnMarkersResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct WritableTxnMarkerTopicResult<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<WritableTxnMarkerPartitionResult>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WritableTxnMarkerTopicResult<'_> {
    fn default() -> Self {
        WritableTxnMarkerTopicResult {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> WritableTxnMarkerTopicResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partitions = c.array(true, 7, "partitions", |c| WritableTxnMarkerPartitionResult::decode(c, version))?;
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
    pub fn into_owned(self) -> WritableTxnMarkerTopicResult<'static> {
        WritableTxnMarkerTopicResult {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`WriteTxnMarkersResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct WritableTxnMarkerPartitionResult {
    pub partition_index: i32,
    pub error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WritableTxnMarkerPartitionResult {
    fn default() -> Self {
        WritableTxnMarkerPartitionResult {
            partition_index: 0,
            error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl WritableTxnMarkerPartitionResult {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let error_code = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition_index, error_code, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i16(self.error_code);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
