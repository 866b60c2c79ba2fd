//! Connections that send any request and decode its answer.

use protocol::header::{RequestHead, decode_response_header, encode_request_header};
use protocol::json::{self, View};
use protocol::{ApiKey, Writer};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const ANSWER_LIMIT: Duration = Duration::from_secs(6);
const FRAME_MAX: usize = 64 << 20;

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Answer(Value),
    /// The connection was closed instead.
    Closed,
    Silence,
    /// The step itself is wrong, or the answer cannot be read.
    Broken(String),
}

/// A connection with the requests whose answers are still to come.
pub struct Connection {
    stream: TcpStream,
    outstanding: VecDeque<(ApiKey, i16, i32)>,
    next: i32,
}

impl Connection {
    /// Connects.
    pub fn open(address: &str) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, outstanding: VecDeque::new(), next: 1 })
    }

    /// Sends a request; with `answered` its answer is expected in its turn.
    pub fn send(&mut self, api: ApiKey, version: i16, body: &[u8], answered: bool) -> Result<(), String> {
        let correlation_id = self.next;
        self.next += 1;
        let client_id = Some(Cow::Borrowed("diff"));
        let mut w = Writer::new();
        encode_request_header(&mut w, &RequestHead { api, version, correlation_id, client_id })
            .map_err(|error| error.to_string())?;
        let head = w.into_bytes();
        let mut frame = ((head.len() + body.len()) as u32).to_be_bytes().to_vec();
        frame.extend_from_slice(&head);
        frame.extend_from_slice(body);
        if answered {
            self.outstanding.push_back((api, version, correlation_id));
        }
        // A connection that is closed already shows itself when the answer is read.
        let _closed = self.stream.write_all(&frame);
        Ok(())
    }

    /// The answer to the oldest request that still waits for one.
    pub fn receive(&mut self) -> Outcome {
        let Some((api, version, correlation_id)) = self.outstanding.pop_front() else {
            return Outcome::Broken("no request waits for an answer on this connection".to_owned());
        };
        match self.frame() {
            Ok(frame) => match decode(&frame, api, version, correlation_id) {
                Ok(value) => Outcome::Answer(value),
                Err(reason) => Outcome::Broken(format!("the answer cannot be read: {reason}")),
            },
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Outcome::Silence,
            Err(_) => Outcome::Closed,
        }
    }

    fn frame(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > FRAME_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut frame = vec![0; length];
        self.stream.read_exact(&mut frame)?;
        Ok(frame)
    }
}

fn decode(frame: &[u8], api: ApiKey, version: i16, want: i32) -> Result<Value, String> {
    let supported = api.supports(version);
    // An ApiVersions request of an unknown version is answered in version 0 (KIP-511).
    let version = if supported { version } else { 0 };
    let (correlation_id, mut c) = decode_response_header(frame, api, version).map_err(|error| error.to_string())?;
    if correlation_id != want {
        return Err(format!("correlation id {correlation_id} instead of {want}"));
    }
    let value = json::decode_from(api.info().response, version, &mut c, View::default());
    let value = value.map_err(|error| error.to_string())?;
    match c.remaining() {
        0 => Ok(value),
        left => Err(format!("{left} bytes are left")),
    }
}
