//! What a partition knows about the producers that wrote to it: sequences for idempotence (KIP-98), epochs, open
//! transactions and the first offset that is not stable yet.
//!
//! `check` looks and refuses, `apply` changes; the log calls `apply` after the write succeeded, never before.

use crate::StorageError;
use crate::append::AppendOrigin;
use base::{Map, Offset, ProducerEpoch, ProducerId};
use records::control::EndTransactionMarker;
use records::{Batch, NO_PRODUCER_EPOCH, NO_SEQUENCE};
use std::collections::BTreeMap;

/// Batches of a producer that are remembered to recognise duplicates: as many as a client may have in flight.
const BATCHES_MAX: usize = 5;

/// A batch that a producer wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProducerBatch {
    pub last_sequence: i32,
    pub last_offset: Offset,
    pub offset_delta: i32,
    pub timestamp_ms: i64,
}

impl ProducerBatch {
    pub fn first_offset(&self) -> Offset {
        self.last_offset - i64::from(self.offset_delta)
    }

    /// Sequences run in the circle 0..=`i32::MAX`.
    pub fn first_sequence(&self) -> i32 {
        ((i64::from(self.last_sequence) - i64::from(self.offset_delta)) & i64::from(i32::MAX)) as i32
    }
}

/// A producer as the partition knows it (DescribeProducers shows this).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProducerEntry {
    pub producer_id: ProducerId,
    pub epoch: ProducerEpoch,
    /// Epoch of the transaction coordinator that wrote the last marker, -1 before the first.
    pub coordinator_epoch: i32,
    pub last_timestamp_ms: i64,
    /// First offset of the open transaction.
    pub txn_first_offset: Option<Offset>,
    batches: [ProducerBatch; BATCHES_MAX],
    len: u8,
}

impl ProducerEntry {
    pub(crate) fn new(producer_id: ProducerId) -> ProducerEntry {
        ProducerEntry {
            producer_id,
            epoch: NO_PRODUCER_EPOCH,
            coordinator_epoch: -1,
            last_timestamp_ms: records::NO_TIMESTAMP,
            txn_first_offset: None,
            batches: [ProducerBatch::default(); BATCHES_MAX],
            len: 0,
        }
    }

    /// The remembered batches, oldest first.
    pub fn batches(&self) -> &[ProducerBatch] {
        self.batches.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Sequence of the last record of the newest batch, -1 when none is remembered.
    pub fn last_sequence(&self) -> i32 {
        self.batches().last().map_or(NO_SEQUENCE, |batch| batch.last_sequence)
    }

    pub(crate) fn push(&mut self, batch: ProducerBatch) {
        if usize::from(self.len) == BATCHES_MAX {
            self.batches.rotate_left(1);
            self.len -= 1;
        }
        self.batches[usize::from(self.len)] = batch;
        self.len += 1;
    }

    fn set_epoch(&mut self, epoch: ProducerEpoch) {
        if self.epoch != epoch {
            self.epoch = epoch;
            (self.batches, self.len) = Default::default();
        }
    }

    fn duplicate_of(&self, batch: &BatchMeta) -> Option<ProducerBatch> {
        let same = |known: &&ProducerBatch| {
            known.first_sequence() == batch.base_sequence && known.last_sequence == batch.last_sequence
        };
        let first = if base::mutant(base::Mutant::DedupOnlyLast) { self.batches().len().saturating_sub(1) } else { 0 };
        (self.epoch == batch.producer_epoch).then(|| self.batches().iter().skip(first).find(same).copied()).flatten()
    }
}

/// What storage needs to know of a batch, with the offsets that it has or gets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchMeta {
    pub base_offset: Offset,
    pub last_offset: Offset,
    pub max_timestamp_ms: i64,
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub base_sequence: i32,
    pub last_sequence: i32,
    pub transactional: bool,
    pub control: bool,
    /// Set for control batches that end a transaction.
    pub marker: Option<EndTransactionMarker>,
}

impl BatchMeta {
    /// Of a batch in the log (or with given offsets). A control batch must be complete, others need only the header.
    pub fn of(batch: Batch<'_>) -> Result<BatchMeta, records::RecordsError> {
        if batch.last_offset() == Offset::MAX {
            return Err(records::RecordsError::Header("no offset can follow its last one"));
        }
        let marker = if batch.is_control() && batch.has_producer_id() { read_marker(batch)? } else { None };
        Ok(BatchMeta {
            base_offset: batch.base_offset(),
            last_offset: batch.last_offset(),
            max_timestamp_ms: batch.max_timestamp_ms(),
            producer_id: batch.producer_id(),
            producer_epoch: batch.producer_epoch(),
            base_sequence: batch.base_sequence(),
            last_sequence: batch.last_sequence(),
            transactional: batch.is_transactional(),
            control: batch.is_control(),
            marker,
        })
    }
}

impl BatchMeta {
    fn producer_batch(&self) -> ProducerBatch {
        ProducerBatch {
            last_sequence: self.last_sequence,
            last_offset: self.last_offset,
            offset_delta: (self.last_offset - self.base_offset) as i32,
            timestamp_ms: self.max_timestamp_ms,
        }
    }
}

fn read_marker(batch: Batch<'_>) -> Result<Option<EndTransactionMarker>, records::RecordsError> {
    // The cleaner may leave a control batch empty.
    match batch.open(1 << 16)?.records().next() {
        Some(record) => EndTransactionMarker::from_record(batch.producer_id(), batch.producer_epoch(), &record?),
        None => Ok(None),
    }
}

/// A transaction that ended in this partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CompletedTransaction {
    pub producer_id: ProducerId,
    pub first_offset: Offset,
    /// Offset of the marker.
    pub last_offset: Offset,
    pub aborted: bool,
    /// First offset that is still unstable after it.
    pub last_stable_offset: Offset,
}

/// Permission to open a transaction in a partition, given while the coordinator is asked whether the partition belongs
/// to it (KIP-890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerificationGuard(u64);

#[derive(Debug, Clone, Copy)]
struct Verification {
    guard: u64,
    epoch: ProducerEpoch,
    lowest_sequence: i32,
    timestamp_ms: i64,
}

/// How a batch of a producer fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Next,
    Duplicate(ProducerBatch),
}

#[derive(Debug, Default)]
pub(crate) struct ProducerStates {
    entries: Map<ProducerId, ProducerEntry>,
    /// First offset of each open transaction.
    ongoing: BTreeMap<Offset, ProducerId>,
    /// Ended transactions whose markers are not below the high watermark yet: first offset to marker offset.
    unreplicated: BTreeMap<Offset, Offset>,
    verifications: Map<ProducerId, Verification>,
    guards: u64,
    /// The state holds for records below this offset.
    pub end_offset: Offset,
}

impl ProducerStates {
    pub fn get(&self, producer_id: ProducerId) -> Option<&ProducerEntry> {
        self.entries.get(&producer_id)
    }

    /// Every producer, by id.
    pub fn sorted(&self) -> Vec<ProducerEntry> {
        let mut all: Vec<ProducerEntry> = self.entries.values().copied().collect();
        all.sort_unstable_by_key(|entry| entry.producer_id);
        all
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether a producer whose batches are remembered wrote at or after that time.
    pub fn wrote_since(&self, timestamp_ms: i64) -> bool {
        self.entries.values().any(|entry| entry.len > 0 && entry.last_timestamp_ms >= timestamp_ms)
    }

    /// Remembers batches that were found before those of a snapshot, where they lead up to them.
    pub fn recall(&mut self, recalled: Recalled) {
        for (producer_id, found) in recalled.0 {
            if let Some(entry) = self.entries.get_mut(&producer_id)
                && entry.epoch == found.epoch
                && let (Some(known), Some(last)) = (entry.batches().last(), found.batches().last())
                && (known.last_offset, known.last_sequence) == (last.last_offset, last.last_sequence)
            {
                (entry.batches, entry.len) = (found.batches, found.len);
            }
        }
    }

    pub fn clear(&mut self, end_offset: Offset) {
        let guards = self.guards;
        *self = ProducerStates { end_offset, guards, ..ProducerStates::default() };
    }

    pub fn load(&mut self, entries: Vec<ProducerEntry>, end_offset: Offset) {
        self.clear(end_offset);
        for entry in entries {
            if let Some(first) = entry.txn_first_offset {
                self.ongoing.insert(first, entry.producer_id);
            }
            self.entries.insert(entry.producer_id, entry);
        }
    }

    /// Refuses what must not be appended. Replicated batches were judged by their leader: they always fit.
    pub fn check(
        &self,
        batch: &BatchMeta,
        origin: AppendOrigin,
        transaction_version: i16,
        guard: Option<VerificationGuard>,
    ) -> Result<Fit, StorageError> {
        if batch.producer_id < 0 || origin == AppendOrigin::Replication {
            return Ok(Fit::Next);
        }
        let entry = self.entries.get(&batch.producer_id);
        if let Some(marker) = &batch.marker {
            return check_marker(entry, marker, transaction_version).map(|()| Fit::Next);
        }
        if origin == AppendOrigin::Client
            && let Some(duplicate) = entry.and_then(|entry| entry.duplicate_of(batch))
        {
            return Ok(Fit::Duplicate(duplicate));
        }
        if let Some(entry) = entry {
            check_epoch(entry, batch.producer_epoch)?;
            if origin == AppendOrigin::Client {
                check_sequence(entry, batch)?;
            }
            if entry.txn_first_offset.is_some() && !batch.transactional && !batch.control {
                let reason = "a transaction is open, the batch is not transactional";
                return Err(StorageError::InvalidTxnState { producer_id: batch.producer_id, reason });
            }
        }
        self.check_guard(batch, guard)?;
        Ok(Fit::Next)
    }

    fn check_guard(&self, batch: &BatchMeta, guard: Option<VerificationGuard>) -> Result<(), StorageError> {
        let opens = batch.transactional && !self.has_ongoing_transaction(batch.producer_id, batch.producer_epoch);
        let Some(verification) = self.verifications.get(&batch.producer_id).filter(|_| opens) else {
            // Verification that began and ended with a marker in between: the late batch must not open a transaction.
            return match guard {
                Some(_) if opens => Err(StorageError::InvalidTxnState {
                    producer_id: batch.producer_id,
                    reason: "the batch belongs to no open transaction",
                }),
                _ => Ok(()),
            };
        };
        if guard != Some(VerificationGuard(verification.guard)) {
            let reason = "the partition was not verified to be in the transaction";
            return Err(StorageError::InvalidTxnState { producer_id: batch.producer_id, reason });
        }
        if verification.epoch == batch.producer_epoch && batch.base_sequence > verification.lowest_sequence {
            return Err(StorageError::OutOfOrderSequence {
                producer_id: batch.producer_id,
                epoch: batch.producer_epoch,
                found: batch.base_sequence,
                last: verification.lowest_sequence,
            });
        }
        Ok(())
    }

    /// Takes a batch that was written; an ended transaction is returned.
    pub fn apply(&mut self, batch: &BatchMeta) -> Option<CompletedTransaction> {
        self.end_offset = batch.last_offset + 1;
        if batch.producer_id < 0 {
            return None;
        }
        if batch.control {
            return batch.marker.and_then(|marker| self.apply_marker(&marker, batch));
        }
        let entry = self.entries.entry(batch.producer_id).or_insert_with(|| ProducerEntry::new(batch.producer_id));
        entry.set_epoch(batch.producer_epoch);
        entry.last_timestamp_ms = batch.max_timestamp_ms;
        if batch.base_sequence != NO_SEQUENCE {
            entry.push(batch.producer_batch());
        }
        if batch.transactional && entry.txn_first_offset.is_none() {
            entry.txn_first_offset = Some(batch.base_offset);
            self.ongoing.insert(batch.base_offset, batch.producer_id);
            self.verifications.remove(&batch.producer_id);
        }
        None
    }

    fn apply_marker(&mut self, marker: &EndTransactionMarker, batch: &BatchMeta) -> Option<CompletedTransaction> {
        self.verifications.remove(&batch.producer_id);
        let entry = self.entries.entry(batch.producer_id).or_insert_with(|| ProducerEntry::new(batch.producer_id));
        entry.set_epoch(marker.producer_epoch);
        entry.coordinator_epoch = marker.coordinator_epoch;
        entry.last_timestamp_ms = batch.max_timestamp_ms;
        let first_offset = entry.txn_first_offset.take()?;
        self.ongoing.remove(&first_offset);
        self.unreplicated.insert(first_offset, batch.last_offset);
        let next_ongoing = self.ongoing.keys().next().copied();
        Some(CompletedTransaction {
            producer_id: batch.producer_id,
            first_offset,
            last_offset: batch.last_offset,
            aborted: !marker.committed,
            last_stable_offset: next_ongoing.unwrap_or(batch.last_offset + 1),
        })
    }

    /// Ended transactions are stable once their markers are below the high watermark.
    pub fn high_watermark_moved(&mut self, high_watermark: Offset) {
        if self.unreplicated.values().any(|last| *last < high_watermark) {
            self.unreplicated.retain(|_, last| *last >= high_watermark);
        }
    }

    /// First offset of the oldest transaction that is open, or ended above the high watermark.
    pub fn first_unstable_offset(&self) -> Option<Offset> {
        let ongoing = self.ongoing.keys().next().copied();
        let unreplicated = self.unreplicated.keys().next().copied();
        ongoing.into_iter().chain(unreplicated).min()
    }

    pub fn has_ongoing_transaction(&self, producer_id: ProducerId, epoch: ProducerEpoch) -> bool {
        self.get(producer_id).is_some_and(|entry| entry.epoch == epoch && entry.txn_first_offset.is_some())
    }

    /// Timestamp of the oldest open transaction's last write.
    pub fn oldest_ongoing(&self) -> Option<&ProducerEntry> {
        self.ongoing.values().next().and_then(|producer_id| self.get(*producer_id))
    }

    pub fn start_verification(
        &mut self,
        producer_id: ProducerId,
        epoch: ProducerEpoch,
        sequence: i32,
        now_wall_ms: i64,
    ) -> Option<VerificationGuard> {
        if self.has_ongoing_transaction(producer_id, epoch) {
            return None;
        }
        let next = self.guards + 1;
        let entry = self.verifications.entry(producer_id).or_insert(Verification {
            guard: next,
            epoch,
            lowest_sequence: sequence,
            timestamp_ms: now_wall_ms,
        });
        self.guards = self.guards.max(entry.guard);
        if entry.epoch == epoch {
            entry.lowest_sequence = entry.lowest_sequence.min(sequence);
        } else if entry.epoch < epoch {
            (entry.epoch, entry.lowest_sequence) = (epoch, sequence);
        }
        Some(VerificationGuard(entry.guard))
    }

    /// Forgets producers that have been silent for so long and have no open transaction. Returns how many.
    pub fn expire(&mut self, now_wall_ms: i64, expiration_ms: i64) -> usize {
        let before = self.entries.len();
        self.entries.retain(|_, entry| !is_expired(entry, now_wall_ms, expiration_ms));
        self.verifications.retain(|_, v| now_wall_ms.saturating_sub(v.timestamp_ms) < expiration_ms);
        before - self.entries.len()
    }
}

/// Batches of producers found in the log.
#[derive(Debug, Default)]
pub(crate) struct Recalled(Map<ProducerId, ProducerEntry>);

impl Recalled {
    pub fn note(&mut self, batch: &BatchMeta) {
        if batch.producer_id >= 0 && batch.base_sequence != NO_SEQUENCE {
            let entry = self.0.entry(batch.producer_id).or_insert_with(|| ProducerEntry::new(batch.producer_id));
            entry.set_epoch(batch.producer_epoch);
            entry.push(batch.producer_batch());
        }
    }
}

pub(crate) fn is_expired(entry: &ProducerEntry, now_wall_ms: i64, expiration_ms: i64) -> bool {
    entry.txn_first_offset.is_none() && now_wall_ms.saturating_sub(entry.last_timestamp_ms) >= expiration_ms
}

fn check_epoch(entry: &ProducerEntry, found: ProducerEpoch) -> Result<(), StorageError> {
    if found < entry.epoch {
        let (producer_id, current) = (entry.producer_id, entry.epoch);
        return Err(StorageError::InvalidProducerEpoch { producer_id, found, current });
    }
    Ok(())
}

/// With transaction version 2 a marker carries a bumped epoch: one with the epoch of the open transaction is late.
fn check_marker(
    entry: Option<&ProducerEntry>,
    marker: &EndTransactionMarker,
    transaction_version: i16,
) -> Result<(), StorageError> {
    let Some(entry) = entry else { return Ok(()) };
    check_epoch(entry, marker.producer_epoch)?;
    if transaction_version >= 2 && entry.txn_first_offset.is_some() && marker.producer_epoch == entry.epoch {
        let (producer_id, current) = (entry.producer_id, entry.epoch);
        return Err(StorageError::InvalidProducerEpoch { producer_id, found: marker.producer_epoch, current });
    }
    if marker.coordinator_epoch < entry.coordinator_epoch {
        return Err(StorageError::TransactionCoordinatorFenced {
            producer_id: entry.producer_id,
            found: marker.coordinator_epoch,
            current: entry.coordinator_epoch,
        });
    }
    Ok(())
}

fn check_sequence(entry: &ProducerEntry, batch: &BatchMeta) -> Result<(), StorageError> {
    let last = entry.last_sequence();
    let fits = if entry.epoch == NO_PRODUCER_EPOCH {
        // All that it wrote is gone: any sequence may begin (KIP-360).
        true
    } else if batch.producer_epoch != entry.epoch {
        batch.base_sequence == 0
    } else {
        i64::from(batch.base_sequence) == i64::from(last) + 1 || (batch.base_sequence == 0 && last == i32::MAX)
    };
    if fits {
        return Ok(());
    }
    let (producer_id, epoch) = (batch.producer_id, batch.producer_epoch);
    Err(StorageError::OutOfOrderSequence { producer_id, epoch, found: batch.base_sequence, last })
}
