//! From a frame to a handler and back. Each API that a listener serves is one row: its handler, the operation and
//! resource that an authorizer is asked about, and the quota that it counts against. ApiVersions is answered from the
//! rows, so nothing is advertised that has no handler.

mod authorizer;
mod dispatch;
mod request;
mod table;
mod versions;

pub use authorizer::{AllowAll, Authorizer, Caller, Operation, Principal, ResourceType};
pub use dispatch::Dispatcher;
pub use request::{Request, Responder, respond_bytes};
pub use table::{Handler, Host, Quota, Row};
