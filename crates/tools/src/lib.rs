//! Kafka's command-line tools. Each is a function from arguments to an exit code that reads and writes only through
//! [`Io`], so that tests and the one binary share them.
//!
//! One file a tool; `options` (jopt-simple's rules) and `arguments` (argparse4j's rules) read command lines, `failure`
//! is how tools end early, `connect` makes clients from the usual options. What scripts parse is Kafka's to the byte;
//! usage texts are ours.

mod arguments;
mod broker_api_versions;
mod cluster;
mod configs;
mod connect;
mod console_consumer;
mod console_producer;
mod consumer_groups;
mod consumer_perf_test;
mod delete_records;
mod deserializer;
mod e2e_latency;
mod failure;
mod features;
mod formatter;
mod get_offsets;
mod group_tables;
mod groups;
mod io;
mod leader_election;
mod line_reader;
mod log_dirs;
mod metadata_quorum;
mod metrics_table;
mod offset_reset;
mod options;
mod patterns;
mod producer_perf_test;
mod reassign_partitions;
mod registry;
mod replica_verification;
mod table;
mod throttles;
mod time;
mod topics;
mod verifiable_consumer;
mod verifiable_producer;

pub use failure::{Failure, Outcome};
pub use io::{Io, Stop};
pub use options::{Arg, Opt, OptionError, Parsed, Usage};
pub use registry::{AtSignal, Flag, Takes, Tool, all, by_name, nearest, successor};

/// The Kafka version whose tools these are; what `--version` prints.
pub const KAFKA_VERSION: &str = "4.3.1";
