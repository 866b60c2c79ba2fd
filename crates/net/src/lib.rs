//! Sockets in, requests out. A few event loops own the connections; a request runs to completion on the loop that
//! received it; its answer may come at once or later, from any thread, and leaves in the order of the requests.
//!
//! Invariants:
//! - no allocation from an announced frame length: buffers grow with the bytes that arrive;
//! - a connection gets at most one receive (256 KiB) per turn of its loop, so that nobody starves;
//! - requests of a connection start in order; a request that waits holds back the later ones unless it allows
//!   pipelining (Produce), and answers always leave in order;
//! - a turn of a loop, and a connection's part of it, has a budget of work: who has more of it comes again;
//! - nothing here knows what a request means: that is the `Session`, which its listener gives to a connection.

mod accepting;
mod admission;
mod answer;
mod blocking;
mod connection;
mod event_loop;
mod incoming;
mod input;
mod kept;
mod mailbox;
mod outgoing;
mod reply;
mod server;
mod session;
mod transport;
mod turn;

pub use admission::{ConnectionLimits, ListenerRole};
pub use answer::{Answer, Piece};
pub use connection::ConnectionInfo;
pub use reply::Reply;
pub use server::{Limits, ListenerSpec, Server, bind};
pub use session::{Bounds, Listener, Plain, Session, Wrapping};
pub use transport::Transport;

/// Whether later requests of the same connection may start while this one is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipelining {
    /// They wait for its answer (what Kafka does with every request), or until [`Reply::lets_pass`].
    Hold,
    /// They may start; answers still leave in order.
    Allow,
}
