//! Envelope (KIP-590): a request that a broker forwards for a client, with who made it. The active controller asks about
//! that caller's rights, and answers with what the client is to get; the broker needs CLUSTER_ACTION only.
//!
//! What is wrong with the envelope itself is INVALID_REQUEST; UNSUPPORTED_VERSION says that what is in it cannot be read.
//! Both sides are here: brokers close envelopes and read their answers, controllers open them.

use crate::listener::{ControllerEndpoint, rows};
use crate::refusal::is_not_controller;
use api::{Principal, Received, Request, Responder, Row};
use base::ErrorCode;
use net::{Answer, Pipelining, Reply};
use protocol::header::{RequestHead, decode_request_header, decode_response_header};
use protocol::{
    ApiKey, Cursor, DecodeError, DefaultPrincipalData, EncodeError, EnvelopeRequest, EnvelopeResponse, Writer,
};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

/// The only version of the principal's data, which stands before it.
const PRINCIPAL_VERSION: i16 = 0;

static ROWS: LazyLock<Vec<Row<ControllerEndpoint>>> = LazyLock::new(rows);

/// What is in an envelope.
struct Opened<'a> {
    head: RequestHead<'a>,
    body: &'a [u8],
    principal: Arc<Principal>,
    host: IpAddr,
    row: &'static Row<ControllerEndpoint>,
}

/// Serves what is in an envelope as if its caller had sent it, and puts the answer into another one.
pub(crate) fn envelope(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let envelope: EnvelopeRequest<'_> = request.decode()?;
    let opened = match open(&envelope) {
        Ok(opened) => opened,
        Err((error, reason)) => {
            tracing::info!(peer = %request.connection.peer, %error, reason, "an envelope is refused");
            request.responder.send(&EnvelopeResponse { error_code: error.code(), ..Default::default() });
            return Ok(Pipelining::Hold);
        }
    };
    let RequestHead { api, version, correlation_id, client_id } = opened.head;
    let outer = request.responder;
    let reply = Reply::callback(move |answer| answer_in_envelope(outer, api, version, answer));
    let received = Received {
        client_id: client_id.as_deref(),
        connection: request.connection,
        principal: &opened.principal,
        host: opened.host,
        authorizer: request.authorizer,
        now: request.now,
        body: opened.body,
        responder: Responder::new(api, version, correlation_id, reply),
    };
    if let Err(reason) = opened.row.serve(endpoint, received) {
        // The responder was dropped unanswered, which closes the connection.
        tracing::debug!(%reason, "what is in an envelope cannot be served");
    }
    Ok(Pipelining::Hold)
}

/// Reads an envelope, in Kafka's order: of two errors the same one is told.
fn open<'a>(envelope: &'a EnvelopeRequest<'_>) -> Result<Opened<'a>, (ErrorCode, &'static str)> {
    let principal = envelope.request_principal.as_deref().and_then(principal);
    let principal = principal.ok_or((ErrorCode::PrincipalDeserializationFailure, "its principal cannot be read"))?;
    let host = address(&envelope.client_host_address);
    let host = host.ok_or((ErrorCode::InvalidRequest, "the client's address has no such length"))?;
    let unreadable = |_| (ErrorCode::UnsupportedVersion, "the request in it cannot be read");
    let (head, cursor) = decode_request_header(&envelope.request_data)
        .map_err(|_| (ErrorCode::UnsupportedVersion, "the header in it cannot be read"))?;
    // Envelopes are not forwardable, so there is none in another.
    if !head.api.info().forwardable {
        return Err((ErrorCode::InvalidRequest, "the API in it is not forwarded"));
    }
    let row = ROWS.iter().find(|row| row.api == head.api);
    let row = row.filter(|row| {
        let (min, max) = row.version_range();
        (min..=max).contains(&head.version)
    });
    let row = row.ok_or((ErrorCode::UnsupportedVersion, "the API in it is not served in that version"))?;
    let body = cursor.rest();
    protocol::decode_request(head.api, head.version, &mut Cursor::new(body)).map_err(unreadable)?;
    Ok(Opened { head, body, principal, host, row })
}

fn principal(bytes: &[u8]) -> Option<Arc<Principal>> {
    let mut cursor = Cursor::new(bytes);
    let version = cursor.i16().ok().filter(|version| *version == PRINCIPAL_VERSION)?;
    let data = DefaultPrincipalData::decode(&mut cursor, version).ok()?;
    Some(Arc::new(Principal { kind: data.r#type.into_owned(), name: data.name.into_owned() }))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = || <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    let v6 = || <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from);
    v4().or_else(v6)
}

/// NOT_CONTROLLER is the envelope's own error: the broker is to look for the active controller, its client need not know.
fn answer_in_envelope(outer: Responder, api: ApiKey, version: i16, answer: Answer) {
    let (Answer::Bytes(frame) | Answer::Last(frame)) = answer else { return outer.close() };
    let Some(embedded) = frame.get(4..) else { return outer.close() };
    let is_elsewhere = decode_response_header(embedded, api, version)
        .is_ok_and(|(_, body)| is_not_controller(api, version, body.rest()));
    let response = match is_elsewhere {
        true => EnvelopeResponse { error_code: ErrorCode::NotController.code(), ..Default::default() },
        false => EnvelopeResponse { response_data: Some(embedded.into()), ..Default::default() },
    };
    outer.send(&response);
}

/// Puts a request with its header (and no length before it) into an envelope.
pub fn enclosed(principal: &Principal, host: IpAddr, request: &[u8]) -> Result<EnvelopeRequest<'static>, EncodeError> {
    let mut data = Writer::new();
    data.i16(PRINCIPAL_VERSION);
    let fields = DefaultPrincipalData {
        r#type: principal.kind.as_str().into(),
        name: principal.name.as_str().into(),
        ..Default::default()
    };
    fields.encode(&mut data, PRINCIPAL_VERSION)?;
    let address = match host {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    Ok(EnvelopeRequest {
        request_data: request.to_vec().into(),
        request_principal: Some(data.into_bytes().into()),
        client_host_address: address.into(),
        ..Default::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{ControllerRequest, Input, Mailbox};
    use api::{AllowAll, Authorizer, Caller, Dispatcher, Open, Operation, ResourceType};
    use net::ConnectionInfo;
    use parking_lot::Mutex;
    use protocol::create_topics_response::CreatableTopicResult;
    use protocol::header::encode_request_header;
    use protocol::{CreateTopicsRequest, CreateTopicsResponse, HeartbeatRequest, Message, create_topics_request};
    use std::sync::mpsc;

    const CLIENT: &str = "10.1.2.3";

    fn endpoint(mailbox: &Mailbox) -> ControllerEndpoint {
        ControllerEndpoint {
            lifelines: crate::Lifelines::default(),
            mailbox: mailbox.clone(),
            cluster_id: String::new(),
            node_id: 1,
            view: Default::default(),
            static_values: config::BrokerValues::default(),
            image: Arc::default(),
            loggers: Arc::default(),
        }
    }

    fn with_header<M: Message>(api: ApiKey, version: i16, message: &M) -> Vec<u8> {
        let mut writer = Writer::new();
        let head = RequestHead { api, version, correlation_id: 77, client_id: Some("client".into()) };
        encode_request_header(&mut writer, &head).unwrap();
        message.encode(&mut writer, version).unwrap();
        writer.into_bytes()
    }

    fn create_topics() -> CreateTopicsRequest<'static> {
        let topic = create_topics_request::CreatableTopic { name: "t".into(), ..Default::default() };
        CreateTopicsRequest { topics: vec![topic], ..Default::default() }
    }

    fn alice() -> Principal {
        Principal { kind: "User".into(), name: "alice".into() }
    }

    fn around(request: &[u8]) -> EnvelopeRequest<'static> {
        enclosed(&alice(), CLIENT.parse().unwrap(), request).unwrap()
    }

    /// Sends an envelope to a controller's listener; its answer comes when it comes.
    fn send(
        mailbox: &Mailbox,
        authorizer: Arc<dyn Authorizer>,
        envelope: &EnvelopeRequest<'_>,
    ) -> mpsc::Receiver<EnvelopeResponse<'static>> {
        let dispatcher = Dispatcher::new(Arc::new(endpoint(mailbox)), rows(), authorizer);
        let address = "127.0.0.1:9093".parse().unwrap();
        let connection = ConnectionInfo { id: 1, listener: "CONTROLLER".into(), peer: address, local: address };
        let (sender, receiver) = mpsc::channel();
        let reply = Reply::callback(move |answer| {
            let Answer::Bytes(frame) = answer else { return };
            let (id, mut body) = decode_response_header(&frame[4..], ApiKey::Envelope, 0).unwrap();
            assert_eq!(id, 77);
            drop(sender.send(EnvelopeResponse::decode(&mut body, 0).unwrap().into_owned()));
        });
        let now = base::Now { monotonic_us: 1, wall_ms: 1 };
        let mut frame = with_header(ApiKey::Envelope, 0, envelope);
        dispatcher.request(&connection, &Open::anonymous(), &mut frame, reply, now);
        receiver
    }

    fn error_of(envelope: &EnvelopeRequest<'_>) -> ErrorCode {
        let mailbox = Mailbox::default();
        let answer = send(&mailbox, Arc::new(AllowAll), envelope).try_recv().expect("an answer");
        assert!(mailbox.take().is_empty());
        assert_eq!(answer.response_data, None);
        ErrorCode::from_code(answer.error_code)
    }

    fn forwarded(mailbox: &Mailbox) -> ControllerRequest {
        match mailbox.take().pop_front() {
            Some(Input::Request(request)) => request,
            _ => panic!("a request"),
        }
    }

    fn created(error: ErrorCode) -> Vec<u8> {
        let topic = CreatableTopicResult { name: "t".into(), error_code: error.code(), ..Default::default() };
        CreateTopicsResponse { topics: vec![topic], ..Default::default() }.to_bytes(7).unwrap()
    }

    #[test]
    fn what_is_in_an_envelope_is_asked_for_by_its_caller_and_answered_in_another() {
        let mailbox = Mailbox::default();
        let envelope = around(&with_header(ApiKey::CreateTopics, 7, &create_topics()));
        let answers = send(&mailbox, Arc::new(AllowAll), &envelope);
        let request = forwarded(&mailbox);
        let (host, client_id) = (CLIENT.parse().unwrap(), Some("client".into()));
        let caller = Caller::Connected { principal: Arc::new(alice()), host, client_id };
        assert_eq!((request.api, request.version, request.caller), (ApiKey::CreateTopics, 7, caller));
        (request.reply)(Ok(created(ErrorCode::None)));
        let answer = answers.try_recv().unwrap();
        let data = answer.response_data.expect("an answer in it");
        let (id, body) = decode_response_header(&data, ApiKey::CreateTopics, 7).unwrap();
        assert_eq!((answer.error_code, id, body.rest()), (0, 77, &*created(ErrorCode::None)));
    }

    #[test]
    fn a_controller_that_is_not_the_active_one_says_so_outside() {
        let mailbox = Mailbox::default();
        let envelope = around(&with_header(ApiKey::CreateTopics, 7, &create_topics()));
        let answers = send(&mailbox, Arc::new(AllowAll), &envelope);
        (forwarded(&mailbox).reply)(Ok(created(ErrorCode::NotController)));
        let answer = answers.try_recv().unwrap();
        assert_eq!((answer.error_code, answer.response_data), (ErrorCode::NotController.code(), None));
    }

    #[test]
    fn what_cannot_be_forwarded_is_refused() {
        let good = with_header(ApiKey::CreateTopics, 7, &create_topics());
        let envelope = || around(&good);
        let within = with_header(ApiKey::Envelope, 0, &envelope());
        let heartbeat = with_header(ApiKey::Heartbeat, 4, &HeartbeatRequest::default());
        let mut unserved = good.clone();
        unserved[3] = 99;
        let mut unknown = good.clone();
        unknown[0] = 99;
        let cases = [
            ("in another envelope", around(&within), ErrorCode::InvalidRequest),
            ("not forwardable", around(&heartbeat), ErrorCode::InvalidRequest),
            ("cut off", around(&good[..good.len() - 3]), ErrorCode::UnsupportedVersion),
            ("no header", around(&good[..5]), ErrorCode::UnsupportedVersion),
            ("nothing", around(&[]), ErrorCode::UnsupportedVersion),
            ("another version", around(&unserved), ErrorCode::UnsupportedVersion),
            ("an unknown API", around(&unknown), ErrorCode::UnsupportedVersion),
            (
                "an address of 5 bytes",
                EnvelopeRequest { client_host_address: vec![0; 5].into(), ..envelope() },
                ErrorCode::InvalidRequest,
            ),
            (
                "no principal",
                EnvelopeRequest { request_principal: None, ..envelope() },
                ErrorCode::PrincipalDeserializationFailure,
            ),
            (
                "a principal of version 1",
                EnvelopeRequest { request_principal: Some(vec![0, 1, 1, 1, 0, 0].into()), ..envelope() },
                ErrorCode::PrincipalDeserializationFailure,
            ),
        ];
        for (what, envelope, expected) in cases {
            assert_eq!(error_of(&envelope), expected, "{what}");
        }
    }

    /// Lets brokers forward, and remembers whom else it was asked about; they may nothing.
    #[derive(Default)]
    struct Brokers(Mutex<Vec<(String, IpAddr, Operation)>>);

    impl Authorizer for Brokers {
        fn is_allowed(&self, who: &Principal, host: IpAddr, what: Operation, _: ResourceType, _: &str) -> bool {
            if *who == Principal::anonymous() && what == Operation::ClusterAction {
                return true;
            }
            self.0.lock().push((who.name.clone(), host, what));
            false
        }
    }

    #[test]
    fn the_rights_of_its_caller_count() {
        let mailbox = Mailbox::default();
        let authorizer = Arc::new(Brokers::default());
        let envelope = around(&with_header(ApiKey::CreateTopics, 7, &create_topics()));
        let answer = send(&mailbox, authorizer.clone(), &envelope).try_recv().unwrap();
        assert!(mailbox.take().is_empty());
        let data = answer.response_data.expect("an answer in it");
        let (_, mut body) = decode_response_header(&data, ApiKey::CreateTopics, 7).unwrap();
        let response = CreateTopicsResponse::decode(&mut body, 7).unwrap();
        assert_eq!(response.topics[0].error_code, ErrorCode::TopicAuthorizationFailed.code());
        let asked = std::mem::take(&mut *authorizer.0.lock());
        assert!(!asked.is_empty());
        let asked_is = ("alice".to_owned(), CLIENT.parse::<IpAddr>().unwrap(), Operation::Create);
        assert!(asked.iter().all(|one| *one == asked_is), "{asked:?}");
    }
}
