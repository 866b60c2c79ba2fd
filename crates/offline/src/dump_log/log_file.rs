//! Segments and snapshots: batches, and the records in them.

use super::Failure;
use super::decoders::Ready;
use super::indexes::Findings;
use super::options::Options;
use crate::progress::Progress;
use base::{File, Files, OpenMode};
use os::RealFiles;
use protocol::json;
use quorum::SnapshotId;
use records::control::ControlType;
use records::{Batch, Record, TimestampType, peek_batch_len};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Bytes that the records of one batch may take when decompressed.
const DECOMPRESSED_MAX: usize = 1 << 30;
/// Bytes that tell how long a batch is.
const PEEK_LEN: usize = 17;

/// Reads a file batch by batch; only one batch is in memory.
pub(super) struct BatchReader {
    file: Arc<dyn File>,
    path: String,
    pub position: u64,
    end: u64,
    buffer: Vec<u8>,
}

impl BatchReader {
    /// Reads from `position` at most `len` bytes (less if the file is shorter).
    pub fn open(path: &str, position: u64, len: u64) -> Result<BatchReader, Failure> {
        let fail = |error: std::io::Error| Failure::file(path, &error);
        let file = RealFiles.open(Path::new(path), OpenMode::Read).map_err(fail)?;
        let end = file.len().map_err(fail)?.min(position.saturating_add(len));
        Ok(BatchReader { file, path: path.to_owned(), position, end, buffer: Vec::new() })
    }

    pub fn file_len(&self) -> Result<u64, Failure> {
        self.file.len().map_err(|error| Failure::file(&self.path, &error))
    }

    /// The next whole batch and where it stands; `None` at the end or where a batch is cut.
    pub fn next_batch(&mut self) -> Result<Option<(u64, Batch<'_>)>, Failure> {
        let at = self.position;
        let left = self.end.saturating_sub(at);
        let mut head = [0; PEEK_LEN];
        if left < PEEK_LEN as u64 || self.read(&mut head, at)? < PEEK_LEN {
            return Ok(None);
        }
        let path = &self.path;
        let wrong = |error: records::RecordsError| Failure(format!("{path} at position {at}: {error}"));
        let Some(len) = peek_batch_len(&head).map_err(wrong)? else { return Ok(None) };
        if len as u64 > left {
            return Ok(None);
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(len, 0);
        let read = self.read(&mut buffer, at);
        self.buffer = buffer;
        if read? < len {
            return Ok(None);
        }
        self.position = at + len as u64;
        let path = &self.path;
        let batch = Batch::first_in(&self.buffer);
        let batch = batch.map_err(|error| Failure(format!("{path} at position {at}: {error}")))?;
        Ok(batch.map(|batch| (at, batch)))
    }

    fn read(&self, buffer: &mut [u8], position: u64) -> Result<usize, Failure> {
        self.file.read_full_at(buffer, position).map_err(|error| Failure::file(&self.path, &error))
    }
}

/// Calls `each` with every batch of a file.
pub(crate) fn for_each_batch(
    path: &str,
    mut each: impl FnMut(Batch<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = BatchReader::open(path, 0, u64::MAX)?;
    while let Some((_, batch)) = reader.next_batch()? {
        each(batch)?;
    }
    Ok(())
}

pub(super) fn dump(
    path: &str,
    name: &str,
    options: &Options,
    findings: &mut Findings,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    // Kafka looks the decoders up before it opens the file.
    let ready = options.decoder.ready().map_err(Failure)?;
    if name.ends_with(".log") {
        writeln!(out, "Log starting offset: {}", starting_offset(name)?)?;
    } else if name == "bootstrap.checkpoint" {
        writeln!(out, "KRaft bootstrap snapshot")?;
    } else {
        let id =
            SnapshotId::from_file_name(name).ok_or_else(|| Failure(format!("{name} is not the name of a snapshot")))?;
        writeln!(out, "Snapshot end offset: {}, epoch: {}", id.end_offset, id.epoch)?;
    }
    let mut reader = BatchReader::open(path, 0, options.bytes_max.unwrap_or(u64::MAX))?;
    let mut last_offset = -1;
    let (mut progress, total) = (Progress::new(path), reader.end);
    while let Some((position, batch)) = reader.next_batch()? {
        progress.at(position, total);
        batch_line(&batch, position, out)?;
        if options.deep {
            let opened = batch.open(DECOMPRESSED_MAX).map_err(|error| Failure(format!("{path}: {error}")))?;
            for record in opened.records() {
                let record = record.map_err(|error| Failure(format!("{path}: {error}")))?;
                if record.offset != last_offset + 1 {
                    findings.gap(path, last_offset, record.offset);
                }
                last_offset = record.offset;
                record_line(&batch, &record, &ready, options, out)?;
            }
        }
    }
    let trailing = reader.file_len()?.saturating_sub(reader.position);
    if trailing > 0 && options.bytes_max.is_none() {
        writeln!(out, "Found {trailing} invalid bytes at the end of {name}")?;
    }
    Ok(())
}

/// The offset in the name of a segment or an index.
pub(super) fn starting_offset(name: &str) -> Result<i64, Failure> {
    let stem = name.split('.').next().unwrap_or_default();
    stem.parse().map_err(|_| Failure(format!("For input string: \"{stem}\"")))
}

fn time_name(batch: &Batch<'_>) -> &'static str {
    match (batch.magic(), batch.timestamp_type()) {
        (0, _) => "NoTimestampType",
        (_, TimestampType::CreateTime) => "CreateTime",
        (_, TimestampType::LogAppendTime) => "LogAppendTime",
    }
}

fn batch_line(batch: &Batch<'_>, position: u64, out: &mut dyn Write) -> Result<(), Failure> {
    if batch.is_v2() {
        let horizon = match batch.delete_horizon_ms() {
            Some(ms) => format!("OptionalLong[{ms}]"),
            None => "OptionalLong.empty".to_owned(),
        };
        write!(
            out,
            "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} producerEpoch: {} \
             partitionLeaderEpoch: {} isTransactional: {} isControl: {} deleteHorizonMs: {horizon}",
            batch.base_offset(),
            batch.last_offset(),
            batch.count().unwrap_or_default(),
            batch.base_sequence(),
            batch.last_sequence(),
            batch.producer_id(),
            batch.producer_epoch(),
            batch.partition_leader_epoch(),
            batch.is_transactional(),
            batch.is_control(),
        )?;
    } else {
        write!(out, "offset: {}", batch.last_offset())?;
    }
    let codec = batch.codec().map_or("unknown", |codec| codec.name());
    let (kind, time) = (time_name(batch), batch.max_timestamp_ms());
    writeln!(
        out,
        " position: {position} {kind}: {time} size: {} magic: {} compresscodec: {codec} crc: {} isvalid: {}",
        batch.size(),
        batch.magic(),
        batch.crc(),
        batch.check_crc().is_ok()
    )?;
    Ok(())
}

fn record_line(
    batch: &Batch<'_>,
    record: &Record<'_>,
    decoder: &Ready,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut prefix = "| ";
    if !options.skip_metadata {
        let size = |bytes: Option<&[u8]>| bytes.map_or(-1, |bytes| bytes.len() as i64);
        let (key_size, value_size) = (size(record.key), size(record.value));
        write!(
            out,
            "{prefix}offset: {} {}: {} keySize: {key_size} valueSize: {value_size}",
            record.offset,
            time_name(batch),
            record.timestamp_ms
        )?;
        prefix = " ";
        if batch.is_v2() {
            let keys: Vec<_> = record.headers.map(|header| String::from_utf8_lossy(header.key)).collect();
            write!(out, " sequence: {} headerKeys: [{}]", sequence(batch, record), keys.join(","))?;
        } else {
            write!(out, " isvalid: {}", batch.check_crc().is_ok())?;
        }
        if batch.is_control() {
            control(record, out)?;
        }
    }
    if options.print_data && !batch.is_control() {
        let shown = decoder.show(record);
        if let Ok((Some(key), _)) = &shown {
            write!(out, "{prefix}key: {key}")?;
            prefix = " ";
        }
        match shown {
            Ok((_, Some(payload))) => write!(out, "{prefix}payload: {payload}")?,
            Ok((_, None)) => {}
            Err(message) => {
                writeln!(out)?;
                return Err(Failure(message));
            }
        }
    }
    writeln!(out)?;
    Ok(())
}

/// Sequences count from the batch's first and wrap to 0.
fn sequence(batch: &Batch<'_>, record: &Record<'_>) -> i64 {
    let base = i64::from(batch.base_sequence());
    if base < 0 {
        return base;
    }
    (base + record.offset.wrapping_sub(batch.base_offset())) & i64::from(i32::MAX)
}

fn control(record: &Record<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let value = record.value.unwrap_or_default();
    let version = value.first_chunk().map_or(0, |bytes| i16::from_be_bytes(*bytes));
    let kind = ControlType::from_key(record.key).map_err(|error| Failure(error.to_string()))?;
    let (title, message) = match kind {
        Some(kind @ (ControlType::Abort | ControlType::Commit)) => {
            let name = if kind == ControlType::Commit { "COMMIT" } else { "ABORT" };
            let epoch =
                value.get(2..).and_then(|rest| rest.first_chunk()).map_or(-1, |bytes| i32::from_be_bytes(*bytes));
            write!(out, " endTxnMarker: {name} coordinatorEpoch: {epoch}")?;
            return Ok(());
        }
        Some(ControlType::LeaderChange) => ("LeaderChange:", "LeaderChangeMessage"),
        Some(ControlType::SnapshotHeader) => ("SnapshotHeader", "SnapshotHeaderRecord"),
        Some(ControlType::SnapshotFooter) => ("SnapshotFooter", "SnapshotFooterRecord"),
        Some(ControlType::KraftVersion) => ("KRaftVersion", "KRaftVersionRecord"),
        Some(ControlType::KraftVoters) => ("KRaftVoters", "VotersRecord"),
        None => {
            let id = record.key.and_then(|key| key.get(2..4)).map_or(-1, |id| i16::from_be_bytes([id[0], id[1]]));
            write!(out, " controlType: UNKNOWN({id})")?;
            return Ok(());
        }
    };
    let shown = json::decode(message, version, value).map_err(|error| Failure(error.to_string()))?;
    write!(out, " {title} {shown}")?;
    Ok(())
}
