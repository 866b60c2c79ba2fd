//! `%020d.snapshot`: the producer state that holds below the offset in the name.
//!
//! version i16 = 1 | crc u32 (CRC-32C of all that follows) | count i32 | entries of 46 bytes: producerId i64, epoch i16,
//! lastSequence i32, lastOffset i64, offsetDelta i32, timestamp i64, coordinatorEpoch i32, currentTxnFirstOffset i64 (-1).

use crate::producer_state::{ProducerBatch, ProducerEntry};
use records::crc32c;

const VERSION: i16 = 1;
const HEADER_LEN: usize = 6;
const ENTRY_LEN: usize = 46;

pub(crate) fn encode(entries: &[ProducerEntry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_LEN + 4 + entries.len() * ENTRY_LEN);
    out.extend_from_slice(&VERSION.to_be_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(entries.len() as u32).to_be_bytes());
    for entry in entries {
        let none = ProducerBatch { last_sequence: -1, last_offset: -1, offset_delta: 0, timestamp_ms: -1 };
        let batch = entry.batches().last().copied().unwrap_or(none);
        out.extend_from_slice(&entry.producer_id.to_be_bytes());
        out.extend_from_slice(&entry.epoch.to_be_bytes());
        out.extend_from_slice(&batch.last_sequence.to_be_bytes());
        out.extend_from_slice(&batch.last_offset.to_be_bytes());
        out.extend_from_slice(&batch.offset_delta.to_be_bytes());
        out.extend_from_slice(&entry.last_timestamp_ms.to_be_bytes());
        out.extend_from_slice(&entry.coordinator_epoch.to_be_bytes());
        out.extend_from_slice(&entry.txn_first_offset.unwrap_or(-1).to_be_bytes());
    }
    let crc = crc32c(&[&out[HEADER_LEN..]]);
    out[2..6].copy_from_slice(&crc.to_be_bytes());
    out
}

/// The entries; an error says what is wrong with the file.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<ProducerEntry>, &'static str> {
    let (header, body) = bytes.split_at_checked(HEADER_LEN).ok_or("it is too short")?;
    if header[..2] != VERSION.to_be_bytes() {
        return Err("its version is not 1");
    }
    if header[2..] != crc32c(&[body]).to_be_bytes() {
        return Err("its checksum does not match");
    }
    let (count, entries) = body.split_first_chunk::<4>().ok_or("it is too short")?;
    let (entries, rest) = entries.as_chunks::<ENTRY_LEN>();
    if !rest.is_empty() || entries.len() != u32::from_be_bytes(*count) as usize {
        return Err("its length does not match its count");
    }
    Ok(entries.iter().map(decode_entry).collect())
}

fn decode_entry(bytes: &[u8; ENTRY_LEN]) -> ProducerEntry {
    let i64_at = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| bytes[at + i]));
    let i32_at = |at: usize| i32::from_be_bytes(std::array::from_fn(|i| bytes[at + i]));
    let mut entry = ProducerEntry::new(i64_at(0));
    entry.epoch = i16::from_be_bytes([bytes[8], bytes[9]]);
    entry.last_timestamp_ms = i64_at(26);
    entry.coordinator_epoch = i32_at(34);
    entry.txn_first_offset = Some(i64_at(38)).filter(|offset| *offset >= 0);
    if i64_at(14) >= 0 {
        entry.push(ProducerBatch {
            last_sequence: i32_at(10),
            last_offset: i64_at(14),
            offset_delta: i32_at(22),
            timestamp_ms: entry.last_timestamp_ms,
        });
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "0001483337370000000100000000000000060000000000020000000000000002000000020000018bcfe56802ffffffff\
                          0000000000000000";

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn kafkas_snapshot_reads_and_is_written_the_same() {
        let bytes = unhex(SAMPLE);
        let entries = decode(&bytes).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].producer_id, entries[0].last_sequence(), entries[0].txn_first_offset), (6, 2, Some(0)));
        assert_eq!(entries[0].batches()[0].first_offset(), 0);
        assert_eq!(encode(&entries), bytes);
        assert_eq!(encode(&[]).len(), 10);
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = unhex(SAMPLE);
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert!(decode(&bad).is_err());
            assert!(decode(&bytes[..at]).is_err());
        }
    }
}
