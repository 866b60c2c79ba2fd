//! Records and names that nobody should send: each gets its error code, and the node goes on.

mod robust;

use records::{Batch, BatchBuilder, BatchHeader, BatchOptions, Codec};
use robust::node::Node;
use robust::peer::{METADATA, Peer};
use serde_json::json;

const NOW_MS: i64 = 1_700_000_000_000;

const NONE: i64 = 0;
const CORRUPT_MESSAGE: i64 = 2;
const UNKNOWN_TOPIC_OR_PARTITION: i64 = 3;
const MESSAGE_TOO_LARGE: i64 = 10;
const INVALID_TOPIC: i64 = 17;
const INVALID_REQUEST: i64 = 42;
const INVALID_RECORD: i64 = 87;

fn batch() -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(NOW_MS, Some(b"k"), Some(b"v"), &[]);
    builder.finish().unwrap()
}

fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = batch();
    change(&mut bytes);
    bytes
}

fn with_length(length: i32) -> Vec<u8> {
    changed(|bytes| bytes[8..12].copy_from_slice(&length.to_be_bytes()))
}

/// A message of format 0 or 1, with its checksum.
fn old_message(magic: u8) -> Vec<u8> {
    let mut body = vec![magic, 0];
    if magic == 1 {
        body.extend(NOW_MS.to_be_bytes());
    }
    body.extend([0, 0, 0, 1, b'k', 0, 0, 0, 1, b'v']);
    let mut message = 0_i64.to_be_bytes().to_vec();
    message.extend((body.len() as i32 + 4).to_be_bytes());
    message.extend(records::crc32(&[&body]).to_be_bytes());
    message.extend(body);
    message
}

#[test]
fn bad_batches_get_their_code_and_the_next_good_one_is_taken() {
    let node = Node::start(&["auto.create.topics.enable=false"]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[]), NONE);
    let good = batch();
    let large = {
        let mut builder = BatchBuilder::new(BatchOptions::default());
        builder.append(NOW_MS, None, Some(&[7; 2 << 20]), &[]);
        builder.finish().unwrap()
    };
    for (name, topic, records, expected) in [
        ("good", "t", Some(good.clone()), NONE),
        ("unknown topic", "nobody-made-this", Some(good.clone()), UNKNOWN_TOPIC_OR_PARTITION),
        ("null records", "t", None, INVALID_RECORD),
        ("a changed byte", "t", Some(changed(|b| *b.last_mut().unwrap() ^= 1)), CORRUPT_MESSAGE),
        ("a length that is too large", "t", Some(with_length(i32::MAX)), INVALID_RECORD),
        ("a length that is too small", "t", Some(with_length(good.len() as i32 - 20)), CORRUPT_MESSAGE),
        ("a negative length", "t", Some(with_length(-1)), CORRUPT_MESSAGE),
        ("half a batch", "t", Some(good[..good.len() / 2].to_vec()), INVALID_RECORD),
        ("message format 0", "t", Some(old_message(0)), INVALID_RECORD),
        ("message format 1", "t", Some(old_message(1)), INVALID_RECORD),
        ("message format 9", "t", Some(changed(|b| b[16] = 9)), CORRUPT_MESSAGE),
        ("a batch above max.message.bytes", "t", Some(large), MESSAGE_TOO_LARGE),
    ] {
        assert_eq!(peer.produce(topic, records.as_deref()), expected, "{name}");
        assert_eq!(peer.produce("t", Some(&good)), NONE, "after {name}");
    }
}

/// A batch of one record whose value is this many zero bytes.
fn bomb(codec: Codec, bytes: usize) -> Vec<u8> {
    let mut plain = vec![0; bytes + 32];
    let value_len = varint(bytes);
    // attributes, timestamp delta, offset delta, no key, the value, no headers
    let record_len = varint(4 + value_len.len() + bytes + 1);
    let head = [&record_len[..], &[0, 0, 0, 1], &value_len].concat();
    plain[..head.len()].copy_from_slice(&head);
    plain.truncate(head.len() + bytes + 1);
    let mut payload = Vec::new();
    records::Compression::from(codec).compress(&plain, &mut payload).unwrap();
    let header = Batch::first_in(&batch()).unwrap().unwrap().header().unwrap();
    let attributes = BatchHeader::attributes(codec, records::TimestampType::CreateTime, false, false);
    [&BatchHeader { attributes, ..header }.encode(&payload)[..], &payload].concat()
}

fn varint(n: usize) -> Vec<u8> {
    let mut rest = n << 1;
    let mut bytes = Vec::new();
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

#[test]
fn batches_that_explode_are_refused_and_take_no_memory() {
    let node = Node::start(&[]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[("max.message.bytes", "50000000")]), NONE);
    assert_eq!(peer.produce("t", Some(&batch())), NONE);
    for (codec, bytes, compressed_max) in [
        (Codec::Zstd, 900 << 20, 110_000),
        (Codec::Gzip, 300 << 20, 400_000),
        (Codec::Lz4, 300 << 20, 1_400_000),
        (Codec::Snappy, 300 << 20, 16_000_000),
    ] {
        let bomb = bomb(codec, bytes);
        assert!(bomb.len() < compressed_max, "{codec:?}: {}", bomb.len());
        let before = node.memory("VmHWM");
        assert_eq!(peer.produce("t", Some(&bomb)), MESSAGE_TOO_LARGE, "{codec:?}");
        let grown = (node.memory("VmHWM") - before) as usize;
        // The request itself is in memory, once or twice while its buffer grows.
        assert!(grown < (24 << 20) + 3 * bomb.len(), "{codec:?}: {grown} bytes more");
        assert_eq!(peer.produce("t", Some(&batch())), NONE, "{codec:?}");
    }
}

#[test]
fn names_that_would_leave_the_folder_or_meet_the_metadata_are_refused() {
    let node = Node::start(&[]);
    let mut peer = Peer::connect(&node);
    let long = "x".repeat(250);
    for name in ["", ".", "..", "a/b", "../../etc/passwd", "a\0b", "a b", &long] {
        assert_eq!(peer.create(name, &[]), INVALID_TOPIC, "{name:?}");
        let body = json!({"topics": [{"name": name}], "allowAutoTopicCreation": true});
        let answer = peer.call(METADATA, 4, "Metadata", &body);
        assert_eq!(answer["topics"][0]["errorCode"], INVALID_TOPIC, "{name:?}");
    }
    assert_eq!(peer.create("__cluster_metadata", &[]), INVALID_REQUEST);
    assert_eq!(peer.produce("__cluster_metadata", Some(&batch())), UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(peer.create(&"x".repeat(249), &[]), NONE);
    let mut names: Vec<String> = std::fs::read_dir(node.data())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["__cluster_metadata-0".to_owned(), format!("{}-0", "x".repeat(249))]);
}
