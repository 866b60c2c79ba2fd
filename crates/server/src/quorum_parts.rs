//! The metadata quorum of a node, from its configuration and its folder.

use crate::ServerError;
use crate::addresses::endpoint;
use crate::folders::Folders;
use base::{Now, Random, Remote};
use config::{Quorum, ServerConfig};
use quorum::{FOLDER, Ports, QuorumConfig, QuorumNode};
use raft::{Endpoint, ReplicaKey, Timing, Voter, VoterSet};
use std::path::PathBuf;
use std::sync::Arc;
use storage::{Log, LogConfig, OpenOptions};

/// Room that the metadata log keeps for itself, so that a node whose disk is full hears who leads now, and what it leads as
/// the controller can be handed over: some thousand changes of partitions, or hours of a cluster that stands still.
const RESERVED_BYTES: u64 = 1 << 20;

/// Opens the metadata log and what stands on it. A controller that is no voter of a dynamic quorum follows it.
pub fn open_quorum(
    config: &ServerConfig,
    folders: &Folders,
    ports: Ports,
    mut random: Box<dyn Random>,
    now: Now,
) -> Result<QuorumNode, ServerError> {
    let (dir, meta) = &folders.dirs[folders.metadata];
    let files = dir.files();
    let directory_id = meta.directory_id.unwrap_or_default();
    let controller_listener: Arc<str> =
        config.network.controller_listener_names.first().map(ToString::to_string).unwrap_or_default().into();
    let static_voters = match &config.controller.quorum {
        Quorum::Static(voters) => Some(VoterSet::new(voters.iter().map(|voter| Voter {
            key: ReplicaKey { id: voter.id, directory_id: base::Uuid::ZERO },
            endpoints: vec![Endpoint {
                listener: controller_listener.to_string(),
                host: voter.endpoint.host.clone().unwrap_or_default(),
                port: voter.endpoint.port,
            }],
        }))),
        Quorum::Dynamic(_) => None,
    };
    let segment_bytes = config.controller.metadata_segment_bytes.max(8192) as u32;
    let log_config = LogConfig {
        segment_bytes,
        segment_index_bytes: index_bytes(segment_bytes),
        segment_ms: config.controller.metadata_segment_ms,
        // The metadata log goes by snapshots, never by retention.
        retention_ms: -1,
        retention_bytes: -1,
        reserved_bytes: RESERVED_BYTES,
        ..LogConfig::default()
    };
    let folder = dir.path().join(FOLDER);
    if !files.exists(&folder)? {
        files.create_dir_all(&folder)?;
        // Before the first vote is in it: one that a power cut takes back would be given twice in an epoch.
        files.sync_dir(dir.path())?;
    }
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
    let controller_endpoints = config.network.advertised_controller_listeners.iter().map(endpoint).collect();
    let quorum_config = QuorumConfig {
        local: ReplicaKey { id: config.node.node_id, directory_id },
        is_controller: config.node.roles.controller,
        is_broker: config.node.roles.broker,
        static_voters,
        timing: Timing {
            election_ms: config.controller.election_timeout_ms.max(1) as u64,
            fetch_ms: config.controller.fetch_timeout_ms.max(1) as u64,
            backoff_max_ms: config.controller.election_backoff_max_ms.max(0) as u64,
            retry_ms: config.controller.retry_backoff_ms.max(1) as u64,
        },
        bootstrap: bootstrap(config, &controller_listener),
        controller_listener,
        request_timeout_ms: config.controller.request_timeout_ms.max(1) as u64,
        retry_backoff_ms: config.controller.retry_backoff_ms.max(1) as u64,
        joins: config.controller.auto_join_enable,
        fetch_bytes_max: config.controller.fetch_bytes_max,
        fetch_snapshot_bytes_max: config.controller.fetch_snapshot_bytes_max,
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
            ignores_transactions: config.controller.ignores_transactions,
            unclean_leader_election: config.topics.topic.unclean_leader_election_enable,
            unclean_election_interval_ms: config.controller.unclean_leader_election_interval_ms.max(1) as u64,
            preferred_election_interval_ms: config
                .controller
                .auto_leader_rebalance
                .then(|| config.controller.leader_imbalance_check_interval_seconds.max(1) as u64)
                .map(|seconds| seconds.saturating_mul(1_000)),
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
    let node = QuorumNode::open(files.clone(), log, quorum_config, ports, random, now)?;
    let (count, is_voter) = (node.voter_count(), node.is_voter());
    let roles = &config.node.roles;
    let is_static = matches!(config.controller.quorum, Quorum::Static(_)) && node.kraft_version() == 0;
    if roles.controller && !is_voter && is_static {
        return Err(ServerError::Fatal(format!(
            "this node (node.id={}) has the role controller and is none of the {count} voters of its quorum.\n\
             hint: name it in controller.quorum.voters",
            config.node.node_id
        )));
    }
    if !roles.controller && is_voter {
        return Err(ServerError::Fatal(format!(
            "this node (node.id={}) is the voter of its quorum, and process.roles does not say controller.\n\
             hint: process.roles=broker,controller",
            config.node.node_id
        )));
    }
    Ok(node)
}

/// Bytes that the indexes of a segment can come to: an entry of at most 12 bytes for each interval of it.
fn index_bytes(segment_bytes: u32) -> u32 {
    let defaults = LogConfig::default();
    let entries = segment_bytes / defaults.index_interval_bytes.max(1) + 64;
    (entries * 12).min(defaults.segment_index_bytes)
}

/// The controllers that the configuration names, but for this node.
pub(crate) fn bootstrap(config: &ServerConfig, listener: &Arc<str>) -> Vec<Remote> {
    let remote = |endpoint: &config::Endpoint| Remote {
        host: endpoint.host.clone().filter(|host| !host.is_empty()).unwrap_or_else(|| "localhost".to_owned()),
        port: endpoint.port,
        listener: listener.clone(),
    };
    match &config.controller.quorum {
        Quorum::Static(voters) => {
            let others = voters.iter().filter(|voter| voter.id != config.node.node_id);
            others.map(|voter| remote(&voter.endpoint)).collect()
        }
        Quorum::Dynamic(_) => config.controller.bootstrap_servers.iter().map(remote).collect(),
    }
}
