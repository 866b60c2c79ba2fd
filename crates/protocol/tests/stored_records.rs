//! The framed records of Kafka's own topics, and what happens to types from the future.

use protocol::{
    ConfigRecord, DecodeError, FeatureLevelRecord, GroupRecordKey, GroupRecordValue, MetadataRecord, OffsetCommitKey,
    OffsetCommitValue, TopicRecord, TransactionRecordKey, UnknownRecord,
};

/// Values that Apache Kafka's MetadataRecordSerde wrote.
const METADATA: [(&str, &str, i16); 4] = [
    ("010c00116d657461646174612e76657273696f6e001e00", "FeatureLevelRecord", 0),
    ("01020002740000000000000001000000000000000200", "TopicRecord", 0),
    ("0100030000000100000000000000000000000000000000000000000000000000010101010000", "RegisterBrokerRecord", 3),
    (
        "010302000000000000000000000001000000000000000202000000010200000001010100000001ffffffffffffffff020000000000000003000000000000000400",
        "PartitionRecord",
        2,
    ),
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn metadata_records_keep_their_bytes() {
    for (text, name, expected_version) in METADATA {
        let bytes = unhex(text);
        let (record, version) = MetadataRecord::decode(&bytes).unwrap();
        assert_eq!((record.name(), version), (Some(name), expected_version));
        let mut written = Vec::new();
        record.into_owned().encode(&mut written, version).unwrap();
        assert_eq!(written, bytes, "{name}");
    }
}

#[test]
fn a_metadata_record_reads_into_its_fields() {
    let bytes = unhex(METADATA[0].0);
    let expected =
        FeatureLevelRecord { name: "metadata.version".into(), feature_level: 30, ..FeatureLevelRecord::default() };
    assert_eq!(MetadataRecord::decode(&bytes).unwrap().0, MetadataRecord::FeatureLevel(expected));
}

#[test]
fn unknown_metadata_records_survive() {
    // A type that does not exist, and a version of TopicRecord that does not exist yet.
    for bytes in [vec![1, 0xc8, 1, 0, 9, 8, 7], vec![1, 2, 5, 1, 2, 3]] {
        let (record, version) = MetadataRecord::decode(&bytes).unwrap();
        assert!(matches!(record, MetadataRecord::Unknown(_)));
        let mut written = Vec::new();
        record.encode(&mut written, version).unwrap();
        assert_eq!(written, bytes);
    }
}

#[test]
fn frames_of_another_version_and_trailing_bytes_are_refused() {
    assert_eq!(MetadataRecord::decode(&[0, 2, 0]).unwrap_err(), DecodeError::FrameVersion { version: 0 });
    let mut bytes = unhex(METADATA[1].0);
    bytes.push(0);
    assert_eq!(MetadataRecord::decode(&bytes).unwrap_err(), DecodeError::Trailing { count: 1 });
}

#[test]
fn a_record_that_cannot_be_written_leaves_the_buffer_alone() {
    let mut out = vec![1, 2, 3];
    let record = MetadataRecord::from(TopicRecord { name: "x".repeat(40_000).into(), ..TopicRecord::default() });
    assert!(record.encode(&mut out, 0).is_err());
    assert_eq!(out, [1, 2, 3]);
}

#[test]
fn group_records_read_back() {
    let key = GroupRecordKey::from(OffsetCommitKey { group: "g".into(), topic: "t".into(), partition: 3 });
    let mut key_bytes = Vec::new();
    key.encode(&mut key_bytes).unwrap();
    assert_eq!(key_bytes, [0, 1, 0, 1, b'g', 0, 1, b't', 0, 0, 0, 3]);
    assert_eq!(GroupRecordKey::decode(&key_bytes).unwrap(), key);

    let value = GroupRecordValue::from(OffsetCommitValue { offset: 42, ..OffsetCommitValue::default() });
    let mut value_bytes = Vec::new();
    value.encode(&mut value_bytes, 3).unwrap();
    assert_eq!(GroupRecordValue::decode(key.id(), &value_bytes).unwrap(), (value, 3));
}

#[test]
fn unknown_coordinator_records_survive() {
    let key = TransactionRecordKey::decode(&[0, 9, 1, 2]).unwrap();
    let expected = UnknownRecord { id: 9, version: 0, body: vec![1, 2].into() };
    assert_eq!(key, TransactionRecordKey::Unknown(expected));
    let mut written = Vec::new();
    key.encode(&mut written).unwrap();
    assert_eq!(written, [0, 9, 1, 2]);

    let (value, version) = GroupRecordValue::decode(1, &[0, 99, 7]).unwrap();
    let mut written = Vec::new();
    value.encode(&mut written, version).unwrap();
    assert_eq!((version, written.as_slice()), (99, &[0, 99, 7][..]));
}

#[test]
fn values_of_configurations_do_not_show_in_debug_output() {
    let record = ConfigRecord { name: "ssl.key.password".into(), value: Some("hunter2".into()), ..Default::default() };
    let text = format!("{:?}", MetadataRecord::from(record));
    assert!(text.contains("ssl.key.password") && text.contains("<redacted>") && !text.contains("hunter2"), "{text}");
}
