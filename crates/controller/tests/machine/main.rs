//! The controller as a machine, step by step: no quorum, no clock, no I/O.

mod alter_partition;
mod brokers;
mod cluster;
mod directories;
mod elections;
mod features;
mod full_directories;
mod random;
mod reassignments;
mod suspicions;
mod topics;
