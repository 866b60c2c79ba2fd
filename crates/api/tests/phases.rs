//! A connection through all its phases, by an authentication that nobody else has: two steps, a word each.

use api::{Access, AllowAll, Dispatcher, Entry, Exchange, Listener, Node, Principal, Request, Row, Session, Step};
use api::{Operation, Quota, ResourceType};
use base::Now;
use metadata::{Image, Levels};
use net::{Answer, Bounds, ConnectionInfo, Pipelining, Reply, Session as _, Wrapping};
use protocol::header::{RequestHead, encode_request_header};
use protocol::{ApiKey, DecodeError, Message, MetadataRequest, MetadataResponse, Writer};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Nobody {
    /// Connections get no answers any more.
    is_silent: AtomicBool,
}

impl Node for Nobody {
    fn image(&self) -> Arc<Image> {
        Arc::new(Image::empty())
    }

    fn kraft_version(&self) -> i16 {
        0
    }

    fn levels(&self) -> Levels {
        Levels::Served
    }

    fn lets_ask(&self, _: &ConnectionInfo) -> bool {
        !self.is_silent.load(Ordering::Relaxed)
    }

    fn disconnected(&self, _: &ConnectionInfo) {}
}

/// Tells the principal as the id of the cluster.
fn who_am_i(_: &Nobody, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let response =
        MetadataResponse { cluster_id: Some(request.principal.name.clone().into()), ..MetadataResponse::default() };
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

struct TwoWords;

const BOUNDS: Bounds = Bounds { frame_bytes_max: 99, deadline_us: 1_000 };
const REFUSED_AT_US: u64 = 77;

impl Access for TwoWords {
    fn wrapping(&self) -> &dyn Wrapping {
        &net::Plain
    }

    fn bounds(&self, _: Now) -> Bounds {
        BOUNDS
    }

    fn entry(&self, _: &ConnectionInfo) -> Entry {
        Entry::Authentication(Box::new(Words(Vec::new())))
    }
}

struct Words(Vec<Vec<u8>>);

impl Exchange for Words {
    fn step(&mut self, _: ApiKey, _: i16, body: &[u8], _: Now) -> Result<Step, DecodeError> {
        self.0.push(body.to_vec());
        Ok(match self.0.iter().map(Vec::as_slice).collect::<Vec<_>>()[..] {
            [b"open"] => Step::GoesOn(b"go on".to_vec()),
            [b"open", b"sesame"] => {
                let principal = Principal { kind: "User".into(), name: "ali".into() };
                Step::Done(b"welcome".to_vec(), Arc::new(principal))
            }
            _ => Step::Refused(b"no".to_vec(), REFUSED_AT_US),
        })
    }
}

struct Visitor {
    node: Arc<Nobody>,
    session: Session<Nobody>,
    connection: ConnectionInfo,
}

impl Visitor {
    fn new() -> Visitor {
        let row = Row {
            api: ApiKey::Metadata,
            handler: who_am_i,
            operation: Operation::Describe,
            resource: ResourceType::Topic,
            refusal: None,
            quota: Quota::Request,
            max_version: None,
        };
        let node = Arc::new(Nobody::default());
        let dispatcher = Dispatcher::new(node.clone(), vec![row], Arc::new(AllowAll));
        let listener = Listener::new(Arc::new(TwoWords), Arc::new(dispatcher));
        let address: SocketAddr = "127.0.0.1:9092".parse().unwrap();
        let connection = ConnectionInfo { id: 1, listener: "L".into(), peer: address, local: address };
        Visitor { node, session: listener.accept(Now { monotonic_us: 0, wall_ms: 0 }), connection }
    }

    fn secured() -> Visitor {
        let mut visitor = Visitor::new();
        visitor.session.secured(&visitor.connection, Now { monotonic_us: 0, wall_ms: 0 });
        visitor
    }

    /// The body of the answer, and whether the connection is closed behind it; without a body it is closed at once.
    fn ask(&mut self, api: ApiKey, version: i16, body: &[u8]) -> (Vec<u8>, bool) {
        let head = RequestHead { api, version, correlation_id: 9, client_id: None };
        let mut writer = Writer::with_capacity(64);
        encode_request_header(&mut writer, &head).unwrap();
        let mut frame = writer.into_bytes();
        frame.extend_from_slice(body);
        let answer: Arc<Mutex<Option<Answer>>> = Arc::default();
        let told = answer.clone();
        let reply = Reply::callback(move |answer| *told.lock().unwrap() = Some(answer));
        let now = Now { monotonic_us: 5, wall_ms: 5 };
        assert_eq!(self.session.request(&self.connection, &mut frame, reply, now), Pipelining::Hold);
        let answer = answer.lock().unwrap().take().expect("an answer");
        match answer {
            Answer::Bytes(bytes) => (bytes[8..].to_vec(), false),
            Answer::Last(bytes) => (bytes[8..].to_vec(), true),
            _ => (Vec::new(), true),
        }
    }

    fn is_open(&self) -> bool {
        self.session.bounds().is_none()
    }
}

#[test]
fn a_connection_is_open_after_both_steps_and_bound_before() {
    let mut visitor = Visitor::new();
    assert_eq!(visitor.session.bounds(), Some(BOUNDS), "the stream is not agreed on");
    assert_eq!(visitor.ask(ApiKey::SaslHandshake, 0, b"open"), (Vec::new(), true), "no frame comes before its stream");
    visitor.session.secured(&visitor.connection, Now { monotonic_us: 0, wall_ms: 0 });
    assert_eq!(visitor.ask(ApiKey::SaslHandshake, 0, b"open"), (b"go on".to_vec(), false));
    assert_eq!(visitor.session.bounds(), Some(BOUNDS));
    assert!(!visitor.ask(ApiKey::ApiVersions, 0, b"").1, "everybody may ask that");
    assert_eq!(visitor.ask(ApiKey::SaslAuthenticate, 0, b"sesame"), (b"welcome".to_vec(), false));
    assert!(visitor.is_open());
    let (metadata, _) = visitor.ask(ApiKey::Metadata, 2, &MetadataRequest::default().to_bytes(2).unwrap());
    assert!(metadata.windows(3).any(|bytes| bytes == b"ali"), "handlers are told the principal");
    visitor.session.secured(&visitor.connection, Now { monotonic_us: 9, wall_ms: 9 });
    assert!(visitor.is_open(), "no way leads back");
    visitor.node.is_silent.store(true, Ordering::Relaxed);
    for api in [ApiKey::Metadata, ApiKey::ApiVersions] {
        assert_eq!(visitor.ask(api, 2, b""), (Vec::new(), true), "a node that answers nobody any more closes");
    }
}

#[test]
fn nothing_else_comes_before_authentication_and_who_is_refused_is_told_and_closed() {
    let mut visitor = Visitor::secured();
    let metadata = MetadataRequest::default().to_bytes(2).unwrap();
    assert_eq!(visitor.ask(ApiKey::Metadata, 2, &metadata), (Vec::new(), true));
    assert!(!visitor.is_open());
    let mut visitor = Visitor::secured();
    assert_eq!(visitor.ask(ApiKey::SaslHandshake, 0, b"open"), (b"go on".to_vec(), false));
    assert_eq!(visitor.ask(ApiKey::SaslAuthenticate, 0, b"barley"), (b"no".to_vec(), true));
    assert!(!visitor.is_open());
}
