//! The golden vectors: bytes and JSON that Apache Kafka's own writers made for every message and version.

#![allow(dead_code)]

use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

pub struct Vector {
    pub message: String,
    pub version: i16,
    pub kind: String,
    pub bytes: Vec<u8>,
    pub json: Value,
}

impl Vector {
    pub fn title(&self) -> String {
        format!("{} v{} {}", self.message, self.version, self.kind)
    }
}

fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn text(name: &str) -> String {
    String::from_utf8(data(name)).unwrap()
}

pub fn vectors() -> Vec<Vector> {
    const FAMILIES: [&str; 9] = [
        "data",
        "group-coordinator",
        "metadata",
        "raft",
        "rpc-request",
        "rpc-response",
        "share-coordinator",
        "storage",
        "transaction-coordinator",
    ];
    FAMILIES.iter().flat_map(|family| read(&format!("{family}.jsonl.gz"))).collect()
}

fn read(name: &str) -> Vec<Vector> {
    let mut text = String::new();
    GzDecoder::new(data(name).as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(parse).collect()
}

fn parse(line: &str) -> Vector {
    let row: Value = serde_json::from_str(line).unwrap();
    Vector {
        message: row["m"].as_str().unwrap().into(),
        version: row["v"].as_i64().unwrap() as i16,
        kind: row["kind"].as_str().unwrap().into(),
        bytes: unhex(row["hex"].as_str().unwrap()),
        json: row["json"].clone(),
    }
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
