//! Validation of what a client sends in a Produce request, by Kafka's rules: one whole batch of format v2, its checksum,
//! its counts, its flags, every record's structure, offset and timestamp, keys where compaction needs them. Compressed
//! records are decompressed piece by piece and not kept, unless the topic wants another codec.
//!
//! The payload is never copied: what must change (flags, max timestamp, checksum) changes in a copy of the header.

use crate::codec::{Bounded, Recompressor};
use crate::varint::{Source, read_varint, read_varlong};
use crate::{BATCH_HEADER_LEN, Batch, BatchHeader, Codec, Compression, RecordsError, TimestampType, batches};
use base::{ErrorCode, Offset, ProducerEpoch, ProducerId, TopicPartition};
use std::borrow::Cow;
use std::fmt;

/// Plain bytes up to which records are recompressed at once; more go piece by piece, which compresses a little less.
const AT_ONCE_MAX: usize = 1 << 20;
/// Failed records that an answer names at most; the rest are only counted.
const RECORD_ERRORS_MAX: usize = 1000;

/// What a topic demands of a producer's batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProduceRules {
    /// `max.message.bytes`: size of a batch as it arrives, and as it is stored.
    pub max_message_bytes: usize,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// Whether records need keys (`cleanup.policy` contains `compact`).
    pub keys_required: bool,
    /// `compression.type` with its level; `None` is `producer`.
    pub compression: Option<Compression>,
    /// Whether the request named a transactional id that its user may write to.
    pub transactional_allowed: bool,
    /// Records of a batch may take so many bytes when decompressed.
    pub decompressed_bytes_max: usize,
}

impl Default for ProduceRules {
    /// Kafka's defaults of the topic configs, and 256 MiB for decompressed records.
    fn default() -> Self {
        ProduceRules {
            max_message_bytes: 1_048_588,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            keys_required: false,
            compression: None,
            transactional_allowed: false,
            decompressed_bytes_max: 256 << 20,
        }
    }
}

/// A batch that may be appended. Base offset and partition leader epoch are still the producer's: they lie outside the
/// checksum and are set at append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatedBatch<'a> {
    /// The header to write, with a checksum that fits.
    pub header: [u8; BATCH_HEADER_LEN],
    /// What follows it: borrowed from the request, or recompressed.
    pub payload: Cow<'a, [u8]>,
    pub record_count: i32,
    pub last_offset_delta: i32,
    pub max_timestamp_ms: i64,
    /// Offset delta of the first record that has the max timestamp (that of the last record for `LogAppendTime`).
    pub max_timestamp_offset_delta: i32,
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub base_sequence: i32,
    pub transactional: bool,
    /// Milliseconds since 1970 that the records got, when the topic says `LogAppendTime`.
    pub log_append_time_ms: Option<i64>,
}

impl ValidatedBatch<'_> {
    /// Bytes that the batch takes in the log.
    pub fn size(&self) -> usize {
        BATCH_HEADER_LEN + self.payload.len()
    }
}

/// A record for which its batch was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordError {
    /// Number of the record in its batch.
    pub batch_index: i32,
    pub kind: RecordErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordErrorKind {
    /// The topic is compacted and the record has no key.
    KeyMissing,
    /// Offset deltas must count up from 0.
    OffsetDelta { found: i32 },
    /// Its timestamp is outside of what the topic accepts.
    Timestamp { timestamp_ms: i64, earliest_ms: i64, latest_ms: i64 },
}

impl RecordError {
    /// Kafka's text for it, which names the partition where Kafka's does.
    pub fn message(&self, partition: &TopicPartition) -> String {
        match self.kind {
            RecordErrorKind::Timestamp { .. } => self.to_string(),
            _ => format!("{self} in topic partition {partition}"),
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            RecordErrorKind::KeyMissing => write!(f, "Compacted topic cannot accept message without key"),
            RecordErrorKind::OffsetDelta { found } => {
                write!(f, "Offset delta must be {}: {found}", self.batch_index)
            }
            RecordErrorKind::Timestamp { timestamp_ms, earliest_ms, latest_ms } => write!(
                f,
                "Timestamp {timestamp_ms} of message with offset {} is out of range. The timestamp should be within \
                 [{earliest_ms}, {latest_ms}]",
                self.batch_index
            ),
        }
    }
}

/// Why a producer's batch is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBatch {
    #[error("Record batch count must be exactly 1: {0}")]
    BatchCount(usize),
    #[error("Magic must be 2: {0}")]
    OldMagic(i8),
    /// Lengths, magic or checksum are not those of a batch.
    #[error("Batch is corrupt: {0}")]
    Corrupt(RecordsError),
    #[error("Base offset must be 0: {0}")]
    BaseOffset(Offset),
    /// As it came or, where the topic wants another codec, as it would be stored (then `size` is a lower bound).
    #[error("Batch has {size} bytes, max.message.bytes is {limit}")]
    TooLarge { size: usize, limit: usize },
    #[error("Transactional batch without a transactional id")]
    TransactionalNotAllowed,
    #[error("Batch header is inconsistent: {0}")]
    Header(&'static str),
    #[error("Records are malformed: {0}")]
    Records(RecordsError),
    #[error("Records take more than {limit} bytes when decompressed")]
    DecompressedTooLarge { limit: usize },
    #[error("{}", rejected(errors, *count, &errors.iter().map(ToString::to_string).collect::<Vec<_>>()))]
    RejectedRecords { errors: Vec<RecordError>, count: usize },
}

fn rejected(errors: &[RecordError], count: usize, messages: &[String]) -> String {
    if errors.iter().any(|e| matches!(e.kind, RecordErrorKind::Timestamp { .. })) {
        return "One or more records have been rejected due to invalid timestamp".to_owned();
    }
    let shown: Vec<String> = errors
        .iter()
        .zip(messages)
        .take(3)
        .map(|(error, message)| format!("RecordError(batchIndex={}, message='{message}')", error.batch_index))
        .collect();
    format!(
        "One or more records have been rejected due to {count} record errors in total, and only showing the first \
         three errors at most: [{}]",
        shown.join(", ")
    )
}

impl InvalidBatch {
    /// Kafka's answer to it.
    pub fn error_code(&self) -> ErrorCode {
        match self {
            InvalidBatch::Corrupt(_) => ErrorCode::CorruptMessage,
            InvalidBatch::TooLarge { .. } | InvalidBatch::DecompressedTooLarge { .. } => ErrorCode::MessageTooLarge,
            InvalidBatch::TransactionalNotAllowed => ErrorCode::TransactionalIdAuthorizationFailed,
            InvalidBatch::Records(RecordsError::Record { .. })
            | InvalidBatch::BatchCount(_)
            | InvalidBatch::OldMagic(_)
            | InvalidBatch::BaseOffset(_)
            | InvalidBatch::Header(_) => ErrorCode::InvalidRecord,
            InvalidBatch::Records(_) => ErrorCode::UnknownServerError,
            InvalidBatch::RejectedRecords { errors, .. } => {
                if errors.iter().any(|e| matches!(e.kind, RecordErrorKind::Timestamp { .. })) {
                    ErrorCode::InvalidTimestamp
                } else {
                    ErrorCode::InvalidRecord
                }
            }
        }
    }

    /// The records that an answer names in `record_errors` (empty for failures of the whole batch).
    pub fn record_errors(&self) -> &[RecordError] {
        match self {
            InvalidBatch::RejectedRecords { errors, .. } => errors,
            _ => &[],
        }
    }

    /// The message of the answer, and those of the failed records: Kafka's, which name the partition.
    pub fn answer_messages(&self, partition: &TopicPartition) -> Option<(String, Vec<String>)> {
        let InvalidBatch::RejectedRecords { errors, count } = self else { return None };
        let messages: Vec<String> = errors.iter().map(|error| error.message(partition)).collect();
        Some((rejected(errors, *count, &messages), messages))
    }

    /// Whether Kafka's answer carries the log start offset: not when the batch was refused before it reached the log.
    pub fn answers_log_start_offset(&self) -> bool {
        !matches!(
            self,
            InvalidBatch::BatchCount(_)
                | InvalidBatch::OldMagic(_)
                | InvalidBatch::Corrupt(_)
                | InvalidBatch::TooLarge { .. }
                | InvalidBatch::TransactionalNotAllowed
        )
    }
}

/// Checks the records of one partition of a client's Produce request.
///
/// `now_wall_ms` is compared with timestamps and becomes the timestamp where the topic says `LogAppendTime`. Bytes after
/// the batch that are too few for another are ignored, as in Kafka.
pub fn validate_produced<'a>(
    bytes: &'a [u8],
    rules: &ProduceRules,
    now_wall_ms: i64,
) -> Result<ValidatedBatch<'a>, InvalidBatch> {
    let mut unlimited = usize::MAX;
    let limit = rules.decompressed_bytes_max;
    // Without a limit there is always an outcome.
    validate_within(bytes, rules, now_wall_ms, &mut unlimited)?.ok_or(InvalidBatch::DecompressedTooLarge { limit })
}

/// The same as far as it is little work: `None` where more bytes than the budget would have to be decompressed, or where
/// records must be compressed again and the budget has a limit (`usize::MAX` is none). What was decompressed is taken from
/// the budget: it is counted as it comes, whatever the batch says of itself.
pub fn validate_within<'a>(
    bytes: &'a [u8],
    rules: &ProduceRules,
    now_wall_ms: i64,
    budget: &mut usize,
) -> Result<Option<ValidatedBatch<'a>>, InvalidBatch> {
    let batch = only_batch(bytes)?;
    if batch.is_transactional() && !rules.transactional_allowed {
        return Err(InvalidBatch::TransactionalNotAllowed);
    }
    if batch.base_offset() != 0 {
        return Err(InvalidBatch::BaseOffset(batch.base_offset()));
    }
    if batch.size() > rules.max_message_bytes {
        return Err(InvalidBatch::TooLarge { size: batch.size(), limit: rules.max_message_bytes });
    }
    batch.check_crc().map_err(InvalidBatch::Corrupt)?;
    let Some(header) = batch.header() else { return Err(InvalidBatch::OldMagic(batch.magic())) };
    check_header(&header, batch)?;

    let source = batch.codec().map_err(InvalidBatch::Records)?;
    let target = rules.compression.filter(|target| target.codec != source);
    let mut walk = Walk::new(&header, batch.timestamp_type(), rules, now_wall_ms);
    let payload = match target {
        None => {
            match source {
                Codec::None => walk.slice(batch.payload())?,
                codec => {
                    let limit = rules.decompressed_bytes_max.min(*budget);
                    match walk.compressed(codec, batch.payload(), limit) {
                        Ok(decompressed) => *budget -= decompressed.min(*budget),
                        Err(InvalidBatch::DecompressedTooLarge { limit }) if limit < rules.decompressed_bytes_max => {
                            *budget = 0;
                            return Ok(None);
                        }
                        Err(error) => {
                            *budget = if *budget == usize::MAX { usize::MAX } else { 0 };
                            return Err(error);
                        }
                    }
                }
            }
            Cow::Borrowed(batch.payload())
        }
        Some(_) if *budget != usize::MAX => return Ok(None),
        Some(target) => Cow::Owned(recompress(batch, source, target, rules, &mut walk)?),
    };
    walk.outcome()?;
    let codec = target.map_or(source, |target| target.codec);
    Ok(Some(finish(batch, header, payload, codec, rules, now_wall_ms, &walk)))
}

fn only_batch(bytes: &[u8]) -> Result<Batch<'_>, InvalidBatch> {
    let mut all = batches(bytes);
    let first = all.next().ok_or(InvalidBatch::BatchCount(0))?.map_err(InvalidBatch::Corrupt)?;
    if !first.is_v2() {
        return Err(InvalidBatch::OldMagic(first.magic()));
    }
    match all.next() {
        None => Ok(first),
        Some(Ok(_)) => Err(InvalidBatch::BatchCount(2)),
        Some(Err(error)) => Err(InvalidBatch::Corrupt(error)),
    }
}

fn check_header(header: &BatchHeader, batch: Batch<'_>) -> Result<(), InvalidBatch> {
    if header.last_offset_delta < 0 {
        return Err(InvalidBatch::Header("last offset delta is negative"));
    }
    if header.count <= 0 {
        return Err(InvalidBatch::Header("record count is not positive"));
    }
    if i64::from(header.last_offset_delta) + 1 != i64::from(header.count) {
        return Err(InvalidBatch::Header("record count does not match the last offset delta"));
    }
    if batch.is_control() {
        return Err(InvalidBatch::Header("clients may not write control batches"));
    }
    if batch.has_producer_id() && header.base_sequence < 0 {
        return Err(InvalidBatch::Header("a producer id needs a base sequence"));
    }
    Ok(())
}

fn recompress(
    batch: Batch<'_>,
    source: Codec,
    target: Compression,
    rules: &ProduceRules,
    walk: &mut Walk<'_>,
) -> Result<Vec<u8>, InvalidBatch> {
    let plain = match source {
        Codec::None => Cow::Borrowed(batch.payload()),
        codec => match codec.decompress(batch.payload(), rules.decompressed_bytes_max.min(AT_ONCE_MAX)) {
            Ok(plain) => Cow::Owned(plain),
            Err(RecordsError::DecompressedTooLarge { .. }) => {
                return recompress_by_pieces(batch, source, target, rules, walk);
            }
            Err(error) => return Err(records_error(error)),
        },
    };
    walk.slice(&plain)?;
    walk.outcome()?;
    let mut payload = Vec::with_capacity(plain.len() / 2);
    target.compress(&plain, &mut payload).map_err(InvalidBatch::Records)?;
    let (size, limit) = (BATCH_HEADER_LEN + payload.len(), rules.max_message_bytes);
    if size > limit { Err(InvalidBatch::TooLarge { size, limit }) } else { Ok(payload) }
}

/// Records that are large when decompressed never lie in memory as a whole: only what of them may be stored does.
fn recompress_by_pieces(
    batch: Batch<'_>,
    source: Codec,
    target: Compression,
    rules: &ProduceRules,
    walk: &mut Walk<'_>,
) -> Result<Vec<u8>, InvalidBatch> {
    let limit = rules.max_message_bytes;
    let mut copy = Recompressor::new(target, limit.saturating_sub(BATCH_HEADER_LEN)).map_err(InvalidBatch::Records)?;
    let records = Bounded::new(source, batch.payload(), rules.decompressed_bytes_max).map_err(records_error)?;
    let walked = walk.stream(&mut records.with_copy(&mut copy));
    let too_large = InvalidBatch::TooLarge { size: limit.saturating_add(1), limit };
    if copy.is_exceeded() {
        return Err(too_large);
    }
    walked?;
    walk.outcome()?;
    copy.finish().map_err(InvalidBatch::Records)?.ok_or(too_large)
}

fn finish<'a>(
    batch: Batch<'a>,
    mut header: BatchHeader,
    payload: Cow<'a, [u8]>,
    codec: Codec,
    rules: &ProduceRules,
    now_wall_ms: i64,
    walk: &Walk<'_>,
) -> ValidatedBatch<'a> {
    let log_append_time = rules.timestamp_type == TimestampType::LogAppendTime;
    let (max_timestamp_ms, max_timestamp_offset_delta) =
        if log_append_time { (now_wall_ms, header.last_offset_delta) } else { (walk.max_timestamp_ms, walk.max_index) };
    // Bits that Kafka does not know are kept: the codec and the timestamp type are ours to set.
    let kept = header.attributes & !0x0f;
    let attributes = kept | BatchHeader::attributes(codec, rules.timestamp_type, false, false);
    let unchanged = attributes == header.attributes
        && max_timestamp_ms == header.max_timestamp_ms
        && matches!(payload, Cow::Borrowed(_));
    header.attributes = attributes;
    header.max_timestamp_ms = max_timestamp_ms;
    let encoded = match batch.bytes().first_chunk::<BATCH_HEADER_LEN>() {
        Some(original) if unchanged => *original,
        _ => header.encode(&payload),
    };
    ValidatedBatch {
        header: encoded,
        payload,
        record_count: header.count,
        last_offset_delta: header.last_offset_delta,
        max_timestamp_ms,
        max_timestamp_offset_delta,
        producer_id: header.producer_id,
        producer_epoch: header.producer_epoch,
        base_sequence: header.base_sequence,
        transactional: batch.is_transactional(),
        log_append_time_ms: log_append_time.then_some(now_wall_ms),
    }
}

fn records_error(error: RecordsError) -> InvalidBatch {
    match error {
        RecordsError::DecompressedTooLarge { limit } => InvalidBatch::DecompressedTooLarge { limit },
        other => InvalidBatch::Records(other),
    }
}

/// One pass over the records of a batch.
struct Walk<'r> {
    rules: &'r ProduceRules,
    now_wall_ms: i64,
    count: i32,
    base_timestamp_ms: i64,
    /// The producer's own LogAppendTime flag: then its max timestamp is every record's.
    fixed_timestamp_ms: Option<i64>,
    max_timestamp_ms: i64,
    max_index: i32,
    errors: Vec<RecordError>,
    error_count: usize,
}

pub(crate) struct Seen {
    pub timestamp_delta_ms: i64,
    pub offset_delta: i32,
    has_key: bool,
}

impl<'r> Walk<'r> {
    fn new(header: &BatchHeader, sent_type: TimestampType, rules: &'r ProduceRules, now_wall_ms: i64) -> Walk<'r> {
        Walk {
            rules,
            now_wall_ms,
            count: header.count,
            base_timestamp_ms: header.base_timestamp_ms,
            fixed_timestamp_ms: (sent_type == TimestampType::LogAppendTime).then_some(header.max_timestamp_ms),
            max_timestamp_ms: crate::NO_TIMESTAMP,
            max_index: header.last_offset_delta,
            errors: Vec::new(),
            error_count: 0,
        }
    }

    fn slice(&mut self, mut records: &[u8]) -> Result<(), InvalidBatch> {
        for index in 0..self.count {
            let seen = pass_slice_record(&mut records, index).map_err(records_error)?;
            self.check(index, &seen);
        }
        if records.is_empty() { Ok(()) } else { Err(trailing(self.count)) }
    }

    /// Returns how many bytes were decompressed.
    fn compressed(&mut self, codec: Codec, payload: &[u8], bytes_max: usize) -> Result<usize, InvalidBatch> {
        let mut source = Bounded::new(codec, payload, bytes_max).map_err(records_error)?;
        self.stream(&mut source)?;
        Ok(source.passed())
    }

    fn stream(&mut self, source: &mut Bounded<'_>) -> Result<(), InvalidBatch> {
        for index in 0..self.count {
            let seen = pass_stream_record(source, index).map_err(records_error)?;
            self.check(index, &seen);
        }
        if source.is_at_end().map_err(records_error)? { Ok(()) } else { Err(trailing(self.count)) }
    }

    #[inline]
    fn check(&mut self, index: i32, seen: &Seen) {
        let timestamp_ms =
            self.fixed_timestamp_ms.unwrap_or_else(|| self.base_timestamp_ms.wrapping_add(seen.timestamp_delta_ms));
        if timestamp_ms > self.max_timestamp_ms {
            (self.max_timestamp_ms, self.max_index) = (timestamp_ms, index);
        }
        if self.rules.keys_required && !seen.has_key {
            self.fail(index, RecordErrorKind::KeyMissing);
        } else if seen.offset_delta != index {
            self.fail(index, RecordErrorKind::OffsetDelta { found: seen.offset_delta });
        } else if self.rules.timestamp_type == TimestampType::CreateTime && timestamp_ms != crate::NO_TIMESTAMP {
            self.check_timestamp(index, timestamp_ms);
        }
    }

    fn check_timestamp(&mut self, index: i32, timestamp_ms: i64) {
        let ahead_ms = i128::from(timestamp_ms) - i128::from(self.now_wall_ms);
        let (before_max, after_max) = (self.rules.timestamp_before_max_ms, self.rules.timestamp_after_max_ms);
        if ahead_ms > i128::from(after_max) || -ahead_ms > i128::from(before_max) {
            let earliest_ms = self.now_wall_ms.wrapping_sub(before_max);
            let latest_ms = self.now_wall_ms.wrapping_add(after_max);
            self.fail(index, RecordErrorKind::Timestamp { timestamp_ms, earliest_ms, latest_ms });
        }
    }

    #[cold]
    fn fail(&mut self, batch_index: i32, kind: RecordErrorKind) {
        self.error_count += 1;
        if self.errors.len() < RECORD_ERRORS_MAX {
            self.errors.push(RecordError { batch_index, kind });
        }
    }

    fn outcome(&mut self) -> Result<(), InvalidBatch> {
        if self.error_count == 0 {
            return Ok(());
        }
        Err(InvalidBatch::RejectedRecords { errors: std::mem::take(&mut self.errors), count: self.error_count })
    }
}

fn trailing(index: i32) -> InvalidBatch {
    InvalidBatch::Records(RecordsError::Record { index, reason: "bytes follow the last record" })
}

fn cut(index: i32) -> RecordsError {
    RecordsError::Record { index, reason: "it ends early" }
}

/// Passes one record of a slice: the record's own length bounds everything inside.
#[inline]
pub(crate) fn pass_slice_record(rest: &mut &[u8], index: i32) -> Result<Seen, RecordsError> {
    let length = read_varint(rest)?.ok_or_else(|| cut(index))?;
    let length =
        usize::try_from(length).map_err(|_| RecordsError::Record { index, reason: "its length is negative" })?;
    let (mut body, after) = rest.split_at_checked(length).ok_or_else(|| cut(index))?;
    *rest = after;
    let seen = pass_body(&mut body, index)?;
    if !body.is_empty() {
        return Err(RecordsError::Record { index, reason: "it is shorter than its length says" });
    }
    Ok(seen)
}

/// Passes one record of a stream, counting its bytes against its own length.
pub(crate) fn pass_stream_record(source: &mut Bounded<'_>, index: i32) -> Result<Seen, RecordsError> {
    let length = read_varint(source)?.ok_or_else(|| cut(index))?;
    let length =
        usize::try_from(length).map_err(|_| RecordsError::Record { index, reason: "its length is negative" })?;
    let mut body = Window { source, left: length };
    let seen = pass_body(&mut body, index)?;
    if body.left != 0 {
        return Err(RecordsError::Record { index, reason: "it is shorter than its length says" });
    }
    Ok(seen)
}

struct Window<'s, 'a> {
    source: &'s mut Bounded<'a>,
    left: usize,
}

impl Source for Window<'_, '_> {
    fn byte(&mut self) -> Result<Option<u8>, RecordsError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.source.byte()
    }

    fn skip(&mut self, count: usize) -> Result<bool, RecordsError> {
        if count > self.left {
            return Ok(false);
        }
        self.left -= count;
        self.source.skip(count)
    }
}

#[inline]
fn pass_body(body: &mut impl Source, index: i32) -> Result<Seen, RecordsError> {
    let cut = || cut(index);
    body.byte()?.ok_or_else(cut)?;
    let timestamp_delta_ms = read_varlong(body)?.ok_or_else(cut)?;
    let offset_delta = read_varint(body)?.ok_or_else(cut)?;
    let has_key = pass_nullable(body, index)?;
    pass_nullable(body, index)?;
    let headers = read_varint(body)?.ok_or_else(cut)?;
    if headers < 0 {
        return Err(RecordsError::Record { index, reason: "its number of headers is negative" });
    }
    for _ in 0..headers {
        if !pass_nullable(body, index)? {
            return Err(RecordsError::Record { index, reason: "a header has no key" });
        }
        pass_nullable(body, index)?;
    }
    Ok(Seen { timestamp_delta_ms, offset_delta, has_key })
}

#[inline]
fn pass_nullable(body: &mut impl Source, index: i32) -> Result<bool, RecordsError> {
    let length = read_varint(body)?.ok_or_else(|| cut(index))?;
    match usize::try_from(length) {
        Err(_) => Ok(false),
        Ok(length) if body.skip(length)? => Ok(true),
        Ok(_) => Err(cut(index)),
    }
}
