//! What can be wrong with bytes that come in and with values that go out.

use thiserror::Error;

/// Bytes that are not the message they should be. Everything here is the sender's (or the disk's) fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("{message} has no version {version}")]
    UnsupportedVersion { message: &'static str, version: i16 },
    #[error("the message ends {missing} bytes too early")]
    Truncated { missing: usize },
    #[error("`{field}` was null, which this version does not allow")]
    Null { field: &'static str },
    #[error("`{field}` announces {length} bytes; {remaining} are left")]
    Length { field: &'static str, length: usize, remaining: usize },
    #[error("`{field}` announces {count} elements, more than the bytes of the frame can hold")]
    Count { field: &'static str, count: usize },
    #[error("a variable-length number has more bits than its type")]
    Varint,
    #[error("tagged field {tag} is not valid in version {version}")]
    Tag { tag: u32, version: i16 },
    #[error("tagged field {tag} announced {announced} bytes and took {taken}")]
    TagSize { tag: u32, announced: usize, taken: usize },
    #[error("{count} bytes are left over after the message")]
    Trailing { count: usize },
    #[error("a metadata record has frame version {version}, expected 1")]
    FrameVersion { version: u32 },
}

/// A value that this version of a message cannot carry. The program (or a JSON document) is at fault, not a peer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    #[error("{message} has no version {version}")]
    UnsupportedVersion { message: &'static str, version: i16 },
    #[error("`{field}` is set, but version {version} does not have it")]
    UnsupportedField { field: &'static str, version: i16 },
    #[error("`{field}` is null, which this version does not allow")]
    Null { field: &'static str },
    #[error("`{field}` is too long: {length}")]
    TooLong { field: &'static str, length: usize },
    #[error("unknown tagged field {tag} collides with a known one")]
    TagCollision { tag: u32 },
}
