//! One blocking connection that speaks frames.

use protocol::header::{decode_response_header, encode_request};
use protocol::{Decode, Request, Writer};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No answer takes longer than the creation of thousands of partitions.
const ANSWER_WITHIN: Duration = Duration::from_secs(150);

pub struct Connection {
    pub stream: TcpStream,
    correlation: i32,
}

impl Connection {
    pub fn open(address: &str) -> Result<Connection, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("connect to {address}: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(ANSWER_WITHIN)).map_err(|error| error.to_string())?;
        Ok(Connection { stream, correlation: 0 })
    }

    /// Sends one request and reads its answer.
    pub fn call<R: Request>(&mut self, version: i16, request: &R) -> Result<R::OwnedResponse, String>
    where
        for<'r> R::Response<'r>: Decode<'r> + protocol::Message<Owned = R::OwnedResponse>,
    {
        self.correlation += 1;
        let mut writer = Writer::new();
        encode_request(&mut writer, version, self.correlation, Some("bench"), request).map_err(|e| e.to_string())?;
        self.stream.write_all(&writer.into_bytes()).map_err(|error| error.to_string())?;
        let frame = read_frame(&mut self.stream)?;
        let (_, mut body) = decode_response_header(&frame, R::API_KEY, version).map_err(|e| e.to_string())?;
        let response = R::Response::decode(&mut body, version).map_err(|e| e.to_string())?;
        Ok(protocol::Message::into_owned(response))
    }
}

/// Reads one frame without its length.
pub fn read_frame(stream: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).map_err(|error| error.to_string())?;
    let length = usize::try_from(i32::from_be_bytes(length)).map_err(|_| "a frame of negative length")?;
    let mut frame = vec![0; length];
    stream.read_exact(&mut frame).map_err(|error| error.to_string())?;
    Ok(frame)
}
