//! Records inside an opened batch, borrowed from it.
//!
//! v2 record: length varint | attributes i8 | timestampDelta varlong | offsetDelta varint | keyLength varint (-1: null)
//! key | valueLength varint (-1: null) value | headerCount varint | (keyLength varint key, valueLength varint value)*.

use crate::varint::{read_varint, read_varlong};
use crate::{Batch, RecordsError, TimestampType, legacy};
use base::Offset;

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    pub offset: Offset,
    /// Milliseconds since 1970, -1 for none.
    pub timestamp_ms: i64,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub headers: Headers<'a>,
}

/// One header of a record. Kafka writes keys as UTF-8; a key that is not is the reader's to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    pub key: &'a [u8],
    pub value: Option<&'a [u8]>,
}

/// The headers of a record; they were checked when the record was read. Iterate over a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headers<'a> {
    bytes: &'a [u8],
    count: i32,
}

impl Headers<'_> {
    pub fn len(&self) -> usize {
        self.count.max(0) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.count <= 0
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        if self.count <= 0 {
            return None;
        }
        self.count -= 1;
        read_header(&mut self.bytes).ok()
    }
}

/// The records of a batch; see [`crate::OpenBatch::records`].
#[derive(Debug, Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
    left: i32,
    index: i32,
    base: Base,
}

#[derive(Debug, Clone, Copy)]
enum Base {
    V2 { first_offset: Offset, base_timestamp_ms: i64, log_append_time_ms: Option<i64> },
    Legacy(legacy::InnerBase),
}

impl<'a> Records<'a> {
    pub(crate) fn new(batch: Batch<'_>, body: &'a [u8], first_offset: Offset) -> Records<'a> {
        let log_append_time_ms =
            (batch.timestamp_type() == TimestampType::LogAppendTime).then(|| batch.max_timestamp_ms());
        let base = if batch.is_v2() {
            Base::V2 { first_offset, base_timestamp_ms: batch.base_timestamp_ms(), log_append_time_ms }
        } else {
            Base::Legacy(legacy::InnerBase { first_offset, log_append_time_ms })
        };
        Records { rest: body, left: batch.count().unwrap_or(i32::MAX), index: 0, base }
    }

    fn read(&mut self) -> Result<Option<Record<'a>>, RecordsError> {
        if self.left < 0 {
            return Err(RecordsError::Record { index: 0, reason: "the number of records is negative" });
        }
        if self.left == 0 {
            let error = RecordsError::Record { index: self.index, reason: "bytes follow the last record" };
            return if self.rest.is_empty() { Ok(None) } else { Err(error) };
        }
        match self.base {
            Base::V2 { first_offset, base_timestamp_ms, log_append_time_ms } => {
                let raw = read_record(&mut self.rest).map_err(|reason| reason.at(self.index))?;
                Ok(Some(Record {
                    offset: first_offset.saturating_add(i64::from(raw.offset_delta)),
                    timestamp_ms: log_append_time_ms
                        .unwrap_or_else(|| base_timestamp_ms.wrapping_add(raw.timestamp_delta_ms)),
                    key: raw.key,
                    value: raw.value,
                    headers: raw.headers,
                }))
            }
            Base::Legacy(base) => legacy::next_inner(&mut self.rest, base, self.index),
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, RecordsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        match &read {
            Ok(Some(_)) => {
                self.left -= 1;
                self.index += 1;
            }
            Ok(None) => {}
            Err(_) => (self.left, self.rest) = (0, &[]),
        }
        read.transpose()
    }
}

struct RawRecord<'a> {
    timestamp_delta_ms: i64,
    offset_delta: i32,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
    headers: Headers<'a>,
}

/// A reason without the record's index, which the caller knows.
#[derive(Debug)]
pub(crate) enum Malformed {
    Reason(&'static str),
    Other(RecordsError),
}

impl Malformed {
    pub(crate) fn at(self, index: i32) -> RecordsError {
        match self {
            Malformed::Reason(reason) => RecordsError::Record { index, reason },
            Malformed::Other(error) => error,
        }
    }
}

impl From<RecordsError> for Malformed {
    fn from(error: RecordsError) -> Self {
        Malformed::Other(error)
    }
}

const CUT: Malformed = Malformed::Reason("it ends early");

fn read_record<'a>(rest: &mut &'a [u8]) -> Result<RawRecord<'a>, Malformed> {
    let length = read_varint(rest)?.ok_or(CUT)?;
    let length = usize::try_from(length).map_err(|_| Malformed::Reason("its length is negative"))?;
    let (mut body, after) = rest.split_at_checked(length).ok_or(CUT)?;
    let body = &mut body;
    *rest = after;
    let _attributes = body.split_off_first().ok_or(CUT)?;
    let timestamp_delta_ms = read_varlong(body)?.ok_or(CUT)?;
    let offset_delta = read_varint(body)?.ok_or(CUT)?;
    let key = read_nullable_bytes(body)?;
    let value = read_nullable_bytes(body)?;
    let count = read_varint(body)?.ok_or(CUT)?;
    if count < 0 {
        return Err(Malformed::Reason("its number of headers is negative"));
    }
    let headers = Headers { bytes: body, count };
    for _ in 0..count {
        read_header(body)?;
    }
    if !body.is_empty() {
        return Err(Malformed::Reason("it is shorter than its length says"));
    }
    Ok(RawRecord { timestamp_delta_ms, offset_delta, key, value, headers })
}

fn read_nullable_bytes<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Malformed> {
    let length = read_varint(rest)?.ok_or(CUT)?;
    if length < 0 {
        return Ok(None);
    }
    let (bytes, after) = rest.split_at_checked(length as usize).ok_or(CUT)?;
    *rest = after;
    Ok(Some(bytes))
}

fn read_header<'a>(rest: &mut &'a [u8]) -> Result<Header<'a>, Malformed> {
    let key = read_nullable_bytes(rest)?.ok_or(Malformed::Reason("a header has no key"))?;
    Ok(Header { key, value: read_nullable_bytes(rest)? })
}
