//! What is known of the cluster (nodes, controller, topics, leaders), and calls that find the right node, retry and give
//! up at a deadline. Safe to share between threads.

use crate::metadata::{Metadata, Node, topic_metadata};
use crate::metrics::Registry;
use crate::{Address, ClientError, Connection, Result, Settings};
use base::{ErrorCode, Map, NodeId};
use protocol::metadata_request::MetadataRequestTopic;
use protocol::{
    DescribeClusterRequest, DescribeClusterResponse, FindCoordinatorRequest, MetadataRequest, MetadataResponse, Request,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Which topics a metadata request asks for.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    All,
    Nothing,
    Names(&'a [&'a str]),
}

/// Which node a call goes to.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    Any,
    Node(NodeId),
    /// The active controller where controllers were bootstrapped from; otherwise the broker that metadata names, which
    /// forwards.
    Controller,
    /// The coordinator of a group.
    Group(&'a str),
}

/// Separate connections to the same node, so that a request that waits does not hold up another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    Calls,
    Group,
}

/// One call with all its retries.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Kafka's name of it, which time-outs show.
    pub name: &'a str,
    pub target: Target<'a>,
    pub deadline: Instant,
    /// Newest version to use.
    pub version_max: i16,
}

#[derive(Debug, Default)]
struct State {
    metadata: Arc<Metadata>,
    refreshed: Option<Instant>,
    coordinators: BTreeMap<String, NodeId>,
    /// Turns so that not every call starts at the same node.
    turn: usize,
}

type Slot = Arc<Mutex<Option<Connection>>>;

/// The cluster as a client sees it.
#[derive(Debug)]
pub struct Cluster {
    settings: Settings,
    state: Mutex<State>,
    slots: Mutex<Map<(Lane, NodeId), Slot>>,
    metrics: Option<Arc<Registry>>,
}

impl Cluster {
    /// Connects to nothing yet. At least one bootstrap name must resolve.
    pub fn new(settings: Settings) -> Result<Cluster> {
        use std::net::ToSocketAddrs;
        let addresses = settings.bootstrap.addresses();
        if !addresses.iter().any(|a| (a.host.as_str(), a.port).to_socket_addrs().is_ok()) {
            let listed: Vec<String> = addresses.iter().map(Address::to_string).collect();
            return Err(ClientError::Bootstrap(listed.join(",")));
        }
        let unknown = Metadata { controller_id: -1, ..Metadata::default() };
        let state = State { metadata: Arc::new(unknown), ..State::default() };
        Ok(Cluster { settings, state: Mutex::new(state), slots: Mutex::default(), metrics: None })
    }

    /// The same, with its connections counted.
    pub(crate) fn metered(settings: Settings, metrics: &Arc<Registry>) -> Result<Cluster> {
        Ok(Cluster { metrics: Some(metrics.clone()), ..Cluster::new(settings)? })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The deadline of a call that starts now.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.settings.api_timeout
    }

    /// What is known; empty before the first call.
    pub fn metadata(&self) -> Arc<Metadata> {
        self.state().metadata.clone()
    }

    /// How old the metadata is; nothing before the first answer and after an error.
    pub(crate) fn metadata_age(&self) -> Option<Duration> {
        self.state().refreshed.map(|at| at.elapsed())
    }

    /// Whether metadata is missing or older than `metadata.max.age.ms`.
    pub fn is_stale(&self) -> bool {
        self.state().refreshed.is_none_or(|at| at.elapsed() >= self.settings.metadata_max_age)
    }

    /// Asks a node for topics. Topics that were not asked for stay as they were known. An error of one topic is in that
    /// topic.
    pub fn refresh(&self, wanted: Wanted<'_>, create: bool, name: &str, deadline: Instant) -> Result<Arc<Metadata>> {
        if self.settings.bootstrap.is_controllers() {
            return self.refresh_controllers(name, deadline);
        }
        let call = Call { name, target: Target::Any, deadline, version_max: i16::MAX };
        let build = |version: i16| MetadataRequest {
            topics: match wanted {
                Wanted::All => None,
                Wanted::Nothing => Some(Vec::new()),
                Wanted::Names(names) => Some(
                    names
                        .iter()
                        .map(|name| MetadataRequestTopic { name: Some(Cow::Borrowed(name)), ..Default::default() })
                        .collect(),
                ),
            },
            allow_auto_topic_creation: create || version < 4,
            ..MetadataRequest::default()
        };
        let response = self.retry(&call, || self.on_any(&call, &build))?;
        Ok(self.learn(response, matches!(wanted, Wanted::All)))
    }

    fn learn(&self, response: MetadataResponse<'static>, all: bool) -> Arc<Metadata> {
        let mut state = self.state();
        let mut topics = if all { BTreeMap::new() } else { state.metadata.topics.clone() };
        for topic in response.topics {
            let topic = topic_metadata(topic);
            topics.insert(topic.name.clone(), topic);
        }
        let nodes = response.brokers.into_iter().map(|broker| Node {
            id: broker.node_id,
            address: Address { host: broker.host.into_owned(), port: broker.port as u16 },
            rack: broker.rack.map(Cow::into_owned),
        });
        state.metadata = Arc::new(Metadata {
            cluster_id: response.cluster_id.unwrap_or_default().into_owned(),
            controller_id: response.controller_id,
            nodes: nodes.map(|node| (node.id, node)).collect(),
            topics,
        });
        state.refreshed = Some(Instant::now());
        state.metadata.clone()
    }

    fn refresh_controllers(&self, name: &str, deadline: Instant) -> Result<Arc<Metadata>> {
        let call = Call { name, target: Target::Any, deadline, version_max: i16::MAX };
        let build = |_| DescribeClusterRequest { endpoint_type: 2, ..DescribeClusterRequest::default() };
        let response: DescribeClusterResponse<'static> = self.retry(&call, || self.on_any(&call, &build))?;
        crate::error::check(response.error_code, response.error_message.as_deref())?;
        let nodes = response.brokers.into_iter().map(|broker| Node {
            id: broker.broker_id,
            address: Address { host: broker.host.into_owned(), port: broker.port as u16 },
            rack: broker.rack.map(Cow::into_owned),
        });
        let mut state = self.state();
        state.metadata = Arc::new(Metadata {
            cluster_id: response.cluster_id.into_owned(),
            controller_id: response.controller_id,
            nodes: nodes.map(|node| (node.id, node)).collect(),
            topics: BTreeMap::new(),
        });
        state.refreshed = Some(Instant::now());
        Ok(state.metadata.clone())
    }

    /// Drops what is known of a group's coordinator.
    pub fn forget_coordinator(&self, group: &str) {
        self.state().coordinators.remove(group);
    }

    /// The node that coordinates a group.
    pub fn coordinator(&self, group: &str, name: &str, deadline: Instant) -> Result<NodeId> {
        if let Some(node) = self.state().coordinators.get(group) {
            return Ok(*node);
        }
        let call = Call { name, target: Target::Any, deadline, version_max: i16::MAX };
        let build = |version: i16| FindCoordinatorRequest {
            key: Cow::Borrowed(if version < 4 { group } else { "" }),
            coordinator_keys: if version < 4 { Vec::new() } else { vec![Cow::Borrowed(group)] },
            ..FindCoordinatorRequest::default()
        };
        let response = self.retry(&call, || {
            let response = self.on_any(&call, &build)?;
            let (code, message) = match response.coordinators.first() {
                Some(found) => (found.error_code, found.error_message.as_deref()),
                None => (response.error_code, response.error_message.as_deref()),
            };
            crate::error::check(code, message)?;
            Ok(response)
        })?;
        let (id, host, port) = match response.coordinators.into_iter().next() {
            Some(found) => (found.node_id, found.host, found.port),
            None => (response.node_id, response.host, response.port),
        };
        let mut state = self.state();
        if !state.metadata.nodes.contains_key(&id) {
            let mut metadata = (*state.metadata).clone();
            let address = Address { host: host.into_owned(), port: port as u16 };
            metadata.nodes.insert(id, Node { id, address, rack: None });
            state.metadata = Arc::new(metadata);
        }
        state.coordinators.insert(group.to_string(), id);
        Ok(id)
    }

    /// Calls until the answer's error (as `verdict` finds it) is none that may pass, or the deadline is over. An answer
    /// whose error will not pass is returned as it is.
    pub fn call<'r, R, B, V>(&self, call: Call<'r>, build: B, verdict: V) -> Result<R::OwnedResponse>
    where
        R: Request,
        B: Fn(i16) -> R,
        V: Fn(&R::OwnedResponse) -> ErrorCode,
    {
        self.retry(&call, || {
            let response = self.once::<R, B>(&call, &build)?;
            match verdict(&response) {
                code if code.is_retriable() => Err(self.note(&call, code)),
                _ => Ok(response),
            }
        })
    }

    /// Forgets what an error says is out of date.
    fn note(&self, call: &Call<'_>, code: ErrorCode) -> ClientError {
        if let (Target::Group(group), ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable) =
            (call.target, code)
        {
            self.forget_coordinator(group);
        }
        if code.invalidates_metadata() || code == ErrorCode::NotController {
            self.state().refreshed = None;
        }
        ClientError::from_code(code)
    }

    fn once<R: Request, B: Fn(i16) -> R>(&self, call: &Call<'_>, build: &B) -> Result<R::OwnedResponse> {
        let node = match call.target {
            Target::Any => return self.on_any(call, build),
            Target::Node(node) => {
                self.known(call)?;
                node
            }
            Target::Controller => match self.known(call)?.controller_id {
                -1 => {
                    self.state().refreshed = None;
                    return Err(ClientError::from_code(ErrorCode::NotController));
                }
                controller => controller,
            },
            Target::Group(group) => self.coordinator(group, call.name, call.deadline)?,
        };
        let lane = if matches!(call.target, Target::Group(_)) { Lane::Group } else { Lane::Calls };
        let result = self.on_node(lane, node, call, |connection| attempt(connection, call, build));
        if matches!(result, Err(ClientError::Connect { .. } | ClientError::Disconnected { .. })) {
            self.state().refreshed = None;
            if let Target::Group(group) = call.target {
                self.forget_coordinator(group);
            }
        }
        result
    }

    fn known(&self, call: &Call<'_>) -> Result<Arc<Metadata>> {
        if !self.is_stale() {
            return Ok(self.metadata());
        }
        self.refresh(Wanted::Nothing, false, call.name, call.deadline).map_err(|error| match error {
            // However the question whom to ask came to nothing: the call has had no node.
            ClientError::Connect { .. } | ClientError::Disconnected { .. } | ClientError::Timeout(_)
                if Instant::now() >= call.deadline =>
            {
                node_timeout(call)
            }
            other => other,
        })
    }

    /// On some node: known ones first, then the bootstrap addresses, the first that answers.
    fn on_any<R: Request, B: Fn(i16) -> R>(&self, call: &Call<'_>, build: &B) -> Result<R::OwnedResponse> {
        let mut last = None;
        for node in self.candidates() {
            match self.on_node(Lane::Calls, node, call, |connection| attempt(connection, call, build)) {
                Err(error @ (ClientError::Connect { .. } | ClientError::Disconnected { .. })) => last = Some(error),
                other => return other,
            }
            if Instant::now() >= call.deadline {
                break;
            }
        }
        Err(last.unwrap_or_else(|| node_timeout(call)))
    }

    /// Ids of known nodes from a turning start, then the bootstrap addresses as -1, -2 and so on.
    fn candidates(&self) -> Vec<NodeId> {
        let mut state = self.state();
        state.turn = state.turn.wrapping_add(1);
        let mut nodes: Vec<NodeId> = state.metadata.nodes.keys().copied().collect();
        if !nodes.is_empty() {
            let turn = state.turn % nodes.len();
            nodes.rotate_left(turn);
        }
        let bootstrap = self.settings.bootstrap.addresses().len() as i32;
        nodes.extend((1..=bootstrap).map(|i| -i));
        nodes
    }

    /// The address of a node; negative ids are bootstrap addresses.
    pub fn address_of(&self, node: NodeId) -> Option<Address> {
        if node < 0 {
            return self.settings.bootstrap.addresses().get((-node - 1) as usize).cloned();
        }
        self.state().metadata.nodes.get(&node).map(|node| node.address.clone())
    }

    /// A connection that the caller owns.
    pub fn connect(&self, node: NodeId, deadline: Instant) -> Result<Connection> {
        self.connect_on(Lane::Calls, node, deadline)
    }

    pub(crate) fn connect_on(&self, lane: Lane, node: NodeId, deadline: Instant) -> Result<Connection> {
        let address = self.address_of(node).ok_or_else(|| ClientError::Connect {
            address: format!("node {node}"),
            reason: "no such node is known".into(),
        })?;
        // Kafka's clients count the coordinator under a number of its own.
        let counted_as = if lane == Lane::Group { i32::MAX - node } else { node };
        let meter = || self.metrics.as_ref().map(|metrics| metrics.meter(counted_as));
        Connection::open_metered(&address, &self.settings, meter, deadline)
    }

    /// Runs `work` with the shared connection to a node, which is dropped when the work fails.
    pub fn on_node<T>(
        &self,
        lane: Lane,
        node: NodeId,
        call: &Call<'_>,
        work: impl Fn(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let slot = lock(&self.slots).entry((lane, node)).or_default().clone();
        let mut slot = lock(&slot);
        let reused = slot.is_some();
        let connection = match &mut *slot {
            Some(connection) => connection,
            empty => empty.insert(self.connect_on(lane, node, call.deadline)?),
        };
        let mut result = work(connection);
        if reused && matches!(result, Err(ClientError::Disconnected { .. })) && Instant::now() < call.deadline {
            // The node may have closed an idle connection: that is no failure of the node.
            *slot = None;
            result = work(slot.insert(self.connect_on(lane, node, call.deadline)?));
        }
        if matches!(result, Err(ClientError::Disconnected { .. } | ClientError::Decode { .. })) {
            *slot = None;
        }
        result
    }

    fn retry<T>(&self, call: &Call<'_>, attempt: impl Fn() -> Result<T>) -> Result<T> {
        let mut tries = 0;
        loop {
            let error = match attempt() {
                Err(error) if error.is_retriable() => error,
                other => return other,
            };
            let unreachable = matches!(error, ClientError::Connect { .. });
            if tries >= self.settings.retries && !unreachable {
                return Err(error);
            }
            let pause = if unreachable { self.settings.reconnect_backoff } else { self.settings.backoff(tries) };
            tries = tries.saturating_add(1);
            let left = call.deadline.saturating_duration_since(Instant::now());
            if left <= pause {
                std::thread::sleep(left.min(pause));
                return Err(give_up(call, error, tries));
            }
            std::thread::sleep(pause);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn attempt<R: Request, B: Fn(i16) -> R>(
    connection: &mut Connection,
    call: &Call<'_>,
    build: &B,
) -> Result<R::OwnedResponse> {
    let version = connection.version(R::API_KEY, call.version_max)?;
    connection.call(&build(version), version, call.deadline)
}

fn node_timeout(call: &Call<'_>) -> ClientError {
    ClientError::Timeout(format!("Timed out waiting for a node assignment. Call: {}", call.name))
}

/// A deadline has passed: what could not be reached is a time-out, what a broker kept saying is the broker's error.
fn give_up(call: &Call<'_>, error: ClientError, tries: u32) -> ClientError {
    match error {
        ClientError::Connect { .. } => node_timeout(call),
        ClientError::Disconnected { .. } => {
            ClientError::Timeout(format!("Timed out after {tries} attempt(s). Call: {}", call.name))
        }
        other => other,
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The shorter of a duration and what is left until a deadline.
pub(crate) fn left_until(deadline: Instant, at_most: Duration) -> Duration {
    deadline.saturating_duration_since(Instant::now()).min(at_most)
}
