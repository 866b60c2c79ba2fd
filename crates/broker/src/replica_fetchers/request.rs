//! The requests of a fetcher.

use super::Key;
use crate::broker::Broker;
use crate::partition::{FollowerPosition, PartitionCell};
use base::LeaderEpoch;
use protocol::fetch_request::{FetchPartition, FetchTopic, ForgottenTopic, ReplicaState};
use protocol::header::encode_request;
use protocol::{EncodeError, FetchRequest, ListOffsetsRequest, Request, Writer, list_offsets_request};
use replication::FetchPlan;

/// What every broker of the versions that may be in a cluster serves: with topic ids, epochs of brokers and directories.
pub(super) const FETCH_VERSION: i16 = 17;
/// With leader epochs.
pub(super) const LIST_OFFSETS_VERSION: i16 = 9;

/// Who a fetcher says it is, by its number among those of one leader, as in Kafka.
fn client_id(broker: &Broker, number: u32) -> String {
    format!("broker-{}-fetcher-{number}", broker.node_id)
}

/// The correlation id of a request.
pub(super) fn correlation_id(token: u64) -> i32 {
    (token & 0x7fff_ffff) as i32
}

/// How long a request may wait at the leader, and how much the answer may bring: in all, and of each partition that the plan
/// names, in its order.
pub(super) struct Limits {
    pub max_wait_ms: i32,
    pub bytes: i32,
    pub partition_bytes: Vec<i32>,
}

pub(super) fn fetch(
    broker: &Broker,
    number: u32,
    token: u64,
    plan: &FetchPlan<Key, FollowerPosition>,
    limits: &Limits,
) -> Result<Vec<u8>, EncodeError> {
    let config = &broker.static_config.replication;
    let mut topics: Vec<FetchTopic<'_>> = Vec::new();
    for (((topic_id, index), position), bytes) in plan.named.iter().zip(&limits.partition_bytes) {
        if topics.last().is_none_or(|topic| topic.topic_id != *topic_id) {
            topics.push(FetchTopic { topic_id: *topic_id, ..Default::default() });
        }
        let cell = broker.replicas.get(*topic_id, *index);
        let partition = FetchPartition {
            partition: *index,
            current_leader_epoch: position.leader_epoch,
            fetch_offset: position.offset,
            last_fetched_epoch: position.last_fetched_epoch,
            log_start_offset: position.log_start_offset,
            partition_max_bytes: *bytes,
            replica_directory_id: cell.map(|cell| cell.directory().id).unwrap_or_default(),
            ..Default::default()
        };
        if let Some(topic) = topics.last_mut() {
            topic.partitions.push(partition);
        }
    }
    let mut forgotten: Vec<ForgottenTopic<'_>> = Vec::new();
    for (topic_id, index) in &plan.forgotten {
        if forgotten.last().is_none_or(|topic| topic.topic_id != *topic_id) {
            forgotten.push(ForgottenTopic { topic_id: *topic_id, ..Default::default() });
        }
        if let Some(topic) = forgotten.last_mut() {
            topic.partitions.push(*index);
        }
    }
    let replica_state =
        ReplicaState { replica_id: broker.node_id, replica_epoch: broker.epoch(), ..Default::default() };
    let request = FetchRequest {
        replica_state,
        max_wait_ms: config.fetch_wait_max_ms.min(limits.max_wait_ms),
        min_bytes: config.fetch_bytes_min,
        max_bytes: limits.bytes,
        session_id: plan.session_id,
        session_epoch: plan.session_epoch,
        topics,
        forgotten_topics_data: forgotten,
        ..Default::default()
    };
    frame(FETCH_VERSION, token, &client_id(broker, number), &request)
}

/// Asks a leader where its log begins or ends (`timestamp`).
pub(super) fn list_offsets(
    broker: &Broker,
    number: u32,
    token: u64,
    cell: &PartitionCell,
    leader_epoch: LeaderEpoch,
    timestamp: i64,
) -> Result<Vec<u8>, EncodeError> {
    let partition = list_offsets_request::ListOffsetsPartition {
        partition_index: cell.name.partition,
        current_leader_epoch: leader_epoch,
        timestamp,
        ..Default::default()
    };
    let topic = list_offsets_request::ListOffsetsTopic {
        name: cell.name.topic.to_string().into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = ListOffsetsRequest { replica_id: broker.node_id, topics: vec![topic], ..Default::default() };
    frame(LIST_OFFSETS_VERSION, token, &client_id(broker, number), &request)
}

fn frame<R: Request>(version: i16, token: u64, client_id: &str, request: &R) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new();
    encode_request(&mut writer, version, correlation_id(token), Some(client_id), request)?;
    Ok(writer.into_bytes())
}
