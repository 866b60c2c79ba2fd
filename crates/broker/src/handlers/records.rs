//! DeleteRecords (KIP-107): moves the log start of partitions.

use crate::Broker;
use crate::partition::Effects;
use api::Request;
use base::{ErrorCode, Offset, PartitionIndex};
use net::Pipelining;
use protocol::delete_records_response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult};
use protocol::{DecodeError, DeleteRecordsRequest, DeleteRecordsResponse};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let delete: DeleteRecordsRequest<'_> = request.decode()?;
    let image = broker.image.load();
    // Of a partition that is named twice the last counts.
    let mut wanted: BTreeMap<&str, BTreeMap<PartitionIndex, Offset>> = BTreeMap::new();
    for topic in &delete.topics {
        let offsets = topic.partitions.iter().map(|p| (p.partition_index, p.offset));
        wanted.entry(&topic.name).or_default().extend(offsets);
    }
    let mut topics = Vec::new();
    for (name, partitions) in wanted {
        let allowed = request.may(name);
        let topic_id = image.topic_id(name).unwrap_or_default();
        let is_internal = crate::coordinator::is_internal_topic(name);
        let partitions = partitions.into_iter().map(|(partition_index, offset)| {
            let cell = broker.replicas.get(topic_id, partition_index);
            let outcome = match cell {
                _ if !allowed => Err(ErrorCode::TopicAuthorizationFailed),
                _ if is_internal => Err(ErrorCode::InvalidTopicException),
                None if image.partition(topic_id, partition_index).is_some() => Err(ErrorCode::NotLeaderOrFollower),
                None => Err(ErrorCode::UnknownTopicOrPartition),
                Some(cell)
                    if !cell.settings().log.cleanup_policy.delete && cell.settings().log.cleanup_policy.compact =>
                {
                    Err(ErrorCode::PolicyViolation)
                }
                Some(cell) => {
                    let mut effects = Effects::default();
                    let result = cell.delete_records(offset, &mut effects);
                    effects.run(&cell, request.now);
                    result
                }
            };
            DeleteRecordsPartitionResult {
                partition_index,
                low_watermark: outcome.unwrap_or(-1),
                error_code: outcome.err().map_or(0, |error| error.code()),
                ..Default::default()
            }
        });
        topics.push(DeleteRecordsTopicResult {
            name: name.to_owned().into(),
            partitions: partitions.collect(),
            ..Default::default()
        });
    }
    request.responder.send(&DeleteRecordsResponse { topics, ..Default::default() });
    Ok(Pipelining::Hold)
}
