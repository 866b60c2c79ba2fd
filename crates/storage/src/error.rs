//! What can go wrong with a log, and Kafka's error code for each.

use base::{ColdRange, ErrorCode, LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use records::RecordsError;
use std::io;
use std::path::{Path, PathBuf};

/// Too many open files of the machine, and of the process: numbers that all Unix systems share.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

/// A variant is what a caller can do differently.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The disk is full. What was written was cut off again, the log is as before and readable; try later.
    #[error("no space left for {}: {source}", path.display())]
    NoSpace { path: PathBuf, source: io::Error },
    /// The process (EMFILE) or the machine (ENFILE) may not open more files. Nothing happened; try later.
    #[error(
        "too many open files for {}: {source}; raise the limit (`ulimit -n`, or LimitNOFILE= of the systemd unit) and \
         start the node again",
        path.display()
    )]
    TooManyOpenFiles { path: PathBuf, source: io::Error },
    /// The log directory can no longer be trusted: all its logs must go offline until the process starts again.
    #[error("log directory failed at {}: {source}", path.display())]
    LogDirFailed { path: PathBuf, source: io::Error },
    /// Only under `Files::without_waiting`: the disk would have to be waited for. Nothing happened.
    #[error("{} at {}", range, path.display())]
    Cold { path: PathBuf, range: ColdRange },
    /// The log went offline before, by an error that was reported then.
    #[error("log is offline after an earlier error: {}", path.display())]
    Offline { path: PathBuf },
    /// A file's content is not what it must be, and it cannot be rebuilt.
    #[error("{} is corrupt: {reason}", path.display())]
    Corrupt { path: PathBuf, reason: String },
    /// What must always hold does not: this log is offline until the process starts again, its directory is not.
    #[error("{} is offline, for what must always hold does not: {what}", path.display())]
    Broken { path: PathBuf, what: &'static str },
    #[error("opening was cancelled")]
    Cancelled,
    #[error("offset {requested} is outside of the log: {start} to {end}")]
    OffsetOutOfRange { requested: Offset, start: Offset, end: Offset },
    /// Records to append with given offsets must begin at or after the log end.
    #[error("first offset to append is {first}, but the log end is {end}")]
    UnexpectedAppendOffset { first: Offset, end: Offset },
    #[error("leader epoch {found} of a batch is below that of the log: {latest}")]
    LeaderEpochFell { found: LeaderEpoch, latest: LeaderEpoch },
    #[error("batch has {size} bytes, segment.bytes is {segment_bytes}")]
    BatchLargerThanSegment { size: usize, segment_bytes: usize },
    #[error("records cannot be appended: {0}")]
    Records(#[from] RecordsError),
    #[error("producer {producer_id} epoch {epoch}: sequence {found} does not follow {last}")]
    OutOfOrderSequence { producer_id: ProducerId, epoch: ProducerEpoch, found: i32, last: i32 },
    #[error("producer {producer_id}: epoch {found} is fenced by {current}")]
    InvalidProducerEpoch { producer_id: ProducerId, found: ProducerEpoch, current: ProducerEpoch },
    #[error("producer {producer_id}: {reason}")]
    InvalidTxnState { producer_id: ProducerId, reason: &'static str },
    #[error("producer {producer_id}: coordinator epoch {found} is fenced by {current}")]
    TransactionCoordinatorFenced { producer_id: ProducerId, found: i32, current: i32 },
}

impl StorageError {
    /// Kafka's answer to a client (or follower) whose request met this.
    pub fn error_code(&self) -> ErrorCode {
        match self {
            StorageError::NoSpace { .. }
            | StorageError::TooManyOpenFiles { .. }
            | StorageError::LogDirFailed { .. }
            | StorageError::Offline { .. }
            | StorageError::Corrupt { .. }
            | StorageError::Broken { .. }
            | StorageError::Cold { .. }
            | StorageError::Cancelled => ErrorCode::KafkaStorageError,
            StorageError::OffsetOutOfRange { .. } => ErrorCode::OffsetOutOfRange,
            StorageError::UnexpectedAppendOffset { .. } | StorageError::LeaderEpochFell { .. } => {
                ErrorCode::UnknownServerError
            }
            StorageError::BatchLargerThanSegment { .. } => ErrorCode::RecordListTooLarge,
            StorageError::Records(_) => ErrorCode::CorruptMessage,
            StorageError::OutOfOrderSequence { .. } => ErrorCode::OutOfOrderSequenceNumber,
            StorageError::InvalidProducerEpoch { .. } => ErrorCode::InvalidProducerEpoch,
            StorageError::InvalidTxnState { .. } => ErrorCode::InvalidTxnState,
            StorageError::TransactionCoordinatorFenced { .. } => ErrorCode::TransactionCoordinatorFenced,
        }
    }

    /// Whether the log directory has to be taken offline.
    pub fn fails_log_dir(&self) -> bool {
        matches!(self, StorageError::LogDirFailed { .. })
    }

    /// Whether something ran short that may be there again later: what was asked for did not happen, and the directory
    /// stays in service.
    pub fn is_shortage(&self) -> bool {
        matches!(self, StorageError::NoSpace { .. } | StorageError::TooManyOpenFiles { .. })
    }

    /// Whether that is room on the disk.
    pub fn lacks_room(&self) -> bool {
        matches!(self, StorageError::NoSpace { .. })
    }

    /// The file or folder that was met with an error.
    pub fn path(&self) -> Option<&Path> {
        match self {
            StorageError::NoSpace { path, .. }
            | StorageError::TooManyOpenFiles { path, .. }
            | StorageError::LogDirFailed { path, .. }
            | StorageError::Cold { path, .. }
            | StorageError::Offline { path }
            | StorageError::Broken { path, .. }
            | StorageError::Corrupt { path, .. } => Some(path),
            _ => None,
        }
    }

    /// An I/O error while writing: out of space is told apart from a failing disk.
    pub(crate) fn writing(path: &Path, source: io::Error) -> StorageError {
        if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            StorageError::NoSpace { path: path.to_owned(), source }
        } else {
            StorageError::failed(path, source)
        }
    }

    /// An I/O error after which the directory cannot be trusted, unless it says that nothing was done: too many files are
    /// open, or the disk would have to be waited for.
    pub fn failed(path: &Path, source: io::Error) -> StorageError {
        if matches!(source.raw_os_error(), Some(EMFILE | ENFILE)) {
            return StorageError::TooManyOpenFiles { path: path.to_owned(), source };
        }
        if let Some(range) = ColdRange::of(&source) {
            return StorageError::Cold { path: path.to_owned(), range };
        }
        StorageError::LogDirFailed { path: path.to_owned(), source }
    }

    /// For steps that must not stop halfway: a shortage fails the directory there.
    pub(crate) fn into_failed(self) -> StorageError {
        match self {
            StorageError::NoSpace { path, source } | StorageError::TooManyOpenFiles { path, source } => {
                StorageError::LogDirFailed { path, source }
            }
            other => other,
        }
    }

    /// A link that leads nowhere, where records may lie at its other end.
    pub(crate) fn broken_link(path: &Path) -> StorageError {
        StorageError::corrupt(path, "it is a link to something that is not there; nothing was changed")
    }

    pub(crate) fn corrupt(path: &Path, reason: impl Into<String>) -> StorageError {
        StorageError::Corrupt { path: path.to_owned(), reason: reason.into() }
    }
}

/// Attaches the path to I/O errors.
pub(crate) trait IoContext<T> {
    fn or_failed(self, path: &Path) -> Result<T, StorageError>;
    fn or_writing(self, path: &Path) -> Result<T, StorageError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn or_failed(self, path: &Path) -> Result<T, StorageError> {
        self.map_err(|source| StorageError::failed(path, source))
    }

    fn or_writing(self, path: &Path) -> Result<T, StorageError> {
        self.map_err(|source| StorageError::writing(path, source))
    }
}
