//! Control records: their key names the kind, their value depends on it. Here: the kinds, and the markers that end
//! transactions (KIP-98). The values of Raft's control records are messages and are encoded by their owner.

use crate::{BatchBuilder, BatchOptions, Record, RecordsError};
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};

/// The kinds of control records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum ControlType {
    Abort = 0,
    Commit = 1,
    LeaderChange = 2,
    SnapshotHeader = 3,
    SnapshotFooter = 4,
    KraftVersion = 5,
    KraftVoters = 6,
}

impl ControlType {
    /// Key of a control record of this kind.
    pub fn key(self) -> [u8; 4] {
        let [high, low] = (self as i16).to_be_bytes();
        [0, 0, high, low]
    }

    /// The kind that a key names; `None` for kinds that we do not know, which readers skip.
    pub fn from_key(key: Option<&[u8]>) -> Result<Option<ControlType>, RecordsError> {
        let Some([_, _, a, b]) = key.and_then(|key| key.get(..4)) else {
            return Err(RecordsError::Control("its key is too short"));
        };
        Ok(match i16::from_be_bytes([*a, *b]) {
            0 => Some(ControlType::Abort),
            1 => Some(ControlType::Commit),
            2 => Some(ControlType::LeaderChange),
            3 => Some(ControlType::SnapshotHeader),
            4 => Some(ControlType::SnapshotFooter),
            5 => Some(ControlType::KraftVersion),
            6 => Some(ControlType::KraftVoters),
            _ => None,
        })
    }
}

/// The end of a producer's transaction in one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndTransactionMarker {
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub committed: bool,
    /// Leader epoch of the transaction coordinator's partition; an older one than the last seen is refused.
    pub coordinator_epoch: i32,
}

impl EndTransactionMarker {
    /// The control batch that carries the marker.
    pub fn batch(&self, base_offset: Offset, leader_epoch: LeaderEpoch, timestamp_ms: i64) -> Vec<u8> {
        let kind = if self.committed { ControlType::Commit } else { ControlType::Abort };
        let mut value = [0; 6];
        value[2..].copy_from_slice(&self.coordinator_epoch.to_be_bytes());
        let options = BatchOptions {
            base_offset,
            partition_leader_epoch: leader_epoch,
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            transactional: true,
            ..BatchOptions::default()
        };
        control_batch(options, timestamp_ms, &[(kind, &value)])
    }

    /// The marker in a record of a transactional control batch; `None` when the record is of another kind.
    pub fn from_record(
        producer_id: ProducerId,
        producer_epoch: ProducerEpoch,
        record: &Record<'_>,
    ) -> Result<Option<EndTransactionMarker>, RecordsError> {
        let committed = match ControlType::from_key(record.key)? {
            Some(ControlType::Commit) => true,
            Some(ControlType::Abort) => false,
            _ => return Ok(None),
        };
        let Some([_, _, a, b, c, d]) = record.value.and_then(|value| value.get(..6)) else {
            return Err(RecordsError::Control("a transaction marker is too short"));
        };
        let coordinator_epoch = i32::from_be_bytes([*a, *b, *c, *d]);
        Ok(Some(EndTransactionMarker { producer_id, producer_epoch, committed, coordinator_epoch }))
    }
}

/// A control batch with these records (kind and encoded value).
pub fn control_batch(options: BatchOptions, timestamp_ms: i64, records: &[(ControlType, &[u8])]) -> Vec<u8> {
    let compression = crate::Compression::default();
    let mut builder = BatchBuilder::new(BatchOptions { control: true, compression, ..options });
    for (kind, value) in records {
        builder.append(timestamp_ms, Some(&kind.key()), Some(value), &[]);
    }
    builder.finish().unwrap_or_else(|error| unreachable!("an uncompressed batch needs no codec: {error}"))
}
