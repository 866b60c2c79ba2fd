//! Reading: which bytes of which file answer a fetch. Nothing is read or held while the data is sent.

use crate::error::IoContext;
use crate::segment::{Segment, Span};
use crate::txn_index::AbortedTransaction;
use crate::{Log, StorageError};
use base::{File, Offset};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much a read may return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    pub bytes_max: usize,
    /// Records at or above this offset are not returned: the high watermark, the last stable offset, or the log end.
    pub upper_bound: Offset,
    /// Return the first batch although it is larger than `bytes_max` (KIP-74).
    pub at_least_one: bool,
    /// Also list the aborted transactions that a `read_committed` reader must filter.
    pub aborted: bool,
}

/// Whole batches in a file. The first may begin below the offset that was asked for. The file stays readable although
/// the segment be deleted meanwhile.
#[derive(Clone)]
pub struct LogSlice {
    /// `None` when nothing is there (yet).
    pub file: Option<Arc<dyn File>>,
    pub position: u64,
    pub length: usize,
    /// Bytes of the segment from `position` on that a reader without limit would get.
    pub visible: u64,
    /// Base offset of the first batch, or the offset that was asked for when nothing is there.
    pub base_offset: Offset,
    /// Aborted transactions that touch the slice, where they were asked for.
    pub aborted: Vec<AbortedTransaction>,
    path: PathBuf,
}

impl LogSlice {
    /// Nothing, at this offset.
    pub fn empty(offset: Offset) -> LogSlice {
        LogSlice {
            file: None,
            position: 0,
            length: 0,
            visible: 0,
            base_offset: offset,
            aborted: Vec::new(),
            path: PathBuf::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The file, or nothing where there is none.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes, for callers that do not send them from the file.
    ///
    /// # Errors
    /// `LogDirFailed` when the disk cannot be read; `Corrupt` when the file is shorter than it was.
    pub fn read(&self) -> Result<Vec<u8>, StorageError> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let mut bytes = vec![0; self.length];
        let read = file.read_full_at(&mut bytes, self.position).or_failed(&self.path)?;
        if read < bytes.len() {
            return Err(StorageError::corrupt(&self.path, format!("it ends at {}", self.position + read as u64)));
        }
        Ok(bytes)
    }
}

impl std::fmt::Debug for LogSlice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogSlice")
            .field("path", &self.path)
            .field("position", &self.position)
            .field("length", &self.length)
            .field("base_offset", &self.base_offset)
            .field("aborted", &self.aborted)
            .finish_non_exhaustive()
    }
}

impl Log {
    /// The batches from the one that holds `offset` on, within one segment and within the limits.
    ///
    /// # Errors
    /// `OffsetOutOfRange` outside of log start..=log end. At or above the upper bound the slice is empty.
    pub fn read(&self, offset: Offset, limits: &ReadLimits) -> Result<LogSlice, StorageError> {
        self.online()?;
        let (start, end) = (self.log_start, self.log_end);
        if !(start..=end).contains(&offset) {
            return Err(StorageError::OffsetOutOfRange { requested: offset, start, end });
        }
        let upper_bound = limits.upper_bound.min(end);
        if offset >= upper_bound {
            return Ok(LogSlice::empty(offset));
        }
        for segment in self.segments_from(offset) {
            // Compaction leaves gaps: the next batch may lie in a later segment.
            if let Some(first) = segment.find(&*self.files, offset)? {
                return self.slice(segment, &first, offset, upper_bound, limits);
            }
        }
        Ok(LogSlice::empty(offset))
    }

    fn slice(
        &self,
        segment: &Segment,
        first: &Span,
        offset: Offset,
        upper_bound: Offset,
        limits: &ReadLimits,
    ) -> Result<LogSlice, StorageError> {
        if first.base_offset >= upper_bound {
            return Ok(LogSlice::empty(offset));
        }
        let segment_end = self.end_of(segment.base_offset);
        let visible = if upper_bound >= segment_end {
            segment.size
        } else {
            segment.find(&*self.files, upper_bound)?.map_or(segment.size, |span| span.position)
        };
        // The upper bound lies inside the first batch: no whole batch is visible.
        if visible <= first.position {
            return Ok(LogSlice::empty(offset));
        }
        let limit = first.position.saturating_add(limits.bytes_max as u64);
        let mut end = visible;
        if limit < visible {
            end = segment.boundary(&*self.files, first.position, limit)?;
            if end <= first.position {
                end = if limits.at_least_one { first.position + first.size } else { first.position };
            }
        }
        let mut slice = LogSlice {
            file: Some(segment.file(&*self.files)?.clone()),
            position: first.position,
            length: (end - first.position) as usize,
            visible: visible - first.position,
            base_offset: first.base_offset,
            aborted: Vec::new(),
            path: segment.path().to_owned(),
        };
        if limits.aborted && slice.length > 0 {
            let bound = if end < segment.size { segment.offset_bound(&*self.files, end)? } else { None };
            slice.aborted = self.aborted_transactions(offset, bound.unwrap_or(segment_end).min(upper_bound))?;
        }
        Ok(slice)
    }

    /// Aborted transactions with records in `from..below`.
    pub fn aborted_transactions(&self, from: Offset, below: Offset) -> Result<Vec<AbortedTransaction>, StorageError> {
        let mut found = Vec::new();
        for segment in self.segments_from(from) {
            if segment.txn_index.collect(&*self.files, from, below, &mut found)? {
                break;
            }
        }
        Ok(found)
    }
}
