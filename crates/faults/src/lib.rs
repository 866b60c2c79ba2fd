//! Faults for real processes, made by a test on the machine that it runs on: namespaces, devices and mounts that vanish with
//! the process that made them. Development only; Linux as root.
//!
//! - `sandbox`: a child of this program in process and mount namespaces of its own: when it ends, however it ends, the kernel
//!   ends what it started and takes down what it mounted.
//! - `namespace`: a network namespace, entered by one thread that starts processes and opens sockets there.
//! - `fabric`: what becomes of a packet between two ports; no I/O, no clock.
//! - `switch`: the user-space switch between namespaces, TUN devices around a fabric.
//! - `disk`: a small file system of its own for each node, which can be filled, and lose its power.
//! - `clock`: the wall clock that one process sees.
//! - `dice`: what a seed decides.

mod clock;
mod dice;
mod disk;
mod fabric;
mod namespace;
mod sandbox;
mod switch;
mod sys;

pub use clock::WallClock;
pub use dice::Dice;
pub use disk::Disk;
pub use fabric::{Link, Port};
pub use namespace::Namespace;
pub use sandbox::{monotonic_ms, private_root, spawn_apart};
pub use switch::Switch;

use std::io;
use thiserror::Error;

/// A fault that cannot be made, or not be undone.
#[derive(Debug, Error)]
pub enum FaultError {
    #[error("{what}: {source}")]
    System { what: String, source: io::Error },
    #[error("`{command}` failed: {reason}")]
    Command { command: String, reason: String },
    #[error("the clock of process {pid} cannot be set: {reason}")]
    Clock { pid: u32, reason: &'static str },
}

impl FaultError {
    fn system(what: impl Into<String>, source: impl Into<io::Error>) -> FaultError {
        FaultError::System { what: what.into(), source: source.into() }
    }
}
