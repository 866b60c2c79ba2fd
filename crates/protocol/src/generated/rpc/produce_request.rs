//! `ProduceRequest` (key 0), versions 3 to 13.
//! Generated from `schema/rpc/ProduceRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 3 to 13, flexible since 9.
#[derive(Debug, Clone, PartialEq)]
pub struct ProduceRequest<'a> {
    pub transactional_id: Option<Cow<'a, str>>,
    pub acks: i16,
    pub timeout_ms: i32,
    pub topic_data: Vec<TopicProduceData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ProduceRequest<'_> {
    fn default() -> Self {
        ProduceRequest {
            transactional_id: None,
            acks: 0,
            timeout_ms: 0,
            topic_data: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ProduceRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(3..=13).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ProduceRequest", version });
        }
        let flexible = version >= 9;
        let transactional_id = c.nullable_string(flexible, "transactionalId")?;
        let acks = c.i16()?;
        let timeout_ms = c.i32()?;
        let topic_data = c.array(
            flexible,
            if version >= 13 {
                18
            } else if version >= 9 {
                3
            } else {
                6
            },
            "topicData",
            |c| TopicProduceData::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { transactional_id, acks, timeout_ms, topic_data, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if !(3..=13).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ProduceRequest", version });
        }
        match &self.transactional_id {
            Some(v) => {
                w.string(v, flexible, "transactionalId")?;
            }
            None => w.null_string(flexible),
        }
        w.i16(self.acks);
        w.i32(self.timeout_ms);
        w.length(self.topic_data.len(), flexible, "topicData")?;
        for v in &self.topic_data {
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
    pub fn into_owned(self) -> ProduceRequest<'static> {
        ProduceRequest {
            transactional_id: self.transactional_id.map(|v| Cow::Owned(v.into_owned())),
            acks: self.acks,
            timeout_ms: self.timeout_ms,
            topic_data: self.topic_data.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ProduceRequest<'_> {
    const NAME: &'static str = "ProduceRequest";
    const MIN_VERSION: i16 = 3;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_SINCE: Option<i16> = Some(9);
    type Owned = ProduceRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ProduceRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ProduceRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ProduceRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ProduceRequest::decode(c, version)
    }
}

impl crate::Request for ProduceRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::Produce;
    type Response<'r> = crate::ProduceResponse<'r>;
    type OwnedResponse = crate::ProduceResponse<'static>;
}

/// A part of [`ProduceRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicProduceData<'a> {
    /// Versions 3 to 12.
    pub name: Cow<'a, str>,
    /// Versions 13+.
    pub topic_id: Uuid,
    pub partition_data: Vec<PartitionProduceData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicProduceData<'_> {
    fn default() -> Self {
        TopicProduceData {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partition_data: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicProduceData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let name = if version <= 12 { c.string(flexible, "name")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 13 { c.uuid()? } else { Uuid::ZERO };
        let partition_data = c.array(flexible, if version >= 9 { 6 } else { 8 }, "partitionData", |c| {
            PartitionProduceData::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, topic_id, partition_data, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        if version <= 12 {
            w.string(&self.name, flexible, "name")?;
        }
        if version >= 13 {
            w.uuid(self.topic_id);
        }
        w.length(self.partition_data.len(), flexible, "partitionData")?;
        for v in &self.partition_data {
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
    pub fn into_owned(self) -> TopicProduceData<'static> {
        TopicProduceData {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            partition_data: self.partition_data.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ProduceRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionProduceData<'a> {
    pub index: i32,
    pub records: Option<wire::RecordsField<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionProduceData<'_> {
    fn default() -> Self {
        PartitionProduceData { index: 0, records: None, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> PartitionProduceData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 9;
        let index = c.i32()?;
        let records = c.nullable_bytes(flexible, "records")?.map(Into::into);
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { index, records, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 9;
        w.i32(self.index);
        match &self.records {
            Some(v) => {
                w.records(v, flexible, "records")?;
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
    pub fn into_owned(self) -> PartitionProduceData<'static> {
        PartitionProduceData {
            index: self.index,
            records: self.records.map(|v| v.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
