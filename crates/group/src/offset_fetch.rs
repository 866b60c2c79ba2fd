//! OffsetFetch: committed offsets of named partitions or of all, and the shapes of its versions (KIP-447, 709, 848).

use crate::offset_commit::TOPIC_ID_VERSION;
use crate::offsets::CommittedOffset;
use crate::request::Topics;
use crate::shard::Shard;
use base::{ErrorCode, TopicId};
use protocol::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use protocol::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions, OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
};
use protocol::{OffsetFetchRequest, OffsetFetchResponse};
use std::borrow::Cow;

/// First version with several groups (KIP-709).
const GROUPS_VERSION: i16 = 8;
/// First version with an error beside the partitions' errors.
const TOP_LEVEL_ERROR_VERSION: i16 = 2;
/// Offset and leader epoch of a partition for which nothing is committed.
const NOTHING_COMMITTED: i64 = -1;

/// The groups that a request of any version asks for.
pub fn offset_fetch_groups(request: OffsetFetchRequest<'_>, version: i16) -> Vec<OffsetFetchRequestGroup<'_>> {
    if version >= GROUPS_VERSION {
        return request.groups;
    }
    let topics = request.topics.map(|topics| {
        let topic =
            |t: protocol::offset_fetch_request::OffsetFetchRequestTopic<'_>| -> OffsetFetchRequestTopics<'static> {
                OffsetFetchRequestTopics {
                    name: Cow::Owned(t.name.into_owned()),
                    partition_indexes: t.partition_indexes,
                    ..Default::default()
                }
            };
        topics.into_iter().map(topic).collect()
    });
    vec![OffsetFetchRequestGroup { group_id: request.group_id, topics, ..Default::default() }]
}

/// The response of any version with these groups; versions before 8 have room for the first one.
pub fn offset_fetch_response(
    version: i16,
    groups: Vec<OffsetFetchResponseGroup<'static>>,
) -> OffsetFetchResponse<'static> {
    if version >= GROUPS_VERSION {
        return OffsetFetchResponse { groups, ..Default::default() };
    }
    let Some(group) = groups.into_iter().next() else { return OffsetFetchResponse::default() };
    let partition = |p: OffsetFetchResponsePartitions<'static>| OffsetFetchResponsePartition {
        partition_index: p.partition_index,
        committed_offset: p.committed_offset,
        committed_leader_epoch: p.committed_leader_epoch,
        metadata: p.metadata,
        error_code: p.error_code,
        ..Default::default()
    };
    let topic = |t: OffsetFetchResponseTopics<'static>| OffsetFetchResponseTopic {
        name: t.name,
        partitions: t.partitions.into_iter().map(partition).collect(),
        ..Default::default()
    };
    OffsetFetchResponse {
        topics: group.topics.into_iter().map(topic).collect(),
        error_code: group.error_code,
        ..Default::default()
    }
}

/// Topics of an answer that failed as a whole: only versions without a top-level error list them.
pub(crate) fn error_topics(
    group: &OffsetFetchRequestGroup<'_>,
    version: i16,
    error: ErrorCode,
) -> Vec<OffsetFetchResponseTopics<'static>> {
    if version >= TOP_LEVEL_ERROR_VERSION {
        return Vec::new();
    }
    let failed = |topic: &OffsetFetchRequestTopics<'_>| all_partitions(topic, |index| nothing(index, error));
    group.topics.iter().flatten().map(failed).collect()
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
    topic: &OffsetFetchRequestTopics<'_>,
    partition: impl FnMut(i32) -> OffsetFetchResponsePartitions<'static>,
) -> OffsetFetchResponseTopics<'static> {
    OffsetFetchResponseTopics {
        name: Cow::Owned(topic.name.to_string()),
        topic_id: topic.topic_id,
        partitions: topic.partition_indexes.iter().copied().map(partition).collect(),
        ..Default::default()
    }
}

/// Whether both sides know the topic's id and mean different topics of one name (KAFKA-19154).
fn other_topic(committed: &CommittedOffset, asked: TopicId) -> bool {
    !committed.topic_id.is_zero() && !asked.is_zero() && committed.topic_id != asked
}

impl Shard {
    pub(crate) fn offset_fetch(
        &self,
        request: &OffsetFetchRequestGroup<'_>,
        require_stable: bool,
        version: i16,
        topics: &dyn Topics,
    ) -> OffsetFetchResponseGroup<'static> {
        let group_id = request.group_id.as_ref();
        let mut response = OffsetFetchResponseGroup { group_id: Cow::Owned(group_id.to_owned()), ..Default::default() };
        if let Err(error) = self.may_fetch(request) {
            response.error_code = error as i16;
            return response;
        }
        response.topics = match &request.topics {
            Some(asked) => {
                asked.iter().map(|t| self.fetch_topic(group_id, t, require_stable, version, topics)).collect()
            }
            None => self.fetch_all(group_id, require_stable, version, topics),
        };
        response
    }

    /// Members of groups under the newer protocols name an epoch here; classic members do not.
    fn may_fetch(&self, request: &OffsetFetchRequestGroup<'_>) -> Result<(), ErrorCode> {
        let Some(other) = self.other_groups.get(request.group_id.as_ref()) else { return Ok(()) };
        other.validate_fetch(request.member_id.as_deref(), request.member_epoch)
    }

    fn fetch_topic(
        &self,
        group: &str,
        asked: &OffsetFetchRequestTopics<'_>,
        require_stable: bool,
        version: i16,
        topics: &dyn Topics,
    ) -> OffsetFetchResponseTopics<'static> {
        if version < TOPIC_ID_VERSION {
            let unknown_id = TopicId::ZERO;
            return all_partitions(asked, |i| self.fetch_partition(group, &asked.name, unknown_id, i, require_stable));
        }
        match topics.name(asked.topic_id) {
            Some(name) => {
                all_partitions(asked, |i| self.fetch_partition(group, &name, asked.topic_id, i, require_stable))
            }
            None => all_partitions(asked, |i| nothing(i, ErrorCode::UnknownTopicId)),
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
        require_stable: bool,
        version: i16,
        topics: &dyn Topics,
    ) -> Vec<OffsetFetchResponseTopics<'static>> {
        let mut fetched = Vec::new();
        for (name, partitions) in self.offsets.topics(group) {
            let topic_id = topics.id(name);
            if version >= TOPIC_ID_VERSION && topic_id.is_none() {
                continue;
            }
            let topic_id = topic_id.filter(|_| version >= TOPIC_ID_VERSION).unwrap_or(TopicId::ZERO);
            let partition = |(index, committed): (&i32, &CommittedOffset)| match require_stable
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
