//! `AddPartitionsToTxnResponse` (key 24), versions 0 to 5.
//! Generated from `schema/rpc/AddPartitionsToTxnResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnResponse<'a> {
    pub throttle_time_ms: i32,
    /// Versions 4+.
    pub error_code: i16,
    /// Versions 4+.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult<'a>>,
    /// Versions 0 to 3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnResponse<'_> {
    fn default() -> Self {
        AddPartitionsToTxnResponse {
            throttle_time_ms: 0,
            error_code: 0,
            results_by_transaction: Vec::new(),
            results_by_topic_v3_and_below: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddPartitionsToTxnResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AddPartitionsToTxnResponse", version });
        }
        let flexible = version >= 3;
        let throttle_time_ms = c.i32()?;
        let error_code = if version >= 4 { c.i16()? } else { 0 };
        let results_by_transaction = if version >= 4 {
            c.array(flexible, 3, "resultsByTransaction", |c| AddPartitionsToTxnResult::decode(c, version))?
        } else {
            Vec::new()
        };
        let results_by_topic_v3_and_below = if version <= 3 {
            c.array(flexible, if version >= 3 { 3 } else { 6 }, "resultsByTopicV3AndBelow", |c| {
                AddPartitionsToTxnTopicResult::decode(c, version)
            })?
        } else {
            Vec::new()
        };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            throttle_time_ms,
            error_code,
            results_by_transaction,
            results_by_topic_v3_and_below,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AddPartitionsToTxnResponse", version });
        }
        w.i32(self.throttle_time_ms);
        if version >= 4 {
            w.i16(self.error_code);
        }
        if version >= 4 {
            w.length(self.results_by_transaction.len(), flexible, "resultsByTransaction")?;
            for v in &self.results_by_transaction {
                v.encode(w, version)?;
            }
        } else if !self.results_by_transaction.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "resultsByTransaction", version });
        }
        if version <= 3 {
            w.length(self.results_by_topic_v3_and_below.len(), flexible, "resultsByTopicV3AndBelow")?;
            for v in &self.results_by_topic_v3_and_below {
                v.encode(w, version)?;
            }
        } else if !self.results_by_topic_v3_and_below.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "resultsByTopicV3AndBelow", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddPartitionsToTxnResponse<'static> {
        AddPartitionsToTxnResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            results_by_transaction: self.results_by_transaction.into_iter().map(|v| v.into_owned()).collect(),
            results_by_topic_v3_and_below: self
                .results_by_topic_v3_and_below
                .into_iter()
                .map(|v| v.into_owned())
                .collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AddPartitionsToTxnResponse<'_> {
    const NAME: &'static str = "AddPartitionsToTxnResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = AddPartitionsToTxnResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AddPartitionsToTxnResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AddPartitionsToTxnResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AddPartitionsToTxnResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AddPartitionsToTxnResponse::decode(c, version)
    }
}

/// A part of [`AddPartitionsToTxnResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnResult<'a> {
    pub transactional_id: Cow<'a, str>,
    pub topic_results: Vec<AddPartitionsToTxnTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnResult<'_> {
    fn default() -> Self {
        AddPartitionsToTxnResult {
            transactional_id: Cow::Borrowed(""),
            topic_results: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddPartitionsToTxnResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let transactional_id = c.string(true, "transactionalId")?;
        let topic_results = c.array(true, 3, "topicResults", |c| AddPartitionsToTxnTopicResult::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { transactional_id, topic_results, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.transactional_id, true, "transactionalId")?;
        w.length(self.topic_results.len(), true, "topicResults")?;
        for v in &self.topic_results {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddPartitionsToTxnResult<'static> {
        AddPartitionsToTxnResult {
            transactional_id: Cow::Owned(self.transactional_id.into_owned()),
            topic_results: self.topic_results.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AddPartitionsToTxnResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnTopicResult<'a> {
    pub name: Cow<'a, str>,
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnTopicResult<'_> {
    fn default() -> Self {
        AddPartitionsToTxnTopicResult {
            name: Cow::Borrowed(""),
            results_by_partition: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddPartitionsToTxnTopicResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let name = c.string(flexible, "name")?;
        let results_by_partition = c.array(flexible, if version >= 3 { 7 } else { 6 }, "resultsByPartition", |c| {
            AddPartitionsToTxnPartitionResult::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, results_by_partition, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        w.string(&self.name, flexible, "name")?;
        w.length(self.results_by_partition.len(), flexible, "resultsByPartition")?;
        for v in &self.results_by_partition {
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
    pub fn into_owned(self) -> AddPartitionsToTxnTopicResult<'static> {
        AddPartitionsToTxnTopicResult {
            name: Cow::Owned(self.name.into_owned()),
            results_by_partition: self.results_by_partition,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AddPartitionsToTxnResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct AddPartitionsToTxnPartitionResult {
    pub partition_index: i32,
    pub partition_error_code: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddPartitionsToTxnPartitionResult {
    fn default() -> Self {
        AddPartitionsToTxnPartitionResult {
            partition_index: 0,
            partition_error_code: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AddPartitionsToTxnPartitionResult {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let partition_index = c.i32()?;
        let partition_error_code = c.i16()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { partition_index, partition_error_code, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        w.i32(self.partition_index);
        w.i16(self.partition_error_code);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}
