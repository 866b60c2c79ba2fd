//! What stops the metadata quorum of a node.

use base::{ErrorCode, Offset};
use metadata::{TRANSACTION_TOPIC, Unserved, way_down};
use std::io;
use std::path::{Path, PathBuf};
use storage::StorageError;

const TOO_LARGE: (ErrorCode, &str) =
    (ErrorCode::PolicyViolation, "Unable to perform excessively large batch operation.");

/// What `QuorumNode::step` returns of these cannot be healed while the process runs.
#[derive(Debug, thiserror::Error)]
pub enum QuorumError {
    #[error("the metadata log: {0}")]
    Storage(#[from] storage::StorageError),
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    /// Nothing here is wrong: the node can stop in order.
    #[error(
        "the controller at {leader} leads the quorum, and its leader lacks what was committed: it agrees up to {agreed}, {committed} is committed.\nhint: was the metadata log of that controller emptied or replaced? Give it back its own; nothing was changed here"
    )]
    LeaderLacksCommitted { leader: String, agreed: Offset, committed: Offset },
    /// Nothing here is wrong either.
    #[error("{}", levels_text(.0))]
    Levels(Vec<Unserved>),
    /// Nor here.
    #[error(
        "the topic {TRANSACTION_TOPIC} exists, so this cluster has had transactions, and Ottla serves none yet: where it has the partitions of that topic or of a transaction nobody ends what is open, consumers with isolation.level=read_committed stop there, and transactional producers fail.\nhint: make sure that no producer has a transactional.id and that `kafka-transactions.sh --bootstrap-server HOST:PORT list` is empty; then delete the topic, or start with ottla.transactions.ignore=true"
    )]
    Transactions,
    #[error("{records} records do not fit into one batch of the metadata log, of 10000 records and {bytes_max} bytes")]
    TooLarge { records: usize, bytes_max: usize },
    #[error("{0}")]
    Replay(#[from] metadata::ReplayError),
    #[error("a metadata record cannot be encoded: {0}")]
    Encode(#[from] protocol::EncodeError),
}

impl QuorumError {
    /// An I/O error while writing: a shortage is told apart from a failing disk.
    pub(crate) fn writing(path: &Path, source: io::Error) -> QuorumError {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StorageError::NoSpace { path, source }.into(),
            _ => match StorageError::failed(&path, source) {
                short @ StorageError::TooManyOpenFiles { .. } => short.into(),
                other => QuorumError::file(path, other),
            },
        }
    }

    /// What clients are told where nothing was written and the node goes on as before.
    pub(crate) fn refusal(&self) -> Option<(ErrorCode, &'static str)> {
        let error = match self {
            QuorumError::TooLarge { .. } => return Some(TOO_LARGE),
            QuorumError::Storage(error) => error,
            _ => return None,
        };
        match error {
            StorageError::NoSpace { .. } => Some((error.error_code(), "There is no space left for the metadata log.")),
            StorageError::TooManyOpenFiles { .. } => {
                Some((error.error_code(), "Too many files are open to write the metadata log."))
            }
            StorageError::BatchLargerThanSegment { .. } => Some(TOO_LARGE),
            _ => None,
        }
    }

    /// Whether something ran short that may be there again later; nothing was written.
    pub(crate) fn is_shortage(&self) -> bool {
        matches!(self, QuorumError::Storage(error) if error.is_shortage())
    }

    /// Whether the files here are as they should be: only what others told stops the node, which can be in order.
    pub fn is_orderly(&self) -> bool {
        matches!(self, QuorumError::LeaderLacksCommitted { .. } | QuorumError::Levels(_) | QuorumError::Transactions)
    }

    pub(crate) fn file(path: impl Into<PathBuf>, reason: impl ToString) -> QuorumError {
        QuorumError::File { path: path.into(), reason: reason.to_string() }
    }
}

fn levels_text(unserved: &[Unserved]) -> String {
    let shown: Vec<String> = unserved.iter().map(ToString::to_string).collect();
    format!(
        "the cluster has finalized levels that this node does not serve: {}.\nhint: take them down by a node that serves them, \
         then start this one again: {}",
        shown.join(", "),
        way_down(unserved)
    )
}
