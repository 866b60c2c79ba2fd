//! `%020d.txnindex`: the aborted transactions whose markers lie in a segment. Entries of 34 bytes: version i16 = 0,
//! producerId i64, firstOffset i64, lastOffset i64 (the marker), lastStableOffset i64. The file is made when needed.

use crate::StorageError;
use crate::error::IoContext;
use crate::producer_state::CompletedTransaction;
use base::{File, Files, Offset, OpenMode, ProducerId};
use std::cell::{OnceCell, RefCell};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ENTRY_LEN: usize = 34;

/// A transaction that was aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbortedTransaction {
    pub producer_id: ProducerId,
    pub first_offset: Offset,
    /// Offset of the marker.
    pub last_offset: Offset,
    /// First offset that was still unstable when the marker was written.
    pub last_stable_offset: Offset,
}

impl From<CompletedTransaction> for AbortedTransaction {
    fn from(completed: CompletedTransaction) -> Self {
        AbortedTransaction {
            producer_id: completed.producer_id,
            first_offset: completed.first_offset,
            last_offset: completed.last_offset,
            last_stable_offset: completed.last_stable_offset,
        }
    }
}

impl AbortedTransaction {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&0i16.to_be_bytes());
        for field in [self.producer_id, self.first_offset, self.last_offset, self.last_stable_offset] {
            out.extend_from_slice(&field.to_be_bytes());
        }
    }

    fn decode(bytes: &[u8; ENTRY_LEN]) -> Option<AbortedTransaction> {
        let i64_at = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| bytes[at + i]));
        (bytes[..2] == [0, 0]).then(|| AbortedTransaction {
            producer_id: i64_at(2),
            first_offset: i64_at(10),
            last_offset: i64_at(18),
            last_stable_offset: i64_at(26),
        })
    }
}

/// The entries of one segment, read when first needed, and how many of them the file has.
pub(crate) struct TxnIndex {
    pub(crate) path: PathBuf,
    file: OnceCell<Arc<dyn File>>,
    entries: RefCell<Option<Vec<AbortedTransaction>>>,
    written: std::cell::Cell<usize>,
}

impl TxnIndex {
    pub fn unread(path: PathBuf) -> TxnIndex {
        TxnIndex { path, file: OnceCell::new(), entries: RefCell::new(None), written: std::cell::Cell::new(0) }
    }

    /// Of a new segment: no file, no entries.
    pub fn empty(path: PathBuf) -> TxnIndex {
        TxnIndex { entries: RefCell::new(Some(Vec::new())), ..TxnIndex::unread(path) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn open_file(&self) -> Option<Arc<dyn File>> {
        self.file.get().cloned()
    }

    fn load(&self, files: &dyn Files) -> Result<(), StorageError> {
        if self.entries.borrow().is_some() {
            return Ok(());
        }
        let bytes = match files.read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other.or_failed(&self.path)?,
        };
        let (chunks, rest) = bytes.as_chunks::<ENTRY_LEN>();
        let entries: Option<Vec<_>> = chunks.iter().map(AbortedTransaction::decode).collect();
        let entries = entries
            .filter(|entries| rest.is_empty() && entries.is_sorted_by_key(|entry| entry.last_offset))
            .ok_or_else(|| StorageError::corrupt(&self.path, "its entries are malformed"))?;
        self.written.set(entries.len());
        *self.entries.borrow_mut() = Some(entries);
        Ok(())
    }

    /// Whether the file can be read; the segment is walked again when it cannot.
    pub fn check(&self, files: &dyn Files) -> Result<(), StorageError> {
        self.load(files)
    }

    /// Forgets everything and removes the file.
    pub fn reset(&mut self, files: &dyn Files) -> Result<(), StorageError> {
        self.file = OnceCell::new();
        *self.entries.borrow_mut() = Some(Vec::new());
        self.written.set(0);
        crate::job::remove_if_present(files, &self.path)
    }

    /// Adds an entry. While space or files run short it stays in memory and `write_out` tries again.
    pub fn push(&mut self, files: &dyn Files, entry: AbortedTransaction) -> Result<(), StorageError> {
        self.load(files)?;
        if let Some(entries) = self.entries.borrow_mut().as_mut() {
            entries.push(entry);
        }
        match self.write_out(files) {
            Err(error) if error.is_shortage() => Ok(()),
            other => other,
        }
    }

    /// Brings the file up to date. True when the file was made by this.
    pub fn write_out(&self, files: &dyn Files) -> Result<(), StorageError> {
        let entries = self.entries.borrow();
        let Some(pending) = entries.as_ref().and_then(|all| all.get(self.written.get()..)).filter(|p| !p.is_empty())
        else {
            return Ok(());
        };
        if self.file.get().is_none() {
            let file = files.open(&self.path, OpenMode::Create).or_writing(&self.path)?;
            self.file.get_or_init(|| file);
        }
        let Some(file) = self.file.get() else { return Ok(()) };
        let mut bytes = Vec::with_capacity(pending.len() * ENTRY_LEN);
        pending.iter().for_each(|entry| entry.encode(&mut bytes));
        file.write_all_at(&bytes, (self.written.get() * ENTRY_LEN) as u64).or_writing(&self.path)?;
        self.written.set(self.written.get() + pending.len());
        Ok(())
    }

    /// Forgets transactions whose markers lie at or after `end_offset`.
    pub fn truncate(&mut self, files: &dyn Files, end_offset: Offset) -> Result<(), StorageError> {
        self.load(files)?;
        let mut entries = self.entries.borrow_mut();
        let Some(entries) = entries.as_mut() else { return Ok(()) };
        let keep = entries.iter().take_while(|entry| entry.last_offset < end_offset).count();
        entries.truncate(keep);
        if self.written.get() > keep {
            let file = files.open(&self.path, OpenMode::Write).or_failed(&self.path)?;
            file.set_len((keep * ENTRY_LEN) as u64).or_failed(&self.path)?;
            self.written.set(keep);
        }
        Ok(())
    }

    /// Adds the transactions that a reader of `from..below` must know. True when later segments can have no more.
    pub fn collect(
        &self,
        files: &dyn Files,
        from: Offset,
        below: Offset,
        found: &mut Vec<AbortedTransaction>,
    ) -> Result<bool, StorageError> {
        self.load(files)?;
        let entries = self.entries.borrow();
        for entry in entries.iter().flatten() {
            if entry.last_offset >= from && entry.first_offset < below {
                found.push(*entry);
            }
            if entry.last_stable_offset >= below {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kafkas_entry_reads_and_is_written_the_same() {
        let bytes: [u8; ENTRY_LEN] =
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7];
        let entry = AbortedTransaction::decode(&bytes).unwrap();
        let expected = AbortedTransaction { producer_id: 6, first_offset: 4, last_offset: 6, last_stable_offset: 7 };
        assert_eq!(entry, expected);
        let mut out = Vec::new();
        entry.encode(&mut out);
        assert_eq!(out, bytes);
    }
}
