//! Bytes that are wrong: every prefix of every vector, and seeded mutations. Nothing may panic, through the generated
//! codecs or the JSON view; and whatever is accepted can be written again.

mod common;

use base::{Random, SplitMix64};
use common::vectors;
use protocol::{Cursor, Writer, decode_any, json};

fn try_both(name: &str, version: i16, bytes: &[u8]) {
    let mut cursor = Cursor::new(bytes);
    if let Some(Ok(message)) = decode_any(name, version, &mut cursor) {
        let mut writer = Writer::new();
        let _ = message.encode_any(&mut writer, version);
        // Text that is not UTF-8 may grow threefold when it is replaced; nothing else grows.
        assert!(writer.position() <= 4 * bytes.len() + 64, "{name} v{version} grew to {}", writer.position());
    }
    let _ = json::decode(name, version, bytes);
}

#[test]
fn no_prefix_of_a_vector_panics_or_passes_for_the_whole() {
    for vector in vectors() {
        for end in 0..vector.bytes.len().min(400) {
            let mut cursor = Cursor::new(&vector.bytes[..end]);
            let outcome = decode_any(&vector.message, vector.version, &mut cursor).unwrap();
            assert!(outcome.is_err(), "{} cut at {end} was accepted", vector.title());
        }
    }
}

#[test]
fn mutated_vectors_never_panic() {
    const ROUNDS: u64 = 12;
    let mut random = SplitMix64(0x006f_7474_6c61);
    for vector in vectors() {
        for _ in 0..ROUNDS {
            let mut bytes = vector.bytes.clone();
            for _ in 0..=random.below(3) {
                if !bytes.is_empty() {
                    let place = random.below(bytes.len() as u64) as usize;
                    bytes[place] = [0, 1, 0x7f, 0x80, 0xff, random.next_u64() as u8][random.below(6) as usize];
                }
            }
            try_both(&vector.message, vector.version, &bytes);
        }
    }
}

#[test]
fn a_flood_of_unordered_unknown_tags_costs_no_more_than_its_bytes() {
    const TAGS: u32 = 200_000;
    let mut writer = Writer::new();
    writer.i32(1);
    writer.uvarint(TAGS);
    for tag in (0..TAGS).rev() {
        writer.uvarint(tag + 10);
        writer.uvarint(0);
    }
    let bytes = writer.into_bytes();
    let message = decode_any("ResponseHeader", 1, &mut Cursor::new(&bytes)).unwrap().unwrap();
    let mut written = Writer::new();
    message.encode_any(&mut written, 1).unwrap();
    assert_eq!(written.position(), bytes.len());
}

#[test]
fn versions_that_do_not_exist_are_errors() {
    for name in json::names() {
        for version in [-1, 100, i16::MIN, i16::MAX] {
            assert!(decode_any(name, version, &mut Cursor::new(&[0; 64])).unwrap().is_err());
            assert!(json::decode(name, version, &[0; 64]).is_err());
        }
    }
}
