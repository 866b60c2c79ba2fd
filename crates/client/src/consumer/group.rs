//! Membership in a group under the classic protocol: join, sync, heartbeats, commits, leaving.
//!
//! `Unjoined -> Joining -> Syncing -> Stable`, and back to `Unjoined` whenever the coordinator says that the group
//! rebalances, forgets the member or moves. Join and sync answers are awaited over several polls on the coordinator's
//! connection, which nobody else uses meanwhile: heartbeats are sent in `Stable` only.

use super::Commits;
use super::leading::counts;
use super::offsets::{commit_as, committed_of};
use crate::cluster::lock;
use crate::{ClientError, Cluster, Connection, ConsumerSettings, Metadata, Result};
use base::ErrorCode;
use protocol::join_group_request::JoinGroupRequestProtocol;
use protocol::leave_group_request::MemberIdentity;
use protocol::sync_group_request::SyncGroupRequestAssignment;
use protocol::{
    ApiKey, ConsumerProtocolAssignment, Decode, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, Request,
    SyncGroupRequest,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PROTOCOL_TYPE: &str = "consumer";

pub(super) type Partitions = BTreeMap<String, Vec<i32>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Unjoined,
    Joining,
    Syncing,
    Stable,
}

struct State {
    phase: Phase,
    member_id: String,
    generation: i32,
    /// The coordinator does not know the member any more: what it had may be somebody else's.
    lost: bool,
    polled: Instant,
    /// An error that poll must report.
    failure: Option<ClientError>,
    stop: bool,
    /// The assignment was not handed out yet.
    fresh: Option<Partitions>,
    /// The last assignment, and its generation.
    owned: Partitions,
    owned_generation: i32,
    not_before: Option<Instant>,
}

impl State {
    fn forget_owned(&mut self) {
        self.owned.clear();
        self.owned_generation = -1;
    }
}

pub(super) struct Shared {
    pub(super) id: String,
    pub(super) cluster: Arc<Cluster>,
    pub(super) settings: Arc<ConsumerSettings>,
    state: Mutex<State>,
    changed: Condvar,
    connection: Mutex<Option<Connection>>,
}

/// A member of a group.
pub(crate) struct Group {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// Partition counts that the last assignment was made for, when this member leads.
    watched: BTreeMap<String, i32>,
}

impl Group {
    pub fn new(id: String, cluster: Arc<Cluster>, settings: Arc<ConsumerSettings>) -> Result<Group> {
        let shared = Arc::new(Shared {
            id,
            cluster,
            settings,
            state: Mutex::new(State {
                phase: Phase::Unjoined,
                member_id: String::new(),
                generation: -1,
                lost: false,
                polled: Instant::now(),
                failure: None,
                stop: false,
                fresh: None,
                owned: Partitions::new(),
                owned_generation: -1,
                not_before: None,
            }),
            changed: Condvar::new(),
            connection: Mutex::new(None),
        });
        let beating = shared.clone();
        let builder = std::thread::Builder::new().name("consumer-heartbeat".into());
        let thread = builder
            .spawn(move || beating.beat())
            .map_err(|error| ClientError::State(format!("the heartbeat cannot start: {error}")))?;
        Ok(Group { shared, thread: Some(thread), watched: BTreeMap::new() })
    }

    pub fn member_id(&self) -> String {
        lock(&self.shared.state).member_id.clone()
    }

    /// Notes that the application is alive; reports what the heartbeat met.
    pub fn polled(&self) -> Result<()> {
        let mut state = lock(&self.shared.state);
        state.polled = Instant::now();
        state.failure.take().map_or(Ok(()), Err)
    }

    /// Joins anew with the next poll.
    pub fn rejoin(&self) {
        let mut state = lock(&self.shared.state);
        if state.phase == Phase::Stable {
            state.phase = Phase::Unjoined;
        }
    }

    /// Rejoins when topics of the subscription got more partitions.
    pub fn watch_partitions(&mut self, metadata: &Metadata, topics: &BTreeSet<String>) {
        let counts = counts(metadata, topics.iter());
        if !self.watched.is_empty() && counts != self.watched {
            self.rejoin();
        }
        self.watched = counts;
    }

    /// Whether the assignment of before must be given up.
    pub fn must_revoke(&self) -> bool {
        lock(&self.shared.state).phase == Phase::Unjoined
    }

    pub fn is_lost(&self) -> bool {
        lock(&self.shared.state).lost
    }

    /// Goes on with joining until `deadline`; a new assignment once.
    pub fn advance(&mut self, topics: &[String], deadline: Instant) -> Result<Option<Partitions>> {
        loop {
            let (phase, not_before) = {
                let mut state = lock(&self.shared.state);
                if let Some(fresh) = state.fresh.take() {
                    return Ok(Some(fresh));
                }
                (state.phase, state.not_before)
            };
            if phase == Phase::Stable {
                return Ok(None);
            }
            if let Some(at) = not_before.filter(|at| *at > Instant::now()) {
                std::thread::sleep(at.min(deadline).saturating_duration_since(Instant::now()));
                if at > deadline {
                    return Ok(None);
                }
            }
            let step = match phase {
                Phase::Unjoined => self.shared.send_join(topics, deadline).map(|()| true),
                Phase::Joining => self.shared.take_join(deadline),
                Phase::Syncing => self.shared.take_sync(deadline),
                Phase::Stable => Ok(true),
            };
            match step {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => self.shared.failed(error)?,
            }
            if Instant::now() >= deadline && lock(&self.shared.state).fresh.is_none() {
                return Ok(None);
            }
        }
    }

    pub fn commit(&self, offsets: &Commits) -> Result<()> {
        let (member, generation) = {
            let state = lock(&self.shared.state);
            if matches!(state.phase, Phase::Joining | Phase::Syncing) {
                return Err(ClientError::from_code(ErrorCode::RebalanceInProgress));
            }
            (state.member_id.clone(), state.generation)
        };
        let instance = self.shared.settings.group_instance_id.as_deref();
        commit_as(&self.shared.cluster, &self.shared.id, offsets, &member, generation, instance)
    }

    pub fn committed(&self, partitions: &[(String, i32)]) -> Result<BTreeMap<(String, i32), i64>> {
        committed_of(&self.shared.cluster, &self.shared.id, partitions)
    }

    /// Leaves, unless the member is static (KIP-345), and stops the heartbeat.
    pub fn leave(mut self) {
        self.stop();
        let member = lock(&self.shared.state).member_id.clone();
        if !member.is_empty() && self.shared.settings.group_instance_id.is_none() {
            let _ = self.shared.leave(&member, "the consumer is being closed");
        }
    }

    fn stop(&mut self) {
        lock(&self.shared.state).stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// Uses the coordinator's connection, opening it where there is none.
    fn on_coordinator<T>(&self, deadline: Instant, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut slot = lock(&self.connection);
        if slot.is_none() {
            let node = self.cluster.coordinator(&self.id, "findCoordinator", deadline)?;
            let limit = Instant::now() + self.settings.common.request_timeout;
            match self.cluster.connect(node, limit) {
                Ok(connection) => *slot = Some(connection),
                Err(error) => {
                    self.cluster.forget_coordinator(&self.id);
                    return Err(error);
                }
            }
        }
        let Some(connection) = slot.as_mut() else { return Err(ClientError::Closed) };
        let result = work(connection);
        if matches!(result, Err(ClientError::Disconnected { .. } | ClientError::Decode { .. })) {
            *slot = None;
            self.cluster.forget_coordinator(&self.id);
        }
        result
    }

    fn drop_connection(&self) {
        *lock(&self.connection) = None;
        self.cluster.forget_coordinator(&self.id);
    }

    fn send_join(&self, topics: &[String], deadline: Instant) -> Result<()> {
        let (member_id, owned, generation) = {
            let state = lock(&self.state);
            (state.member_id.clone(), state.owned.clone(), state.owned_generation)
        };
        let metadata: Vec<Vec<u8>> = self
            .settings
            .assignors
            .iter()
            .map(|name| self.subscription(name, topics, &owned, generation))
            .collect::<Result<_>>()?;
        let patient = deadline.max(Instant::now() + Duration::from_secs(1));
        self.on_coordinator(patient, |connection| {
            let version = connection.version(ApiKey::JoinGroup, i16::MAX)?;
            let request = JoinGroupRequest {
                group_id: Cow::Borrowed(&self.id),
                session_timeout_ms: self.settings.session_timeout.as_millis() as i32,
                rebalance_timeout_ms: self.settings.poll_interval_max.as_millis() as i32,
                member_id: Cow::Borrowed(&member_id),
                group_instance_id: self
                    .settings
                    .group_instance_id
                    .as_deref()
                    .filter(|_| version >= 5)
                    .map(Cow::Borrowed),
                protocol_type: Cow::Borrowed(PROTOCOL_TYPE),
                protocols: self
                    .settings
                    .assignors
                    .iter()
                    .zip(&metadata)
                    .map(|(name, metadata)| JoinGroupRequestProtocol {
                        name: Cow::Borrowed(name),
                        metadata: Cow::Borrowed(metadata),
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            };
            connection.send(&request, version)
        })?;
        self.enter(Phase::Joining);
        Ok(())
    }

    fn enter(&self, phase: Phase) {
        let mut state = lock(&self.state);
        state.phase = phase;
        drop(state);
        self.changed.notify_all();
    }

    /// An answer that is under way, if it arrives by the deadline.
    fn awaited<R: Request>(&self, deadline: Instant) -> Result<Option<R::OwnedResponse>> {
        let mut slot = lock(&self.connection);
        let Some(connection) = slot.as_mut() else {
            return Err(ClientError::from_code(ErrorCode::NotCoordinator));
        };
        let result = connection
            .receive(deadline)
            .and_then(|received| received.map(|received| received.decode_owned::<R>()).transpose());
        if result.is_err() {
            *slot = None;
            self.cluster.forget_coordinator(&self.id);
        }
        result
    }

    fn take_join(&self, deadline: Instant) -> Result<bool> {
        let Some(response) = self.awaited::<JoinGroupRequest<'_>>(deadline)? else { return Ok(false) };
        let code = ErrorCode::from_code(response.error_code);
        if code == ErrorCode::MemberIdRequired {
            lock(&self.state).member_id = response.member_id.into_owned();
            self.enter(Phase::Unjoined);
            return Ok(true);
        }
        crate::error::check(response.error_code, None)?;
        {
            let mut state = lock(&self.state);
            state.member_id = response.member_id.to_string();
            state.generation = response.generation_id;
        }
        let leads = response.leader == response.member_id && !response.skip_assignment;
        let assignments = if leads { self.assign(&response, deadline)? } else { Vec::new() };
        let protocol = response.protocol_name.clone();
        self.on_coordinator(deadline, |connection| {
            let version = connection.version(ApiKey::SyncGroup, i16::MAX)?;
            let request = SyncGroupRequest {
                group_id: Cow::Borrowed(&self.id),
                generation_id: response.generation_id,
                member_id: response.member_id.clone(),
                group_instance_id: self
                    .settings
                    .group_instance_id
                    .as_deref()
                    .filter(|_| version >= 3)
                    .map(Cow::Borrowed),
                protocol_type: Some(Cow::Borrowed(PROTOCOL_TYPE)),
                protocol_name: protocol,
                assignments: assignments
                    .iter()
                    .map(|(member, assignment)| SyncGroupRequestAssignment {
                        member_id: Cow::Borrowed(member),
                        assignment: Cow::Borrowed(assignment),
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            };
            connection.send(&request, version)
        })?;
        self.enter(Phase::Syncing);
        Ok(true)
    }

    fn take_sync(&self, deadline: Instant) -> Result<bool> {
        let Some(response) = self.awaited::<SyncGroupRequest<'_>>(deadline)? else { return Ok(false) };
        crate::error::check(response.error_code, None)?;
        let mut partitions = Partitions::new();
        if !response.assignment.is_empty() {
            let (assignment, _) = ConsumerProtocolAssignment::from_versioned(&response.assignment)
                .map_err(|error| ClientError::Decode { api: ApiKey::SyncGroup, address: self.id.clone(), error })?;
            for topic in assignment.assigned_partitions {
                partitions.entry(topic.topic.into_owned()).or_default().extend(topic.partitions);
            }
        }
        {
            let mut state = lock(&self.state);
            state.owned = partitions.clone();
            state.owned_generation = state.generation;
            state.fresh = Some(partitions);
            state.lost = false;
            state.not_before = None;
        }
        self.enter(Phase::Stable);
        Ok(true)
    }

    /// Back to the start after an error, which is returned if it will not pass.
    fn failed(&self, error: ClientError) -> Result<()> {
        let code = error.code();
        let mut state = lock(&self.state);
        state.phase = Phase::Unjoined;
        state.not_before = Some(Instant::now() + self.settings.common.retry_backoff);
        match code {
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                if code == ErrorCode::UnknownMemberId {
                    state.member_id.clear();
                }
                state.generation = -1;
                state.lost = true;
                state.forget_owned();
                Ok(())
            }
            ErrorCode::RebalanceInProgress => Ok(()),
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable | ErrorCode::NetworkException => {
                drop(state);
                self.drop_connection();
                Ok(())
            }
            _ if error.is_retriable() || matches!(error, ClientError::Timeout(_)) => Ok(()),
            _ => Err(error),
        }
    }

    /// The thread: one heartbeat every interval while the member is stable.
    fn beat(&self) {
        loop {
            let state = lock(&self.state);
            let wait = self.changed.wait_timeout(state, self.settings.heartbeat_interval);
            let state = wait.unwrap_or_else(PoisonError::into_inner).0;
            if state.stop {
                return;
            }
            if state.phase != Phase::Stable {
                continue;
            }
            let (member, generation, idle) = (state.member_id.clone(), state.generation, state.polled.elapsed());
            drop(state);
            if idle > self.settings.poll_interval_max {
                let _ = self.leave(&member, "max.poll.interval.ms was exceeded");
                let mut state = lock(&self.state);
                (state.phase, state.lost, state.generation) = (Phase::Unjoined, true, -1);
                state.forget_owned();
                state.member_id.clear();
                continue;
            }
            if let Err(error) = self.heartbeat(&member, generation) {
                let failed = self.failed(error);
                if let Err(error) = failed {
                    lock(&self.state).failure = Some(error);
                }
            }
        }
    }

    fn heartbeat(&self, member: &str, generation: i32) -> Result<()> {
        let deadline = Instant::now() + self.settings.session_timeout;
        let response = self.on_coordinator(deadline, |connection| {
            if lock(&self.state).phase != Phase::Stable {
                return Ok(None);
            }
            let version = connection.version(ApiKey::Heartbeat, i16::MAX)?;
            let instance = self.settings.group_instance_id.as_deref().filter(|_| version >= 3);
            let request = HeartbeatRequest {
                group_id: Cow::Borrowed(&self.id),
                generation_id: generation,
                member_id: Cow::Borrowed(member),
                group_instance_id: instance.map(Cow::Borrowed),
                ..Default::default()
            };
            connection.call(&request, version, deadline).map(Some)
        })?;
        response.map_or(Ok(()), |response| crate::error::check(response.error_code, None))
    }

    fn leave(&self, member: &str, reason: &str) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(5);
        // A join or sync answer may still be due on the old connection.
        let mut slot = lock(&self.connection);
        if slot.as_ref().is_some_and(|connection| connection.in_flight() > 0) {
            *slot = None;
        }
        drop(slot);
        self.on_coordinator(deadline, |connection| {
            let version = connection.version(ApiKey::LeaveGroup, i16::MAX)?;
            let request = LeaveGroupRequest {
                group_id: Cow::Borrowed(&self.id),
                member_id: Cow::Borrowed(if version < 3 { member } else { "" }),
                members: if version < 3 {
                    Vec::new()
                } else {
                    vec![MemberIdentity {
                        member_id: Cow::Borrowed(member),
                        group_instance_id: None,
                        reason: (version >= 5).then_some(Cow::Borrowed(reason)),
                        ..Default::default()
                    }]
                },
                ..Default::default()
            };
            connection.call(&request, version, deadline)
        })?;
        Ok(())
    }
}
