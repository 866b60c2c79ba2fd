//! The broker: the partitions that it hosts, the handlers of the client API (one file each), the publisher that turns
//! metadata deltas into partitions, the coordinators, and its life with the controller.
//!
//! Invariants:
//! - partitions appear, change and vanish by image deltas alone, never from a request handler;
//! - the broker reaches the controller through [`ControllerChannel`] alone;
//! - nothing here waits: what has to wait is kept and completed by the event that it waits for.

mod assignments;
mod auto_create;
mod broker;
mod channel;
mod checkpoints;
mod configs;
mod coordinator;
mod copies;
mod fetch_sessions;
mod fetch_wait;
mod handlers;
mod housekeeping;
mod isr_changes;
mod lifecycle;
mod log_dirs;
mod moves;
mod nearby;
mod partition;
mod producer_ids;
mod publisher;
mod replica_fetchers;
mod replicas;
mod served_file;
mod space;
#[cfg(test)]
mod test_bench;
mod throttle;
mod topic_settings;
mod uncleaned;
mod withdrawal;

pub use broker::{Broker, BrokerParts};
pub use channel::{ChannelTimes, ControllerChannel, Patience, RemoteController};
pub use handlers::rows;
pub use housekeeping::Housekeeping;
pub use lifecycle::{Lifecycle, State as LifecycleState};
pub use log_dirs::Directory;
pub use partition::Machine;
pub use publisher::{BrokerPublisher, Progress};
pub use replicas::{RecoveryHint, Replicas};
