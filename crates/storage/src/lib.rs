//! The log on disk: everything that Kafka keeps in a log directory, above `base::Files`.
//!
//! - [`Log`]: one partition folder. Segments with their indexes, leader epochs, producer state, recovery, retention.
//! - [`LogDir`]: one directory of `log.dirs`. Lock, `meta.properties`, checkpoints, the list of its partition folders.
//! - [`Job`], [`FlushJob`]: work that blocks, handed out so that the caller runs it without holding the log.
//!
//! Invariants: no clock, no threads, no locks that outlive a call (a `Log` is `Send` and lives behind its owner's mutex);
//! files are reached through `base::Files` only. Offsets only grow and leader epochs never fall inside a log. Producer
//! state changes after the write succeeded, never before. One failed sync, one EIO or one failed cut-back fails the whole
//! directory ([`StorageError::LogDirFailed`]); out of space does not: the file is cut back and the append refused.
//! File formats: `docs/on-disk.md`.

mod append;
mod checkpoints;
mod close;
mod config;
mod copies;
mod error;
mod index;
mod job;
mod leader_epochs;
mod log;
mod log_dir;
mod lookup;
mod names;
mod partition_metadata;
mod producer_snapshot;
mod producer_state;
mod properties;
mod read;
mod recovery;
mod replay;
mod retention;
mod scan;
mod segment;
mod succession;
mod tidy;
mod truncate;
mod txn_index;
mod walk;
mod witness;

pub use append::{AppendOrigin, Appended, LeaderBatch};
pub use checkpoints::{read_offsets, write_offsets};
pub use close::RetiredFolder;
pub use config::{CleanupPolicy, LogConfig};
pub use copies::{second_copy, standing};
pub use error::StorageError;
pub use job::{FlushJob, Flushed, Job, run_together};
pub use leader_epochs::{EpochEnd, EpochEntry, LeaderEpochs};
pub use log::Log;
pub use log_dir::{
    CLEANER_OFFSETS, Checkpoint, CleanShutdown, LOG_START_OFFSETS, LogDir, LogDirError, MetaProperties,
    PartitionFolder, RECOVERY_POINTS, REPLICATION_OFFSETS, read_meta_properties,
};
pub use lookup::{
    EARLIEST_LOCAL_TIMESTAMP, EARLIEST_TIMESTAMP, LATEST_TIERED_TIMESTAMP, LATEST_TIMESTAMP, MAX_TIMESTAMP,
    TimestampOffset,
};
pub use names::{FolderState, deleted_folder_name, folder_name, future_folder_name, stray_folder_name};
pub use producer_state::{ProducerBatch, ProducerEntry, VerificationGuard};
pub use read::{LogSlice, ReadLimits};
pub use recovery::{Cancel, OpenOptions, Progress};
pub use retention::{DeletionReason, ProducersJob, Retention, RetentionPlan};
pub use segment::{SegmentInfo, WriteBack};
pub use truncate::BeforeCut;
pub use txn_index::AbortedTransaction;
