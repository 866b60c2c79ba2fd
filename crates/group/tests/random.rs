//! Random clients against one shard, with appends that fail and coordinators that reload. The seed is in every message.

mod common;

use base::{ErrorCode, Random, SplitMix64};
use common::World;
use dialect::GroupCall;
use group::{GroupResponse, GroupSettings};
use protocol::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use protocol::sync_group_request::SyncGroupRequestAssignment;
use protocol::{
    HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, OffsetCommitRequest, SyncGroupRequest,
    join_group_request::JoinGroupRequestProtocol, leave_group_request::MemberIdentity,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

const GROUPS: [&str; 2] = ["g", "h"];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Waits {
    No,
    Join,
    Sync,
}

/// A consumer as its library would behave, more or less.
#[derive(Debug, Clone)]
struct Client {
    group: &'static str,
    instance: Option<String>,
    member_id: String,
    generation: i32,
    waits: Waits,
    members: Vec<String>,
    leads: bool,
    assigned: bool,
}

struct Check {
    world: World,
    random: SplitMix64,
    clients: Vec<Client>,
    tokens: BTreeMap<u64, usize>,
    offsets: BTreeMap<(&'static str, i32), i64>,
    commits: BTreeMap<u64, (&'static str, i32, i64)>,
    leaders: BTreeMap<(&'static str, i32), String>,
    generations: BTreeMap<&'static str, i32>,
}

impl Check {
    fn new(seed: u64) -> Check {
        let settings = GroupSettings { initial_rebalance_delay_ms: 100, group_size_max: 4, ..Default::default() };
        let client = |n: usize| Client {
            group: GROUPS[n % 2],
            instance: n.is_multiple_of(3).then(|| format!("i{n}")),
            member_id: String::new(),
            generation: -1,
            waits: Waits::No,
            members: Vec::new(),
            leads: false,
            assigned: false,
        };
        Check {
            world: World::new(settings),
            random: SplitMix64(seed),
            clients: (0..10).map(client).collect(),
            tokens: BTreeMap::new(),
            offsets: BTreeMap::new(),
            commits: BTreeMap::new(),
            leaders: BTreeMap::new(),
            generations: BTreeMap::new(),
        }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.random.below(n)
    }

    fn ask(&mut self, n: usize, version: i16, request: GroupCall<'_>) {
        let token = self.world.labels.len() as u64;
        self.tokens.insert(token, n);
        let replies = self.world.ask(&format!("c{n}"), version, request);
        self.deliver(replies);
    }

    fn deliver(&mut self, replies: Vec<(u64, GroupResponse)>) {
        for (token, response) in replies {
            let n = self.tokens.remove(&token).expect("one reply a token");
            self.receive(token, n, response);
        }
        self.world.shown.clear();
    }

    fn receive(&mut self, token: u64, n: usize, response: GroupResponse) {
        let group = self.clients[n].group;
        match response {
            GroupResponse::JoinGroup(r) => {
                self.clients[n].waits = Waits::No;
                match ErrorCode::from_code(r.error_code) {
                    ErrorCode::None => self.joined(n, r),
                    ErrorCode::MemberIdRequired => self.clients[n].member_id = r.member_id.into_owned(),
                    ErrorCode::GroupMaxSizeReached | ErrorCode::UnknownMemberId | ErrorCode::FencedInstanceId => {
                        self.clients[n].member_id.clear()
                    }
                    ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {}
                    ErrorCode::RebalanceInProgress => {}
                    other => panic!("join answered {other:?}"),
                }
            }
            GroupResponse::SyncGroup(r) => {
                self.clients[n].waits = Waits::No;
                self.clients[n].assigned = r.error_code == 0;
                if r.error_code == 0 {
                    // A static member takes over what was assigned to its earlier member id.
                    let client = &self.clients[n];
                    let begin = client.instance.clone().map_or(client.member_id.clone(), |i| format!("{i}-"));
                    let end = format!("@{}", client.generation);
                    let got = String::from_utf8_lossy(&r.assignment).into_owned();
                    let ours = got.starts_with(&begin) && got.ends_with(&end);
                    assert!(ours || got.is_empty(), "{group}: got {got}, expected {begin}{end}");
                } else if r.error_code == ErrorCode::UnknownMemberId as i16 {
                    self.clients[n].member_id.clear();
                }
            }
            GroupResponse::OffsetCommit(r) => {
                let (group, partition, offset) = self.commits.remove(&token).unwrap();
                if r.topics[0].partitions[0].error_code == 0 {
                    self.offsets.insert((group, partition), offset);
                }
            }
            GroupResponse::Heartbeat(r) if r.error_code == ErrorCode::UnknownMemberId as i16 => {
                self.clients[n].member_id.clear();
                self.clients[n].assigned = false;
            }
            GroupResponse::LeaveGroup(_) => {
                self.clients[n].member_id.clear();
                self.clients[n].assigned = false;
            }
            _ => {}
        }
    }

    fn joined(&mut self, n: usize, response: JoinGroupResponse<'static>) {
        let client = &mut self.clients[n];
        client.leads = response.leader == response.member_id && !response.skip_assignment;
        client.member_id = response.member_id.into_owned();
        client.generation = response.generation_id;
        client.assigned = false;
        client.members = response.members.iter().map(|m| m.member_id.to_string()).collect();
        let known = self.generations.entry(client.group).or_insert(0);
        assert!(
            response.generation_id >= *known,
            "{}: generation {} after {known}",
            client.group,
            response.generation_id
        );
        *known = response.generation_id;
        if !client.members.is_empty() && !response.skip_assignment {
            assert!(client.leads);
            let leader = self.leaders.entry((client.group, client.generation)).or_insert(client.member_id.clone());
            assert_eq!(*leader, client.member_id, "two leaders of {} in {}", client.group, client.generation);
        }
    }

    fn join(&mut self, n: usize) {
        let client = self.clients[n].clone();
        let version = [3, 5, 9][self.below(3) as usize].max(if client.instance.is_some() { 5 } else { 0 });
        let names: &[&str] = if self.below(2) == 0 { &["range", "sticky"] } else { &["range"] };
        let protocol = |name: &&str| JoinGroupRequestProtocol {
            name: name.to_string().into(),
            metadata: b"\0\x01\0\0\0\0\xff\xff\xff\xff\0\0\0\0".to_vec().into(),
            ..Default::default()
        };
        self.clients[n].waits = Waits::Join;
        let request = JoinGroupRequest {
            group_id: client.group.into(),
            session_timeout_ms: 6_000,
            rebalance_timeout_ms: 2_000,
            member_id: client.member_id.into(),
            group_instance_id: client.instance.map(Cow::Owned),
            protocol_type: "consumer".into(),
            protocols: names.iter().map(protocol).collect(),
            ..Default::default()
        };
        self.ask(n, version, GroupCall::JoinGroup(request));
    }

    fn sync(&mut self, n: usize) {
        let client = self.clients[n].clone();
        let assignment = |id: &String| SyncGroupRequestAssignment {
            member_id: id.clone().into(),
            assignment: format!("{id}@{}", client.generation).into_bytes().into(),
            ..Default::default()
        };
        let assignments = client.members.iter().filter(|_| client.leads).map(assignment).collect();
        self.clients[n].waits = Waits::Sync;
        let request = SyncGroupRequest {
            group_id: client.group.into(),
            generation_id: client.generation,
            member_id: client.member_id.into(),
            group_instance_id: client.instance.map(Cow::Owned),
            assignments,
            ..Default::default()
        };
        self.ask(n, 4, GroupCall::SyncGroup(request));
    }

    fn commit(&mut self, n: usize) {
        let client = self.clients[n].clone();
        let (partition, offset) = (self.below(3) as i32, self.below(1000) as i64);
        let outsider = self.below(4) == 0;
        let token = self.world.labels.len() as u64;
        self.commits.insert(token, (client.group, partition, offset));
        let topic = OffsetCommitRequestTopic {
            name: "t1".into(),
            partitions: vec![OffsetCommitRequestPartition {
                partition_index: partition,
                committed_offset: offset,
                ..Default::default()
            }],
            ..Default::default()
        };
        let request = OffsetCommitRequest {
            group_id: client.group.into(),
            generation_id_or_member_epoch: if outsider { -1 } else { client.generation },
            member_id: if outsider { "".into() } else { client.member_id.into() },
            topics: vec![topic],
            ..Default::default()
        };
        self.ask(n, 8, GroupCall::OffsetCommit(request));
    }

    fn step(&mut self) {
        let n = self.below(self.clients.len() as u64) as usize;
        if self.below(40) == 0 {
            let errors = [ErrorCode::NotEnoughReplicas, ErrorCode::NotLeaderOrFollower];
            self.world.fail = Some(errors[self.below(2) as usize]);
        }
        let client = self.clients[n].clone();
        match self.below(100) {
            0..40 if client.waits == Waits::No && client.generation >= 0 && !client.assigned => self.sync(n),
            0..40 if client.waits == Waits::No && !client.assigned => self.join(n),
            40..50 if client.waits == Waits::No => self.join(n),
            50..60 if client.waits == Waits::No => {
                let request = HeartbeatRequest {
                    group_id: client.group.into(),
                    generation_id: client.generation,
                    member_id: client.member_id.into(),
                    group_instance_id: client.instance.map(Cow::Owned),
                    ..Default::default()
                };
                self.ask(n, 4, GroupCall::Heartbeat(request));
            }
            60..75 => self.commit(n),
            75..80 if client.waits == Waits::No => {
                let member = MemberIdentity { member_id: client.member_id.into(), ..Default::default() };
                let request =
                    LeaveGroupRequest { group_id: client.group.into(), members: vec![member], ..Default::default() };
                self.ask(n, 5, GroupCall::LeaveGroup(request));
            }
            80..82 => self.move_coordinator(),
            82..90 => {
                let ms = self.below(3_000);
                let replies = self.world.wait(ms);
                self.deliver(replies);
            }
            _ => {
                let replies = self.world.wait(20);
                self.deliver(replies);
            }
        }
    }

    /// Everything parked is refused, and another coordinator reads the log.
    fn move_coordinator(&mut self) {
        self.world.fail = None;
        let replies = self.world.shard.resign(ErrorCode::NotCoordinator);
        let replies = replies.into_iter().map(|r| (r.token, r.response)).collect();
        self.deliver(replies);
        assert!(self.clients.iter().all(|c| c.waits == Waits::No), "somebody was left waiting: {:?}", self.clients);
        // Memory may be ahead of the log by generations that were never stored.
        self.generations.clear();
        self.leaders.clear();
        self.world.reload();
    }

    fn check_offsets(&mut self) {
        for group in GROUPS {
            let shown = self.world.run(&format!("fetch x {group} partitions=t1-0,t1-1,t1-2"));
            let offset = |p| self.offsets.get(&(group, p)).copied().unwrap_or(-1);
            let expected =
                format!("x: fetch NONE t1-0={} t1-1={} t1-2={} (after commit)", offset(0), offset(1), offset(2));
            assert_eq!(shown, [expected]);
        }
    }

    /// A shard that reads the log knows the same stable groups.
    fn check_replay(&mut self) {
        let describe: Vec<String> = GROUPS.iter().flat_map(|g| self.world.run(&format!("describe x {g}"))).collect();
        self.move_coordinator();
        let replayed: Vec<String> = GROUPS.iter().flat_map(|g| self.world.run(&format!("describe x {g}"))).collect();
        for (before, after) in describe.iter().zip(&replayed) {
            if before.contains(" Stable ") {
                assert_eq!(before, after);
            }
        }
    }
}

#[test]
fn random_clients_find_the_invariants_kept() {
    let mut stable = BTreeSet::new();
    for seed in 0..150 {
        let outcome = std::panic::catch_unwind(|| {
            let mut check = Check::new(seed);
            for step in 0..600 {
                check.step();
                if step % 50 == 0 {
                    check.check_offsets();
                }
            }
            let stable = check.world.shard.counts().stable;
            check.check_replay();
            check.check_offsets();
            // Left alone, every parked request is answered and every dynamic member goes.
            let replies = check.world.wait(1_000_000);
            check.deliver(replies);
            assert!(check.tokens.is_empty(), "unanswered: {:?}", check.tokens);
            let counts = check.world.shard.counts();
            assert_eq!(counts.preparing_rebalance + counts.completing_rebalance + counts.stable, 0);
            stable
        });
        match outcome {
            Ok(n) => stable.insert(n),
            Err(_) => panic!("seed {seed}"),
        };
    }
    assert!(stable.contains(&1) && stable.contains(&2), "runs should reach stable groups: {stable:?}");
}
