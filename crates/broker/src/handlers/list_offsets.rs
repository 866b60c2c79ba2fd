//! ListOffsets (versions 1 to 11): earliest, latest, by timestamp, of the largest timestamp.

use crate::Broker;
use crate::partition::PartitionCell;
use api::{Operation, Request, ResourceType};
use base::ErrorCode;
use net::Pipelining;
use protocol::list_offsets_request::ListOffsetsPartition;
use protocol::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use protocol::{DecodeError, ListOffsetsRequest, ListOffsetsResponse};
use std::collections::BTreeSet;
use std::sync::Arc;
use storage::{LATEST_TIMESTAMP, MAX_TIMESTAMP};

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let list: ListOffsetsRequest<'_> = request.decode()?;
    let image = broker.image.load();
    let mut topics = Vec::with_capacity(list.topics.len());
    for topic in &list.topics {
        let allowed = request.is_allowed(Operation::Describe, ResourceType::Topic, &topic.name);
        let topic_id = image.topic_id(&topic.name).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut twice = BTreeSet::new();
        for p in &topic.partitions {
            if !seen.insert(p.partition_index) {
                twice.insert(p.partition_index);
            }
        }
        let mut answered = BTreeSet::new();
        let once = topic
            .partitions
            .iter()
            .filter(|p| !twice.contains(&p.partition_index) || answered.insert(p.partition_index));
        let partitions = once.map(|p| {
            let index = p.partition_index;
            let cell = broker.replicas.get(topic_id, index);
            let outcome = match cell {
                _ if !allowed => Err(ErrorCode::TopicAuthorizationFailed),
                _ if twice.contains(&index) => Err(ErrorCode::InvalidRequest),
                None if image.partition(topic_id, index).is_some() => Err(ErrorCode::NotLeaderOrFollower),
                None => Err(ErrorCode::UnknownTopicOrPartition),
                Some(cell) => look_up(&cell, p, &list, request.version),
            };
            outcome.unwrap_or_else(|error| ListOffsetsPartitionResponse {
                partition_index: index,
                error_code: error.code(),
                timestamp: -1,
                offset: -1,
                ..Default::default()
            })
        });
        topics.push(ListOffsetsTopicResponse {
            name: topic.name.to_string().into(),
            partitions: partitions.collect(),
            ..Default::default()
        });
    }
    request.responder.send(&ListOffsetsResponse { topics, ..Default::default() });
    Ok(Pipelining::Hold)
}

/// "The first record that is not uploaded yet" (KIP-1023).
const EARLIEST_PENDING_UPLOAD_TIMESTAMP: i64 = -6;

/// Lowest version in which each special timestamp means something.
fn is_known(timestamp: i64, version: i16) -> bool {
    match timestamp {
        0.. | -1 | -2 => true,
        -3 => version >= 7,
        -4 => version >= 8,
        -5 => version >= 9,
        -6 => version >= 11,
        _ => false,
    }
}

fn look_up(
    cell: &PartitionCell,
    asked: &ListOffsetsPartition,
    list: &ListOffsetsRequest<'_>,
    version: i16,
) -> Result<ListOffsetsPartitionResponse, ErrorCode> {
    if !is_known(asked.timestamp, version) {
        return Err(ErrorCode::UnsupportedVersion);
    }
    if !(0..=1).contains(&list.isolation_level) {
        return Err(ErrorCode::UnknownServerError);
    }
    if asked.current_leader_epoch < -1 {
        // Older than every epoch; only -1 means that none is given.
        return Err(ErrorCode::FencedLeaderEpoch);
    }
    cell.check_leadership(asked.current_leader_epoch)?;
    let from_consumer = list.replica_id < 0;
    cell.with_log(|log| {
        let bound = match (from_consumer, list.isolation_level) {
            (false, _) => log.log_end_offset(),
            (true, 1) => log.last_stable_offset(),
            (true, _) => log.high_watermark(),
        };
        let mut answer = ListOffsetsPartitionResponse {
            partition_index: asked.partition_index,
            timestamp: -1,
            offset: -1,
            leader_epoch: -1,
            ..Default::default()
        };
        if asked.timestamp == LATEST_TIMESTAMP {
            answer.offset = bound;
            answer.leader_epoch = log.leader_epochs().latest().map_or(-1, |entry| entry.epoch);
            return Ok(answer);
        }
        if asked.timestamp == EARLIEST_PENDING_UPLOAD_TIMESTAMP {
            // Nothing waits for an upload: there is no tiered storage.
            return Ok(answer);
        }
        let found = log.offset_for_timestamp(asked.timestamp).map_err(|error| error.error_code())?;
        // What a reader cannot see yet it is not told of.
        let visible = |offset| asked.timestamp < 0 && asked.timestamp != MAX_TIMESTAMP || offset < bound;
        if let Some(found) = found.filter(|found| visible(found.offset)) {
            answer.offset = found.offset;
            answer.timestamp = found.timestamp_ms;
            answer.leader_epoch = found.leader_epoch.unwrap_or(-1);
        }
        Ok(answer)
    })
    .map(|mut answer| {
        // The field appeared in version 4 and old clients cannot be told.
        if version < 4 {
            answer.leader_epoch = -1;
        }
        answer
    })
}
