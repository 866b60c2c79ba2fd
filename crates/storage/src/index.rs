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
    pub(crate) path: PathBuf,
    file: OnceCell<Arc<dyn File>>,
    /// Entries in all; unknown until the file of an older segment is looked at.
    count: Cell<Option<u32>>,
    /// Entries that are in the file.
    written: Cell<u32>,
    /// The newest entries, up to the last one.
    recent: Vec<E>,
    /// Where the last search in the file ended: that of a reader in order ends a little further on.
    hint: Cell<u32>,
    entries: PhantomData<E>,
}

impl<E: Entry> Index<E> {
    /// An index whose file may or may not be there; it is looked at when first needed.
    pub fn unread(path: PathBuf) -> Index<E> {
        let (file, count, written) = (OnceCell::new(), Cell::new(None), Cell::new(0));
        Index { path, file, count, written, recent: Vec::new(), hint: Cell::new(0), entries: PhantomData }
    }

    pub fn path(&self) -> &Path {
        &self.path
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

    /// Closes the file where nothing waits to be written; it is opened again when needed. A node with many partitions has
    /// one open file for each that is not written much, as Kafka has.
    pub fn release(&mut self) {
        if self.count.get().is_none_or(|count| self.written.get() >= count) {
            self.file = OnceCell::new();
        }
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

    /// Whether the file is there, has entries and ends with one, as the index of a segment that is not written any more.
    pub fn is_sealed(&self, files: &dyn Files) -> Result<bool, StorageError> {
        if !files.exists(&self.path).or_failed(&self.path)? {
            return Ok(false);
        }
        let len = self.file(files)?.len().or_failed(&self.path)?;
        Ok(len > 0 && len == u64::from(self.count(files)?) * E::LEN as u64)
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
            // A shortage leaves the entries in memory, to be written another time.
            match self.write_out(files) {
                Ok(()) => drop(self.recent.drain(..RECENT_MAX / 2)),
                Err(error) if error.is_shortage() => {}
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
        let count = self.search(files, keep)?.slot;
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
        let found = self.search(files, below)?;
        match (found.before, found.slot.checked_sub(1)) {
            (None, Some(slot)) => self.entry(files, slot).map(Some),
            (before, _) => Ok(before),
        }
    }

    /// The first entry for which `below` does not hold.
    pub fn ceiling(&self, files: &dyn Files, below: impl Fn(&E) -> bool) -> Result<Option<E>, StorageError> {
        let found = self.search(files, below)?;
        if found.slot < self.count(files)? { self.entry(files, found.slot).map(Some) } else { Ok(None) }
    }

    /// Where `below` stops to hold (it must be true for a prefix).
    fn search(&self, files: &dyn Files, below: impl Fn(&E) -> bool) -> Result<Found<E>, StorageError> {
        let count = self.count(files)?;
        let first_recent = self.first_recent(count);
        if first_recent == 0 || self.recent.first().is_some_and(&below) {
            let after = self.recent.partition_point(below);
            let before = after.checked_sub(1).and_then(|last| self.recent.get(last)).copied();
            return Ok(Found { slot: first_recent + after as u32, before });
        }
        let found = match self.search_near_hint(files, first_recent, &below)? {
            Some(found) => found,
            None => {
                let (mut low, mut high) = (0, first_recent);
                while high - low > BLOCK {
                    let middle = low + (high - low) / 2;
                    if below(&self.entry(files, middle)?) { low = middle + 1 } else { high = middle }
                }
                self.search_block(files, low, high, &below)?
            }
        };
        self.hint.set(found.slot);
        Ok(found)
    }

    /// One read where the last search ended, before many all over the file; `None`: it ends elsewhere.
    fn search_near_hint(
        &self,
        files: &dyn Files,
        end: u32,
        below: &impl Fn(&E) -> bool,
    ) -> Result<Option<Found<E>>, StorageError> {
        let low = self.hint.get().saturating_sub(1);
        let high = low.saturating_add(BLOCK).min(end);
        if low == 0 || low >= high {
            return Ok(None);
        }
        let found = self.search_block(files, low, high, below)?;
        let is_inside = found.slot > low && (found.slot < high || high == end);
        Ok(is_inside.then_some(found))
    }

    fn search_block(
        &self,
        files: &dyn Files,
        low: u32,
        high: u32,
        below: &impl Fn(&E) -> bool,
    ) -> Result<Found<E>, StorageError> {
        let mut block = vec![0; (high - low) as usize * E::LEN];
        self.read_slots(files, low, &mut block)?;
        let mut found = Found { slot: low, before: None };
        for entry in block.chunks_exact(E::LEN).map(E::decode).take_while(below) {
            found = Found { slot: found.slot + 1, before: Some(entry) };
        }
        Ok(found)
    }
}

/// Where a search ended.
struct Found<E> {
    slot: u32,
    /// The entry before the slot, where it is known.
    before: Option<E>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Random, SplitMix64};
    use testkit::SimFiles;

    const ENTRIES: u32 = 5000;

    /// Entries 10, 20, 30, ... of which the newest are in memory.
    fn filled(files: &SimFiles) -> Index<OffsetEntry> {
        let mut index = Index::unread(PathBuf::from("/index"));
        index.reset(files, ENTRIES * 8).unwrap();
        for i in 1..=ENTRIES {
            index.push(files, OffsetEntry { offset: i * 10, position: i * 4096 }).unwrap();
        }
        index
    }

    fn floor(index: &Index<OffsetEntry>, files: &SimFiles, offset: u32) -> Option<u32> {
        index.floor(files, |entry| entry.offset <= offset).unwrap().map(|entry| entry.offset)
    }

    #[test]
    fn a_file_is_open_only_where_something_waits_to_be_written_or_is_looked_for() {
        let files = SimFiles::new();
        let mut index = filled(&files);
        index.release();
        assert!(index.open_file().is_some());
        index.trim(&files).unwrap();
        index.forget_recent();
        index.release();
        assert!(index.open_file().is_none());
        assert_eq!(floor(&index, &files, ENTRIES * 10), Some(ENTRIES * 10));
        index.push(&files, OffsetEntry { offset: ENTRIES * 10 + 5, position: 7 }).unwrap();
        index.trim(&files).unwrap();
        assert_eq!(floor(&index, &files, ENTRIES * 10 + 9), Some(ENTRIES * 10 + 5));
        index.reset(&files, 800).unwrap();
        index.release();
        assert!(index.open_file().is_none(), "a new one takes no file");
    }

    #[test]
    fn searches_in_any_order_find_the_same() {
        let files = SimFiles::new();
        let mut index = filled(&files);
        let mut random = SplitMix64(7);
        for _ in 0..4 {
            for _ in 0..3000 {
                let offset = (random.next_u64() % u64::from(ENTRIES * 10 + 50)) as u32;
                let near = offset.saturating_sub(random.next_u64() as u32 % 3000);
                for offset in [near, offset] {
                    let last = index.last(&files).unwrap().map_or(0, |entry| entry.offset);
                    let expected = Some((offset / 10 * 10).min(last)).filter(|found| *found > 0);
                    assert_eq!(floor(&index, &files, offset), expected, "{offset}");
                }
            }
            let kept = index.count(&files).unwrap() * 2 / 3;
            index.truncate(&files, |entry| entry.offset <= kept * 10, ENTRIES * 8).unwrap();
        }
    }

    #[test]
    fn a_reader_in_order_costs_one_look_at_the_file() {
        let files = SimFiles::new();
        let index = filled(&files);
        floor(&index, &files, 10_000);
        let before = files.calls();
        for i in 0..100 {
            assert_eq!(floor(&index, &files, 10_000 + i * 200), Some(10_000 + i * 200));
        }
        assert_eq!(files.calls() - before, 100);
    }
}
