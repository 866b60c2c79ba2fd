//! The clients: what they do next is drawn at random; what they learn goes to the checkers.

mod groups;
mod producers;
mod readers;
mod topics;

pub use groups::described;
pub use readers::{EARLIEST, list_offsets, listed, records_of, send_fetch};
pub use topics::{KEPT, PARTITIONS, is_promised};

use crate::checks::{Knowledge, Partition};
use base::{Now, Offset, Random, SplitMix64};
use groups::{AsMember, Groups};
use producers::Producers;
use protocol::Request;
use readers::Readers;
use std::collections::BTreeMap;
use topics::Topics;

/// Whom the clients talk to: a node, or a cluster that finds the right one.
pub trait Peer {
    /// Sends a request; its answer comes under the returned tag.
    fn send<R: Request>(&mut self, version: i16, request: &R) -> u64;
    fn now(&self) -> Now;
}

/// A request whose answer is awaited.
#[derive(Debug)]
enum Pending {
    /// Nobody looks at the answer.
    Any,
    Create(usize),
    Delete(usize),
    ProducerId(usize),
    Produce(usize),
    Fetch {
        partition: Partition,
        offset: Offset,
    },
    /// A fetch at an offset that was read or acknowledged before.
    FetchAgain {
        partition: Partition,
        offset: Offset,
    },
    Earliest(Partition),
    Timestamp {
        partition: Partition,
        timestamp_ms: i64,
        known_to: Offset,
    },
    DeleteRecords {
        partition: Partition,
        offset: Offset,
    },
    Commit {
        group: u64,
        partition: i32,
        offset: Offset,
        is_late: bool,
    },
    OffsetFetch {
        group: u64,
        partition: i32,
    },
    Join {
        member: usize,
        asked: AsMember,
        is_first: bool,
    },
    Sync {
        member: usize,
        asked: AsMember,
    },
    Heartbeat(usize),
    DeleteGroup,
}

/// Requests under way by the tag of their answer.
type Pendings = BTreeMap<u64, Pending>;

/// All clients of a schedule; they outlive the node's processes.
pub struct Clients {
    pending: Pendings,
    topics: Topics,
    producers: Producers,
    readers: Readers,
    groups: Groups,
    is_connected: bool,
    /// Nobody does anything before this time.
    quiet_until_us: u64,
    pub acknowledged: u64,
    pub read: u64,
}

impl Clients {
    /// Topics of so many replicas on so many brokers, where two must have what is acknowledged if there are three.
    pub fn new(segment_bytes: u32, replicas: i16, brokers: i32) -> Clients {
        Clients {
            pending: BTreeMap::new(),
            topics: Topics::new(segment_bytes, replicas, brokers),
            producers: Producers::new(),
            readers: Readers::default(),
            groups: Groups::default(),
            is_connected: false,
            quiet_until_us: 0,
            acknowledged: 0,
            read: 0,
        }
    }

    pub fn outstanding(&self) -> usize {
        self.pending.len()
    }

    /// The time before which the clients rest.
    pub fn quiet_until_us(&self) -> u64 {
        self.quiet_until_us
    }

    /// The node is gone: what was under way has no answer.
    pub fn disconnected(&mut self, knowledge: &mut Knowledge) {
        self.pending.clear();
        self.is_connected = false;
        self.quiet_until_us = 0;
        self.topics.disconnected();
        self.producers.disconnected();
        self.groups.disconnected();
        knowledge.process_died();
    }

    /// After a power cut the producers of topics without a promise begin anew: the broker may have forgotten them.
    pub fn power_was_cut(&mut self) {
        self.producers.power_was_cut();
        self.readers.power_was_cut();
        self.groups.power_was_cut();
    }

    /// Does one thing, drawn at random.
    pub fn act(&mut self, node: &mut impl Peer, random: &mut SplitMix64, knowledge: &mut Knowledge) {
        if !std::mem::replace(&mut self.is_connected, true) {
            self.connect(node);
        }
        if self.topics.create_missing(node, &mut self.pending) {
            return;
        }
        match random.below(100) {
            0..=44 => self.producers.produce(node, random, &self.topics, &mut self.pending),
            45..=59 => self.readers.fetch(node, random, &self.topics, &mut self.pending),
            60..=64 => self.readers.fetch_again(node, random, knowledge, &mut self.pending),
            65..=67 => self.readers.ask_for_timestamp(node, random, knowledge, &mut self.pending),
            68..=69 => self.readers.delete_records(node, random, knowledge, &mut self.pending),
            70..=75 => self.groups.commit(node, random, knowledge, &mut self.pending),
            76..=80 => self.groups.fetch_offsets(node, random, &mut self.pending),
            81..=89 => self.groups.member_acts(node, random, knowledge, &mut self.pending),
            90..=93 => self.producers.lose_answers(random, &mut self.pending),
            94 => self.topics.delete(node, random, &mut self.producers, knowledge, &mut self.pending),
            95 => self.groups.delete(node, knowledge, &mut self.pending),
            96..=97 => self.topics.administrate(node, random, &mut self.pending),
            _ => {
                let longest_ms = [50, 500, 3_000, 12_000][random.below(4) as usize];
                let rest_us = 1000 * (1 + random.below(longest_ms));
                self.quiet_until_us = node.now().monotonic_us + rest_us;
            }
        }
    }

    /// Whoever was in the group comes as somebody new.
    pub fn members_vanish(&mut self) {
        self.groups.all_vanish();
    }

    /// Whether every topic is there.
    pub fn has_topics(&self) -> bool {
        self.topics.all_exist()
    }

    /// Sends something new to some partition.
    pub fn produce(&mut self, node: &mut impl Peer, random: &mut SplitMix64) {
        self.producers.produce(node, random, &self.topics, &mut self.pending);
    }

    fn connect(&mut self, node: &mut impl Peer) {
        let find = protocol::FindCoordinatorRequest {
            coordinator_keys: vec!["1".into(), "2".into(), "3".into()],
            ..Default::default()
        };
        self.pending.insert(node.send(4, &find), Pending::Any);
        self.pending.insert(node.send(12, &protocol::MetadataRequest::default()), Pending::Any);
    }

    /// All members of the group vanish; asks what the coordinator says of it.
    pub fn describe_group(&mut self, node: &mut impl Peer) -> u64 {
        self.groups.all_vanish();
        self.connect(node);
        groups::describe(node)
    }

    /// Nothing goes wrong any more: does what is still to be done. True when it is.
    pub fn settle(&mut self, node: &mut impl Peer, knowledge: &mut Knowledge) -> bool {
        if !std::mem::replace(&mut self.is_connected, true) {
            self.connect(node);
        }

        let topics_are_there = !self.topics.create_missing(node, &mut self.pending) && self.topics.all_exist();
        let sent = topics_are_there && self.producers.settle(node, &self.topics, &mut self.pending);
        let joined = self.groups.settle(node, knowledge, &mut self.pending);
        topics_are_there && sent && joined
    }

    /// What `settle` still waits for.
    pub fn unsettled(&self) -> String {
        format!("{:?} {:?} {:?}", self.topics, self.producers.unsettled(), self.groups.members())
    }

    /// Takes an answer (`None`: the connection was closed).
    pub fn answered(&mut self, tag: u64, frame: Option<Vec<u8>>, knowledge: &mut Knowledge) {
        let Some(pending) = self.pending.remove(&tag) else { return };
        let frame = frame.unwrap_or_default();
        match pending {
            Pending::Any => {}
            Pending::Create(topic) => self.topics.created(topic, &frame),
            Pending::Delete(topic) => {
                if self.topics.deleted(topic, &frame) {
                    knowledge.topic_deleted(topics::name(topic));
                    self.readers.topic_deleted(topics::name(topic));
                }
            }
            Pending::ProducerId(index) => self.producers.got_id(index, &frame, knowledge),
            Pending::Produce(index) => {
                self.acknowledged += self.producers.produced(index, tag, &frame, &self.topics, knowledge);
            }
            Pending::Fetch { partition, offset } => {
                self.read += self.readers.fetched(partition, offset, &frame, knowledge);
            }
            Pending::FetchAgain { partition, offset } => readers::fetched_again(partition, offset, &frame, knowledge),
            Pending::Earliest(partition) => self.readers.got_earliest(partition, &frame, knowledge),
            Pending::Timestamp { partition, timestamp_ms, known_to } => {
                readers::got_timestamp(partition, timestamp_ms, known_to, &frame, knowledge);
            }
            Pending::DeleteRecords { partition, offset } => readers::deleted(partition, offset, &frame, knowledge),
            Pending::Commit { group, partition, offset, is_late } => {
                self.groups.committed((group, partition, offset), is_late, &frame, knowledge);
            }
            Pending::OffsetFetch { group, partition } => {
                self.groups.offsets_fetched(group, partition, &frame, knowledge);
            }
            Pending::Join { member, asked, is_first } => {
                self.groups.joined(member, &asked, is_first, &frame, knowledge);
            }
            Pending::Sync { member, asked } => self.groups.synced(member, asked, &frame, knowledge),
            Pending::Heartbeat(member) => self.groups.heartbeat_answered(member, &frame),
            Pending::DeleteGroup => self.groups.deleted(&frame, knowledge),
        }
    }
}
