//! Every golden vector through the generated codecs and through the JSON view.

mod common;

use common::{hex, text, unhex, vectors};
use protocol::{AnyMessage, Cursor, Writer, decode_any, json};
use std::collections::BTreeSet;

#[test]
fn every_vector_decodes_and_encodes_to_the_same_bytes() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        let mut cursor = Cursor::new(&vector.bytes);
        let message: Box<dyn AnyMessage> = match decode_any(&vector.message, vector.version, &mut cursor) {
            Some(Ok(message)) if cursor.remaining() == 0 => message,
            outcome => {
                wrong.push(format!("{}: {outcome:?}, {} bytes left", vector.title(), cursor.remaining()));
                continue;
            }
        };
        let mut writer = Writer::new();
        if let Err(error) = message.encode_any(&mut writer, vector.version) {
            wrong.push(format!("{}: {error}", vector.title()));
        } else if writer.as_slice() != vector.bytes {
            wrong.push(format!("{}: {} became {}", vector.title(), hex(&vector.bytes), hex(writer.as_slice())));
        }
    }
    report(&wrong);
}

#[test]
fn every_vector_has_the_json_that_kafka_writes() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        match json::decode(&vector.message, vector.version, &vector.bytes) {
            Ok(value) if value == vector.json => {}
            Ok(value) => wrong.push(format!("{}: {value} instead of {}", vector.title(), vector.json)),
            Err(error) => wrong.push(format!("{}: {error}", vector.title())),
        }
    }
    report(&wrong);
}

#[test]
fn the_json_of_every_vector_encodes_to_its_bytes() {
    let mut wrong = Vec::new();
    for vector in vectors().into_iter().filter(|vector| vector.kind != "u") {
        match json::encode(&vector.message, vector.version, &vector.json) {
            Ok(bytes) if bytes == vector.bytes => {}
            Ok(bytes) => wrong.push(format!("{}: {} instead of {}", vector.title(), hex(&bytes), hex(&vector.bytes))),
            Err(error) => wrong.push(format!("{}: {error}", vector.title())),
        }
    }
    report(&wrong);
}

#[test]
fn every_message_has_vectors_and_a_definition_that_parses() {
    let seen: BTreeSet<String> = vectors().into_iter().map(|vector| vector.message).collect();
    for name in json::names() {
        assert!(seen.contains(name), "no vector for {name}");
        assert!(json::definition(name).is_some(), "the definition of {name} does not parse");
    }
}

#[test]
fn primitives_have_kafkas_bytes() {
    for row in text("primitives.tsv").lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let (kind, input, output) = (cells[0], cells[1], cells[2]);
        let (mut writer, number) = (Writer::new(), input.parse::<i64>().unwrap_or_default());
        let bytes = if kind.starts_with('u') && kind != "uvarint32" { unhex(input) } else { unhex(output) };
        let mut cursor = Cursor::new(&bytes);
        let read = match kind {
            "varint(zigzag32)" => {
                writer.varint(number as i32);
                cursor.varint().unwrap().to_string()
            }
            "uvarint32" => {
                writer.uvarint(number as u32);
                (cursor.uvarint().unwrap() as i32).to_string()
            }
            "varlong(zigzag64)" => {
                writer.varlong(number);
                cursor.varlong().unwrap().to_string()
            }
            "uuid base64url" => {
                writer.uuid(output.parse().unwrap());
                assert_eq!(cursor.uuid().unwrap().to_string(), output);
                input.to_string()
            }
            other => panic!("unknown row: {other}"),
        };
        assert_eq!((writer.as_slice(), read.as_str()), (bytes.as_slice(), input), "{row}");
    }
}

fn report(wrong: &[String]) {
    let first: Vec<&str> = wrong.iter().take(10).map(|line| &line[..line.len().min(1500)]).collect();
    assert!(wrong.is_empty(), "{} vectors differ:\n{}", wrong.len(), first.join("\n"));
}
