//! `ElectLeadersRequest` (key 43), versions 0 to 2.
//! Generated from `schema/rpc/ElectLeadersRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct ElectLeadersRequest<'a> {
    /// Versions 1+.
    pub election_type: i8,
    pub topic_partitions: Option<Vec<TopicPartitions<'a>>>,
    /// Default 60000.
    pub timeout_ms: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ElectLeadersRequest<'_> {
    fn default() -> Self {
        ElectLeadersRequest {
            election_type: 0,
            topic_partitions: Some(Vec::new()),
            timeout_ms: 60000,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ElectLeadersRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ElectLeadersRequest", version });
        }
        let flexible = version >= 2;
        let election_type = if version >= 1 { c.i8()? } else { 0 };
        let topic_partitions =
            c.nullable_array(flexible, if version >= 2 { 3 } else { 6 }, "topicPartitions", |c| {
                TopicPartitions::decode(c, version)
            })?;
        let timeout_ms = c.i32()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { election_type, topic_partitions, timeout_ms, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ElectLeadersRequest", version });
        }
        if version >= 1 {
            w.i8(self.election_type);
        } else if self.election_type != 0 {
            return Err(wire::EncodeError::UnsupportedField { field: "electionType", version });
        }
        match &self.topic_partitions {
            Some(v) => {
                w.length(v.len(), flexible, "topicPartitions")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(flexible),
        }
        w.i32(self.timeout_ms);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ElectLeadersRequest<'static> {
        ElectLeadersRequest {
            election_type: self.election_type,
            topic_partitions: self.topic_partitions.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            timeout_ms: self.timeout_ms,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ElectLeadersRequest<'_> {
    const NAME: &'static str = "ElectLeadersRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = ElectLeadersRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ElectLeadersRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ElectLeadersRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ElectLeadersRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ElectLeadersRequest::decode(c, version)
    }
}

impl crate::Request for ElectLeadersRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ElectLeaders;
    type Response<'r> = crate::ElectLeadersResponse<'r>;
    type OwnedResponse = crate::ElectLeadersResponse<'static>;
}

/// A part of [`ElectLeadersRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPartitions<'a> {
    pub topic: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicPartitions<'_> {
    fn default() -> Self {
        TopicPartitions {
            topic: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicPartitions<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let topic = c.string(flexible, "topic")?;
        let partitions = c.array(flexible, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { topic, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.topic, flexible, "topic")?;
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
    pub fn into_owned(self) -> TopicPartitions<'static> {
        TopicPartitions {
            topic: Cow::Owned(self.topic.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
