//! What stops the metadata quorum of a node.

use std::path::PathBuf;

/// None of these can be healed while the process runs.
#[derive(Debug, thiserror::Error)]
pub enum QuorumError {
    #[error("the metadata log: {0}")]
    Storage(#[from] storage::StorageError),
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    #[error("{0}")]
    Replay(#[from] metadata::ReplayError),
    #[error("a metadata record cannot be encoded: {0}")]
    Encode(#[from] protocol::EncodeError),
}

impl QuorumError {
    pub(crate) fn file(path: impl Into<PathBuf>, reason: impl ToString) -> QuorumError {
        QuorumError::File { path: path.into(), reason: reason.to_string() }
    }
}
