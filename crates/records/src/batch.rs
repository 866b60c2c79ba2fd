//! Borrowed views of batches: the header's fields, walking a byte slice batch by batch, opening a batch's records.
//!
//! v2 header: 0 baseOffset i64 | 8 length i32 | 12 partitionLeaderEpoch i32 | 16 magic i8 | 17 crc u32 | 21 attributes i16 |
//! 23 lastOffsetDelta i32 | 27 baseTimestamp i64 | 35 maxTimestamp i64 | 43 producerId i64 | 51 producerEpoch i16 |
//! 53 baseSequence i32 | 57 count i32 | 61 records. The checksum covers 21 to the end.

use crate::{Codec, Records, RecordsError, crc32c, legacy};
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use std::borrow::Cow;

/// Bytes of a v2 batch header.
pub const BATCH_HEADER_LEN: usize = 61;
/// Bytes before those that the length field counts: base offset and the length itself.
pub const LOG_OVERHEAD: usize = 12;
/// Bytes up to and with the magic byte, which all formats share.
const HEADER_UP_TO_MAGIC_LEN: usize = 17;
/// The smallest value of the length field of any format (a v0 message without key and value).
const LENGTH_MIN: i32 = 14;

const TIMESTAMP_TYPE_BIT: i16 = 1 << 3;
const TRANSACTIONAL_BIT: i16 = 1 << 4;
const CONTROL_BIT: i16 = 1 << 5;
const DELETE_HORIZON_BIT: i16 = 1 << 6;

/// Whose clock a batch's timestamps come from (`message.timestamp.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimestampType {
    #[default]
    CreateTime,
    LogAppendTime,
}

/// The fixed part of a v2 batch, decoded. `encode` writes it back, with a checksum over itself and the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHeader {
    pub base_offset: Offset,
    /// Bytes after this field: total size less 12.
    pub length: i32,
    pub partition_leader_epoch: LeaderEpoch,
    pub crc: u32,
    pub attributes: i16,
    pub last_offset_delta: i32,
    /// Milliseconds since 1970 that the records' deltas count from; the delete horizon when attribute bit 6 is set.
    pub base_timestamp_ms: i64,
    pub max_timestamp_ms: i64,
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub base_sequence: i32,
    pub count: i32,
}

impl BatchHeader {
    /// The attributes for a codec and flags.
    pub fn attributes(codec: Codec, timestamp_type: TimestampType, transactional: bool, control: bool) -> i16 {
        let mut attributes = codec.id() as i16;
        if timestamp_type == TimestampType::LogAppendTime {
            attributes |= TIMESTAMP_TYPE_BIT;
        }
        if transactional {
            attributes |= TRANSACTIONAL_BIT;
        }
        if control {
            attributes |= CONTROL_BIT;
        }
        attributes
    }

    /// The 61 bytes; `length` and `crc` are computed from `records`, the fields of those names are not looked at.
    pub fn encode(&self, records: &[u8]) -> [u8; BATCH_HEADER_LEN] {
        let mut out = [0; BATCH_HEADER_LEN];
        out[0..8].copy_from_slice(&self.base_offset.to_be_bytes());
        let length = (BATCH_HEADER_LEN - LOG_OVERHEAD + records.len()) as i32;
        out[8..12].copy_from_slice(&length.to_be_bytes());
        out[12..16].copy_from_slice(&self.partition_leader_epoch.to_be_bytes());
        out[16] = 2;
        out[21..23].copy_from_slice(&self.attributes.to_be_bytes());
        out[23..27].copy_from_slice(&self.last_offset_delta.to_be_bytes());
        out[27..35].copy_from_slice(&self.base_timestamp_ms.to_be_bytes());
        out[35..43].copy_from_slice(&self.max_timestamp_ms.to_be_bytes());
        out[43..51].copy_from_slice(&self.producer_id.to_be_bytes());
        out[51..53].copy_from_slice(&self.producer_epoch.to_be_bytes());
        out[53..57].copy_from_slice(&self.base_sequence.to_be_bytes());
        out[57..61].copy_from_slice(&self.count.to_be_bytes());
        let crc = crc32c(&[&out[21..], records]);
        out[17..21].copy_from_slice(&crc.to_be_bytes());
        out
    }
}

/// One whole batch (or, of formats 0 and 1, one message) in a byte slice. The length was checked; nothing else.
/// Getters of fields that formats 0 and 1 lack answer as Kafka does: -1, or false.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    bytes: &'a [u8],
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    match bytes.get(at..at + N).map(<[u8; N]>::try_from) {
        Some(Ok(field)) => field,
        // Unreachable: `Batch::first_in` made sure of the header; zeros instead of a panic should that ever break.
        _ => [0; N],
    }
}

/// Total length in bytes of the batch that starts at `bytes[0]`, from its first 17 bytes; `None` while fewer than that
/// are there. The batch itself need not be complete.
///
/// # Errors
/// `BatchTooShort` and `Magic` when this cannot be a batch of any format.
pub fn peek_batch_len(bytes: &[u8]) -> Result<Option<usize>, RecordsError> {
    if bytes.len() < LOG_OVERHEAD {
        return Ok(None);
    }
    let length = i32::from_be_bytes(field(bytes, 8));
    if length < LENGTH_MIN {
        return Err(RecordsError::BatchTooShort(length));
    }
    if bytes.len() < HEADER_UP_TO_MAGIC_LEN {
        return Ok(None);
    }
    let magic = bytes[16] as i8;
    if !(0..=2).contains(&magic) {
        return Err(RecordsError::Magic(magic));
    }
    if magic == 2 && length < (BATCH_HEADER_LEN - LOG_OVERHEAD) as i32 {
        return Err(RecordsError::BatchTooShort(length));
    }
    Ok(Some(LOG_OVERHEAD + length as usize))
}

impl<'a> Batch<'a> {
    /// The batch at the start of `bytes`; `None` when `bytes` end before it does.
    pub fn first_in(bytes: &'a [u8]) -> Result<Option<Batch<'a>>, RecordsError> {
        match peek_batch_len(bytes)? {
            Some(len) => Ok(bytes.get(..len).map(|bytes| Batch { bytes })),
            None => Ok(None),
        }
    }

    /// A view of the header of the batch at the start of `bytes`, although its end may lie beyond them: for walking a
    /// file without reading what is in the batches. `None` when `bytes` are shorter than the header. Only the header's
    /// getters and `size` make sense; `payload`, `check_crc` and `open` see what is there.
    pub fn header_in(bytes: &'a [u8]) -> Result<Option<Batch<'a>>, RecordsError> {
        let Some(len) = peek_batch_len(bytes)? else { return Ok(None) };
        let header_len = match bytes[16] {
            2 => BATCH_HEADER_LEN,
            1 => HEADER_UP_TO_MAGIC_LEN + 9,
            _ => HEADER_UP_TO_MAGIC_LEN + 1,
        };
        Ok((bytes.len() >= header_len).then(|| Batch { bytes: bytes.get(..len).unwrap_or(bytes) }))
    }

    /// The whole batch.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Total size in bytes.
    pub fn size(&self) -> usize {
        LOG_OVERHEAD + i32::from_be_bytes(field(self.bytes, 8)).max(0) as usize
    }

    pub fn magic(&self) -> i8 {
        self.bytes[16] as i8
    }

    pub fn is_v2(&self) -> bool {
        self.magic() == 2
    }

    /// The fields of a v2 header; `None` for formats 0 and 1.
    pub fn header(&self) -> Option<BatchHeader> {
        self.is_v2().then(|| BatchHeader {
            base_offset: self.offset_field(),
            length: i32::from_be_bytes(field(self.bytes, 8)),
            partition_leader_epoch: self.partition_leader_epoch(),
            crc: self.crc(),
            attributes: self.attributes(),
            last_offset_delta: i32::from_be_bytes(field(self.bytes, 23)),
            base_timestamp_ms: i64::from_be_bytes(field(self.bytes, 27)),
            max_timestamp_ms: i64::from_be_bytes(field(self.bytes, 35)),
            producer_id: self.producer_id(),
            producer_epoch: self.producer_epoch(),
            base_sequence: self.base_sequence(),
            count: self.count().unwrap_or(0),
        })
    }

    fn offset_field(&self) -> Offset {
        i64::from_be_bytes(field(self.bytes, 0))
    }

    /// Offset of the first record. Of formats 0 and 1 with compression this is the last one (the first needs
    /// decompression; see [`Batch::open`]).
    pub fn base_offset(&self) -> Offset {
        self.offset_field()
    }

    /// Offset of the last record.
    pub fn last_offset(&self) -> Offset {
        if self.is_v2() {
            self.offset_field().saturating_add(i64::from(self.last_offset_delta()))
        } else {
            self.offset_field()
        }
    }

    /// The offset after the last record.
    pub fn next_offset(&self) -> Offset {
        self.last_offset().saturating_add(1)
    }

    pub fn last_offset_delta(&self) -> i32 {
        if self.is_v2() { i32::from_be_bytes(field(self.bytes, 23)) } else { 0 }
    }

    pub fn partition_leader_epoch(&self) -> LeaderEpoch {
        if self.is_v2() { i32::from_be_bytes(field(self.bytes, 12)) } else { crate::NO_LEADER_EPOCH }
    }

    /// The stored checksum.
    pub fn crc(&self) -> u32 {
        u32::from_be_bytes(field(self.bytes, if self.is_v2() { 17 } else { 12 }))
    }

    pub fn attributes(&self) -> i16 {
        if self.is_v2() { i16::from_be_bytes(field(self.bytes, 21)) } else { i16::from(self.bytes[17]) }
    }

    /// The codec; an error for the numbers that have none.
    pub fn codec(&self) -> Result<Codec, RecordsError> {
        Codec::from_id(self.attributes() as u8 & 7)
    }

    pub fn is_compressed(&self) -> bool {
        self.attributes() & 7 != 0
    }

    pub fn timestamp_type(&self) -> TimestampType {
        if self.magic() > 0 && self.attributes() & TIMESTAMP_TYPE_BIT != 0 {
            TimestampType::LogAppendTime
        } else {
            TimestampType::CreateTime
        }
    }

    pub fn is_transactional(&self) -> bool {
        self.is_v2() && self.attributes() & TRANSACTIONAL_BIT != 0
    }

    pub fn is_control(&self) -> bool {
        self.is_v2() && self.attributes() & CONTROL_BIT != 0
    }

    /// When the cleaner may drop tombstones and markers of this batch (KIP-534), milliseconds since 1970.
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        (self.is_v2() && self.attributes() & DELETE_HORIZON_BIT != 0).then(|| self.base_timestamp_ms())
    }

    pub fn base_timestamp_ms(&self) -> i64 {
        if self.is_v2() { i64::from_be_bytes(field(self.bytes, 27)) } else { self.max_timestamp_ms() }
    }

    pub fn max_timestamp_ms(&self) -> i64 {
        match self.magic() {
            2 => i64::from_be_bytes(field(self.bytes, 35)),
            1 => i64::from_be_bytes(field(self.bytes, 18)),
            _ => crate::NO_TIMESTAMP,
        }
    }

    pub fn producer_id(&self) -> ProducerId {
        if self.is_v2() { i64::from_be_bytes(field(self.bytes, 43)) } else { crate::NO_PRODUCER_ID }
    }

    pub fn has_producer_id(&self) -> bool {
        self.producer_id() > crate::NO_PRODUCER_ID
    }

    pub fn producer_epoch(&self) -> ProducerEpoch {
        if self.is_v2() { i16::from_be_bytes(field(self.bytes, 51)) } else { crate::NO_PRODUCER_EPOCH }
    }

    pub fn base_sequence(&self) -> i32 {
        if self.is_v2() { i32::from_be_bytes(field(self.bytes, 53)) } else { crate::NO_SEQUENCE }
    }

    /// Sequence of the last record; sequences wrap from `i32::MAX` to 0. -1 when there is no base sequence.
    pub fn last_sequence(&self) -> i32 {
        let base = self.base_sequence();
        if base == crate::NO_SEQUENCE { base } else { increment_sequence(base, self.last_offset_delta()) }
    }

    /// Number of records that the header announces; `None` for formats 0 and 1.
    pub fn count(&self) -> Option<i32> {
        self.is_v2().then(|| i32::from_be_bytes(field(self.bytes, 57)))
    }

    /// Compares the stored checksum with the bytes.
    pub fn check_crc(&self) -> Result<(), RecordsError> {
        let computed = if self.is_v2() { crc32c(&[&self.bytes[21..]]) } else { legacy::crc(self.bytes) };
        if computed == self.crc() { Ok(()) } else { Err(RecordsError::Crc { stored: self.crc(), computed }) }
    }

    /// The bytes after the header of a v2 batch, compressed as the codec says.
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(BATCH_HEADER_LEN..).unwrap_or_default()
    }

    /// Makes the records readable. Uncompressed records are borrowed; compressed ones are decompressed into memory, at
    /// most `decompressed_bytes_max`.
    pub fn open(&self, decompressed_bytes_max: usize) -> Result<OpenBatch<'a>, RecordsError> {
        if !self.is_v2() {
            return legacy::open(*self, decompressed_bytes_max);
        }
        let body = match self.codec()? {
            Codec::None => Cow::Borrowed(self.payload()),
            codec => Cow::Owned(codec.decompress(self.payload(), decompressed_bytes_max)?),
        };
        Ok(OpenBatch { batch: *self, body, first_offset: self.base_offset() })
    }
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch")
            .field("offsets", &(self.base_offset()..=self.last_offset()))
            .field("size", &self.size())
            .field("magic", &self.magic())
            .field("attributes", &self.attributes())
            .finish_non_exhaustive()
    }
}

/// `sequence + increment` in the circle 0..=`i32::MAX`.
pub(crate) fn increment_sequence(sequence: i32, increment: i32) -> i32 {
    ((i64::from(sequence) + i64::from(increment)) & i64::from(i32::MAX)) as i32
}

/// A batch whose records can be read.
#[derive(Debug)]
pub struct OpenBatch<'a> {
    pub(crate) batch: Batch<'a>,
    pub(crate) body: Cow<'a, [u8]>,
    /// Offset that a record's own (delta or relative) offset counts from.
    pub(crate) first_offset: Offset,
}

impl<'a> OpenBatch<'a> {
    pub fn batch(&self) -> Batch<'a> {
        self.batch
    }

    /// The records, in order. A malformed record is an error and ends the iteration; so do bytes left over at the end.
    pub fn records(&self) -> Records<'_> {
        Records::new(self.batch, &self.body, self.first_offset)
    }
}

/// Iterates over the batches of a byte slice; see [`batches`].
#[derive(Debug, Clone)]
pub struct Batches<'a> {
    rest: &'a [u8],
}

/// The whole batches in `bytes`, first to last. An incomplete batch at the end is not an error (a fetch may cut it): it
/// stays in [`Batches::rest`]. After an error the iteration ends.
pub fn batches(bytes: &[u8]) -> Batches<'_> {
    Batches { rest: bytes }
}

impl<'a> Batches<'a> {
    /// The bytes that were not yet iterated over.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<Batch<'a>, RecordsError>;

    fn next(&mut self) -> Option<Self::Item> {
        match Batch::first_in(self.rest) {
            Ok(Some(batch)) => {
                self.rest = &self.rest[batch.size()..];
                Some(Ok(batch))
            }
            Ok(None) => None,
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}
