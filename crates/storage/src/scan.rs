//! Walks the batches of a segment's file from a position, reading in chunks.

use crate::StorageError;
use base::File;
use records::{Batch, RecordsError};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What stops a walk.
#[derive(Debug)]
pub(crate) enum ScanError {
    Io(io::Error),
    /// These bytes are no batch, or a batch that is cut.
    Bad(RecordsError),
}

impl ScanError {
    pub fn at(self, path: &Path, position: u64) -> StorageError {
        match self {
            ScanError::Io(error) => StorageError::failed(path, error),
            ScanError::Bad(error) => StorageError::corrupt(path, format!("at {position}: {error}")),
        }
    }
}

impl From<RecordsError> for ScanError {
    fn from(error: RecordsError) -> Self {
        ScanError::Bad(error)
    }
}

/// Bytes that a walk over headers reads at once: the distance between two index entries.
pub(crate) const HEADER_CHUNK: usize = 4096;
/// Bytes that a walk over whole batches reads at once: few enough to stay in the cache of the core that checks them.
pub(crate) const BATCH_CHUNK: usize = 128 * 1024;

/// A cursor over batches. `header` and `batch` look at the one at `position`, `advance` goes to the next.
pub(crate) struct Scanner {
    file: Arc<dyn File>,
    position: u64,
    end: u64,
    chunk: usize,
    buffer: Vec<u8>,
    buffer_position: u64,
}

impl Scanner {
    pub fn new(file: Arc<dyn File>, position: u64, end: u64, chunk: usize) -> Scanner {
        Scanner { file, position, end, chunk, buffer: Vec::new(), buffer_position: position }
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    /// The batch at the position by its header; `None` at the end. Only getters of the header may be used.
    pub fn header(&mut self) -> Result<Option<Batch<'_>>, ScanError> {
        let left = self.end.saturating_sub(self.position);
        if left == 0 {
            return Ok(None);
        }
        let bytes = self.bytes(records::BATCH_HEADER_LEN.min(usize::try_from(left).unwrap_or(usize::MAX)))?;
        let present = bytes.len() as u64;
        match Batch::header_in(bytes)? {
            Some(batch) if batch.size() as u64 <= left => Ok(Some(batch)),
            Some(batch) => Err(RecordsError::Cut { needed: batch.size() as u64, present: left }.into()),
            None => Err(RecordsError::Cut { needed: records::BATCH_HEADER_LEN as u64, present }.into()),
        }
    }

    /// The whole batch at the position; `None` at the end.
    pub fn batch(&mut self) -> Result<Option<Batch<'_>>, ScanError> {
        let Some(size) = self.header()?.map(|batch| batch.size()) else { return Ok(None) };
        let bytes = self.bytes(size)?;
        match Batch::first_in(bytes)? {
            Some(batch) => Ok(Some(batch)),
            None => Err(RecordsError::Cut { needed: size as u64, present: bytes.len() as u64 }.into()),
        }
    }

    /// Passes over the batch at the position, whose size `header` told.
    pub fn advance(&mut self, size: usize) {
        self.position = (self.position + size as u64).min(self.end);
    }

    /// At least `needed` bytes at the position, fewer when the file is shorter than it should be.
    fn bytes(&mut self, needed: usize) -> Result<&[u8], ScanError> {
        let offset = usize::try_from(self.position - self.buffer_position).unwrap_or(usize::MAX);
        if offset.checked_add(needed).is_none_or(|end| end > self.buffer.len()) {
            let left = usize::try_from(self.end.saturating_sub(self.position)).unwrap_or(usize::MAX);
            let wanted = needed.max(self.chunk).min(left);
            self.buffer.resize(wanted, 0);
            self.buffer_position = self.position;
            let read = self.file.read_full_at(&mut self.buffer, self.position).map_err(ScanError::Io)?;
            self.buffer.truncate(read);
            return Ok(&self.buffer);
        }
        Ok(self.buffer.get(offset..).unwrap_or_default())
    }
}
