//! HTTP on the background runtime. Whoever puts the process together registers routes, each with the right that it needs;
//! pages are made on a thread of their own, behind a bounded queue.
//!
//! Until there is sign-in nobody has a right but by where he stands: what is [`Right::Public`] is answered to everybody who
//! reaches the listener, [`Right::Machine`] on loopback listeners only. Everything is read-only. Connections, the rate of
//! requests, the size of heads, and large pages under way have maxima (`limits`).
//!
//! ```text
//!   accept --Admission--> connection --Rate, method, route, right--> queue --> thread `ottla-pages`
//! ```

mod limits;
mod route;
mod server;

pub use route::{Page, Right, Route};
pub use server::serve;
