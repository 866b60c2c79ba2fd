//! Sockets in, requests out. A few event loops own the connections; a request runs to completion on the loop that
//! received it; its answer may come at once or later, from any thread, and leaves in the order of the requests.
//!
//! Invariants:
//! - no allocation from an announced frame length: buffers grow with the bytes that arrive;
//! - a connection gets at most one receive (256 KiB) per turn of its loop, so that nobody starves;
//! - requests of a connection start in order; a request that waits holds back the later ones unless it allows
//!   pipelining (Produce), and answers always leave in order;
//! - nothing here knows what a request means: that is the `Service`.

mod admission;
mod answer;
mod blocking;
mod connection;
mod event_loop;
mod input;
mod outgoing;
mod reply;
mod server;
mod transport;

pub use admission::{ConnectionLimits, ListenerRole};
pub use answer::{Answer, Piece};
pub use connection::ConnectionInfo;
pub use reply::Reply;
pub use server::{Limits, ListenerSpec, Server, bind};
pub use transport::Transport;

use base::Now;

/// Whether later requests of the same connection may start while this one is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipelining {
    /// They wait (what Kafka does with every request).
    Hold,
    /// They may start; answers still leave in order.
    Allow,
}

/// What is done with requests. One per listener; called on the event loops.
pub trait Service: Send + Sync {
    /// One frame without its length prefix. The answer goes through `reply`, now or later. A `reply` that is dropped
    /// unanswered closes the connection.
    fn request(&self, connection: &ConnectionInfo, frame: &mut [u8], reply: Reply, now: Now) -> Pipelining;

    /// The connection has gone; waiting requests of it need no answer any more.
    fn disconnected(&self, connection: &ConnectionInfo);
}
