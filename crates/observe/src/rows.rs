//! Every metric, once: name, kind, help and labels.

use crate::{Kind, Metric};

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, help, labels }
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, help, labels }
}

const PARTITION: &[&str] = &["topic", "partition"];
const LOG_DIR: &[&str] = &["dir"];

pub const CONNECTIONS: Metric = gauge("ottla_connections", &[], "Open client and controller connections.");
pub const PARTITIONS: Metric = gauge("ottla_partitions", &[], "Partitions that this broker hosts.");
pub const TOPICS: Metric = gauge("ottla_topics", &[], "Topics of the cluster.");
pub const METADATA_OFFSET: Metric =
    gauge("ottla_metadata_offset", &[], "Offset of the newest metadata record applied.");
pub const FETCH_SESSIONS: Metric = gauge("ottla_fetch_sessions", &[], "Incremental fetch sessions.");
pub const LEADERS: Metric = gauge("ottla_leader_partitions", &[], "Partitions that this broker leads.");
pub const UNDER_REPLICATED: Metric = gauge(
    "ottla_under_replicated_partitions",
    &[],
    "Partitions that this broker leads and that have replicas out of sync.",
);
pub const LOG_LINES_LOST: Metric =
    counter("ottla_log_lines_lost_total", &[], "Lines of the process's own log that could not be written.");
pub const LOG_DIR_FREE_BYTES: Metric =
    gauge("ottla_log_dir_free_bytes", LOG_DIR, "Bytes that can still be written on the disk of a log directory.");
pub const LOG_DIR_SIZE_BYTES: Metric =
    gauge("ottla_log_dir_size_bytes", LOG_DIR, "Size in bytes of the disk of a log directory.");
pub const LOG_DIR_ONLINE: Metric =
    gauge("ottla_log_dir_online", LOG_DIR, "1 for a log directory in service, 0 for one that failed.");
pub const LOG_DIR_FULL: Metric =
    gauge("ottla_log_dir_full", LOG_DIR, "1 for a log directory that has no room for records, 0 for one that has.");
pub const LOG_SIZE_BYTES: Metric = gauge("ottla_log_size_bytes", PARTITION, "Bytes of a partition's log.");
pub const UNCLEANED_LOG_BYTES: Metric = gauge(
    "ottla_uncleaned_log_bytes",
    PARTITION,
    "Bytes of the log of a compacted topic's partition: no cleaner runs in this version, so it grows.",
);
pub const LOG_END_OFFSET: Metric =
    gauge("ottla_log_end_offset", PARTITION, "Offset of the next record of a partition.");

/// All of them, in the order of the page.
pub const ALL: &[Metric] = &[
    CONNECTIONS,
    PARTITIONS,
    TOPICS,
    METADATA_OFFSET,
    FETCH_SESSIONS,
    LEADERS,
    UNDER_REPLICATED,
    LOG_LINES_LOST,
    LOG_DIR_FREE_BYTES,
    LOG_DIR_SIZE_BYTES,
    LOG_DIR_ONLINE,
    LOG_DIR_FULL,
    LOG_SIZE_BYTES,
    UNCLEANED_LOG_BYTES,
    LOG_END_OFFSET,
];
