//! What a replica asks its leader for: Fetch and FetchSnapshot.

use super::FETCH_WAIT_MS;
use crate::node::QuorumNode;
use crate::replicate::METADATA_TOPIC;
use crate::snapshot::SnapshotId;
use base::Uuid;
use protocol::{FetchRequest, FetchSnapshotRequest, fetch_request, fetch_snapshot_request};

impl QuorumNode {
    pub(super) fn fetch_frame(&self, token: u64) -> Vec<u8> {
        let partition = fetch_request::FetchPartition {
            partition: 0,
            current_leader_epoch: self.raft.epoch(),
            fetch_offset: self.log.log_end_offset(),
            last_fetched_epoch: self.last_epoch(),
            log_start_offset: self.log.log_start_offset(),
            partition_max_bytes: self.config.fetch_bytes_max,
            replica_directory_id: self.config.local.directory_id,
            high_watermark: self.raft.high_watermark().unwrap_or(-1),
            ..Default::default()
        };
        let request = FetchRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            replica_state: fetch_request::ReplicaState {
                replica_id: self.config.local.id,
                replica_epoch: -1,
                ..Default::default()
            },
            max_wait_ms: FETCH_WAIT_MS,
            min_bytes: 0,
            max_bytes: self.config.fetch_bytes_max,
            session_epoch: -1,
            topics: vec![fetch_request::FetchTopic {
                topic_id: Uuid::METADATA_TOPIC,
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        self.frame(token, &request)
    }

    pub(super) fn fetch_snapshot_frame(&self, token: u64, id: SnapshotId, position: u64) -> Vec<u8> {
        let partition = fetch_snapshot_request::PartitionSnapshot {
            partition: 0,
            current_leader_epoch: self.raft.epoch(),
            snapshot_id: fetch_snapshot_request::SnapshotId {
                end_offset: id.end_offset,
                epoch: id.epoch,
                ..Default::default()
            },
            position: position as i64,
            replica_directory_id: self.config.local.directory_id,
            ..Default::default()
        };
        let request = FetchSnapshotRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            replica_id: self.config.local.id,
            max_bytes: self.config.fetch_snapshot_bytes_max,
            topics: vec![fetch_snapshot_request::TopicSnapshot {
                name: METADATA_TOPIC.into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        self.frame(token, &request)
    }
}
