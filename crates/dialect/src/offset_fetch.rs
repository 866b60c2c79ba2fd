//! OffsetFetch names one group up to version 7, and several from version 8 on (KIP-709).

use protocol::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics};
use protocol::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions, OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
};
use protocol::{OffsetFetchRequest, OffsetFetchResponse};

/// First version with several groups.
const GROUPS_VERSION: i16 = 8;

/// The groups that a request of any version asks for.
pub fn offset_fetch_groups(request: OffsetFetchRequest<'_>, version: i16) -> Vec<OffsetFetchRequestGroup<'_>> {
    if version >= GROUPS_VERSION {
        return request.groups;
    }
    fn topic(topic: OffsetFetchRequestTopic<'_>) -> OffsetFetchRequestTopics<'_> {
        let OffsetFetchRequestTopic { name, partition_indexes, .. } = topic;
        OffsetFetchRequestTopics { name, partition_indexes, ..Default::default() }
    }
    let topics = request.topics.map(|topics| topics.into_iter().map(topic).collect());
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
