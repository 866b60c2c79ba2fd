//! Batches of producers are accepted, changed or refused as Apache Kafka 4.3.1 answered them.

use base::ErrorCode;
use records::{
    Batch, BatchBuilder, BatchHeader, BatchOptions, Codec, Compression, Header, InvalidBatch, ProduceRules,
    RecordErrorKind, TimestampType, ValidatedBatch, validate_produced, validate_within,
};

const NOW_MS: i64 = 1_795_265_217_771;

fn options() -> BatchOptions {
    BatchOptions::default()
}

fn three(options: BatchOptions) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    builder.append(NOW_MS, Some(b"a"), Some(b"one"), &[]);
    builder.append(NOW_MS + 7, Some(b"b"), None, &[Header { key: b"h", value: None }]);
    builder.append(NOW_MS - 5, Some(b"c"), Some(&[9; 300]), &[]);
    builder.finish().unwrap()
}

fn with_header(bytes: &[u8], change: impl Fn(&mut BatchHeader)) -> Vec<u8> {
    let batch = Batch::first_in(bytes).unwrap().unwrap();
    let mut header = batch.header().unwrap();
    change(&mut header);
    [&header.encode(batch.payload())[..], batch.payload()].concat()
}

fn with_payload(payload: &[u8], count: i32) -> Vec<u8> {
    let header = Batch::first_in(&three(options())).unwrap().unwrap().header().unwrap();
    let header = BatchHeader { count, last_offset_delta: count - 1, ..header };
    [&header.encode(payload)[..], payload].concat()
}

fn code(bytes: &[u8]) -> ErrorCode {
    validate_produced(bytes, &ProduceRules::default(), NOW_MS).map_or_else(|e| e.error_code(), |_| ErrorCode::None)
}

fn whole(valid: &ValidatedBatch<'_>) -> Vec<u8> {
    [&valid.header[..], &valid.payload].concat()
}

#[test]
fn a_good_batch_passes_unchanged_in_every_codec() {
    for codec in [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let bytes = three(BatchOptions { compression: codec.into(), ..options() });
        let valid = validate_produced(&bytes, &ProduceRules::default(), NOW_MS).unwrap();
        assert_eq!(whole(&valid), bytes);
        assert_eq!((valid.record_count, valid.last_offset_delta), (3, 2));
        assert_eq!((valid.max_timestamp_ms, valid.max_timestamp_offset_delta), (NOW_MS + 7, 1));
        assert_eq!(valid.log_append_time_ms, None);
    }
}

#[test]
fn refusals_have_kafkas_codes() {
    let good = three(options());
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        bytes
    };
    let cases: Vec<(&str, Vec<u8>, ErrorCode)> = vec![
        ("nothing", vec![], ErrorCode::InvalidRecord),
        ("short header", vec![0; 11], ErrorCode::InvalidRecord),
        ("cut", good[..good.len() - 3].to_vec(), ErrorCode::InvalidRecord),
        ("two batches", [&good[..], &good[..]].concat(), ErrorCode::InvalidRecord),
        ("a few bytes follow", [&good[..], b"garbage"].concat(), ErrorCode::None),
        ("magic 3", changed(|b| b[16] = 3), ErrorCode::CorruptMessage),
        ("magic -1", changed(|b| b[16] = 255), ErrorCode::CorruptMessage),
        ("magic 1", changed(|b| b[16] = 1), ErrorCode::InvalidRecord),
        ("bad checksum", changed(|b| b[70] ^= 1), ErrorCode::CorruptMessage),
        ("length negative", changed(|b| b[8] = 0xff), ErrorCode::CorruptMessage),
        ("length zero", changed(|b| b[8..12].fill(0)), ErrorCode::CorruptMessage),
        ("base offset", changed(|b| b[7] = 77), ErrorCode::InvalidRecord),
        ("count 0", with_header(&good, |h| h.count = 0), ErrorCode::InvalidRecord),
        ("count negative", with_header(&good, |h| h.count = -1), ErrorCode::InvalidRecord),
        ("count too large", with_header(&good, |h| (h.count, h.last_offset_delta) = (5, 4)), ErrorCode::InvalidRecord),
        ("count too small", with_header(&good, |h| (h.count, h.last_offset_delta) = (2, 1)), ErrorCode::InvalidRecord),
        ("delta mismatch", with_header(&good, |h| h.last_offset_delta = 9), ErrorCode::InvalidRecord),
        ("control bit", with_header(&good, |h| h.attributes |= 0x20), ErrorCode::InvalidRecord),
        ("sequence -1", with_header(&good, |h| (h.producer_id, h.producer_epoch) = (5, 0)), ErrorCode::InvalidRecord),
        ("transactional", with_header(&good, |h| h.attributes |= 0x10), ErrorCode::TransactionalIdAuthorizationFailed),
        ("codec 7", with_header(&good, |h| h.attributes |= 7), ErrorCode::UnknownServerError),
        ("garbage in zstd", with_header(&good, |h| h.attributes |= 4), ErrorCode::UnknownServerError),
        ("garbage in gzip", with_header(&good, |h| h.attributes |= 1), ErrorCode::UnknownServerError),
        ("record length is negative", with_payload(&[0xff, 0xff, 0xff, 0xff, 0x7f], 1), ErrorCode::InvalidRecord),
        ("record too long", with_payload(&[0x7e, 0, 0, 0], 1), ErrorCode::InvalidRecord),
        ("endless varint", with_payload(&[0x80; 12], 1), ErrorCode::UnknownServerError),
        ("far future", with_header(&good, |h| h.base_timestamp_ms = 9_999_999_999_999), ErrorCode::InvalidTimestamp),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(code(&bytes), expected, "{name}");
    }
}

#[test]
fn sizes_are_bounded_before_and_after_decompression() {
    let rules = ProduceRules { max_message_bytes: 100, ..ProduceRules::default() };
    let error = validate_produced(&three(options()), &rules, NOW_MS).unwrap_err();
    assert_eq!(error.error_code(), ErrorCode::MessageTooLarge);
    assert!(!error.answers_log_start_offset());

    let mut builder = BatchBuilder::new(BatchOptions { compression: Codec::Zstd.into(), ..options() });
    builder.append(NOW_MS, None, Some(&vec![0; 4 << 20]), &[]);
    let bomb = builder.finish().unwrap();
    assert!(bomb.len() < 2000);
    let rules = ProduceRules { decompressed_bytes_max: 1 << 20, ..ProduceRules::default() };
    assert_eq!(validate_produced(&bomb, &rules, NOW_MS), Err(InvalidBatch::DecompressedTooLarge { limit: 1 << 20 }));
}

#[test]
fn the_failing_records_are_named() {
    let mut builder = BatchBuilder::new(options());
    builder.append(NOW_MS, Some(b"k"), None, &[]);
    builder.append(NOW_MS, None, None, &[]);
    let keyless = builder.finish().unwrap();
    let rules = ProduceRules { keys_required: true, ..ProduceRules::default() };
    let error = validate_produced(&keyless, &rules, NOW_MS).unwrap_err();
    assert_eq!(error.error_code(), ErrorCode::InvalidRecord);
    assert_eq!(error.record_errors().iter().map(|e| e.batch_index).collect::<Vec<_>>(), [1]);
    assert_eq!(error.record_errors()[0].kind, RecordErrorKind::KeyMissing);
    assert!(error.answer_messages(&base::TopicPartition::new("t", 0)).is_some() && error.answers_log_start_offset());
    let (message, records) = error.answer_messages(&base::TopicPartition::new("hc", 0)).unwrap();
    assert_eq!(records, ["Compacted topic cannot accept message without key in topic partition hc-0"]);
    assert_eq!(
        message,
        "One or more records have been rejected due to 1 record errors in total, and only showing the first three \
         errors at most: [RecordError(batchIndex=1, message='Compacted topic cannot accept message without key in \
         topic partition hc-0')]"
    );

    let rules = ProduceRules { timestamp_after_max_ms: 6, timestamp_before_max_ms: 4, ..ProduceRules::default() };
    let bytes = three(options());
    let error = validate_produced(&bytes, &rules, NOW_MS).unwrap_err();
    assert_eq!(error.error_code(), ErrorCode::InvalidTimestamp);
    assert_eq!(error.record_errors().iter().map(|e| e.batch_index).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(error.to_string(), "One or more records have been rejected due to invalid timestamp");
}

#[test]
fn log_append_time_is_written_into_the_header() {
    let rules = ProduceRules {
        timestamp_type: TimestampType::LogAppendTime,
        timestamp_after_max_ms: 0,
        ..ProduceRules::default()
    };
    let bytes = three(options());
    let valid = validate_produced(&bytes, &rules, NOW_MS + 1000).unwrap();
    let written = whole(&valid);
    let batch = Batch::first_in(&written).unwrap().unwrap();
    batch.check_crc().unwrap();
    assert_eq!(batch.timestamp_type(), TimestampType::LogAppendTime);
    assert_eq!(batch.max_timestamp_ms(), NOW_MS + 1000);
    assert!(batch.open(0).unwrap().records().all(|r| r.unwrap().timestamp_ms == NOW_MS + 1000));
    assert_eq!(valid.log_append_time_ms, Some(NOW_MS + 1000));
}

#[test]
fn a_wrong_max_timestamp_and_a_forged_timestamp_type_are_put_right() {
    let bytes = with_header(&three(options()), |h| h.max_timestamp_ms = 5);
    let written = whole(&validate_produced(&bytes, &ProduceRules::default(), NOW_MS).unwrap());
    let batch = Batch::first_in(&written).unwrap().unwrap();
    batch.check_crc().unwrap();
    assert_eq!(batch.max_timestamp_ms(), NOW_MS + 7);

    let bytes = three(BatchOptions { timestamp_type: TimestampType::LogAppendTime, ..options() });
    let written = whole(&validate_produced(&bytes, &ProduceRules::default(), NOW_MS).unwrap());
    assert_eq!(Batch::first_in(&written).unwrap().unwrap().timestamp_type(), TimestampType::CreateTime);
}

#[test]
fn records_are_recompressed_when_the_topic_wants_another_codec() {
    for (from, to) in [(Codec::None, Codec::Zstd), (Codec::Gzip, Codec::None), (Codec::Lz4, Codec::Snappy)] {
        let bytes = three(BatchOptions { compression: from.into(), ..options() });
        let rules = ProduceRules { compression: Some(Compression::from(to)), ..ProduceRules::default() };
        let written = whole(&validate_produced(&bytes, &rules, NOW_MS).unwrap());
        let batch = Batch::first_in(&written).unwrap().unwrap();
        batch.check_crc().unwrap();
        assert_eq!(batch.codec().unwrap(), to);
        let original = Batch::first_in(&bytes).unwrap().unwrap().open(1 << 20).unwrap();
        let rewritten = batch.open(1 << 20).unwrap();
        assert!(original.records().map(Result::unwrap).eq(rewritten.records().map(Result::unwrap)));
    }
}

#[test]
fn a_gap_in_the_offset_deltas_is_refused_in_every_codec() {
    for codec in [Codec::None, Codec::Zstd] {
        let mut builder = BatchBuilder::new(BatchOptions { compression: codec.into(), ..options() });
        builder.append(NOW_MS, None, None, &[]);
        builder.append_at_delta(2, NOW_MS, None, None, &[]);
        let bytes = with_header(&builder.finish().unwrap(), |h| h.last_offset_delta = 1);
        let error = validate_produced(&bytes, &ProduceRules::default(), NOW_MS).unwrap_err();
        assert_eq!(error.record_errors()[0].kind, RecordErrorKind::OffsetDelta { found: 2 });
    }
}

/// What is compressed says nothing of how much it is: the bytes count as they come out.
#[test]
fn a_budget_ends_validation_where_it_is_spent_and_recompression_needs_one_without_limit() {
    for compression in
        [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd].map(|codec| Compression { codec, level: None })
    {
        let options = BatchOptions { compression, ..BatchOptions::default() };
        let mut builder = BatchBuilder::new(options);
        (0..100).for_each(|_| builder.append(NOW_MS, None, Some(&[0; 10_000]), &[]));
        let bytes = builder.finish().unwrap();
        let rules = ProduceRules::default();
        let mut budget = 500_000;
        assert_eq!(validate_within(&bytes, &rules, NOW_MS, &mut budget), Ok(None), "{compression:?}");
        assert_eq!(budget, 0, "{compression:?}");
        let mut budget = 2_000_000;
        assert!(matches!(validate_within(&bytes, &rules, NOW_MS, &mut budget), Ok(Some(_))), "{compression:?}");
        assert!((900_000..1_000_000).contains(&budget), "{compression:?}: {budget}");
        let other = Some(Compression { codec: Codec::None, level: None });
        let rules = ProduceRules { compression: other, ..rules };
        assert_eq!(validate_within(&bytes, &rules, NOW_MS, &mut budget), Ok(None), "{compression:?}");
        assert!(validate_within(&bytes, &rules, NOW_MS, &mut usize::MAX.clone()).unwrap().is_some());
    }
}
