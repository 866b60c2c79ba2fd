//! The controller API: what each request leads to.

use crate::alter_partition;
use crate::node::QuorumNode;
use crate::refusal::refusal;
use crate::replicate::METADATA_TOPIC;
use base::{ErrorCode, Now};
use controller::{Plan, Records, View};
use protocol::describe_quorum_response as quorum;
use protocol::{
    AllocateProducerIdsRequest, AlterConfigsRequest, AlterPartitionReassignmentsRequest, AlterPartitionRequest, ApiKey,
    AssignReplicasToDirsRequest, BrokerHeartbeatRequest, BrokerRegistrationRequest, ControllerRegistrationRequest,
    CreatePartitionsRequest, CreateTopicsRequest, Cursor, Decode, DeleteTopicsRequest, DescribeQuorumRequest,
    DescribeQuorumResponse, ElectLeadersRequest, IncrementalAlterConfigsRequest, ListPartitionReassignmentsRequest,
    Message, RequestCopy, UnregisterBrokerRequest, UpdateFeaturesRequest,
};
use raft::ReplicaProgress;

/// First DescribeQuorum version that knows nodes and directory ids.
const NODES_VERSION: i16 = 2;

fn decode<'a, M: Decode<'a>>(body: &'a [u8], version: i16) -> Result<M, ErrorCode> {
    M::decode(&mut Cursor::new(body), version).map_err(|_| ErrorCode::InvalidRequest)
}

/// A plan whose answer is encoded.
pub(crate) struct Planned {
    pub records: Records,
    pub body: Vec<u8>,
    /// The records are not appended.
    pub validate_only: bool,
    /// Beside its records the request makes a static quorum a dynamic one.
    pub raises_kraft_version: bool,
}

fn encoded<R: Message>(plan: Plan<R>, version: i16) -> Result<Planned, ErrorCode> {
    let Plan { records, reply, validate_only } = plan;
    match reply.to_bytes(version) {
        Ok(body) => Ok(Planned { records, body, validate_only, raises_kraft_version: false }),
        Err(error) => {
            tracing::error!(%error, "a controller's answer cannot be encoded");
            Err(ErrorCode::UnknownServerError)
        }
    }
}

impl QuorumNode {
    /// Records to append and the body of the answer.
    pub(crate) fn plan(&mut self, now: Now, api: ApiKey, version: i16, body: &[u8]) -> Result<Planned, ErrorCode> {
        if api == ApiKey::DescribeQuorum {
            if !self.raft.is_leader() {
                return Err(ErrorCode::NotLeaderOrFollower);
            }
            let request: DescribeQuorumRequest<'_> = decode(body, version)?;
            return encoded(Plan::answer(self.describe_quorum(now, &request, version)), version);
        }
        let next_offset = self.log.log_end_offset();
        let Some(image) = self.view_image().cloned() else { return Err(ErrorCode::NotController) };
        let view = View { image: &image, next_offset, now, levels: self.levels_in(&image) };
        let keeps_kraft_version = (api == ApiKey::UpdateFeatures).then(|| self.keeps_kraft_version(now)).flatten();
        let epoch = self.raft.epoch();
        let (Some(controller), random) = (self.controller.as_mut(), &mut *self.random) else {
            return Err(ErrorCode::NotController);
        };
        match api {
            ApiKey::BrokerHeartbeat => {
                let request: BrokerHeartbeatRequest = decode(body, version)?;
                encoded(controller.heartbeat(view, &request), version)
            }
            ApiKey::BrokerRegistration => {
                let request: BrokerRegistrationRequest<'_> = decode(body, version)?;
                encoded(controller.register_broker(view, &request), version)
            }
            ApiKey::ControllerRegistration => {
                let request: ControllerRegistrationRequest<'_> = decode(body, version)?;
                encoded(controller.register_controller(view, &request), version)
            }
            ApiKey::UnregisterBroker => {
                let request: UnregisterBrokerRequest = decode(body, version)?;
                encoded(controller.unregister_broker(view, &request), version)
            }
            ApiKey::CreateTopics => {
                let request: CreateTopicsRequest<'_> = decode(body, version)?;
                encoded(controller.create_topics(view, &request, random), version)
            }
            ApiKey::CreatePartitions => {
                let request: CreatePartitionsRequest<'_> = decode(body, version)?;
                encoded(controller.create_partitions(view, &request), version)
            }
            ApiKey::DeleteTopics if !self.config.settings.deletes_topics => {
                // The code is younger than the request.
                let error = if version < 3 { ErrorCode::InvalidRequest } else { ErrorCode::TopicDeletionDisabled };
                let body = refusal(api, version, body, error, None)?;
                Ok(Planned { records: Records::new(), body, validate_only: false, raises_kraft_version: false })
            }
            ApiKey::DeleteTopics => {
                let request: DeleteTopicsRequest<'_> = decode(body, version)?;
                encoded(controller.delete_topics(view, &request), version)
            }
            ApiKey::IncrementalAlterConfigs => {
                let request: IncrementalAlterConfigsRequest<'_> = decode(body, version)?;
                encoded(controller.incremental_alter_configs(view, &request), version)
            }
            ApiKey::AlterConfigs => {
                let request: AlterConfigsRequest<'_> = decode(body, version)?;
                encoded(controller.alter_configs(view, &request), version)
            }
            ApiKey::ElectLeaders => {
                let request: ElectLeadersRequest<'_> = decode(body, version)?;
                encoded(controller.elect_leaders(view, &request), version)
            }
            ApiKey::UpdateFeatures => {
                let request: UpdateFeaturesRequest<'_> = decode(body, version)?;
                let plan = controller.update_features(view, &request, keeps_kraft_version.as_deref());
                let raises_kraft_version = plan.raises_kraft_version;
                let planned = encoded(plan.plan, version)?;
                Ok(Planned { raises_kraft_version, ..planned })
            }
            ApiKey::AlterPartition => {
                let request: AlterPartitionRequest = decode(body, version)?;
                let (broker, copy) = ((request.broker_id, request.broker_epoch), request.copy());
                let mut is_late = |copy: RequestCopy| controller.comes_late(view, broker, copy.number);
                if copy.is_some_and(|copy| copy.controller_epoch != epoch || is_late(copy)) {
                    return Err(ErrorCode::NotController);
                }
                let plan = controller.alter_partition(view, broker, alter_partition::changes(request, version));
                let response = alter_partition::response(plan.reply);
                let response = if copy.is_some() { response.with_no_earlier_copy() } else { response };
                encoded(Plan::new(plan.records, response), version)
            }
            ApiKey::AlterPartitionReassignments => {
                let request: AlterPartitionReassignmentsRequest<'_> = decode(body, version)?;
                encoded(controller.alter_reassignments(view, &request), version)
            }
            ApiKey::AllocateProducerIds => {
                let request: AllocateProducerIdsRequest = decode(body, version)?;
                encoded(controller.allocate_producer_ids(view, &request), version)
            }
            ApiKey::AssignReplicasToDirs => {
                let request: AssignReplicasToDirsRequest = decode(body, version)?;
                encoded(controller.assign_replicas_to_dirs(view, &request), version)
            }
            ApiKey::ListPartitionReassignments => {
                let request: ListPartitionReassignmentsRequest<'_> = decode(body, version)?;
                encoded(Plan::answer(controller.list_reassignments(view, &request)), version)
            }
            _ => Err(ErrorCode::UnsupportedVersion),
        }
    }

    /// DescribeQuorum (KIP-595): who votes and how far everybody is.
    fn describe_quorum(
        &self,
        now: Now,
        request: &DescribeQuorumRequest<'_>,
        version: i16,
    ) -> DescribeQuorumResponse<'static> {
        let mut topics = Vec::new();
        // Only a request for just the one partition is valid.
        let is_valid = matches!(&request.topics[..], [topic] if topic.topic_name == METADATA_TOPIC
            && matches!(&topic.partitions[..], [partition] if partition.partition_index == 0));
        for topic in &request.topics {
            let partitions = topic
                .partitions
                .iter()
                .map(|p| match is_valid {
                    true => self.describe_partition(now, version),
                    false => quorum::PartitionData {
                        partition_index: p.partition_index,
                        error_code: ErrorCode::UnknownTopicOrPartition.code(),
                        error_message: Some("This server does not host this topic-partition.".into()),
                        ..Default::default()
                    },
                })
                .collect();
            topics.push(quorum::TopicData {
                topic_name: topic.topic_name.to_string().into(),
                partitions,
                ..Default::default()
            });
        }
        // Of voters only, as in Kafka.
        let voters = self.raft.voters().iter().filter(|_| is_valid && version >= NODES_VERSION);
        let nodes = voters
            .map(|voter| quorum::Node {
                node_id: voter.key.id,
                listeners: voter
                    .endpoints
                    .iter()
                    .map(|e| quorum::Listener {
                        name: e.listener.clone().into(),
                        host: e.host.clone().into(),
                        port: e.port,
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            })
            .collect();
        DescribeQuorumResponse { topics, nodes, ..Default::default() }
    }

    fn describe_partition(&self, now: Now, version: i16) -> quorum::PartitionData<'static> {
        let (voters, observers) = self.raft.progress();
        let wall = |us: u64| match us {
            0 => -1,
            us => now.wall_ms - (now.monotonic_us.saturating_sub(us) / 1000) as i64,
        };
        let local = self.raft.local().id;
        let state = |progress: ReplicaProgress| {
            let is_leader = progress.key.id == local;
            quorum::ReplicaState {
                replica_id: progress.key.id,
                replica_directory_id: match self.kraft_version() {
                    _ if version < NODES_VERSION => base::Uuid::ZERO,
                    0 => base::Uuid::ZERO,
                    _ => progress.key.directory_id,
                },
                log_end_offset: if is_leader { self.log.log_end_offset() } else { progress.end_offset },
                last_fetch_timestamp: if is_leader { now.wall_ms } else { wall(progress.last_fetch_us) },
                last_caught_up_timestamp: if is_leader { now.wall_ms } else { wall(progress.last_caught_up_us) },
                ..Default::default()
            }
        };
        quorum::PartitionData {
            partition_index: 0,
            leader_id: self.raft.leader_id().unwrap_or(-1),
            leader_epoch: self.raft.epoch(),
            high_watermark: self.raft.leader_high_watermark().unwrap_or(-1),
            current_voters: voters.into_iter().map(state).collect(),
            observers: observers.into_iter().map(state).collect(),
            ..Default::default()
        }
    }
}
