//! The JSON view of every message.
//!
//! Kind, number of the message (among all names), version; then bytes of the message (kind 0) or a JSON text (kind 1).

use super::wire;
use crate::Feature;
use crate::corpus::vectors;
use crate::input::{Input, feature_of, mix};
use crate::memory::{self, Bound};
use protocol::json::{self, JsonError};
use protocol::{Cursor, EncodeError, decode_any};
use serde_json::Value;

/// A tree of JSON values has a node of 32 bytes or more for every byte of an array of bytes, and names for every field.
const TREE: Bound = Bound { base: 64 << 10, factor: 1024 };

const FILES: [&str; 9] = [
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

pub fn run(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let (kind, place) = (input.u8() % 2, usize::from(input.u16()));
    let name = json::names().nth(place % json::names().count()).expect("it is one of them");
    let (first, last) = wire::versions(name);
    let version = input.version(first, last);
    let outcome = if kind == 0 { from_bytes(name, version, input.0) } else { from_text(name, version, input.0) };
    mix(name.bytes().chain([version as u8, kind]).chain(outcome.to_le_bytes()))
}

/// The generated codec and the JSON view read the same messages, and the JSON leads back to itself.
fn from_bytes(name: &str, version: i16, bytes: &[u8]) -> Feature {
    let shown = memory::within(TREE, bytes.len(), || json::decode(name, version, bytes));
    let mut c = Cursor::new(bytes);
    let decoded = decode_any(name, version, &mut c).unwrap_or_else(|| panic!("no message is called {name}"));
    let is_whole = decoded.is_ok() && c.remaining() == 0;
    match shown {
        Err(error) => {
            assert!(!is_whole, "{name} v{version} reads as a message but not as JSON: {error}");
            feature_of(&error)
        }
        Ok(value) => {
            assert!(is_whole, "{name} v{version} reads as JSON but not as a message: {:?}", decoded.err());
            leads_back(name, version, &value);
            0
        }
    }
}

fn leads_back(name: &str, version: i16, value: &Value) {
    match json::encode(name, version, value) {
        Err(JsonError::Encode(EncodeError::TooLong { .. })) => {}
        Err(error) => panic!("{name} v{version}: its JSON cannot be written: {error}: {value}"),
        Ok(bytes) => {
            let again = json::decode(name, version, &bytes);
            assert_eq!(again.as_ref(), Ok(value), "{name} v{version}");
        }
    }
}

/// A text of whoever calls a tool.
fn from_text(name: &str, version: i16, text: &[u8]) -> Feature {
    let value: Value = match serde_json::from_slice(text) {
        Err(_) => return 1,
        Ok(value) => value,
    };
    match json::encode(name, version, &value) {
        Err(error) => feature_of(&error),
        Ok(bytes) => {
            let value = json::decode(name, version, &bytes);
            leads_back(name, version, &value.expect("what was written of a JSON text is a message"));
            2
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for vector in FILES.iter().flat_map(|file| vectors(file)) {
        let Some(place) = json::names().position(|name| name == vector.message) else { continue };
        let start = [&(place as u16).to_be_bytes()[..], &[vector.version as u8]].concat();
        seeds.push([&[0][..], &start, &vector.bytes].concat());
        if vector.version % 3 == 0 {
            seeds.push([&[1][..], &start, vector.json.to_string().as_bytes()].concat());
        }
    }
    seeds
}
