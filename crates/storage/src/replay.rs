//! Producer state at an offset: from the newest snapshot at or below it, and the batches that follow.

use crate::error::IoContext;
use crate::names::{self, file_name};
use crate::producer_state::{BatchMeta, ProducerStates, Recalled, is_expired};
use crate::scan::{HEADER_CHUNK, ScanError, Scanner};
use crate::segment::Segment;
use crate::{Job, Log, StorageError, producer_snapshot};
use base::{Files, Offset};
use std::collections::BTreeSet;
use std::path::Path;

/// How far before a producer snapshot batches are looked for.
const RECALL_BYTES: u64 = 256 << 10;
/// Producers that wrote nothing for so long repeat nothing (an hour; clients give up after `delivery.timeout.ms`).
const RECALL_MS: i64 = 3_600_000;

/// What there is to read producers from: snapshots, and segments in order.
pub(crate) struct Past<'a> {
    pub files: &'a dyn Files,
    pub folder: &'a Path,
    pub expiration_ms: i64,
    pub snapshots: &'a BTreeSet<Offset>,
    pub segments: Vec<&'a Segment>,
    /// Base offset of the log's first segment.
    pub first: Offset,
}

impl Past<'_> {
    /// Producer state at the beginning of a segment: the newest snapshot at or below, and what follows it.
    pub fn producers_at(&self, offset: Offset, now_wall_ms: i64) -> Result<ProducerStates, StorageError> {
        let mut states = ProducerStates::default();
        states.clear(self.first.min(offset));
        for snapshot in self.snapshots.range(..=offset).rev() {
            if self.load_snapshot(*snapshot, now_wall_ms, &mut states)? {
                self.recall_batches(&mut states, *snapshot, now_wall_ms)?;
                break;
            }
        }
        self.replay_producers(&mut states, offset)?;
        Ok(states)
    }

    fn load_snapshot(
        &self,
        offset: Offset,
        now_wall_ms: i64,
        states: &mut ProducerStates,
    ) -> Result<bool, StorageError> {
        let path = self.folder.join(file_name(offset, names::SNAPSHOT));
        let bytes = match self.files.read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            other => other.or_failed(&path)?,
        };
        match producer_snapshot::decode(&bytes) {
            Ok(mut entries) => {
                let expiration_ms = self.expiration_ms;
                entries.retain(|entry| !is_expired(entry, now_wall_ms, expiration_ms));
                states.load(entries, offset);
                Ok(true)
            }
            Err(reason) => {
                tracing::warn!(path = %path.display(), reason, "producer snapshot is damaged and is not used");
                Ok(false)
            }
        }
    }

    /// A snapshot has only the last batch of each producer, but a client may repeat any of its last five: the headers
    /// before the snapshot's offset are walked, not far, and not when the producers have been silent for long.
    fn recall_batches(
        &self,
        states: &mut ProducerStates,
        snapshot: Offset,
        now_wall_ms: i64,
    ) -> Result<(), StorageError> {
        if base::mutant(base::Mutant::DedupLostAtStart) {
            return Ok(());
        }
        if snapshot <= self.first || !states.wrote_since(now_wall_ms.saturating_sub(RECALL_MS)) {
            return Ok(());
        }
        let (mut parts, mut below, mut left) = (Vec::new(), snapshot, RECALL_BYTES);
        while left > 0 && below > self.first {
            let Some(segment) = self.segments_from(below - 1).next() else { break };
            let end = segment.find(self.files, below)?.map_or(segment.size, |span| span.position);
            let start = segment.boundary(self.files, 0, end.saturating_sub(left))?;
            parts.push((segment, start, end));
            left = left.saturating_sub(end.saturating_sub(start).max(1));
            below = segment.base_offset;
        }
        let mut recalled = Recalled::default();
        for (segment, start, end) in parts.into_iter().rev() {
            let mut scanner = Scanner::new(segment.file(self.files)?.clone(), start, end, 16 * HEADER_CHUNK);
            // What cannot be read here is met, and judged, where the segment itself is recovered.
            while let Ok(Some(batch)) = scanner.header() {
                let size = batch.size();
                if !batch.is_control()
                    && let Ok(meta) = BatchMeta::of(batch)
                {
                    recalled.note(&meta);
                }
                scanner.advance(size);
            }
        }
        states.recall(recalled);
        Ok(())
    }

    /// Applies the batches between the state's end and `offset`; also those below the log start that are still there, for
    /// deleting records does not make anybody forget their producers.
    fn replay_producers(&self, states: &mut ProducerStates, offset: Offset) -> Result<(), StorageError> {
        let from = states.end_offset.max(self.first.min(offset));
        for segment in self.segments_from(from) {
            if segment.base_offset >= offset || from >= offset {
                break;
            }
            let position =
                segment.find(self.files, from.max(segment.base_offset))?.map_or(segment.size, |s| s.position);
            let mut scanner = segment.scanner(self.files, position, 16 * HEADER_CHUNK)?;
            loop {
                let position = scanner.position();
                let fail = |error: ScanError| error.at(segment.path(), position);
                let Some(header) = scanner.header().map_err(fail)? else { break };
                let (size, is_control) = (header.size(), header.is_control());
                if header.base_offset() >= offset {
                    break;
                }
                let meta = if is_control {
                    scanner.batch().map_err(fail)?.map(BatchMeta::of)
                } else {
                    Some(BatchMeta::of(header))
                };
                if let Some(meta) = meta {
                    states.apply(&meta.map_err(|e| fail(e.into()))?);
                }
                scanner.advance(size);
            }
        }
        states.end_offset = offset;
        Ok(())
    }

    /// The segments from the one that may hold `offset` on.
    fn segments_from(&self, offset: Offset) -> impl Iterator<Item = &Segment> {
        let after = self.segments.partition_point(|segment| segment.base_offset <= offset);
        self.segments.iter().skip(after.saturating_sub(1)).copied()
    }
}

impl Log {
    /// Producer state at the beginning of a segment: the newest snapshot at or below, and what follows it.
    pub(crate) fn producers_at(&self, offset: Offset, now_wall_ms: i64) -> Result<ProducerStates, StorageError> {
        let past = Past {
            files: &*self.files,
            folder: &self.folder,
            expiration_ms: self.config.producer_id_expiration_ms,
            snapshots: &self.snapshots,
            segments: self.older.values().chain([&self.active]).collect(),
            first: self.first_base_offset(),
        };
        past.producers_at(offset, now_wall_ms)
    }

    /// Loads the newest producer snapshot at or below the log end, and replays what follows it. The job writes a snapshot
    /// where there was something to replay; it is only a shortcut for the next start.
    pub(crate) fn rebuild_producers(
        &mut self,
        now_wall_ms: i64,
        clean_shutdown: bool,
    ) -> Result<Option<Job>, StorageError> {
        let end = self.log_end;
        if self.snapshots.is_empty() && clean_shutdown {
            // As Kafka: a log that was closed without a snapshot knew no producers.
            self.producers.clear(end);
            return Ok(None);
        }
        let mut states = self.producers_at(end, now_wall_ms)?;
        states.high_watermark_moved(self.high_watermark);
        states.expire(now_wall_ms, self.config.producer_id_expiration_ms);
        self.producers = states;
        let is_missing = !self.snapshots.contains(&end) && end > self.first_base_offset();
        Ok(if is_missing { self.snapshot_job() } else { None })
    }
}
