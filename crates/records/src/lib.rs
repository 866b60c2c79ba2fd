//! Kafka's record batches (format v2, KIP-98; v0 and v1 only as far as old segments must be read).
//!
//! Here: a borrowed view of batches in a byte slice ([`batches`], [`Batch`]), the records inside ([`OpenBatch`],
//! [`Record`]), validation of what a producer sent ([`validate_produced`]), writing ([`BatchBuilder`], [`control`]) and
//! the codecs with a hard bound on their output ([`Codec`]).
//!
//! Not here: files, offsets assignment, producer state (crate `storage`). Invariants: no length that was announced is
//! trusted before it was compared with the bytes that are present; nothing in a batch can make this crate panic.

mod batch;
mod builder;
pub mod codec;
pub mod control;
mod crc;
mod error;
mod legacy;
mod places;
mod record;
mod snappy;
mod validate;
pub mod varint;

pub use batch::{
    BATCH_HEADER_LEN, Batch, BatchHeader, Batches, LOG_OVERHEAD, OpenBatch, TimestampType, batches, peek_batch_len,
};
pub use builder::{BatchBuilder, BatchOptions};
pub use codec::{Codec, Compression};
pub use crc::{crc32, crc32c};
pub use error::RecordsError;
pub use record::{Header, Headers, Record, Records};
pub use validate::{
    InvalidBatch, ProduceRules, RecordError, RecordErrorKind, ValidatedBatch, validate_produced, validate_within,
};

/// "No producer id" in a batch header.
pub const NO_PRODUCER_ID: base::ProducerId = -1;
/// "No producer epoch" in a batch header.
pub const NO_PRODUCER_EPOCH: base::ProducerEpoch = -1;
/// "No sequence" in a batch header; control batches of transactions have it too.
pub const NO_SEQUENCE: i32 = -1;
/// "No timestamp".
pub const NO_TIMESTAMP: i64 = -1;
/// "No leader epoch" in a batch header.
pub const NO_LEADER_EPOCH: base::LeaderEpoch = -1;
