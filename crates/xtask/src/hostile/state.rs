//! What exists before the first frame, and the canary after each.

use crate::error::TaskError;
use protocol::json;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Two records of 2023: `a`=`b`, and `a`=`c` a second later.
const TWO_RECORDS: &str = "0000000000000000000000440000000002efce8ffd0000000000010000018bcfe568000000018bcfe56be8\
                           0000000000000000000000000000000000021000000002610262001200d00f020261026300";

/// `a`=`c` alone.
const ONE_RECORD: &str = "00000000000000000000003a000000000294ae935b0000000000000000018bcfe56be80000018bcfe56be8\
                          000000000000000000000000000000000001100000000261026300";

/// Makes topics, records and the group.
pub fn prepare(address: &str) -> Result<(), TaskError> {
    let mut peer = Peer::connect(address)?;
    let topic = |name: &str, partitions: i32, configs: Value| json!({"name": name, "numPartitions": partitions, "replicationFactor": 1, "assignments": [], "configs": configs});
    let compact = json!([{"name": "cleanup.policy", "value": "compact"}]);
    let topics = json!([topic("h1", 1, json!([])), topic("h2", 2, json!([])), topic("hc", 1, compact)]);
    let body = json!({"topics": topics, "timeoutMs": 10000, "validateOnly": false});
    without_errors(&peer.call(19, 4, "CreateTopics", &body)?)?;
    peer.produce("h1", &bytes(TWO_RECORDS))?;
    peer.produce("h2", &bytes(ONE_RECORD))?;
    peer.until(10, 2, "FindCoordinator", &json!({"key": "hseed", "keyType": 0}))?;
    let partition =
        json!({"partitionIndex": 0, "committedOffset": 1, "committedLeaderEpoch": -1, "committedMetadata": ""});
    let commit = json!({"groupId": "hseed", "generationIdOrMemberEpoch": -1, "memberId": "",
        "topics": [{"name": "h1", "partitions": [partition]}]});
    peer.until(8, 6, "OffsetCommit", &commit)
}

/// A fresh connection gets ApiVersions and Metadata.
pub fn canary(address: &str) -> Result<(), TaskError> {
    let mut peer = Peer::connect(address)?;
    without_errors(&peer.call(18, 2, "ApiVersions", &json!({}))?)?;
    let answer = peer.call(3, 4, "Metadata", &json!({"topics": [{"name": "h1"}], "allowAutoTopicCreation": false}))?;
    without_errors(&answer)
}

/// The ids of the APIs that the broker says it serves.
pub fn served(address: &str) -> Result<BTreeSet<i16>, TaskError> {
    let answer = Peer::connect(address)?.call(18, 2, "ApiVersions", &json!({}))?;
    let ids = answer["apiKeys"].as_array().into_iter().flatten().filter_map(|row| row["apiKey"].as_i64());
    Ok(ids.filter_map(|id| i16::try_from(id).ok()).collect())
}

struct Peer {
    stream: TcpStream,
}

impl Peer {
    fn connect(address: &str) -> Result<Peer, TaskError> {
        let stream = TcpStream::connect(address).map_err(prepare_error)?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(prepare_error)?;
        Ok(Peer { stream })
    }

    /// Sends a request of a version that is not flexible, and returns the answer.
    fn call(&mut self, key: i16, version: i16, name: &str, body: &Value) -> Result<Value, TaskError> {
        let body = json::encode(&format!("{name}Request"), version, body).map_err(prepare_error)?;
        let answer = self.exchange(key, version, &body)?;
        json::decode(&format!("{name}Response"), version, &answer).map_err(prepare_error)
    }

    /// As `call`, again and again until there is no error: coordinators need a moment.
    fn until(&mut self, key: i16, version: i16, name: &str, body: &Value) -> Result<(), TaskError> {
        let mut last = Ok(());
        for _ in 0..100 {
            last = without_errors(&self.call(key, version, name, body)?);
            if last.is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        last
    }

    fn produce(&mut self, topic: &str, records: &[u8]) -> Result<(), TaskError> {
        let mut body = vec![0xff, 0xff, 0xff, 0xff];
        body.extend(5000_i32.to_be_bytes());
        body.extend(1_i32.to_be_bytes());
        body.extend(i16::try_from(topic.len()).unwrap_or(0).to_be_bytes());
        body.extend(topic.bytes());
        body.extend(1_i32.to_be_bytes());
        body.extend(0_i32.to_be_bytes());
        body.extend(i32::try_from(records.len()).unwrap_or(0).to_be_bytes());
        body.extend(records);
        let answer = self.exchange(0, 3, &body)?;
        without_errors(&json::decode("ProduceResponse", 3, &answer).map_err(prepare_error)?)
    }

    fn exchange(&mut self, key: i16, version: i16, body: &[u8]) -> Result<Vec<u8>, TaskError> {
        let length = i32::try_from(body.len() + 10).map_err(prepare_error)?;
        let mut frame = length.to_be_bytes().to_vec();
        frame.extend(key.to_be_bytes());
        frame.extend(version.to_be_bytes());
        frame.extend(1_i32.to_be_bytes());
        frame.extend((-1_i16).to_be_bytes());
        frame.extend(body);
        self.stream.write_all(&frame).map_err(prepare_error)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).map_err(prepare_error)?;
        let length = u64::from(u32::from_be_bytes(length));
        let mut answer = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut answer).map_err(prepare_error)?;
        Ok(answer.split_off(4.min(answer.len())))
    }
}

fn without_errors(answer: &Value) -> Result<(), TaskError> {
    match super::compare::error_codes(answer).iter().find(|(_, code)| *code != 0) {
        None => Ok(()),
        Some((path, code)) => Err(TaskError::Prepare(format!("{path} is {code} in {answer}"))),
    }
}

fn prepare_error(error: impl std::fmt::Display) -> TaskError {
    TaskError::Prepare(error.to_string())
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
