//! Metadata (versions 0 to 13): brokers, topics, leaders; and the automatic creation of topics.

use crate::Broker;
use crate::coordinator::is_internal_topic;
use ::metadata::{Image, NO_LEADER, Partition, Topic};
use api::{CLUSTER, Operation, Request, ResourceType};
use base::{ErrorCode, NodeId};
use net::Pipelining;
use protocol::metadata_response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic};
use protocol::{DecodeError, MetadataRequest, MetadataResponse};
use std::sync::Arc;

/// "Not asked for" in the bit fields of allowed operations.
pub(super) const OPERATIONS_OMITTED: i32 = i32::MIN;
const TOPIC_OPERATIONS: &[Operation] = &[
    Operation::Read,
    Operation::Write,
    Operation::Create,
    Operation::Delete,
    Operation::Alter,
    Operation::Describe,
    Operation::DescribeConfigs,
    Operation::AlterConfigs,
];
const CLUSTER_OPERATIONS: &[Operation] = &[
    Operation::Create,
    Operation::Alter,
    Operation::Describe,
    Operation::ClusterAction,
    Operation::DescribeConfigs,
    Operation::AlterConfigs,
    Operation::IdempotentWrite,
];

const GROUP_OPERATIONS: &[Operation] =
    &[Operation::Read, Operation::Delete, Operation::Describe, Operation::DescribeConfigs, Operation::AlterConfigs];

pub(crate) fn group_operations(request: &Request<'_>, name: &str) -> i32 {
    bits(request, GROUP_OPERATIONS, ResourceType::Group, name)
}

pub(super) fn topic_operations(request: &Request<'_>, name: &str) -> i32 {
    bits(request, TOPIC_OPERATIONS, ResourceType::Topic, name)
}

pub(super) fn cluster_operations(request: &Request<'_>) -> i32 {
    bits(request, CLUSTER_OPERATIONS, ResourceType::Cluster, CLUSTER)
}

fn bits(request: &Request<'_>, operations: &[Operation], resource: ResourceType, name: &str) -> i32 {
    let allowed = operations.iter().filter(|operation| request.is_allowed(**operation, resource, name));
    allowed.fold(0, |bits, operation| bits | 1 << (*operation as i32))
}

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let metadata: MetadataRequest<'_> = request.decode()?;
    if is_refused(&metadata, request.version) {
        request.responder.send(&refusal(&metadata, request.version));
        return Ok(Pipelining::Hold);
    }
    let image = broker.image.load_full();
    let listener = &*request.connection.listener;
    let mut response = MetadataResponse {
        brokers: brokers(&image, listener),
        cluster_id: Some(broker.cluster_id.clone().into()),
        // Clients send what only the controller may do to any broker: it is forwarded.
        controller_id: image.active_brokers().next().map_or(-1, |broker| broker.id),
        ..Default::default()
    };
    let allowed = |name: &str| request.may(name);
    let operations = |name: &str| match metadata.include_topic_authorized_operations {
        true => topic_operations(&request, name),
        false => OPERATIONS_OMITTED,
    };
    let all = match &metadata.topics {
        None => true,
        Some(topics) => request.version == 0 && topics.is_empty(),
    };
    let mut to_create = Vec::new();
    if all {
        for topic in image.topics_by_name().filter(|topic| allowed(&topic.name)) {
            response.topics.push(describe(&image, topic, listener, operations(&topic.name), request.version));
        }
    } else {
        // One id makes it a request by ids: Java's client then sends empty names beside them.
        let by_id = metadata.topics.iter().flatten().any(|asked| !asked.topic_id.is_zero());
        let mut seen = base::Set::default();
        for asked in metadata.topics.iter().flatten() {
            if !seen.insert((asked.topic_id, asked.name.as_deref().filter(|_| !by_id))) {
                continue;
            }
            let asked_name = asked.name.as_ref().filter(|_| !by_id);
            if by_id && asked.topic_id.is_zero() {
                continue;
            }
            if !by_id && asked_name.is_none() {
                response.topics.push(failed(None, asked.topic_id, ErrorCode::InvalidRequest));
                continue;
            }
            let topic = match asked_name {
                Some(name) => image.topic_by_name(name),
                None => image.topic(asked.topic_id),
            };
            match (topic, asked_name) {
                (Some(topic), _) if allowed(&topic.name) => {
                    response.topics.push(describe(&image, topic, listener, operations(&topic.name), request.version));
                }
                (None, Some(name)) if allowed(name) => {
                    response.topics.push(missing(broker, name, &metadata, request.version, &mut to_create));
                }
                (_, Some(name)) => {
                    response.topics.push(failed(Some(name), asked.topic_id, ErrorCode::TopicAuthorizationFailed));
                }
                (Some(_), None) => {
                    response.topics.push(failed(None, asked.topic_id, ErrorCode::TopicAuthorizationFailed))
                }
                (None, None) => response.topics.push(failed(None, asked.topic_id, ErrorCode::UnknownTopicId)),
            }
        }
    }
    if metadata.include_cluster_authorized_operations {
        response.cluster_authorized_operations = cluster_operations(&request);
    }
    request.responder.send(&response);
    if !to_create.is_empty() {
        broker.create_topics_automatically(&to_create);
    }
    Ok(Pipelining::Hold)
}

/// Versions 10 and 11 carry ids, but broker and clients could not agree on them yet (KAFKA-10774): ids and absent names
/// are for 12 and later. There, too, a topic without either is a mistake of the whole request.
fn is_refused(metadata: &MetadataRequest<'_>, version: i16) -> bool {
    let mut topics = metadata.topics.iter().flatten();
    topics.any(|topic| match version {
        ..12 => topic.name.is_none() || !topic.topic_id.is_zero(),
        _ => topic.name.is_none() && topic.topic_id.is_zero(),
    })
}

/// The answer to such a request: the error at every topic and at the top (since version 13), and nothing about the cluster.
fn refusal(metadata: &MetadataRequest<'_>, version: i16) -> MetadataResponse<'static> {
    let error = if version < 12 { ErrorCode::InvalidRequest } else { ErrorCode::UnknownServerError };
    let topics = metadata
        .topics
        .iter()
        .flatten()
        .map(|topic| failed(Some(topic.name.as_deref().unwrap_or_default()), topic.topic_id, error));
    MetadataResponse {
        topics: topics.collect(),
        cluster_id: None,
        controller_id: -1,
        error_code: error.code(),
        ..Default::default()
    }
}

fn brokers(image: &Image, listener: &str) -> Vec<MetadataResponseBroker<'static>> {
    image
        .brokers
        .values()
        .filter(|broker| !broker.fenced)
        .filter_map(|broker| Some((broker, broker.endpoint(listener)?)))
        .map(|(broker, endpoint)| MetadataResponseBroker {
            node_id: broker.id,
            host: endpoint.host.clone().into(),
            port: endpoint.port as i32,
            rack: broker.rack.clone().map(Into::into),
            ..Default::default()
        })
        .collect()
}

/// A topic that is not there: created automatically where that is configured and allowed.
fn missing(
    broker: &Broker,
    name: &str,
    metadata: &MetadataRequest<'_>,
    version: i16,
    to_create: &mut Vec<String>,
) -> MetadataResponseTopic<'static> {
    if controller::validate_topic_name(name).is_err() {
        return failed(Some(name), base::Uuid::ZERO, ErrorCode::InvalidTopicException);
    }
    let asked = version < 4 || metadata.allow_auto_topic_creation;
    if asked && broker.config.load().topics.auto_create && name != "__cluster_metadata" {
        to_create.push(name.to_owned());
    }
    MetadataResponseTopic {
        is_internal: is_internal_topic(name),
        ..failed(Some(name), base::Uuid::ZERO, ErrorCode::UnknownTopicOrPartition)
    }
}

fn failed(name: Option<&str>, topic_id: base::Uuid, error: ErrorCode) -> MetadataResponseTopic<'static> {
    MetadataResponseTopic {
        error_code: error.code(),
        name: name.map(|name| name.to_owned().into()),
        topic_id,
        ..Default::default()
    }
}

fn describe(
    image: &Image,
    topic: &Topic,
    listener: &str,
    operations: i32,
    version: i16,
) -> MetadataResponseTopic<'static> {
    MetadataResponseTopic {
        name: Some(topic.name.clone().into()),
        topic_id: topic.id,
        is_internal: is_internal_topic(&topic.name),
        partitions: topic
            .partitions
            .iter()
            .map(|(index, partition)| {
                let (leader_id, error) = reachable_leader(image, partition, listener);
                let error = match error {
                    ErrorCode::ListenerNotFound if version < 6 => ErrorCode::LeaderNotAvailable,
                    other => other,
                };
                MetadataResponsePartition {
                    error_code: error.code(),
                    partition_index: *index,
                    leader_id,
                    leader_epoch: partition.leader_epoch,
                    replica_nodes: partition.replicas.clone(),
                    isr_nodes: partition.isr.clone(),
                    offline_replicas: offline(image, partition),
                    ..Default::default()
                }
            })
            .collect(),
        topic_authorized_operations: operations,
        ..Default::default()
    }
}

/// The leader as a client of this listener can reach it.
pub(super) fn reachable_leader(image: &Image, partition: &Partition, listener: &str) -> (NodeId, ErrorCode) {
    if partition.leader == NO_LEADER {
        return (NO_LEADER, ErrorCode::LeaderNotAvailable);
    }
    match image.brokers.get(&partition.leader) {
        Some(broker) if broker.fenced => (NO_LEADER, ErrorCode::LeaderNotAvailable),
        Some(broker) if broker.endpoint(listener).is_none() => (NO_LEADER, ErrorCode::ListenerNotFound),
        Some(_) => (partition.leader, ErrorCode::None),
        None => (NO_LEADER, ErrorCode::LeaderNotAvailable),
    }
}

/// Replicas on brokers that are away or in directories that are out of service.
pub(super) fn offline(image: &Image, partition: &Partition) -> Vec<NodeId> {
    let is_offline = |id: &NodeId| match image.brokers.get(id) {
        Some(broker) => {
            let directory = partition.directory_of(*id);
            let lost = !broker.log_dirs.is_empty()
                && ![base::Uuid::DIRECTORY_UNASSIGNED, base::Uuid::DIRECTORY_MIGRATING].contains(&directory)
                && !broker.log_dirs.contains(&directory);
            broker.fenced || lost
        }
        None => true,
    };
    partition.replicas.iter().copied().filter(|id| is_offline(id)).collect()
}
