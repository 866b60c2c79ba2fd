//! From a frame to a handler and back. Each API that a listener serves is one row: its handler, the operation and
//! resource that an authorizer is asked about, and the quota that it counts against. A connection has a session
//! (`session.rs`), whose open phase hands requests over with who made them. ApiVersions is answered from the
//! rows, so nothing is advertised that has no handler.

mod authorizer;
mod dispatch;
mod request;
mod session;
mod table;
mod versions;

pub use authorizer::{AllowAll, Authorizer, CLUSTER, Caller, Operation, Principal, ResourceType};
pub use dispatch::Dispatcher;
pub use request::{Received, Request, Responder, respond_bytes};
pub use session::{Access, Entry, Exchange, Listener, Open, Plaintext, Session, Step};
pub use table::{Handler, Node, Quota, Refusal, Row};
