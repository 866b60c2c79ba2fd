//! The sparse indexes of a segment: `.index` (offset to position, entries of 8 bytes: relative offset u32, position u32)
//! and `.timeindex` (timestamp to offset, entries of 12 bytes: timestamp i64, relative offset u32).
//!
//! The newest entries live in memory and reach the file in blocks, and whenever the segment is flushed, rolled or closed:
//! after a kill the active segment is walked anyway. The file of an active segment is pre-sized with zeros, as Kafka
//! does it, and cut when the segment is rolled or closed.

use crate::StorageError;
use crate::error::IoContext;
use base::{File, Files, OpenMode};
use std::cell::{Cell, OnceCell};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entries in memory at most; half of them stay when the file catches up.
const RECENT_MAX: usize = 1024;
/// Entries that a search reads at once when it has narrowed down.
const BLOCK: u32 = 256;

pub(crate) trait Entry: Copy + PartialEq + std::fmt::Debug {
    const LEN: usize;
    fn encode(&self, out: &mut Vec<u8>);
    /// `bytes` has `LEN` bytes.
    fn decode(bytes: &[u8]) -> Self;
}

/// Relative last offset of a batch, and the position where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OffsetEntry {
    pub offset: u32,
    pub position: u32,
}

/// A timestamp that no earlier record of the segment exceeds, and the relative last offset of the batch that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeEntry {
    pub timestamp_ms: i64,
    pub offset: u32,
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes)
}

impl Entry for OffsetEntry {
    const LEN: usize = 8;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.offset.to_be_bytes());
        out.extend_from_slice(&self.position.to_be_bytes());
    }

    fn decode(bytes: &[u8]) -> Self {
        OffsetEntry { offset: u32_at(bytes, 0), position: u32_at(bytes, 4) }
    }
}

impl Entry for TimeEntry {
    const LEN: usize = 12;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.timestamp_ms.to_be_bytes());
        out.extend_from_slice(&self.offset.to_be_bytes());
    }

    fn decode(bytes: &[u8]) -> Self {
        let timestamp_ms = i64::from(u32_at(bytes, 0) as i32) << 32 | i64::from(u32_at(bytes, 4));
        TimeEntry { timestamp_ms, offset: u32_at(bytes, 8) }
    }
}

/// An index file with its newest entries.
pub(crate) struct Index<E> {
    path: PathBuf,
    file: OnceCell<Arc<dyn File>>,
    /// Entries in all; unknown until the file of an older segment is looked at.
    count: Cell<Option<u32>>,
    /// Entries that are in the file.
    written: Cell<u32>,
    /// The newest entries, up to the last one.
    recent: Vec<E>,
    entries: PhantomData<E>,
}

impl<E: Entry> Index<E> {
    /// An index whose file may or may not be there; it is looked at when first needed.
    pub fn unread(path: PathBuf) -> Index<E> {
        let (file, count, written) = (OnceCell::new(), Cell::new(None), Cell::new(0));
        Index { path, file, count, written, recent: Vec::new(), entries: PhantomData }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn rename(&mut self, path: PathBuf) {
        self.path = path;
    }

    fn file(&self, files: &dyn Files) -> Result<&Arc<dyn File>, StorageError> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let file = files.open(&self.path, OpenMode::Create).or_writing(&self.path)?;
        Ok(self.file.get_or_init(|| file))
    }

    /// The open file, if any.
    pub fn open_file(&self) -> Option<Arc<dyn File>> {
        self.file.get().cloned()
    }

    /// Forgets all entries and pre-sizes the file with zeros, to at most `bytes`.
    pub fn reset(&mut self, files: &dyn Files, bytes: u32) -> Result<(), StorageError> {
        self.count.set(Some(0));
        self.written.set(0);
        self.recent.clear();
        self.file(files)?.set_len(0).or_writing(&self.path)?;
        self.presize(files, bytes)
    }

    /// Lengthens the file with zeros to the largest multiple of an entry in `bytes`.
    pub fn presize(&mut self, files: &dyn Files, bytes: u32) -> Result<(), StorageError> {
        let len = (bytes as usize / E::LEN * E::LEN).max(self.count(files)? as usize * E::LEN) as u64;
        self.file(files)?.set_len(len).or_writing(&self.path)
    }

    /// Number of entries.
    pub fn count(&self, files: &dyn Files) -> Result<u32, StorageError> {
        if let Some(count) = self.count.get() {
            return Ok(count);
        }
        let slots = self.file(files)?.len().or_failed(&self.path)? / E::LEN as u64;
        let count = self.entries_before_zeros(files, u32::try_from(slots).unwrap_or(u32::MAX))?;
        self.count.set(Some(count));
        self.written.set(count);
        Ok(count)
    }

    /// A file that was not cut ends in zeros, which are no entry.
    fn entries_before_zeros(&self, files: &dyn Files, slots: u32) -> Result<u32, StorageError> {
        let is_zero = |slot: u32| -> Result<bool, StorageError> {
            let mut bytes = [0; 16];
            self.read_slots(files, slot, &mut bytes[..E::LEN])?;
            Ok(bytes == [0; 16])
        };
        let (mut used, mut end) = (0, slots);
        if slots == 0 || !is_zero(slots - 1)? {
            return Ok(slots);
        }
        while used < end {
            let middle = used + (end - used) / 2;
            if is_zero(middle)? { end = middle } else { used = middle + 1 }
        }
        Ok(used)
    }

    fn read_slots(&self, files: &dyn Files, slot: u32, bytes: &mut [u8]) -> Result<(), StorageError> {
        let read = self.file(files)?.read_full_at(bytes, u64::from(slot) * E::LEN as u64).or_failed(&self.path)?;
        if read < bytes.len() {
            return Err(StorageError::corrupt(&self.path, "it ends early"));
        }
        Ok(())
    }

    fn first_recent(&self, count: u32) -> u32 {
        count - self.recent.len() as u32
    }

    /// The last entry.
    pub fn last(&self, files: &dyn Files) -> Result<Option<E>, StorageError> {
        match self.count(files)?.checked_sub(1) {
            Some(slot) => self.entry(files, slot).map(Some),
            None => Ok(None),
        }
    }

    fn entry(&self, files: &dyn Files, slot: u32) -> Result<E, StorageError> {
        let first_recent = self.first_recent(self.count(files)?);
        if let Some(entry) = slot.checked_sub(first_recent).and_then(|i| self.recent.get(i as usize)) {
            return Ok(*entry);
        }
        let mut bytes = [0; 16];
        self.read_slots(files, slot, &mut bytes[..E::LEN])?;
        Ok(E::decode(&bytes[..E::LEN]))
    }

    /// Adds an entry; it reaches the file later.
    pub fn push(&mut self, files: &dyn Files, entry: E) -> Result<(), StorageError> {
        let count = self.count(files)?;
        if self.recent.len() >= RECENT_MAX {
            // A full disk leaves the entries in memory, to be written another time.
            match self.write_out(files) {
                Ok(()) => drop(self.recent.drain(..RECENT_MAX / 2)),
                Err(StorageError::NoSpace { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.recent.push(entry);
        self.count.set(Some(count + 1));
        Ok(())
    }

    /// Brings the file up to date with the entries in memory.
    pub fn write_out(&self, files: &dyn Files) -> Result<(), StorageError> {
        let Some(count) = self.count.get() else { return Ok(()) };
        let written = self.written.get();
        if written >= count {
            return Ok(());
        }
        let pending = self.recent.get((written - self.first_recent(count)) as usize..).unwrap_or_default();
        let mut bytes = Vec::with_capacity(pending.len() * E::LEN);
        pending.iter().for_each(|entry| entry.encode(&mut bytes));
        self.file(files)?.write_all_at(&bytes, u64::from(written) * E::LEN as u64).or_writing(&self.path)?;
        self.written.set(count);
        Ok(())
    }

    /// Writes everything and cuts the pre-sized tail: the index of a segment that is not written any more.
    pub fn trim(&mut self, files: &dyn Files) -> Result<(), StorageError> {
        let count = self.count(files)?;
        self.write_out(files)?;
        self.file(files)?.set_len(u64::from(count) * E::LEN as u64).or_writing(&self.path)
    }

    /// Frees the entries in memory, which are all in the file after `trim`.
    pub fn forget_recent(&mut self) {
        if Some(self.written.get()) == self.count.get() {
            self.recent = Vec::new();
        }
    }

    /// Keeps the first entries for which `keep` holds (it must be true for a prefix).
    pub fn truncate(&mut self, files: &dyn Files, keep: impl Fn(&E) -> bool, presize: u32) -> Result<(), StorageError> {
        let count = self.partition_point(files, keep)?;
        let old = self.count(files)?;
        let kept_recent = count.saturating_sub(self.first_recent(old)) as usize;
        self.recent.truncate(kept_recent);
        self.count.set(Some(count));
        self.written.set(self.written.get().min(count));
        // Zeros must follow the entries: cut, then lengthen.
        self.file(files)?.set_len(u64::from(self.written.get()) * E::LEN as u64).or_writing(&self.path)?;
        self.presize(files, presize)
    }

    /// The last entry for which `below` holds (it must be true for a prefix).
    pub fn floor(&self, files: &dyn Files, below: impl Fn(&E) -> bool) -> Result<Option<E>, StorageError> {
        match self.partition_point(files, below)?.checked_sub(1) {
            Some(slot) => self.entry(files, slot).map(Some),
            None => Ok(None),
        }
    }

    /// The first entry for which `below` does not hold.
    pub fn ceiling(&self, files: &dyn Files, below: impl Fn(&E) -> bool) -> Result<Option<E>, StorageError> {
        let slot = self.partition_point(files, below)?;
        if slot < self.count(files)? { self.entry(files, slot).map(Some) } else { Ok(None) }
    }

    fn partition_point(&self, files: &dyn Files, below: impl Fn(&E) -> bool) -> Result<u32, StorageError> {
        let count = self.count(files)?;
        let first_recent = self.first_recent(count);
        if first_recent == 0 || self.recent.first().is_some_and(&below) {
            return Ok(first_recent + self.recent.partition_point(below) as u32);
        }
        let (mut low, mut high) = (0, first_recent);
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            if below(&self.entry(files, middle)?) { low = middle + 1 } else { high = middle }
        }
        let mut block = vec![0; (high - low) as usize * E::LEN];
        self.read_slots(files, low, &mut block)?;
        Ok(low + block.chunks_exact(E::LEN).take_while(|bytes| below(&E::decode(bytes))).count() as u32)
    }
}
