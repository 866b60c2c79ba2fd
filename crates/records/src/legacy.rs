//! Formats 0 and 1, read only: one message is one entry; a compressed message holds a message set as its value.
//!
//! 0 offset i64 | 8 size i32 | 12 crc u32 (CRC-32 from 16 on) | 16 magic i8 | 17 attributes i8 | (v1: 18 timestamp i64) |
//! keyLength i32 key | valueLength i32 value. Inside a compressed v1 message offsets are relative, and the outer offset
//! is that of the last inner one; inside v0 they are absolute.

use crate::record::Headers;
use crate::{Batch, Codec, OpenBatch, Record, RecordsError, crc32};
use base::Offset;
use std::borrow::Cow;

/// What a record of an opened legacy entry counts from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InnerBase {
    pub first_offset: Offset,
    pub log_append_time_ms: Option<i64>,
}

struct Message<'a> {
    offset: Offset,
    timestamp_ms: i64,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
}

pub(crate) fn crc(message: &[u8]) -> u32 {
    crc32(&[message.get(16..).unwrap_or_default()])
}

fn malformed(reason: &'static str) -> RecordsError {
    RecordsError::Record { index: 0, reason }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], RecordsError> {
    let (taken, after) = rest.split_at_checked(count).ok_or(malformed("it ends early"))?;
    *rest = after;
    Ok(taken)
}

fn take_i64(rest: &mut &[u8]) -> Result<i64, RecordsError> {
    Ok(i64::from_be_bytes(take(rest, 8)?.try_into().unwrap_or_default()))
}

fn take_i32(rest: &mut &[u8]) -> Result<i32, RecordsError> {
    Ok(i32::from_be_bytes(take(rest, 4)?.try_into().unwrap_or_default()))
}

fn take_nullable<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, RecordsError> {
    match take_i32(rest)? {
        -1 => Ok(None),
        len => take(rest, usize::try_from(len).map_err(|_| malformed("a length is negative"))?).map(Some),
    }
}

fn read_message<'a>(rest: &mut &'a [u8]) -> Result<Message<'a>, RecordsError> {
    let offset = take_i64(rest)?;
    let size = usize::try_from(take_i32(rest)?).map_err(|_| malformed("its size is negative"))?;
    let mut body = take(rest, size)?;
    let body = &mut body;
    let _crc = take(body, 4)?;
    let magic = take(body, 1)?[0] as i8;
    let _attributes = take(body, 1)?;
    let timestamp_ms = match magic {
        0 => crate::NO_TIMESTAMP,
        1 => take_i64(body)?,
        other => return Err(RecordsError::Magic(other)),
    };
    Ok(Message { offset, timestamp_ms, key: take_nullable(body)?, value: take_nullable(body)? })
}

pub(crate) fn open(batch: Batch<'_>, decompressed_bytes_max: usize) -> Result<OpenBatch<'_>, RecordsError> {
    let codec = batch.codec()?;
    if codec == Codec::None {
        return Ok(OpenBatch { batch, body: Cow::Borrowed(batch.bytes()), first_offset: 0 });
    }
    let outer = read_message(&mut batch.bytes())?;
    let compressed = outer.value.ok_or(malformed("a compressed message has no value"))?;
    let body = match (codec, batch.magic()) {
        (Codec::Zstd, _) => return Err(malformed("zstd needs format 2")),
        (Codec::Lz4, 0) => codec.decompress(&with_lz4_checksum(compressed), decompressed_bytes_max)?,
        _ => codec.decompress(compressed, decompressed_bytes_max)?,
    };
    let first_offset = if batch.magic() == 1 { outer.offset.saturating_sub(last_inner_offset(&body)?) } else { 0 };
    Ok(OpenBatch { batch, body: Cow::Owned(body), first_offset })
}

fn last_inner_offset(mut set: &[u8]) -> Result<Offset, RecordsError> {
    let mut last = None;
    while !set.is_empty() {
        last = Some(read_message(&mut set)?.offset);
    }
    last.ok_or(malformed("a compressed message is empty"))
}

pub(crate) fn next_inner<'a>(
    rest: &mut &'a [u8],
    base: InnerBase,
    index: i32,
) -> Result<Option<Record<'a>>, RecordsError> {
    if rest.is_empty() {
        return Ok(None);
    }
    let message = read_message(rest).map_err(|error| match error {
        RecordsError::Record { reason, .. } => RecordsError::Record { index, reason },
        other => other,
    })?;
    Ok(Some(Record {
        offset: base.first_offset.saturating_add(message.offset),
        timestamp_ms: base.log_append_time_ms.unwrap_or(message.timestamp_ms),
        key: message.key,
        value: message.value,
        headers: Headers::default(),
    }))
}

/// Kafka's v0 clients computed the header checksum of the LZ4 frame over the wrong bytes (KAFKA-3160): puts the right
/// one in, so that an ordinary decoder takes the frame.
fn with_lz4_checksum(frame: &[u8]) -> Vec<u8> {
    let mut fixed = frame.to_vec();
    let descriptor_len = if frame.get(4).is_some_and(|flags| flags & 0x08 != 0) { 10 } else { 2 };
    if let Some(descriptor) = frame.get(4..4 + descriptor_len)
        && let Some(checksum) = fixed.get_mut(4 + descriptor_len)
    {
        *checksum = (xxh32_short(descriptor) >> 8) as u8;
    }
    fixed
}

/// xxHash32 with seed 0 of fewer than 16 bytes.
fn xxh32_short(bytes: &[u8]) -> u32 {
    const P1: u32 = 0x9e37_79b1;
    const P2: u32 = 0x85eb_ca77;
    const P3: u32 = 0xc2b2_ae3d;
    const P4: u32 = 0x27d4_eb2f;
    const P5: u32 = 0x1656_67b1;
    let mut hash = P5.wrapping_add(bytes.len() as u32);
    let (words, tail) = bytes.as_chunks::<4>();
    for word in words {
        hash = hash.wrapping_add(u32::from_le_bytes(*word).wrapping_mul(P3)).rotate_left(17).wrapping_mul(P4);
    }
    for byte in tail {
        hash = hash.wrapping_add(u32::from(*byte).wrapping_mul(P5)).rotate_left(11).wrapping_mul(P1);
    }
    hash = (hash ^ hash >> 15).wrapping_mul(P2);
    hash = (hash ^ hash >> 13).wrapping_mul(P3);
    hash ^ hash >> 16
}
