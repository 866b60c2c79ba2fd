//! What a voter asks of the other voters: Vote, BeginQuorumEpoch, EndQuorumEpoch, each over a line of its own to each of
//! them, so that no fetch that waits stands before an election. Raft says what is to be sent, and when again.

use crate::QuorumError;
use crate::input::Input;
use crate::node::QuorumNode;
use crate::replicate::METADATA_TOPIC;
use crate::wire::body;
use base::{ErrorCode, LeaderEpoch, Line, LineError, NodeId, Now, Outbound, Remote};
use protocol::{
    ApiKey, BeginQuorumEpochRequest, BeginQuorumEpochResponse, EndQuorumEpochRequest, EndQuorumEpochResponse,
    VoteRequest, VoteResponse, begin_quorum_epoch_request, end_quorum_epoch_request, vote_request,
};
use raft::{Event, ReplicaKey, VoteAnswer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a leader that stops waits for a successor, as in Kafka.
const HANDOVER_US: u64 = 5_000_000;

/// The other voters, and what was asked of them.
#[derive(Default)]
pub(crate) struct Peers {
    lines: BTreeMap<NodeId, (Remote, Arc<dyn Line>)>,
    asked: BTreeMap<u64, Asked>,
}

#[derive(Clone, Copy)]
struct Asked {
    voter: NodeId,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Vote { epoch: LeaderEpoch, pre_vote: bool },
    Begin,
    End,
}

/// A leader that is about to stop.
pub(crate) struct Leaving {
    epoch: LeaderEpoch,
    until_us: u64,
    /// Somebody knows that it stops, and may be elected.
    is_told: bool,
}

impl QuorumNode {
    /// Where a voter is reached.
    pub(crate) fn voter_remote(&self, id: NodeId) -> Option<Remote> {
        let voter = self.raft.voters().get(id)?;
        let listener = &self.config.controller_listener;
        let endpoint = voter.endpoints.iter().find(|e| *e.listener == **listener).or(voter.endpoints.first())?;
        Some(Remote { host: endpoint.host.clone(), port: endpoint.port, listener: listener.clone() })
    }

    pub(crate) fn send_vote(&mut self, to: NodeId, asked: raft::VoteRequest) {
        let token = self.new_token();
        let Some(voter) = self.raft.voters().get(to) else { return };
        let partition = vote_request::PartitionData {
            partition_index: 0,
            replica_epoch: asked.epoch,
            replica_id: asked.candidate.id,
            replica_directory_id: asked.candidate.directory_id,
            voter_directory_id: voter.key.directory_id,
            last_offset_epoch: asked.last_epoch,
            last_offset: asked.last_offset,
            pre_vote: asked.pre_vote,
            ..Default::default()
        };
        let request = VoteRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            voter_id: to,
            topics: vec![vote_request::TopicData {
                topic_name: METADATA_TOPIC.into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        let what = What::Vote { epoch: asked.epoch, pre_vote: asked.pre_vote };
        let frame = self.frame(token, &request);
        self.ask(token, to, what, frame);
    }

    pub(crate) fn send_begin_epoch(&mut self, to: NodeId, epoch: LeaderEpoch) {
        let token = self.new_token();
        let Some(voter) = self.raft.voters().get(to) else { return };
        let endpoints = self.config.controller_endpoints.iter();
        let request = BeginQuorumEpochRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            voter_id: to,
            topics: vec![begin_quorum_epoch_request::TopicData {
                topic_name: METADATA_TOPIC.into(),
                partitions: vec![begin_quorum_epoch_request::PartitionData {
                    partition_index: 0,
                    voter_directory_id: voter.key.directory_id,
                    leader_id: self.config.local.id,
                    leader_epoch: epoch,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            leader_endpoints: endpoints
                .map(|e| begin_quorum_epoch_request::LeaderEndpoint {
                    name: e.listener.as_str().into(),
                    host: e.host.as_str().into(),
                    port: e.port,
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let frame = self.frame(token, &request);
        self.ask(token, to, What::Begin, frame);
    }

    pub(crate) fn send_end_epoch(&mut self, to: NodeId, epoch: LeaderEpoch, preferred: &[ReplicaKey]) {
        let token = self.new_token();
        let endpoints = self.config.controller_endpoints.iter();
        let request = EndQuorumEpochRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            topics: vec![end_quorum_epoch_request::TopicData {
                topic_name: METADATA_TOPIC.into(),
                partitions: vec![end_quorum_epoch_request::PartitionData {
                    partition_index: 0,
                    leader_id: self.config.local.id,
                    leader_epoch: epoch,
                    preferred_candidates: preferred
                        .iter()
                        .map(|key| end_quorum_epoch_request::ReplicaInfo {
                            candidate_id: key.id,
                            candidate_directory_id: key.directory_id,
                            ..Default::default()
                        })
                        .collect(),
                    ..Default::default()
                }],
                ..Default::default()
            }],
            leader_endpoints: endpoints
                .map(|e| end_quorum_epoch_request::LeaderEndpoint {
                    name: e.listener.as_str().into(),
                    host: e.host.as_str().into(),
                    port: e.port,
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let frame = self.frame(token, &request);
        self.ask(token, to, What::End, frame);
    }

    fn ask(&mut self, token: u64, voter: NodeId, what: What, frame: Vec<u8>) {
        let Some(remote) = self.voter_remote(voter) else { return };
        let line = match self.peers.lines.get(&voter) {
            Some((to, line)) if *to == remote => line.clone(),
            _ => {
                let line = self.ports.network.line(&remote);
                self.peers.lines.insert(voter, (remote, line.clone()));
                line
            }
        };
        self.peers.asked.insert(token, Asked { voter, what });
        let mailbox = self.ports.mailbox.clone();
        let done = Box::new(move |outcome| mailbox.deliver(Input::Answered { token, outcome }));
        line.send(Outbound { frame, timeout_us: self.config.request_timeout_ms * 1000, done });
    }

    /// What became of a request to another voter; false if it was none.
    pub(crate) fn voter_answered(
        &mut self,
        now: Now,
        token: u64,
        outcome: &Result<Vec<u8>, LineError>,
    ) -> Result<bool, QuorumError> {
        let Some(Asked { voter, what }) = self.peers.asked.remove(&token) else { return Ok(false) };
        let answer = outcome.as_ref().ok().and_then(|frame| answer(token, frame, what));
        match (what, &answer) {
            (What::Vote { epoch, pre_vote }, Some(answer)) => {
                let answer = *answer;
                self.raft_event(now, Event::VoteAnswered { voter, epoch, pre_vote, answer })?;
            }
            (What::Vote { epoch, pre_vote }, None) => {
                self.raft_event(now, Event::VoteFailed { voter, epoch, pre_vote })?;
            }
            (What::Begin | What::End, Some(VoteAnswer { granted, epoch, leader_id })) => {
                if let (What::End, true, Some(leaving)) = (what, *granted, &mut self.leaving) {
                    leaving.is_told = true;
                }
                self.heard_of(now, *leader_id, *epoch, false)?;
            }
            (What::Begin | What::End, None) => {}
        }
        Ok(true)
    }

    /// Takes what another replica says of the epoch and its leader. `is_heard`: the leader itself says it.
    pub(crate) fn heard_of(
        &mut self,
        now: Now,
        leader_id: Option<NodeId>,
        epoch: LeaderEpoch,
        is_heard: bool,
    ) -> Result<(), QuorumError> {
        match leader_id {
            _ if epoch < self.raft.epoch() => Ok(()),
            Some(leader_id) => self.raft_event(now, Event::LeaderKnown { leader_id, epoch, is_heard }),
            None => self.raft_event(now, Event::EpochKnown { epoch }),
        }
    }

    /// Asks to stop. Who leads the others resigns and waits a while, so that they elect somebody with its help.
    pub(crate) fn leave(&mut self, now: Now) -> Result<(), QuorumError> {
        if self.leaving.is_none() {
            let hands_over = self.raft.is_leader() && self.raft.voters().len() > 1;
            let until_us = if hands_over { now.monotonic_us + HANDOVER_US } else { now.monotonic_us };
            self.leaving = Some(Leaving { epoch: self.raft.epoch(), until_us, is_told: false });
            self.raft_event(now, Event::Leave)?;
        }
        Ok(())
    }

    /// When waiting for a successor is over.
    pub(crate) fn leave_deadline_us(&self) -> Option<u64> {
        self.leaving.as_ref().map(|leaving| leaving.until_us)
    }

    /// Whether it was asked to stop, and nobody needs it any more.
    pub(crate) fn has_left(&self, now: Now) -> bool {
        let Some(leaving) = &self.leaving else { return false };
        let is_led = self.raft.epoch() > leaving.epoch && self.raft.leader_id().is_some();
        let is_telling = self.peers.asked.values().any(|asked| matches!(asked.what, What::End));
        now.monotonic_us >= leaving.until_us || is_led || !is_telling && !leaving.is_told
    }
}

/// What an answer says of the epoch and its leader, and whether it is a yes.
fn answer(token: u64, frame: &[u8], what: What) -> Option<VoteAnswer> {
    let said = |is_yes: bool, error: i16, leader_id: NodeId, epoch: LeaderEpoch| VoteAnswer {
        granted: is_yes && ErrorCode::from_code(error) == ErrorCode::None,
        epoch,
        leader_id: (leader_id >= 0).then_some(leader_id),
    };
    match what {
        What::Vote { .. } => {
            let response: VoteResponse = body(ApiKey::Vote, token, frame).ok()?;
            let one = response.topics.first()?.partitions.first()?;
            Some(said(one.vote_granted, one.error_code, one.leader_id, one.leader_epoch))
        }
        What::Begin => {
            let response: BeginQuorumEpochResponse = body(ApiKey::BeginQuorumEpoch, token, frame).ok()?;
            let one = response.topics.first()?.partitions.first()?;
            Some(said(true, one.error_code, one.leader_id, one.leader_epoch))
        }
        What::End => {
            let response: EndQuorumEpochResponse = body(ApiKey::EndQuorumEpoch, token, frame).ok()?;
            let one = response.topics.first()?.partitions.first()?;
            Some(said(true, one.error_code, one.leader_id, one.leader_epoch))
        }
    }
}
