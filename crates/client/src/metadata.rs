//! What a client knows of the cluster: nodes, topics, partitions with their leaders.

use crate::Address;
use base::{ErrorCode, NodeId, Uuid};
use std::collections::BTreeMap;

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: NodeId,
    pub address: Address,
    pub rack: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionMetadata {
    pub error: ErrorCode,
    pub index: i32,
    /// -1: none.
    pub leader: NodeId,
    pub leader_epoch: i32,
    pub replicas: Vec<NodeId>,
    pub isr: Vec<NodeId>,
    pub offline: Vec<NodeId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicMetadata {
    pub error: ErrorCode,
    pub name: String,
    pub id: Uuid,
    pub is_internal: bool,
    /// Sorted by index.
    pub partitions: Vec<PartitionMetadata>,
}

impl TopicMetadata {
    pub fn partition(&self, index: i32) -> Option<&PartitionMetadata> {
        self.partitions.iter().find(|partition| partition.index == index)
    }
}

/// A view of the cluster at one moment.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    pub cluster_id: String,
    /// -1: unknown. A broker names some live broker here; only a controller names the active controller.
    pub controller_id: NodeId,
    pub nodes: BTreeMap<NodeId, Node>,
    pub topics: BTreeMap<String, TopicMetadata>,
}

impl Metadata {
    pub fn topic_by_id(&self, id: Uuid) -> Option<&TopicMetadata> {
        self.topics.values().find(|topic| topic.id == id)
    }

    pub fn partition(&self, topic: &str, partition: i32) -> Option<&PartitionMetadata> {
        self.topics.get(topic)?.partition(partition)
    }
}

pub(crate) fn topic_metadata(topic: protocol::metadata_response::MetadataResponseTopic<'_>) -> TopicMetadata {
    let mut partitions: Vec<PartitionMetadata> = topic
        .partitions
        .into_iter()
        .map(|partition| PartitionMetadata {
            error: ErrorCode::from_code(partition.error_code),
            index: partition.partition_index,
            leader: partition.leader_id,
            leader_epoch: partition.leader_epoch,
            replicas: partition.replica_nodes,
            isr: partition.isr_nodes,
            offline: partition.offline_replicas,
        })
        .collect();
    partitions.sort_by_key(|partition| partition.index);
    TopicMetadata {
        error: ErrorCode::from_code(topic.error_code),
        name: topic.name.unwrap_or_default().into_owned(),
        id: topic.topic_id,
        is_internal: topic.is_internal,
        partitions,
    }
}
