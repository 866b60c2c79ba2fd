//! One whole node of the real code - quorum, controller, broker, coordinators, storage - in one thread, on a simulated
//! disk, clock and network. A seed decides everything: which work runs next, what clients do, when the process dies, the
//! power goes, the disk is full or fails. Checkers watch: nothing that was acknowledged and is covered by the promise is
//! lost, offsets are unique and ordered, an idempotent write is there once, committed offsets are kept.
//!
//! One seed gives one trace; its fingerprint is compared when a seed is run twice.

#[cfg(test)]
mod broken_disk;
mod checks;
mod cluster;
#[cfg(test)]
mod coordinators;
mod disk;
mod ending;
mod executor;
#[cfg(feature = "mutants")]
mod mutants;
mod node;
mod schedule;
mod told;
mod workload;

pub use cluster::run_cluster;
#[cfg(feature = "mutants")]
pub use mutants::{Hunt, hunt};
pub use schedule::run_seed;
pub use told::Report;
