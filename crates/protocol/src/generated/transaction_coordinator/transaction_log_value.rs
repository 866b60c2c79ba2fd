//! `TransactionLogValue` (key 0), versions 0 to 1.
//! Generated from `schema/transaction-coordinator/TransactionLogValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactionLogValue<'a> {
    pub producer_id: i64,
    /// Versions 1+; tag 0; default -1.
    pub previous_producer_id: i64,
    /// Versions 1+; tag 1; default -1.
    pub next_producer_id: i64,
    pub producer_epoch: i16,
    /// Versions 1+; tag 3; default -1.
    pub next_producer_epoch: i16,
    pub transaction_timeout_ms: i32,
    pub transaction_status: i8,
    pub transaction_partitions: Option<Vec<PartitionsSchema<'a>>>,
    pub transaction_last_update_timestamp_ms: i64,
    pub transaction_start_timestamp_ms: i64,
    /// Versions 1+; tag 2.
    pub client_transaction_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TransactionLogValue<'_> {
    fn default() -> Self {
        TransactionLogValue {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TransactionLogValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "TransactionLogValue", version });
        }
        let flexible = version >= 1;
        let producer_id = c.i64()?;
        let producer_epoch = c.i16()?;
        let transaction_timeout_ms = c.i32()?;
        let transaction_status = c.i8()?;
        let transaction_partitions =
            c.nullable_array(flexible, if version >= 1 { 3 } else { 6 }, "transactionPartitions", |c| {
                PartitionsSchema::decode(c, version)
            })?;
        let transaction_last_update_timestamp_ms = c.i64()?;
        let transaction_start_timestamp_ms = c.i64()?;
        let mut previous_producer_id = -1;
        let mut next_producer_id = -1;
        let mut next_producer_epoch = -1;
        let mut client_transaction_version = 0;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => previous_producer_id = c.i64()?,
                    1 => next_producer_id = c.i64()?,
                    3 => next_producer_epoch = c.i16()?,
                    2 => client_transaction_version = c.i16()?,
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self {
            producer_id,
            previous_producer_id,
            next_producer_id,
            producer_epoch,
            next_producer_epoch,
            transaction_timeout_ms,
            transaction_status,
            transaction_partitions,
            transaction_last_update_timestamp_ms,
            transaction_start_timestamp_ms,
            client_transaction_version,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "TransactionLogValue", version });
        }
        w.i64(self.producer_id);
        if !(version >= 1) && self.previous_producer_id != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "previousProducerId", version });
        }
        if !(version >= 1) && self.next_producer_id != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "nextProducerId", version });
        }
        w.i16(self.producer_epoch);
        if !(version >= 1) && self.next_producer_epoch != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "nextProducerEpoch", version });
        }
        w.i32(self.transaction_timeout_ms);
        w.i8(self.transaction_status);
        match &self.transaction_partitions {
            Some(v) => {
                w.length(v.len(), flexible, "transactionPartitions")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        w.i64(self.transaction_last_update_timestamp_ms);
        w.i64(self.transaction_start_timestamp_ms);
        if !(version >= 1) && self.client_transaction_version != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "clientTransactionVersion", version });
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0, 1, 2, 3])?;
            }
            if self.previous_producer_id != -1 {
                tags += 1;
            }
            if self.next_producer_id != -1 {
                tags += 1;
            }
            if self.client_transaction_version != 0 {
                tags += 1;
            }
            if self.next_producer_epoch != -1 {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if self.previous_producer_id != -1 {
                let start = w.begin_tag(0);
                w.i64(self.previous_producer_id);
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, 0, 1);
            if self.next_producer_id != -1 {
                let start = w.begin_tag(1);
                w.i64(self.next_producer_id);
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, next, 2);
            if self.client_transaction_version != 0 {
                let start = w.begin_tag(2);
                w.i16(self.client_transaction_version);
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, next, 3);
            if self.next_producer_epoch != -1 {
                let start = w.begin_tag(3);
                w.i16(self.next_producer_epoch);
                w.end_tag(start);
            }
            w.unknown_tags(unknown, next, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TransactionLogValue<'static> {
        TransactionLogValue {
            producer_id: self.producer_id,
            previous_producer_id: self.previous_producer_id,
            next_producer_id: self.next_producer_id,
            producer_epoch: self.producer_epoch,
            next_producer_epoch: self.next_producer_epoch,
            transaction_timeout_ms: self.transaction_timeout_ms,
            transaction_status: self.transaction_status,
            transaction_partitions: self
                .transaction_partitions
                .map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            transaction_last_update_timestamp_ms: self.transaction_last_update_timestamp_ms,
            transaction_start_timestamp_ms: self.transaction_start_timestamp_ms,
            client_transaction_version: self.client_transaction_version,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for TransactionLogValue<'_> {
    const NAME: &'static str = "TransactionLogValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = TransactionLogValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        TransactionLogValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        TransactionLogValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for TransactionLogValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        TransactionLogValue::decode(c, version)
    }
}

/// A part of [`TransactionLogValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionsSchema<'a> {
    pub topic: Cow<'a, str>,
    pub partition_ids: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionsSchema<'_> {
    fn default() -> Self {
        PartitionsSchema {
            topic: Cow::Borrowed(""),
            partition_ids: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> PartitionsSchema<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 1;
        let topic = c.string(flexible, "topic")?;
        let partition_ids = c.array(flexible, 4, "partitionIds", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic, partition_ids, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 1;
        w.string(&self.topic, flexible, "topic")?;
        w.length(self.partition_ids.len(), flexible, "partitionIds")?;
        for v in &self.partition_ids {
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
    pub fn into_owned(self) -> PartitionsSchema<'static> {
        PartitionsSchema {
            topic: Cow::Owned(self.topic.into_owned()),
            partition_ids: self.partition_ids,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
