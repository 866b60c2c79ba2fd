//! Several processes and the network between them.

mod network;
mod nodes;
mod replicas;
mod schedule;
mod watch;

pub use schedule::run_cluster;
