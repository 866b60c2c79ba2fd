//! Several processes and the network between them.

mod network;
mod nodes;
mod schedule;

pub use schedule::run_cluster;
