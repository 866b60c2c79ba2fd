//! Writing v2 batches: for our own client, the coordinators, the metadata log and control batches.

use crate::varint::{varint_len, varlong_len, write_varint, write_varlong};
use crate::{BATCH_HEADER_LEN, BatchHeader, Compression, Header, RecordsError, TimestampType};
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};

/// What a batch says beside its records.
#[derive(Debug, Clone, Copy)]
pub struct BatchOptions {
    pub base_offset: Offset,
    pub partition_leader_epoch: LeaderEpoch,
    pub compression: Compression,
    pub timestamp_type: TimestampType,
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub base_sequence: i32,
    pub transactional: bool,
    pub control: bool,
}

impl Default for BatchOptions {
    /// An uncompressed batch of nobody's, at offset 0 (as clients send it).
    fn default() -> Self {
        BatchOptions {
            base_offset: 0,
            partition_leader_epoch: crate::NO_LEADER_EPOCH,
            compression: Compression::default(),
            timestamp_type: TimestampType::CreateTime,
            producer_id: crate::NO_PRODUCER_ID,
            producer_epoch: crate::NO_PRODUCER_EPOCH,
            base_sequence: crate::NO_SEQUENCE,
            transactional: false,
            control: false,
        }
    }
}

/// Collects records and makes one batch of them.
#[derive(Debug, Clone)]
pub struct BatchBuilder {
    options: BatchOptions,
    records: Vec<u8>,
    count: i32,
    last_offset_delta: i32,
    base_timestamp_ms: i64,
    max_timestamp_ms: i64,
}

impl BatchBuilder {
    pub fn new(options: BatchOptions) -> BatchBuilder {
        BatchBuilder {
            options,
            records: Vec::new(),
            count: 0,
            last_offset_delta: -1,
            base_timestamp_ms: crate::NO_TIMESTAMP,
            max_timestamp_ms: crate::NO_TIMESTAMP,
        }
    }

    /// Adds a record at the next offset.
    pub fn append(&mut self, timestamp_ms: i64, key: Option<&[u8]>, value: Option<&[u8]>, headers: &[Header<'_>]) {
        self.append_at_delta(self.last_offset_delta + 1, timestamp_ms, key, value, headers);
    }

    /// Adds a record whose offset is `base_offset + offset_delta`; deltas must grow (the cleaner leaves gaps).
    pub fn append_at_delta(
        &mut self,
        offset_delta: i32,
        timestamp_ms: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header<'_>],
    ) {
        debug_assert!(offset_delta > self.last_offset_delta);
        if self.count == 0 {
            self.base_timestamp_ms = timestamp_ms;
        }
        let timestamp_delta = timestamp_ms.wrapping_sub(self.base_timestamp_ms);
        let out = &mut self.records;
        write_varint(out, record_body_len(timestamp_delta, offset_delta, key, value, headers) as i32);
        out.push(0);
        write_varlong(out, timestamp_delta);
        write_varint(out, offset_delta);
        write_nullable(out, key);
        write_nullable(out, value);
        write_varint(out, headers.len() as i32);
        for header in headers {
            write_nullable(out, Some(header.key));
            write_nullable(out, header.value);
        }
        self.count += 1;
        self.last_offset_delta = offset_delta;
        self.max_timestamp_ms = self.max_timestamp_ms.max(timestamp_ms);
    }

    pub fn count(&self) -> i32 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Offset after the last record that was added.
    pub fn next_offset(&self) -> Offset {
        self.options.base_offset + i64::from(self.last_offset_delta) + 1
    }

    /// Size in bytes of the batch so far, before compression.
    pub fn uncompressed_len(&self) -> usize {
        BATCH_HEADER_LEN + self.records.len()
    }

    /// Size in bytes that the batch would have, before compression, with one more such record.
    pub fn uncompressed_len_with(&self, key: Option<&[u8]>, value: Option<&[u8]>, headers: &[Header<'_>]) -> usize {
        // Deltas take at most 10 and 5 bytes, the length at most 5.
        self.uncompressed_len() + record_body_len(0, 0, key, value, headers) + 20
    }

    /// The last offset that the batch covers may lie behind its last record (the cleaner keeps a batch's range).
    pub fn set_last_offset_delta(&mut self, last_offset_delta: i32) {
        self.last_offset_delta = self.last_offset_delta.max(last_offset_delta);
    }

    /// The batch, with its checksum. A batch without records is allowed (the cleaner keeps one to hold a sequence).
    pub fn finish(self) -> Result<Vec<u8>, RecordsError> {
        let options = self.options;
        let mut out = vec![0; BATCH_HEADER_LEN];
        if options.compression.codec == crate::Codec::None || self.count == 0 {
            out.extend_from_slice(&self.records);
        } else {
            options.compression.compress(&self.records, &mut out)?;
        }
        let header = BatchHeader {
            base_offset: options.base_offset,
            length: 0,
            partition_leader_epoch: options.partition_leader_epoch,
            crc: 0,
            attributes: BatchHeader::attributes(
                options.compression.codec,
                options.timestamp_type,
                options.transactional,
                options.control,
            ),
            last_offset_delta: self.last_offset_delta,
            base_timestamp_ms: self.base_timestamp_ms,
            max_timestamp_ms: self.max_timestamp_ms,
            producer_id: options.producer_id,
            producer_epoch: options.producer_epoch,
            base_sequence: options.base_sequence,
            count: self.count,
        };
        let encoded = header.encode(&out[BATCH_HEADER_LEN..]);
        out[..BATCH_HEADER_LEN].copy_from_slice(&encoded);
        Ok(out)
    }
}

fn write_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => {
            write_varint(out, bytes.len() as i32);
            out.extend_from_slice(bytes);
        }
        None => write_varint(out, -1),
    }
}

fn nullable_len(bytes: Option<&[u8]>) -> usize {
    bytes.map_or(1, |bytes| varint_len(bytes.len() as i32) + bytes.len())
}

fn record_body_len(
    timestamp_delta: i64,
    offset_delta: i32,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: &[Header<'_>],
) -> usize {
    let headers_len: usize = headers.iter().map(|h| nullable_len(Some(h.key)) + nullable_len(h.value)).sum();
    1 + varlong_len(timestamp_delta)
        + varint_len(offset_delta)
        + nullable_len(key)
        + nullable_len(value)
        + varint_len(headers.len() as i32)
        + headers_len
}
