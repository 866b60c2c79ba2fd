//! Changes of who votes (KIP-853): AddRaftVoter, RemoveRaftVoter, UpdateRaftVoter, as the leader serves them. One change is
//! under way at a time; it holds from the moment when its record is in the log, and is answered when that is committed.
//!
//! ```text
//!   AddRaftVoter -> the replica is asked what it supports -> it has all of the log? -> KRaftVoters record -> committed
//!   RemoveRaftVoter, UpdateRaftVoter ------------------------------------------------> KRaftVoters record -> committed
//! ```

use crate::QuorumError;
use crate::input::{Input, Reply};
use crate::log::voters_record;
use crate::node::QuorumNode;
use crate::replicate::{answer, is_other_cluster};
use crate::wire::body;
use base::{ErrorCode, LineError, Now, Offset, Outbound, Remote, Uuid};
use metadata::{KRAFT_VERSION, Levels};
use protocol::{
    AddRaftVoterRequest, AddRaftVoterResponse, ApiKey, ApiVersionsRequest, ApiVersionsResponse, Cursor, Message,
    RemoveRaftVoterRequest, RemoveRaftVoterResponse, UpdateRaftVoterRequest, UpdateRaftVoterResponse,
    update_raft_voter_response,
};
use raft::{Endpoint, Event, ReplicaKey, Voter, VoterSet};
use records::BatchOptions;
use records::control::{ControlType, control_batch};

/// `kraft.version` from which on voters are in the log.
pub(crate) const DYNAMIC: i16 = 1;

/// Why a change is refused, for people too.
type Refusal = (ErrorCode, String);

/// A replica that has not fetched for so long is not near the end of the log, whatever it had.
const NEAR_US: u64 = 60_000_000;

/// Whom to tell what became of a change.
pub(crate) struct Asker {
    api: ApiKey,
    version: i16,
    reply: Reply,
}

/// The change that is under way.
pub(crate) enum Change {
    /// A replica that is to vote is asked what it supports.
    Asking { token: u64, voter: Voter, asker: Asker, is_answered_at_once: bool, _line: std::sync::Arc<dyn base::Line> },
    /// In the log up to here.
    Appended { end_offset: Offset, asker: Option<Asker> },
}

impl QuorumNode {
    /// Takes a request that is about the voters.
    pub(crate) fn change_voters(
        &mut self,
        now: Now,
        api: ApiKey,
        version: i16,
        body: &[u8],
        reply: Reply,
    ) -> Result<(), QuorumError> {
        let asker = Asker { api, version, reply };
        let cursor = &mut Cursor::new(body);
        match api {
            ApiKey::AddRaftVoter => match AddRaftVoterRequest::decode(cursor, version) {
                Ok(request) => self.add_voter(&request, asker),
                Err(_) => self.undecoded(asker),
            },
            ApiKey::RemoveRaftVoter => match RemoveRaftVoterRequest::decode(cursor, version) {
                Ok(request) => self.remove_voter(now, &request, asker),
                Err(_) => self.undecoded(asker),
            },
            _ => match UpdateRaftVoterRequest::decode(cursor, version) {
                Ok(request) => self.update_voter(now, &request, asker),
                Err(_) => self.undecoded(asker),
            },
        }
    }

    fn undecoded(&self, asker: Asker) -> Result<(), QuorumError> {
        (asker.reply)(Err(ErrorCode::InvalidRequest));
        Ok(())
    }

    fn add_voter(&mut self, request: &AddRaftVoterRequest<'_>, asker: Asker) -> Result<(), QuorumError> {
        let key = ReplicaKey { id: request.voter_id, directory_id: request.voter_directory_id };
        let endpoints = request.listeners.iter().map(|e| endpoint(&e.name, &e.host, e.port)).collect();
        let voter = Voter { key, endpoints };
        let remote = match self.may_add(request.cluster_id.as_deref(), &voter) {
            Ok(remote) => remote,
            Err(refusal) => return self.tell(asker, refusal),
        };
        let token = self.new_token();
        let question = ApiVersionsRequest {
            client_software_name: "ottla".into(),
            client_software_version: env!("CARGO_PKG_VERSION").into(),
            ..Default::default()
        };
        let line = self.ports.network.line(&remote);
        let mailbox = self.ports.mailbox.clone();
        let done = Box::new(move |outcome| mailbox.deliver(Input::Answered { token, outcome }));
        let asked_ms = u64::try_from(request.timeout_ms).unwrap_or(0).max(1);
        let timeout_us = asked_ms.min(self.config.request_timeout_ms) * 1000;
        line.send(Outbound { frame: self.frame(token, &question), timeout_us, done });
        let is_answered_at_once = !request.ack_when_committed;
        self.change = Some(Change::Asking { token, voter, asker, is_answered_at_once, _line: line });
        tracing::info!(voter = key.id, directory = %key.directory_id, at = %remote, "a replica is to become a voter");
        Ok(())
    }

    fn remove_voter(
        &mut self,
        now: Now,
        request: &RemoveRaftVoterRequest<'_>,
        asker: Asker,
    ) -> Result<(), QuorumError> {
        let key = ReplicaKey { id: request.voter_id, directory_id: request.voter_directory_id };
        if let Err(refusal) = self.may_remove(request.cluster_id.as_deref(), key) {
            tracing::info!(voter = key.id, error = %refusal.0, reason = refusal.1, "a voter is not removed");
            return self.tell(asker, refusal);
        }
        tracing::info!(voter = key.id, directory = %key.directory_id, "a voter is removed");
        let voters = self.raft.voters().without(key.id);
        self.append_voters(now, voters, Some(asker))
    }

    fn update_voter(
        &mut self,
        now: Now,
        request: &UpdateRaftVoterRequest<'_>,
        asker: Asker,
    ) -> Result<(), QuorumError> {
        let key = ReplicaKey { id: request.voter_id, directory_id: request.voter_directory_id };
        let endpoints = request.listeners.iter().map(|e| endpoint(&e.name, &e.host, e.port)).collect();
        let voter = Voter { key, endpoints };
        let supports = &request.k_raft_version_feature;
        let supports = supports.min_supported_version..=supports.max_supported_version;
        if let Err(error) = self.may_update(request, &voter) {
            return self.tell(asker, (error, String::new()));
        }
        if let Some(why) = self.other_directory(now, key).filter(|_| key.directory_id != Uuid::ZERO) {
            // It tells again, as Apache's do after this error.
            tracing::debug!(voter = key.id, why, "what a voter tells of itself is not taken");
            return self.tell(asker, (ErrorCode::BrokerNotAvailable, String::new()));
        }
        if self.kraft_version < DYNAMIC {
            // In no log: this leader keeps it, for the day when the quorum becomes a dynamic one.
            if supports.contains(&DYNAMIC) && key.directory_id != Uuid::ZERO {
                self.told_voters = self.told_voters.with(voter);
            }
            return self.tell(asker, (ErrorCode::None, String::new()));
        }
        if !supports.contains(&self.kraft_version) {
            return self.tell(asker, (ErrorCode::InvalidRequest, String::new()));
        }
        if self.raft.voters().get(key.id) == Some(&voter) {
            return self.tell(asker, (ErrorCode::None, String::new()));
        }
        let voters = self.raft.voters().with(voter);
        self.append_voters(now, voters, Some(asker))
    }

    /// What every change needs: a leader that knows what is committed, and no other change.
    fn may_change(&self, cluster_id: Option<&str>) -> Result<(), Refusal> {
        if is_other_cluster(cluster_id, &self.config.settings.cluster_id) {
            return Err((ErrorCode::InconsistentClusterId, "The request is meant for another cluster.".into()));
        }
        if !self.raft.is_leader() {
            return Err((ErrorCode::NotLeaderOrFollower, "This node does not lead the metadata quorum.".into()));
        }
        let busy = |why: &str| Err((ErrorCode::RequestTimedOut, why.to_owned()));
        let is_known = self.raft.leader_high_watermark().is_some();
        if !is_known && !base::mutant(base::Mutant::VotersChangeTogether) {
            return busy("The leader of the metadata quorum does not know yet what is committed.");
        }
        match self.change {
            Some(_) if !base::mutant(base::Mutant::VotersChangeTogether) => {
                busy("Another change of the voters is under way.")
            }
            _ => Ok(()),
        }
    }

    fn must_be_dynamic(&self) -> Result<(), Refusal> {
        let message = format!(
            "The voters of this quorum are static: {KRAFT_VERSION} is {}, and changes need {DYNAMIC}.",
            self.kraft_version
        );
        if self.kraft_version < DYNAMIC { Err((ErrorCode::UnsupportedVersion, message)) } else { Ok(()) }
    }

    /// Where the replica is asked.
    fn may_add(&self, cluster_id: Option<&str>, voter: &Voter) -> Result<Remote, Refusal> {
        self.may_change(cluster_id)?;
        self.must_be_dynamic()?;
        if voter.key.id < 0 {
            return Err((ErrorCode::InvalidRequest, format!("{} is no node id.", voter.key.id)));
        }
        if voter.key.directory_id == Uuid::ZERO {
            return Err((ErrorCode::InvalidRequest, "A voter needs the id of its directory.".into()));
        }
        if self.raft.voters().get(voter.key.id).is_some() {
            let message = format!(
                "The voter id for {} is already part of the set of voters {}.",
                shown(voter.key),
                self.shown_voters()
            );
            return Err((ErrorCode::DuplicateVoter, message));
        }
        let unserved = self.view_image().map(|image| image.features.beyond(Levels::Served)).unwrap_or_default();
        if !unserved.is_empty() {
            // This node is a cluster by itself, at levels of Apache Kafka; with another voter it would be one of several.
            return Err((ErrorCode::InvalidRequest, QuorumError::Levels(unserved).to_string()));
        }
        self.reached_at(voter).ok_or_else(|| {
            let listener = &self.config.controller_listener;
            (ErrorCode::InvalidRequest, format!("The listener {listener} of the replica is not named."))
        })
    }

    fn may_remove(&self, cluster_id: Option<&str>, key: ReplicaKey) -> Result<(), Refusal> {
        self.may_change(cluster_id)?;
        self.must_be_dynamic()?;
        // As in Kafka, nor can the only voter be removed.
        let may_go = self.raft.voters().get(key.id).is_some_and(|voter| voter.key == key) && self.voter_count() > 1;
        if !may_go {
            let message = format!("Cannot remove voter {} from the set of voters {}", shown(key), self.shown_voters());
            return Err((ErrorCode::VoterNotFound, message));
        }
        Ok(())
    }

    fn shown_voters(&self) -> String {
        let voters: Vec<String> = self.raft.voters().iter().map(|voter| shown(voter.key)).collect();
        format!("[{}]", voters.join(", "))
    }

    fn may_update(&self, request: &UpdateRaftVoterRequest<'_>, voter: &Voter) -> Result<(), ErrorCode> {
        let is_static = self.kraft_version < DYNAMIC;
        match self.may_change(request.cluster_id.as_deref()) {
            // What is in no log waits for nothing.
            Err((ErrorCode::RequestTimedOut, _)) if is_static => {}
            Err((error, _)) => return Err(error),
            Ok(()) => {}
        }
        match request.current_leader_epoch.cmp(&self.raft.epoch()) {
            std::cmp::Ordering::Less => return Err(ErrorCode::FencedLeaderEpoch),
            std::cmp::Ordering::Greater => return Err(ErrorCode::UnknownLeaderEpoch),
            std::cmp::Ordering::Equal => {}
        }
        // A static quorum knows no directories; in a dynamic one each is named.
        let is_it = |known: &&Voter| if is_static { known.key.matches(&voter.key) } else { known.key == voter.key };
        self.raft.voters().get(voter.key.id).filter(is_it).ok_or(ErrorCode::VoterNotFound)?;
        self.reached_at(voter).map(drop).ok_or(ErrorCode::InvalidRequest)
    }

    fn reached_at(&self, voter: &Voter) -> Option<Remote> {
        let listener = &self.config.controller_listener;
        let endpoint = voter.endpoints.iter().find(|endpoint| *endpoint.listener == **listener)?;
        Some(Remote { host: endpoint.host.clone(), port: endpoint.port, listener: listener.clone() })
    }

    /// The replica that is to vote has said what it supports, or nothing; false if it was another request.
    pub(crate) fn new_voter_answered(
        &mut self,
        now: Now,
        token: u64,
        outcome: &Result<Vec<u8>, LineError>,
    ) -> Result<bool, QuorumError> {
        let asked = |change: &mut Change| matches!(change, Change::Asking { token: asked, .. } if *asked == token);
        let Some(Change::Asking { voter, asker, is_answered_at_once, .. }) = self.change.take_if(asked) else {
            return Ok(false);
        };
        if let Err(refusal) = self.may_vote(now, token, outcome, &voter) {
            self.tell(asker, refusal)?;
            return Ok(true);
        }
        let voters = self.raft.voters().with(voter);
        match is_answered_at_once {
            false => self.append_voters(now, voters, Some(asker))?,
            true => {
                self.append_voters(now, voters, None)?;
                self.tell(asker, (ErrorCode::None, String::new()))?;
            }
        }
        Ok(true)
    }

    fn may_vote(
        &self,
        now: Now,
        token: u64,
        outcome: &Result<Vec<u8>, LineError>,
        voter: &Voter,
    ) -> Result<(), Refusal> {
        let id = voter.key.id;
        let frame = outcome.as_ref().map_err(|error| {
            let at = self.reached_at(voter).map(|remote| remote.to_string()).unwrap_or_default();
            (ErrorCode::RequestTimedOut, format!("Node {id} does not answer at {at}: {error}."))
        })?;
        let response: ApiVersionsResponse<'_> = body(ApiKey::ApiVersions, token, frame)
            .map_err(|_| (ErrorCode::InvalidRequest, format!("Node {id} gives an answer that cannot be read.")))?;
        let supports = response.supported_features.iter().find(|feature| feature.name == KRAFT_VERSION);
        let level = self.kraft_version;
        if !supports.is_some_and(|feature| (feature.min_version..=feature.max_version).contains(&level)) {
            return Err((ErrorCode::InvalidRequest, format!("Node {id} does not support {KRAFT_VERSION} {level}.")));
        }
        let (_, observers) = self.raft.progress();
        let progress = observers.iter().find(|progress| progress.key == voter.key);
        // It had all of the log once, and has fetched since not long ago: the rest is a matter of moments.
        let is_near = progress.is_some_and(|progress| {
            progress.last_caught_up_us > 0 && now.monotonic_us.saturating_sub(progress.last_fetch_us) < NEAR_US
        });
        match is_near {
            true => Ok(()),
            false => Err((
                ErrorCode::RequestTimedOut,
                format!("Node {id} with the directory {} has not caught up with the log.", voter.key.directory_id),
            )),
        }
    }

    /// From now on these vote.
    pub(crate) fn append_voters(
        &mut self,
        now: Now,
        voters: VoterSet,
        asker: Option<Asker>,
    ) -> Result<(), QuorumError> {
        let value = voters_record(&voters).to_bytes(0)?;
        let options = BatchOptions {
            base_offset: self.log.log_end_offset(),
            partition_leader_epoch: self.raft.epoch(),
            ..BatchOptions::default()
        };
        if let Err(error) =
            self.append_control(now, &control_batch(options, now.wall_ms, &[(ControlType::KraftVoters, &value)]))
        {
            return match (error.refusal(), asker) {
                (Some((code, message)), Some(asker)) => self.tell(asker, (code, message.to_owned())),
                (Some(_), None) => Ok(()),
                (None, _) => Err(error),
            };
        }
        let end_offset = self.log.log_end_offset();
        self.voters_since = end_offset - 1;
        self.raft.set_voters(now, voters);
        let ids: Vec<i32> = self.raft.voters().iter().map(|voter| voter.key.id).collect();
        tracing::info!(voters = ?ids, "these replicas vote from now on");
        self.register_again(now)?;
        self.change = Some(Change::Appended { end_offset, asker });
        // With fewer voters more may be committed.
        self.raft_event(now, Event::Flushed { end_offset: self.log.recovery_point() })
    }

    /// Answers a change that is committed; a leader that has removed itself steps down.
    pub(crate) fn change_committed(&mut self, now: Now, offset: Offset) -> Result<(), QuorumError> {
        let is_done =
            |change: &mut Change| matches!(change, Change::Appended { end_offset, .. } if *end_offset <= offset);
        let Some(Change::Appended { asker, .. }) = self.change.take_if(is_done) else { return Ok(()) };
        if let Some(asker) = asker {
            self.tell(asker, (ErrorCode::None, String::new()))?;
        }
        if self.raft.is_removed() {
            tracing::info!("this node is no voter of the metadata quorum any more");
            self.raft_event(now, Event::Removed)?;
        }
        Ok(())
    }

    /// This node leads no more: nobody knows what becomes of the change.
    pub(crate) fn change_lost(&mut self) {
        let (Some(Change::Asking { asker, .. }) | Some(Change::Appended { asker: Some(asker), .. })) =
            self.change.take()
        else {
            return;
        };
        let refusal = (ErrorCode::NotLeaderOrFollower, "The leadership has ended meanwhile.".to_owned());
        if self.tell(asker, refusal).is_err() {
            tracing::debug!("an answer about voters cannot be encoded");
        }
    }

    /// Answers with an error, or with none.
    fn tell(&self, asker: Asker, (error, message): Refusal) -> Result<(), QuorumError> {
        let Asker { api, version, reply } = asker;
        let error_code = error.code();
        let error_message = (!message.is_empty()).then(|| message.into());
        match api {
            ApiKey::AddRaftVoter => {
                answer(reply, &AddRaftVoterResponse { error_code, error_message, ..Default::default() }, version)
            }
            ApiKey::RemoveRaftVoter => {
                answer(reply, &RemoveRaftVoterResponse { error_code, error_message, ..Default::default() }, version)
            }
            _ => {
                let (leader_id, leader_epoch) = self.leader();
                let endpoint = self.leader_endpoint();
                let (host, port) = endpoint.map_or_else(Default::default, |(_, host, port)| (host, i32::from(port)));
                let current_leader = update_raft_voter_response::CurrentLeader {
                    leader_id,
                    leader_epoch,
                    host: host.into(),
                    port,
                    ..Default::default()
                };
                answer(reply, &UpdateRaftVoterResponse { error_code, current_leader, ..Default::default() }, version)
            }
        }
    }
}

/// As Kafka's tools show it.
fn shown(key: ReplicaKey) -> String {
    format!("ReplicaKey(id={}, directoryId={})", key.id, key.directory_id)
}

fn endpoint(listener: &str, host: &str, port: u16) -> Endpoint {
    Endpoint { listener: listener.to_owned(), host: host.to_owned(), port }
}
