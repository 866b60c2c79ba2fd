//! What other voters ask of this one: Vote (KIP-595, KIP-996), BeginQuorumEpoch, EndQuorumEpoch, checked as Kafka checks
//! them. An answer leaves when what it promises is on disk.

use crate::QuorumError;
use crate::input::Reply;
use crate::node::QuorumNode;
use crate::replicate::{METADATA_TOPIC, answer, is_other_cluster};
use base::{ErrorCode, LeaderEpoch, NodeId, Now, Uuid};
use protocol::{
    ApiKey, BeginQuorumEpochRequest, BeginQuorumEpochResponse, Cursor, EndQuorumEpochRequest, EndQuorumEpochResponse,
    VoteRequest, VoteResponse, begin_quorum_epoch_response, end_quorum_epoch_request, end_quorum_epoch_response,
    vote_response,
};
use raft::{Event, ReplicaKey};

/// The one partition that a request of a voter is about; none where it is about anything else.
macro_rules! only_partition {
    ($request:expr) => {
        match $request.topics.as_slice() {
            [topic] if topic.topic_name == METADATA_TOPIC => match topic.partitions.as_slice() {
                [partition] if partition.partition_index == 0 => Some(partition),
                _ => None,
            },
            _ => None,
        }
    };
}

/// An answer to a voter, with what is known of the leader: the messages of each API are types of their own.
macro_rules! answer_to_voter {
    ($node:expr, $version:expr, $module:ident, $response:ident, $error:expr $(, $field:ident: $value:expr)?) => {{
        let (leader_id, leader_epoch) = $node.leader();
        let partition = $module::PartitionData {
            partition_index: 0,
            error_code: $error.code(),
            leader_id,
            leader_epoch,
            $($field: $value,)?
            ..Default::default()
        };
        let endpoint = $node.leader_endpoint().filter(|_| $version >= 1);
        let node_endpoints = endpoint.into_iter().map(|(node_id, host, port)| $module::NodeEndpoint {
            node_id,
            host: host.into(),
            port,
            ..Default::default()
        });
        $response {
            topics: vec![$module::TopicData {
                topic_name: METADATA_TOPIC.into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            node_endpoints: node_endpoints.collect(),
            ..Default::default()
        }
    }};
}

/// The successors that an EndQuorumEpoch names; version 0 knows them by id only.
fn preferred(partition: &end_quorum_epoch_request::PartitionData) -> Vec<ReplicaKey> {
    let by_id = partition.preferred_successors.iter().map(|id| ReplicaKey { id: *id, directory_id: Uuid::ZERO });
    let by_key = partition
        .preferred_candidates
        .iter()
        .map(|info| ReplicaKey { id: info.candidate_id, directory_id: info.candidate_directory_id });
    by_id.chain(by_key).collect()
}

impl QuorumNode {
    /// Answers what voters ask of each other.
    pub(crate) fn serve_voter(
        &mut self,
        now: Now,
        api: ApiKey,
        version: i16,
        body: &[u8],
        reply: Reply,
    ) -> Result<(), QuorumError> {
        match api {
            ApiKey::Vote => self.serve_vote(now, version, body, reply),
            ApiKey::BeginQuorumEpoch => self.serve_begin_epoch(now, version, body, reply),
            _ => self.serve_end_epoch(now, version, body, reply),
        }
    }

    fn serve_vote(&mut self, now: Now, version: i16, body: &[u8], reply: Reply) -> Result<(), QuorumError> {
        let Ok(request) = VoteRequest::decode(&mut Cursor::new(body), version) else {
            reply(Err(ErrorCode::InvalidRequest));
            return Ok(());
        };
        let refused = |error: ErrorCode| VoteResponse { error_code: error.code(), ..Default::default() };
        if is_other_cluster(request.cluster_id.as_deref(), &self.config.settings.cluster_id) {
            return answer(reply, &refused(ErrorCode::InconsistentClusterId), version);
        }
        let Some(partition) = only_partition!(request) else {
            return answer(reply, &refused(ErrorCode::InvalidRequest), version);
        };
        let asked = raft::VoteRequest {
            candidate: ReplicaKey { id: partition.replica_id, directory_id: partition.replica_directory_id },
            epoch: partition.replica_epoch,
            last_epoch: partition.last_offset_epoch,
            last_offset: partition.last_offset,
            pre_vote: partition.pre_vote,
        };
        // Who stands has no record of the epoch that it stands for; who only asks may have some of the one that it is in.
        let is_illegal = if asked.pre_vote { asked.last_epoch > asked.epoch } else { asked.last_epoch >= asked.epoch };
        let (error, granted) = match self.refusal_of_voter(asked.candidate.id, asked.epoch) {
            Some(error) => (error, false),
            None if asked.last_offset < 0 || asked.last_epoch < 0 || is_illegal => (ErrorCode::InvalidRequest, false),
            None if !self.is_meant(request.voter_id, partition.voter_directory_id) => {
                self.raft_event(now, Event::EpochKnown { epoch: asked.epoch })?;
                (ErrorCode::InvalidVoterKey, false)
            }
            None => (ErrorCode::None, self.vote(now, asked)?),
        };
        answer(
            reply,
            &answer_to_voter!(self, version, vote_response, VoteResponse, error, vote_granted: granted),
            version,
        )
    }

    fn serve_begin_epoch(&mut self, now: Now, version: i16, body: &[u8], reply: Reply) -> Result<(), QuorumError> {
        let Ok(request) = BeginQuorumEpochRequest::decode(&mut Cursor::new(body), version) else {
            reply(Err(ErrorCode::InvalidRequest));
            return Ok(());
        };
        let refused = |error: ErrorCode| BeginQuorumEpochResponse { error_code: error.code(), ..Default::default() };
        if is_other_cluster(request.cluster_id.as_deref(), &self.config.settings.cluster_id) {
            return answer(reply, &refused(ErrorCode::InconsistentClusterId), version);
        }
        let Some(partition) = only_partition!(request) else {
            return answer(reply, &refused(ErrorCode::InvalidRequest), version);
        };
        let error = match self.refusal_of_voter(partition.leader_id, partition.leader_epoch) {
            Some(error) => error,
            None => {
                self.heard_of(now, Some(partition.leader_id), partition.leader_epoch, true)?;
                match self.is_meant(request.voter_id, partition.voter_directory_id) {
                    true => ErrorCode::None,
                    false => ErrorCode::InvalidVoterKey,
                }
            }
        };
        answer(
            reply,
            &answer_to_voter!(self, version, begin_quorum_epoch_response, BeginQuorumEpochResponse, error),
            version,
        )
    }

    fn serve_end_epoch(&mut self, now: Now, version: i16, body: &[u8], reply: Reply) -> Result<(), QuorumError> {
        let Ok(request) = EndQuorumEpochRequest::decode(&mut Cursor::new(body), version) else {
            reply(Err(ErrorCode::InvalidRequest));
            return Ok(());
        };
        let refused = |error: ErrorCode| EndQuorumEpochResponse { error_code: error.code(), ..Default::default() };
        if is_other_cluster(request.cluster_id.as_deref(), &self.config.settings.cluster_id) {
            return answer(reply, &refused(ErrorCode::InconsistentClusterId), version);
        }
        let Some(partition) = only_partition!(request) else {
            return answer(reply, &refused(ErrorCode::InvalidRequest), version);
        };
        let error = match self.refusal_of_voter(partition.leader_id, partition.leader_epoch) {
            Some(error) => error,
            None => {
                let (leader_id, epoch) = (partition.leader_id, partition.leader_epoch);
                let preferred = preferred(partition);
                self.raft_event(now, Event::LeaderResigned { leader_id, epoch, preferred })?;
                ErrorCode::None
            }
        };
        answer(
            reply,
            &answer_to_voter!(self, version, end_quorum_epoch_response, EndQuorumEpochResponse, error),
            version,
        )
    }

    /// Why a request of a voter is not looked at: it is of an epoch that is over, or of nobody.
    fn refusal_of_voter(&self, from: NodeId, epoch: LeaderEpoch) -> Option<ErrorCode> {
        match epoch < self.raft.epoch() {
            true => Some(ErrorCode::FencedLeaderEpoch),
            false => (from < 0).then_some(ErrorCode::InvalidRequest),
        }
    }

    /// Whether a request that names its receiver is for this replica (KIP-853: with this very directory).
    fn is_meant(&self, voter_id: NodeId, directory_id: Uuid) -> bool {
        let local = self.config.local;
        voter_id < 0 || ReplicaKey { id: voter_id, directory_id }.matches(&local)
    }
}
