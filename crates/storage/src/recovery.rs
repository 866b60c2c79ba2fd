//! Opening a partition folder: which segments are there, which must be walked, where the log ends, and which leader
//! epochs and producer snapshots still hold. The steps live in `tidy` (leftovers), `walk` and `replay` (producer state).
//!
//! ```text
//!   tidy        .deleted and .cleaned go, complete .swap take their places
//!     |
//!   which       stopped in order: segments whose indexes are missing or of no possible length
//!     |         else: these, and all from the one with the recovery point on
//!     v
//!   walk <----------------------------------------------------------------------------+
//!     | batch after batch; indexes, epochs and producers are made anew from good ones |
//!     |                                                                               |
//!     +-- all good, and joined to the next segment ---------------> sealed -----------+
//!     +-- a bad batch: cut there, and synced --+                                      |
//!     +-- ends before what it is known to ----+|                                      |
//!         have had (torn)                     ++-- was flushed ---> sealed -----------+   the next segments stay
//!                                              |
//!                                              +-- was not -------> all later segments are deleted
//!     |
//!   log end     behind the last batch of the active segment, found behind its last index entry
//!     |
//!   log start   at least the first segment's base; a log that ends below it begins anew there
//!     |
//!   the rest    epochs cut to both ends; snapshots above the end go; producers: the newest snapshot and what follows
//! ```
//! After an unclean stop in which a sync may have failed (`witness`), what was walked is written once more.

use crate::error::IoContext;
use crate::index::{Entry, OffsetEntry, TimeEntry};
use crate::job::Turn;
use crate::leader_epochs::LeaderEpochs;
use crate::names::{self, file_name, parse_offset};
use crate::producer_state::ProducerStates;
use crate::scan::{HEADER_CHUNK, ScanError};
use crate::segment::Segment;
use crate::tidy::tidy;
use crate::walk::Walk;
use crate::{Log, LogConfig, StorageError, partition_metadata};
use base::{DirEntry, Files, Link, Map, Offset, SplitMix64, TopicPartition};
use records::RecordsError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends recoveries that are under way; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn check(&self) -> Result<(), StorageError> {
        if self.0.load(Ordering::Relaxed) { Err(StorageError::Cancelled) } else { Ok(()) }
    }
}

/// How far a recovery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub bytes_done: u64,
    pub bytes_total: u64,
    pub segments_left: usize,
}

/// What must be known to open a log.
#[derive(Clone)]
pub struct OpenOptions<'a> {
    /// The directory had `.kafka_cleanshutdown`: nothing needs to be walked.
    pub clean_shutdown: bool,
    /// The page cache shows what is on disk ([`crate::LogDir::was_trusted`]): what is walked need not be written again.
    pub trusted: bool,
    /// From `recovery-point-offset-checkpoint`; 0 when unknown.
    pub recovery_point: Offset,
    /// From `log-start-offset-checkpoint`; 0 when unknown.
    pub log_start_offset: Offset,
    /// From `cleaner-offset-checkpoint`: below it the log was compacted; 0 when unknown.
    pub cleaned_up_to: Offset,
    pub now_wall_ms: i64,
    /// Seeds the jitter of rolls.
    pub seed: u64,
    /// Called now and then while batches are walked.
    pub on_progress: Option<&'a (dyn Fn(Progress) + Send + Sync)>,
    pub cancel: Cancel,
}

impl Default for OpenOptions<'_> {
    /// For a folder that is new, or about which nothing is known.
    fn default() -> Self {
        OpenOptions {
            clean_shutdown: false,
            trusted: false,
            recovery_point: 0,
            log_start_offset: 0,
            cleaned_up_to: 0,
            now_wall_ms: 0,
            seed: 0,
            on_progress: None,
            cancel: Cancel::default(),
        }
    }
}

impl Log {
    /// Opens the log in `folder`, which is made when absent. After an unclean stop everything from the recovery point on
    /// is walked: the log is cut at the first batch that is not whole, with the indexes, leader epochs and producer state
    /// that fit. The high watermark is the log start until the owner sets it.
    ///
    /// Blocks on the disk; logs are independent of one another, so a caller may open several at once.
    ///
    /// # Errors
    /// `LogDirFailed`; `Corrupt` when a file cannot be understood that cannot be rebuilt; `NoSpace`; `Cancelled`.
    pub fn open(
        files: Arc<dyn Files>,
        folder: PathBuf,
        partition: TopicPartition,
        config: impl Into<Arc<LogConfig>>,
        options: &OpenOptions<'_>,
    ) -> Result<Log, StorageError> {
        let config = config.into();
        let made = !files.exists(&folder).or_failed(&folder)?;
        if made {
            files.create_dir_all(&folder).or_writing(&folder)?;
        }
        let entries = tidy(&*files, &folder)?;
        let topic_id = partition_metadata::read(&*files, &folder.join(names::PARTITION_METADATA))?;
        let (epochs, epochs_lost) = load_epochs(&*files, &folder)?;
        let snapshots = entries.iter().filter_map(|entry| parse_offset(&entry.name, names::SNAPSHOT)).collect();
        let start = options.log_start_offset.max(0);
        let mut older = list_segments(&folder, &entries, options.now_wall_ms);
        let fresh = older.is_empty();
        let active = match older.pop_last() {
            Some((_, active)) => active,
            None => Segment::create(&*files, &folder, start, config.segment_index_bytes, options.now_wall_ms)?,
        };
        let parent = folder.parent().unwrap_or(Path::new("."));
        let is_spread = entries.iter().any(|entry| entry.link != Link::No)
            || !files.same_file_system(&folder, parent).or_failed(&folder)?;
        let mut log = Log {
            files,
            folder,
            partition,
            topic_id,
            config,
            older,
            log_start: start,
            log_end: active.base_offset,
            high_watermark: start,
            recovery_point: options.recovery_point.max(0),
            active,
            epochs,
            epochs_turn: Turn::default(),
            epochs_number: 0,
            producers: ProducerStates::default(),
            snapshots,
            snapshots_turn: Turn::default(),
            topic_id_turn: Turn::default(),
            topic_id_number: 0,
            writes: 0,
            random: SplitMix64(options.seed),
            segment_jitter_ms: 0,
            truncations: 0,
            truncations_synced: 0,
            cut_to: None,
            names_made: 1,
            names_synced: 0,
            sealed_synced: 0,
            folder_synced: false,
            is_spread,
            owed: Default::default(),
            failed: false,
        };
        log.draw_jitter();
        log.load(&entries, options, fresh, epochs_lost)?;
        Ok(log)
    }

    fn load(
        &mut self,
        entries: &[DirEntry],
        options: &OpenOptions<'_>,
        fresh: bool,
        epochs_lost: bool,
    ) -> Result<(), StorageError> {
        let known_epochs = self.epochs.clone();
        if !fresh {
            self.recover_segments(entries, options)?;
        }
        if self.log_end < self.log_start {
            tracing::warn!(partition = %self.partition, log_end = self.log_end, log_start = self.log_start,
                "log ends below its start offset: everything is deleted");
            let mut jobs = Vec::new();
            self.start_over(self.log_start, options.now_wall_ms, &mut jobs)?;
            self.epochs.clear();
            jobs.into_iter().try_for_each(|job| job.run(&*self.files))?;
        }
        self.log_start = self.log_start.max(self.first_base_offset());
        self.high_watermark = self.log_start;
        if epochs_lost {
            self.rebuild_epochs()?;
        }
        self.epochs.truncate_from_end(self.log_end);
        self.epochs.truncate_from_start(self.log_start);
        if self.epochs != known_epochs || epochs_lost {
            // Written with the next epoch or flush: a start that comes before finds the same again.
            self.writes += 1;
            self.epochs_number = self.writes;
        }
        self.drop_stray_snapshots()?;
        if let Some(job) = self.rebuild_producers(options.now_wall_ms, options.clean_shutdown)? {
            match job.run(&*self.files) {
                Err(error) if error.is_shortage() => drop(self.snapshots.remove(&self.log_end)),
                other => other?,
            }
        }
        if options.clean_shutdown {
            self.recovery_point = self.log_end;
            self.sealed_synced = self.active.base_offset;
        } else {
            self.recovery_point = self.recovery_point.min(self.log_end);
            self.sealed_synced = self.segment_at(self.recovery_point).0.base_offset;
        }
        Ok(())
    }

    /// Walks the segments that need it, and finds the log end.
    fn recover_segments(&mut self, entries: &[DirEntry], options: &OpenOptions<'_>) -> Result<(), StorageError> {
        let lens: Map<&str, u64> = entries.iter().map(|entry| (entry.name.as_str(), entry.len)).collect();
        let unflushed = if options.clean_shutdown { Offset::MAX } else { self.unflushed_from() };
        let bases: Vec<Offset> = self.older.keys().copied().chain([self.active.base_offset]).collect();
        let needed: Vec<Offset> =
            bases.iter().copied().filter(|base| *base >= unflushed || self.lacks_index(*base, &lens)).collect();
        self.seal_older(&needed, &lens)?;
        let mut walk = Walk::new(self, &needed, unflushed, options);
        let mut carried = None;
        for base in needed {
            let producers = match carried.take() {
                Some((next, producers)) if next == base => producers,
                _ => self.producers_at(base, options.now_wall_ms)?,
            };
            let walked = walk.segment(self, base, producers)?;
            if walked.ends_log {
                self.drop_segments_above(base)?;
                break;
            }
            carried = Some((self.end_of(base), walked.producers));
        }
        self.find_log_end(options)
    }

    /// Seals segments that are not the active one and still have indexes as if they were: a roll behind them was undone, or
    /// not begun again, and its new files were there after a power cut all the same.
    fn seal_older(&mut self, needed: &[Offset], lens: &Map<&str, u64>) -> Result<(), StorageError> {
        let interval = u64::from(self.config.index_interval_bytes.max(1));
        for (base, segment) in self.older.iter_mut().filter(|(base, _)| !needed.contains(base)) {
            let entries_max = segment.size / interval + 2;
            let is_long = |suffix, entry_len: usize| {
                lens.get(file_name(*base, suffix).as_str()).is_some_and(|len| *len > entries_max * entry_len as u64)
            };
            if is_long(names::INDEX, OffsetEntry::LEN) || is_long(names::TIME_INDEX, TimeEntry::LEN) {
                segment.seal(&*self.files)?;
            }
        }
        Ok(())
    }

    /// Base offset of the segment that holds the recovery point.
    fn unflushed_from(&self) -> Offset {
        self.segment_at(self.recovery_point).0.base_offset
    }

    /// Whether an index file is missing or has a length that none can have. An empty segment may lack them
    /// (KAFKA-13603).
    fn lacks_index(&self, base: Offset, lens: &Map<&str, u64>) -> bool {
        let Some(segment) = self.segment(base).filter(|segment| segment.size > 0) else { return false };
        let sane = |suffix, entry_len: usize| {
            lens.get(file_name(base, suffix).as_str()).is_some_and(|len| len % entry_len as u64 == 0)
        };
        let lacks = !sane(names::INDEX, OffsetEntry::LEN) || !sane(names::TIME_INDEX, TimeEntry::LEN);
        lacks || matches!(segment.txn_index.check(&*self.files), Err(StorageError::Corrupt { .. }))
    }

    pub(crate) fn segment(&self, base: Offset) -> Option<&Segment> {
        if base == self.active.base_offset { Some(&self.active) } else { self.older.get(&base) }
    }

    pub(crate) fn segment_mut(&mut self, base: Offset) -> Option<&mut Segment> {
        if base == self.active.base_offset { Some(&mut self.active) } else { self.older.get_mut(&base) }
    }

    fn drop_segments_above(&mut self, base: Offset) -> Result<(), StorageError> {
        while self.active.base_offset > base {
            let Some((_, previous)) = self.older.pop_last() else { break };
            let gone = std::mem::replace(&mut self.active, previous);
            tracing::warn!(partition = %self.partition, base_offset = gone.base_offset, size = gone.size,
                "segment follows a damaged one and is deleted");
            self.discard(&gone)?.run(&*self.files)?;
            self.files.sync_dir(&self.folder).or_failed(&self.folder)?;
        }
        Ok(())
    }

    /// Finds the log end behind the last index entry of the active segment, and makes that segment writable.
    fn find_log_end(&mut self, options: &OpenOptions<'_>) -> Result<(), StorageError> {
        let base = self.active.base_offset;
        let end = match last_offset(&*self.files, &self.active)? {
            Ok(last) => last.map_or(base, |last| last + 1),
            Err(reason) => {
                tracing::warn!(partition = %self.partition, base_offset = base, %reason,
                    "active segment is damaged although it was closed cleanly");
                let producers = self.producers_at(base, options.now_wall_ms)?;
                Walk::new(self, &[base], Offset::MAX, options).segment(self, base, producers)?;
                last_offset(&*self.files, &self.active)?.ok().flatten().map_or(base, |last| last + 1)
            }
        };
        self.log_end = end;
        let index_bytes = self.config.segment_index_bytes;
        let files = self.files.clone();
        self.active.index.presize(&*files, index_bytes)?;
        self.active.time_index.presize(&*files, index_bytes)?;
        self.active.resume(&*files)?;
        self.active.release_indexes();
        Ok(())
    }

    /// Keeps the snapshots that begin segments, and the newest; none may lie above the log end (KAFKA-6683).
    fn drop_stray_snapshots(&mut self) -> Result<(), StorageError> {
        let end = self.log_end;
        let newest = self.snapshots.range(..=end).next_back().copied();
        let bases: BTreeSet<Offset> = self.older.keys().copied().chain([self.active.base_offset]).collect();
        self.drop_snapshots(|offset| offset > end || (Some(offset) != newest && !bases.contains(&offset)))
    }

    /// Reads the epochs from the batches: the checkpoint could not be understood.
    fn rebuild_epochs(&mut self) -> Result<(), StorageError> {
        let mut epochs = LeaderEpochs::default();
        for segment in self.segments_from(self.log_start) {
            let mut scanner = segment.scanner(&*self.files, 0, HEADER_CHUNK)?;
            loop {
                let position = scanner.position();
                let header = scanner.header().map_err(|e| e.at(segment.path(), position))?;
                let Some(batch) = header else { break };
                let size = batch.size();
                epochs.assign(batch.partition_leader_epoch(), batch.base_offset());
                scanner.advance(size);
            }
        }
        self.epochs = epochs;
        Ok(())
    }
}

fn load_epochs(files: &dyn Files, folder: &Path) -> Result<(LeaderEpochs, bool), StorageError> {
    match LeaderEpochs::load(files, &folder.join(names::LEADER_EPOCHS)) {
        Ok(epochs) => Ok((epochs, false)),
        Err(error @ StorageError::Corrupt { .. }) => {
            tracing::warn!(%error, "leader epochs are read from the batches");
            Ok((LeaderEpochs::default(), true))
        }
        Err(error) => Err(error),
    }
}

fn list_segments(folder: &Path, entries: &[DirEntry], now_wall_ms: i64) -> BTreeMap<Offset, Segment> {
    let segment = |entry: &DirEntry| {
        let base = parse_offset(&entry.name, names::LOG)?;
        Some((base, Segment::existing(folder, base, entry.len, now_wall_ms)))
    };
    entries.iter().filter(|entry| !entry.is_dir).filter_map(segment).collect()
}

/// The last offset of a segment; the inner error says why its end cannot be read.
fn last_offset(files: &dyn Files, segment: &Segment) -> Result<Result<Option<Offset>, RecordsError>, StorageError> {
    if segment.size == 0 {
        return Ok(Ok(None));
    }
    let position = segment.index.last(files)?.map_or(0, |entry| u64::from(entry.position));
    if position >= segment.size {
        return Ok(Err(RecordsError::Header("the index points behind the end")));
    }
    let mut scanner = segment.scanner(files, position, HEADER_CHUNK)?;
    let mut last = None;
    loop {
        let position = scanner.position();
        match scanner.header() {
            Ok(Some(batch)) => {
                if batch.base_offset() < last.map_or(segment.base_offset, |last| last + 1) {
                    return Ok(Err(RecordsError::Header("offsets do not grow")));
                }
                last = Some(batch.last_offset());
                let size = batch.size();
                scanner.advance(size);
            }
            Ok(None) => return Ok(Ok(last)),
            Err(ScanError::Bad(error)) => return Ok(Err(error)),
            Err(error) => return Err(error.at(segment.path(), position)),
        }
    }
}
