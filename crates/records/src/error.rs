//! What can be wrong with bytes that should be record batches.

/// Bytes that are not the record batches that they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordsError {
    #[error("batch length is below the minimum: {0}")]
    BatchTooShort(i32),
    #[error("magic is none of 0, 1, 2: {0}")]
    Magic(i8),
    #[error("batch is cut: it has {present} of {needed} bytes")]
    Cut { needed: u64, present: u64 },
    #[error("checksum does not match: stored {stored:#010x}, computed {computed:#010x}")]
    Crc { stored: u32, computed: u32 },
    #[error("compression codec is unknown: {0}")]
    UnknownCodec(u8),
    #[error("{codec} data cannot be decompressed: {reason}")]
    Codec { codec: &'static str, reason: String },
    #[error("records take more than {limit} bytes when decompressed")]
    DecompressedTooLarge { limit: usize },
    #[error("variable-length number has too many bytes")]
    Varint,
    #[error("record {index} is malformed: {reason}")]
    Record { index: i32, reason: &'static str },
    #[error("batch header is inconsistent: {0}")]
    Header(&'static str),
    #[error("control record is malformed: {0}")]
    Control(&'static str),
}
