//! `ConsumerProtocolSubscription`, versions 0 to 3.
//! Generated from `schema/data/ConsumerProtocolSubscription.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerProtocolSubscription<'a> {
    pub topics: Vec<Cow<'a, str>>,
    pub user_data: Option<Cow<'a, [u8]>>,
    /// Versions 1+.
    pub owned_partitions: Vec<TopicPartition<'a>>,
    /// Versions 2+; default -1.
    pub generation_id: i32,
    /// Versions 3+.
    pub rack_id: Option<Cow<'a, str>>,
}

impl Default for ConsumerProtocolSubscription<'_> {
    fn default() -> Self {
        ConsumerProtocolSubscription {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
        }
    }
}

impl<'a> ConsumerProtocolSubscription<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerProtocolSubscription", version });
        }
        let topics = c.array(false, 2, "topics", |c| c.string(false, "topics"))?;
        let user_data = c.nullable_bytes(false, "userData")?;
        let owned_partitions = if version >= 1 {
            c.array(false, 6, "ownedPartitions", |c| TopicPartition::decode(c, version))?
        } else {
            Vec::new()
        };
        let generation_id = if version >= 2 { c.i32()? } else { -1 };
        let rack_id = if version >= 3 { c.nullable_string(false, "rackId")? } else { None };
        Ok(Self { topics, user_data, owned_partitions, generation_id, rack_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=3).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerProtocolSubscription", version });
        }
        w.length(self.topics.len(), false, "topics")?;
        for v in &self.topics {
            w.string(v, false, "topics")?;
        }
        match &self.user_data {
            Some(v) => {
                w.bytes(v, false, "userData")?;
            }
            None => w.null_length(false),
        }
        if version >= 1 {
            w.length(self.owned_partitions.len(), false, "ownedPartitions")?;
            for v in &self.owned_partitions {
                v.encode(w, version)?;
            }
        }
        if version >= 2 {
            w.i32(self.generation_id);
        }
        if version >= 3 {
            match &self.rack_id {
                Some(v) => {
                    w.string(v, false, "rackId")?;
                }
                None => w.null_string(false),
            }
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerProtocolSubscription<'static> {
        ConsumerProtocolSubscription {
            topics: self.topics.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            user_data: self.user_data.map(|v| Cow::Owned(v.into_owned())),
            owned_partitions: self.owned_partitions.into_iter().map(|v| v.into_owned()).collect(),
            generation_id: self.generation_id,
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
        }
    }
}

impl crate::Message for ConsumerProtocolSubscription<'_> {
    const NAME: &'static str = "ConsumerProtocolSubscription";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ConsumerProtocolSubscription<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerProtocolSubscription::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerProtocolSubscription::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerProtocolSubscription<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerProtocolSubscription::decode(c, version)
    }
}

/// A part of [`ConsumerProtocolSubscription`].
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
