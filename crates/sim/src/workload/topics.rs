//! The topics, and the administrator who makes them, deletes them and makes them again under the same name.

use super::Peer;
use super::producers::Producers;
use super::{Pending, Pendings};
use crate::checks::Knowledge;
use crate::node::decode;
use base::{ErrorCode, Random, SplitMix64};
use protocol::{
    AlterPartitionReassignmentsRequest, AlterReplicaLogDirsRequest, CreateTopicsRequest, DeleteTopicsRequest,
    ElectLeadersRequest, alter_partition_reassignments_request, alter_replica_log_dirs_request, create_topics_request,
};

/// Acknowledged means on disk here...
pub const DURABLE: &str = "durable";
/// ... and in the page cache here.
pub const PLAIN: &str = "plain";
/// Durable, and old segments go.
pub const KEPT: &str = "kept";
/// Durable, and deleted and made again now and then.
pub const REBORN: &str = "reborn";

/// Every partition of every topic.
pub const PARTITIONS: [(&str, i32); 6] = [(DURABLE, 0), (DURABLE, 1), (PLAIN, 0), (PLAIN, 1), (KEPT, 0), (REBORN, 0)];

const TOPICS: [(&str, i32); 4] = [(DURABLE, 2), (PLAIN, 2), (KEPT, 1), (REBORN, 1)];

/// Whether acknowledged records of a topic survive a power cut.
pub fn is_promised(topic: &str) -> bool {
    topic != PLAIN
}

pub fn name(topic: usize) -> &'static str {
    TOPICS[topic].0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    Creating,
    Exists,
    /// To be deleted; asked for, or not.
    Doomed {
        asked: bool,
    },
}

#[derive(Debug)]
pub struct Topics {
    states: [State; TOPICS.len()],
    segment_bytes: u32,
    replicas: i16,
    brokers: i32,
}

impl Topics {
    pub fn new(segment_bytes: u32, replicas: i16, brokers: i32) -> Topics {
        Topics { states: [State::Missing; TOPICS.len()], segment_bytes, replicas, brokers }
    }

    pub fn exists(&self, name: &str) -> bool {
        TOPICS.iter().zip(&self.states).any(|((topic, _), state)| *topic == name && *state == State::Exists)
    }

    pub fn all_exist(&self) -> bool {
        self.states.iter().all(|state| *state == State::Exists)
    }

    pub fn disconnected(&mut self) {
        for state in &mut self.states {
            *state = match *state {
                State::Creating => State::Missing,
                State::Doomed { .. } => State::Doomed { asked: false },
                other => other,
            };
        }
    }

    /// Asks for one topic that is not there, or once more for a deletion. False when there is nothing to ask for.
    pub fn create_missing(&mut self, node: &mut impl Peer, pending: &mut Pendings) -> bool {
        for topic in 0..TOPICS.len() {
            match self.states[topic] {
                State::Missing => {
                    self.states[topic] = State::Creating;
                    let tag = node.send(7, &self.create_request(topic));
                    pending.insert(tag, Pending::Create(topic));
                    return true;
                }
                State::Doomed { asked: false } => {
                    self.ask_deletion(topic, node, pending);
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn create_request(&self, topic: usize) -> CreateTopicsRequest<'static> {
        let (name, partitions) = TOPICS[topic];
        let mut configs = vec![
            ("internal.segment.bytes", self.segment_bytes.to_string()),
            ("segment.ms", "2000".to_owned()),
            ("file.delete.delay.ms", "700".to_owned()),
        ];
        if self.replicas > 1 {
            configs.push(("min.insync.replicas", "2".to_owned()));
        }
        if is_promised(name) {
            configs.push(("flush.messages", "1".to_owned()));
        }
        if name == KEPT {
            configs.push(("retention.bytes", "1500".to_owned()));
            // Passed by a clock that jumps.
            configs.push(("retention.ms", "400000".to_owned()));
        }
        let config = |(name, value): (&'static str, String)| create_topics_request::CreatableTopicConfig {
            name: name.into(),
            value: Some(value.into()),
            ..Default::default()
        };
        let topic = create_topics_request::CreatableTopic {
            name: name.into(),
            num_partitions: partitions,
            replication_factor: self.replicas,
            configs: configs.into_iter().map(config).collect(),
            ..Default::default()
        };
        CreateTopicsRequest { topics: vec![topic], timeout_ms: 1000, ..Default::default() }
    }

    pub fn created(&mut self, topic: usize, frame: &[u8]) {
        let error = decode::<CreateTopicsRequest<'_>>(frame, 7).and_then(|r| Some(r.topics.first()?.error_code));
        self.states[topic] = match error.map(ErrorCode::from_code) {
            Some(ErrorCode::None | ErrorCode::TopicAlreadyExists) => State::Exists,
            _ => State::Missing,
        };
    }

    /// Deletes a topic, with all that is under way to it.
    pub fn delete(
        &mut self,
        node: &mut impl Peer,
        random: &mut SplitMix64,
        producers: &mut Producers,
        knowledge: &mut Knowledge,
        pending: &mut Pendings,
    ) {
        let topic = TOPICS.iter().position(|(name, _)| *name == REBORN).unwrap_or(0);
        if self.states[topic] != State::Exists || random.below(3) == 0 {
            return;
        }
        let values = producers.topic_deleted(REBORN);
        knowledge.topic_doomed(REBORN, values);
        pending.retain(|_, pending| !matches!(pending, Pending::Fetch { partition: (REBORN, _), .. }));
        self.ask_deletion(topic, node, pending);
    }

    /// Moves something, or asks that whoever is preferred leads.
    pub fn administrate(&self, node: &mut impl Peer, random: &mut SplitMix64, pending: &mut Pendings) {
        match random.below(if self.brokers > 1 { 6 } else { 1 }) {
            0 | 1 => self.move_replica(node, random, pending),
            2 => {
                let request = ElectLeadersRequest { topic_partitions: None, timeout_ms: 1000, ..Default::default() };
                pending.insert(node.send(2, &request), Pending::Any);
            }
            _ => self.reassign(node, random, pending),
        }
    }

    /// Moves a partition to other brokers, or back where it was before that is done. Of three replicas two may be enough.
    fn reassign(&self, node: &mut impl Peer, random: &mut SplitMix64, pending: &mut Pendings) {
        let (topic, partition_index) = match random.below(PARTITIONS.len() as u64 + 2) as usize {
            at if at < PARTITIONS.len() => PARTITIONS[at],
            _ => ("__consumer_offsets", random.below(3) as i32),
        };
        let mut brokers: Vec<i32> = (1..=self.brokers).collect();
        for at in (1..brokers.len()).rev() {
            brokers.swap(at, random.below(at as u64 + 1) as usize);
        }
        let fewest = if self.replicas > 1 { self.replicas as u64 - 1 } else { 1 };
        brokers.truncate((fewest + random.below(self.replicas as u64 - fewest + 1)) as usize);
        let replicas = (random.below(8) > 0).then_some(brokers);
        let partition = alter_partition_reassignments_request::ReassignablePartition {
            partition_index,
            replicas,
            ..Default::default()
        };
        let topic = alter_partition_reassignments_request::ReassignableTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let topics = vec![topic];
        let request = AlterPartitionReassignmentsRequest { topics, timeout_ms: 1000, ..Default::default() };
        pending.insert(node.send(1, &request), Pending::Any);
    }

    /// Moves a replica to one of the directories of a node that may have two.
    fn move_replica(&self, node: &mut impl Peer, random: &mut SplitMix64, pending: &mut Pendings) {
        let (topic, partition) = PARTITIONS[random.below(PARTITIONS.len() as u64) as usize];
        let topic = alter_replica_log_dirs_request::AlterReplicaLogDirTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let dir = alter_replica_log_dirs_request::AlterReplicaLogDir {
            path: ["/data", "/more"][random.below(2) as usize].into(),
            topics: vec![topic],
            ..Default::default()
        };
        let request = AlterReplicaLogDirsRequest { dirs: vec![dir], ..Default::default() };
        pending.insert(node.send(2, &request), Pending::Any);
    }

    fn ask_deletion(&mut self, topic: usize, node: &mut impl Peer, pending: &mut Pendings) {
        self.states[topic] = State::Doomed { asked: true };
        let request =
            DeleteTopicsRequest { topic_names: vec![name(topic).into()], timeout_ms: 1000, ..Default::default() };
        pending.insert(node.send(5, &request), Pending::Delete(topic));
    }

    /// True when the topic is gone for sure.
    pub fn deleted(&mut self, topic: usize, frame: &[u8]) -> bool {
        let error = decode::<DeleteTopicsRequest<'_>>(frame, 5).and_then(|r| Some(r.responses.first()?.error_code));
        let gone =
            matches!(error.map(ErrorCode::from_code), Some(ErrorCode::None | ErrorCode::UnknownTopicOrPartition));
        self.states[topic] = if gone { State::Missing } else { State::Doomed { asked: false } };
        gone
    }
}
