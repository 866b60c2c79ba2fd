//! The active controller (KIP-631) as a replicated machine. A `plan` looks at the state and decides: it returns records
//! and the reply. Only `replay` of records that were appended to the metadata log changes the state, and the reply is
//! sent when the quorum has committed them. Heartbeats are the exception: who is alive, and whose directories
//! are full, is soft state of the leader.
//!
//! No I/O, no clock, no randomness but what the caller hands in. Partition leaders, ISR and ELR follow KIP-966.

mod alter_partition;
mod brokers;
mod candidates;
mod configs;
mod controllers;
mod directories;
mod elections;
mod features;
mod full_directories;
mod late_copies;
mod leaders;
mod placement;
mod plan;
mod producer_ids;
mod reassignments;
mod schedule;
mod suspicions;
mod topics;

pub use alter_partition::{IsrChange, IsrChanged, OfTopics};
pub use brokers::Heartbeats;
pub use configs::dynamic_configs;
pub use features::{FeaturesPlan, bootstrap_records, default_feature_levels, feature_records};
pub use leaders::refused_elections;
pub use plan::{Plan, Record, Records};
pub use schedule::Due;
pub use suspicions::{Suspect, can_be_suspected};
pub use topics::validate_topic_name;

use crate::candidates::Candidates;
use base::{Map, NodeId, Now, Offset};
use metadata::{Image, Levels};

/// What the controller has to know of its own node's configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    pub node_id: NodeId,
    pub cluster_id: String,
    /// Level of `kraft.version`, which lives in the quorum's own records.
    pub kraft_version: i16,
    /// `broker.session.timeout.ms`
    pub session_timeout_ms: u64,
    /// `num.partitions`
    pub partitions_default: i32,
    /// `default.replication.factor`
    pub replication_factor_default: i16,
    /// `min.insync.replicas` of the node's file; a dynamic one wins.
    pub min_insync_replicas: i32,
    /// `delete.topic.enable`
    pub deletes_topics: bool,
    /// `ottla.transactions.ignore`
    pub ignores_transactions: bool,
    /// `unclean.leader.election.enable`
    pub unclean_leader_election: bool,
    /// `unclean.leader.election.interval.ms`
    pub unclean_election_interval_ms: u64,
    /// `leader.imbalance.check.interval.seconds`; none without `auto.leader.rebalance.enable`.
    pub preferred_election_interval_ms: Option<u64>,
    /// Static broker configuration, for the values that new topics inherit.
    pub static_config: std::sync::Arc<config::BrokerValues>,
}

/// The state of an active controller beside the image: what is not in the log.
#[derive(Debug)]
pub struct Controller {
    pub settings: Settings,
    pub heartbeats: Heartbeats,
    /// Spreads new replicas over the brokers.
    pub(crate) next_placement: u64,
    pub(crate) schedule: schedule::Schedule,
    pub(crate) suspicions: suspicions::Suspicions,
    pub(crate) full_directories: full_directories::FullDirectories,
    pub(crate) late_copies: late_copies::LateCopies,
}

impl Controller {
    /// A controller that has just become active; brokers have a session timeout from now on to be heard of.
    pub fn new(settings: Settings, image: &Image, now: Now) -> Controller {
        let mut heartbeats = Heartbeats::default();
        for broker in image.brokers.values().filter(|broker| !broker.fenced) {
            heartbeats.expect(broker.id, now);
        }
        let schedule = schedule::Schedule::new(&settings, now);
        let suspicions = suspicions::Suspicions::of_new_leader(image, now);
        let full_directories = full_directories::FullDirectories::default();
        let late_copies = late_copies::LateCopies::default();
        Controller { settings, heartbeats, next_placement: 0, schedule, suspicions, full_directories, late_copies }
    }

    /// Who may lead, as this controller knows the brokers.
    pub(crate) fn candidates<'a>(&'a self, image: &'a Image) -> Candidates<'a> {
        Candidates::of(image, &self.full_directories)
    }
}

/// What a plan may look at: the newest image (with records that are not committed yet), the log's end, and the time.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub image: &'a Image,
    /// Offset of the next record that is appended.
    pub next_offset: Offset,
    pub now: Now,
    /// The levels at which this controller's node takes part.
    pub levels: Levels,
}

pub(crate) type SmallMap<K, V> = Map<K, V>;
