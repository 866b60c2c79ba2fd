//! Simulated parts of the machine, for tests: a file system that forgets what was not synced and fails on demand.

mod sim_files;

pub use sim_files::{Fault, FaultOn, SimFiles};
