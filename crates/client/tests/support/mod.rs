//! A node that answers as one broker with a group of one member, writes down what it was asked, and can be told to answer
//! something else. It never answers Fetch.

use base::{ErrorCode, Uuid};
use protocol::header::{decode_request_header, encode_response};
use protocol::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a request gets in place of the usual answer.
#[derive(Debug, Clone, Copy)]
pub enum Instead {
    Code(ErrorCode),
    Close,
    Silence,
}

#[derive(Default)]
struct State {
    topics: BTreeMap<String, i32>,
    instead: BTreeMap<i16, VecDeque<Instead>>,
    seen: Vec<String>,
    /// Connections whose last request got no answer.
    waiting: Vec<TcpStream>,
    /// Members that were named.
    members: i32,
    generation: i32,
}

#[derive(Clone)]
pub struct Node {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Node {
    /// With topics and their numbers of partitions.
    pub fn start(topics: &[(&str, i32)]) -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let topics = topics.iter().map(|(name, count)| (name.to_string(), *count)).collect();
        let state = State { topics, ..State::default() };
        let node = Node { port: listener.local_addr().unwrap().port(), state: Arc::new(Mutex::new(state)) };
        let serving = node.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let node = serving.clone();
                std::thread::spawn(move || while node.serve(&stream).is_some() {});
            }
        });
        node
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The next requests of this API get these.
    pub fn instead(&self, api: ApiKey, answers: &[Instead]) {
        self.lock().instead.entry(api.id()).or_default().extend(answers);
    }

    /// Closes connections whose last request got no answer.
    pub fn hang_up(&self) {
        for stream in self.lock().waiting.drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }

    pub fn remove_topic(&self, name: &str) {
        self.lock().topics.remove(name);
    }

    /// Requests that begin so, in order.
    pub fn seen(&self, start: &str) -> Vec<String> {
        self.lock().seen.iter().filter(|seen| seen.starts_with(start)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn serve(&self, mut stream: &TcpStream) -> Option<()> {
        let mut length = [0; 4];
        stream.read_exact(&mut length).ok()?;
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut frame).ok()?;
        let (head, mut body) = decode_request_header(&frame).unwrap();
        let mut state = self.lock();
        let instead = state.instead.get_mut(&head.api.id()).and_then(VecDeque::pop_front);
        let code = match instead {
            Some(Instead::Code(code)) => code.code(),
            _ => 0,
        };
        let mut answer = Answer { version: head.version, correlation_id: head.correlation_id, code, bytes: Vec::new() };
        let seen = state.answer(&mut answer, head.api, &mut body, self.port);
        state.seen.extend(seen);
        if answer.bytes.is_empty() {
            state.waiting.extend(stream.try_clone());
        }
        drop(state);
        match instead {
            Some(Instead::Close) => None,
            Some(Instead::Silence) => Some(()),
            _ => stream.write_all(&answer.bytes).ok(),
        }
    }
}

struct Answer {
    version: i16,
    correlation_id: i32,
    code: i16,
    bytes: Vec<u8>,
}

impl Answer {
    fn set<M: Message>(&mut self, api: ApiKey, response: &M) {
        let mut w = Writer::new();
        encode_response(&mut w, api, self.version, self.correlation_id, response).unwrap();
        self.bytes = w.into_bytes();
    }
}

impl State {
    /// Makes the answer; what to write down of the request.
    fn answer(&mut self, answer: &mut Answer, api: ApiKey, body: &mut Cursor<'_>, port: u16) -> Option<String> {
        let (version, code) = (answer.version, answer.code);
        match api {
            ApiKey::ApiVersions => {
                let of = |key: &ApiKey| api_versions_response::ApiVersion {
                    api_key: key.id(),
                    min_version: key.min_version(),
                    max_version: key.max_version(),
                    ..Default::default()
                };
                let api_keys = ApiKey::ALL.iter().map(of).collect();
                answer.set(api, &ApiVersionsResponse { api_keys, ..Default::default() });
                None
            }
            ApiKey::Metadata => {
                let request = MetadataRequest::decode(body, version).unwrap();
                answer.set(api, &self.metadata(&request, port));
                let create = request.topics.as_ref().is_some_and(|topics| !topics.is_empty());
                Some(format!("Metadata create={}", create && request.allow_auto_topic_creation))
            }
            ApiKey::FindCoordinator => {
                let request = FindCoordinatorRequest::decode(body, version).unwrap();
                let coordinator = find_coordinator_response::Coordinator {
                    key: request.coordinator_keys[0].clone(),
                    node_id: 1,
                    host: Cow::Borrowed("127.0.0.1"),
                    port: port.into(),
                    ..Default::default()
                };
                answer.set(api, &FindCoordinatorResponse { coordinators: vec![coordinator], ..Default::default() });
                Some("FindCoordinator".into())
            }
            ApiKey::JoinGroup => Some(self.join(answer, body)),
            ApiKey::SyncGroup => {
                let request = SyncGroupRequest::decode(body, version).unwrap();
                let assignment = request.assignments.first().map(|a| a.assignment.clone()).unwrap_or_default();
                answer.set(api, &SyncGroupResponse { error_code: code, assignment, ..Default::default() });
                Some(format!("SyncGroup {} {}", request.member_id, request.generation_id))
            }
            ApiKey::Heartbeat => {
                let request = HeartbeatRequest::decode(body, version).unwrap();
                answer.set(api, &HeartbeatResponse { error_code: code, ..Default::default() });
                Some(format!("Heartbeat {} {}", request.member_id, request.generation_id))
            }
            ApiKey::LeaveGroup => {
                let request = LeaveGroupRequest::decode(body, version).unwrap();
                answer.set(api, &LeaveGroupResponse::default());
                Some(format!("LeaveGroup {}", request.members[0].member_id))
            }
            ApiKey::OffsetFetch => {
                let request = OffsetFetchRequest::decode(body, version).unwrap();
                answer.set(api, &committed(&request));
                Some("OffsetFetch".into())
            }
            ApiKey::OffsetCommit => {
                let request = OffsetCommitRequest::decode(body, version).unwrap();
                answer.set(api, &commit(&request, code));
                let topics: Vec<&str> = request.topics.iter().map(|topic| &*topic.name).collect();
                let (member, generation) = (&request.member_id, request.generation_id_or_member_epoch);
                Some(format!("OffsetCommit {member} {generation} {}", topics.join(",")))
            }
            _ => None,
        }
    }

    fn metadata(&self, request: &MetadataRequest<'_>, port: u16) -> MetadataResponse<'static> {
        let names: Vec<String> = match &request.topics {
            None => self.topics.keys().cloned().collect(),
            Some(topics) => topics.iter().map(|topic| topic.name.as_deref().unwrap().to_owned()).collect(),
        };
        let topic = |name: String| {
            let partitions = (0..self.topics.get(&name).copied().unwrap_or(0)).map(|partition_index| {
                metadata_response::MetadataResponsePartition { partition_index, leader_id: 1, ..Default::default() }
            });
            let known = self.topics.contains_key(&name);
            metadata_response::MetadataResponseTopic {
                error_code: if known { 0 } else { ErrorCode::UnknownTopicOrPartition.code() },
                topic_id: Uuid::ZERO,
                partitions: partitions.collect(),
                name: Some(Cow::Owned(name)),
                ..Default::default()
            }
        };
        let broker = metadata_response::MetadataResponseBroker {
            node_id: 1,
            host: Cow::Borrowed("127.0.0.1"),
            port: port.into(),
            ..Default::default()
        };
        MetadataResponse {
            brokers: vec![broker],
            topics: names.into_iter().map(topic).collect(),
            controller_id: 1,
            ..Default::default()
        }
    }

    /// `JoinGroup member generation-of-what-it-owns owned-count topics`.
    fn join(&mut self, answer: &mut Answer, body: &mut Cursor<'_>) -> String {
        let request = JoinGroupRequest::decode(body, answer.version).unwrap();
        let metadata = &request.protocols[0].metadata;
        let (subscription, _) = ConsumerProtocolSubscription::from_versioned(metadata).unwrap();
        let owned: usize = subscription.owned_partitions.iter().map(|topic| topic.partitions.len()).sum();
        let topics = subscription.topics.join(",");
        let seen = format!("JoinGroup {:?} {} {owned} {topics}", request.member_id, subscription.generation_id);
        if request.member_id.is_empty() {
            self.members += 1;
        }
        self.generation += 1;
        let member = join_group_response::JoinGroupResponseMember {
            member_id: Cow::Owned(format!("m{}", self.members)),
            metadata: metadata.clone(),
            ..Default::default()
        };
        let response = JoinGroupResponse {
            error_code: answer.code,
            generation_id: self.generation,
            protocol_name: Some(request.protocols[0].name.clone()),
            leader: member.member_id.clone(),
            member_id: member.member_id.clone(),
            members: vec![member],
            ..Default::default()
        };
        answer.set(ApiKey::JoinGroup, &response);
        seen
    }
}

/// Everything was committed at offset 5.
fn committed<'a>(request: &OffsetFetchRequest<'a>) -> OffsetFetchResponse<'a> {
    use offset_fetch_response::{OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics};
    let group = &request.groups[0];
    let partition = |index: &i32| OffsetFetchResponsePartitions {
        partition_index: *index,
        committed_offset: 5,
        ..Default::default()
    };
    let topics = group.topics.iter().flatten().map(|topic| OffsetFetchResponseTopics {
        name: topic.name.clone(),
        partitions: topic.partition_indexes.iter().map(partition).collect(),
        ..Default::default()
    });
    let group =
        OffsetFetchResponseGroup { group_id: group.group_id.clone(), topics: topics.collect(), ..Default::default() };
    OffsetFetchResponse { groups: vec![group], ..Default::default() }
}

fn commit<'a>(request: &OffsetCommitRequest<'a>, error_code: i16) -> OffsetCommitResponse<'a> {
    use offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
    let topics = request.topics.iter().map(|topic| OffsetCommitResponseTopic {
        name: topic.name.clone(),
        partitions: topic
            .partitions
            .iter()
            .map(|partition| OffsetCommitResponsePartition {
                partition_index: partition.partition_index,
                error_code,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    });
    OffsetCommitResponse { topics: topics.collect(), ..Default::default() }
}
