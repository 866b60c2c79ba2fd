//! Every row of both listeners' tables against an authorizer that says no: what the row says is asked about, nothing reaches
//! the controller, and the answer refuses or leaves out. A row that is added later is in the test already.

use crate::test_bench::Bench;
use api::{Authorizer, Dispatcher, Node, Open, Operation, Principal, Quota, ResourceType, Row};
use base::{ErrorCode, Uuid};
use net::{Answer, ConnectionInfo, Reply};
use parking_lot::Mutex;
use protocol::header::{RequestHead, decode_response_header, encode_request_header};
use protocol::{ApiKey, Writer, json};
use quorum::{ControllerEndpoint, Mailbox};
use schema::{Field, Message, Type};
use serde_json::{Map, Value};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Says no, and remembers what it was asked.
#[derive(Default)]
struct Denies(Mutex<Vec<(Operation, ResourceType)>>);

impl Authorizer for Denies {
    fn is_allowed(&self, _: &Principal, _: IpAddr, operation: Operation, resource: ResourceType, _: &str) -> bool {
        self.0.lock().push((operation, resource));
        false
    }
}

/// A value for a field: lists have one element, so that a request names something.
fn value(message: &Message, version: i16, field: &Field, ty: &Type) -> Value {
    match ty {
        Type::Array(element) => Value::Array(vec![value(message, version, field, element)]),
        Type::Struct(name) => object(message, version, &message.structure(name).expect("a struct").fields),
        Type::String if field.name == "transactionalId" => Value::Null,
        Type::String => Value::from("x"),
        // Where there is a name it counts; an id that no topic has is asked about without one.
        Type::Uuid => Value::from(Uuid::ZERO.to_string()),
        // Of kinds of resources, keys and endpoints: a topic, and brokers. Every other number is small enough anywhere.
        _ if field.name == "resourceType" || field.name == "resourceTypes" => Value::from(2),
        _ if field.name == "endpointType" || field.name == "acks" => Value::from(1),
        _ if matches!(field.ty, Type::Array(_)) => Value::from(0),
        _ => json::default_value(message, version, field),
    }
}

fn object(message: &Message, version: i16, fields: &[Field]) -> Value {
    let present = fields.iter().filter(|field| field.versions.contains(version) && field.tag.is_none());
    Value::Object(Map::from_iter(present.map(|field| (field.name.clone(), value(message, version, field, &field.ty)))))
}

fn request(api: ApiKey, version: i16) -> Vec<u8> {
    let name = format!("{api:?}Request");
    let message = json::definition(&name).expect("it has a definition");
    let body = json::encode(&name, version, &object(message, version, &message.fields)).expect("it can be encoded");
    let mut writer = Writer::with_capacity(256);
    let head = RequestHead { api, version, correlation_id: 5, client_id: Some("test".into()) };
    encode_request_header(&mut writer, &head).expect("a header");
    let mut frame = writer.into_bytes();
    frame.extend_from_slice(&body);
    frame
}

/// Error codes anywhere in an answer.
fn errors(value: &Value, found: &mut Vec<i64>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
            Value::Number(number) if name == "errorCode" => found.extend(number.as_i64().filter(|code| *code != 0)),
            other => errors(other, found),
        }),
        Value::Array(elements) => elements.iter().for_each(|element| errors(element, found)),
        _ => {}
    }
}

/// What is answered where something is left out rather than refused; old versions of the last two have no place for an error.
const FILTERED: [ApiKey; 4] = [ApiKey::ListGroups, ApiKey::DescribeCluster, ApiKey::DescribeLogDirs, ApiKey::Fetch];

/// Returns what passes.
fn passing<S: Node>(state: S, rows: Vec<Row<S>>, mailbox: &Mailbox, on: &str) -> Vec<String> {
    let mut passing = Vec::new();
    let asked: Vec<_> = rows.iter().map(|row| (row.api, row.version_range(), row.operation, row.resource)).collect();
    let denies = Arc::new(Denies::default());
    let dispatcher = Dispatcher::new(Arc::new(state), rows, denies.clone());
    let address: SocketAddr = "127.0.0.1:9092".parse().unwrap();
    let connection = ConnectionInfo { id: 1, listener: "PLAINTEXT".into(), peer: address, local: address };
    let now = base::Now { monotonic_us: 1, wall_ms: 1 };
    for (api, (min, max), operation, resource) in asked {
        for version in min..=max {
            let what = format!("{api:?} version {version} on the listener of {on}");
            let answer: Arc<Mutex<Option<Answer>>> = Arc::default();
            let told = answer.clone();
            let reply = Reply::callback(move |answer| *told.lock() = Some(answer));
            dispatcher.request(&connection, &Open::anonymous(), &mut request(api, version), reply, now);
            let questions = std::mem::take(&mut *denies.0.lock());
            if !questions.contains(&(operation, resource)) {
                passing.push(format!("{what}: asked are {questions:?}"));
            }
            if !mailbox.take().is_empty() {
                passing.push(format!("{what}: it is forwarded"));
            }
            let answer = answer.lock().take();
            let Some(Answer::Bytes(frame)) = answer else {
                passing.push(format!("{what}: no answer"));
                continue;
            };
            let (_, mut body) = decode_response_header(&frame[4..], api, version).expect("a header");
            let shown = json::decode_from(&format!("{api:?}Response"), version, &mut body, json::View::default());
            let mut found = Vec::new();
            errors(&shown.unwrap(), &mut found);
            let refusals = [
                ErrorCode::TopicAuthorizationFailed,
                ErrorCode::GroupAuthorizationFailed,
                ErrorCode::ClusterAuthorizationFailed,
            ];
            let is_refused = found.iter().any(|code| refusals.iter().any(|refusal| i64::from(refusal.code()) == *code));
            let leaves_out = FILTERED.contains(&api) && found.is_empty();
            if !is_refused && !leaves_out {
                passing.push(format!("{what}: errors {found:?}"));
            }
        }
    }
    passing
}

#[test]
fn no_api_of_either_listener_passes_without_a_question_asked() {
    let bench = Bench::new(&["/d1"], |_| {});
    let (broker, mailbox) = bench.broker_with_mailbox();
    let mut found = passing(broker.clone(), super::rows(), &mailbox, "clients");
    let mailbox = Mailbox::default();
    let endpoint = ControllerEndpoint {
        lifelines: quorum::Lifelines::default(),
        mailbox: mailbox.clone(),
        cluster_id: String::new(),
        node_id: 1,
        view: Default::default(),
        static_values: broker.static_config.values.clone(),
        image: Arc::default(),
        loggers: Arc::default(),
    };
    found.extend(passing(endpoint, quorum::rows(), &mailbox, "controllers"));
    assert!(found.is_empty(), "{found:#?}");
}

/// What Kafka counts a request against: KIP-13, KIP-124, KIP-599. Nodes of the cluster are not held up.
fn quota_of(api: ApiKey) -> Quota {
    match api {
        ApiKey::Produce => Quota::Produce,
        ApiKey::Fetch => Quota::Fetch,
        ApiKey::CreateTopics | ApiKey::DeleteTopics | ApiKey::CreatePartitions => Quota::ControllerMutation,
        _ => Quota::Request,
    }
}

#[test]
fn every_row_has_kafkas_quota() {
    for row in super::rows() {
        assert_eq!(row.quota, quota_of(row.api), "{:?} on the listener of clients", row.api);
    }
    for row in quorum::rows() {
        let is_of_nodes = row.operation == Operation::ClusterAction;
        let expected = if is_of_nodes { Quota::None } else { quota_of(row.api) };
        assert_eq!(row.quota, expected, "{:?} on the listener of controllers", row.api);
    }
}
