//! Batches that Apache Kafka 4.3.1's own builders wrote are read with the same fields and records.

use records::{Batch, Codec, TimestampType, batches};
use serde_json::Value;

const VECTORS: &str = include_str!("data/record-batches.jsonl");

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn vectors() -> impl Iterator<Item = (String, Vec<u8>, Vec<Value>)> {
    VECTORS.lines().map(|line| {
        let vector: Value = serde_json::from_str(line).unwrap();
        let batches = vector["batches"].as_array().unwrap().clone();
        (vector["name"].as_str().unwrap().to_owned(), unhex(vector["hex"].as_str().unwrap()), batches)
    })
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    value.as_str().map(unhex)
}

fn check_batch(name: &str, batch: Batch<'_>, expected: &Value) {
    let int = |key: &str| expected[key].as_i64().unwrap();
    assert_eq!(i64::from(batch.magic()), int("magic"), "{name}");
    batch.check_crc().unwrap();
    assert_eq!(batch.last_offset(), int("lastOffset"), "{name}");
    assert_eq!(batch.size() as i64, int("sizeInBytes"), "{name}");
    assert_eq!(batch.codec().unwrap(), Codec::from_name(expected["compression"].as_str().unwrap()).unwrap(), "{name}");
    assert_eq!(
        batch.timestamp_type() == TimestampType::LogAppendTime,
        expected["timestampType"] == "LogAppendTime",
        "{name}"
    );
    assert_eq!(batch.max_timestamp_ms(), int("maxTimestamp"), "{name}");
    assert_eq!(i64::from(batch.crc()), int("crc"), "{name}");
    assert_eq!(batch.producer_id(), int("producerId"), "{name}");
    assert_eq!(i64::from(batch.producer_epoch()), int("producerEpoch"), "{name}");
    assert_eq!(i64::from(batch.base_sequence()), int("baseSequence"), "{name}");
    assert_eq!(i64::from(batch.last_sequence()), int("lastSequence"), "{name}");
    assert_eq!(i64::from(batch.partition_leader_epoch()), int("partitionLeaderEpoch"), "{name}");
    assert_eq!(batch.is_transactional(), expected["isTransactional"] == true, "{name}");
    assert_eq!(batch.is_control(), expected["isControl"] == true, "{name}");
    if let Some(count) = batch.count() {
        assert_eq!(i64::from(count), int("count"), "{name}");
        assert_eq!(batch.base_offset(), int("baseOffset"), "{name}");
    }
    check_records(name, batch, expected["records"].as_array().unwrap());
}

fn check_records(name: &str, batch: Batch<'_>, expected: &[Value]) {
    let open = batch.open(1 << 20).unwrap();
    let found: Vec<_> = open.records().map(Result::unwrap).collect();
    assert_eq!(found.len(), expected.len(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.offset, expected["offset"].as_i64().unwrap(), "{name}");
        assert_eq!(found.timestamp_ms, expected["timestamp"].as_i64().unwrap(), "{name}");
        assert_eq!(found.key.map(<[u8]>::to_vec), bytes(&expected["key"]), "{name}");
        assert_eq!(found.value.map(<[u8]>::to_vec), bytes(&expected["value"]), "{name}");
        let none = Vec::new();
        let headers = expected["headers"].as_array().unwrap_or(&none);
        assert_eq!(found.headers.len(), headers.len(), "{name}");
        for (found, expected) in found.headers.zip(headers) {
            assert_eq!(found.key, expected[0].as_str().unwrap().as_bytes(), "{name}");
            assert_eq!(found.value.map(<[u8]>::to_vec), bytes(&expected[1]), "{name}");
        }
    }
}

#[test]
fn every_vector_reads_as_kafka_reads_it() {
    for (name, bytes, expected) in vectors() {
        let mut all = batches(&bytes);
        for expected in &expected {
            check_batch(&name, all.next().unwrap().unwrap(), expected);
        }
        assert!(all.next().is_none() && all.rest().is_empty(), "{name}");
    }
}

#[test]
fn headers_and_control_records_encode_to_the_same_bytes() {
    for (name, bytes, _) in vectors() {
        let batch = Batch::first_in(&bytes).unwrap().unwrap();
        if let Some(header) = batch.header() {
            assert_eq!(header.encode(batch.payload()), bytes[..61], "{name}");
        }
        if batch.is_control() && batch.is_transactional() {
            let open = batch.open(0).unwrap();
            let record = open.records().next().unwrap().unwrap();
            let marker = records::control::EndTransactionMarker::from_record(77, 3, &record).unwrap().unwrap();
            assert_eq!(marker.batch(batch.base_offset(), 4, record.timestamp_ms), bytes, "{name}");
        }
    }
}

#[test]
fn cutting_or_flipping_bytes_never_panics_and_never_passes_the_checksum() {
    for (_, bytes, _) in vectors() {
        for cut in 0..bytes.len() {
            for batch in batches(&bytes[..cut]).flatten() {
                assert!(batch.size() <= cut);
            }
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x55;
            let Ok(Some(batch)) = Batch::first_in(&bad) else { continue };
            if (21..bytes.len()).contains(&at) && batch.is_v2() && batch.size() == bytes.len() {
                assert!(batch.check_crc().is_err());
            }
            if let Ok(open) = batch.open(1 << 16) {
                open.records().for_each(drop);
            }
        }
    }
}
