//! A request on its way to its handler, and the place for its answer.

use crate::authorizer::{Authorizer, CLUSTER, Caller, Operation, Principal, ResourceType};
use base::Now;
use net::{Answer, ConnectionInfo, Piece, Reply};
use protocol::header::encode_response;
use protocol::{ApiKey, Cursor, Decode, DecodeError, Message, Writer};
use std::net::IpAddr;
use std::sync::Arc;

/// Most answers without records are smaller than this.
const RESPONSE_BYTES: usize = 256;

/// A request whose header was read and whose row was found.
pub struct Received<'a> {
    pub client_id: Option<&'a str>,
    pub connection: &'a ConnectionInfo,
    /// Who made it, and from where: not who is behind the connection where a broker forwards it (KIP-590).
    pub principal: &'a Arc<Principal>,
    pub host: IpAddr,
    pub authorizer: &'a Arc<dyn Authorizer>,
    pub now: Now,
    /// What follows the header.
    pub body: &'a [u8],
    pub responder: Responder,
}

/// A request with what its row says of it: what handlers get.
pub struct Request<'a> {
    pub api: ApiKey,
    pub version: i16,
    pub client_id: Option<&'a str>,
    pub connection: &'a ConnectionInfo,
    /// As in [`Received`].
    pub principal: &'a Arc<Principal>,
    pub host: IpAddr,
    pub authorizer: &'a Arc<dyn Authorizer>,
    /// What its row asks for, on what.
    pub operation: Operation,
    pub resource: ResourceType,
    /// Where the row is about the cluster: whether its operation is allowed there. Only rows that have another right beside
    /// it meet a no here.
    pub is_allowed_on_cluster: bool,
    pub now: Now,
    /// What follows the header.
    pub body: &'a [u8],
    pub responder: Responder,
}

impl<'a> Request<'a> {
    /// The body as a message. Bytes after it are ignored, as Kafka does.
    pub fn decode<M: Decode<'a>>(&self) -> Result<M, DecodeError> {
        M::decode(&mut Cursor::new(self.body), self.version)
    }

    /// Asks for what the row says about one of the resources that the request names.
    pub fn may(&self, name: &str) -> bool {
        self.is_allowed(self.operation, self.resource, name)
    }

    /// Asks for another operation on the cluster.
    pub fn may_on_cluster(&self, operation: Operation) -> bool {
        self.is_allowed(operation, ResourceType::Cluster, CLUSTER)
    }

    /// Who made it.
    pub fn caller(&self) -> Caller {
        let client_id = self.client_id.map(Into::into);
        Caller::Connected { principal: self.principal.clone(), host: self.host, client_id }
    }

    /// Answers for who made it after the request is gone.
    pub fn asker(&self) -> impl Fn(Operation, ResourceType, &str) -> bool + Send + use<> {
        let (authorizer, principal) = (self.authorizer.clone(), self.principal.clone());
        let host = self.host;
        move |operation, resource, name| authorizer.is_allowed(&principal, host, operation, resource, name)
    }

    /// Asks the authorizer about one resource: what a row does not say.
    pub fn is_allowed(&self, operation: Operation, resource: ResourceType, name: &str) -> bool {
        self.authorizer.is_allowed(self.principal, self.host, operation, resource, name)
    }
}

/// Takes the answer of one request.
pub struct Responder {
    pub api: ApiKey,
    pub version: i16,
    pub correlation_id: i32,
    pub(crate) reply: Reply,
}

impl Responder {
    pub fn new(api: ApiKey, version: i16, correlation_id: i32, reply: Reply) -> Responder {
        Responder { api, version, correlation_id, reply }
    }

    /// Whether the connection is closed, so that nobody waits for the answer.
    pub fn is_gone(&self) -> bool {
        self.reply.is_gone()
    }

    /// The answer will not leave before this time of the monotonic clock (throttling), nor what is behind it.
    pub fn hold_until(&mut self, at_us: u64) {
        self.reply.hold_until(at_us);
    }

    /// Lets later requests of the connection start, although this one held them and has no answer so far.
    pub fn lets_pass(&self) {
        self.reply.lets_pass();
    }

    /// Encodes and sends the answer.
    pub fn send<M: Message>(self, response: &M) {
        let mut writer = Writer::with_capacity(RESPONSE_BYTES);
        match encode_response(&mut writer, self.api, self.version, self.correlation_id, response) {
            Ok(()) => self.reply.send(Answer::Bytes(writer.into_bytes())),
            Err(error) => self.failed(&error),
        }
    }

    /// Sends an answer whose records lie in files: `slice` gives the piece for the id of each external field.
    pub fn send_with_files<M: Message>(self, response: &M, mut slice: impl FnMut(u32) -> Option<Piece>) {
        let mut writer = Writer::with_capacity(RESPONSE_BYTES);
        if let Err(error) = encode_response(&mut writer, self.api, self.version, self.correlation_id, response) {
            return self.failed(&error);
        }
        let (bytes, cuts) = writer.into_parts();
        if cuts.is_empty() {
            return self.reply.send(Answer::Bytes(bytes));
        }
        let mut pieces = Vec::with_capacity(cuts.len() * 2 + 1);
        let mut from = 0;
        for cut in cuts {
            if cut.position > from {
                pieces.push(Piece::Bytes(bytes[from..cut.position].to_vec()));
                from = cut.position;
            }
            match slice(cut.id) {
                Some(piece) if piece.len() == cut.len as usize => pieces.push(piece),
                _ => {
                    tracing::error!(api = %self.api, "an answer lacks records that it announced; the connection is closed");
                    return self.reply.send(Answer::Close);
                }
            }
        }
        if from < bytes.len() {
            pieces.push(Piece::Bytes(bytes[from..].to_vec()));
        }
        self.reply.send(Answer::Pieces(pieces));
    }

    /// Sends an answer whose body (without header) is encoded already.
    pub fn send_body(self, body: &[u8]) {
        let bytes = respond_bytes(self.api, self.version, self.correlation_id, body);
        self.reply.send(Answer::Bytes(bytes));
    }

    /// Sends an answer whose body is encoded already, and closes the connection after it.
    pub fn send_last(self, body: &[u8]) {
        let bytes = respond_bytes(self.api, self.version, self.correlation_id, body);
        self.reply.send(Answer::Last(bytes));
    }

    /// Sends no frame at all: Produce with acks=0.
    pub fn nothing(self) {
        self.reply.send(Answer::Nothing);
    }

    /// Closes the connection after the answers before this one.
    pub fn close(self) {
        self.reply.send(Answer::Close);
    }

    fn failed(self, error: &protocol::EncodeError) {
        tracing::error!(api = %self.api, version = self.version, %error, "an answer cannot be encoded; the connection is closed");
        self.reply.send(Answer::Close);
    }
}

/// A response frame around an encoded body.
pub fn respond_bytes(api: ApiKey, version: i16, correlation_id: i32, body: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(RESPONSE_BYTES);
    writer.i32(0);
    if protocol::header::encode_response_header(&mut writer, api, version, correlation_id).is_err() {
        // The header has two fixed fields: it can be encoded in every version.
        unreachable!("a response header of {api} v{version}");
    }
    let mut bytes = writer.into_bytes();
    bytes.extend_from_slice(body);
    let length = (bytes.len() - 4) as i32;
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    bytes
}
