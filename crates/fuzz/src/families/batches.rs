//! Record batches: what producers send, what followers and consumers fetch, what is in a segment.
//!
//! Mode (bit 0: mend lengths and checksums, bit 1: compress the first batch's records with the codec of its flags), rules
//! in two bytes, batches.

use crate::Feature;
use crate::corpus::unhex;
use crate::input::{Input, feature_of, mix};
use crate::memory::{self, Bound};
use records::control::{ControlType, EndTransactionMarker};
use records::{
    BATCH_HEADER_LEN, Batch, BatchBuilder, BatchOptions, Codec, Compression, ProduceRules, TimestampType, batches,
    crc32, peek_batch_len, validate_produced,
};
use serde_json::Value;

const NOW_MS: i64 = 1_795_000_000_000;
const DECOMPRESSED_MAX: usize = 256 << 10;
/// Codecs have buffers of a fixed size: an LZ4 frame may ask for blocks of 4 MiB, of which three are held. A name of a
/// failed record takes 48 bytes, and at most 1000 are kept.
const OPENED: Bound = Bound { base: (14 << 20) + 4 * DECOMPRESSED_MAX, factor: 64 };

pub fn run(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let (mode, rules) = (input.u8(), rules(&mut input));
    let mut bytes = input.0.to_vec();
    if mode & 2 != 0 {
        compress_first(&mut bytes);
    }
    if mode & 1 != 0 {
        mend(&mut bytes);
    }
    let opened = memory::within(OPENED, bytes.len(), || open_all(&bytes));
    let produced = memory::within(OPENED, bytes.len(), || produce(&bytes, &rules));
    mix(opened.to_le_bytes().into_iter().chain(produced.to_le_bytes()))
}

fn rules(input: &mut Input<'_>) -> ProduceRules {
    let (flags, codec) = (input.u8(), input.u8());
    let with = |bit: u8| flags & bit != 0;
    ProduceRules {
        max_message_bytes: if with(1) { 600 } else { 1 << 20 },
        timestamp_type: if with(2) { TimestampType::LogAppendTime } else { TimestampType::CreateTime },
        timestamp_before_max_ms: if with(4) { 1000 } else { i64::MAX },
        timestamp_after_max_ms: if with(8) { 1000 } else { i64::MAX },
        keys_required: with(16),
        compression: Codec::from_id(codec % 8).ok().map(|codec| Compression { codec, level: None }),
        transactional_allowed: !with(32),
        decompressed_bytes_max: if with(64) { 1000 } else { DECOMPRESSED_MAX },
    }
}

/// Sets checksums (and the length of the last batch) to what they should be: otherwise nothing gets beyond them.
pub fn mend(bytes: &mut [u8]) {
    let mut at = 0;
    while bytes.len() - at > 17 {
        let rest = &mut bytes[at..];
        let announced = i32::from_be_bytes([rest[8], rest[9], rest[10], rest[11]]);
        let size = match usize::try_from(announced) {
            Ok(length) if (14..=rest.len() - 12).contains(&length) => length + 12,
            _ => rest.len(),
        };
        rest[8..12].copy_from_slice(&(size as i32 - 12).to_be_bytes());
        match rest[16] {
            2 if size > 21 => {
                let crc = records::crc32c(&[&rest[21..size]]);
                rest[17..21].copy_from_slice(&crc.to_be_bytes());
            }
            _ => {
                let crc = crc32(&[&rest[16..size]]);
                rest[12..16].copy_from_slice(&crc.to_be_bytes());
            }
        }
        at += size;
    }
}

fn compress_first(bytes: &mut Vec<u8>) {
    let Ok(Some(batch)) = Batch::first_in(bytes) else { return };
    let (true, Ok(codec)) = (batch.is_v2() && batch.size() >= BATCH_HEADER_LEN, batch.codec()) else { return };
    let (head, after) = (bytes[..BATCH_HEADER_LEN].to_vec(), bytes[batch.size()..].to_vec());
    let mut whole = head;
    Compression { codec, level: None }.compress(batch.payload(), &mut whole).expect("a codec compresses anything");
    let length = whole.len() as i32 - 12;
    whole[8..12].copy_from_slice(&length.to_be_bytes());
    whole.extend(after);
    *bytes = whole;
}

fn open_all(bytes: &[u8]) -> Feature {
    let mut feature = feature_of(&peek_batch_len(bytes).map(|length| length.is_some()));
    let _ = Batch::header_in(bytes).map(|batch| batch.map(look));
    for batch in batches(bytes) {
        let part = match batch {
            Err(error) => feature_of(&error),
            Ok(batch) => open(batch),
        };
        feature = mix(feature.to_le_bytes().into_iter().chain(part.to_le_bytes()));
    }
    feature
}

/// Calls everything that a header can be asked.
fn look(batch: Batch<'_>) -> u64 {
    let numbers = [
        batch.size() as i64,
        batch.base_offset(),
        batch.last_offset(),
        batch.next_offset(),
        batch.base_timestamp_ms(),
        batch.max_timestamp_ms(),
        batch.producer_id(),
        i64::from(batch.last_sequence()),
        batch.delete_horizon_ms().unwrap_or(-1),
    ];
    let flags = [batch.is_transactional(), batch.is_control(), batch.has_producer_id(), batch.header().is_some()];
    mix(numbers.iter().map(|number| number.signum() as u8).chain(flags.map(u8::from)))
}

fn open(batch: Batch<'_>) -> Feature {
    let looked = look(batch);
    let crc = batch.check_crc();
    let mut count = 0;
    let outcome = match batch.open(DECOMPRESSED_MAX) {
        Err(error) => feature_of(&error),
        Ok(open) => {
            let mut outcome = 0;
            for record in open.records() {
                match record {
                    Err(error) => outcome = feature_of(&error),
                    Ok(record) => {
                        count += 1;
                        let headers = record.headers.filter(|header| header.value.is_some()).count();
                        assert!(headers <= record.headers.len());
                        if batch.is_control() {
                            let _ = ControlType::from_key(record.key);
                            let _ = EndTransactionMarker::from_record(1, 1, &record);
                        }
                    }
                }
            }
            outcome
        }
    };
    feature_of(&(crc.is_ok(), batch.codec(), looked % 16, outcome % 4096, usize::min(count, 3)))
}

fn produce(bytes: &[u8], rules: &ProduceRules) -> Feature {
    let valid = match validate_produced(bytes, rules, NOW_MS) {
        Ok(valid) => valid,
        Err(error) => {
            let partition = base::TopicPartition::new("t", 0);
            let _ = (error.error_code(), error.answer_messages(&partition), error.answers_log_start_offset());
            assert!(error.record_errors().len() <= 1000);
            return feature_of(&error);
        }
    };
    let stored = [&valid.header[..], &valid.payload].concat();
    assert_eq!(stored.len(), valid.size());
    let batch = Batch::first_in(&stored).expect("what was accepted is a batch").expect("it is whole");
    assert_eq!((batch.size(), batch.base_offset()), (stored.len(), 0));
    batch.check_crc().expect("what was accepted has its checksum");
    assert_eq!((batch.count(), batch.last_offset_delta()), (Some(valid.record_count), valid.last_offset_delta));
    let open = batch.open(rules.decompressed_bytes_max).expect("what was accepted can be opened");
    let mut next = 0;
    for record in open.records() {
        let record = record.expect("every record of what was accepted can be read");
        assert_eq!(record.offset, next, "offsets count up");
        assert!(record.key.is_some() || !rules.keys_required);
        next += 1;
    }
    assert_eq!(next, i64::from(valid.record_count));
    mix([batch.attributes() as u8, u8::from(valid.record_count > 1)])
}

fn built(options: BatchOptions, count: usize) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for n in 0..count {
        let header = records::Header { key: b"h", value: (n % 2 == 0).then_some(b"v") };
        let headers: &[_] = if n % 3 == 0 { &[header, header] } else { &[] };
        builder.append(NOW_MS + n as i64, Some(b"key"), Some(&b"value value value"[n % 9..]), headers);
    }
    builder.finish().expect("every codec compresses")
}

pub fn seeds() -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../records/tests/data/record-batches.jsonl");
    let text = std::fs::read_to_string(path).expect("the golden batches are in the repository");
    let mut all: Vec<Vec<u8>> = text
        .lines()
        .filter_map(|line| unhex(serde_json::from_str::<Value>(line).ok()?.get("hex")?.as_str()?))
        .filter(|bytes| bytes.len() < 4000)
        .collect();
    for codec in [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let options = BatchOptions { compression: codec.into(), ..BatchOptions::default() };
        all.push(built(options, 5));
        let of_producer = BatchOptions { producer_id: 5, producer_epoch: 1, base_sequence: i32::MAX, ..options };
        all.push(built(BatchOptions { transactional: true, ..of_producer }, 2));
    }
    let marker = EndTransactionMarker { producer_id: 5, producer_epoch: 1, committed: true, coordinator_epoch: 3 };
    all.push(marker.batch(9, 1, NOW_MS));
    let mut seeds = Vec::new();
    for (n, bytes) in all.iter().enumerate() {
        for mode in [0, 1] {
            seeds.push([&[mode, (n * 3) as u8 & 0x5e, n as u8], bytes.as_slice()].concat());
        }
    }
    // Records that are changed first and compressed then.
    for codec in 0..5 {
        let mut bytes = built(BatchOptions::default(), 4);
        bytes[22] = codec;
        seeds.push([&[3, 0, 7], bytes.as_slice()].concat());
        seeds.push([&[3, 2, codec + 1], bytes.as_slice()].concat());
    }
    seeds
}
