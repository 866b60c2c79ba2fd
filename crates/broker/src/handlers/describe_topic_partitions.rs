//! DescribeTopicPartitions (KIP-966): partitions with their eligible leaders, page by page.

use super::metadata::{offline, reachable_leader, topic_operations};
use crate::Broker;
use crate::coordinator::is_internal_topic;
use api::Request;
use base::ErrorCode;
use net::Pipelining;
use protocol::describe_topic_partitions_response as response;
use protocol::{DecodeError, DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeTopicPartitionsRequest<'_> = request.decode()?;
    let image = broker.image.load_full();
    let listener = &*request.connection.listener;
    let all = describe.topics.is_empty();
    let mut names: BTreeSet<String> = match all {
        true => image.topics_by_name().map(|topic| topic.name.clone()).collect(),
        false => describe.topics.iter().map(|topic| topic.name.to_string()).collect(),
    };
    let from = describe.cursor.as_ref().map(|cursor| (cursor.topic_name.to_string(), cursor.partition_index));
    // Kafka's own check of an empty name fails inside, and with it the whole request.
    let refusal = match &from {
        _ if describe.topics.iter().any(|topic| topic.name.is_empty()) => Some(ErrorCode::UnknownServerError),
        Some((first, index)) if *index < 0 || !all && !names.contains(first) => Some(ErrorCode::InvalidRequest),
        _ => None,
    };
    if let Some(error) = refusal {
        let topics = describe.topics.iter().map(|topic| response::DescribeTopicPartitionsResponseTopic {
            error_code: error.code(),
            name: Some(topic.name.to_string().into()),
            ..Default::default()
        });
        let refused =
            DescribeTopicPartitionsResponse { topics: topics.collect(), next_cursor: None, ..Default::default() };
        request.responder.send(&refused);
        return Ok(Pipelining::Hold);
    }
    if let Some((first, _)) = &from {
        names.retain(|name| name >= first);
    }
    let partitions_max = broker.static_config.limits.request_partitions_max.max(1);
    let mut left = describe.response_partition_limit.clamp(1, partitions_max) as usize;
    let mut answer = DescribeTopicPartitionsResponse { next_cursor: None, ..Default::default() };
    for name in names {
        if left == 0 {
            answer.next_cursor =
                Some(response::Cursor { topic_name: name.into(), partition_index: 0, ..Default::default() });
            break;
        }
        let allowed = request.may(&name);
        if !allowed && all {
            continue;
        }
        let Some(topic) = image.topic_by_name(&name).filter(|_| allowed) else {
            let error = match (allowed, controller::validate_topic_name(&name)) {
                (false, _) => ErrorCode::TopicAuthorizationFailed,
                (true, Err(_)) => ErrorCode::InvalidTopicException,
                (true, Ok(())) => ErrorCode::UnknownTopicOrPartition,
            };
            answer.topics.push(response::DescribeTopicPartitionsResponseTopic {
                error_code: error.code(),
                is_internal: is_internal_topic(&name),
                topic_authorized_operations: match allowed {
                    true => topic_operations(&request, &name),
                    false => super::metadata::OPERATIONS_OMITTED,
                },
                name: Some(name.into()),
                ..Default::default()
            });
            continue;
        };
        let first = from.as_ref().filter(|(topic, _)| *topic == name).map_or(0, |(_, index)| *index);
        let mut partitions = Vec::new();
        for (index, partition) in topic.partitions.range(first..) {
            if left == 0 {
                answer.next_cursor = Some(response::Cursor {
                    topic_name: name.clone().into(),
                    partition_index: *index,
                    ..Default::default()
                });
                break;
            }
            left -= 1;
            let (leader_id, error) = reachable_leader(&image, partition, listener);
            partitions.push(response::DescribeTopicPartitionsResponsePartition {
                error_code: error.code(),
                partition_index: *index,
                leader_id,
                leader_epoch: partition.leader_epoch,
                replica_nodes: partition.replicas.clone(),
                isr_nodes: partition.isr.clone(),
                eligible_leader_replicas: Some(partition.elr.clone()),
                last_known_elr: Some(partition.last_known_elr.clone()),
                offline_replicas: offline(&image, partition),
                ..Default::default()
            });
        }
        answer.topics.push(response::DescribeTopicPartitionsResponseTopic {
            name: Some(name.clone().into()),
            topic_id: topic.id,
            is_internal: is_internal_topic(&name),
            partitions,
            topic_authorized_operations: topic_operations(&request, &name),
            ..Default::default()
        });
        if answer.next_cursor.is_some() {
            break;
        }
    }
    request.responder.send(&answer);
    Ok(Pipelining::Hold)
}
