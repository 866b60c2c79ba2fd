//! The coordinator of classic groups, fed with requests, time, failed appends, reloads and hostile records.
//!
//! A sequence of operations; each byte that an operation needs follows it. Member ids are mostly what the shard answered
//! to the same client before, because random ones lead nowhere.

use crate::Feature;
use crate::input::{Input, feature_of, mix, push_piece};
use base::{ErrorCode, LeaderEpoch, Now, SplitMix64, TopicId};
use coordinator::{Appended, Input as Event, Loading, Log, Record, Runtime, StoredRecord};
use dialect::{Client as Asking, GroupCall, offset_fetch_groups, offset_fetch_response, say};
use group::{CoordinatorRecord, GroupResponse, GroupSettings, Shard, Topics};
use protocol::join_group_request::JoinGroupRequestProtocol;
use protocol::leave_group_request::MemberIdentity;
use protocol::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use protocol::sync_group_request::SyncGroupRequestAssignment;
use protocol::*;
use std::collections::{BTreeMap, BTreeSet};

/// Operations of one input that are carried out.
const OPERATIONS_MAX: usize = 200;
const CLIENTS: usize = 6;
const GROUPS: [&str; 3] = ["g", "h", ""];

struct FakeTopics;

impl Topics for FakeTopics {
    fn name(&self, id: TopicId) -> Option<String> {
        (id == TopicId::from_u128(1)).then(|| "t".to_owned())
    }

    fn id(&self, name: &str) -> Option<TopicId> {
        (name == "t").then(|| TopicId::from_u128(1))
    }

    fn has_partition(&self, topic: &str, partition: i32) -> bool {
        topic == "t" && (0..3).contains(&partition)
    }
}

/// What a client knows.
#[derive(Debug, Clone, Default)]
struct Client {
    member_id: String,
    generation: i32,
    members: Vec<String>,
}

/// The partition in memory.
#[derive(Default)]
struct MemoryLog {
    records: Vec<CoordinatorRecord>,
    /// How the next append ends.
    fails: Option<ErrorCode>,
    /// Generations may be numbered again: something was taken back, or a group is gone.
    is_anew: bool,
}

impl Log for MemoryLog {
    fn append(&mut self, _: Now, epoch: LeaderEpoch, records: &[Record]) -> Result<Appended, ErrorCode> {
        if let Some(error) = self.fails.take() {
            self.is_anew = true;
            return Err(error);
        }
        let base_offset = self.records.len() as i64;
        self.is_anew |= records.iter().any(|record| record.value.is_none());
        self.records.extend_from_slice(records);
        Ok(Appended { base_offset, end_offset: self.records.len() as i64, epoch })
    }
}

struct World {
    runtime: Runtime<Shard, u64>,
    now: Now,
    log: MemoryLog,
    clients: Vec<Client>,
    /// Client, version and group of every request that waits.
    waiting: BTreeMap<u64, (usize, i16, String)>,
    leaders: BTreeMap<(String, i32), String>,
    tokens: u64,
    features: BTreeSet<u64>,
}

pub fn run(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let mut world = World::new();
    for _ in 0..OPERATIONS_MAX {
        if input.is_empty() {
            break;
        }
        world.step(&mut input);
    }
    world.end();
    // How many kinds of answers there were is told apart finely, their order is not.
    mix(world.features.iter().flat_map(|feature| feature.to_le_bytes()))
}

fn settings() -> GroupSettings {
    GroupSettings { initial_rebalance_delay_ms: 100, group_size_max: 4, offset_metadata_max: 64, ..Default::default() }
}

impl World {
    fn new() -> World {
        let now = Now { monotonic_us: 1_000_000, wall_ms: 1_700_000_000_000 };
        let mut world = World {
            runtime: Runtime::new(0),
            now,
            log: MemoryLog::default(),
            clients: vec![Client::default(); CLIENTS],
            waiting: BTreeMap::new(),
            leaders: BTreeMap::new(),
            tokens: 0,
            features: BTreeSet::new(),
        };
        world.load();
        world
    }

    /// Reads the log, as a new coordinator does.
    fn load(&mut self) {
        let mut loading = Loading::new(Shard::new(settings(), Box::new(SplitMix64(self.tokens + 1))), 0);
        for (offset, record) in (0..).zip(&self.log.records) {
            let stored = StoredRecord { offset, producer_id: -1, key: &record.key, value: record.value.as_deref() };
            loading.record(stored).expect("a record that replayed once replays again");
        }
        let Ok(loaded) = loading.finish(self.log.records.len() as i64) else {
            panic!("the log ends below its records")
        };
        self.take(Event::Loaded(loaded));
    }

    fn shard(&self) -> &Shard {
        self.runtime.machine().expect("a loaded shard")
    }

    /// Steps the runtime and delivers what it answers.
    fn take(&mut self, event: Event<Shard, u64>) {
        let effects = self.runtime.step(self.now, event, &FakeTopics, &mut self.log);
        assert_eq!(effects.broken, None);
        assert!(effects.left_aside.is_empty(), "a record of the shard replays: {:?}", effects.left_aside);
        if std::mem::take(&mut self.log.is_anew) {
            // A group that went begins with generation 1 when it comes back.
            self.leaders.clear();
        }
        let replies = effects.replies.into_iter().chain(effects.after_commit);
        replies.for_each(|(token, response)| self.deliver(token, response));
    }

    fn step(&mut self, input: &mut Input<'_>) {
        match input.u8() % 16 {
            0..=2 => self.join(input),
            3..=4 => self.sync(input),
            5 => self.heartbeat(input),
            6 => self.leave(input),
            7..=8 => self.commit(input),
            9 => self.decoded(input),
            10 => self.wait(u64::from(input.u8()) * 100),
            11 => self.wait(u64::from(input.u16()) * 1000),
            12 => self.log.fails = Some(input.choose(&[ErrorCode::NotEnoughReplicas, ErrorCode::NotLeaderOrFollower])),
            13 => self.move_coordinator(),
            14 => self.record(input),
            _ => self.take(Event::Notice(vec!["t".to_owned()])),
        }
    }

    fn client(&self, input: &mut Input<'_>) -> (usize, Client) {
        let n = usize::from(input.u8()) % CLIENTS;
        (n, self.clients[n].clone())
    }

    /// Mostly the client's own id; sometimes another's, or none, or nonsense.
    fn member_id(&self, client: &Client, how: u8) -> String {
        match how % 8 {
            0..=4 => client.member_id.clone(),
            5 => self.clients[usize::from(how / 8) % CLIENTS].member_id.clone(),
            6 => String::new(),
            _ => "nobody".to_owned(),
        }
    }

    fn ask(&mut self, n: usize, version: i16, group: &str, request: GroupCall<'_>) {
        let token = self.tokens;
        self.tokens += 1;
        self.waiting.insert(token, (n, version, group.to_owned()));
        let label = format!("c{n}");
        let request = request.into_request(&Asking { id: &label, host: "/10.0.0.1", version });
        self.take(Event::Request(request, token));
    }

    fn deliver(&mut self, token: u64, response: GroupResponse) {
        let waited = self.waiting.remove(&token);
        let (n, version, group) = waited.unwrap_or_else(|| panic!("token {token} was answered twice"));
        must_encode(&response, version);
        let response = say(response, version);
        self.features
            .insert(feature_of(&std::mem::discriminant(&response)) ^ u64::from(error_of(&response) as u16) << 8);
        match response {
            GroupResponse::JoinGroup(r) if r.error_code == 0 => self.joined(n, group, r),
            GroupResponse::JoinGroup(r) if r.error_code == ErrorCode::MemberIdRequired as i16 => {
                self.clients[n].member_id = r.member_id.into_owned();
            }
            _ => {}
        }
    }

    fn joined(&mut self, n: usize, group: String, response: JoinGroupResponse<'static>) {
        let members: Vec<String> = response.members.iter().map(|member| member.member_id.to_string()).collect();
        let unique: BTreeSet<&String> = members.iter().collect();
        assert_eq!(unique.len(), members.len(), "a member is listed twice");
        assert!(members.len() <= settings().group_size_max, "a group is larger than allowed");
        if !members.is_empty() {
            assert!(members.iter().any(|member| *member == response.leader), "the leader is no member");
            let place = (group, response.generation_id);
            let leader = self.leaders.entry(place).or_insert_with(|| response.leader.to_string());
            // A static member that comes back takes its earlier self's place, also as the leader (KIP-345).
            let is_static = response.members.iter().any(|member| member.group_instance_id.is_some());
            if !is_static {
                assert_eq!(*leader, response.leader, "two leaders of one generation");
            }
        }
        self.clients[n] =
            Client { member_id: response.member_id.into_owned(), generation: response.generation_id, members };
    }

    fn join(&mut self, input: &mut Input<'_>) {
        let (n, client) = self.client(input);
        let (group, version, how) = (input.choose(&GROUPS), input.version(0, 9), input.u8());
        let names: &[&str] = input.choose(&[&["range"][..], &["range", "sticky"], &["sticky"], &[]]);
        let metadata = b"\0\x01\0\0\0\x01\0\x01t\xff\xff\xff\xff\0\0\0\0";
        let protocol = |name: &&str| JoinGroupRequestProtocol {
            name: (*name).to_owned().into(),
            metadata: metadata[..metadata.len() - usize::from(how) % 3].to_vec().into(),
            ..Default::default()
        };
        let is_static = version >= 5 && how & 0x40 != 0;
        let request = JoinGroupRequest {
            group_id: group.into(),
            session_timeout_ms: input.choose(&[6_000, 10_000, 1_800_000, 1, -1]),
            rebalance_timeout_ms: input.choose(&[2_000, 60_000, 0, -1, i32::MAX]),
            member_id: self.member_id(&client, how).into(),
            group_instance_id: is_static.then(|| format!("i{}", n % 3).into()),
            protocol_type: input.choose(&["consumer", "consumer", "consumer", "connect", ""]).into(),
            protocols: names.iter().map(protocol).collect(),
            ..Default::default()
        };
        self.ask(n, version, group, GroupCall::JoinGroup(request));
    }

    fn sync(&mut self, input: &mut Input<'_>) {
        let (n, client) = self.client(input);
        let (group, version, how) = (input.choose(&GROUPS), input.version(0, 5), input.u8());
        let assignment = |id: &String| SyncGroupRequestAssignment {
            member_id: id.clone().into(),
            assignment: id.as_bytes().to_vec().into(),
            ..Default::default()
        };
        let request = SyncGroupRequest {
            group_id: group.into(),
            generation_id: if how & 0x80 == 0 { client.generation } else { i32::from(how as i8) },
            member_id: self.member_id(&client, how).into(),
            group_instance_id: (version >= 3 && how & 0x40 != 0).then(|| format!("i{}", n % 3).into()),
            protocol_type: (how & 0x10 != 0).then(|| "consumer".into()),
            protocol_name: (how & 0x08 != 0).then(|| "range".into()),
            assignments: client.members.iter().map(assignment).collect(),
            ..Default::default()
        };
        self.ask(n, version, group, GroupCall::SyncGroup(request));
    }

    fn heartbeat(&mut self, input: &mut Input<'_>) {
        let (n, client) = self.client(input);
        let (group, version, how) = (input.choose(&GROUPS), input.version(0, 4), input.u8());
        let request = HeartbeatRequest {
            group_id: group.into(),
            generation_id: client.generation.wrapping_add(i32::from(how >> 7)),
            member_id: self.member_id(&client, how).into(),
            group_instance_id: (version >= 3 && how & 0x40 != 0).then(|| format!("i{}", n % 3).into()),
            ..Default::default()
        };
        self.ask(n, version, group, GroupCall::Heartbeat(request));
    }

    fn leave(&mut self, input: &mut Input<'_>) {
        let (n, client) = self.client(input);
        let (group, version, how) = (input.choose(&GROUPS), input.version(0, 5), input.u8());
        let member_id = self.member_id(&client, how);
        let identity = |id: &str| MemberIdentity {
            member_id: id.to_owned().into(),
            group_instance_id: (how & 0x40 != 0).then(|| format!("i{}", n % 3).into()),
            ..Default::default()
        };
        let members = if version < 3 { Vec::new() } else { vec![identity(&member_id); usize::from(how >> 7) + 1] };
        let member_id = if version < 3 { member_id } else { String::new() };
        let request =
            LeaveGroupRequest { group_id: group.into(), member_id: member_id.into(), members, ..Default::default() };
        self.ask(n, version, group, GroupCall::LeaveGroup(request));
    }

    fn commit(&mut self, input: &mut Input<'_>) {
        let (n, client) = self.client(input);
        let (group, version, how) = (input.choose(&GROUPS), input.version(2, 9), input.u8());
        let partition = OffsetCommitRequestPartition {
            partition_index: i32::from(input.u8() as i8) % 4,
            committed_offset: i64::from(input.u16() as i16),
            committed_metadata: Some("m".repeat(usize::from(input.u8()) % 70).into()),
            ..Default::default()
        };
        let topic = OffsetCommitRequestTopic { name: "t".into(), partitions: vec![partition], ..Default::default() };
        let outsider = how & 0x80 != 0;
        let request = OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: if outsider { -1 } else { client.generation },
            member_id: if outsider { "".into() } else { self.member_id(&client, how).into() },
            group_instance_id: (version >= 7 && how & 0x40 != 0).then(|| format!("i{}", n % 3).into()),
            retention_time_ms: if version <= 4 { input.choose(&[-1, 0, 1000, i64::MAX]) } else { -1 },
            topics: vec![topic],
            ..Default::default()
        };
        self.ask(n, version, group, GroupCall::OffsetCommit(request));
    }

    /// A request as it comes from the wire.
    fn decoded(&mut self, input: &mut Input<'_>) {
        let n = usize::from(input.u8()) % CLIENTS;
        let api = input.choose(&APIS);
        let version = input.version(api.min_version(), api.max_version());
        let mut c = Cursor::new(input.piece());
        let Ok((group, request)) = decode(api, version, &mut c) else { return };
        match request {
            Wire::Plain(request) => self.ask(n, version, &group, request),
            Wire::OffsetFetch(request) => {
                let require_stable = request.require_stable;
                for one in offset_fetch_groups(request, version) {
                    self.ask(n, version, &group, GroupCall::OffsetFetch { group: one, require_stable });
                }
            }
        }
    }

    fn wait(&mut self, ms: u64) {
        let end = self.now.monotonic_us + ms * 1000;
        // A join that static members hold up is tried again every 100 ms, for sessions of half an hour.
        for _ in 0..200_000 {
            let next = self.runtime.next_deadline_us().unwrap_or(u64::MAX).max(self.now.monotonic_us);
            let to = next.min(end);
            self.now.wall_ms += ((to - self.now.monotonic_us) / 1000) as i64;
            self.now.monotonic_us = to;
            if next > end {
                return;
            }
            self.take(Event::Timer);
        }
        panic!("timers fire again and again without time going on: {:?}", self.runtime.next_deadline_us());
    }

    fn move_coordinator(&mut self) {
        self.log.fails = None;
        self.take(Event::Resign);
        assert!(self.waiting.is_empty(), "left without an answer: {:?}", self.waiting);
        // A new coordinator may number generations again that were never stored.
        self.leaders.clear();
        self.tokens += 1;
        self.runtime = Runtime::new(self.runtime.epoch() + 1);
        self.load();
    }

    /// A record of the partition that this shard did not write, and perhaps the end of a transaction. What does not
    /// replay does not get into the log of this test.
    fn record(&mut self, input: &mut Input<'_>) {
        let how = input.u8();
        let (key, value) = (input.piece().to_vec(), input.piece().to_vec());
        let value = (how & 1 == 0).then_some(value);
        let producer_id = if how & 2 == 0 { -1 } else { i64::from(how >> 6) };
        let mut shard = Shard::new(settings(), Box::new(SplitMix64(3)));
        match shard.replay(self.log.records.len() as i64, producer_id, &key, value.as_deref()) {
            Err(error) => {
                self.features.insert(feature_of(&error));
            }
            Ok(()) => {
                shard.replay_end_transaction(producer_id, how & 4 == 0);
                let out = shard.loaded(self.now);
                for (offset, record) in (self.log.records.len() as i64 + 1..).zip(&out.records) {
                    let replayed = shard.replay(offset, -1, &record.key, record.value.as_deref());
                    replayed.expect("a record of the shard replays");
                }
                self.log.records.push(CoordinatorRecord { key, value });
                self.move_coordinator();
            }
        }
    }

    /// Left alone, everything is answered.
    fn end(&mut self) {
        self.log.fails = None;
        // Rebalance timeouts may be as long as 25 days.
        self.wait(3_000_000_000);
        assert!(self.waiting.is_empty(), "left without an answer: {:?}", self.waiting);
        let counts = self.shard().counts();
        assert_eq!(counts.preparing_rebalance + counts.completing_rebalance, 0, "a rebalance never ends: {counts:?}");
        self.move_coordinator();
    }
}

const APIS: [ApiKey; 10] = [
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::OffsetDelete,
    ApiKey::DescribeGroups,
    ApiKey::ListGroups,
    ApiKey::DeleteGroups,
];

enum Wire<'a> {
    Plain(GroupCall<'a>),
    OffsetFetch(OffsetFetchRequest<'a>),
}

fn decode<'a>(api: ApiKey, version: i16, c: &mut Cursor<'a>) -> Result<(String, Wire<'a>), DecodeError> {
    let mut group = String::new();
    macro_rules! plain {
        ($kind:ident, $message:ident) => {{
            let request = $message::decode(c, version)?;
            group = request.group_id.to_string();
            GroupCall::$kind(request)
        }};
    }
    let request = match api {
        ApiKey::JoinGroup => plain!(JoinGroup, JoinGroupRequest),
        ApiKey::SyncGroup => plain!(SyncGroup, SyncGroupRequest),
        ApiKey::Heartbeat => plain!(Heartbeat, HeartbeatRequest),
        ApiKey::LeaveGroup => plain!(LeaveGroup, LeaveGroupRequest),
        ApiKey::OffsetCommit => plain!(OffsetCommit, OffsetCommitRequest),
        ApiKey::OffsetDelete => plain!(OffsetDelete, OffsetDeleteRequest),
        ApiKey::DescribeGroups => GroupCall::DescribeGroups(DescribeGroupsRequest::decode(c, version)?),
        ApiKey::ListGroups => GroupCall::ListGroups(ListGroupsRequest::decode(c, version)?),
        ApiKey::DeleteGroups => GroupCall::DeleteGroups(DeleteGroupsRequest::decode(c, version)?),
        _ => return Ok((group, Wire::OffsetFetch(OffsetFetchRequest::decode(c, version)?))),
    };
    Ok((group, Wire::Plain(request)))
}

/// Every answer, and the error that it may become, can be said in the version of its request.
fn must_encode(response: &GroupResponse, version: i16) {
    let error = response.clone().into_error(ErrorCode::NotCoordinator);
    for response in [response, &error] {
        let encoded = match &say(response.clone(), version) {
            GroupResponse::JoinGroup(r) => r.to_bytes(version),
            GroupResponse::SyncGroup(r) => r.to_bytes(version),
            GroupResponse::Heartbeat(r) => r.to_bytes(version),
            GroupResponse::LeaveGroup(r) => r.to_bytes(version),
            GroupResponse::OffsetCommit(r) => r.to_bytes(version),
            GroupResponse::OffsetFetch(r) => offset_fetch_response(version, vec![r.clone()]).to_bytes(version),
            GroupResponse::OffsetDelete(r) => r.to_bytes(version),
            GroupResponse::DescribeGroups(r) => r.to_bytes(version),
            GroupResponse::ListGroups(r) => r.to_bytes(version),
            GroupResponse::DeleteGroups(r) => r.to_bytes(version),
        };
        // A text that is not UTF-8 grows when it is read, perhaps beyond what an answer can hold.
        assert!(matches!(encoded, Ok(_) | Err(EncodeError::TooLong { .. })), "v{version}: {encoded:?} of {response:?}");
    }
}

fn error_of(response: &GroupResponse) -> i16 {
    match response {
        GroupResponse::JoinGroup(r) => r.error_code,
        GroupResponse::SyncGroup(r) => r.error_code,
        GroupResponse::Heartbeat(r) => r.error_code,
        GroupResponse::LeaveGroup(r) => r.error_code,
        GroupResponse::OffsetCommit(r) => {
            r.topics.first().and_then(|t| t.partitions.first()).map_or(0, |p| p.error_code)
        }
        GroupResponse::OffsetFetch(r) => r.error_code,
        GroupResponse::OffsetDelete(r) => r.error_code,
        GroupResponse::DescribeGroups(r) => r.groups.first().map_or(0, |group| group.error_code),
        GroupResponse::ListGroups(r) => r.error_code,
        GroupResponse::DeleteGroups(r) => r.results.first().map_or(0, |group| group.error_code),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let join = |client: u8, version: u8, how: u8| vec![0, client, 0, version, how, 1, 0, 0, 0];
    let wait = |tenths: u8| vec![10, tenths];
    let sync = |client: u8, version: u8| vec![3, client, 0, version, 0];
    let commit = |client: u8| vec![7, client, 0, 8, 0, 1, 0, 42, 3];
    let beat = |client: u8| vec![5, client, 0, 4, 0];
    let rebalance = [join(0, 4, 0), join(0, 4, 0), join(1, 3, 0), wait(30), sync(0, 3), sync(1, 3)].concat();
    let mut seeds = vec![
        rebalance.clone(),
        [rebalance.clone(), commit(0), beat(0), beat(1), vec![6, 0, 0, 3, 0], join(1, 9, 0), wait(60)].concat(),
        [join(0, 9, 0x40), wait(30), sync(0, 5), vec![13], beat(0), join(0, 9, 0x46), commit(0)].concat(),
        [rebalance.clone(), vec![12, 0], join(2, 3, 0), wait(100), vec![12, 1], sync(0, 3), vec![15]].concat(),
        [rebalance.clone(), vec![11, 0, 20], vec![11, 0xff, 0xff]].concat(),
    ];
    let messages = crate::corpus::vectors("rpc-request");
    for (place, api) in APIS.iter().enumerate() {
        for vector in messages.iter().filter(|vector| vector.message == api.info().request) {
            let mut seed = rebalance.clone();
            seed.extend([9, 0, place as u8, vector.version as u8]);
            push_piece(&mut seed, &vector.bytes);
            seeds.push(seed);
        }
    }
    for seed in super::stored::coordinator_seeds().iter().filter(|seed| seed.first() == Some(&0)) {
        let mut record = Input(&seed[1..]);
        let (key, value) = (record.piece(), record.0);
        for how in [0, 1, 2] {
            let mut seed = vec![14, how];
            push_piece(&mut seed, key);
            push_piece(&mut seed, value);
            seeds.push([seed, rebalance.clone()].concat());
        }
    }
    seeds
}
