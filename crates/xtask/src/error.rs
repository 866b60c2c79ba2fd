//! Why a task could not do its work (a test that failed is not an error, but a result).

use std::io;
use thiserror::Error;

/// What stops a task.
#[derive(Debug, Error)]
pub enum TaskError {
    #[error("{0}")]
    Usage(String),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("`{command}` failed: {reason}")]
    Command { command: String, reason: String },
    #[error("the broker did not get ready: {0}")]
    Broker(String),
    #[error(transparent)]
    Fault(#[from] faults::FaultError),
    #[error("golden data: {0}")]
    Golden(String),
    #[error("a request for the preparation failed: {0}")]
    Prepare(String),
}

/// Names what was done when an I/O error came.
pub trait During<T> {
    /// The error with `what` before it.
    ///
    /// # Errors
    /// The same, as a `TaskError`.
    fn during(self, what: impl Into<String>) -> Result<T, TaskError>;
}

impl<T> During<T> for io::Result<T> {
    fn during(self, what: impl Into<String>) -> Result<T, TaskError> {
        self.map_err(|source| TaskError::Io { what: what.into(), source })
    }
}
