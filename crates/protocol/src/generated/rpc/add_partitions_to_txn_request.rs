//! `AddPartitionsToTxnRequest` (key 24), versions 0 to 5.
//! Generated from `schema/rpc/AddPartitionsToTxnRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnRequest<'a> {
    /// Versions 4+.
    pub transactions: Vec<AddPartitionsToTxnTransaction<'a>>,
    /// Versions 0 to 3.
    pub v3_and_below_transactional_id: Cow<'a, str>,
    /// Versions 0 to 3.
    pub v3_and_below_producer_id: i64,
    /// Versions 0 to 3.
    pub v3_and_below_producer_epoch: i16,
    /// Versions 0 to 3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnRequest<'_> {
    fn default() -> Self {
        AddPartitionsToTxnRequest {
            transactions: Vec::new(),
            v3_and_below_transactional_id: Cow::Borrowed(""),
            v3_and_below_producer_id: 0,
            v3_and_below_producer_epoch: 0,
            v3_and_below_topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddPartitionsToTxnRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AddPartitionsToTxnRequest", version });
        }
        let flexible = version >= 3;
        let transactions = if version >= 4 {
            c.array(flexible, 14, "transactions", |c| AddPartitionsToTxnTransaction::decode(c, version))?
        } else {
            Vec::new()
        };
        let v3_and_below_transactional_id =
            if version <= 3 { c.string(flexible, "v3AndBelowTransactionalId")? } else { Cow::Borrowed("") };
        let v3_and_below_producer_id = if version <= 3 { c.i64()? } else { 0 };
        let v3_and_below_producer_epoch = if version <= 3 { c.i16()? } else { 0 };
        let v3_and_below_topics = if version <= 3 {
            c.array(flexible, if version >= 3 { 3 } else { 6 }, "v3AndBelowTopics", |c| {
                AddPartitionsToTxnTopic::decode(c, version)
            })?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            transactions,
            v3_and_below_transactional_id,
            v3_and_below_producer_id,
            v3_and_below_producer_epoch,
            v3_and_below_topics,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AddPartitionsToTxnRequest", version });
        }
        if version >= 4 {
            w.length(self.transactions.len(), flexible, "transactions")?;
            for v in &self.transactions {
                v.encode(w, version)?;
            }
        } else if !self.transactions.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "transactions", version });
        }
        if version <= 3 {
            w.string(&self.v3_and_below_transactional_id, flexible, "v3AndBelowTransactionalId")?;
        } else if !self.v3_and_below_transactional_id.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "v3AndBelowTransactionalId", version });
        }
        if version <= 3 {
            w.i64(self.v3_and_below_producer_id);
        } else if self.v3_and_below_producer_id != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "v3AndBelowProducerId", version });
        }
        if version <= 3 {
            w.i16(self.v3_and_below_producer_epoch);
        } else if self.v3_and_below_producer_epoch != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "v3AndBelowProducerEpoch", version });
        }
        if version <= 3 {
            w.length(self.v3_and_below_topics.len(), flexible, "v3AndBelowTopics")?;
            for v in &self.v3_and_below_topics {
                v.encode(w, version)?;
            }
        } else if !self.v3_and_below_topics.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "v3AndBelowTopics", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddPartitionsToTxnRequest<'static> {
        AddPartitionsToTxnRequest {
            transactions: self.transactions.into_iter().map(|v| v.into_owned()).collect(),
            v3_and_below_transactional_id: Cow::Owned(self.v3_and_below_transactional_id.into_owned()),
            v3_and_below_producer_id: self.v3_and_below_producer_id,
            v3_and_below_producer_epoch: self.v3_and_below_producer_epoch,
            v3_and_below_topics: self.v3_and_below_topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AddPartitionsToTxnRequest<'_> {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = AddPartitionsToTxnRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AddPartitionsToTxnRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AddPartitionsToTxnRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AddPartitionsToTxnRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AddPartitionsToTxnRequest::decode(c, version)
    }
}

impl crate::Request for AddPartitionsToTxnRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AddPartitionsToTxn;
    type Response<'r> = crate::AddPartitionsToTxnResponse<'r>;
    type OwnedResponse = crate::AddPartitionsToTxnResponse<'static>;
}

/// A part of [`AddPartitionsToTxnRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnTransaction<'a> {
    pub transactional_id: Cow<'a, str>,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub verify_only: bool,
    pub topics: Vec<AddPartitionsToTxnTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnTransaction<'_> {
    fn default() -> Self {
        AddPartitionsToTxnTransaction {
            transactional_id: Cow::Borrowed(""),
            producer_id: 0,
            producer_epoch: 0,
            verify_only: false,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddPartitionsToTxnTransaction<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let transactional_id = c.string(true, "transactionalId")?;
        let producer_id = c.i64()?;
        let producer_epoch = c.i16()?;
        let verify_only = c.bool()?;
        let topics = c.array(true, 3, "topics", |c| AddPartitionsToTxnTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { transactional_id, producer_id, producer_epoch, verify_only, topics, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.transactional_id, true, "transactionalId")?;
        w.i64(self.producer_id);
        w.i16(self.producer_epoch);
        w.bool(self.verify_only);
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddPartitionsToTxnTransaction<'static> {
        AddPartitionsToTxnTransaction {
            transactional_id: Cow::Owned(self.transactional_id.into_owned()),
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            verify_only: self.verify_only,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AddPartitionsToTxnRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnTopic<'_> {
    fn default() -> Self {
        AddPartitionsToTxnTopic {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddPartitionsToTxnTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let name = c.string(flexible, "name")?;
        let partitions = c.array(flexible, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        w.string(&self.name, flexible, "name")?;
        w.length(self.partitions.len(), flexible, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddPartitionsToTxnTopic<'static> {
        AddPartitionsToTxnTopic {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
