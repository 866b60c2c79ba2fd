//! OffsetFetch: committed offsets of named partitions or of all (KIP-447, 709, 848).

use crate::offsets::CommittedOffset;
use crate::request::{FetchTopic, OffsetFetch, TopicRef, Topics};
use crate::shard::Shard;
use base::{ErrorCode, TopicId};
use protocol::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
};
use std::borrow::Cow;

/// Offset and leader epoch of a partition for which nothing is committed.
const NOTHING_COMMITTED: i64 = -1;

/// Topics of an answer that failed as a whole, where it cannot say so at once.
pub(crate) fn error_topics(request: &OffsetFetch, error: ErrorCode) -> Vec<OffsetFetchResponseTopics<'static>> {
    if !request.fails_by_partition {
        return Vec::new();
    }
    let failed = |topic: &FetchTopic| all_partitions(topic, |index| nothing(index, error));
    request.topics.iter().flatten().map(failed).collect()
}

/// Turns an offset into an error.
pub(crate) fn fail_partition(partition: &mut OffsetFetchResponsePartitions<'static>, error: ErrorCode) {
    if partition.error_code == 0 {
        *partition = nothing(partition.partition_index, error);
    }
}

fn nothing(partition_index: i32, error: ErrorCode) -> OffsetFetchResponsePartitions<'static> {
    OffsetFetchResponsePartitions {
        partition_index,
        committed_offset: NOTHING_COMMITTED,
        committed_leader_epoch: -1,
        metadata: Some(Cow::Borrowed("")),
        error_code: error as i16,
        ..Default::default()
    }
}

fn found(partition_index: i32, committed: &CommittedOffset) -> OffsetFetchResponsePartitions<'static> {
    OffsetFetchResponsePartitions {
        partition_index,
        committed_offset: committed.offset,
        committed_leader_epoch: committed.leader_epoch,
        metadata: Some(Cow::Owned(committed.metadata.clone())),
        ..Default::default()
    }
}

fn all_partitions(
    topic: &FetchTopic,
    partition: impl FnMut(i32) -> OffsetFetchResponsePartitions<'static>,
) -> OffsetFetchResponseTopics<'static> {
    OffsetFetchResponseTopics {
        name: Cow::Owned(topic.topic.name().to_owned()),
        topic_id: topic.topic.id(),
        partitions: topic.partitions.iter().copied().map(partition).collect(),
        ..Default::default()
    }
}

/// Whether both sides know the topic's id and mean different topics of one name (KAFKA-19154).
fn other_topic(committed: &CommittedOffset, asked: TopicId) -> bool {
    !committed.topic_id.is_zero() && !asked.is_zero() && committed.topic_id != asked
}

impl Shard {
    pub(crate) fn offset_fetch(&self, request: &OffsetFetch, topics: &dyn Topics) -> OffsetFetchResponseGroup<'static> {
        let group_id = request.group_id.as_str();
        let mut response = OffsetFetchResponseGroup { group_id: Cow::Owned(group_id.to_owned()), ..Default::default() };
        if let Err(error) = self.may_fetch(request) {
            response.error_code = error as i16;
            return response;
        }
        response.topics = match &request.topics {
            Some(asked) => {
                asked.iter().map(|t| self.fetch_topic(group_id, t, request.require_stable, topics)).collect()
            }
            None => self.fetch_all(group_id, request, topics),
        };
        response
    }

    /// Members of groups under the newer protocols name an epoch here; classic members do not.
    fn may_fetch(&self, request: &OffsetFetch) -> Result<(), ErrorCode> {
        let Some(other) = self.other_groups.get(&request.group_id) else { return Ok(()) };
        other.validate_fetch(request.member_id.as_deref(), request.member_epoch)
    }

    fn fetch_topic(
        &self,
        group: &str,
        asked: &FetchTopic,
        require_stable: bool,
        topics: &dyn Topics,
    ) -> OffsetFetchResponseTopics<'static> {
        match &asked.topic {
            TopicRef::Name(name) => {
                all_partitions(asked, |i| self.fetch_partition(group, name, TopicId::ZERO, i, require_stable))
            }
            TopicRef::Id(id) => match topics.name(*id) {
                Some(name) => all_partitions(asked, |i| self.fetch_partition(group, &name, *id, i, require_stable)),
                None => all_partitions(asked, |i| nothing(i, ErrorCode::UnknownTopicId)),
            },
        }
    }

    fn fetch_partition(
        &self,
        group: &str,
        topic: &str,
        topic_id: TopicId,
        partition: i32,
        require_stable: bool,
    ) -> OffsetFetchResponsePartitions<'static> {
        if require_stable && self.offsets.is_pending(group, topic, partition) {
            return nothing(partition, ErrorCode::UnstableOffsetCommit);
        }
        match self.offsets.get(group, topic, partition) {
            Some(committed) if !other_topic(committed, topic_id) => found(partition, committed),
            _ => nothing(partition, ErrorCode::None),
        }
    }

    fn fetch_all(
        &self,
        group: &str,
        request: &OffsetFetch,
        topics: &dyn Topics,
    ) -> Vec<OffsetFetchResponseTopics<'static>> {
        let mut fetched = Vec::new();
        for (name, partitions) in self.offsets.topics(group) {
            let topic_id = topics.id(name);
            if request.tells_ids && topic_id.is_none() {
                continue;
            }
            let topic_id = topic_id.filter(|_| request.tells_ids).unwrap_or(TopicId::ZERO);
            let partition = |(index, committed): (&i32, &CommittedOffset)| match request.require_stable
                && self.offsets.is_pending(group, name, *index)
            {
                true => nothing(*index, ErrorCode::UnstableOffsetCommit),
                false => found(*index, committed),
            };
            fetched.push(OffsetFetchResponseTopics {
                name: Cow::Owned(name.to_owned()),
                topic_id,
                partitions: partitions.iter().filter(|(_, c)| !other_topic(c, topic_id)).map(partition).collect(),
                ..Default::default()
            });
        }
        fetched
    }
}
