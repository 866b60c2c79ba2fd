//! One segment: its `.log` file, its indexes and what is remembered of them.
//!
//! ```text
//!  a partition's folder, by base offset (the first that a segment may have)
//!
//!    0: .log .index .timeindex .txnindex             older: sealed, their indexes as long as their entries
//!  500: .log .index .timeindex .txnindex .snapshot
//!  900: .log .index .timeindex .txnindex .snapshot   active: appends go here, indexes pre-sized with zeros
//! 1040:                                  .snapshot   where it was stopped in order: the producers at the log end
//!  ... and leader-epoch-checkpoint, partition.metadata
//!
//!  900.log    | batch 900..911 | batch 912..919 | batch 920..960 | batch 961..      whole batches, nothing between
//!  position   0                4 100            8 050            12 300
//!                              ^                                 ^
//!  900.index        (19, 4100) |     (last offset - base, position of that batch)
//!  900.timeindex    (T, 19)          (largest timestamp so far, last offset - base of the batch that has it)
//! ```
//! A batch gets an index entry when more than `index.interval.bytes` came before it since the last one; a time entry
//! comes with it where the timestamp has grown, and with the roll. To find an offset: the last entry at or below it, then
//! the headers of the batches from there on. A `.snapshot` holds the producers as they were at its offset; the state at
//! any other is that and the batches that follow.

use crate::StorageError;
use crate::error::IoContext;
use crate::index::{Index, OffsetEntry, TimeEntry};
use crate::names::{self, file_name};
use crate::scan::{HEADER_CHUNK, ScanError, Scanner};
use crate::txn_index::TxnIndex;
use base::{File, Files, Offset, OpenMode};
use records::Batch;
use std::cell::{Cell, OnceCell};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Newest batches whose places are remembered, so that readers near the end need no index.
const RECENT_MAX: usize = 64;
/// A page that is not full is not written back: it would be written twice.
const PAGE: u64 = 4096;

/// Where a batch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub base_offset: Offset,
    pub last_offset: Offset,
    pub position: u64,
    pub size: u64,
    pub max_timestamp_ms: i64,
}

impl Span {
    pub fn of(batch: Batch<'_>, position: u64) -> Span {
        Span {
            base_offset: batch.base_offset(),
            last_offset: batch.last_offset(),
            position,
            size: batch.size() as u64,
            max_timestamp_ms: batch.max_timestamp_ms(),
        }
    }
}

/// What the indexes of a segment say about its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamedEnd {
    /// The offset after the last one that they name.
    pub offset: Offset,
    /// Where the batch of the last entry begins.
    pub position: u64,
}

/// A timestamp and the last offset of the batch that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MaxTimestamp {
    pub timestamp_ms: i64,
    pub offset: Offset,
}

/// A segment as seen from outside (retention, the cleaner, describing log directories).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentInfo {
    pub base_offset: Offset,
    /// Offset after the segment's last possible record: the next segment's base offset, or the log end.
    pub end_offset: Offset,
    /// Bytes in the `.log` file.
    pub size: u64,
    pub active: bool,
}

/// Records that wait in memory for the kernel to write them to the disk.
#[must_use = "nothing is written back unless it is begun"]
pub struct WriteBack {
    file: Arc<dyn File>,
    from: u64,
    to: u64,
}

impl WriteBack {
    /// Has the disk begin with it, on a thread that may wait. It is no flush: nothing is durable for it.
    pub fn begin(self) {
        self.file.write_back(self.from, self.to);
    }
}

pub(crate) struct Segment {
    pub base_offset: Offset,
    path: PathBuf,
    file: OnceCell<Arc<dyn File>>,
    pub size: u64,
    pub index: Index<OffsetEntry>,
    pub time_index: Index<TimeEntry>,
    pub txn_index: TxnIndex,
    bytes_since_index_entry: u64,
    max_timestamp: Cell<Option<MaxTimestamp>>,
    first_timestamp_ms: Cell<Option<i64>>,
    /// When this process made or opened the segment; `segment.ms` counts from it while no record has a timestamp.
    pub created_wall_ms: i64,
    recent: VecDeque<Span>,
    /// Up to where there is room set aside in the `.log` file.
    reserved: u64,
    /// Up to where the disk was asked to write the `.log` file back.
    asked_back: u64,
}

impl Segment {
    /// A segment whose files may be there; they are opened when needed.
    pub fn existing(dir: &Path, base_offset: Offset, size: u64, now_wall_ms: i64) -> Segment {
        let path = |suffix| dir.join(file_name(base_offset, suffix));
        Segment {
            base_offset,
            path: path(names::LOG),
            file: OnceCell::new(),
            size,
            index: Index::unread(path(names::INDEX)),
            time_index: Index::unread(path(names::TIME_INDEX)),
            txn_index: TxnIndex::unread(path(names::TXN_INDEX)),
            bytes_since_index_entry: 0,
            max_timestamp: Cell::new(None),
            first_timestamp_ms: Cell::new(None),
            created_wall_ms: now_wall_ms,
            recent: VecDeque::new(),
            reserved: 0,
            asked_back: size,
        }
    }

    /// Makes the files of a new, empty segment.
    pub fn create(
        files: &dyn Files,
        dir: &Path,
        base_offset: Offset,
        index_bytes: u32,
        now_wall_ms: i64,
    ) -> Result<Segment, StorageError> {
        let mut segment = Segment::existing(dir, base_offset, 0, now_wall_ms);
        segment.max_timestamp.set(Some(MaxTimestamp { timestamp_ms: records::NO_TIMESTAMP, offset: base_offset }));
        let file = files.open(&segment.path, OpenMode::Create).or_writing(&segment.path)?;
        file.set_len(0).or_writing(&segment.path)?;
        segment.file.get_or_init(|| file);
        segment.index.reset(files, index_bytes)?;
        segment.time_index.reset(files, index_bytes)?;
        segment.txn_index.reset(files)?;
        segment.txn_index = TxnIndex::empty(segment.txn_index.path().to_owned());
        segment.release_indexes();
        Ok(segment)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&self, files: &dyn Files) -> Result<&Arc<dyn File>, StorageError> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let file = files.open(&self.path, OpenMode::Write).or_failed(&self.path)?;
        Ok(self.file.get_or_init(|| file))
    }

    /// Closes the files of the indexes where nothing waits to be written.
    pub fn release_indexes(&mut self) {
        self.index.release();
        self.time_index.release();
    }

    pub(crate) fn paths_mut(&mut self) -> [&mut PathBuf; 4] {
        let Segment { path, index, time_index, txn_index, .. } = self;
        [path, &mut index.path, &mut time_index.path, &mut txn_index.path]
    }

    /// All paths that may be there.
    pub fn paths(&self) -> [&Path; 4] {
        [&self.path, self.index.path(), self.time_index.path(), self.txn_index.path()]
    }

    /// Writes bytes at the end. On failure the file is cut back, so that the log is as before; a failing cut-back fails
    /// the directory.
    pub fn write(&mut self, files: &dyn Files, parts: &[&[u8]]) -> Result<(), StorageError> {
        let Err(error) = self.file(files)?.write_all_vectored_at(parts, self.size) else { return Ok(()) };
        let file = self.file(files)?.clone();
        let error = StorageError::writing(&self.path, error);
        if base::mutant(base::Mutant::CutBackMissing) {
            self.size = file.len().or_failed(&self.path)?;
        } else if !error.fails_log_dir() {
            file.set_len(self.size).or_failed(&self.path)?;
            // The cut has given back what was set aside: others may be quick.
            let aside = std::mem::take(&mut self.reserved);
            if aside > self.size && file.reserve(aside).is_ok() {
                self.reserved = aside;
            }
        }
        Err(error)
    }

    /// Sets room aside for what comes behind the end, where half of that is used up. Where it is not to be had, writes go on
    /// without it, and a disk that fails says so at the next one.
    pub fn reserve(&mut self, files: &dyn Files, bytes: u64) -> Result<(), StorageError> {
        if bytes > 0 && self.reserved < self.size + bytes / 2 {
            let up_to = self.size + bytes;
            if self.file(files)?.reserve(up_to).is_ok() {
                self.reserved = up_to;
            }
        }
        Ok(())
    }

    /// What was appended since this was asked last, once that is `at_least` bytes.
    pub fn take_write_back(&mut self, at_least: u64) -> Option<WriteBack> {
        let to = self.size - self.size % PAGE;
        if to.saturating_sub(self.asked_back) < at_least {
            return None;
        }
        // What was appended long before is on disk, or soon will be; to ask for it would cost it its place in memory.
        let from = self.asked_back.max(to.saturating_sub(at_least.saturating_mul(4)));
        self.asked_back = to;
        Some(WriteBack { file: self.file.get()?.clone(), from, to })
    }

    /// Gives back what was set aside and is not used.
    pub fn release(&mut self, files: &dyn Files) -> Result<(), StorageError> {
        if std::mem::take(&mut self.reserved) > self.size {
            self.file(files)?.set_len(self.size).or_failed(&self.path)?;
        }
        Ok(())
    }

    /// Takes note of a batch that was just written at `size`.
    pub fn wrote(&mut self, files: &dyn Files, span: Span, index_interval_bytes: u32) -> Result<(), StorageError> {
        self.size = span.position + span.size;
        let max = self.note_timestamp(files, &span)?;
        if self.bytes_since_index_entry > u64::from(index_interval_bytes) {
            self.add_index_entries(files, &span, max)?;
        }
        self.bytes_since_index_entry += span.size;
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(span);
        Ok(())
    }

    fn note_timestamp(&self, files: &dyn Files, span: &Span) -> Result<MaxTimestamp, StorageError> {
        let mut max = self.max_timestamp(files)?;
        if span.max_timestamp_ms > max.timestamp_ms {
            max = MaxTimestamp { timestamp_ms: span.max_timestamp_ms, offset: span.last_offset };
            self.max_timestamp.set(Some(max));
        }
        if self.first_timestamp_ms.get().is_none() && span.position == 0 {
            self.first_timestamp_ms.set(Some(span.max_timestamp_ms));
        }
        Ok(max)
    }

    fn add_index_entries(&mut self, files: &dyn Files, span: &Span, max: MaxTimestamp) -> Result<(), StorageError> {
        let offset = self.relative(span.last_offset);
        self.index.push(files, OffsetEntry { offset, position: span.position as u32 })?;
        self.add_time_entry(files, max)?;
        self.bytes_since_index_entry = 0;
        Ok(())
    }

    /// Adds the max timestamp so far, if it is above the last entry's.
    pub fn add_time_entry(&mut self, files: &dyn Files, max: MaxTimestamp) -> Result<(), StorageError> {
        let last = self.time_index.last(files)?.map_or(records::NO_TIMESTAMP, |entry| entry.timestamp_ms);
        if max.timestamp_ms > last {
            let offset = self.relative(max.offset);
            self.time_index.push(files, TimeEntry { timestamp_ms: max.timestamp_ms, offset })?;
        }
        Ok(())
    }

    fn relative(&self, offset: Offset) -> u32 {
        u32::try_from(offset - self.base_offset).unwrap_or(0)
    }

    /// Whether an offset can be written relative to this segment.
    pub fn fits(&self, offset: Offset) -> bool {
        (0..=i64::from(i32::MAX)).contains(&(offset - self.base_offset))
    }

    /// Largest timestamp of the segment; -1 when no record has one.
    pub fn max_timestamp(&self, files: &dyn Files) -> Result<MaxTimestamp, StorageError> {
        if let Some(max) = self.max_timestamp.get() {
            return Ok(max);
        }
        let none = MaxTimestamp { timestamp_ms: records::NO_TIMESTAMP, offset: self.base_offset };
        let max = self.time_index.last(files)?.map_or(none, |entry| MaxTimestamp {
            timestamp_ms: entry.timestamp_ms,
            offset: self.base_offset + i64::from(entry.offset),
        });
        self.max_timestamp.set(Some(max));
        Ok(max)
    }

    /// Timestamp of the first batch, from which `segment.ms` counts; `None` when it has none.
    pub fn first_timestamp_ms(&self, files: &dyn Files) -> Result<Option<i64>, StorageError> {
        if self.first_timestamp_ms.get().is_none() && self.size > 0 {
            let mut scanner = self.scanner(files, 0, HEADER_CHUNK)?;
            let first = scanner.header().map_err(|e| e.at(&self.path, 0))?;
            self.first_timestamp_ms.set(first.map(|batch| batch.max_timestamp_ms()));
        }
        Ok(self.first_timestamp_ms.get().filter(|timestamp| *timestamp >= 0))
    }

    /// Whether one of the indexes has no room (each keeps one entry for the roll).
    pub fn is_index_full(&self, files: &dyn Files, index_bytes: u32) -> Result<bool, StorageError> {
        Ok(self.index.count(files)? + 1 >= index_bytes / 8 || self.time_index.count(files)? + 1 >= index_bytes / 12)
    }

    /// A walk over the batches from `position` on, which must be a batch's beginning.
    pub fn scanner(&self, files: &dyn Files, position: u64, chunk: usize) -> Result<Scanner, StorageError> {
        Ok(Scanner::new(self.file(files)?.clone(), position, self.size, chunk))
    }

    /// The first batch whose last offset is at or above `offset`.
    pub fn find(&self, files: &dyn Files, offset: Offset) -> Result<Option<Span>, StorageError> {
        if self.recent.front().is_some_and(|first| first.base_offset <= offset) {
            let at = self.recent.partition_point(|span| span.last_offset < offset);
            return Ok(self.recent.get(at).copied());
        }
        let below = |entry: &OffsetEntry| self.base_offset + i64::from(entry.offset) <= offset;
        let from = self.index.floor(files, below)?.map_or(0, |entry| u64::from(entry.position));
        // An entry behind the file's end is damage that nobody has walked over: the beginning is always right.
        let from = if from < self.size { from } else { 0 };
        self.scan_for(files, from, |span| span.last_offset >= offset)
    }

    /// The first batch from `position` on that satisfies `wanted`.
    fn scan_for(
        &self,
        files: &dyn Files,
        position: u64,
        wanted: impl Fn(&Span) -> bool,
    ) -> Result<Option<Span>, StorageError> {
        let mut scanner = self.scanner(files, position, HEADER_CHUNK)?;
        loop {
            let position = scanner.position();
            let Some(batch) = scanner.header().map_err(|e| e.at(&self.path, position))? else { return Ok(None) };
            let span = Span::of(batch, position);
            if wanted(&span) {
                return Ok(Some(span));
            }
            scanner.advance(span.size as usize);
        }
    }

    /// The last batch boundary in `from..=limit`, where `from` is one.
    pub fn boundary(&self, files: &dyn Files, from: u64, limit: u64) -> Result<u64, StorageError> {
        if limit >= self.size {
            return Ok(self.size);
        }
        if self.recent.front().is_some_and(|first| first.position <= limit) {
            let after = self.recent.partition_point(|span| span.position <= limit);
            return Ok(self.recent.get(after.saturating_sub(1)).map_or(from, |span| span.position.max(from)));
        }
        let entry = self.index.floor(files, |entry| u64::from(entry.position) <= limit)?;
        let start = entry.map_or(from, |entry| u64::from(entry.position).max(from));
        let crossing = self.scan_for(files, start, |span| span.position + span.size > limit)?;
        Ok(crossing.map_or(self.size, |span| span.position))
    }

    /// An offset at or above all records before `position`; `None` when only the segment's end is known.
    pub fn offset_bound(&self, files: &dyn Files, position: u64) -> Result<Option<Offset>, StorageError> {
        let entry = self.index.ceiling(files, |entry| u64::from(entry.position) < position)?;
        Ok(entry.map(|entry| self.base_offset + i64::from(entry.offset)))
    }

    /// Position from which a search for records at or after a timestamp has to begin.
    pub fn position_for_timestamp(
        &self,
        files: &dyn Files,
        timestamp_ms: i64,
        from: Offset,
    ) -> Result<u64, StorageError> {
        let entry = self.time_index.floor(files, |entry| entry.timestamp_ms < timestamp_ms)?;
        let offset = entry.map_or(self.base_offset, |entry| self.base_offset + i64::from(entry.offset)).max(from);
        Ok(self.find(files, offset)?.map_or(self.size, |span| span.position))
    }

    /// Cuts the file at a batch boundary, and the indexes with it.
    pub fn truncate(
        &mut self,
        files: &dyn Files,
        position: u64,
        end_offset: Offset,
        index_bytes: u32,
    ) -> Result<(), StorageError> {
        self.file(files)?.set_len(position).or_failed(&self.path)?;
        (self.size, self.reserved, self.asked_back) = (position, 0, self.asked_back.min(position));
        let (base, presize) = (self.base_offset, index_bytes);
        let below = |offset: u32| base + i64::from(offset) < end_offset;
        self.index.truncate(files, |e| below(e.offset) && u64::from(e.position) < position, presize)?;
        self.time_index.truncate(files, |e| below(e.offset), presize)?;
        self.txn_index.truncate(files, end_offset)?;
        self.recent.clear();
        self.max_timestamp.set(None);
        self.first_timestamp_ms.set(None);
        self.bytes_since_index_entry = 0;
        if position == 0 {
            self.max_timestamp.set(Some(MaxTimestamp { timestamp_ms: records::NO_TIMESTAMP, offset: base }));
        }
        Ok(())
    }

    /// Writes the indexes out and cuts them to their entries, with the last batch and the max timestamp as the last: the
    /// segment is not written any more.
    pub fn seal(&mut self, files: &dyn Files) -> Result<(), StorageError> {
        self.add_end_entry(files)?;
        let max = self.max_timestamp(files)?;
        self.add_time_entry(files, max)?;
        self.index.trim(files)?;
        self.time_index.trim(files)?;
        self.txn_index.write_out(files)?;
        self.index.forget_recent();
        self.time_index.forget_recent();
        self.recent = VecDeque::new();
        Ok(())
    }

    /// Lets the offset index name the last batch, so that a segment that lost its end can be told from one that ends there.
    fn add_end_entry(&mut self, files: &dyn Files) -> Result<(), StorageError> {
        let Some(span) = self.last_batch(files)? else { return Ok(()) };
        let entry = OffsetEntry { offset: self.relative(span.last_offset), position: span.position as u32 };
        let last = self.index.last(files)?;
        // An entry of zeros is none.
        if entry.offset > last.map_or(0, |last| last.offset) {
            self.index.push(files, entry)?;
        }
        Ok(())
    }

    /// The last batch; where it has to be looked for, the timestamps behind the last index entry are noted, too.
    fn last_batch(&self, files: &dyn Files) -> Result<Option<Span>, StorageError> {
        if let Some(span) = self.recent.back() {
            return Ok(Some(*span));
        }
        let from = self.index.last(files)?.map_or(0, |entry| u64::from(entry.position));
        let mut scanner = self.scanner(files, from.min(self.size), HEADER_CHUNK)?;
        let mut last = None;
        loop {
            let position = scanner.position();
            match scanner.header() {
                Ok(Some(batch)) => {
                    let span = Span::of(batch, position);
                    self.note_timestamp(files, &span)?;
                    scanner.advance(span.size as usize);
                    last = Some(span);
                }
                // Whoever reads there will judge it.
                Ok(None) | Err(ScanError::Bad(_)) => return Ok(last),
                Err(error) => return Err(error.at(&self.path, position)),
            }
        }
    }

    /// Reads what [`Segment::seal`] is going to need.
    pub fn end_is_known(&self, files: &dyn Files) -> Result<(), StorageError> {
        self.last_batch(files)?;
        self.max_timestamp(files)?;
        self.index.last(files)?;
        self.time_index.last(files)?;
        Ok(())
    }

    /// What the indexes of a segment that was sealed say about its end; `None` where they do not look sealed.
    pub fn named_end(&self, files: &dyn Files) -> Result<Option<NamedEnd>, StorageError> {
        if !self.index.is_sealed(files)? {
            return Ok(None);
        }
        let Some(last) = self.index.last(files)? else { return Ok(None) };
        let newest = if self.time_index.is_sealed(files)? { self.time_index.last(files)? } else { None };
        let offset = last.offset.max(newest.map_or(0, |entry| entry.offset));
        let offset = self.base_offset + i64::from(offset) + 1;
        Ok(Some(NamedEnd { offset, position: u64::from(last.position) }))
    }

    /// The open files with their paths, for syncing.
    pub fn open_files(&self) -> Vec<(PathBuf, Arc<dyn File>)> {
        let log = self.file.get().cloned().map(|file| (self.path.clone(), file));
        let index = self.index.open_file().map(|file| (self.index.path().to_owned(), file));
        let time_index = self.time_index.open_file().map(|file| (self.time_index.path().to_owned(), file));
        let txn_index = self.txn_index.open_file().map(|file| (self.txn_index.path().to_owned(), file));
        [log, index, time_index, txn_index].into_iter().flatten().collect()
    }

    /// After the segment was opened or cut: how much was written since the last index entry, the largest timestamp there,
    /// which no index has yet, and the first one.
    pub fn resume(&mut self, files: &dyn Files) -> Result<(), StorageError> {
        // The next append asks for it, where nobody may wait.
        self.first_timestamp_ms(files)?;
        let last = self.index.last(files)?.map_or(0, |entry| u64::from(entry.position));
        self.bytes_since_index_entry = self.size.saturating_sub(last);
        let mut scanner = self.scanner(files, last.min(self.size), HEADER_CHUNK)?;
        loop {
            let position = scanner.position();
            let Some(batch) = scanner.header().map_err(|e| e.at(&self.path, position))? else { return Ok(()) };
            let span = Span::of(batch, position);
            self.note_timestamp(files, &span)?;
            scanner.advance(span.size as usize);
        }
    }
}
