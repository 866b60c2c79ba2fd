//! Between the wire and the machines: what a request of any version of the API asks, and how an answer is said in the
//! version of its request. Machines know no versions; what a version cannot say becomes a field of the request, or is left
//! out of the answer here.

mod groups;
mod offset_fetch;

pub use groups::{Client, GroupCall, say};
pub use offset_fetch::{offset_fetch_groups, offset_fetch_response};
