//! `AlterPartitionRequest` (key 56), versions 2 to 3.
//! Generated from `schema/rpc/AlterPartitionRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;

/// Versions 2 to 3, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterPartitionRequest {
    pub broker_id: i32,
    /// Default -1.
    pub broker_epoch: i64,
    pub topics: Vec<TopicData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterPartitionRequest {
    fn default() -> Self {
        AlterPartitionRequest {
            broker_id: 0,
            broker_epoch: -1,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl AlterPartitionRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(2..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterPartitionRequest", version });
        }
        let broker_id = c.i32()?;
        let broker_epoch = c.i64()?;
        let topics = c.array(true, 18, "topics", |c| TopicData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { broker_id, broker_epoch, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(2..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterPartitionRequest", version });
        }
        w.i32(self.broker_id);
        w.i64(self.broker_epoch);
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for AlterPartitionRequest {
    const NAME: &'static str = "AlterPartitionRequest";
    const MIN_VERSION: i16 = 2;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = AlterPartitionRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterPartitionRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for AlterPartitionRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterPartitionRequest::decode(c, version)
    }
}

impl crate::Request for AlterPartitionRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterPartition;
    type Response<'r> = crate::AlterPartitionResponse;
    type OwnedResponse = crate::AlterPartitionResponse;
}

/// A part of [`AlterPartitionRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicData {
    pub topic_id: Uuid,
    pub partitions: Vec<PartitionData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicData {
    fn default() -> Self {
        TopicData {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl TopicData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let partitions = c.array(true, 15, "partitions", |c| PartitionData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`AlterPartitionRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData {
    pub partition_index: i32,
    pub leader_epoch: i32,
    /// Version 2.
    pub new_isr: Vec<i32>,
    /// Versions 3+.
    pub new_isr_with_epochs: Vec<BrokerState>,
    pub leader_recovery_state: i8,
    pub partition_epoch: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            leader_epoch: 0,
            new_isr: Vec::new(),
            new_isr_with_epochs: Vec::new(),
            leader_recovery_state: 0,
            partition_epoch: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let leader_epoch = c.i32()?;
        let new_isr = if version <= 2 { c.array(true, 4, "newIsr", wire::Cursor::i32)? } else { Vec::new() };
        let new_isr_with_epochs = if version >= 3 {
            c.array(true, 13, "newIsrWithEpochs", |c| BrokerState::decode(c, version))?
        } else {
            Vec::new()
        };
        let leader_recovery_state = c.i8()?;
        let partition_epoch = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            partition_index,
            leader_epoch,
            new_isr,
            new_isr_with_epochs,
            leader_recovery_state,
            partition_epoch,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i32(self.leader_epoch);
        if version <= 2 {
            w.length(self.new_isr.len(), true, "newIsr")?;
            for v in &self.new_isr {
                w.i32(*v);
            }
        } else if !self.new_isr.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "newIsr", version });
        }
        if version >= 3 {
            w.length(self.new_isr_with_epochs.len(), true, "newIsrWithEpochs")?;
            for v in &self.new_isr_with_epochs {
                v.encode(w, version)?;
            }
        } else if !self.new_isr_with_epochs.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "newIsrWithEpochs", version });
        }
        w.i8(self.leader_recovery_state);
        w.i32(self.partition_epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`AlterPartitionRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerState {
    pub broker_id: i32,
    /// Default -1.
    pub broker_epoch: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for BrokerState {
    fn default() -> Self {
        BrokerState { broker_id: 0, broker_epoch: -1, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl BrokerState {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let broker_id = c.i32()?;
        let broker_epoch = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { broker_id, broker_epoch, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.broker_id);
        w.i64(self.broker_epoch);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
