//! Offsets by timestamp (ListOffsets, KIP-79, KIP-734).

use crate::scan::BATCH_CHUNK;
use crate::segment::Segment;
use crate::{Log, StorageError};
use base::{LeaderEpoch, Offset};
use records::Batch;
use std::ops::ControlFlow;

/// "The high watermark or last stable offset": the owner knows it, the log does not answer it.
pub const LATEST_TIMESTAMP: i64 = -1;
/// "The log start offset."
pub const EARLIEST_TIMESTAMP: i64 = -2;
/// "The record with the largest timestamp" (KIP-734).
pub const MAX_TIMESTAMP: i64 = -3;
/// "The first offset on local disk" (KIP-405): the log start, without tiers.
pub const EARLIEST_LOCAL_TIMESTAMP: i64 = -4;
/// "The last offset in the remote tier" (KIP-1005): there is none.
pub const LATEST_TIERED_TIMESTAMP: i64 = -5;

/// A record that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampOffset {
    /// -1 for offsets that were not found by a record.
    pub timestamp_ms: i64,
    pub offset: Offset,
    pub leader_epoch: Option<LeaderEpoch>,
}

impl Log {
    /// The first record whose timestamp is at or after `timestamp_ms` (exact, inside compressed batches too), or what one
    /// of the special timestamps stands for. `None`: there is no such record. The caller compares the offset with the
    /// high watermark or last stable offset that its client may see.
    pub fn offset_for_timestamp(&self, timestamp_ms: i64) -> Result<Option<TimestampOffset>, StorageError> {
        self.online()?;
        match timestamp_ms {
            EARLIEST_TIMESTAMP | EARLIEST_LOCAL_TIMESTAMP => Ok(Some(self.known(self.log_start))),
            LATEST_TIMESTAMP => Ok(Some(TimestampOffset {
                leader_epoch: self.epochs.latest().map(|entry| entry.epoch),
                ..self.known(self.high_watermark)
            })),
            MAX_TIMESTAMP => self.offset_of_max_timestamp(),
            LATEST_TIERED_TIMESTAMP => Ok(None),
            _ => self.first_at_or_after(timestamp_ms),
        }
    }

    fn known(&self, offset: Offset) -> TimestampOffset {
        TimestampOffset { timestamp_ms: records::NO_TIMESTAMP, offset, leader_epoch: self.epochs.epoch_at(offset) }
    }

    fn first_at_or_after(&self, timestamp_ms: i64) -> Result<Option<TimestampOffset>, StorageError> {
        for segment in self.segments_from(self.log_start) {
            if segment.max_timestamp(&*self.files)?.timestamp_ms < timestamp_ms {
                continue;
            }
            let position = segment.position_for_timestamp(&*self.files, timestamp_ms, self.log_start)?;
            let found = self.search(
                segment,
                position,
                |batch| batch.max_timestamp_ms() >= timestamp_ms,
                |found| found.timestamp_ms >= timestamp_ms,
            )?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn offset_of_max_timestamp(&self) -> Result<Option<TimestampOffset>, StorageError> {
        let mut largest: Option<(&Segment, i64)> = None;
        for segment in self.segments_from(self.log_start) {
            let timestamp_ms = segment.max_timestamp(&*self.files)?.timestamp_ms;
            if timestamp_ms >= 0 && largest.is_none_or(|(_, max)| timestamp_ms > max) {
                largest = Some((segment, timestamp_ms));
            }
        }
        let Some((segment, max)) = largest else { return Ok(None) };
        let position = segment.position_for_timestamp(&*self.files, max, self.log_start)?;
        self.search(segment, position, |batch| batch.max_timestamp_ms() >= max, |found| found.timestamp_ms >= max)
    }

    /// The first record from `position` on, at or above log start, in a batch that `may_hold` it.
    fn search(
        &self,
        segment: &Segment,
        position: u64,
        may_hold: impl Fn(Batch<'_>) -> bool,
        wanted: impl Fn(&TimestampOffset) -> bool,
    ) -> Result<Option<TimestampOffset>, StorageError> {
        let mut scanner = segment.scanner(&*self.files, position, BATCH_CHUNK)?;
        loop {
            let position = scanner.position();
            let fail = |error: crate::scan::ScanError| error.at(segment.path(), position);
            let Some(header) = scanner.header().map_err(fail)? else { return Ok(None) };
            let size = header.size();
            if header.last_offset() >= self.log_start && may_hold(header) {
                let Some(batch) = scanner.batch().map_err(fail)? else { return Ok(None) };
                let leader_epoch = Some(batch.partition_leader_epoch()).filter(|epoch| *epoch >= 0);
                let mut found = None;
                let visit = |offset, timestamp_ms| {
                    let place = TimestampOffset { timestamp_ms, offset, leader_epoch };
                    if offset < self.log_start || !wanted(&place) {
                        return ControlFlow::Continue(());
                    }
                    found = Some(place);
                    ControlFlow::Break(())
                };
                batch.find_record(self.config.decompressed_bytes_max, visit).map_err(|e| fail(e.into()))?;
                if let Some(found) = found {
                    if base::mutant(base::Mutant::TimestampFindsBatchEnd) {
                        return Ok(Some(TimestampOffset { offset: batch.last_offset(), ..found }));
                    }
                    return Ok(Some(found));
                }
            }
            scanner.advance(size);
        }
    }
}
