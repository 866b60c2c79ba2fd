//! `VoteRequest` (key 52), versions 0 to 2.
//! Generated from `schema/rpc/VoteRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct VoteRequest<'a> {
    pub cluster_id: Option<Cow<'a, str>>,
    /// Versions 1+; default -1.
    pub voter_id: i32,
    pub topics: Vec<TopicData<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for VoteRequest<'_> {
    fn default() -> Self {
        VoteRequest {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> VoteRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "VoteRequest", version });
        }
        let cluster_id = c.nullable_string(true, "clusterId")?;
        let voter_id = if version >= 1 { c.i32()? } else { -1 };
        let topics = c.array(true, 3, "topics", |c| TopicData::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { cluster_id, voter_id, topics, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "VoteRequest", version });
        }
        match &self.cluster_id {
            Some(v) => {
                w.string(v, true, "clusterId")?;
            }
            None => w.null_string(true),
        }
        if version >= 1 {
            w.i32(self.voter_id);
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> VoteRequest<'static> {
        VoteRequest {
            cluster_id: self.cluster_id.map(|v| Cow::Owned(v.into_owned())),
            voter_id: self.voter_id,
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for VoteRequest<'_> {
    const NAME: &'static str = "VoteRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = VoteRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        VoteRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        VoteRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for VoteRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        VoteRequest::decode(c, version)
    }
}

impl crate::Request for VoteRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::Vote;
    type Response<'r> = crate::VoteResponse<'r>;
    type OwnedResponse = crate::VoteResponse<'static>;
}

/// A part of [`VoteRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicData<'a> {
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<PartitionData>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicData<'_> {
    fn default() -> Self {
        TopicData {
            topic_name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicData<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let partitions = c.array(
            true,
            if version >= 2 {
                58
            } else if version >= 1 {
                57
            } else {
                25
            },
            "partitions",
            |c| PartitionData::decode(c, version),
        )?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicData<'static> {
        TopicData {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`VoteRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData {
    pub partition_index: i32,
    pub replica_epoch: i32,
    pub replica_id: i32,
    /// Versions 1+.
    pub replica_directory_id: Uuid,
    /// Versions 1+.
    pub voter_directory_id: Uuid,
    pub last_offset_epoch: i32,
    pub last_offset: i64,
    /// Versions 2+.
    pub pre_vote: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            replica_epoch: 0,
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            voter_directory_id: Uuid::ZERO,
            last_offset_epoch: 0,
            last_offset: 0,
            pre_vote: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl PartitionData {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let replica_epoch = c.i32()?;
        let replica_id = c.i32()?;
        let replica_directory_id = if version >= 1 { c.uuid()? } else { Uuid::ZERO };
        let voter_directory_id = if version >= 1 { c.uuid()? } else { Uuid::ZERO };
        let last_offset_epoch = c.i32()?;
        let last_offset = c.i64()?;
        let pre_vote = if version >= 2 { c.bool()? } else { false };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            partition_index,
            replica_epoch,
            replica_id,
            replica_directory_id,
            voter_directory_id,
            last_offset_epoch,
            last_offset,
            pre_vote,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
        w.i32(self.replica_epoch);
        w.i32(self.replica_id);
        if version >= 1 {
            w.uuid(self.replica_directory_id);
        }
        if version >= 1 {
            w.uuid(self.voter_directory_id);
        }
        w.i32(self.last_offset_epoch);
        w.i64(self.last_offset);
        if version >= 2 {
            w.bool(self.pre_vote);
        } else if self.pre_vote {
            return Err(wire::EncodeError::UnsupportedField { field: "preVote", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}
