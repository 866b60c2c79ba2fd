//! The way of the clients to a simulated cluster: each request goes to the broker that a client with the newest metadata would
//! ask, over connections that do what the client wants. Who stands still is sent to as well, and reads it later.

use super::nodes::{BROKERS, Cluster, Place};
use crate::node::{SimNode, frame};
use crate::workload::Peer;
use base::{NodeId, Now, TopicId};
use metadata::NO_LEADER;
use protocol::{
    ApiKey, Cursor, DeleteGroupsRequest, DeleteRecordsRequest, DescribeGroupsRequest, FetchRequest,
    FindCoordinatorRequest, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, ListOffsetsRequest,
    OffsetCommitRequest, OffsetFetchRequest, ProduceRequest, RemoveRaftVoterRequest, Request, SyncGroupRequest,
};
use raft::ReplicaKey;

pub(super) const OFFSETS_TOPIC: &str = "__consumer_offsets";

impl Cluster {
    /// The broker that a request belongs to, as a client with the newest metadata knows it.
    fn target(&self, api: ApiKey, version: i16, body: &[u8]) -> Option<NodeId> {
        let mut body = Cursor::new(body);
        let leader = |topic: &str, index: i32| -> Option<NodeId> {
            let topic = self.truth.topic_by_name(topic)?;
            let leader = topic.partitions.get(&index)?.leader;
            (leader != NO_LEADER && self.shows(leader, topic.id)).then_some(leader)
        };
        let coordinator = |group: &str| {
            let partitions = self.truth.topic_by_name(OFFSETS_TOPIC)?.partitions.len() as i32;
            leader(OFFSETS_TOPIC, base::coordinator_partition(group, partitions))
        };
        match api {
            ApiKey::Produce => {
                let request = ProduceRequest::decode(&mut body, version).ok()?;
                let topic = request.topic_data.first()?;
                leader(&topic.name, topic.partition_data.first()?.index)
            }
            ApiKey::Fetch => {
                let request = FetchRequest::decode(&mut body, version).ok()?;
                let topic = request.topics.first()?;
                leader(&topic.topic, topic.partitions.first()?.partition)
            }
            ApiKey::ListOffsets => {
                let request = ListOffsetsRequest::decode(&mut body, version).ok()?;
                let topic = request.topics.first()?;
                leader(&topic.name, topic.partitions.first()?.partition_index)
            }
            ApiKey::DeleteRecords => {
                let request = DeleteRecordsRequest::decode(&mut body, version).ok()?;
                let topic = request.topics.first()?;
                leader(&topic.name, topic.partitions.first()?.partition_index)
            }
            ApiKey::OffsetCommit => coordinator(&OffsetCommitRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::OffsetFetch => {
                coordinator(&OffsetFetchRequest::decode(&mut body, version).ok()?.groups.first()?.group_id)
            }
            ApiKey::JoinGroup => coordinator(&JoinGroupRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::SyncGroup => coordinator(&SyncGroupRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::Heartbeat => coordinator(&HeartbeatRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::LeaveGroup => coordinator(&LeaveGroupRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::DescribeGroups => {
                coordinator(DescribeGroupsRequest::decode(&mut body, version).ok()?.groups.first()?)
            }
            ApiKey::DeleteGroups => {
                coordinator(DeleteGroupsRequest::decode(&mut body, version).ok()?.groups_names.first()?)
            }
            // Any broker will do; what is asked of a broker about its own replicas goes to one after the other.
            _ => {
                let first = if api == ApiKey::AlterReplicaLogDirs { self.next_tag as usize } else { 0 };
                (0..BROKERS.len()).map(|i| BROKERS[(first + i) % BROKERS.len()]).find(|id| self.serves(*id))
            }
        }
    }

    /// The voters of a dynamic quorum that has three, as its leader knows them.
    pub fn three_voters(&self) -> Option<Vec<ReplicaKey>> {
        let leader = self.leader()?;
        let voters = self.places.iter().find(|place| place.id == leader)?.node.as_ref()?.voters()?;
        let keys: Vec<ReplicaKey> = voters.iter().map(|voter| voter.key).collect();
        (self.shape.is_dynamic && keys.len() == 3).then_some(keys)
    }

    /// Asks that a voter votes no more. It asks by itself to be one again.
    pub fn remove_voter(&mut self, key: ReplicaKey) {
        let (voter_id, voter_directory_id) = (key.id, key.directory_id);
        let cluster_id = None;
        self.send(0, &RemoveRaftVoterRequest { cluster_id, voter_id, voter_directory_id, ..Default::default() });
    }

    fn serves(&self, id: NodeId) -> bool {
        let serves = |place: &Place| place.id == id && place.node.as_ref().is_some_and(SimNode::serves);
        self.avoided != Some(id) && self.places.iter().any(serves)
    }

    /// Whether the broker serves, and has heard of this very topic.
    fn shows(&self, id: NodeId, topic: TopicId) -> bool {
        self.places.iter().any(|place| {
            let broker = place.node.as_ref().filter(|node| node.serves()).and_then(SimNode::broker);
            place.id == id && broker.is_some_and(|broker| broker.image.load().topic(topic).is_some())
        })
    }
}

impl Peer for Cluster {
    fn send<R: Request>(&mut self, version: i16, request: &R) -> u64 {
        let tag = self.next_tag;
        self.next_tag += 1;
        let body = request.to_bytes(version).unwrap_or_default();
        match self.target(R::API_KEY, version, &body).filter(|id| self.serves(*id)) {
            Some(id) => {
                tracing::trace!(id, tag, api = ?R::API_KEY, "a client asks");
                self.under_way.push((id, tag));
                let place = self.place(id);
                let frame = frame(tag, version, request);
                match (&place.node, place.paused_until_us) {
                    (Some(node), None) => node.send_frame(tag, frame),
                    _ => place.unread.push((tag, frame)),
                }
            }
            // Nobody to connect to. Who looks for a coordinator asks for one, which makes its topic.
            None => {
                self.inbox.lock().push_back((tag, None));
                if self.truth.topic_by_name(OFFSETS_TOPIC).is_none() && R::API_KEY != ApiKey::FindCoordinator {
                    let coordinator_keys = vec!["1".into()];
                    self.send(4, &FindCoordinatorRequest { coordinator_keys, ..Default::default() });
                }
            }
        }
        tag
    }

    fn now(&self) -> Now {
        self.now
    }
}
