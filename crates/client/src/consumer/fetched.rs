//! What was fetched of one partition: batches that are checked and decoded one by one when their records are wanted.

use super::metrics::FetchMetrics;
use super::{ConsumerRecord, Partition, Position, RecordHeader};
use crate::{ClientError, ConsumerSettings, Result};
use protocol::fetch_response::AbortedTransaction;
use std::collections::{BTreeSet, VecDeque};

/// Most bytes that one batch may take when decompressed.
const BATCH_BYTES_MAX: usize = 1 << 30;

/// Batches of one partition that were fetched and not handed out.
pub(super) struct Fetched {
    pub partition: Partition,
    bytes: Vec<u8>,
    /// Bytes already handed out.
    consumed: usize,
    /// Records of the batch at `consumed`, already decoded.
    records: VecDeque<ConsumerRecord>,
    aborted: Vec<AbortedTransaction>,
    open_aborts: BTreeSet<i64>,
    /// What comes after `records` cannot be read: told at every poll until somebody seeks.
    unreadable: Option<ClientError>,
    high_watermark: i64,
    log_start_offset: i64,
    /// Records and bytes that the metrics were not told of yet, and bytes that they were.
    untold: usize,
    told_bytes: usize,
}

impl Fetched {
    /// `ends`: start of the log and high watermark.
    pub fn new(
        partition: Partition,
        bytes: Vec<u8>,
        mut aborted: Vec<AbortedTransaction>,
        (log_start_offset, high_watermark): (i64, i64),
    ) -> Fetched {
        aborted.sort_by_key(|transaction| transaction.first_offset);
        Fetched {
            partition,
            bytes,
            consumed: 0,
            records: VecDeque::new(),
            aborted,
            open_aborts: BTreeSet::new(),
            unreadable: None,
            high_watermark,
            log_start_offset,
            untold: 0,
            told_bytes: 0,
        }
    }

    /// Makes the last byte another one.
    #[cfg(test)]
    pub fn spoil(&mut self) {
        if let Some(last) = self.bytes.last_mut() {
            *last ^= 1;
        }
    }

    /// Tells the metrics what was handed out since the last time.
    pub fn tell(&mut self, metrics: &mut FetchMetrics, position: &Position) {
        let bytes = self.consumed - self.told_bytes;
        if self.untold == 0 && bytes == 0 {
            return;
        }
        let next = position.next.unwrap_or(0);
        let lag = self.high_watermark.saturating_sub(next).max(0);
        let lead = next.saturating_sub(self.log_start_offset).max(0);
        metrics.consumed(&self.partition, self.untold, bytes, lag, lead);
        (self.untold, self.told_bytes) = (0, self.consumed);
    }

    /// The next record at or after the position; `None` when nothing is left. Control batches and, for a reader of
    /// committed records, aborted ones only move the position. An error is the same at every call.
    pub fn next_record(
        &mut self,
        position: &mut Position,
        settings: &ConsumerSettings,
    ) -> Result<Option<ConsumerRecord>> {
        loop {
            let wanted = position.next.unwrap_or(0);
            while let Some(record) = self.records.pop_front() {
                if record.offset >= wanted {
                    self.untold += 1;
                    return Ok(Some(record));
                }
            }
            if let Some(error) = &self.unreadable {
                return Err(error.clone());
            }
            match self.open_batch(position, settings) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                // Records before the one that cannot be read are handed out first.
                Err(error) => self.unreadable = Some(error),
            }
        }
    }

    /// Decodes the batch at `consumed`, and moves on where all of it can be read.
    fn open_batch(&mut self, position: &mut Position, settings: &ConsumerSettings) -> Result<bool> {
        let (topic, index) = self.partition.clone();
        let failed = |reason: String| ClientError::Records { partition: format!("{topic}-{index}"), reason };
        let rest = self.bytes.get(self.consumed..).unwrap_or_default();
        let Some(batch) = records::batches(rest).next() else { return Ok(false) };
        let batch = batch.map_err(|error| failed(error.to_string()))?;
        let size = batch.size();
        let skip = batch.next_offset() <= position.next.unwrap_or(0);
        if settings.check_crcs && !skip {
            batch.check_crc().map_err(|error| failed(error.to_string()))?;
        }
        if settings.read_committed && batch.has_producer_id() {
            while let Some(first) = self.aborted.first().filter(|first| first.first_offset <= batch.last_offset()) {
                self.open_aborts.insert(first.producer_id);
                self.aborted.remove(0);
            }
        }
        let aborted = batch.is_transactional() && self.open_aborts.contains(&batch.producer_id());
        if batch.is_control() {
            if is_abort(&batch) {
                self.open_aborts.remove(&batch.producer_id());
            }
        } else if !skip && !aborted {
            let timestamp_type = (batch.magic() > 0).then(|| batch.timestamp_type());
            let epoch = Some(batch.partition_leader_epoch()).filter(|epoch| *epoch >= 0);
            let open = batch.open(BATCH_BYTES_MAX).map_err(|error| failed(error.to_string()))?;
            for record in open.records() {
                let record = record.map_err(|error| failed(error.to_string()))?;
                self.records.push_back(ConsumerRecord {
                    topic: topic.clone(),
                    partition: index,
                    offset: record.offset,
                    timestamp_ms: record.timestamp_ms,
                    timestamp_type,
                    leader_epoch: epoch,
                    key: record.key.map(<[u8]>::to_vec),
                    value: record.value.map(<[u8]>::to_vec),
                    headers: record
                        .headers
                        .map(|header| RecordHeader {
                            key: String::from_utf8_lossy(header.key).into_owned(),
                            value: header.value.map(<[u8]>::to_vec),
                        })
                        .collect(),
                });
            }
        }
        self.consumed += size;
        let wanted = position.next.unwrap_or(0);
        if self.records.iter().all(|record| record.offset < wanted) {
            self.records.clear();
            position.next = Some(wanted.max(batch.next_offset()));
        }
        Ok(true)
    }
}

/// Whether a control batch ends a transaction by aborting it (control record type 0).
fn is_abort(batch: &records::Batch<'_>) -> bool {
    let Ok(open) = batch.open(BATCH_BYTES_MAX) else { return false };
    let first = open.records().next();
    matches!(first, Some(Ok(record)) if record.key.is_some_and(|key| key.get(2..4) == Some(&[0, 0])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SettingsMap, StartAt};
    use records::{BatchBuilder, BatchOptions};

    fn settings() -> ConsumerSettings {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", "localhost:1");
        ConsumerSettings::from_map(&map).unwrap()
    }

    /// A batch of two records at this offset.
    fn batch(base_offset: i64) -> Vec<u8> {
        let mut builder = BatchBuilder::new(BatchOptions { base_offset, ..BatchOptions::default() });
        for value in [b"1", b"2"] {
            builder.append(0, None, Some(value), &[]);
        }
        builder.finish().unwrap()
    }

    /// Offsets that are read until nothing is left or the first error.
    fn read(fetched: &mut Fetched, position: &mut Position, settings: &ConsumerSettings) -> (Vec<i64>, bool) {
        let mut offsets = Vec::new();
        loop {
            match fetched.next_record(position, settings) {
                Ok(Some(record)) => {
                    position.next = Some(record.offset + 1);
                    offsets.push(record.offset);
                }
                Ok(None) => return (offsets, false),
                Err(_) => return (offsets, true),
            }
        }
    }

    fn fetched(bytes: Vec<u8>) -> (Fetched, Position) {
        let position = Position { next: Some(0), start: StartAt::Beginning, leader_epoch: -1, paused: false };
        (Fetched::new(("t".into(), 0), bytes, Vec::new(), (0, 10)), position)
    }

    #[test]
    fn a_corrupt_batch_is_an_error_at_every_call_and_is_not_passed() {
        let mut bytes = [batch(0), batch(2), batch(4)].concat();
        let second = batch(0).len();
        *bytes.get_mut(second + batch(2).len() - 2).unwrap() ^= 1;
        let (mut fetched, mut position) = fetched(bytes);
        assert_eq!(read(&mut fetched, &mut position, &settings()), (vec![0, 1], true));
        for _ in 0..2 {
            assert_eq!(read(&mut fetched, &mut position, &settings()), (vec![], true));
            assert_eq!((position.next, fetched.consumed), (Some(2), second));
        }
    }

    #[test]
    fn records_before_one_that_cannot_be_decoded_are_handed_out_once() {
        let mut bytes = batch(0);
        // The length of the second record.
        let at = bytes.len() - 8;
        bytes[at] = 0x7e;
        let (mut fetched, mut position) = fetched([bytes, batch(2)].concat());
        let settings = ConsumerSettings { check_crcs: false, ..settings() };
        assert_eq!(read(&mut fetched, &mut position, &settings), (vec![0], true));
        assert_eq!(read(&mut fetched, &mut position, &settings), (vec![], true));
        assert_eq!(position.next, Some(1));
    }
}
