//! The controller as a machine, step by step: no quorum, no clock, no I/O.

mod alter_partition;
mod cluster;
mod topics;
