//! One connection that sends frames as it likes.

use super::node::{Node, PATIENCE};
use protocol::json;
use rustix::net::{AddressFamily, SocketType};
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

pub const PRODUCE: i16 = 0;
pub const FETCH: i16 = 1;
pub const METADATA: i16 = 3;
pub const API_VERSIONS: i16 = 18;
pub const CREATE_TOPICS: i16 = 19;
pub const DELETE_TOPICS: i16 = 20;
pub const INCREMENTAL_ALTER_CONFIGS: i16 = 44;

pub struct Peer {
    pub stream: TcpStream,
}

impl Peer {
    pub fn connect(node: &Node) -> Peer {
        let stream = TcpStream::connect(node.address()).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Peer { stream }
    }

    /// A connection to a node on this machine.
    pub fn connect_to(port: u16) -> Peer {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Peer { stream }
    }

    /// A connection that does not come from this machine, as far as limits are concerned.
    pub fn connect_from_elsewhere(node: &Node) -> Peer {
        let address = |ip: [u8; 4], port| SocketAddr::from((ip, port));
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
        rustix::net::bind(&socket, &address([127, 0, 0, 2], 0)).expect("a source address");
        rustix::net::connect(&socket, &address([127, 0, 0, 1], node.port)).expect("a connection");
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Peer { stream }
    }

    /// Sends a request of a version that is not flexible.
    pub fn send(&mut self, key: i16, version: i16, body: &[u8]) {
        let mut frame = i32::try_from(body.len() + 10).expect("a length").to_be_bytes().to_vec();
        frame.extend(key.to_be_bytes());
        frame.extend(version.to_be_bytes());
        frame.extend(7_i32.to_be_bytes());
        frame.extend((-1_i16).to_be_bytes());
        frame.extend(body);
        self.stream.write_all(&frame).expect("a write");
    }

    /// The body of the next answer.
    pub fn receive(&mut self) -> Vec<u8> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).expect("an answer");
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut answer).expect("a whole answer");
        answer.split_off(4)
    }

    pub fn call(&mut self, key: i16, version: i16, name: &str, body: &Value) -> Value {
        self.send(key, version, &json::encode(&format!("{name}Request"), version, body).expect("a request"));
        json::decode(&format!("{name}Response"), version, &self.receive()).expect("an answer")
    }

    /// ApiVersions, which everybody may ask.
    pub fn greet(&mut self) {
        self.send(API_VERSIONS, 0, &[]);
        assert_eq!(self.receive()[..2], [0, 0]);
    }

    /// Whether a question is answered, and the connection not closed instead.
    pub fn is_served(&mut self) -> bool {
        let sent = self.stream.write_all(&[0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff]);
        let mut length = [0; 4];
        let is_answered = sent.is_ok() && self.stream.read_exact(&mut length).is_ok();
        is_answered && self.stream.read_exact(&mut vec![0; u32::from_be_bytes(length) as usize]).is_ok()
    }

    /// Creates a topic of one partition; returns the error code.
    pub fn create(&mut self, topic: &str, configs: &[(&str, &str)]) -> i64 {
        let configs: Vec<Value> = configs.iter().map(|(k, v)| serde_json::json!({"name": k, "value": v})).collect();
        let topics = serde_json::json!([{"name": topic, "numPartitions": 1, "replicationFactor": 1, "assignments": [], "configs": configs}]);
        let body = serde_json::json!({"topics": topics, "timeoutMs": 30000, "validateOnly": false});
        self.call(CREATE_TOPICS, 4, "CreateTopics", &body)["topics"][0]["errorCode"].as_i64().expect("a code")
    }

    /// Sets one of the brokers' common configs.
    pub fn configure(&mut self, key: &str, value: &str) {
        let configs = serde_json::json!([{"name": key, "configOperation": 0, "value": value}]);
        let resources = serde_json::json!([{"resourceType": 4, "resourceName": "", "configs": configs}]);
        let body = serde_json::json!({"resources": resources, "validateOnly": false});
        let answer = self.call(INCREMENTAL_ALTER_CONFIGS, 0, "IncrementalAlterConfigs", &body);
        assert_eq!(answer["responses"][0]["errorCode"], 0, "{answer}");
    }

    /// Produces to partition 0 with acks=all; `None` are null records. The error code.
    pub fn produce(&mut self, topic: &str, records: Option<&[u8]>) -> i64 {
        self.send_records(topic, records);
        self.produced().0
    }

    /// The same, without waiting for the answer.
    pub fn send_records(&mut self, topic: &str, records: Option<&[u8]>) {
        let mut body = vec![0xff, 0xff, 0xff, 0xff];
        body.extend(30_000_i32.to_be_bytes());
        body.extend(1_i32.to_be_bytes());
        body.extend(i16::try_from(topic.len()).expect("a name").to_be_bytes());
        body.extend(topic.bytes());
        body.extend([0, 0, 0, 1, 0, 0, 0, 0]);
        body.extend(records.map_or(-1, |records| records.len() as i32).to_be_bytes());
        body.extend(records.unwrap_or_default());
        self.send(PRODUCE, 7, &body);
    }

    /// The answer to one of those: its error code and base offset.
    pub fn produced(&mut self) -> (i64, i64) {
        let answer = json::decode("ProduceResponse", 7, &self.receive()).expect("an answer");
        let produced = &answer["responses"][0]["partitionResponses"][0];
        let number = |name: &str| produced[name].as_i64().expect("a number");
        (number("errorCode"), number("baseOffset"))
    }

    /// Whether Metadata (version 4) has the topic; it is not created.
    pub fn knows(&mut self, topic: &str) -> bool {
        let mut body = 1_i32.to_be_bytes().to_vec();
        body.extend(i16::try_from(topic.len()).expect("a name").to_be_bytes());
        body.extend(topic.bytes());
        body.push(0);
        self.send(METADATA, 4, &body);
        let answer = json::decode("MetadataResponse", 4, &self.receive()).expect("an answer");
        answer["topics"][0]["errorCode"] == 0
    }

    /// Waits for the other end to close.
    pub fn is_closed(&mut self) -> bool {
        match self.stream.read(&mut [0; 1]) {
            Ok(n) => n == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }
}
