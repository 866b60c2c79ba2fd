//! Membership in a group under the classic protocol: join, sync, commits. `membership.rs` decides, `heartbeat.rs` has the
//! thread that beats.
//!
//! Join and sync answers are awaited over several polls on the coordinator's connection, which nobody else uses meanwhile:
//! heartbeats are sent in `Stable` only.

use super::Commits;
use super::leading::counts;
use super::membership::{Membership, Partitions, Remedy, Step};
use super::metrics::MemberMetrics;
use super::offsets::{Effort, commit_as, committed_of};
use crate::cluster::lock;
use crate::{ClientError, Cluster, Connection, ConsumerSettings, Lane, Metadata, Result};
use base::ErrorCode;
use protocol::join_group_request::JoinGroupRequestProtocol;
use protocol::sync_group_request::SyncGroupRequestAssignment;
use protocol::{ApiKey, ConsumerProtocolAssignment, Decode, JoinGroupRequest, Request, SyncGroupRequest};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const PROTOCOL_TYPE: &str = "consumer";

pub(super) struct State {
    pub(super) member: Membership,
    pub(super) polled: Instant,
    /// An error that poll must report.
    pub(super) failure: Option<ClientError>,
    pub(super) stop: bool,
    not_before: Option<Instant>,
}

/// Where a member stands after [`Group::advance`].
pub(crate) enum Progress {
    /// Nothing new, for now.
    None,
    Assigned(Partitions),
    /// A rebalance begins: partitions may be given up and their offsets committed; then [`Group::gave_up`].
    GiveUp,
    /// Others may have the partitions: [`Group::take_lost`].
    Lost,
}

pub(super) struct Shared {
    pub(super) id: String,
    pub(super) cluster: Arc<Cluster>,
    pub(super) settings: Arc<ConsumerSettings>,
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
    pub(super) connection: Mutex<Option<Connection>>,
    pub(super) metrics: Arc<MemberMetrics>,
}

/// A member of a group.
pub(crate) struct Group {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// Partition counts that the last assignment was made for, when this member leads.
    watched: BTreeMap<String, i32>,
}

impl Group {
    pub fn new(
        id: String,
        cluster: Arc<Cluster>,
        settings: Arc<ConsumerSettings>,
        metrics: Arc<MemberMetrics>,
    ) -> Result<Group> {
        let shared = Arc::new(Shared {
            id,
            cluster,
            settings,
            state: Mutex::new(State {
                member: Membership::default(),
                polled: Instant::now(),
                failure: None,
                stop: false,
                not_before: None,
            }),
            changed: Condvar::new(),
            connection: Mutex::new(None),
            metrics,
        });
        let beating = shared.clone();
        let builder = std::thread::Builder::new().name("consumer-heartbeat".into());
        let thread = builder
            .spawn(move || beating.beat())
            .map_err(|error| ClientError::State(format!("the heartbeat cannot start: {error}")))?;
        Ok(Group { shared, thread: Some(thread), watched: BTreeMap::new() })
    }

    pub fn member_id(&self) -> String {
        lock(&self.shared.state).member.member_id().to_owned()
    }

    /// Notes that the application is alive; reports what the heartbeat met.
    pub fn polled(&self) -> Result<()> {
        let mut state = lock(&self.shared.state);
        state.polled = Instant::now();
        state.failure.take().map_or(Ok(()), Err)
    }

    /// Joins anew with the next poll.
    pub fn rejoin(&self) {
        lock(&self.shared.state).member.rejoin();
    }

    /// Rejoins when topics of the subscription got more partitions.
    pub fn watch_partitions(&mut self, metadata: &Metadata, topics: &BTreeSet<String>) {
        let counts = counts(metadata, topics.iter());
        if !self.watched.is_empty() && counts != self.watched {
            self.rejoin();
        }
        self.watched = counts;
    }

    /// Whether the member was thrown out since the last call. Its partitions must be dropped without a commit; it does not
    /// join again before.
    pub fn take_lost(&self) -> bool {
        lock(&self.shared.state).member.take_lost()
    }

    /// Joins, after [`Progress::GiveUp`].
    pub fn gave_up(&self) {
        lock(&self.shared.state).member.gave_up();
    }

    /// Goes on with joining until `deadline`.
    pub fn advance(&mut self, topics: &[String], deadline: Instant) -> Result<Progress> {
        loop {
            let (step, not_before) = {
                let mut state = lock(&self.shared.state);
                (state.member.step(), state.not_before)
            };
            match step {
                Step::Rest => return Ok(Progress::None),
                Step::Assigned(partitions) => return Ok(Progress::Assigned(partitions)),
                Step::GiveUp => return Ok(Progress::GiveUp),
                Step::Lost => return Ok(Progress::Lost),
                Step::Join | Step::AwaitJoin | Step::AwaitSync => {}
            }
            if let Some(at) = not_before.filter(|at| *at > Instant::now()) {
                std::thread::sleep(at.min(deadline).saturating_duration_since(Instant::now()));
                if at > deadline {
                    return Ok(Progress::None);
                }
            }
            let outcome = match step {
                Step::AwaitJoin => self.shared.take_join(deadline),
                Step::AwaitSync => self.shared.take_sync(deadline),
                _ => self.shared.send_join(topics, deadline).map(|()| Answer::Taken),
            };
            match outcome {
                Ok(Answer::Taken) => {}
                Ok(Answer::Assigned) => continue,
                Ok(Answer::Missing) => return Ok(Progress::None),
                Err(error) => self.shared.failed(error)?,
            }
            if Instant::now() >= deadline {
                return Ok(Progress::None);
            }
        }
    }

    /// Commits as a member. Refused with [`ClientError::CommitFailed`] once it is lost.
    pub fn commit(&self, offsets: &Commits, effort: Effort) -> Result<()> {
        if offsets.is_empty() {
            return Ok(());
        }
        let sent = lock(&self.shared.state).member.may_commit()?;
        let began = Instant::now();
        let member = Some((&sent, self.shared.settings.group_instance_id.as_deref()));
        match commit_as(&self.shared.cluster, &self.shared.id, offsets, member, effort) {
            Ok(()) => {
                self.shared.metrics.committed(began);
                Ok(())
            }
            Err(error) => Err(lock(&self.shared.state).member.commit_failed(&sent, error)),
        }
    }

    pub fn committed(&self, partitions: &[(String, i32)]) -> Result<BTreeMap<(String, i32), i64>> {
        committed_of(&self.shared.cluster, &self.shared.id, partitions)
    }

    /// Leaves, unless the member is static (KIP-345), and stops the heartbeat.
    pub fn leave(mut self) {
        self.stop();
        let _a_session_that_ends_does_it_too = self.shared.leave(&self.member_id(), "the consumer is being closed");
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

/// What became of an answer that is due.
enum Answer {
    Missing,
    Taken,
    Assigned,
}

impl Shared {
    /// Uses the coordinator's connection, opening it where there is none.
    pub(super) fn on_coordinator<T>(
        &self,
        deadline: Instant,
        work: impl FnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let mut slot = lock(&self.connection);
        if slot.is_none() {
            let node = self.cluster.coordinator(&self.id, "findCoordinator", deadline)?;
            let limit = Instant::now() + self.settings.common.request_timeout;
            match self.cluster.connect_on(Lane::Group, node, limit) {
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
            let (owned, generation) = state.member.owned();
            (state.member.member_id().to_owned(), owned.clone(), generation)
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
        self.metrics.joining();
        lock(&self.state).member.joining();
        Ok(())
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

    fn take_join(&self, deadline: Instant) -> Result<Answer> {
        let Some(response) = self.awaited::<JoinGroupRequest<'_>>(deadline)? else { return Ok(Answer::Missing) };
        let code = ErrorCode::from_code(response.error_code);
        if code == ErrorCode::MemberIdRequired {
            lock(&self.state).member.named(response.member_id.into_owned());
            return Ok(Answer::Taken);
        }
        crate::error::check(response.error_code, None)?;
        self.metrics.joined();
        lock(&self.state).member.joined(response.member_id.to_string(), response.generation_id);
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
        lock(&self.state).member.syncing();
        Ok(Answer::Taken)
    }

    fn take_sync(&self, deadline: Instant) -> Result<Answer> {
        let Some(response) = self.awaited::<SyncGroupRequest<'_>>(deadline)? else { return Ok(Answer::Missing) };
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
            state.member.synced(partitions);
            state.not_before = None;
        }
        self.metrics.synced();
        self.changed.notify_all();
        Ok(Answer::Assigned)
    }

    /// Back to the start after an error, which is returned if it will not pass.
    fn failed(&self, error: ClientError) -> Result<()> {
        let mut state = lock(&self.state);
        let remedy = state.member.join_failed(&error);
        state.not_before = Some(Instant::now() + self.settings.common.retry_backoff);
        drop(state);
        self.remedy(remedy, error)
    }

    pub(super) fn remedy(&self, remedy: Remedy, error: ClientError) -> Result<()> {
        match remedy {
            Remedy::GoOn => {}
            Remedy::FindCoordinator => self.drop_connection(),
            Remedy::Report => return Err(error),
        }
        Ok(())
    }
}
