//! OffsetForLeaderEpoch (KIP-101, KIP-320): where the records of an epoch end.

use crate::Broker;
use api::Request;
use base::ErrorCode;
use net::Pipelining;
use protocol::offset_for_leader_epoch_response::{EpochEndOffset, OffsetForLeaderTopicResult};
use protocol::{DecodeError, OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let asked: OffsetForLeaderEpochRequest<'_> = request.decode()?;
    let image = broker.image.load();
    let mut topics = Vec::new();
    for topic in &asked.topics {
        let allowed = request.may(&topic.topic);
        let topic_id = image.topic_id(&topic.topic).unwrap_or_default();
        let partitions = topic.partitions.iter().map(|p| {
            let mut answer = EpochEndOffset { partition: p.partition, ..Default::default() };
            let cell = broker.replicas.get(topic_id, p.partition);
            let outcome = match cell {
                _ if !allowed => Err(ErrorCode::TopicAuthorizationFailed),
                None if image.partition(topic_id, p.partition).is_some() => Err(ErrorCode::NotLeaderOrFollower),
                None => Err(ErrorCode::UnknownTopicOrPartition),
                Some(cell) => cell.check_leadership(p.current_leader_epoch).map(|_| {
                    cell.with_log(|log| match log.leader_epochs().earliest() {
                        // An epoch from before the log: it ended where the log begins.
                        Some(first) if p.leader_epoch < -1 => {
                            Some(storage::EpochEnd { epoch: p.leader_epoch, end_offset: first.start_offset })
                        }
                        _ => log.leader_epochs().end_offset_for(p.leader_epoch, log.log_end_offset()),
                    })
                }),
            };
            match outcome {
                Ok(Some(end)) => {
                    answer.leader_epoch = end.epoch;
                    answer.end_offset = end.end_offset;
                }
                Ok(None) => {}
                Err(error) => answer.error_code = error.code(),
            }
            answer
        });
        topics.push(OffsetForLeaderTopicResult {
            topic: topic.topic.to_string().into(),
            partitions: partitions.collect(),
            ..Default::default()
        });
    }
    request.responder.send(&OffsetForLeaderEpochResponse { topics, ..Default::default() });
    Ok(Pipelining::Hold)
}
