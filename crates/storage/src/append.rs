//! Appending: as leader (the log assigns offsets and judges producers) and with given offsets (followers, the metadata
//! log). Rolling when the active segment is full or old.

use crate::producer_state::{BatchMeta, CompletedTransaction, Fit, VerificationGuard};
use crate::segment::Span;
use crate::{Job, Log, StorageError};
use base::{LeaderEpoch, Offset, ProducerId};
use records::control::EndTransactionMarker;
use records::{BATCH_HEADER_LEN, Batch, RecordsError, ValidatedBatch};

/// What calls that failed halfway have left to be done: behind a roll, say, whose append met a full disk.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    pub jobs: Vec<Job>,
    pub rolled: bool,
}

/// On whose behalf a batch is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendOrigin {
    /// A client's Produce: duplicates are recognised and sequences must follow.
    Client,
    /// A coordinator of this broker: epochs are checked, sequences are not.
    Coordinator,
    /// Replicated or replayed: the leader judged it.
    Replication,
}

/// One batch to append as leader. Base offset and leader epoch in the header are replaced.
#[derive(Debug, Clone, Copy)]
pub struct LeaderBatch<'a> {
    header: [u8; BATCH_HEADER_LEN],
    payload: &'a [u8],
    meta: BatchMeta,
    last_offset_delta: i32,
    pub origin: AppendOrigin,
    /// Set when the partition was verified to be in the producer's transaction.
    pub guard: Option<VerificationGuard>,
    /// `transaction.version` by which the end of a transaction is judged; only markers use it.
    pub transaction_version: i16,
}

impl<'a> LeaderBatch<'a> {
    /// A client's batch that passed validation.
    pub fn validated(batch: &'a ValidatedBatch<'_>) -> LeaderBatch<'a> {
        let last_sequence = if batch.base_sequence < 0 {
            records::NO_SEQUENCE
        } else {
            ((i64::from(batch.base_sequence) + i64::from(batch.last_offset_delta)) & i64::from(i32::MAX)) as i32
        };
        let meta = BatchMeta {
            base_offset: 0,
            last_offset: 0,
            max_timestamp_ms: batch.max_timestamp_ms,
            producer_id: batch.producer_id,
            producer_epoch: batch.producer_epoch,
            base_sequence: batch.base_sequence,
            last_sequence,
            transactional: batch.transactional,
            control: false,
            marker: None,
        };
        LeaderBatch {
            header: batch.header,
            payload: &batch.payload,
            meta,
            last_offset_delta: batch.last_offset_delta,
            origin: AppendOrigin::Client,
            guard: None,
            transaction_version: 0,
        }
    }

    /// A batch that this process built ([`records::BatchBuilder`], [`records::control`]); `bytes` hold exactly it.
    pub fn built(bytes: &'a [u8], origin: AppendOrigin) -> Result<LeaderBatch<'a>, RecordsError> {
        let cut = RecordsError::Cut { needed: BATCH_HEADER_LEN as u64, present: bytes.len() as u64 };
        let batch = Batch::first_in(bytes)?.filter(|batch| batch.size() == bytes.len()).ok_or(cut.clone())?;
        let (header, payload) = bytes.split_first_chunk::<BATCH_HEADER_LEN>().ok_or(cut)?;
        if !batch.is_v2() {
            return Err(RecordsError::Magic(batch.magic()));
        }
        if batch.last_offset_delta() < 0 {
            return Err(RecordsError::Header("last offset delta is negative"));
        }
        Ok(LeaderBatch {
            header: *header,
            payload,
            meta: BatchMeta::of(batch)?,
            last_offset_delta: batch.last_offset_delta(),
            origin,
            guard: None,
            transaction_version: 0,
        })
    }

    /// With the guard of the verification that was made for it.
    pub fn with_guard(self, guard: Option<VerificationGuard>) -> Self {
        LeaderBatch { guard, ..self }
    }

    /// Who sent it, -1 where it does not say.
    pub fn producer_id(&self) -> ProducerId {
        self.meta.producer_id
    }

    fn size(&self) -> usize {
        BATCH_HEADER_LEN + self.payload.len()
    }
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// Offset of the first record; of a duplicate, the one that it got the first time.
    pub base_offset: Offset,
    pub last_offset: Offset,
    /// Largest timestamp of what was appended (for `LogAppendTime` of a duplicate, when it was first appended).
    pub max_timestamp_ms: i64,
    pub log_start_offset: Offset,
    /// Nothing was written: the producer had sent this batch before.
    pub duplicate: bool,
    /// A segment was completed: `flush_job(true)` is due.
    pub rolled: bool,
    /// Work for another thread.
    pub jobs: Vec<Job>,
}

impl Log {
    /// Appends one batch at the log end, in `leader_epoch`. One write, no allocation per record.
    ///
    /// # Errors
    /// Nothing was appended when this fails. Producer errors (`OutOfOrderSequence`, `InvalidProducerEpoch`,
    /// `InvalidTxnState`, `TransactionCoordinatorFenced`), `BatchLargerThanSegment`, `LeaderEpochFell`; `NoSpace` and
    /// `TooManyOpenFiles` may pass; `LogDirFailed` and `Offline` do not.
    pub fn append_as_leader(
        &mut self,
        batch: &LeaderBatch<'_>,
        leader_epoch: LeaderEpoch,
        now_wall_ms: i64,
    ) -> Result<Appended, StorageError> {
        self.online()?;
        self.check_epoch(leader_epoch)?;
        let segment_bytes = self.config.segment_bytes as usize;
        if batch.size() > segment_bytes {
            return Err(StorageError::BatchLargerThanSegment { size: batch.size(), segment_bytes });
        }
        let last_offset = self.log_end + i64::from(batch.last_offset_delta);
        let meta = BatchMeta { base_offset: self.log_end, last_offset, ..batch.meta };
        match self.producers.check(&meta, batch.origin, batch.transaction_version, batch.guard)? {
            Fit::Next => {}
            Fit::Duplicate(first) => {
                return Ok(Appended {
                    base_offset: first.first_offset(),
                    last_offset: first.last_offset,
                    max_timestamp_ms: first.timestamp_ms,
                    duplicate: true,
                    ..self.nothing_appended()
                });
            }
        }
        if base::mutant(base::Mutant::StateBeforeAppend) {
            self.producers.apply(&meta);
        }
        let mut appended = Appended {
            base_offset: meta.base_offset,
            last_offset: meta.last_offset,
            max_timestamp_ms: meta.max_timestamp_ms,
            ..self.nothing_appended()
        };
        let written = self.write_as_leader(batch, &meta, leader_epoch, now_wall_ms, &mut appended);
        self.hand_out(written, appended)
    }

    /// What an append left to be done goes to the caller, or stays with the log until the next one where it failed.
    fn hand_out(
        &mut self,
        written: Result<(), StorageError>,
        mut appended: Appended,
    ) -> Result<Appended, StorageError> {
        let owed = &mut self.owed;
        owed.jobs.append(&mut appended.jobs);
        owed.rolled |= appended.rolled;
        self.noting(written)?;
        (appended.jobs, appended.rolled) = (std::mem::take(&mut self.owed.jobs), std::mem::take(&mut self.owed.rolled));
        Ok(appended)
    }

    /// Appends the marker that ends a producer's transaction in this partition.
    pub fn append_marker(
        &mut self,
        marker: &EndTransactionMarker,
        transaction_version: i16,
        leader_epoch: LeaderEpoch,
        now_wall_ms: i64,
    ) -> Result<Appended, StorageError> {
        let bytes = marker.batch(0, leader_epoch, now_wall_ms);
        let batch = LeaderBatch { transaction_version, ..LeaderBatch::built(&bytes, AppendOrigin::Coordinator)? };
        self.append_as_leader(&batch, leader_epoch, now_wall_ms)
    }

    fn check_epoch(&self, found: LeaderEpoch) -> Result<(), StorageError> {
        match self.epochs.latest() {
            Some(latest) if found < latest.epoch => Err(StorageError::LeaderEpochFell { found, latest: latest.epoch }),
            _ => Ok(()),
        }
    }

    fn write_as_leader(
        &mut self,
        batch: &LeaderBatch<'_>,
        meta: &BatchMeta,
        leader_epoch: LeaderEpoch,
        now_wall_ms: i64,
        appended: &mut Appended,
    ) -> Result<(), StorageError> {
        self.roll_if_due(batch.size(), meta, now_wall_ms, appended)?;
        self.active.txn_index.check(&*self.files)?;
        let mut header = batch.header;
        header[0..8].copy_from_slice(&meta.base_offset.to_be_bytes());
        header[12..16].copy_from_slice(&leader_epoch.to_be_bytes());
        self.active.write(&*self.files, &[&header, batch.payload])?;
        let span = Span {
            base_offset: meta.base_offset,
            last_offset: meta.last_offset,
            position: self.active.size,
            size: batch.size() as u64,
            max_timestamp_ms: meta.max_timestamp_ms,
        };
        self.take_written(span, meta, leader_epoch, appended).map_err(must_not_stop_here)?;
        self.active.reserve(&*self.files, self.config.reserved_bytes).map_err(must_not_stop_here)
    }

    /// State after a write that succeeded: indexes, epochs, producers, log end.
    fn take_written(
        &mut self,
        span: Span,
        meta: &BatchMeta,
        leader_epoch: LeaderEpoch,
        appended: &mut Appended,
    ) -> Result<(), StorageError> {
        self.must_hold(meta.base_offset >= self.log_end && meta.last_offset >= meta.base_offset, "offsets only grow")?;
        let latest = self.epochs.latest().map_or(records::NO_LEADER_EPOCH, |entry| entry.epoch);
        self.must_hold(leader_epoch < 0 || leader_epoch >= latest, "leader epochs never fall")?;
        self.must_hold(span.position == self.active.size, "batches lie one behind the other")?;
        self.active.wrote(&*self.files, span, self.config.index_interval_bytes)?;
        if base::mutant(base::Mutant::EndLeftBehind) {
            self.active.index.write_out(&*self.files)?;
        }
        self.log_end = meta.last_offset + 1;
        if self.epochs.assign(leader_epoch, meta.base_offset) {
            appended.jobs.push(self.epochs_job());
        }
        if let Some(completed) = self.producers.apply(meta) {
            self.take_completed(&completed)?;
        }
        self.check_offsets()
    }

    fn take_completed(&mut self, completed: &CompletedTransaction) -> Result<(), StorageError> {
        self.producers.high_watermark_moved(self.high_watermark);
        if !completed.aborted {
            return Ok(());
        }
        self.names_made += 1;
        self.active.txn_index.push(&*self.files, (*completed).into())
    }

    fn roll_if_due(
        &mut self,
        size: usize,
        meta: &BatchMeta,
        now_wall_ms: i64,
        appended: &mut Appended,
    ) -> Result<(), StorageError> {
        if self.is_roll_due(size, meta, now_wall_ms)? {
            self.roll_to(meta.base_offset, now_wall_ms, &mut appended.jobs)?;
            appended.rolled = true;
        }
        Ok(())
    }

    fn is_roll_due(&self, size: usize, meta: &BatchMeta, now_wall_ms: i64) -> Result<bool, StorageError> {
        let config = &self.config;
        if self.active.size + size as u64 > u64::from(config.segment_bytes) || !self.active.fits(meta.last_offset) {
            return Ok(true);
        }
        if self.active.size == 0 {
            return Ok(false);
        }
        let waited_ms = match self.active.first_timestamp_ms(&*self.files)? {
            Some(first) => meta.max_timestamp_ms.saturating_sub(first),
            None => now_wall_ms.saturating_sub(self.active.created_wall_ms),
        };
        Ok(waited_ms > config.segment_ms.saturating_sub(self.segment_jitter_ms)
            || self.active.is_index_full(&*self.files, config.segment_index_bytes)?)
    }

    /// Appends whole batches that have their offsets and leader epochs: what a follower fetched, or the metadata log's
    /// own. Batches of a leader epoch above `leader_epoch_max` end the append (a fetch answer that raced a new leader);
    /// so does an incomplete batch at the end.
    ///
    /// # Errors
    /// Everything is checked before anything is written: checksum, structure, offsets that grow from the log end on
    /// (gaps are allowed), epochs that do not fall. Only a full disk may leave a part appended; the log end tells.
    pub fn append_with_offsets(
        &mut self,
        bytes: &[u8],
        leader_epoch_max: LeaderEpoch,
        now_wall_ms: i64,
    ) -> Result<Appended, StorageError> {
        self.online()?;
        let metas = self.check_given(bytes, leader_epoch_max)?;
        let mut appended = self.nothing_appended();
        if let Some((first, _)) = metas.first() {
            appended.base_offset = first.meta.base_offset;
        }
        let written = self.write_given(bytes, &metas, now_wall_ms, &mut appended);
        self.hand_out(written, appended)
    }

    fn check_given(
        &self,
        bytes: &[u8],
        leader_epoch_max: LeaderEpoch,
    ) -> Result<Vec<(Given, std::ops::Range<usize>)>, StorageError> {
        let mut metas = Vec::new();
        let (mut end, mut at) = (self.log_end, 0);
        let mut latest = self.epochs.latest().map_or(records::NO_LEADER_EPOCH, |entry| entry.epoch);
        for batch in records::batches(bytes) {
            let batch = batch?;
            let leader_epoch = batch.partition_leader_epoch();
            if leader_epoch > leader_epoch_max {
                break;
            }
            batch.check_crc()?;
            if batch.base_offset() < end || batch.last_offset() < batch.base_offset() {
                return Err(StorageError::UnexpectedAppendOffset { first: batch.base_offset(), end });
            }
            if batch.is_v2() && leader_epoch < latest {
                return Err(StorageError::LeaderEpochFell { found: leader_epoch, latest });
            }
            latest = latest.max(leader_epoch);
            end = batch.next_offset();
            metas.push((Given { meta: BatchMeta::of(batch)?, leader_epoch }, at..at + batch.size()));
            at += batch.size();
        }
        Ok(metas)
    }

    /// Writes runs of batches that fit into the active segment with one write each.
    fn write_given(
        &mut self,
        bytes: &[u8],
        mut metas: &[(Given, std::ops::Range<usize>)],
        now_wall_ms: i64,
        appended: &mut Appended,
    ) -> Result<(), StorageError> {
        while let Some((first, range)) = metas.first() {
            self.roll_if_due(range.len(), &first.meta, now_wall_ms, appended)?;
            self.active.txn_index.check(&*self.files)?;
            let room = u64::from(self.config.segment_bytes).saturating_sub(self.active.size);
            let fits = |(given, other): &&(Given, std::ops::Range<usize>)| {
                (other.end - range.start) as u64 <= room && self.active.fits(given.meta.last_offset)
            };
            let count = metas.iter().take_while(fits).count().max(1);
            let (run, rest) = metas.split_at(count.min(metas.len()));
            let end = run.last().map_or(range.end, |(_, last)| last.end);
            self.active.write(&*self.files, &[bytes.get(range.start..end).unwrap_or_default()])?;
            for (given, range) in run {
                let span = Span {
                    base_offset: given.meta.base_offset,
                    last_offset: given.meta.last_offset,
                    position: self.active.size,
                    size: range.len() as u64,
                    max_timestamp_ms: given.meta.max_timestamp_ms,
                };
                let taken = self.take_written(span, &given.meta, given.leader_epoch, appended);
                taken.map_err(must_not_stop_here)?;
                appended.last_offset = given.meta.last_offset;
                appended.max_timestamp_ms = appended.max_timestamp_ms.max(given.meta.max_timestamp_ms);
            }
            self.active.reserve(&*self.files, self.config.reserved_bytes).map_err(must_not_stop_here)?;
            metas = rest;
        }
        Ok(())
    }
}

/// A batch with given offsets that was checked.
struct Given {
    meta: BatchMeta,
    leader_epoch: LeaderEpoch,
}

/// What was written is in the log: a shortage behind the write may not leave the log end behind it (KAFKA-7866).
fn must_not_stop_here(error: StorageError) -> StorageError {
    if base::mutant(base::Mutant::EndLeftBehind) { error } else { error.into_failed() }
}
