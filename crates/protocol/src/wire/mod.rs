//! The runtime of the generated codecs: a checked reader over borrowed bytes, a writer, and the few types that fields
//! have beyond Rust's own.

mod cursor;
mod error;
mod records;
mod tagged;
mod writer;

pub use cursor::Cursor;
pub use error::{DecodeError, EncodeError};
pub use records::RecordsField;
pub use tagged::{UnknownTaggedField, UnknownTaggedFields};
pub use writer::{Cut, Writer};

use std::fmt;

/// Stands in debug output for the value of a secret field.
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}
