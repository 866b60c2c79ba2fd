//! An answer as it leaves: bytes, and slices of files that go by sendfile.

use base::File;
use std::sync::Arc;

/// One part of an answer.
pub enum Piece {
    Bytes(Vec<u8>),
    /// `len` bytes of a file from `position` on. The file must not be cut below that while the answer is under way;
    /// if it is, the connection is closed.
    File {
        file: Arc<dyn File>,
        position: u64,
        len: usize,
    },
}

impl Piece {
    /// What a part of a file counts as, among the bytes that wait to be sent.
    pub(crate) const FILE_MEMORY: usize = 64;

    pub fn len(&self) -> usize {
        match self {
            Piece::Bytes(bytes) => bytes.len(),
            Piece::File { len, .. } => *len,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a request is answered with.
pub enum Answer {
    /// One frame, its length prefix included.
    Bytes(Vec<u8>),
    /// One frame in parts; the first begins with the length prefix.
    Pieces(Vec<Piece>),
    /// One frame, after which the connection is closed.
    Last(Vec<u8>),
    /// No frame at all (Produce with acks=0).
    Nothing,
    /// The connection is closed after everything before has left.
    Close,
}

impl Answer {
    /// Bytes that the answer keeps in memory until it has left.
    pub fn memory(&self) -> usize {
        match self {
            Answer::Bytes(bytes) | Answer::Last(bytes) => bytes.len(),
            Answer::Pieces(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Bytes(bytes) => bytes.len(),
                    Piece::File { .. } => Piece::FILE_MEMORY,
                })
                .sum(),
            Answer::Nothing | Answer::Close => 0,
        }
    }
}
