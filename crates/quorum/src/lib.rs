//! One node's part in the metadata quorum: `__cluster_metadata-0` on disk, the Raft machine, the controller where this
//! node is the active one, and the images that it publishes.
//!
//! One owner drives a [`QuorumNode`] by `step`: it hands in events and the time, and everything happens inside the call,
//! syncs included; so a simulator can drive it as well as a thread. All requests of one step share one sync.
//!
//! Invariants: a reply leaves when everything up to the end of the log at its planning is committed; publishers see
//! committed records only, in the same order everywhere, and before the replies that depend on them leave.

mod bootstrap;
mod cleaning;
mod describe_configs;
mod error;
mod forward;
mod handle;
mod kraft_version;
mod listener;
mod log;
mod node;
mod plan;
mod refusal;
mod replicate;
mod snapshot;

pub use bootstrap::{BootstrapCheckpoint, FormatPlan, write_format};
pub use describe_configs::{NodeConfigs, describe_configs};
pub use error::QuorumError;
pub use forward::{alter_configs, forward};
pub use handle::{ControllerRequest, Mailbox, Reply};
pub use kraft_version::KraftVersion;
pub use listener::{ControllerEndpoint, ImageKeeper, rows};
pub use node::{Publisher, QuorumConfig, QuorumNode};
pub use snapshot::{SnapshotContent, SnapshotId, read_snapshot};

/// Folder of the metadata log inside the metadata log directory.
pub const FOLDER: &str = "__cluster_metadata-0";
