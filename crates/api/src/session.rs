//! One connection, from its acceptance to its end. The phases and every step between them are here.
//!
//! ```text
//!                    secured                  the exchange is done
//!   Handshake ──┬──────────────> Authentication ──────────────> Open
//!               └──────────────────────────────────────────────> ^       (where nothing is asked: PLAINTEXT)
//! ```
//!
//! Before `Open` a connection may send ApiVersions and the frames of its authentication, nothing else, and is bound in
//! size and time. How it gets there is the listener's [`Access`].

use crate::authorizer::Principal;
use crate::dispatch::Dispatcher;
use crate::request::Responder;
use crate::table::Node;
use base::Now;
use net::{Bounds, ConnectionInfo, Pipelining, Reply, Wrapping};
use protocol::header::decode_request_header;
use protocol::{ApiKey, DecodeError};
use std::sync::Arc;

/// Largest frame of a connection that is not open: Kafka's `sasl.server.max.receive.size`.
const FRAME_BYTES_MAX: usize = 512 * 1024;
/// Time in which a connection must be open.
const OPEN_WITHIN_US: u64 = 30_000_000;

/// A security protocol with one listener's settings: how a connection gets from accepted to open.
pub trait Access: Send + Sync {
    /// What streams are made with.
    fn wrapping(&self) -> &dyn Wrapping;

    /// What holds until the connection is open.
    fn bounds(&self, now: Now) -> Bounds {
        Bounds { frame_bytes_max: FRAME_BYTES_MAX, deadline_us: now.monotonic_us + OPEN_WITHIN_US }
    }

    /// What is asked of a connection whose stream is agreed on.
    fn entry(&self, connection: &ConnectionInfo) -> Entry;
}

/// What comes after the handshake.
pub enum Entry {
    /// The connection is open.
    Open(Arc<Principal>),
    /// First it says who it is.
    Authentication(Box<dyn Exchange>),
}

/// An authentication under way.
pub trait Exchange: Send {
    /// Takes the body of a SaslHandshake or SaslAuthenticate request and gives the body of its answer.
    fn step(&mut self, api: ApiKey, version: i16, body: &[u8], now: Now) -> Result<Step, DecodeError>;
}

/// What a step of an authentication came to; each with the body of the answer.
pub enum Step {
    GoesOn(Vec<u8>),
    Done(Vec<u8>, Arc<Principal>),
    /// The connection is closed behind the answer, which leaves at this time of the monotonic clock at the earliest.
    Refused(Vec<u8>, u64),
}

/// PLAINTEXT: nothing is asked, everybody is [`Principal::anonymous`].
pub struct Plaintext {
    anonymous: Arc<Principal>,
}

impl Default for Plaintext {
    fn default() -> Plaintext {
        Plaintext { anonymous: Arc::new(Principal::anonymous()) }
    }
}

impl Access for Plaintext {
    fn wrapping(&self) -> &dyn Wrapping {
        &net::Plain
    }

    fn entry(&self, _: &ConnectionInfo) -> Entry {
        Entry::Open(self.anonymous.clone())
    }
}

/// What an open connection has. Quotas will keep here what they know of it.
#[derive(Debug, Clone)]
pub struct Open {
    pub principal: Arc<Principal>,
}

impl Open {
    /// Everybody where nothing is asked.
    pub fn anonymous() -> Open {
        Open { principal: Arc::new(Principal::anonymous()) }
    }
}

/// Where a connection stands, with what it needs there.
enum Phase {
    Handshake { bounds: Bounds },
    Authentication { bounds: Bounds, exchange: Box<dyn Exchange> },
    Open(Open),
}

/// A listener of the node: who gets in, and what is served to them.
pub struct Listener<S: Node> {
    access: Arc<dyn Access>,
    dispatcher: Arc<Dispatcher<S>>,
}

impl<S: Node> Listener<S> {
    pub fn new(access: Arc<dyn Access>, dispatcher: Arc<Dispatcher<S>>) -> Listener<S> {
        Listener { access, dispatcher }
    }

    /// Begins the session of a connection.
    pub fn accept(&self, now: Now) -> Session<S> {
        let phase = Phase::Handshake { bounds: self.access.bounds(now) };
        Session { access: self.access.clone(), dispatcher: self.dispatcher.clone(), phase }
    }
}

impl<S: Node + 'static> net::Listener for Listener<S> {
    fn wrapping(&self) -> &dyn Wrapping {
        self.access.wrapping()
    }

    fn session(&self, _: &ConnectionInfo, now: Now) -> Box<dyn net::Session> {
        Box::new(self.accept(now))
    }
}

/// The session of one connection.
pub struct Session<S: Node> {
    access: Arc<dyn Access>,
    dispatcher: Arc<Dispatcher<S>>,
    phase: Phase,
}

impl<S: Node> net::Session for Session<S> {
    fn secured(&mut self, connection: &ConnectionInfo, _: Now) {
        let Phase::Handshake { bounds } = self.phase else { return };
        self.phase = match self.access.entry(connection) {
            Entry::Open(principal) => Phase::Open(Open { principal }),
            Entry::Authentication(exchange) => Phase::Authentication { bounds, exchange },
        };
    }

    fn bounds(&self) -> Option<Bounds> {
        match &self.phase {
            Phase::Handshake { bounds } | Phase::Authentication { bounds, .. } => Some(*bounds),
            Phase::Open(_) => None,
        }
    }

    fn request(&mut self, connection: &ConnectionInfo, frame: &mut [u8], reply: Reply, now: Now) -> Pipelining {
        match &mut self.phase {
            Phase::Open(open) => self.dispatcher.request(connection, open, frame, reply, now),
            // No frame comes before its stream is there.
            Phase::Handshake { .. } => Pipelining::Hold,
            Phase::Authentication { exchange, .. } => {
                match authenticate(&self.dispatcher, exchange.as_mut(), frame, reply, now) {
                    Ok(None) => {}
                    Ok(Some(principal)) => self.phase = Phase::Open(Open { principal }),
                    Err(reason) => {
                        tracing::debug!(peer = %connection.peer, %reason, "closed before it was authenticated");
                    }
                }
                Pipelining::Hold
            }
        }
    }

    fn ended(&mut self, connection: &ConnectionInfo) {
        self.dispatcher.closed(connection);
    }
}

/// One request of a connection that has not said who it is; the principal once it has.
fn authenticate<S: Node>(
    dispatcher: &Dispatcher<S>,
    exchange: &mut dyn Exchange,
    frame: &[u8],
    reply: Reply,
    now: Now,
) -> Result<Option<Arc<Principal>>, String> {
    let (head, mut cursor) = decode_request_header(frame).map_err(|error| error.to_string())?;
    let mut responder = Responder::new(head.api, head.version, head.correlation_id, reply);
    match head.api {
        ApiKey::ApiVersions => {
            dispatcher.answer_versions(head.version, &mut cursor, responder).map_err(|error| error.to_string())?;
            return Ok(None);
        }
        ApiKey::SaslHandshake | ApiKey::SaslAuthenticate if head.api.supports(head.version) => {}
        other => return Err(format!("API {other} version {} comes before authentication", head.version)),
    }
    let step = exchange.step(head.api, head.version, cursor.rest(), now).map_err(|error| error.to_string())?;
    match step {
        Step::GoesOn(body) => {
            responder.send_body(&body);
            Ok(None)
        }
        Step::Done(body, principal) => {
            responder.send_body(&body);
            Ok(Some(principal))
        }
        Step::Refused(body, not_before_us) => {
            responder.hold_until(not_before_us);
            responder.send_last(&body);
            Ok(None)
        }
    }
}
