//! Kafka's wire messages and stored records as Rust types.
//!
//! Every message has a module and a type: `protocol::fetch_request::{FetchRequest, FetchTopic}`, the top-level type also as
//! `protocol::FetchRequest`. Decoding borrows from the frame; `into_owned` cuts the loan. The types are generated from
//! `schema/` (see crate `codegen`); `wire` is their runtime, `header` has frames' headers, `json` the view that Kafka's
//! tools print, and `MetadataRecord`, `GroupRecordKey` and their like the framed records of Kafka's own topics.
//!
//! Invariants: no decoder panics, allocates for a length that the bytes do not back, or recurses deeper than the schema;
//! what decoding accepted, encoding in the same version writes back byte for byte, unless the sender was wasteful.

mod any;
mod api;
pub mod header;
pub mod json;
mod message;
mod own;
mod stored;
pub mod wire;

mod generated;

pub use any::{AnyMessage, decode_request, decode_response};
pub use api::ApiInfo;
pub use generated::*;
pub use message::{Decode, Message, Request};
pub use own::RequestCopy;
pub use stored::UnknownRecord;
pub use wire::{Cursor, Cut, DecodeError, EncodeError, RecordsField, UnknownTaggedField, UnknownTaggedFields, Writer};
