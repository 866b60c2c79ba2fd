//! Everything in this folder is written by `cargo run -p codegen` from `schema/`; edits get lost.

#![allow(clippy::all)]

mod api_key;
pub mod data;
mod definitions;
mod dispatch;
pub mod group_coordinator;
pub mod metadata;
pub mod raft;
pub mod rpc;
pub mod share_coordinator;
pub mod storage;
mod stored_records;
pub mod transaction_coordinator;

pub use api_key::ApiKey;
pub use data::*;
pub(crate) use definitions::DEFINITIONS;
pub use dispatch::decode_any;
pub use group_coordinator::*;
pub use metadata::*;
pub use raft::*;
pub use rpc::*;
pub use share_coordinator::*;
pub use storage::*;
pub use stored_records::*;
pub use transaction_coordinator::*;
