//! Other nodes as the parts of a node see them: lines over which requests go out and answers come back. `net` has the
//! real ones, on its event loops; the simulator has lines that are slow, break, and lose one direction.

use std::fmt;
use std::sync::Arc;

/// Where a node is reached, and by which of our listeners' configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Remote {
    pub host: String,
    pub port: u16,
    /// Name of the listener whose protocol (and, where it has them, certificates and credentials) the line uses.
    pub listener: Arc<str>,
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// No connection came about: nothing was sent.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The connection broke; the request may have arrived.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// Nothing came in time, and the connection was given up; the request may have arrived.
    #[error("no answer in time")]
    TimedOut,
    /// The line was closed from here.
    #[error("closed")]
    Closed,
}

/// Takes what became of one request.
pub type Done = Box<dyn FnOnce(Result<Vec<u8>, LineError>) + Send>;

/// A request on its way out.
pub struct Outbound {
    /// The whole frame, length prefix included.
    pub frame: Vec<u8>,
    /// From the call on, connecting included.
    pub timeout_us: u64,
    /// Called exactly once: with the frame of the answer without its length prefix, or with the reason why there is none.
    /// On any thread, and never inside of the call that sends.
    pub done: Done,
}

/// What an address says of the process that was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knock {
    /// Somebody took the connection, which was closed again at once.
    Answered,
    /// Its machine refused: nobody listens there.
    Refused,
    /// Nothing came in time, or the network said no: that says nothing of the process.
    Unknown,
}

/// Takes what a knock came to.
pub type Knocked = Box<dyn FnOnce(Knock) + Send>;

/// The way out of a node.
pub trait Network: Send + Sync {
    /// A line to a node. It connects when something is to be sent, and again after it broke; opening it does nothing yet.
    fn line(&self, remote: &Remote) -> Arc<dyn Line>;

    /// A line for large answers: they are worked off where other data is, and keep up nobody's heartbeats.
    fn data_line(&self, remote: &Remote) -> Arc<dyn Line> {
        self.line(remote)
    }

    /// Finds out whether anybody listens at an address. `done` is called exactly once, on any thread, and never inside of
    /// this call.
    fn knock(&self, remote: &Remote, timeout_us: u64, done: Knocked);
}

/// Requests to one node, over one connection at a time. They leave in the order of the calls, and answers are in the same
/// order. A request without an answer in time breaks the connection, and with it everything that is under way on it.
/// A line that is dropped closes its connection.
pub trait Line: Send + Sync {
    fn send(&self, request: Outbound);

    /// Gives the connection up and answers everything that is under way with [`LineError::Closed`].
    fn close(&self);
}
