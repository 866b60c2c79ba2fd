//! `ConsumerProtocolAssignment`, versions 0 to 3.
//! Generated from `schema/data/ConsumerProtocolAssignment.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerProtocolAssignment<'a> {
    pub assigned_partitions: Vec<TopicPartition<'a>>,
    pub user_data: Option<Cow<'a, [u8]>>,
}

impl Default for ConsumerProtocolAssignment<'_> {
    fn default() -> Self {
        ConsumerProtocolAssignment { assigned_partitions: Vec::new(), user_data: None }
    }
}

impl<'a> ConsumerProtocolAssignment<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerProtocolAssignment", version });
        }
        let assigned_partitions = c.array(false, 6, "assignedPartitions", |c| TopicPartition::decode(c, version))?;
        let user_data = c.nullable_bytes(false, "userData")?;
        Ok(Self { assigned_partitions, user_data })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerProtocolAssignment", version });
        }
        w.length(self.assigned_partitions.len(), false, "assignedPartitions")?;
        for v in &self.assigned_partitions {
            v.encode(w, version)?;
        }
        match &self.user_data {
            Some(v) => {
                w.bytes(v, false, "userData")?;
            }
            None => w.null_length(false),
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerProtocolAssignment<'static> {
        ConsumerProtocolAssignment {
            assigned_partitions: self.assigned_partitions.into_iter().map(|v| v.into_owned()).collect(),
            user_data: self.user_data.map(|v| Cow::Owned(v.into_owned())),
        }
    }
}

impl crate::Message for ConsumerProtocolAssignment<'_> {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ConsumerProtocolAssignment<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerProtocolAssignment::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerProtocolAssignment::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerProtocolAssignment<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerProtocolAssignment::decode(c, version)
    }
}

/// A part of [`ConsumerProtocolAssignment`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPartition<'a> {
    pub topic: Cow<'a, str>,
    pub partitions: Vec<i32>,
}

impl Default for TopicPartition<'_> {
    fn default() -> Self {
        TopicPartition { topic: Cow::Borrowed(""), partitions: Vec::new() }
    }
}

impl<'a> TopicPartition<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic = c.string(false, "topic")?;
        let partitions = c.array(false, 4, "partitions", wire::Cursor::i32)?;
        Ok(Self { topic, partitions })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic, false, "topic")?;
        w.length(self.partitions.len(), false, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicPartition<'static> {
        TopicPartition { topic: Cow::Owned(self.topic.into_owned()), partitions: self.partitions }
    }
}
