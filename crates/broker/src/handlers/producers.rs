//! InitProducerId for idempotent producers (KIP-98, KIP-360), and DescribeProducers (KIP-664).

use crate::Broker;
use api::{Operation, Request, ResourceType};
use base::ErrorCode;
use net::Pipelining;
use protocol::describe_producers_response::{PartitionResponse, ProducerState, TopicResponse};
use protocol::{
    DecodeError, DescribeProducersRequest, DescribeProducersResponse, InitProducerIdRequest, InitProducerIdResponse,
};
use std::sync::Arc;

pub(super) fn init_producer_id(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let init: InitProducerIdRequest<'_> = request.decode()?;
    let refuse = |error: ErrorCode| InitProducerIdResponse {
        error_code: error.code(),
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    if (init.producer_id >= 0) != (init.producer_epoch >= 0) {
        request.responder.send(&refuse(ErrorCode::InvalidRequest));
        return Ok(Pipelining::Hold);
    }
    if let Some(id) = &init.transactional_id {
        let timeout_max_ms = broker.static_config.transactions.max_timeout_ms;
        let error = if id.is_empty() {
            ErrorCode::InvalidRequest
        } else if !(1..=timeout_max_ms).contains(&init.transaction_timeout_ms) {
            ErrorCode::InvalidTransactionTimeout
        } else {
            // Fatal in every client; they would retry anything softer for ever.
            ErrorCode::TransactionalIdAuthorizationFailed
        };
        tracing::info!(transactional_id = %id, "a transactional producer is refused: transactions are not served");
        request.responder.send(&refuse(error));
        return Ok(Pipelining::Hold);
    }
    // Who may write to some topic may do so idempotently.
    let may_write = || {
        let image = broker.image.load();
        let mut topics = image.topics_by_name();
        topics.any(|topic| request.is_allowed(Operation::Write, ResourceType::Topic, &topic.name))
    };
    if !request.is_allowed_on_cluster && !may_write() {
        request.responder.send(&refuse(ErrorCode::ClusterAuthorizationFailed));
        return Ok(Pipelining::Hold);
    }
    let responder = request.responder;
    broker.next_producer_id(Box::new(move |id| {
        let response = match id {
            Ok(producer_id) => InitProducerIdResponse { producer_id, producer_epoch: 0, ..Default::default() },
            Err(error) => refuse(error),
        };
        responder.send(&response);
    }));
    Ok(Pipelining::Hold)
}

pub(super) fn describe_producers(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let asked: DescribeProducersRequest<'_> = request.decode()?;
    let image = broker.image.load();
    let mut topics = Vec::new();
    for topic in &asked.topics {
        let allowed = request.may(&topic.name);
        let topic_id = image.topic_id(&topic.name).unwrap_or_default();
        let invalid = controller::validate_topic_name(&topic.name).is_err();
        let partitions = topic.partition_indexes.iter().map(|index| {
            let mut answer = PartitionResponse { partition_index: *index, ..Default::default() };
            let cell = broker.replicas.get(topic_id, *index);
            let error = match &cell {
                _ if !allowed => ErrorCode::TopicAuthorizationFailed,
                _ if invalid => ErrorCode::InvalidTopicException,
                None if image.partition(topic_id, *index).is_some() => ErrorCode::NotLeaderOrFollower,
                None => ErrorCode::UnknownTopicOrPartition,
                Some(cell) => cell.check_leadership(-1).err().unwrap_or(ErrorCode::None),
            };
            answer.error_code = error.code();
            answer.error_message = match error {
                // A partition that a known topic lacks is answered with the code alone.
                ErrorCode::UnknownTopicOrPartition if topic_id.is_zero() => {
                    Some("This server does not host this topic-partition.".into())
                }
                ErrorCode::InvalidTopicException => controller::validate_topic_name(&topic.name).err().map(Into::into),
                _ => None,
            };
            if let (Some(cell), true) = (cell, error.is_ok()) {
                let producers = cell.with_log(|log| log.producers());
                answer.active_producers = producers
                    .iter()
                    .map(|producer| ProducerState {
                        producer_id: producer.producer_id,
                        producer_epoch: producer.epoch as i32,
                        last_sequence: producer.last_sequence(),
                        last_timestamp: producer.last_timestamp_ms,
                        coordinator_epoch: producer.coordinator_epoch,
                        current_txn_start_offset: producer.txn_first_offset.unwrap_or(-1),
                        ..Default::default()
                    })
                    .collect();
            }
            answer
        });
        topics.push(TopicResponse {
            name: topic.name.to_string().into(),
            partitions: partitions.collect(),
            ..Default::default()
        });
    }
    request.responder.send(&DescribeProducersResponse { topics, ..Default::default() });
    Ok(Pipelining::Hold)
}
