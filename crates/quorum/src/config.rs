//! What a node is given when it is put together.

use crate::input::Mailbox;
use crate::publish::Publications;
use crate::view::SharedView;
use base::{Executor, Network, Remote, Uuid};
use controller::Settings;
use raft::{ReplicaKey, Timing, VoterSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What a node has to know to take part.
pub struct QuorumConfig {
    pub local: ReplicaKey,
    pub is_controller: bool,
    pub is_broker: bool,
    /// `controller.quorum.voters`; with it the quorum is static (`kraft.version` 0).
    pub static_voters: Option<VoterSet>,
    pub timing: Timing,
    /// Controllers through which the quorum is found while its leader is not known.
    pub bootstrap: Vec<Remote>,
    /// The listener of controllers by which others are reached.
    pub controller_listener: Arc<str>,
    /// `controller.quorum.request.timeout.ms`
    pub request_timeout_ms: u64,
    /// `controller.quorum.retry.backoff.ms`
    pub retry_backoff_ms: u64,
    /// `controller.quorum.auto.join.enable`
    pub joins: bool,
    /// `controller.quorum.fetch.max.bytes`
    pub fetch_bytes_max: i32,
    /// `controller.quorum.fetch.snapshot.max.bytes`
    pub fetch_snapshot_bytes_max: i32,
    /// The directory that holds `__cluster_metadata-0`.
    pub metadata_log_dir: PathBuf,
    pub settings: Settings,
    pub incarnation_id: Uuid,
    /// Where this controller is reached.
    pub controller_endpoints: Vec<metadata::Endpoint>,
    /// `internal.metadata.max.batch.size.in.bytes`
    pub batch_bytes_max: usize,
    /// `metadata.log.max.record.bytes.between.snapshots`
    pub snapshot_after_bytes: u64,
    /// `metadata.log.max.snapshot.interval.ms`; 0: never by time.
    pub snapshot_interval_ms: u64,
    /// `metadata.max.retention.bytes`; negative: no limit.
    pub retention_bytes: i64,
    /// `metadata.max.retention.ms`; negative: no limit.
    pub retention_ms: i64,
}

/// What a node reaches the rest of the world by.
#[derive(Clone)]
pub struct Ports {
    pub executor: Arc<dyn Executor>,
    pub network: Arc<dyn Network>,
    /// Its own: answers, and ends of work that it gave away, come back here.
    pub mailbox: Mailbox,
    pub publications: Publications,
    pub view: SharedView,
}
