//! `.snapshot` (producer state) and `.txnindex` (aborted transactions); layouts in `docs/on-disk.md`.

use super::Failure;
use protocol::Cursor;
use records::crc32c;
use std::io::Write;

const SNAPSHOT_ENTRY_LEN: usize = 46;
const ABORTED_ENTRY_LEN: usize = 34;

fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
}

pub(super) fn dump_producers(path: &str, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let entries = match snapshot_entries(&bytes) {
        Ok(entries) => entries,
        Err(why) => return Ok(writeln!(err, "Snapshot {path} is corrupt: {why}")?),
    };
    for entry in entries {
        let (last_sequence, last_offset) = (i32::from_be_bytes(field(entry, 10)), i64::from_be_bytes(field(entry, 14)));
        let (delta, time) = (i32::from_be_bytes(field(entry, 22)), i64::from_be_bytes(field(entry, 26)));
        let first_offset = match i64::from_be_bytes(field(entry, 38)) {
            ..0 => "OptionalLong.empty".to_owned(),
            offset => format!("OptionalLong[{offset}]"),
        };
        write!(
            out,
            "producerId: {} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {first_offset} lastTimestamp: \
             {time}",
            i64::from_be_bytes(field(entry, 0)),
            i16::from_be_bytes(field(entry, 8)),
            i32::from_be_bytes(field(entry, 34)),
        )?;
        if last_offset >= 0 {
            let first_sequence = (i64::from(last_sequence) - i64::from(delta)) & i64::from(i32::MAX);
            write!(
                out,
                " firstSequence: {first_sequence} lastSequence: {last_sequence} lastOffset: {last_offset} offsetDelta: \
                 {delta} timestamp: {time}"
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn snapshot_entries(bytes: &[u8]) -> Result<impl Iterator<Item = &[u8]>, String> {
    let mut c = Cursor::new(bytes);
    let mut header = || -> Result<_, protocol::DecodeError> {
        let (version, crc) = (c.i16()?, c.u32()?);
        let body = c.rest();
        Ok((version, crc, body, c.u32()?, c.rest()))
    };
    let (version, crc, body, count, entries) = header().map_err(|error| error.to_string())?;
    if version != 1 {
        return Err(format!("version must be 1: {version}"));
    }
    if crc != crc32c(&[body]) {
        return Err(format!("stored checksum {crc}, computed {}", crc32c(&[body])));
    }
    if entries.len() != (count as usize).saturating_mul(SNAPSHOT_ENTRY_LEN) {
        return Err(format!("{count} entries are announced, but there are {} bytes", entries.len()));
    }
    Ok(entries.chunks_exact(SNAPSHOT_ENTRY_LEN))
}

pub(super) fn dump_aborted(path: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    for entry in bytes.chunks_exact(ABORTED_ENTRY_LEN) {
        let number = |at| i64::from_be_bytes(field(entry, at));
        writeln!(
            out,
            "version: {} producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}",
            i16::from_be_bytes(field(entry, 0)),
            number(2),
            number(10),
            number(18),
            number(26)
        )?;
    }
    Ok(())
}
