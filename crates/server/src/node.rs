//! A node that runs: the quorum's thread, the publishers' thread, the event loops; started leaves first and stopped in
//! reverse.

use crate::addresses::Bound;
use crate::assemble::{Assembled, BrokerRole, Event, NodeParts, OnEvent, Parts, assemble};
use crate::folders::Folders;
use crate::limits::{Limiter, connection_limits};
use crate::{ServerError, addresses};
use api::{Access, Listener, Node as _, Plaintext};
use arc_swap::ArcSwapOption;
use base::{Executor, Random};
use broker::{Broker, Housekeeping, LifecycleState};
use config::{Loggers, ServerConfig};
use net::{ConnectionInfo, Limits, ListenerRole, ListenerSpec};
use os::{Clock, SystemRandom};
use quorum::{Mailbox, Publications, Publisher, QuorumNode, SharedView};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// The parts of a running node.
pub(crate) struct Node {
    pub parts: NodeParts,
    pub network: Arc<net::Server>,
    client_sockets: Vec<Bound>,
    quorum_thread: JoinHandle<Result<(), ServerError>>,
    publisher_thread: JoinHandle<()>,
    quorum_stop: Arc<AtomicBool>,
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

/// How connections of a listener get in: PLAINTEXT is the only protocol that a configuration may ask for so far.
fn access() -> Arc<dyn Access> {
    Arc::new(Plaintext::default())
}

/// Names of the listeners on which clients, and other brokers, come.
fn client_listeners(config: &ServerConfig) -> Vec<String> {
    let network = &config.network;
    let of_clients = network.listeners.iter().filter(|one| !network.controller_listener_names.contains(&one.name));
    of_clients.map(|listener| listener.name.to_string()).collect()
}

/// Names of the listeners of other nodes that this one opens lines to.
fn reached(config: &ServerConfig) -> Vec<String> {
    let network = &config.network;
    let names = network.controller_listener_names.iter().chain([&network.inter_broker_listener_name]);
    names.map(ToString::to_string).collect()
}

impl Node {
    /// Starts everything but the client listeners; `events` tells when they may be opened.
    pub fn start(
        mut config: ServerConfig,
        folders: Folders,
        bound: Vec<Bound>,
        loggers: Arc<Loggers>,
        ignores_acls: bool,
        events: mpsc::Sender<Event>,
    ) -> Result<Node, ServerError> {
        addresses::fill_hosts(&mut config.network.advertised_listeners);
        addresses::fill_hosts(&mut config.network.advertised_controller_listeners);
        let clock = Clock::new();
        let network = net::Server::new(network_threads(&config), BLOCKING_THREADS * (folders.dirs.len() + 1), clock)?;
        let executor: Arc<dyn Executor> = network.clone();
        network.start(limits(&config))?;
        network.limit_connections(connection_limits(&config.network));
        for name in reached(&config) {
            network.reach(&name, Arc::new(net::Plain));
        }
        let (closed, client_listeners) = (network.clone(), client_listeners(&config));
        let serving: Arc<OnceLock<Weak<Broker>>> = Arc::default();
        let served = serving.clone();
        let on_event: OnEvent = Arc::new(move |event| {
            if let (Event::Acls(_), Some(broker)) = (&event, served.get()) {
                // Before anybody else gets an answer.
                let broker = broker.clone();
                let stays = move |info: &ConnectionInfo| broker.upgrade().is_some_and(|broker| broker.lets_ask(info));
                closed.close_connections(client_listeners.clone(), stays);
            }
            let _main_has_ended = events.send(event);
        });
        let limiter: Arc<ArcSwapOption<Limiter>> = Arc::default();
        let follows = limiter.clone();
        let recovery_threads = config.log.num_recovery_threads_per_data_dir.max(1) as usize;
        let Assembled { quorum, publishers, parts } = assemble(Parts {
            config,
            folders,
            executor,
            network: network.clone(),
            random: &mut || Box::new(SystemRandom) as Box<dyn Random>,
            loggers,
            on_event: on_event.clone(),
            on_published: Arc::new(move |_| {
                if let Some(limiter) = &*follows.load() {
                    limiter.configs_may_have_changed();
                }
            }),
            recovery_threads,
            ignores_acls,
            now: clock.now(),
        })?;
        if let Some(BrokerRole { broker, .. }) = &parts.broker {
            limiter.store(Some(Arc::new(Limiter::new(broker, &network))));
            let _is_the_first = serving.set(Arc::downgrade(broker));
        }
        let (controller_sockets, client_sockets): (Vec<_>, Vec<_>) = bound.into_iter().partition(|b| b.is_controller);
        if let Some(service) = &parts.controller {
            for bound in controller_sockets {
                network.listen(ListenerSpec {
                    name: bound.name,
                    role: ListenerRole::Controller,
                    socket: bound.socket,
                    listener: Arc::new(Listener::new(access(), service.clone())),
                });
            }
        }
        let publications = parts.publications.clone();
        let publisher_thread = std::thread::Builder::new()
            .name("ottla-publish".into())
            .spawn(move || publish_all(&publications, publishers, clock))?;
        let quorum_stop = Arc::new(AtomicBool::new(false));
        let (stop, mailbox, view) = (quorum_stop.clone(), parts.mailbox.clone(), parts.view.clone());
        let quorum_thread = std::thread::Builder::new()
            .name("ottla-quorum".into())
            .spawn(move || run_quorum(quorum, &mailbox, &view, clock, &stop, &on_event))?;
        Ok(Node { parts, network, client_sockets, quorum_thread, publisher_thread, quorum_stop })
    }

    /// Whether the node does what its roles ask for: as a broker once it is unfenced and every log is open, as a
    /// controller alone once the quorum has a leader.
    pub fn is_ready_after(&self, event: &Event) -> bool {
        matches!(
            (&self.parts.broker, event),
            (Some(_), Event::Lifecycle(LifecycleState::Running)) | (None, Event::QuorumReached)
        )
    }

    /// How far the broker has come; a controller alone is running.
    pub fn lifecycle_state(&self) -> LifecycleState {
        self.parts.broker.as_ref().map_or(LifecycleState::Running, |role| role.lifecycle.state())
    }

    /// Why the controller did not take the broker's registration, or shows no metadata, if that is so.
    pub fn refusal(&self) -> Option<String> {
        let of_registration = self.parts.broker.as_ref()?.lifecycle.refusal();
        of_registration.or_else(|| self.parts.view.load().refusal.as_ref().map(ToString::to_string))
    }

    /// Opens the client listeners: the broker is unfenced and every log is open.
    pub fn serve_clients(&mut self) {
        let Some(BrokerRole { broker, clients, .. }) = &self.parts.broker else { return };
        let inter_broker = broker.static_config.network.inter_broker_listener_name.to_string();
        // Two on one port are one listener in two families of addresses, which nothing protects from the other.
        let mut ports: Vec<_> = self.client_sockets.iter().filter_map(|bound| bound.socket.local_addr().ok()).collect();
        ports.dedup_by_key(|address| address.port());
        for bound in self.client_sockets.drain(..) {
            let is_inter_broker = bound.name == inter_broker && ports.len() > 1;
            self.network.listen(ListenerSpec {
                name: bound.name,
                role: if is_inter_broker { ListenerRole::InterBroker } else { ListenerRole::Clients },
                socket: bound.socket,
                listener: Arc::new(Listener::new(access(), clients.clone())),
            });
        }
        Housekeeping::start(broker);
    }

    /// Stops in order: leave the cluster, close connections, publish nothing more, close the logs, end the quorum, mark the
    /// folders.
    pub fn stop(self, events: &mpsc::Receiver<Event>, deadline: Duration) -> Result<(), ServerError> {
        if let Some(BrokerRole { broker, lifecycle, .. }) = &self.parts.broker {
            broker.replicas.cancel_recovery();
            let started = std::time::Instant::now();
            let leaves_in_order = broker.static_config.lifecycle.controlled_shutdown_enable;
            if leaves_in_order {
                lifecycle.leave();
            }
            while leaves_in_order && lifecycle.state() != LifecycleState::Left && started.elapsed() < deadline {
                if let Ok(Event::Fatal(reason)) = events.recv_timeout(Duration::from_millis(50)) {
                    tracing::error!(%reason, "while stopping");
                    break;
                }
            }
        }
        self.hand_over(events);
        self.network.stop();
        self.parts.publications.close();
        let published = self.publisher_thread.join().is_ok();
        let clean = self.parts.close_logs();
        self.quorum_stop.store(true, Ordering::Release);
        self.parts.mailbox.wake();
        let quorum = self
            .quorum_thread
            .join()
            .unwrap_or_else(|_| Err(ServerError::Fatal("the thread of the metadata quorum ended by a panic".into())));
        self.parts.leave_folders(clean && published && quorum.is_ok())?;
        match quorum {
            Err(ServerError::Quorum(quorum::QuorumError::Storage(error))) if error.is_shortage() => {
                tracing::warn!(%error, "there was no room to close the metadata log in order: the next start reads it through");
                Ok(())
            }
            other => other,
        }
    }
}

/// Longest time that a stop waits for another controller to lead; the quorum gives up earlier.
const HANDOVER: Duration = Duration::from_secs(6);

impl Node {
    /// Where this node leads the other controllers, they elect somebody before it goes.
    fn hand_over(&self, events: &mpsc::Receiver<Event>) {
        self.parts.mailbox.leave();
        let started = std::time::Instant::now();
        while !self.parts.view.load().has_left && !self.quorum_thread.is_finished() && started.elapsed() < HANDOVER {
            if let Ok(Event::Fatal(reason)) = events.recv_timeout(Duration::from_millis(2)) {
                tracing::error!(%reason, "while stopping");
                break;
            }
        }
    }
}

fn publish_all(publications: &Publications, mut publishers: Vec<Box<dyn Publisher>>, clock: Clock) {
    while publications.wait() {
        publications.run(&mut publishers, clock.now());
    }
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

fn run_quorum(
    mut node: QuorumNode,
    mailbox: &Mailbox,
    view: &SharedView,
    clock: Clock,
    stop: &AtomicBool,
    on_event: &OnEvent,
) -> Result<(), ServerError> {
    let mut inputs = std::collections::VecDeque::new();
    let mut is_reached = false;
    loop {
        let deadline = match node.step(clock.now(), inputs.drain(..)) {
            Ok(deadline) => deadline,
            Err(error) if error.is_orderly() => {
                mailbox.close();
                on_event(Event::Ends(error.to_string()));
                return Ok(node.close(clock.now())?);
            }
            Err(error) => {
                mailbox.close();
                on_event(Event::Fatal(error.to_string()));
                return Err(error.into());
            }
        };
        if !is_reached && view.load().leader_id.is_some() {
            is_reached = true;
            on_event(Event::QuorumReached);
        }
        if stop.load(Ordering::Acquire) {
            return Ok(node.close(clock.now())?);
        }
        let wait_us = deadline.map_or(u64::MAX, |at| at.saturating_sub(clock.now().monotonic_us));
        inputs = mailbox.receive(Duration::from_micros(wait_us.min(60_000_000)));
    }
}
