//! The frames of what a node asks of other controllers, always in the newest version, and their answers.

use crate::node::QuorumNode;
use protocol::header::{decode_response_header, encode_request};
use protocol::{ApiKey, Decode, Request, Writer};

impl QuorumNode {
    /// As Kafka's replicas of the metadata log name themselves.
    pub(crate) fn frame<R: Request>(&self, token: u64, request: &R) -> Vec<u8> {
        frame(token, &format!("raft-client-{}", self.config.local.id), request)
    }
}

pub(crate) fn frame<R: Request>(token: u64, client_id: &str, request: &R) -> Vec<u8> {
    let mut writer = Writer::new();
    let version = R::API_KEY.max_version();
    if let Err(error) = encode_request(&mut writer, version, correlation_id(token), Some(client_id), request) {
        // All of its fields exist in the newest version.
        unreachable!("{}: {error}", R::API_KEY);
    }
    writer.into_bytes()
}

fn correlation_id(token: u64) -> i32 {
    (token & 0x7fff_ffff) as i32
}

/// The message of an answer to a request of this kind.
pub(crate) fn body<'a, M: Decode<'a>>(api: ApiKey, token: u64, frame: &'a [u8]) -> Result<M, String> {
    let version = api.max_version();
    match decode_response_header(frame, api, version) {
        Ok((id, mut cursor)) if id == correlation_id(token) => {
            M::decode(&mut cursor, version).map_err(|error| format!("an answer that cannot be read: {error}"))
        }
        Ok(_) => Err("an answer to another request".to_owned()),
        Err(error) => Err(format!("an answer that cannot be read: {error}")),
    }
}
