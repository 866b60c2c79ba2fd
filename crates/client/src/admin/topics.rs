//! Topics: list, describe, create, delete, add partitions.

use super::{Admin, item_result};
use crate::{Call, ClientError, Result, Target, Wanted};
use base::{ErrorCode, NodeId, Uuid};
use protocol::create_partitions_request::{CreatePartitionsAssignment, CreatePartitionsTopic};
use protocol::create_topics_request::{CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig};
use protocol::delete_topics_request::DeleteTopicState;
use protocol::describe_topic_partitions_request::{Cursor, TopicRequest};
use protocol::metadata_request::MetadataRequestTopic;
use protocol::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest, DescribeTopicPartitionsRequest, MetadataRequest,
    MetadataResponse,
};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// Between two looks whether a broker shows a topic.
const AGAIN: Duration = Duration::from_millis(5);

/// Partitions that one answer to DescribeTopicPartitions may have, as Kafka's tools ask.
const PARTITIONS_PER_ANSWER: i32 = 2000;

/// A topic to create. -1 partitions or replicas take the broker's default; with assignments both must be -1.
#[derive(Debug, Clone, Default)]
pub struct NewTopic {
    pub name: String,
    pub partitions: i32,
    pub replication_factor: i16,
    /// Replicas of partition 0, 1 and so on.
    pub assignments: Vec<Vec<NodeId>>,
    pub configs: Vec<(String, String)>,
}

/// More partitions for a topic.
#[derive(Debug, Clone)]
pub struct NewPartitions {
    pub topic: String,
    /// New total.
    pub total: i32,
    /// Replicas of each added partition.
    pub assignments: Option<Vec<Vec<NodeId>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicDescription {
    pub name: String,
    pub id: Uuid,
    pub is_internal: bool,
    pub partitions: Vec<PartitionDescription>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionDescription {
    pub index: i32,
    /// -1: none.
    pub leader: NodeId,
    pub replicas: Vec<NodeId>,
    pub isr: Vec<NodeId>,
    /// Eligible leader replicas (KIP-966); `None` where the broker does not tell.
    pub elr: Option<Vec<NodeId>>,
    pub last_known_elr: Option<Vec<NodeId>>,
}

impl Admin {
    /// All topics as metadata has them: name, id, internal or not, in the order of the names.
    pub fn list_topics(&self) -> Result<Vec<(String, Uuid, bool)>> {
        let metadata = self.metadata(Wanted::All, "listTopics")?;
        Ok(metadata.topics.values().map(|topic| (topic.name.clone(), topic.id, topic.is_internal)).collect())
    }

    /// Describes topics with their eligible leader replicas. Fails with the first topic's error.
    pub fn describe_topics(&self, names: &[String]) -> Result<Vec<TopicDescription>> {
        self.describe_topics_paged(names, PARTITIONS_PER_ANSWER)
    }

    /// The same with at most `limit` partitions an answer.
    pub fn describe_topics_paged(&self, names: &[String], limit: i32) -> Result<Vec<TopicDescription>> {
        match self.describe_partitions(names, limit) {
            Err(ClientError::Unsupported { .. }) => self.describe_by_metadata(names),
            other => other,
        }
    }

    fn describe_partitions(&self, names: &[String], limit: i32) -> Result<Vec<TopicDescription>> {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        let mut described: Vec<TopicDescription> = Vec::new();
        let mut from: Option<(String, i32)> = None;
        loop {
            let build = |_| DescribeTopicPartitionsRequest {
                topics: names.iter().map(|n| TopicRequest { name: Cow::Borrowed(n), ..Default::default() }).collect(),
                response_partition_limit: limit,
                cursor: from.as_ref().map(|(topic, partition)| Cursor {
                    topic_name: Cow::Borrowed(topic),
                    partition_index: *partition,
                    ..Default::default()
                }),
                ..Default::default()
            };
            let response = self.call("describeTopicPartitions", Target::Any, build, |_| ErrorCode::None)?;
            for topic in response.topics {
                item_result(topic.error_code, None)?;
                let partitions = topic.partitions.into_iter().map(|p| PartitionDescription {
                    index: p.partition_index,
                    leader: p.leader_id,
                    replicas: p.replica_nodes,
                    isr: p.isr_nodes,
                    elr: Some(p.eligible_leader_replicas.unwrap_or_default()),
                    last_known_elr: Some(p.last_known_elr.unwrap_or_default()),
                });
                let name = topic.name.unwrap_or_default().into_owned();
                match described.last_mut().filter(|last| last.name == name) {
                    Some(last) => last.partitions.extend(partitions),
                    None => described.push(TopicDescription {
                        name,
                        id: topic.topic_id,
                        is_internal: topic.is_internal,
                        partitions: partitions.collect(),
                    }),
                }
            }
            match response.next_cursor {
                Some(cursor) => {
                    let topic = cursor.topic_name.into_owned();
                    names.retain(|name| *name >= topic.as_str());
                    from = Some((topic, cursor.partition_index));
                }
                None => return Ok(described),
            }
        }
    }

    fn describe_by_metadata(&self, names: &[String]) -> Result<Vec<TopicDescription>> {
        let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
        let metadata = self.metadata(Wanted::Names(&wanted), "describeTopics")?;
        names
            .iter()
            .map(|name| {
                let topic = metadata.topics.get(name).ok_or_else(|| super::missing("a topic"))?;
                item_result(topic.error.code(), None)?;
                let partitions = topic.partitions.iter().map(|p| PartitionDescription {
                    index: p.index,
                    leader: p.leader,
                    replicas: p.replicas.clone(),
                    isr: p.isr.clone(),
                    elr: None,
                    last_known_elr: None,
                });
                Ok(TopicDescription {
                    name: topic.name.clone(),
                    id: topic.id,
                    is_internal: topic.is_internal,
                    partitions: partitions.collect(),
                })
            })
            .collect()
    }

    /// Creates one topic; returns its id.
    pub fn create_topic(&self, topic: &NewTopic) -> Result<Uuid> {
        if topic.name.is_empty() {
            let message = format!("The given topic name '{}' cannot be represented in a request.", topic.name);
            return Err(ClientError::broker(ErrorCode::InvalidTopicException, Some(message)));
        }
        let build = |_| CreateTopicsRequest {
            topics: vec![CreatableTopic {
                name: Cow::Borrowed(&topic.name),
                num_partitions: topic.partitions,
                replication_factor: topic.replication_factor,
                assignments: (0..)
                    .zip(&topic.assignments)
                    .map(|(partition_index, replicas)| CreatableReplicaAssignment {
                        partition_index,
                        broker_ids: replicas.clone(),
                        ..Default::default()
                    })
                    .collect(),
                configs: topic
                    .configs
                    .iter()
                    .map(|(name, value)| CreatableTopicConfig {
                        name: Cow::Borrowed(name),
                        value: Some(Cow::Borrowed(value)),
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            }],
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let verdict =
            |r: &protocol::CreateTopicsResponse<'static>| super::first_retriable(r.topics.iter().map(|t| t.error_code));
        let response = self.call("createTopics", Target::Controller, build, verdict)?;
        let created = response.topics.first().ok_or_else(|| super::missing("the topic"))?;
        item_result(created.error_code, created.error_message.as_deref())?;
        Ok(created.topic_id)
    }

    /// Waits until every broker that is known shows a topic that was just made, at most so long: each hears of it a moment after
    /// its controller has answered, and whoever asks any of them next would be told that there is none.
    pub fn await_topic(&self, name: &str, at_most: Duration) {
        let (cluster, deadline) = (self.cluster(), Instant::now() + at_most);
        if cluster.settings().bootstrap.is_controllers() {
            return;
        }
        let Ok(known) = cluster.refresh(Wanted::Nothing, false, "metadata", deadline) else { return };
        let build = |version: i16| MetadataRequest {
            topics: Some(vec![MetadataRequestTopic { name: Some(Cow::Borrowed(name)), ..Default::default() }]),
            allow_auto_topic_creation: version < 4,
            ..Default::default()
        };
        for node in known.nodes.keys() {
            let lacks_it = || {
                let call = Call { name: "metadata", target: Target::Node(*node), deadline, version_max: i16::MAX };
                let unknown = ErrorCode::UnknownTopicOrPartition.code();
                let asked = cluster.call(call, build, |_: &MetadataResponse<'static>| ErrorCode::None);
                asked.is_ok_and(|shown| shown.topics.iter().any(|topic| topic.error_code == unknown))
            };
            while Instant::now() < deadline && lacks_it() {
                std::thread::sleep(AGAIN);
            }
        }
    }

    /// Deletes one topic.
    pub fn delete_topic(&self, name: &str) -> Result<()> {
        let build = |version: i16| DeleteTopicsRequest {
            topics: if version < 6 {
                Vec::new()
            } else {
                vec![DeleteTopicState { name: Some(Cow::Borrowed(name)), ..Default::default() }]
            },
            topic_names: if version < 6 { vec![Cow::Borrowed(name)] } else { Vec::new() },
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let not_controller = |r: &protocol::DeleteTopicsResponse<'static>| {
            let moved = r.responses.iter().any(|t| t.error_code == ErrorCode::NotController.code());
            if moved { ErrorCode::NotController } else { ErrorCode::None }
        };
        let response = self.call("deleteTopics", Target::Controller, build, not_controller)?;
        let deleted = response.responses.first().ok_or_else(|| super::missing("the topic"))?;
        item_result(deleted.error_code, deleted.error_message.as_deref())
    }

    /// Adds partitions to one topic.
    pub fn create_partitions(&self, new: &NewPartitions) -> Result<()> {
        let assignments = new.assignments.as_ref();
        let build = |_| CreatePartitionsRequest {
            topics: vec![CreatePartitionsTopic {
                name: Cow::Borrowed(&new.topic),
                count: new.total,
                assignments: assignments.map(|all| {
                    all.iter()
                        .map(|replicas| CreatePartitionsAssignment {
                            broker_ids: replicas.clone(),
                            ..Default::default()
                        })
                        .collect()
                }),
                ..Default::default()
            }],
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let verdict = |r: &protocol::CreatePartitionsResponse<'static>| {
            super::first_retriable(r.results.iter().map(|t| t.error_code))
        };
        let response = self.call("createPartitions", Target::Controller, build, verdict)?;
        let result = response.results.first().ok_or_else(|| super::missing("the topic"))?;
        item_result(result.error_code, result.error_message.as_deref())
    }
}
