//! The tools of Apache Kafka that work on files of a node rather than through a connection, and its start and stop:
//! `kafka-storage`, `kafka-dump-log`, `kafka-metadata-shell`, `kafka-metadata`, `kafka-server-start`, `kafka-server-stop`.
//!
//! Each tool takes its arguments and two streams and returns an exit code. What it writes to `out`, and the code, are
//! those of Apache Kafka 4.3 to the byte; to `err` go Kafka's sentences without its class names and stack traces.

mod argparse;
mod declared;
mod dump_log;
mod metadata_shell;
mod progress;
mod server_start;
mod server_stop;
mod storage_tool;

pub use declared::{Flag, commands, flags};

use std::io::Write;

/// What `--version` of Kafka's tools says.
pub(crate) const KAFKA_VERSION: &str = "4.3.1";

/// A tool of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Storage,
    DumpLog,
    MetadataShell,
    /// `kafka-metadata --print`.
    MetadataPrint,
    ServerStart,
    ServerStop,
}

/// Names under which the binary is linked, so that Apache's scripts are this program.
pub const LINK_NAMES: &[&str] = &[
    "kafka-storage.sh",
    "kafka-dump-log.sh",
    "kafka-metadata-shell.sh",
    "kafka-metadata.sh",
    "kafka-server-start.sh",
    "kafka-server-stop.sh",
];

/// The tool that a name means: Apache's script name, the same without `.sh`, or without `kafka-` too; a path before it is
/// passed over.
pub fn find(name: &str) -> Option<Tool> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let bare = name.strip_suffix(".sh").unwrap_or(name);
    Some(match bare.strip_prefix("kafka-").unwrap_or(bare) {
        "storage" => Tool::Storage,
        "dump-log" => Tool::DumpLog,
        "metadata-shell" => Tool::MetadataShell,
        "metadata" => Tool::MetadataPrint,
        "server-start" => Tool::ServerStart,
        "server-stop" => Tool::ServerStop,
        _ => return None,
    })
}

/// Runs a tool by name; returns its exit code. Unknown names give 2.
pub fn run(tool: &str, args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    match find(tool) {
        Some(Tool::Storage) => storage_tool::run(args, out, err),
        Some(Tool::DumpLog) => dump_log::run(args, out, err),
        Some(Tool::MetadataShell) => metadata_shell::run(args, out, err),
        Some(Tool::MetadataPrint) => metadata_shell::run_print(args, out, err),
        Some(Tool::ServerStart) => server_start::run(tool, args, out, err),
        Some(Tool::ServerStop) => server_stop::run(args, out, err),
        None => {
            let _nobody_reads_it = writeln!(err, "there is no tool `{tool}`");
            2
        }
    }
}
