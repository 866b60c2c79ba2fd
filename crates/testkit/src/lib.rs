//! Simulated parts of the machine, for tests: a file system that forgets what was not synced and fails on demand, and one
//! that tells who may have to wait.

mod sim_files;
mod watched_files;

pub use sim_files::{Fault, FaultOn, SimFiles};
pub use watched_files::{WatchedFiles, Watcher};
