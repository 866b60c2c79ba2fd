use crate::publisher::BrokerPublisher;
use crate::test_bench::Bench;
use api::{Authorizer, Dispatcher, Open, Operation, Principal, ResourceType};
use base::Uuid;
use metadata::Delta;
use net::{Answer, ConnectionInfo, Reply};
use parking_lot::Mutex;
use protocol::header::{RequestHead, decode_response_header, encode_request_header};
use protocol::{ApiKey, Writer, json};
use quorum::Publisher;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

const TOPIC_AUTHORIZATION_FAILED: i64 = 29;
const IDS: [Uuid; 3] = [Uuid::from_u128(7), Uuid::from_u128(8), Uuid::from_u128(9)];

/// Allows everything about groups, and of topics one operation on `a`; without one, everything.
struct May(Option<Operation>);

impl Authorizer for May {
    fn is_allowed(&self, _: &Principal, _: IpAddr, operation: Operation, resource: ResourceType, name: &str) -> bool {
        resource != ResourceType::Topic || self.0.is_none_or(|may| operation == may && name == "a")
    }
}

const ALL: Option<Operation> = None;
const READ: Option<Operation> = Some(Operation::Read);
const DESCRIBE: Option<Operation> = Some(Operation::Describe);

/// A broker that coordinates groups and has the topics `a` and `b`.
struct Setting {
    bench: Bench,
    broker: Arc<crate::Broker>,
}

impl Setting {
    fn new() -> Setting {
        let mut bench = Bench::new(&["/data"], |_| {});
        let (broker, _mailbox) = bench.broker_with_partitions();
        let none = Uuid::DIRECTORY_UNASSIGNED;
        let partitions = [("__consumer_offsets-0", IDS[0], none), ("a-0", IDS[1], none), ("b-0", IDS[2], none)];
        let delta = Delta { partitions: IDS.iter().map(|id| (*id, 0)).collect(), ..Delta::default() };
        BrokerPublisher::new(broker.clone(), 0, Arc::new(crate::test_bench::AtOnce(|_| {}))).publish(
            &Bench::image(1, &partitions),
            &delta,
            bench.now(),
        );
        bench.executor.settle();
        Setting { bench, broker }
    }

    /// Asks as somebody who may do this to `a`.
    fn ask(&self, may: Option<Operation>, api: ApiKey, version: i16, body: &Value) -> Value {
        let authorizer: Arc<dyn Authorizer> = Arc::new(May(may));
        let dispatcher = Dispatcher::new(Arc::new(self.broker.clone()), crate::handlers::rows(), authorizer);
        let mut writer = Writer::with_capacity(256);
        let head = RequestHead { api, version, correlation_id: 5, client_id: None };
        encode_request_header(&mut writer, &head).unwrap();
        let mut frame = writer.into_bytes();
        frame.extend(json::encode(&format!("{api:?}Request"), version, body).unwrap());
        let address: SocketAddr = "127.0.0.1:9092".parse().unwrap();
        let connection = ConnectionInfo { id: 1, listener: "PLAINTEXT".into(), peer: address, local: address };
        let answer: Arc<Mutex<Option<Answer>>> = Arc::default();
        let told = answer.clone();
        let reply = Reply::callback(move |answer| *told.lock() = Some(answer));
        dispatcher.request(&connection, &Open::anonymous(), &mut frame, reply, self.bench.now());
        self.bench.executor.settle();
        let Some(Answer::Bytes(frame)) = answer.lock().take() else { panic!("no answer") };
        let (_, mut body) = decode_response_header(&frame[4..], api, version).unwrap();
        json::decode_from(&format!("{api:?}Response"), version, &mut body, json::View::default()).unwrap()
    }

    fn commit(&self, may: Option<Operation>, version: i16, topics: &[&str]) -> Value {
        let topic = |name: &&str| {
            let partition = json!({"partitionIndex": 0, "committedOffset": 5, "committedLeaderEpoch": -1,
                "committedMetadata": ""});
            let mut topic = json!({"partitions": [partition]});
            match version >= 10 {
                true => topic["topicId"] = json!(id(name).to_string()),
                false => topic["name"] = json!(name),
            }
            topic
        };
        let topics: Vec<Value> = topics.iter().map(topic).collect();
        let body = json!({"groupId": "g", "generationIdOrMemberEpoch": -1, "memberId": "", "groupInstanceId": null,
            "topics": topics});
        self.ask(may, ApiKey::OffsetCommit, version, &body)
    }
}

fn id(topic: &str) -> Uuid {
    IDS[usize::from(topic == "a") + 2 * usize::from(topic == "b")]
}

/// Topic and error of each partition of an answer.
fn outcomes(topics: &Value) -> Vec<(String, i64)> {
    let topics = topics.as_array().unwrap().iter().flat_map(|topic| {
        let name = match topic["name"].as_str() {
            Some(name) => name.to_owned(),
            None => ["a", "b"].iter().find(|name| topic["topicId"] == json!(id(name).to_string())).unwrap().to_string(),
        };
        let partitions = topic["partitions"].as_array().unwrap();
        partitions.iter().map(move |partition| (name.clone(), partition["errorCode"].as_i64().unwrap()))
    });
    let mut outcomes: Vec<_> = topics.collect();
    outcomes.sort();
    outcomes
}

fn expected() -> Vec<(String, i64)> {
    vec![("a".to_owned(), 0), ("b".to_owned(), TOPIC_AUTHORIZATION_FAILED)]
}

#[test]
fn offsets_are_committed_for_topics_that_may_be_read_and_refused_for_the_others() {
    let setting = Setting::new();
    for version in [8, 9, 10] {
        let answer = setting.commit(READ, version, &["b", "a"]);
        assert_eq!(outcomes(&answer["topics"]), expected(), "{version}");
        let refused = setting.commit(DESCRIBE, version, &["a"]);
        assert_eq!(outcomes(&refused["topics"]), [("a".to_owned(), TOPIC_AUTHORIZATION_FAILED)], "{version}");
    }
}

#[test]
fn offsets_are_fetched_of_topics_that_may_be_described() {
    let setting = Setting::new();
    assert_eq!(outcomes(&setting.commit(ALL, 9, &["a", "b"])["topics"]), [("a".into(), 0), ("b".into(), 0)]);
    for version in [1, 5] {
        let topics = json!([{"name": "b", "partitionIndexes": [0]}, {"name": "a", "partitionIndexes": [0]}]);
        let body = json!({"groupId": "g", "topics": topics});
        let answer = setting.ask(DESCRIBE, ApiKey::OffsetFetch, version, &body);
        assert_eq!(outcomes(&answer["topics"]), expected(), "{version}");
    }
    for version in [8, 10] {
        let key =
            |name: &str| if version >= 10 { ("topicId", id(name).to_string()) } else { ("name", name.to_owned()) };
        let topic = |name| json!({key(name).0: key(name).1, "partitionIndexes": [0]});
        let fetch = |may, topics: Value| {
            let groups = json!([{"groupId": "g", "memberId": null, "memberEpoch": -1, "topics": topics}]);
            let body = json!({"groups": groups, "requireStable": false});
            outcomes(&setting.ask(may, ApiKey::OffsetFetch, version, &body)["groups"][0]["topics"])
        };
        assert_eq!(fetch(DESCRIBE, json!([topic("b"), topic("a")])), expected(), "{version}");
        // Of all topics the others are not even named.
        assert_eq!(fetch(DESCRIBE, Value::Null), [("a".into(), 0)], "{version}");
        assert_eq!(fetch(ALL, Value::Null), [("a".into(), 0), ("b".into(), 0)], "{version}");
    }
}

#[test]
fn offsets_are_deleted_of_topics_that_may_be_read() {
    let setting = Setting::new();
    setting.commit(ALL, 9, &["a", "b"]);
    let topic = |name| json!({"name": name, "partitions": [{"partitionIndex": 0}]});
    let body = json!({"groupId": "g", "topics": [topic("b"), topic("a")]});
    let answer = setting.ask(READ, ApiKey::OffsetDelete, 0, &body);
    assert_eq!(outcomes(&answer["topics"]), expected());
    // What fails as a whole names nothing.
    let body = json!({"groupId": "none", "topics": [topic("b"), topic("a")]});
    let answer = setting.ask(READ, ApiKey::OffsetDelete, 0, &body);
    assert_eq!((answer["errorCode"].as_i64(), outcomes(&answer["topics"])), (Some(69), vec![]));
}
