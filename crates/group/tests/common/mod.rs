//! A shard with a virtual clock and a log in memory, driven by lines of text.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use base::{ErrorCode, Now, SplitMix64, TopicId};
use dialect::{Client, GroupCall};
use group::{CoordinatorRecord, GroupResponse, GroupSettings, Output, Shard, Topics};
use protocol::join_group_request::JoinGroupRequestProtocol;
use protocol::leave_group_request::MemberIdentity;
use protocol::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use protocol::offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic};
use protocol::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use protocol::sync_group_request::SyncGroupRequestAssignment;
use protocol::{
    ConsumerProtocolSubscription, Cursor, DeleteGroupsRequest, DescribeGroupsRequest, GroupMetadataValue,
    GroupRecordKey, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, ListGroupsRequest, Message,
    OffsetCommitRequest, OffsetCommitValue, OffsetDeleteRequest, SyncGroupRequest,
};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Topics `t1` to `t9` with three partitions each; the id of `tN` is N.
pub struct FakeTopics;

impl Topics for FakeTopics {
    fn name(&self, id: TopicId) -> Option<String> {
        (1..10).find(|n| TopicId::from_u128(*n) == id).map(|n| format!("t{n}"))
    }

    fn id(&self, name: &str) -> Option<TopicId> {
        let n: u128 = name.strip_prefix('t')?.parse().ok()?;
        (1..10).contains(&n).then(|| TopicId::from_u128(n))
    }

    fn has_partition(&self, topic: &str, partition: i32) -> bool {
        self.id(topic).is_some() && (0..3).contains(&partition)
    }
}

pub struct World {
    pub shard: Shard,
    pub settings: GroupSettings,
    pub now: Now,
    pub log: Vec<CoordinatorRecord>,
    /// The next append fails with this.
    pub fail: Option<ErrorCode>,
    /// Batches with more bytes of keys are refused.
    pub batch_bytes_max: usize,
    /// Who asked, by token.
    pub labels: Vec<String>,
    /// Versions of the requests, by token.
    versions: Vec<i16>,
    /// Short names of member ids.
    aliases: BTreeMap<String, String>,
    pub shown: Vec<String>,
    seed: u64,
}

/// Every answer, and the error it may become, can be said in the version of its request.
pub fn must_encode(response: &GroupResponse, version: i16) {
    let error = response.clone().into_error(ErrorCode::NotCoordinator);
    for response in [response.clone(), error] {
        let response = dialect::say(response, version);
        let encoded = match &response {
            GroupResponse::JoinGroup(r) => r.to_bytes(version),
            GroupResponse::SyncGroup(r) => r.to_bytes(version),
            GroupResponse::Heartbeat(r) => r.to_bytes(version),
            GroupResponse::LeaveGroup(r) => r.to_bytes(version),
            GroupResponse::OffsetCommit(r) => r.to_bytes(version),
            GroupResponse::OffsetFetch(r) => dialect::offset_fetch_response(version, vec![r.clone()]).to_bytes(version),
            GroupResponse::OffsetDelete(r) => r.to_bytes(version),
            GroupResponse::DescribeGroups(r) => r.to_bytes(version),
            GroupResponse::ListGroups(r) => r.to_bytes(version),
            GroupResponse::DeleteGroups(r) => r.to_bytes(version),
        };
        assert!(encoded.is_ok(), "version {version}: {encoded:?} of {response:?}");
    }
}

fn error_name(code: i16) -> &'static str {
    ErrorCode::from_code(code).name()
}

impl World {
    pub fn new(settings: GroupSettings) -> World {
        let mut shard = Shard::new(settings.clone(), Box::new(SplitMix64(1)));
        let now = Now { monotonic_us: 1_000_000, wall_ms: 1_700_000_000_000 };
        assert!(shard.loaded(now).is_empty());
        World {
            shard,
            settings,
            now,
            log: Vec::new(),
            fail: None,
            batch_bytes_max: usize::MAX,
            labels: Vec::new(),
            versions: Vec::new(),
            aliases: BTreeMap::new(),
            shown: Vec::new(),
            seed: 1,
        }
    }

    fn alias(&mut self, member_id: &str) -> String {
        if member_id.len() < 37 {
            return member_id.to_owned();
        }
        let prefix = &member_id[..member_id.len() - 37];
        let same = self.aliases.values().filter(|a| a.rsplit_once('#').is_some_and(|(p, _)| p == prefix)).count();
        self.aliases.entry(member_id.to_owned()).or_insert_with(|| format!("{prefix}#{}", same + 1)).clone()
    }

    /// The member id with this short name; other texts stand for themselves.
    pub fn member_id(&self, alias: &str) -> String {
        self.aliases.iter().find(|(_, a)| *a == alias).map(|(id, _)| id.clone()).unwrap_or_else(|| alias.to_owned())
    }

    pub fn ask(&mut self, label: &str, version: i16, request: GroupCall<'_>) -> Vec<(u64, GroupResponse)> {
        let token = self.labels.len() as u64;
        self.labels.push(label.to_owned());
        self.versions.push(version);
        let request = request.into_request(&Client { id: label, host: "/10.0.0.1", version });
        let out = self.shard.handle(self.now, &FakeTopics, request, token);
        self.carry_out(out)
    }

    /// Appends, replays and delivers, as the runtime does.
    pub fn carry_out(&mut self, mut out: Output) -> Vec<(u64, GroupResponse)> {
        let bytes: usize = out.records.iter().map(|record| record.key.len()).sum();
        let lost = if out.records.is_empty() { None } else { self.fail.take() };
        let lost = lost.or((bytes > self.batch_bytes_max).then_some(ErrorCode::RecordListTooLarge));
        if let Some(error) = lost {
            self.shown.push(format!("append of {} records failed", out.records.len()));
            out = self.shard.append_failed(self.now, out, error);
            assert!(out.records.is_empty());
        }
        for record in &out.records {
            let offset = self.log.len() as i64;
            self.shard.replay(offset, -1, &record.key, record.value.as_deref()).unwrap();
            self.log.push(record.clone());
            let shown = self.show_record(record);
            self.shown.push(shown);
        }
        let mut delivered = Vec::new();
        for reply in out.replies {
            let version = self.versions[reply.token as usize];
            must_encode(&reply.response, version);
            let response = dialect::say(reply.response, version);
            let shown = self.show_response(&response);
            let label = self.labels[reply.token as usize].clone();
            let when = if reply.after_commit { " (after commit)" } else { "" };
            self.shown.push(format!("{label}: {shown}{when}"));
            delivered.push((reply.token, response));
        }
        delivered
    }

    /// Lets time pass; timers run when they are due.
    pub fn wait(&mut self, ms: u64) -> Vec<(u64, GroupResponse)> {
        let end = self.now.monotonic_us + ms * 1000;
        let mut delivered = Vec::new();
        loop {
            let next = self.shard.next_deadline_us().unwrap_or(u64::MAX).max(self.now.monotonic_us);
            let to = next.min(end);
            self.now.wall_ms += ((to - self.now.monotonic_us) / 1000) as i64;
            self.now.monotonic_us = to;
            if next > end {
                return delivered;
            }
            let before = self.shown.len();
            let out = self.shard.on_timer(self.now);
            delivered.extend(self.carry_out(out));
            if self.shown.len() > before {
                let left = (end - to) / 1000;
                self.shown.insert(before, format!("after {} ms:", ms - left));
            }
        }
    }

    /// A new coordinator that reads the log.
    pub fn reload(&mut self) {
        self.seed += 1;
        let mut shard = Shard::new(self.settings.clone(), Box::new(SplitMix64(self.seed)));
        for (offset, record) in self.log.iter().enumerate() {
            shard.replay(offset as i64, -1, &record.key, record.value.as_deref()).unwrap();
        }
        self.shard = shard;
        let out = self.shard.loaded(self.now);
        self.carry_out(out);
    }

    fn show_record(&mut self, record: &CoordinatorRecord) -> String {
        let key = GroupRecordKey::decode(&record.key).unwrap();
        let value = record.value.as_deref();
        match key {
            GroupRecordKey::OffsetCommit(k) => {
                let value = value.map(|v| OffsetCommitValue::decode(&mut Cursor::new(&v[2..]), v[1] as i16).unwrap());
                let value = value.map(|v| format!("{} epoch={} `{}`", v.offset, v.leader_epoch, v.metadata));
                format!("record {} {}-{} = {}", k.group, k.topic, k.partition, value.unwrap_or("gone".into()))
            }
            GroupRecordKey::GroupMetadata(k) => {
                let Some(v) = value else { return format!("record {} = gone", k.group) };
                let v = GroupMetadataValue::decode(&mut Cursor::new(&v[2..]), v[1] as i16).unwrap();
                let mut members = Vec::new();
                for m in &v.members {
                    let id = self.alias(&m.member_id);
                    members.push(format!("{id}=`{}`", String::from_utf8_lossy(&m.assignment)));
                }
                let leader = v.leader.as_deref().map(|l| self.alias(l));
                format!(
                    "record {} = generation={} type={} protocol={} leader={} members=[{}]",
                    k.group,
                    v.generation,
                    v.protocol_type,
                    v.protocol.as_deref().unwrap_or("-"),
                    leader.as_deref().unwrap_or("-"),
                    members.join(" ")
                )
            }
            other => format!("record {} = {}", other.name().unwrap(), if value.is_some() { "kept" } else { "gone" }),
        }
    }

    fn show_response(&mut self, response: &GroupResponse) -> String {
        match response {
            GroupResponse::JoinGroup(r) => {
                let member = self.alias(&r.member_id);
                if r.error_code != 0 {
                    return format!("join {} member={member}", error_name(r.error_code));
                }
                let leader = self.alias(&r.leader);
                let members: Vec<String> = r.members.iter().map(|m| self.alias(&m.member_id)).collect();
                let skip = if r.skip_assignment { " skip-assignment" } else { "" };
                format!(
                    "join NONE member={member} generation={} protocol={} leader={leader} members=[{}]{skip}",
                    r.generation_id,
                    r.protocol_name.as_deref().unwrap_or("-"),
                    members.join(" ")
                )
            }
            GroupResponse::SyncGroup(r) if r.error_code != 0 => format!("sync {}", error_name(r.error_code)),
            GroupResponse::SyncGroup(r) => format!("sync NONE `{}`", String::from_utf8_lossy(&r.assignment)),
            GroupResponse::Heartbeat(r) => format!("heartbeat {}", error_name(r.error_code)),
            GroupResponse::LeaveGroup(r) => {
                let mut members = Vec::new();
                for m in &r.members {
                    let id = self.alias(&m.member_id);
                    let instance = m.group_instance_id.as_deref().map(|i| format!("~{i}")).unwrap_or_default();
                    members.push(format!("{id}{instance}={}", error_name(m.error_code)));
                }
                format!("leave {} [{}]", error_name(r.error_code), members.join(" "))
            }
            GroupResponse::OffsetCommit(r) => {
                let topics = r.topics.iter().flat_map(|t| {
                    let name = topic_text(&t.name, t.topic_id);
                    t.partitions
                        .iter()
                        .map(move |p| format!("{name}-{}={}", p.partition_index, error_name(p.error_code)))
                });
                format!("commit {}", topics.collect::<Vec<_>>().join(" "))
            }
            GroupResponse::OffsetFetch(r) => {
                let topics = r.topics.iter().flat_map(|t| {
                    let name = topic_text(&t.name, t.topic_id);
                    t.partitions.iter().map(move |p| match p.error_code {
                        0 => format!("{name}-{}={}", p.partition_index, p.committed_offset),
                        code => format!("{name}-{}={}", p.partition_index, error_name(code)),
                    })
                });
                format!("fetch {} {}", error_name(r.error_code), topics.collect::<Vec<_>>().join(" "))
            }
            GroupResponse::OffsetDelete(r) => {
                let topics = r.topics.iter().flat_map(|t| {
                    t.partitions
                        .iter()
                        .map(|p| format!("{}-{}={}", t.name, p.partition_index, error_name(p.error_code)))
                });
                format!("delete-offsets {} {}", error_name(r.error_code), topics.collect::<Vec<_>>().join(" "))
            }
            GroupResponse::DescribeGroups(r) => {
                let mut groups = Vec::new();
                for g in &r.groups {
                    let mut members = Vec::new();
                    for m in &g.members {
                        let id = self.alias(&m.member_id);
                        members.push(format!("{id}=`{}`", String::from_utf8_lossy(&m.member_assignment)));
                    }
                    let message = g.error_message.as_deref().map(|m| format!(" ({m})")).unwrap_or_default();
                    groups.push(format!(
                        "{} {}{message} {} type={} protocol={} [{}]",
                        g.group_id,
                        error_name(g.error_code),
                        g.group_state,
                        g.protocol_type,
                        g.protocol_data,
                        members.join(" ")
                    ));
                }
                format!("describe {}", groups.join("; "))
            }
            GroupResponse::ListGroups(r) => {
                let groups = r
                    .groups
                    .iter()
                    .map(|g| format!("{}:{}:{}:{}", g.group_id, g.protocol_type, g.group_state, g.group_type));
                format!("list {} {}", error_name(r.error_code), groups.collect::<Vec<_>>().join(" "))
            }
            GroupResponse::DeleteGroups(r) => {
                let results = r.results.iter().map(|g| format!("{}={}", g.group_id, error_name(g.error_code)));
                format!("delete {}", results.collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// Runs one line of a conversation and returns what it showed.
    pub fn run(&mut self, line: &str) -> Vec<String> {
        let mut words = line.split_whitespace();
        let command = words.next().unwrap();
        let rest: Vec<&str> = words.collect();
        let free: Vec<&str> = rest.iter().copied().filter(|w| !w.contains('=')).collect();
        let named: BTreeMap<&str, &str> = rest.iter().filter_map(|w| w.split_once('=')).collect();
        self.command(command, &free, &named);
        std::mem::take(&mut self.shown)
    }

    fn command(&mut self, command: &str, free: &[&str], named: &BTreeMap<&str, &str>) {
        let number = |key: &str, default: i32| named.get(key).map_or(default, |v| v.parse().unwrap());
        let version = |default: i32| number("v", default) as i16;
        let text = |key: &str| named.get(key).copied().unwrap_or_default();
        let instance = named.get("instance").map(|i| Cow::Owned(i.to_string()));
        let member = self.member_id(text("member"));
        let (label, group) = (free.first().copied().unwrap_or_default(), free.get(1).copied().unwrap_or_default());
        match command {
            "wait" => {
                self.wait(label.parse().unwrap());
            }
            "fail" => self.fail = ErrorCode::ALL.iter().copied().find(|e| e.name() == label),
            "reload" => self.reload(),
            "delete-topic" => {
                for out in self.shard.topics_deleted(&[label.to_owned()]) {
                    self.carry_out(out);
                }
            }
            "resign" => {
                let replies = self.shard.resign(ErrorCode::NotCoordinator);
                self.carry_out(Output { records: Vec::new(), replies });
            }
            "join" => {
                let protocols = named.get("protocols").copied().unwrap_or("range:t1");
                let request = JoinGroupRequest {
                    group_id: group.into(),
                    session_timeout_ms: number("session", 10_000),
                    rebalance_timeout_ms: number("rebalance", 60_000),
                    member_id: member.into(),
                    group_instance_id: instance,
                    protocol_type: named.get("type").copied().unwrap_or("consumer").into(),
                    protocols: protocols.split(',').filter(|p| !p.is_empty()).map(protocol_of).collect(),
                    ..Default::default()
                };
                self.ask(label, version(5), GroupCall::JoinGroup(request));
            }
            "sync" => {
                let request = SyncGroupRequest {
                    group_id: group.into(),
                    generation_id: number("gen", 1),
                    member_id: member.into(),
                    group_instance_id: instance,
                    protocol_type: Some(named.get("type").copied().unwrap_or("consumer").to_owned().into()),
                    protocol_name: Some(named.get("protocol").copied().unwrap_or("range").to_owned().into()),
                    assignments: text("assign").split(',').filter_map(|a| self.assignment(a)).collect(),
                    ..Default::default()
                };
                self.ask(label, version(5), GroupCall::SyncGroup(request));
            }
            "heartbeat" => {
                let request = HeartbeatRequest {
                    group_id: group.into(),
                    generation_id: number("gen", 1),
                    member_id: member.into(),
                    group_instance_id: instance,
                    ..Default::default()
                };
                self.ask(label, version(4), GroupCall::Heartbeat(request));
            }
            "leave" => {
                let request = LeaveGroupRequest {
                    group_id: group.into(),
                    member_id: member.into(),
                    members: text("members").split(',').filter(|m| !m.is_empty()).map(|m| self.identity(m)).collect(),
                    ..Default::default()
                };
                self.ask(label, version(5), GroupCall::LeaveGroup(request));
            }
            "commit" => {
                let v = version(8);
                let request = OffsetCommitRequest {
                    group_id: group.into(),
                    generation_id_or_member_epoch: number("gen", -1),
                    member_id: member.into(),
                    group_instance_id: instance,
                    retention_time_ms: number("retention", -1) as i64,
                    topics: text("offsets").split(',').map(|o| commit_of(o, text("metadata"), v)).collect(),
                    ..Default::default()
                };
                self.ask(label, v, GroupCall::OffsetCommit(request));
            }
            "fetch" => {
                let v = version(8);
                let topics = text("partitions").split(',').filter(|p| !p.is_empty()).map(|p| fetch_of(p, v)).collect();
                let request = OffsetFetchRequestGroup {
                    group_id: group.into(),
                    topics: (!free.contains(&"all")).then_some(topics),
                    ..Default::default()
                };
                let require_stable = free.contains(&"stable");
                self.ask(label, v, GroupCall::OffsetFetch { group: request, require_stable });
            }
            "delete-offsets" => {
                let of = |p: &str| {
                    let (topic, partition) = p.rsplit_once('-').unwrap();
                    OffsetDeleteRequestTopic {
                        name: topic.to_owned().into(),
                        partitions: vec![OffsetDeleteRequestPartition { partition_index: partition.parse().unwrap() }],
                    }
                };
                let topics = text("partitions").split(',').map(of).collect();
                self.ask(label, 0, GroupCall::OffsetDelete(OffsetDeleteRequest { group_id: group.into(), topics }));
            }
            "describe" => {
                let groups = free[1..].iter().map(|g| Cow::Owned(g.to_string())).collect();
                let request = DescribeGroupsRequest { groups, ..Default::default() };
                self.ask(label, version(6), GroupCall::DescribeGroups(request));
            }
            "list" => {
                let list =
                    |key| text(key).split(',').filter(|s| !s.is_empty()).map(|s| Cow::Owned(s.to_owned())).collect();
                let request = ListGroupsRequest {
                    states_filter: list("states"),
                    types_filter: list("types"),
                    ..Default::default()
                };
                self.ask(label, 5, GroupCall::ListGroups(request));
            }
            "delete" => {
                let groups_names = free[1..].iter().map(|g| Cow::Owned(g.to_string())).collect();
                let request = DeleteGroupsRequest { groups_names, ..Default::default() };
                self.ask(label, 2, GroupCall::DeleteGroups(request));
            }
            other => panic!("no such command: {other}"),
        }
    }

    fn assignment(&self, text: &str) -> Option<SyncGroupRequestAssignment<'static>> {
        let (member, assignment) = text.split_once(':')?;
        Some(SyncGroupRequestAssignment {
            member_id: self.member_id(member).into(),
            assignment: assignment.as_bytes().to_vec().into(),
            ..Default::default()
        })
    }

    /// `A#1`, `A#1~instance` or `~instance`.
    fn identity(&self, text: &str) -> MemberIdentity<'static> {
        let (member, instance) = text.split_once('~').map_or((text, None), |(m, i)| (m, Some(i)));
        MemberIdentity {
            member_id: self.member_id(member).into(),
            group_instance_id: instance.map(|i| Cow::Owned(i.to_owned())),
            ..Default::default()
        }
    }
}

fn topic_text(name: &str, id: TopicId) -> String {
    if name.is_empty() { format!("id{}", id.0[15]) } else { name.to_owned() }
}

/// `range:t1+t2`: a protocol and the topics of the subscription; without topics the metadata is the protocol's name.
fn protocol_of(text: &str) -> JoinGroupRequestProtocol<'static> {
    let (name, topics) = text.split_once(':').unwrap_or((text, ""));
    let metadata = match topics {
        "" => name.as_bytes().to_vec(),
        topics => ConsumerProtocolSubscription {
            topics: topics.split('+').map(|t| Cow::Owned(t.to_owned())).collect(),
            ..Default::default()
        }
        .to_versioned(1)
        .unwrap(),
    };
    JoinGroupRequestProtocol { name: name.to_owned().into(), metadata: metadata.into(), ..Default::default() }
}

fn named_topic(topic: &str, version: i16) -> (Cow<'static, str>, TopicId) {
    match version {
        10.. => ("".into(), FakeTopics.id(topic).unwrap_or(TopicId::from_u128(99))),
        _ => (topic.to_owned().into(), TopicId::ZERO),
    }
}

/// `t1-0:5` or `t1-0:5:7`: topic, partition, offset, leader epoch.
fn commit_of(text: &str, metadata: &str, version: i16) -> OffsetCommitRequestTopic<'static> {
    let mut parts = text.split(':');
    let (topic, partition) = parts.next().unwrap().rsplit_once('-').unwrap();
    let (name, topic_id) = named_topic(topic, version);
    OffsetCommitRequestTopic {
        name,
        topic_id,
        partitions: vec![OffsetCommitRequestPartition {
            partition_index: partition.parse().unwrap(),
            committed_offset: parts.next().unwrap().parse().unwrap(),
            committed_leader_epoch: parts.next().map_or(-1, |e| e.parse().unwrap()),
            committed_metadata: Some(metadata.to_owned().into()),
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn fetch_of(text: &str, version: i16) -> OffsetFetchRequestTopics<'static> {
    let (topic, partition) = text.rsplit_once('-').unwrap();
    let (name, topic_id) = named_topic(topic, version);
    OffsetFetchRequestTopics {
        name,
        topic_id,
        partition_indexes: vec![partition.parse().unwrap()],
        ..Default::default()
    }
}
