//! A node out of its parts: the one place that knows them all. The server runs what comes out of it on threads and sockets;
//! the simulator runs the same without either.

use crate::ServerError;
use crate::folders::Folders;
use crate::guards::{AclGuard, KeptAcls, watch_directories};
use crate::quorum_parts::open_quorum;
use api::{AllowAll, Authorizer, Dispatcher};
use arc_swap::ArcSwap;
use base::{BlockingWork, Executor, Network, Now, Random};
use broker::{
    Broker, BrokerParts, BrokerPublisher, ChannelTimes, ControllerChannel, Directory, Lifecycle, LifecycleState,
    Progress, RemoteController,
};
use config::{Loggers, ServerConfig};
use metadata::Image;
use quorum::{ControllerEndpoint, ImageKeeper, Mailbox, Ports, Publications, Publisher, QuorumNode, SharedView};
use std::sync::Arc;

/// What a node tells whoever runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Signal(&'static str),
    Lifecycle(LifecycleState),
    /// A leader of the quorum is known for the first time.
    QuorumReached,
    /// The metadata holds ACLs, which are not enforced yet: the broker answers no client any more.
    Acls(usize),
    /// It cannot go on, and what is here is whole: it stops in order.
    Ends(String),
    /// It cannot go on.
    Fatal(String),
}

/// Takes events, on any thread.
pub type OnEvent = Arc<dyn Fn(Event) + Send + Sync>;

/// What a node is made of.
pub struct Parts<'a> {
    pub config: ServerConfig,
    pub folders: Folders,
    pub executor: Arc<dyn Executor>,
    pub network: Arc<dyn Network>,
    /// A new source of random numbers for each part.
    pub random: &'a mut dyn FnMut() -> Box<dyn Random>,
    pub loggers: Arc<Loggers>,
    pub on_event: OnEvent,
    /// Called with the broker after each image that it has applied.
    pub on_published: Arc<dyn Fn(&Arc<Broker>) + Send + Sync>,
    /// Threads that open logs, for each directory; 0: none of their own.
    pub recovery_threads: usize,
    /// ACLs in the metadata stop no broker.
    pub ignores_acls: bool,
    pub now: Now,
}

/// The broker of a node, where it has that role.
pub struct BrokerRole {
    pub broker: Arc<Broker>,
    pub lifecycle: Arc<Lifecycle>,
    /// What serves the listeners of clients and other brokers.
    pub clients: Arc<Dispatcher<Arc<Broker>>>,
}

/// A node that was put together. `quorum` and `publishers` are driven by whoever runs it.
pub struct Assembled {
    pub quorum: QuorumNode,
    pub publishers: Vec<Box<dyn Publisher>>,
    pub parts: NodeParts,
}

/// The parts that are shared.
pub struct NodeParts {
    pub broker: Option<BrokerRole>,
    /// What serves the listeners of the controller, where the node has that role.
    pub controller: Option<Arc<Dispatcher<ControllerEndpoint>>>,
    pub directories: Vec<Arc<Directory>>,
    pub mailbox: Mailbox,
    pub publications: Publications,
    pub view: SharedView,
}

/// Puts a node together. Nothing runs before `quorum` is driven.
pub fn assemble(parts: Parts<'_>) -> Result<Assembled, ServerError> {
    let Parts { config, folders, executor, network, random, loggers, on_event, on_published, .. } = parts;
    let Parts { recovery_threads, ignores_acls, now, .. } = parts;
    let ports = Ports {
        executor: executor.clone(),
        network: network.clone(),
        mailbox: Mailbox::default(),
        publications: Publications::default(),
        view: SharedView::default(),
    };
    let quorum = open_quorum(&config, &folders, ports.clone(), random(), now)?;
    let Ports { mailbox, publications, view, .. } = ports;
    let (cluster_id, previous_broker_epoch) = (folders.cluster_id.clone(), folders.previous_broker_epoch);
    let metadata_index = folders.metadata;
    let (replicas, directories) = folders.into_replicas(&executor, random().next_u64())?;
    let authorizer: Arc<dyn Authorizer> = Arc::new(AllowAll);
    let mut publishers: Vec<Box<dyn Publisher>> = Vec::new();

    let image = Arc::new(ArcSwap::from_pointee(Image::empty()));
    publishers.push(Box::new(ImageKeeper(image.clone())));
    if !config.node.roles.broker {
        publishers.push(Box::new(KeptAcls::default()));
    }
    let controller = config.node.roles.controller.then(|| {
        let endpoint = ControllerEndpoint {
            lifelines: quorum::Lifelines::default(),
            mailbox: mailbox.clone(),
            cluster_id: cluster_id.clone(),
            node_id: config.node.node_id,
            view: view.clone(),
            static_values: config.values.clone(),
            image,
            loggers: loggers.clone(),
        };
        Arc::new(Dispatcher::new(Arc::new(endpoint), quorum::rows(), authorizer.clone()))
    });
    let broker = config.node.roles.broker.then(|| {
        // The only voter is this node, or another one may be the active controller.
        let is_apart = !config.node.roles.controller || quorum.voter_count() > 1;
        let local = config.node.roles.controller.then(|| mailbox.clone());
        let channel: Arc<dyn ControllerChannel> = match local {
            Some(local) if !is_apart => Arc::new(local),
            local => {
                let (node_id, times) = (config.node.node_id, times(&config));
                Arc::new(RemoteController::new(node_id, local, network.clone(), executor.clone(), view.clone(), times))
            }
        };
        let broker = Broker::new(BrokerParts {
            config,
            cluster_id,
            executor,
            network,
            controller: channel,
            replicas,
            random: random(),
            view: view.clone(),
            loggers,
        });
        let told = on_event.clone();
        let on_change = Box::new(move |state| told(Event::Lifecycle(state)));
        let incarnation = metadata::new_incarnation(&mut *random());
        let lifecycle = Lifecycle::new(broker.clone(), incarnation, previous_broker_epoch, is_apart, on_change);
        let of_broker = Arc::downgrade(&lifecycle);
        view.watch_controller(move || {
            if let Some(lifecycle) = of_broker.upgrade() {
                lifecycle.controller_changed();
            }
        });
        let progress = StartProgress { broker: broker.clone(), lifecycle: lifecycle.clone(), on_published };
        let publisher = BrokerPublisher::new(broker.clone(), recovery_threads, Arc::new(progress));
        publishers.push(Box::new(AclGuard::new(broker.clone(), Box::new(publisher), on_event.clone(), ignores_acls)));
        let clients = Arc::new(Dispatcher::new(Arc::new(broker.clone()), broker::rows(), authorizer.clone()));
        BrokerRole { broker, lifecycle, clients }
    });
    watch_directories(broker.as_ref().map(|role| &role.broker), &directories, metadata_index, &on_event);
    let parts = NodeParts { broker, controller, directories, mailbox, publications, view };
    Ok(Assembled { quorum, publishers, parts })
}

/// What comes of a broker's metadata: its life with the controller, and what the shell does with each image.
struct StartProgress {
    broker: Arc<Broker>,
    lifecycle: Arc<Lifecycle>,
    on_published: Arc<dyn Fn(&Arc<Broker>) + Send + Sync>,
}

impl Progress for StartProgress {
    fn begin(&self, open: BlockingWork) {
        self.lifecycle.begin(open);
    }

    fn published(&self, image: &Arc<Image>) {
        (self.on_published)(&self.broker);
        self.lifecycle.published(image);
    }
}

/// How long a broker tries to reach its controller.
fn times(config: &ServerConfig) -> ChannelTimes {
    let us = |ms: i64| ms.max(1) as u64 * 1000;
    let heartbeat_ms = i64::from(config.lifecycle.heartbeat_interval_ms);
    ChannelTimes {
        // Several heartbeats fit into a session.
        once_us: us(heartbeat_ms.clamp(500, i64::from(config.lifecycle.session_timeout_ms).max(1500) / 3)),
        retry_us: us(i64::from(config.network.request_timeout_ms)),
        pause_us: us(i64::from(config.controller.retry_backoff_ms)),
    }
}

impl NodeParts {
    /// Closes the logs of the broker; true if that went well. Nothing may be published any more.
    pub fn close_logs(&self) -> bool {
        let Some(BrokerRole { broker, .. }) = &self.broker else { return true };
        broker.stop_fetching();
        let clean = broker.close_logs();
        // Who was never registered has opened nothing.
        if broker.epoch() >= 0 {
            broker.write_checkpoints();
        }
        clean
    }

    /// Marks the folders as left in order, where they were, and unlocks them.
    pub fn leave_folders(&self, clean: bool) -> Result<(), ServerError> {
        let epoch = self.broker.as_ref().map_or(-1, |role| role.broker.epoch());
        for directory in &self.directories {
            if clean && !directory.dir.is_failed() {
                directory.dir.write_clean_shutdown(epoch)?;
            }
            match directory.dir.remove_lock_file() {
                Err(error) if directory.dir.is_failed() => tracing::debug!(%error, "a lock file stays"),
                other => other?,
            }
        }
        Ok(())
    }
}
