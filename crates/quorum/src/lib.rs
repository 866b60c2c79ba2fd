//! One node's part in the metadata quorum: `__cluster_metadata-0` on disk, the Raft machine, the controller where this
//! node is the active one, and the images that it publishes.
//!
//! One owner drives a [`QuorumNode`] by `step`: it hands in what happened (an [`Input`]) and the time. Syncs, snapshots and
//! publications run elsewhere, and their ends come back as inputs; so a simulator can drive it as well as a thread. All
//! requests of one step, and all that come while a sync runs, share one sync.
//!
//! Invariants: a reply leaves when everything up to the end of the log at its planning is committed; publishers see
//! committed records only, in the same order everywhere, and before the replies that depend on them leave.

mod alter_partition;
mod append;
mod bootstrap;
mod cleaning;
mod commit;
mod config;
mod describe_configs;
mod effects;
mod elections;
mod envelope;
mod error;
mod follow;
mod forward;
mod hints;
mod input;
mod introduce;
mod kept;
mod kraft_version;
mod lead;
mod levels;
mod listener;
mod log;
mod namesakes;
mod node;
mod open;
mod own_configs;
mod peers;
mod plan;
mod publish;
mod refusal;
mod replicate;
mod snapshot;
mod snapshotting;
mod split;
mod view;
mod voters;
mod wire;

pub use bootstrap::{BootstrapCheckpoint, FormatPlan, write_format};
pub use config::{Ports, QuorumConfig};
pub use describe_configs::{NodeConfigs, describe_configs};
pub use envelope::enclosed;
pub use error::QuorumError;
pub use forward::{alter_configs, forward};
pub use hints::Lifelines;
pub use input::{ControllerRequest, Input, Intake, Mailbox, Reply};
pub use listener::{ControllerEndpoint, ImageKeeper, rows};
pub use log::voter_endpoint;
pub use node::QuorumNode;
pub use publish::{Publications, Publisher};
pub use refusal::{is_not_controller, refuse};
pub use snapshot::{SnapshotContent, SnapshotId, read_snapshot};
pub use view::{QuorumView, SharedView};

/// Folder of the metadata log inside the metadata log directory.
pub const FOLDER: &str = "__cluster_metadata-0";
