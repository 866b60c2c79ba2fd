//! A node that runs: the quorum's thread, the event loops, the broker; started leaves first and stopped in reverse.

use crate::addresses::Bound;
use crate::controller_socket::SocketChannel;
use crate::folders::Folders;
use crate::limits::{Limiter, connection_limits};
use crate::{ServerError, addresses};
use api::{AllowAll, Authorizer, Dispatcher};
use arc_swap::ArcSwap;
use base::{Executor, Now, Random};
use broker::{
    Broker, BrokerParts, BrokerPublisher, ControllerChannel, Directory, Housekeeping, Lifecycle, LifecycleState,
};
use config::{Loggers, Quorum, ServerConfig};
use metadata::{Delta, Image};
use net::{Limits, ListenerRole, ListenerSpec, Transport};
use os::{Clock, SystemRandom};
use quorum::{
    ControllerEndpoint, ControllerRequest, FOLDER, ImageKeeper, Mailbox, Publisher, QuorumConfig, QuorumNode,
};
use raft::{Endpoint, ReplicaKey, Voter, VoterSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use storage::{Log, LogConfig, OpenOptions};

/// What the main thread waits for.
pub enum Event {
    Signal(&'static str),
    Lifecycle(LifecycleState),
    /// The node holds ACLs, which are not enforced yet.
    Acls(usize),
    /// It cannot go on.
    Fatal(String),
}

/// The parts of a running node.
pub(crate) struct Node {
    pub broker: Arc<Broker>,
    pub lifecycle: Arc<Lifecycle>,
    pub network: Arc<net::Server>,
    authorizer: Arc<dyn Authorizer>,
    client_sockets: Vec<Bound>,
    directories: Vec<Arc<Directory>>,
    quorum_thread: JoinHandle<Result<(), ServerError>>,
    quorum_stop: Arc<AtomicBool>,
    mailbox: Mailbox,
}

/// Threads for what blocks, started when there is work for them: so many sync a directory at most, and there are as many
/// for the rest.
const BLOCKING_THREADS: usize = 16;
/// Bytes of incomplete requests in memory where `queued.max.request.bytes` sets no limit.
const PARTIAL_BYTES_MAX: usize = 1 << 30;

/// Loops of the network: as many as there are cores, at least two so that one busy connection leaves another free.
fn network_threads(config: &ServerConfig) -> usize {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    cores.clamp(2, config.network.num_network_threads.max(2) as usize)
}

impl Node {
    /// Starts everything but the client listeners; `events` tells when they may be opened.
    pub fn start(
        mut config: ServerConfig,
        folders: Folders,
        bound: Vec<Bound>,
        controller_over_socket: bool,
        loggers: Arc<Loggers>,
        events: mpsc::Sender<Event>,
    ) -> Result<Node, ServerError> {
        addresses::fill_hosts(&mut config.network.advertised_listeners);
        addresses::fill_hosts(&mut config.network.advertised_controller_listeners);
        let clock = Clock::new();
        let network = net::Server::new(network_threads(&config), BLOCKING_THREADS * (folders.dirs.len() + 1), clock)?;
        let executor: Arc<dyn Executor> = network.clone();
        let cluster_id = folders.cluster_id.clone();
        let previous_broker_epoch = folders.previous_broker_epoch;
        let mut quorum = open_quorum(&config, &folders, Box::new(SystemRandom), clock.now())?;
        let kraft_version = quorum.kraft_version();
        let metadata_index = folders.metadata;
        network.start(limits(&config))?;
        network.limit_connections(connection_limits(&config.network));

        let (mailbox, requests) = Mailbox::new();
        let seed = SystemRandom.next_u64();
        let (replicas, directories) = folders.into_replicas(&executor, seed)?;
        let controller: Arc<dyn ControllerChannel> = match bound.iter().find(|bound| bound.is_controller) {
            Some(own) if controller_over_socket => Arc::new(SocketChannel::new(own.socket.local_addr()?)?),
            _ => Arc::new(mailbox.clone()),
        };
        let broker = Broker::new(BrokerParts {
            config: config.clone(),
            cluster_id: cluster_id.clone(),
            executor: executor.clone(),
            controller,
            replicas,
            random: Box::new(SystemRandom),
            kraft_version: kraft_version.clone(),
            loggers: loggers.clone(),
        });
        watch_directories(&broker, &directories, metadata_index, &events);
        let told = events.clone();
        let on_change = Box::new(move |state| {
            let _main_has_ended = told.send(Event::Lifecycle(state));
        });
        let lifecycle = Lifecycle::new(broker.clone(), SystemRandom.uuid(), previous_broker_epoch, on_change);

        let image = Arc::new(ArcSwap::from_pointee(Image::empty()));
        quorum.add_publisher(Box::new(ImageKeeper(image.clone())));
        quorum.add_publisher(Box::new(AclWatch::new(events.clone())));
        let published = lifecycle.clone();
        let threads = config.log.num_recovery_threads_per_data_dir.max(1) as usize;
        let limiter = Limiter::new(&broker, &network);
        let on_published = Arc::new(move |image: &Arc<Image>| {
            limiter.configs_may_have_changed();
            published.published(image.offset);
        });
        quorum.add_publisher(Box::new(BrokerPublisher::new(broker.clone(), threads, on_published)));

        let authorizer: Arc<dyn Authorizer> = Arc::new(AllowAll);
        let endpoint = ControllerEndpoint {
            mailbox: mailbox.clone(),
            cluster_id,
            node_id: config.node.node_id,
            kraft_version,
            static_values: config.values.clone(),
            image,
            loggers,
        };
        let controller = Arc::new(Dispatcher::new(Arc::new(endpoint), quorum::rows(), authorizer.clone()));
        let (controller_sockets, client_sockets): (Vec<_>, Vec<_>) = bound.into_iter().partition(|b| b.is_controller);
        for bound in controller_sockets {
            network.listen(ListenerSpec {
                name: bound.name,
                role: ListenerRole::Controller,
                socket: bound.socket,
                service: controller.clone(),
                wrap: Transport::Plain,
            });
        }
        let quorum_stop = Arc::new(AtomicBool::new(false));
        let stop = quorum_stop.clone();
        let quorum_thread = std::thread::Builder::new()
            .name("ottla-quorum".into())
            .spawn(move || run_quorum(quorum, &requests, clock, &stop, &events))?;
        Ok(Node {
            broker,
            lifecycle,
            network,
            authorizer,
            client_sockets,
            directories,
            quorum_thread,
            quorum_stop,
            mailbox,
        })
    }

    /// Opens the client listeners: the broker is unfenced and every log is open.
    pub fn serve_clients(&mut self) {
        let service = Arc::new(Dispatcher::new(Arc::new(self.broker.clone()), broker::rows(), self.authorizer.clone()));
        let inter_broker = self.broker.static_config.network.inter_broker_listener_name.to_string();
        // Two on one port are one listener in two families of addresses, which nothing protects from the other.
        let mut ports: Vec<_> = self.client_sockets.iter().filter_map(|bound| bound.socket.local_addr().ok()).collect();
        ports.dedup_by_key(|address| address.port());
        for bound in self.client_sockets.drain(..) {
            let is_inter_broker = bound.name == inter_broker && ports.len() > 1;
            self.network.listen(ListenerSpec {
                name: bound.name,
                role: if is_inter_broker { ListenerRole::InterBroker } else { ListenerRole::Clients },
                socket: bound.socket,
                service: service.clone(),
                wrap: Transport::Plain,
            });
        }
        Housekeeping::start(&self.broker);
    }

    /// Stops in order: leave the cluster, close connections, close the logs, mark the folders, end the quorum.
    pub fn stop(self, events: &mpsc::Receiver<Event>, deadline: Duration) -> Result<(), ServerError> {
        self.broker.replicas.cancel_recovery();
        let started = std::time::Instant::now();
        let leaves_in_order = self.broker.static_config.lifecycle.controlled_shutdown_enable;
        if leaves_in_order {
            self.lifecycle.leave();
        }
        while leaves_in_order && self.lifecycle.state() != LifecycleState::Left && started.elapsed() < deadline {
            if let Ok(Event::Fatal(reason)) = events.recv_timeout(Duration::from_millis(50)) {
                tracing::error!(%reason, "while stopping");
                break;
            }
        }
        self.network.stop();
        let clean = self.broker.close_logs();
        self.broker.write_checkpoints();
        self.quorum_stop.store(true, Ordering::Release);
        wake(&self.mailbox);
        let quorum = self
            .quorum_thread
            .join()
            .unwrap_or_else(|_| Err(ServerError::Fatal("the thread of the metadata quorum ended by a panic".into())));
        let epoch = self.broker.epoch();
        for directory in &self.directories {
            if clean && quorum.is_ok() && !directory.dir.is_failed() {
                directory.dir.write_clean_shutdown(epoch)?;
            }
            directory.dir.remove_lock_file()?;
        }
        quorum
    }
}

/// Something for the quorum's thread to wake up for.
fn wake(mailbox: &Mailbox) {
    mailbox.post(ControllerRequest {
        api: protocol::ApiKey::DescribeQuorum,
        version: 0,
        body: Vec::new(),
        reply: Box::new(|_| {}),
    });
}

fn limits(config: &ServerConfig) -> Limits {
    let network = &config.network;
    Limits {
        request_bytes_max: network.request_bytes_max.max(0) as usize,
        idle_max_ms: if network.connections_max_idle_ms < 0 {
            u64::MAX / 2000
        } else {
            network.connections_max_idle_ms as u64
        },
        partial_bytes_max: match usize::try_from(network.queued_request_bytes_max) {
            Ok(bytes) if bytes > 0 => bytes,
            _ => PARTIAL_BYTES_MAX,
        },
        descriptor_max: descriptor_max(os::raise_open_file_limit()),
        send_buffer_bytes: given_size(config, "socket.send.buffer.bytes", network.socket_send_buffer_bytes),
        receive_buffer_bytes: given_size(config, "socket.receive.buffer.bytes", network.socket_receive_buffer_bytes),
    }
}

/// Highest descriptor of a connection. Logs take what they need, so that many partitions keep nobody out; but a few always
/// stay free for files, however many connect.
fn descriptor_max(open_files_max: u64) -> u64 {
    open_files_max.saturating_sub((open_files_max / 16).clamp(32, 2048))
}

/// The size of a socket's buffer where somebody chose it: Kafka's default would switch the kernel's own tuning off.
fn given_size(config: &ServerConfig, key: &str, bytes: i32) -> Option<usize> {
    usize::try_from(bytes).ok().filter(|_| config.values.is_given(key))
}

/// Opens the metadata log and what stands on it; a quorum of more than this node is refused.
pub fn open_quorum(
    config: &ServerConfig,
    folders: &Folders,
    mut random: Box<dyn Random>,
    now: Now,
) -> Result<QuorumNode, ServerError> {
    let (dir, meta) = &folders.dirs[folders.metadata];
    let files = dir.files();
    let directory_id = meta.directory_id.unwrap_or_default();
    let static_voters = match &config.controller.quorum {
        Quorum::Static(voters) => Some(VoterSet::new(voters.iter().map(|voter| Voter {
            key: ReplicaKey { id: voter.id, directory_id: base::Uuid::ZERO },
            endpoints: vec![Endpoint {
                listener: config.network.controller_listener_names.first().map(ToString::to_string).unwrap_or_default(),
                host: voter.endpoint.host.clone().unwrap_or_default(),
                port: voter.endpoint.port,
            }],
        }))),
        Quorum::Dynamic(_) => None,
    };
    let log_config = LogConfig {
        segment_bytes: config.controller.metadata_segment_bytes.max(8192) as u32,
        segment_ms: config.controller.metadata_segment_ms,
        // The metadata log goes by snapshots, never by retention.
        retention_ms: -1,
        retention_bytes: -1,
        ..LogConfig::default()
    };
    let folder = dir.path().join(FOLDER);
    files.create_dir_all(&folder)?;
    let options = OpenOptions {
        clean_shutdown: folders.metadata_clean(),
        trusted: dir.was_trusted(),
        now_wall_ms: now.wall_ms,
        ..Default::default()
    };
    let name = base::TopicPartition::new("__cluster_metadata", 0);
    let mut log = Log::open(files.clone(), folder, name, log_config, &options)?;
    if let Some(job) = log.set_topic_id(base::Uuid::METADATA_TOPIC)? {
        job.run(&**files)?;
    }
    let controller_endpoints: Vec<metadata::Endpoint> = config
        .network
        .advertised_controller_listeners
        .iter()
        .map(|listener| metadata::Endpoint {
            listener: listener.name.to_string(),
            host: listener.endpoint.host.clone().unwrap_or_default(),
            port: listener.endpoint.port,
            security_protocol: listener.protocol as i16,
        })
        .collect();
    let quorum_config = QuorumConfig {
        local: ReplicaKey { id: config.node.node_id, directory_id },
        is_controller: config.node.roles.controller,
        static_voters,
        election_timeout_ms: config.controller.election_timeout_ms.max(1) as u64,
        fetch_timeout_ms: config.controller.fetch_timeout_ms.max(1) as u64,
        metadata_log_dir: PathBuf::from(dir.path()),
        settings: controller::Settings {
            node_id: config.node.node_id,
            cluster_id: folders.cluster_id.clone(),
            // Set by the quorum, which reads it from its log.
            kraft_version: 0,
            session_timeout_ms: config.lifecycle.session_timeout_ms.max(1) as u64,
            partitions_default: config.topics.num_partitions,
            replication_factor_default: config.topics.replication_factor as i16,
            min_insync_replicas: config.topics.topic.min_insync_replicas,
            deletes_topics: config.topics.delete_enable,
            unclean_leader_election: config.topics.topic.unclean_leader_election_enable,
            static_config: Arc::new(config.values.clone()),
        },
        incarnation_id: random.uuid(),
        controller_endpoints,
        batch_bytes_max: config.controller.metadata_batch_bytes_max.max(1) as usize,
        snapshot_after_bytes: config.controller.snapshot_record_bytes_max.max(1) as u64,
        retention_bytes: config.controller.metadata_retention_bytes_max,
        retention_ms: config.controller.metadata_retention_max_ms,
        snapshot_interval_ms: config.controller.snapshot_interval_max_ms.max(0) as u64,
    };
    let node = QuorumNode::open(files.clone(), log, quorum_config, random, now)?;
    if node.voter_count() != 1 || !node.is_voter() {
        return Err(ServerError::Fatal(format!(
            "the quorum of this cluster has {} voters, and this node is {} of them; Ottla runs single nodes so far.\n\
             hint: a node with process.roles=broker,controller that is the only voter",
            node.voter_count(),
            if node.is_voter() { "one" } else { "none" }
        )));
    }
    Ok(node)
}

fn run_quorum(
    mut node: QuorumNode,
    requests: &mpsc::Receiver<ControllerRequest>,
    clock: Clock,
    stop: &AtomicBool,
    events: &mpsc::Sender<Event>,
) -> Result<(), ServerError> {
    let mut batch: Vec<ControllerRequest> = Vec::new();
    loop {
        let deadline = match node.step(clock.now(), batch.drain(..)) {
            Ok(deadline) => deadline,
            Err(error) => {
                let _main_has_ended = events.send(Event::Fatal(error.to_string()));
                return Err(error.into());
            }
        };
        if stop.load(Ordering::Acquire) {
            return Ok(node.close(clock.now())?);
        }
        let wait_us = deadline.map_or(u64::MAX, |at| at.saturating_sub(clock.now().monotonic_us));
        match requests.recv_timeout(Duration::from_micros(wait_us.min(60_000_000))) {
            Ok(request) => {
                batch.push(request);
                batch.extend(requests.try_iter());
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(node.close(clock.now())?),
        }
    }
}

/// A directory that fails takes its partitions offline; the last one, or that of the metadata, ends the process.
fn watch_directories(
    broker: &Arc<Broker>,
    directories: &[Arc<Directory>],
    metadata: usize,
    events: &mpsc::Sender<Event>,
) {
    for (i, directory) in directories.iter().enumerate() {
        let broker = Arc::downgrade(broker);
        let events = events.clone();
        directory.set_failure_listener(Box::new(move |failed| {
            let Some(broker) = broker.upgrade() else { return };
            broker.replicas.directory_failed(failed);
            let all_failed = broker.replicas.directories().iter().all(|directory| directory.dir.is_failed());
            if i == metadata || all_failed {
                let reason = format!("log directory {} failed: the node cannot go on", failed.dir.path().display());
                let _main_has_ended = events.send(Event::Fatal(reason));
            }
        }));
    }
}

/// Tells once of ACLs in the metadata: they protect something, and nothing enforces them yet.
pub struct AclWatch {
    events: mpsc::Sender<Event>,
    told: bool,
}

impl AclWatch {
    pub fn new(events: mpsc::Sender<Event>) -> AclWatch {
        AclWatch { events, told: false }
    }
}

impl Publisher for AclWatch {
    fn publish(&mut self, image: &Arc<Image>, _: &Delta, _: Now) {
        if !image.acls.is_empty() && !std::mem::replace(&mut self.told, true) {
            let _main_has_ended = self.events.send(Event::Acls(image.acls.len()));
        }
    }
}
