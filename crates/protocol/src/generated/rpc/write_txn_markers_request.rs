//! `WriteTxnMarkersRequest` (key 27), versions 1 to 2.
//! Generated from `schema/rpc/WriteTxnMarkersRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 2, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteTxnMarkersRequest<'a> {
    pub markers: Vec<WritableTxnMarker<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WriteTxnMarkersRequest<'_> {
    fn default() -> Self {
        WriteTxnMarkersRequest { markers: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> WriteTxnMarkersRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "WriteTxnMarkersRequest", version });
        }
        let markers =
            c.array(true, if version >= 2 { 18 } else { 17 }, "markers", |c| WritableTxnMarker::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { markers, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "WriteTxnMarkersRequest", version });
        }
        w.length(self.markers.len(), true, "markers")?;
        for v in &self.markers {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> WriteTxnMarkersRequest<'static> {
        WriteTxnMarkersRequest {
            markers: self.markers.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for WriteTxnMarkersRequest<'_> {
    const NAME: &'static str = "WriteTxnMarkersRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = WriteTxnMarkersRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        WriteTxnMarkersRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        WriteTxnMarkersRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for WriteTxnMarkersRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        WriteTxnMarkersRequest::decode(c, version)
    }
}

impl crate::Request for WriteTxnMarkersRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::WriteTxnMarkers;
    type Response<'r> = crate::WriteTxnMarkersResponse<'r>;
    type OwnedResponse = crate::WriteTxnMarkersResponse<'static>;
}

/// A part of [`WriteTxnMarkersRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct WritableTxnMarker<'a> {
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub transaction_result: bool,
    pub topics: Vec<WritableTxnMarkerTopic<'a>>,
    pub coordinator_epoch: i32,
    /// Versions 2+.
    pub transaction_version: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WritableTxnMarker<'_> {
    fn default() -> Self {
        WritableTxnMarker {
            producer_id: 0,
            producer_epoch: 0,
            transaction_result: false,
            topics: Vec::new(),
            coordinator_epoch: 0,
            transaction_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> WritableTxnMarker<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let producer_id = c.i64()?;
        let producer_epoch = c.i16()?;
        let transaction_result = c.bool()?;
        let topics = c.array(true, 3, "topics", |c| WritableTxnMarkerTopic::decode(c, version))?;
        let coordinator_epoch = c.i32()?;
        let transaction_version = if version >= 2 { c.i8()? } else { 0 };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            producer_id,
            producer_epoch,
            transaction_result,
            topics,
            coordinator_epoch,
            transaction_version,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i64(self.producer_id);
        w.i16(self.producer_epoch);
        w.bool(self.transaction_result);
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.i32(self.coordinator_epoch);
        if version >= 2 {
            w.i8(self.transaction_version);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> WritableTxnMarker<'static> {
        WritableTxnMarker {
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            transaction_result: self.transaction_result,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            coordinator_epoch: self.coordinator_epoch,
            transaction_version: self.transaction_version,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`WriteTxnMarkersRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct WritableTxnMarkerTopic<'a> {
    pub name: Cow<'a, str>,
    pub partition_indexes: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for WritableTxnMarkerTopic<'_> {
    fn default() -> Self {
        WritableTxnMarkerTopic {
            name: Cow::Borrowed(""),
            partition_indexes: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> WritableTxnMarkerTopic<'a> {
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
    pub fn into_owned(self) -> WritableTxnMarkerTopic<'static> {
        WritableTxnMarkerTopic {
            name: Cow::Owned(self.name.into_owned()),
            partition_indexes: self.partition_indexes,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
