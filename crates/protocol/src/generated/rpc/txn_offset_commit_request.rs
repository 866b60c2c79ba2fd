//! `TxnOffsetCommitRequest` (key 28), versions 0 to 5.
//! Generated from `schema/rpc/TxnOffsetCommitRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct TxnOffsetCommitRequest<'a> {
    pub transactional_id: Cow<'a, str>,
    pub group_id: Cow<'a, str>,
    pub producer_id: i64,
    pub producer_epoch: i16,
    /// Versions 3+; default -1.
    pub generation_id: i32,
    /// Versions 3+.
    pub member_id: Cow<'a, str>,
    /// Versions 3+.
    pub group_instance_id: Option<Cow<'a, str>>,
    pub topics: Vec<TxnOffsetCommitRequestTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TxnOffsetCommitRequest<'_> {
    fn default() -> Self {
        TxnOffsetCommitRequest {
            transactional_id: Cow::Borrowed(""),
            group_id: Cow::Borrowed(""),
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TxnOffsetCommitRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "TxnOffsetCommitRequest", version });
        }
        let flexible = version >= 3;
        let transactional_id = c.string(flexible, "transactionalId")?;
        let group_id = c.string(flexible, "groupId")?;
        let producer_id = c.i64()?;
        let producer_epoch = c.i16()?;
        let generation_id = if version >= 3 { c.i32()? } else { -1 };
        let member_id = if version >= 3 { c.string(flexible, "memberId")? } else { Cow::Borrowed("") };
        let group_instance_id = if version >= 3 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let topics = c.array(flexible, if version >= 3 { 3 } else { 6 }, "topics", |c| {
            TxnOffsetCommitRequestTopic::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            transactional_id,
            group_id,
            producer_id,
            producer_epoch,
            generation_id,
            member_id,
            group_instance_id,
            topics,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "TxnOffsetCommitRequest", version });
        }
        w.string(&self.transactional_id, flexible, "transactionalId")?;
        w.string(&self.group_id, flexible, "groupId")?;
        w.i64(self.producer_id);
        w.i16(self.producer_epoch);
        if version >= 3 {
            w.i32(self.generation_id);
        } else if self.generation_id != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "generationId", version });
        }
        if version >= 3 {
            w.string(&self.member_id, flexible, "memberId")?;
        } else if !self.member_id.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "memberId", version });
        }
        if version >= 3 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        } else if self.group_instance_id.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "groupInstanceId", version });
        }
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
    pub fn into_owned(self) -> TxnOffsetCommitRequest<'static> {
        TxnOffsetCommitRequest {
            transactional_id: Cow::Owned(self.transactional_id.into_owned()),
            group_id: Cow::Owned(self.group_id.into_owned()),
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            generation_id: self.generation_id,
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for TxnOffsetCommitRequest<'_> {
    const NAME: &'static str = "TxnOffsetCommitRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = TxnOffsetCommitRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        TxnOffsetCommitRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        TxnOffsetCommitRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for TxnOffsetCommitRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        TxnOffsetCommitRequest::decode(c, version)
    }
}

impl crate::Request for TxnOffsetCommitRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::TxnOffsetCommit;
    type Response<'r> = crate::TxnOffsetCommitResponse<'r>;
    type OwnedResponse = crate::TxnOffsetCommitResponse<'static>;
}

/// A part of [`TxnOffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TxnOffsetCommitRequestTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<TxnOffsetCommitRequestPartition<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TxnOffsetCommitRequestTopic<'_> {
    fn default() -> Self {
        TxnOffsetCommitRequestTopic {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TxnOffsetCommitRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let name = c.string(flexible, "name")?;
        let partitions = c.array(flexible, if version >= 2 { 18 } else { 14 }, "partitions", |c| {
            TxnOffsetCommitRequestPartition::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
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
    pub fn into_owned(self) -> TxnOffsetCommitRequestTopic<'static> {
        TxnOffsetCommitRequestTopic {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`TxnOffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TxnOffsetCommitRequestPartition<'a> {
    pub partition_index: i32,
    pub committed_offset: i64,
    /// Versions 2+; default -1.
    pub committed_leader_epoch: i32,
    pub committed_metadata: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TxnOffsetCommitRequestPartition<'_> {
    fn default() -> Self {
        TxnOffsetCommitRequestPartition {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TxnOffsetCommitRequestPartition<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let partition_index = c.i32()?;
        let committed_offset = c.i64()?;
        let committed_leader_epoch = if version >= 2 { c.i32()? } else { -1 };
        let committed_metadata = c.nullable_string(flexible, "committedMetadata")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            committed_metadata,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        w.i32(self.partition_index);
        w.i64(self.committed_offset);
        if version >= 2 {
            w.i32(self.committed_leader_epoch);
        }
        match &self.committed_metadata {
            Some(v) => {
                w.string(v, flexible, "committedMetadata")?;
            }
            None => w.null_string(flexible),
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TxnOffsetCommitRequestPartition<'static> {
        TxnOffsetCommitRequestPartition {
            partition_index: self.partition_index,
            committed_offset: self.committed_offset,
            committed_leader_epoch: self.committed_leader_epoch,
            committed_metadata: self.committed_metadata.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
