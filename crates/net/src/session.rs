//! What a connection means, as far as sockets need to know: its listener decides about its stream and gives it a session,
//! and the session takes its frames.
//!
//! ```text
//!   accepted ──> Listener::wrapping ──> Listener::session ──> Session::secured ──> Session::request, again and again
//!                (the stream)           (bounds until open)   (the stream is agreed on)       └──> Session::ended
//! ```
//!
//! What a session is in (handshake, authentication, open) is its own affair. Until it is open it has [`Bounds`]: nobody
//! whom we do not know yet may hold much memory, or stay for long.

use crate::Pipelining;
use crate::connection::ConnectionInfo;
use crate::reply::Reply;
use crate::transport::Transport;
use base::Now;
use mio::net::TcpStream;

/// A listener: its own configuration of streams, and what is behind it.
pub trait Listener: Send + Sync {
    /// What the streams of its connections are made with.
    fn wrapping(&self) -> &dyn Wrapping;

    /// Begins the session of a connection that was accepted.
    fn session(&self, connection: &ConnectionInfo, now: Now) -> Box<dyn Session>;
}

/// Makes streams of sockets by the configuration of one listener, in both directions.
pub trait Wrapping: Send + Sync {
    fn accepted(&self, socket: TcpStream) -> Transport;
    /// For a connection to another node's listener of the same name.
    fn outgoing(&self, socket: TcpStream) -> Transport;
}

/// Streams without encryption.
#[derive(Debug, Default, Clone, Copy)]
pub struct Plain;

impl Wrapping for Plain {
    fn accepted(&self, socket: TcpStream) -> Transport {
        Transport::Plain(socket)
    }

    fn outgoing(&self, socket: TcpStream) -> Transport {
        Transport::Plain(socket)
    }
}

/// What holds for a connection that is not open yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// A longer frame closes the connection.
    pub frame_bytes_max: usize,
    /// It is closed if it is not open by then.
    pub deadline_us: u64,
}

/// One connection's side of whoever serves it. Its loop owns it: nothing in here is called from another thread.
pub trait Session: Send {
    /// The stream is agreed on (a plain one at once): frames follow.
    fn secured(&mut self, connection: &ConnectionInfo, now: Now);

    /// `None` once it is open: the node's own limits hold then. Asked again after each request until that.
    fn bounds(&self) -> Option<Bounds>;

    /// One frame without its length prefix. The answer goes through `reply`, now or later. A `reply` that is dropped
    /// unanswered closes the connection.
    fn request(&mut self, connection: &ConnectionInfo, frame: &mut [u8], reply: Reply, now: Now) -> Pipelining;

    /// The connection has gone; waiting requests of it need no answer any more.
    fn ended(&mut self, connection: &ConnectionInfo);
}
