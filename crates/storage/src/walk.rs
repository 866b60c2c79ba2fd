//! The walk over segments whose content is not trusted: every batch is checked, and indexes, leader epochs and producer
//! state are rebuilt from what is good.

use crate::error::IoContext;
use crate::leader_epochs::LeaderEpochs;
use crate::producer_state::{BatchMeta, ProducerStates, is_expired};
use crate::recovery::{OpenOptions, Progress};
use crate::scan::{BATCH_CHUNK, ScanError, Scanner};
use crate::segment::{Segment, Span};
use crate::{Log, StorageError, names, producer_snapshot};
use base::Offset;
use records::{Batch, RecordsError};

/// Bytes after which a walk reports and looks whether it shall go on.
const PROGRESS_BYTES: u64 = 64 << 20;
/// Bytes that are written again at once.
const AGAIN_CHUNK: usize = 1 << 20;

/// A walk over whole segments: checks every batch and rebuilds what is derived from them.
pub(crate) struct Walk<'o> {
    options: &'o OpenOptions<'o>,
    bytes_done: u64,
    bytes_total: u64,
    segments_left: usize,
    /// Segments from here on were not flushed.
    unflushed_from: Offset,
}

/// What a walk found in one segment.
pub(crate) struct Walked {
    /// What follows must not stay: the segment was not flushed, and had more than what is there now.
    pub ends_log: bool,
    pub producers: ProducerStates,
}

impl<'o> Walk<'o> {
    pub fn new(log: &Log, bases: &[Offset], unflushed_from: Offset, options: &'o OpenOptions<'o>) -> Walk<'o> {
        let bytes_total = bases.iter().filter_map(|base| log.segment(*base)).map(|segment| segment.size).sum();
        Walk { options, bytes_done: 0, bytes_total, segments_left: bases.len(), unflushed_from }
    }

    fn report(&self) -> Result<(), StorageError> {
        if let Some(on_progress) = self.options.on_progress {
            let (bytes_done, bytes_total, segments_left) = (self.bytes_done, self.bytes_total, self.segments_left);
            on_progress(Progress { bytes_done, bytes_total, segments_left });
        }
        self.options.cancel.check()
    }

    /// Walks one segment and cuts it at the first bad batch. `producers` is the state at its beginning.
    pub fn segment(&mut self, log: &mut Log, base: Offset, producers: ProducerStates) -> Result<Walked, StorageError> {
        self.report()?;
        let is_active = base == log.active.base_offset;
        let limit = if is_active { Offset::MAX } else { log.end_of(base) };
        let size = log.segment(base).map_or(0, |segment| segment.size);
        let named_end = match log.segment(base).filter(|_| !is_active) {
            Some(segment) => segment.named_end(&*log.files)?.filter(|named| named.offset <= limit),
            None => None,
        };
        let mut rebuilt = Rebuilt {
            log,
            segment: Segment::existing(&log.folder, base, size, self.options.now_wall_ms),
            epochs: log.epochs.clone(),
            producers,
            next_offset: base,
            batch_bytes_max: 0,
            limit,
        };
        rebuilt.reset()?;
        let reason = self.batches(&mut rebuilt)?;
        // The offset after the last record that the segment is known to have had when it was sealed.
        let sealed_end = match named_end {
            // An index that stops earlier was not brought up to date.
            Some(named) if named.position + rebuilt.index_distance_max() >= size => {
                let batches_end = last_of_producers(log, limit, self.options)?.map_or(base, |last| last + 1);
                Some(named.offset.max(batches_end))
            }
            _ => None,
        };
        let Rebuilt { mut segment, epochs, producers, next_offset, .. } = rebuilt;
        self.segments_left = self.segments_left.saturating_sub(1);
        let whole = reason.is_none();
        if let Some(reason) = reason {
            tracing::warn!(partition = %log.partition, base_offset = base, position = segment.size,
                bytes = size - segment.size, %reason, "segment is cut at a bad batch");
            let file = segment.file(&*log.files)?;
            // Durable at once: what was cut off must not come back behind new records after the next crash.
            file.set_len(segment.size).and_then(|()| file.sync_all()).or_failed(segment.path())?;
        }
        if !self.options.clean_shutdown && !self.options.trusted {
            write_again(log, &segment)?;
        }
        let is_torn = is_torn(log, base, next_offset, sealed_end, self.options);
        let joined = whole && !is_torn || base::mutant(base::Mutant::RecoveryKeepsLaterSegments);
        let ends_log = base >= self.unflushed_from && !joined;
        if is_active || ends_log {
            // Not sealed before what follows is gone: until then the next start must see that there is something amiss.
            segment.index.write_out(&*log.files)?;
        } else {
            segment.seal(&*log.files)?;
        }
        log.epochs = epochs;
        log.names_made += 1;
        if let Some(place) = log.segment_mut(base) {
            *place = segment;
        }
        Ok(Walked { ends_log, producers })
    }

    /// Takes batch after batch; returns what is wrong with the first that is not good.
    fn batches(&mut self, rebuilt: &mut Rebuilt<'_>) -> Result<Option<RecordsError>, StorageError> {
        let size = std::mem::take(&mut rebuilt.segment.size);
        let file = rebuilt.segment.file(&*rebuilt.log.files)?.clone();
        let mut scanner = Scanner::new(file, 0, size, BATCH_CHUNK);
        let mut reported = 0;
        loop {
            let position = scanner.position();
            if position - reported >= PROGRESS_BYTES {
                self.bytes_done += position - reported;
                reported = position;
                self.report()?;
            }
            let taken = match scanner.batch() {
                Ok(Some(batch)) => rebuilt.take(batch, position)?,
                Ok(None) => {
                    self.bytes_done += size - reported;
                    return Ok(None);
                }
                Err(ScanError::Bad(error)) => Err(error),
                Err(error) => return Err(error.at(rebuilt.segment.path(), position)),
            };
            match taken {
                Ok(batch_size) => scanner.advance(batch_size),
                Err(error) => {
                    self.bytes_done += size - reported;
                    return Ok(Some(error));
                }
            }
        }
    }
}

/// Writes what may not be on disk once more. After a sync that failed, the page cache still shows what was lost, as clean
/// pages that no later sync writes, also to the process that starts next.
fn write_again(log: &Log, segment: &Segment) -> Result<(), StorageError> {
    let from = segment.find(&*log.files, log.recovery_point.max(segment.base_offset))?;
    let mut position = from.map_or(segment.size, |span| span.position);
    let file = segment.file(&*log.files)?;
    let mut buffer = vec![0; AGAIN_CHUNK.min((segment.size - position) as usize)];
    while position < segment.size {
        let wanted = buffer.len().min((segment.size - position) as usize);
        let read = file.read_full_at(&mut buffer[..wanted], position).or_failed(segment.path())?;
        if read == 0 {
            break;
        }
        // Where writing over what is there takes new blocks, they may be short: the start waits for room then.
        file.write_all_at(&buffer[..read], position).or_writing(segment.path())?;
        position += read as u64;
    }
    Ok(())
}

/// Whether a segment in which no bad batch was met lost its end. One that lost its tail at a batch boundary looks whole; the
/// gap to the next shows it. Compaction leaves gaps, too: then the indexes knew no more than is there.
fn is_torn(
    log: &Log,
    base: Offset,
    next_offset: Offset,
    sealed_end: Option<Offset>,
    options: &OpenOptions<'_>,
) -> bool {
    let end = log.end_of(base);
    if base == log.active.base_offset || next_offset >= end {
        return false;
    }
    let may_be_compacted = log.config.cleanup_policy.compact || end <= options.cleaned_up_to;
    // Behind a recovery point that is known, nothing was cleaned, and what the indexes lost with the records they cannot tell.
    let was_never_synced = log.recovery_point > 0 && next_offset >= log.recovery_point && !may_be_compacted;
    let is_torn = was_never_synced || sealed_end.map_or(!may_be_compacted, |sealed_end| sealed_end > next_offset);
    if is_torn {
        tracing::warn!(partition = %log.partition, base_offset = base, next_offset, sealed_end,
            "segment lost records at its end");
    }
    is_torn
}

/// The last offset that a producer had written when the segment that begins at `offset` was made, as far as compaction
/// cannot have removed its batch: that keeps the last ones of producers that have not expired.
fn last_of_producers(log: &Log, offset: Offset, options: &OpenOptions<'_>) -> Result<Option<Offset>, StorageError> {
    if options.cleaned_up_to >= offset || !log.snapshots.contains(&offset) {
        return Ok(None);
    }
    let path = log.folder.join(names::file_name(offset, names::SNAPSHOT));
    let bytes = match log.files.read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other.or_failed(&path)?,
    };
    let expiration_ms = log.config.producer_id_expiration_ms;
    let entries = producer_snapshot::decode(&bytes).unwrap_or_default();
    let present = entries.iter().filter(|entry| !is_expired(entry, options.now_wall_ms, expiration_ms));
    let last = present.filter_map(|entry| entry.batches().last()).map(|batch| batch.last_offset);
    Ok(last.filter(|last| *last < offset).max())
}

/// A segment whose indexes, and the epochs and producer state around it, are being read from its batches.
struct Rebuilt<'l> {
    log: &'l Log,
    segment: Segment,
    epochs: LeaderEpochs,
    producers: ProducerStates,
    next_offset: Offset,
    /// Size of the largest batch.
    batch_bytes_max: u64,
    /// Offsets at or above belong to the next segment.
    limit: Offset,
}

impl Rebuilt<'_> {
    fn reset(&mut self) -> Result<(), StorageError> {
        if base::mutant(base::Mutant::IndexNotReset) {
            return Ok(());
        }
        let index_bytes = self.log.config.segment_index_bytes;
        self.segment.index.reset(&*self.log.files, index_bytes)?;
        self.segment.time_index.reset(&*self.log.files, index_bytes)?;
        self.segment.txn_index.reset(&*self.log.files)
    }

    /// The most that may lie between the last entry of an index and the end of its segment.
    fn index_distance_max(&self) -> u64 {
        u64::from(self.log.config.index_interval_bytes) + 2 * self.batch_bytes_max
    }

    /// Takes a batch, and returns its size; the inner error says why it is not good.
    fn take(&mut self, batch: Batch<'_>, position: u64) -> Result<Result<usize, RecordsError>, StorageError> {
        let meta = match check_batch(batch, self.segment.base_offset, self.next_offset, self.limit) {
            Ok(meta) => meta,
            Err(error) => return Ok(Err(error)),
        };
        self.next_offset = meta.last_offset + 1;
        self.batch_bytes_max = self.batch_bytes_max.max(batch.size() as u64);
        self.segment.wrote(&*self.log.files, Span::of(batch, position), self.log.config.index_interval_bytes)?;
        let leader_epoch = batch.partition_leader_epoch();
        let is_left_out = leader_epoch == 0 && base::mutant(base::Mutant::EpochZeroIgnored);
        if !is_left_out && self.epochs.latest().is_none_or(|latest| leader_epoch > latest.epoch) {
            self.epochs.assign(leader_epoch, meta.base_offset);
        }
        if let Some(completed) = self.producers.apply(&meta).filter(|completed| completed.aborted) {
            self.segment.txn_index.push(&*self.log.files, completed.into())?;
        }
        Ok(Ok(batch.size()))
    }
}

/// A batch of a segment must be whole, be where its offset belongs, and have a checksum that matches.
fn check_batch(batch: Batch<'_>, base: Offset, next_offset: Offset, limit: Offset) -> Result<BatchMeta, RecordsError> {
    if !base::mutant(base::Mutant::RecoveryKeepsTornBatch) {
        batch.check_crc()?;
    }
    let last = batch.last_offset();
    if batch.base_offset() < next_offset || last < batch.base_offset() {
        return Err(RecordsError::Header("offsets do not grow"));
    }
    if last >= limit || last - base > i64::from(i32::MAX) {
        return Err(RecordsError::Header("offsets do not belong into this segment"));
    }
    BatchMeta::of(batch)
}
