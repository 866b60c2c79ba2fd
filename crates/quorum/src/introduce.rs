//! What a controller that does not lead tells the leader of itself: who it is and what it supports (ControllerRegistration),
//! which directory votes and where it is reached (UpdateRaftVoter), that it wants to vote (`controller.quorum.auto.join.enable`:
//! RemoveRaftVoter for the directory that it had before, AddRaftVoter for the one that it has).
//!
//! One request is under way at a time. What is to be told follows from what is here: the metadata and the voters of the log.

use crate::input::Input;
use crate::log::voter_endpoint;
use crate::node::QuorumNode;
use crate::wire::{body, frame};
use base::{ErrorCode, LeaderEpoch, Line, LineError, Now, Outbound, Remote, Seldom};
use metadata::VersionRange;
use protocol::{
    AddRaftVoterRequest, AddRaftVoterResponse, ApiKey, ControllerRegistrationRequest, ControllerRegistrationResponse,
    RemoveRaftVoterRequest, RemoveRaftVoterResponse, UpdateRaftVoterRequest, UpdateRaftVoterResponse,
    add_raft_voter_request, controller_registration_request, update_raft_voter_request,
};
use raft::{Endpoint, ReplicaKey, Role};
use std::sync::Arc;

/// Time until what was told, and taken, is looked for in the log.
const TAKEN_PAUSE_US: u64 = 1_000_000;
/// Longest pause after a request that failed.
const PAUSE_MAX_MS: u64 = 10_000;

/// How far this controller has made itself known.
#[derive(Default)]
pub(crate) struct Introduction {
    asked: Option<(u64, What)>,
    line: Option<(Remote, Arc<dyn Line>)>,
    not_before_us: u64,
    failures: u32,
    /// The leader of this epoch knows the voter.
    known_in: Option<LeaderEpoch>,
    /// The metadata has shown this process, and nobody else with its id since.
    is_shown: bool,
    namesake_line: Seldom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Update,
    Register,
    Leave(ReplicaKey),
    Join,
}

impl QuorumNode {
    pub(crate) fn own_endpoints(&self) -> Vec<Endpoint> {
        self.config.controller_endpoints.iter().map(voter_endpoint).collect()
    }

    /// What the leader does not know yet.
    fn to_tell(&self) -> Option<What> {
        let follows = self.config.is_controller && matches!(self.raft.role(), Role::Follower { .. });
        if !follows || self.leaving.is_some() || self.following.leader.is_none() {
            return None;
        }
        let local = self.config.local;
        let known_as = self.raft.voters().get(local.id);
        let is_whole = self.has_caught_up();
        if let Some(voter) = known_as.filter(|voter| voter.key.matches(&local)) {
            // A static quorum has it in no log: each leader is told, so that it can become a dynamic one.
            let is_in_log = self.kraft_version >= 1 && voter.endpoints == self.own_endpoints();
            if !is_in_log && self.introduction.known_in != Some(self.raft.epoch()) {
                return Some(What::Update);
            }
        } else if self.kraft_version >= 1 && self.config.joins && is_whole {
            return Some(known_as.map_or(What::Join, |voter| What::Leave(voter.key)));
        }
        let image = &self.published;
        let is_registered =
            image.controllers.get(&local.id).is_some_and(|known| known.incarnation_id == self.config.incarnation_id);
        (is_whole && image.features.controllers_register() && !is_registered).then_some(What::Register)
    }

    /// When `introduce` is due.
    pub(crate) fn introduce_deadline_us(&self) -> Option<u64> {
        let is_idle = self.introduction.asked.is_none();
        (is_idle && self.to_tell().is_some()).then_some(self.introduction.not_before_us)
    }

    /// Tells of somebody else who registers with the id of this controller after it did: each would take the place of the
    /// other for ever.
    fn look_for_namesake(&mut self, now: Now) {
        let image = self.published.clone();
        let Some(known) = image.controllers.get(&self.config.local.id) else { return };
        let introduction = &mut self.introduction;
        let is_own = known.incarnation_id == self.config.incarnation_id;
        if introduction.is_shown && !is_own && introduction.namesake_line.is_due(now) {
            let at: Vec<String> = known.endpoints.iter().map(|at| format!("{}:{}", at.host, at.port)).collect();
            tracing::warn!(
                node = self.config.local.id,
                at = at.join(","),
                hint = "stop one of them, or give it another id: both vote with one voice, and each registers again",
                "another process has registered with the node.id of this controller"
            );
        }
        introduction.is_shown = is_own;
    }

    /// Tells the leader what it does not know, where nothing is under way and the pause is over.
    pub(crate) fn introduce(&mut self, now: Now) {
        self.look_for_namesake(now);
        if self.introduce_deadline_us().is_none_or(|at| at > now.monotonic_us) {
            return;
        }
        let (Some(what), Some(remote)) = (self.to_tell(), self.following.leader.clone()) else { return };
        let token = self.new_token();
        let frame = match what {
            What::Update => self.frame(token, &self.update_request()),
            What::Register => frame(token, &self.config.local.id.to_string(), &self.registration_request()),
            What::Leave(key) => self.frame(token, &self.leave_request(key)),
            What::Join => self.frame(token, &self.join_request()),
        };
        let line = match &self.introduction.line {
            Some((to, line)) if *to == remote => line.clone(),
            _ => {
                let line = self.ports.network.line(&remote);
                self.introduction.line = Some((remote, line.clone()));
                line
            }
        };
        self.introduction.asked = Some((token, what));
        let mailbox = self.ports.mailbox.clone();
        let done = Box::new(move |outcome| mailbox.deliver(Input::Answered { token, outcome }));
        line.send(Outbound { frame, timeout_us: self.config.request_timeout_ms * 1000, done });
    }

    /// What became of it; false if it was another request.
    pub(crate) fn introduced(&mut self, now: Now, token: u64, outcome: &Result<Vec<u8>, LineError>) -> bool {
        let Some((_, what)) = self.introduction.asked.take_if(|(asked, _)| *asked == token) else { return false };
        let answer = match outcome {
            Ok(frame) => answer(token, frame, what),
            Err(error) => Err(error.to_string()),
        };
        let introduction = &mut self.introduction;
        match answer {
            Ok(()) => {
                tracing::debug!(node = self.config.local.id, ?what, "the leader of the quorum was told");
                if what == What::Update {
                    introduction.known_in = Some(self.raft.epoch());
                }
                introduction.failures = 0;
                // The one thing that leads to the next one at once is what the leader alone keeps.
                let pause_us = if what == What::Update { 0 } else { TAKEN_PAUSE_US };
                introduction.not_before_us = now.monotonic_us + pause_us;
            }
            Err(reason) => {
                let pause_ms = (self.config.retry_backoff_ms.max(1) << introduction.failures.min(16)).min(PAUSE_MAX_MS);
                if introduction.failures == 3 {
                    tracing::warn!(
                        ?what,
                        reason,
                        "the leader of the quorum does not take what it is told; trying again"
                    );
                }
                introduction.failures = introduction.failures.saturating_add(1);
                introduction.not_before_us = now.monotonic_us + pause_ms * 1000;
            }
        }
        true
    }

    fn update_request(&self) -> UpdateRaftVoterRequest<'static> {
        let listeners = self.own_endpoints().into_iter().map(|e| update_raft_voter_request::Listener {
            name: e.listener.into(),
            host: e.host.into(),
            port: e.port,
            ..Default::default()
        });
        UpdateRaftVoterRequest {
            cluster_id: Some(self.config.settings.cluster_id.clone().into()),
            current_leader_epoch: self.raft.epoch(),
            voter_id: self.config.local.id,
            voter_directory_id: self.config.local.directory_id,
            listeners: listeners.collect(),
            k_raft_version_feature: update_raft_voter_request::KRaftVersionFeature {
                min_supported_version: 0,
                max_supported_version: 1,
                ..Default::default()
            },
            ..Default::default()
        }
    }

    fn registration_request(&self) -> ControllerRegistrationRequest<'static> {
        let listeners = self.config.controller_endpoints.iter().map(|e| controller_registration_request::Listener {
            name: e.listener.clone().into(),
            host: e.host.clone().into(),
            port: e.port,
            security_protocol: e.security_protocol,
            ..Default::default()
        });
        let features = VersionRange::of(self.levels_in(&self.published)).into_iter().map(|range| {
            controller_registration_request::Feature {
                name: range.feature.into(),
                min_supported_version: range.min,
                max_supported_version: range.max,
                ..Default::default()
            }
        });
        ControllerRegistrationRequest {
            controller_id: self.config.local.id,
            incarnation_id: self.config.incarnation_id,
            zk_migration_ready: false,
            listeners: listeners.collect(),
            features: features.collect(),
            ..Default::default()
        }
    }

    fn leave_request(&self, key: ReplicaKey) -> RemoveRaftVoterRequest<'static> {
        RemoveRaftVoterRequest {
            cluster_id: Some(self.config.settings.cluster_id.clone().into()),
            voter_id: key.id,
            voter_directory_id: key.directory_id,
            ..Default::default()
        }
    }

    fn join_request(&self) -> AddRaftVoterRequest<'static> {
        let listeners = self.own_endpoints().into_iter().map(|e| add_raft_voter_request::Listener {
            name: e.listener.into(),
            host: e.host.into(),
            port: e.port,
            ..Default::default()
        });
        AddRaftVoterRequest {
            cluster_id: Some(self.config.settings.cluster_id.clone().into()),
            timeout_ms: i32::try_from(self.config.request_timeout_ms).unwrap_or(i32::MAX),
            voter_id: self.config.local.id,
            voter_directory_id: self.config.local.directory_id,
            listeners: listeners.collect(),
            // It is committed with this very voter, which fetches: it must not wait for that.
            ack_when_committed: false,
            ..Default::default()
        }
    }

    /// A new epoch, or none to lead it: what was told to the leader before is told anew.
    pub(crate) fn introduce_anew(&mut self, now: Now) {
        self.introduction.failures = 0;
        self.introduction.asked = None;
        self.introduction.not_before_us = now.monotonic_us;
    }
}

/// The answer has no room for it; so it is where Ottla leads.
fn why_not_updated(error_code: i16) -> Option<String> {
    (ErrorCode::from_code(error_code) == ErrorCode::BrokerNotAvailable)
        .then(|| "another process fetches the metadata log with this node.id and another directory".to_owned())
}

/// Whether the leader took it.
fn answer(token: u64, frame: &[u8], what: What) -> Result<(), String> {
    /// Error and message of an answer of this kind.
    macro_rules! said {
        ($api:ident, $response:ident) => {
            body::<$response<'_>>(ApiKey::$api, token, frame)
                .map(|response| (response.error_code, response.error_message.map(|text| text.to_string())))
        };
    }
    let said = match what {
        What::Update => body::<UpdateRaftVoterResponse<'_>>(ApiKey::UpdateRaftVoter, token, frame)
            .map(|response| (response.error_code, why_not_updated(response.error_code))),
        What::Register => said!(ControllerRegistration, ControllerRegistrationResponse),
        What::Leave(_) => said!(RemoveRaftVoter, RemoveRaftVoterResponse),
        What::Join => said!(AddRaftVoter, AddRaftVoterResponse),
    };
    let (code, message) = said.map_err(|_| "an answer that cannot be read".to_owned())?;
    match ErrorCode::from_code(code) {
        ErrorCode::None => Ok(()),
        error => Err(message.map_or_else(|| error.to_string(), |message| format!("{error}: {message}"))),
    }
}
