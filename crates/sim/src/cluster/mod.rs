//! Several processes and the network between them.

mod administrator;
mod agreement;
mod away;
mod clients;
mod faults;
mod leading;
mod network;
mod nodes;
mod promise;
mod replicas;
mod schedule;
mod watch;

pub use schedule::run_cluster;
