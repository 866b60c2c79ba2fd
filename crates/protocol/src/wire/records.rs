//! The field type of record batches. Debug output never shows their content.

use std::borrow::Cow;
use std::fmt;

/// Record batches inside a message: bytes, or a slice that the network layer sends from elsewhere (a log segment).
#[derive(Clone, PartialEq, Eq)]
pub enum RecordsField<'a> {
    Bytes(Cow<'a, [u8]>),
    /// `len` bytes that the writer leaves out; it notes a cut with `id` at their place.
    External {
        len: u32,
        id: u32,
    },
}

impl RecordsField<'_> {
    /// Size on the wire in bytes.
    pub fn len(&self) -> usize {
        match self {
            RecordsField::Bytes(bytes) => bytes.len(),
            RecordsField::External { len, .. } => *len as usize,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes at hand; empty for an external slice.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            RecordsField::Bytes(bytes) => bytes,
            RecordsField::External { .. } => &[],
        }
    }

    pub fn into_owned(self) -> RecordsField<'static> {
        match self {
            RecordsField::Bytes(bytes) => RecordsField::Bytes(Cow::Owned(bytes.into_owned())),
            RecordsField::External { len, id } => RecordsField::External { len, id },
        }
    }
}

impl Default for RecordsField<'_> {
    fn default() -> Self {
        RecordsField::Bytes(Cow::Borrowed(&[]))
    }
}

impl<'a> From<&'a [u8]> for RecordsField<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        RecordsField::Bytes(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for RecordsField<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        RecordsField::Bytes(Cow::Owned(bytes))
    }
}

impl<'a> From<Cow<'a, [u8]>> for RecordsField<'a> {
    fn from(bytes: Cow<'a, [u8]>) -> Self {
        RecordsField::Bytes(bytes)
    }
}

impl fmt::Debug for RecordsField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordsField::Bytes(bytes) => write!(f, "<{} bytes of records>", bytes.len()),
            RecordsField::External { len, id } => write!(f, "<{len} bytes of records, slice {id}>"),
        }
    }
}
