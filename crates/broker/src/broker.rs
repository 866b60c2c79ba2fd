//! The parts of a broker, put together.

use crate::assignments::DirectoryAssignments;
use crate::auto_create::BeingCreated;
use crate::channel::ControllerChannel;
use crate::coordinator::Coordinators;
use crate::fetch_sessions::FetchSessions;
use crate::isr_changes::IsrChanges;
use crate::moves::Moves;
use crate::producer_ids::ProducerIdAllocator;
use crate::replica_fetchers::ReplicaFetchers;
use crate::replicas::Replicas;
use crate::throttle::Throttle;
use crate::uncleaned::Uncleaned;
use crate::withdrawal::Withdrawal;
use arc_swap::ArcSwap;
use base::{BrokerEpoch, Executor, LeaderEpoch, Network, NodeId, Random, Uuid};
use config::{BrokerLayers, Loggers, ServerConfig};
use metadata::{ConfigResource, Image, Levels};
use parking_lot::Mutex;
use quorum::SharedView;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

/// What a broker is made of.
pub struct BrokerParts {
    pub config: ServerConfig,
    pub cluster_id: String,
    pub executor: Arc<dyn Executor>,
    pub network: Arc<dyn Network>,
    pub controller: Arc<dyn ControllerChannel>,
    pub replicas: Replicas,
    pub random: Box<dyn Random>,
    pub view: SharedView,
    pub loggers: Arc<Loggers>,
}

/// A running broker.
pub struct Broker {
    pub node_id: NodeId,
    pub cluster_id: String,
    /// The configuration as it is now, dynamic changes included.
    pub config: ArcSwap<ServerConfig>,
    /// As the file says.
    pub static_config: ServerConfig,
    pub executor: Arc<dyn Executor>,
    pub(crate) network: Arc<dyn Network>,
    pub controller: Arc<dyn ControllerChannel>,
    pub image: ArcSwap<Image>,
    pub replicas: Replicas,
    pub sessions: FetchSessions,
    pub coordinators: Coordinators,
    pub loggers: Arc<Loggers>,
    pub(crate) producer_ids: ProducerIdAllocator,
    pub(crate) random: Arc<Mutex<Box<dyn Random>>>,
    pub(crate) being_created: BeingCreated,
    pub(crate) assignments: DirectoryAssignments,
    pub(crate) isr_changes: Arc<IsrChanges>,
    pub(crate) replica_fetchers: ReplicaFetchers,
    pub(crate) moves: Moves,
    /// Of throttled replicas that this broker leads, and of those that it follows.
    pub(crate) leader_throttle: Throttle,
    pub(crate) follower_throttle: Throttle,
    pub(crate) uncleaned: Uncleaned,
    epoch: AtomicI64,
    /// Of this process; where it registers nowhere, there is none.
    incarnation_id: OnceLock<Uuid>,
    view: SharedView,
    pub(crate) withdrawal: Withdrawal,
}

impl Broker {
    pub fn new(parts: BrokerParts) -> Arc<Broker> {
        let config = parts.config;
        let random = Arc::new(Mutex::new(parts.random));
        let draws = random.clone();
        let sessions_max = config.limits.fetch_session_slots_max.max(0) as usize;
        let lag_time_max_us = config.replication.lag_time_max_ms.max(0) as u64 * 1000;
        let isr_changes = parts.replicas.isr_changes.clone();
        for directory in parts.replicas.directories() {
            directory.set_full_after_ms(config.log.full_dir_ms);
        }
        Arc::new_cyclic(|myself| {
            isr_changes.connect(myself, lag_time_max_us);
            Broker {
                node_id: config.node.node_id,
                cluster_id: parts.cluster_id,
                sessions: FetchSessions::new(sessions_max, Box::new(move || draws.lock().next_u64())),
                coordinators: Coordinators::new(myself.clone(), &config.groups),
                config: ArcSwap::from_pointee(config.clone()),
                static_config: config,
                executor: parts.executor,
                network: parts.network,
                controller: parts.controller,
                image: ArcSwap::from_pointee(Image::empty()),
                replicas: parts.replicas,
                producer_ids: ProducerIdAllocator::default(),
                random,
                epoch: AtomicI64::new(-1),
                incarnation_id: OnceLock::new(),
                being_created: BeingCreated::default(),
                assignments: DirectoryAssignments::default(),
                isr_changes,
                replica_fetchers: ReplicaFetchers::default(),
                moves: Moves::default(),
                leader_throttle: Throttle::default(),
                follower_throttle: Throttle::default(),
                uncleaned: Uncleaned::default(),
                view: parts.view,
                loggers: parts.loggers,
                withdrawal: Withdrawal::default(),
            }
        })
    }

    /// Answers no client any more from now on; followers are, on the connections that they have.
    pub fn withdraw(&self) {
        self.withdrawal.begin();
    }

    /// Follows nobody any more: the node stops.
    pub fn stop_fetching(&self) {
        self.replica_fetchers.close();
    }

    /// The epoch of this incarnation; -1 before it is registered.
    pub fn epoch(&self) -> BrokerEpoch {
        self.epoch.load(Ordering::Acquire)
    }

    /// Names this process, as it registers.
    pub(crate) fn set_incarnation(&self, incarnation_id: Uuid) {
        let _the_first_one_stays = self.incarnation_id.set(incarnation_id);
    }

    /// Whether the metadata speaks of this process. What an earlier one led says nothing: after a power cut its log may
    /// end earlier now, and the same epoch would have other records.
    pub(crate) fn is_registered_in(&self, image: &Image) -> bool {
        let registered = image.brokers.get(&self.node_id).map(|broker| broker.incarnation_id);
        self.incarnation_id.get().is_none_or(|own| registered == Some(*own))
    }

    pub(crate) fn set_epoch(&self, epoch: BrokerEpoch) {
        self.epoch.store(epoch, Ordering::Release);
    }

    /// The epoch of the quorum's leader, as far as this node knows.
    pub(crate) fn controller_epoch(&self) -> LeaderEpoch {
        self.view.load().epoch
    }

    /// Where the active controller is reached, for people.
    pub(crate) fn controller_address(&self) -> String {
        let view = self.view.load();
        view.leader.as_ref().map_or_else(|| "this node".to_owned(), ToString::to_string)
    }

    /// The layers of this broker's configuration in an image.
    pub fn config_layers(&self, image: &Image) -> BrokerLayers {
        BrokerLayers {
            static_values: self.static_config.values.clone(),
            cluster_defaults: controller::dynamic_configs(image, &ConfigResource::all_brokers()),
            own: controller::dynamic_configs(image, &ConfigResource::broker(self.node_id)),
        }
    }
}

impl api::Node for Broker {
    fn image(&self) -> Arc<Image> {
        self.image.load_full()
    }

    fn kraft_version(&self) -> i16 {
        self.view.load().kraft_version
    }

    fn levels(&self) -> Levels {
        self.view.load().levels
    }

    fn lets_ask(&self, connection: &net::ConnectionInfo) -> bool {
        self.withdrawal.lets_ask(connection.id)
    }

    fn disconnected(&self, connection: &net::ConnectionInfo) {
        self.withdrawal.forget(connection.id);
        self.coordinators.disconnected(connection.id);
    }
}
