//! The clients: idempotent producers that send again what they have no answer for, readers, and groups that commit.

use crate::checks::{Knowledge, Partition};
use crate::node::{SimNode, decode};
use base::{ErrorCode, Offset, Random, SplitMix64};
use protocol::{
    CreateTopicsRequest, FetchRequest, FindCoordinatorRequest, InitProducerIdRequest, MetadataRequest,
    OffsetCommitRequest, OffsetFetchRequest, ProduceRequest, create_topics_request, fetch_request,
    offset_commit_request, offset_fetch_request, produce_request,
};
use records::{BatchBuilder, BatchOptions, batches};
use std::collections::BTreeMap;

/// Acknowledged means on disk here...
pub const DURABLE: &str = "durable";
/// ... and in the page cache here.
pub const PLAIN: &str = "plain";
pub const PARTITIONS: i32 = 2;
const TOPICS: [&str; 2] = [DURABLE, PLAIN];

/// A batch on its way.
#[derive(Debug, Clone)]
struct Batch {
    partition: Partition,
    values: Vec<u64>,
    sequence: i32,
}

#[derive(Debug)]
enum Pending {
    Setup,
    ProducerId,
    Produce(usize),
    Fetch(Partition),
    Commit { group: u64, partition: i32, offset: Offset },
    OffsetFetch { group: u64, partition: i32 },
}

/// One idempotent producer; it writes to one partition, one batch at a time.
struct Producer {
    partition: Partition,
    id: Option<(i64, i16)>,
    next_sequence: i32,
    /// Sent and not acknowledged: it is sent again until it is.
    open: Option<Batch>,
    in_flight: bool,
}

/// All clients of a schedule; they outlive the node's processes.
pub struct Clients {
    producers: Vec<Producer>,
    next_value: u64,
    positions: BTreeMap<Partition, Offset>,
    pending: BTreeMap<u64, Pending>,
    commits_open: BTreeMap<u64, bool>,
    next_commit: Offset,
    is_set_up: bool,
    pub acknowledged: u64,
    pub read: u64,
}

impl Clients {
    pub fn new() -> Clients {
        let partitions = TOPICS.iter().flat_map(|topic| (0..PARTITIONS).map(move |p| (*topic, p)));
        let producers = partitions.map(|partition| Producer {
            partition,
            id: None,
            next_sequence: 0,
            open: None,
            in_flight: false,
        });
        Clients {
            producers: producers.collect(),
            next_value: 1,
            positions: BTreeMap::new(),
            pending: BTreeMap::new(),
            commits_open: BTreeMap::new(),
            next_commit: 1,
            is_set_up: false,
            acknowledged: 0,
            read: 0,
        }
    }

    pub fn outstanding(&self) -> usize {
        self.pending.len()
    }

    /// The connection is gone: what was under way has no answer.
    pub fn disconnected(&mut self) {
        self.pending.clear();
        self.commits_open.clear();
        self.is_set_up = false;
        for producer in &mut self.producers {
            producer.in_flight = false;
        }
    }

    /// After a power cut the producers of topics without a promise begin anew: the broker may have forgotten them.
    pub fn power_was_cut(&mut self) {
        for producer in self.producers.iter_mut().filter(|producer| producer.partition.0 == PLAIN) {
            producer.id = None;
            producer.open = None;
        }
        self.positions.retain(|(topic, _), _| *topic == DURABLE);
    }

    /// Does one thing, drawn at random.
    pub fn act(&mut self, node: &mut SimNode, random: &mut SplitMix64, knowledge: &mut Knowledge) {
        if !self.is_set_up {
            return self.set_up(node);
        }
        match random.below(10) {
            0..=4 => self.produce(node, random),
            5..=7 => self.fetch(node, random),
            8 => self.commit(node, random, knowledge),
            _ => self.offset_fetch(node, random),
        }
    }

    fn set_up(&mut self, node: &mut SimNode) {
        self.is_set_up = true;
        let topics = TOPICS.iter().map(|name| {
            let mut configs = vec![("segment.bytes", "1048576")];
            if *name == DURABLE {
                configs.push(("flush.messages", "1"));
            }
            create_topics_request::CreatableTopic {
                name: (*name).into(),
                num_partitions: PARTITIONS,
                replication_factor: 1,
                configs: configs
                    .into_iter()
                    .map(|(name, value)| create_topics_request::CreatableTopicConfig {
                        name: name.into(),
                        value: Some(value.into()),
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            }
        });
        let create = CreateTopicsRequest { topics: topics.collect(), timeout_ms: 1000, ..Default::default() };
        let tag = node.send(7, &create);
        self.pending.insert(tag, Pending::Setup);
        let find = FindCoordinatorRequest { coordinator_keys: vec!["1".into(), "2".into()], ..Default::default() };
        let tag = node.send(4, &find);
        self.pending.insert(tag, Pending::Setup);
        let tag = node.send(12, &MetadataRequest::default());
        self.pending.insert(tag, Pending::Setup);
    }

    fn produce(&mut self, node: &mut SimNode, random: &mut SplitMix64) {
        let index = random.below(self.producers.len() as u64) as usize;
        let producer = &mut self.producers[index];
        if producer.in_flight {
            return;
        }
        producer.in_flight = true;
        let Some((id, epoch)) = producer.id else {
            let tag = node.send(4, &InitProducerIdRequest { transactional_id: None, ..Default::default() });
            self.pending.insert(tag, Pending::ProducerId);
            return;
        };
        if producer.open.is_none() {
            let count = 1 + random.below(4);
            let values = (self.next_value..self.next_value + count).collect();
            self.next_value += count;
            let sequence = producer.next_sequence;
            producer.open = Some(Batch { partition: producer.partition, values, sequence });
        }
        let Some(batch) = &producer.open else { return };
        let mut builder = BatchBuilder::new(BatchOptions {
            producer_id: id,
            producer_epoch: epoch,
            base_sequence: batch.sequence,
            ..BatchOptions::default()
        });
        let timestamp = base::Executor::now(&*node.executor).wall_ms;
        for value in &batch.values {
            builder.append(timestamp, None, Some(&value.to_be_bytes()), &[]);
        }
        let Ok(bytes) = builder.finish() else { return };
        let request = ProduceRequest {
            transactional_id: None,
            acks: -1,
            timeout_ms: 30_000,
            topic_data: vec![produce_request::TopicProduceData {
                name: batch.partition.0.into(),
                partition_data: vec![produce_request::PartitionProduceData {
                    index: batch.partition.1,
                    records: Some(bytes.into()),
                    ..Default::default()
                }],
                ..Default::default()
            }],
            ..Default::default()
        };
        let tag = node.send(9, &request);
        self.pending.insert(tag, Pending::Produce(index));
    }

    fn fetch(&mut self, node: &mut SimNode, random: &mut SplitMix64) {
        let partition = (TOPICS[random.below(2) as usize], random.below(PARTITIONS as u64) as i32);
        let offset = self.positions.get(&partition).copied().unwrap_or(0);
        let tag = send_fetch(node, partition, offset, random.below(3) as i32 * 100);
        self.pending.insert(tag, Pending::Fetch(partition));
    }

    fn commit(&mut self, node: &mut SimNode, random: &mut SplitMix64, knowledge: &mut Knowledge) {
        let group = 1 + random.below(2);
        if self.commits_open.insert(group, true).is_some() {
            return;
        }
        let partition = random.below(PARTITIONS as u64) as i32;
        let offset = self.next_commit;
        self.next_commit += 1;
        knowledge.committing(group, partition, offset);
        let request = OffsetCommitRequest {
            group_id: group.to_string().into(),
            generation_id_or_member_epoch: -1,
            topics: vec![offset_commit_request::OffsetCommitRequestTopic {
                name: DURABLE.into(),
                partitions: vec![offset_commit_request::OffsetCommitRequestPartition {
                    partition_index: partition,
                    committed_offset: offset,
                    committed_metadata: None,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            group_instance_id: None,
            ..Default::default()
        };
        let tag = node.send(8, &request);
        self.pending.insert(tag, Pending::Commit { group, partition, offset });
    }

    fn offset_fetch(&mut self, node: &mut SimNode, random: &mut SplitMix64) {
        let group = 1 + random.below(2);
        if self.commits_open.contains_key(&group) {
            return;
        }
        let partition = random.below(PARTITIONS as u64) as i32;
        let request = OffsetFetchRequest {
            group_id: group.to_string().into(),
            topics: Some(vec![offset_fetch_request::OffsetFetchRequestTopic {
                name: DURABLE.into(),
                partition_indexes: vec![partition],
                ..Default::default()
            }]),
            ..Default::default()
        };
        self.commits_open.insert(group, false);
        let tag = node.send(7, &request);
        self.pending.insert(tag, Pending::OffsetFetch { group, partition });
    }

    /// Takes an answer (`None`: the connection was closed).
    pub fn answered(&mut self, tag: u64, frame: Option<Vec<u8>>, knowledge: &mut Knowledge) {
        let Some(pending) = self.pending.remove(&tag) else { return };
        let frame = frame.unwrap_or_default();
        match pending {
            Pending::Setup => {}
            Pending::ProducerId => {
                let response = decode::<InitProducerIdRequest<'_>>(&frame, 4);
                let id = response.filter(|r| r.error_code == 0).map(|r| (r.producer_id, r.producer_epoch));
                // Whoever asked: the first producer that has none takes it.
                if let Some(producer) = self.producers.iter_mut().find(|p| p.id.is_none() && p.in_flight) {
                    producer.in_flight = false;
                    producer.id = id;
                    producer.next_sequence = 0;
                    if let Some(batch) = &mut producer.open {
                        batch.sequence = 0;
                    }
                }
            }
            Pending::Produce(index) => self.produced(index, &frame, knowledge),
            Pending::Fetch(partition) => self.fetched(partition, &frame, knowledge),
            Pending::Commit { group, partition, offset } => {
                self.commits_open.remove(&group);
                let error = decode::<OffsetCommitRequest<'_>>(&frame, 8)
                    .and_then(|r| Some(r.topics.first()?.partitions.first()?.error_code));
                if error == Some(0) {
                    knowledge.committed(group, partition, offset);
                }
            }
            Pending::OffsetFetch { group, partition } => {
                self.commits_open.remove(&group);
                let found = decode::<OffsetFetchRequest<'_>>(&frame, 7)
                    .filter(|r| r.error_code == 0)
                    .and_then(|r| r.topics.first()?.partitions.first().cloned())
                    .filter(|p| p.error_code == 0);
                if let Some(found) = found {
                    knowledge.offset_fetched(group, partition, found.committed_offset);
                }
            }
        }
    }

    fn produced(&mut self, index: usize, frame: &[u8], knowledge: &mut Knowledge) {
        let producer = &mut self.producers[index];
        producer.in_flight = false;
        let answer = decode::<ProduceRequest<'_>>(frame, 9)
            .and_then(|r| Some(r.responses.first()?.partition_responses.first()?.clone()));
        let Some(answer) = answer else { return };
        match ErrorCode::from_code(answer.error_code) {
            ErrorCode::None => {
                let Some(batch) = producer.open.take() else { return };
                producer.next_sequence = batch.sequence + batch.values.len() as i32;
                self.acknowledged += batch.values.len() as u64;
                for (i, value) in batch.values.iter().enumerate() {
                    knowledge.acknowledged(batch.partition, answer.base_offset + i as Offset, *value);
                }
            }
            error @ (ErrorCode::OutOfOrderSequenceNumber
            | ErrorCode::InvalidProducerEpoch
            | ErrorCode::UnknownProducerId) => {
                if producer.partition.0 == DURABLE {
                    let text = format!("{:?}: a producer that lost nothing was told {error}", producer.partition);
                    knowledge.violations.push(text);
                }
                producer.id = None;
                producer.open = None;
            }
            // Everything else may pass: the same batch is sent again.
            _ => {}
        }
    }

    fn fetched(&mut self, partition: Partition, frame: &[u8], knowledge: &mut Knowledge) {
        let Some((error, values)) = records_of(frame) else { return };
        if error == ErrorCode::OffsetOutOfRange {
            if partition.0 == DURABLE {
                knowledge.violations.push(format!("{partition:?}: a reader's position is out of range"));
            }
            self.positions.insert(partition, 0);
            return;
        }
        let mut position = self.positions.get(&partition).copied().unwrap_or(0);
        for (offset, value) in values {
            if offset < position {
                continue;
            }
            if offset != position {
                knowledge.violations.push(format!("{partition:?}: after offset {position} comes {offset}"));
            }
            position = offset + 1;
            self.read += 1;
            knowledge.read(partition, offset, value);
        }
        self.positions.insert(partition, position);
    }
}

/// Asks for records from an offset on.
pub fn send_fetch(node: &mut SimNode, partition: Partition, offset: Offset, wait_ms: i32) -> u64 {
    let request = FetchRequest {
        max_wait_ms: wait_ms,
        min_bytes: 1,
        max_bytes: 1 << 20,
        topics: vec![fetch_request::FetchTopic {
            topic: partition.0.into(),
            partitions: vec![fetch_request::FetchPartition {
                partition: partition.1,
                fetch_offset: offset,
                partition_max_bytes: 4096,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    node.send(11, &request)
}

/// Error and records of a fetch's answer for one partition.
pub fn records_of(frame: &[u8]) -> Option<(ErrorCode, Vec<(Offset, u64)>)> {
    let response = decode::<FetchRequest<'_>>(frame, 11)?;
    let data = response.responses.first()?.partitions.first()?;
    let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
    let mut values = Vec::new();
    for batch in batches(bytes) {
        let batch = batch.ok()?;
        batch.check_crc().ok()?;
        let open = batch.open(1 << 20).ok()?;
        for record in open.records() {
            let record = record.ok()?;
            let value = record.value.and_then(|value| value.try_into().ok()).map_or(0, u64::from_be_bytes);
            values.push((record.offset, value));
        }
    }
    Some((ErrorCode::from_code(data.error_code), values))
}
