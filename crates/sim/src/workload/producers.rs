//! Idempotent producers: one for each partition, up to five batches under way, and what has no answer is sent again.

use super::Peer;
use super::topics::{KEPT, PLAIN, Topics, is_promised};
use super::{PARTITIONS, Pending, Pendings};
use crate::checks::{Knowledge, Partition};
use crate::node::decode;
use base::{ErrorCode, Offset, Random, SplitMix64};
use protocol::{InitProducerIdRequest, ProduceRequest, produce_request};
use records::{BatchBuilder, BatchOptions};
use std::collections::VecDeque;

/// As many as a client may have in flight.
const IN_FLIGHT_MAX: usize = 5;

#[derive(Debug, Clone)]
struct Batch {
    values: Vec<u64>,
    sequence: i32,
    /// Of the first record; each later one has a millisecond more.
    timestamp_ms: i64,
    /// Under way; `None`: to be sent (again).
    tag: Option<u64>,
    /// So many later ones were acknowledged.
    overtaken_by: usize,
}

#[derive(Debug)]
struct Producer {
    partition: Partition,
    id: Option<(i64, i16)>,
    asks_for_id: bool,
    /// A batch was acknowledged. Before that one at a time is sent: a broker takes any sequence of a producer that it does
    /// not know, so that a second batch could be taken after the first was refused.
    is_known: bool,
    next_sequence: i32,
    /// Not acknowledged, in the order of their sequences.
    queue: VecDeque<Batch>,
}

impl Producer {
    /// Whether one more may be under way. A leader remembers a producer's last five batches: one that more have come behind,
    /// at a new leader while the old one owes its answer, could not be sent again.
    fn has_room(&self) -> bool {
        let behind_first = self.queue.len() + self.queue.front().map_or(0, |first| first.overtaken_by);
        behind_first < if self.is_known { IN_FLIGHT_MAX } else { 1 }
    }

    fn begin_anew(&mut self) {
        self.id = None;
        self.queue.clear();
        self.is_known = false;
        self.next_sequence = 0;
    }
}

/// The producers of all partitions.
pub struct Producers {
    all: Vec<Producer>,
    next_value: u64,
}

impl Producers {
    pub fn new() -> Producers {
        let producer = |partition| Producer {
            partition,
            id: None,
            asks_for_id: false,
            is_known: false,
            next_sequence: 0,
            queue: VecDeque::new(),
        };
        Producers { all: PARTITIONS.into_iter().map(producer).collect(), next_value: 1 }
    }

    pub fn disconnected(&mut self) {
        for producer in &mut self.all {
            producer.asks_for_id = false;
            producer.queue.iter_mut().for_each(|batch| batch.tag = None);
        }
    }

    pub fn power_was_cut(&mut self) {
        self.all.iter_mut().filter(|producer| producer.partition.0 == PLAIN).for_each(Producer::begin_anew);
    }

    /// Gives up what was to be sent to a topic; returns it.
    pub fn topic_deleted(&mut self, topic: &str) -> Vec<u64> {
        let mut values = Vec::new();
        for producer in self.all.iter_mut().filter(|producer| producer.partition.0 == topic) {
            values.extend(producer.queue.iter().flat_map(|batch| &batch.values));
            producer.begin_anew();
        }
        values
    }

    /// The connection of one producer breaks: the answers to all that it has under way are lost.
    pub fn lose_answers(&mut self, random: &mut SplitMix64, pending: &mut Pendings) {
        let index = random.below(self.all.len() as u64) as usize;
        for batch in &mut self.all[index].queue {
            if let Some(tag) = batch.tag.take() {
                pending.remove(&tag);
            }
        }
    }

    pub fn produce(&mut self, node: &mut impl Peer, random: &mut SplitMix64, topics: &Topics, pending: &mut Pendings) {
        let index = random.below(self.all.len() as u64) as usize;
        let burst = if random.below(3) == 0 { 1 + random.below(IN_FLIGHT_MAX as u64) } else { 1 };
        for _ in 0..burst {
            let mut count = 1 + random.below(4);
            if random.below(if self.all[index].partition.0 == KEPT { 3 } else { 16 }) == 0 {
                count += 40;
            }
            if topics.exists(self.all[index].partition.0) {
                self.send_next(index, Some(count), node, pending);
            }
        }
    }

    /// Sends what is still to be sent. True when every producer has had an answer in the end.
    pub fn settle(&mut self, node: &mut impl Peer, topics: &Topics, pending: &mut Pendings) -> bool {
        let mut settled = true;
        for index in 0..self.all.len() {
            let producer = &self.all[index];
            if topics.exists(producer.partition.0) && !(producer.id.is_some() && producer.queue.is_empty()) {
                settled = false;
                self.send_next(index, None, node, pending);
            }
        }
        settled
    }

    pub fn unsettled(&self) -> Vec<(Partition, usize)> {
        let open = self.all.iter().filter(|producer| producer.id.is_none() || !producer.queue.is_empty());
        open.map(|producer| (producer.partition, producer.queue.len())).collect()
    }

    /// Sends the first batch that is not under way, making one of `fresh` values if need be.
    fn send_next(&mut self, index: usize, fresh: Option<u64>, node: &mut impl Peer, pending: &mut Pendings) {
        let producer = &mut self.all[index];
        let Some(id) = producer.id else {
            if !std::mem::replace(&mut producer.asks_for_id, true) {
                let tag = node.send(4, &InitProducerIdRequest { transactional_id: None, ..Default::default() });
                pending.insert(tag, Pending::ProducerId(index));
            }
            return;
        };
        let unsent = producer.queue.iter().position(|batch| batch.tag.is_none());
        let at = match (unsent, fresh) {
            // What is behind it must have had its answer: the broker takes batches in order only.
            (Some(at), _) if producer.queue.iter().skip(at).all(|batch| batch.tag.is_none()) => at,
            (None, Some(count)) if producer.has_room() => {
                let values: Vec<u64> = (self.next_value..self.next_value + count).collect();
                self.next_value += count;
                let timestamp_ms = node.now().wall_ms;
                let sequence = producer.next_sequence;
                producer.next_sequence += count as i32;
                producer.queue.push_back(Batch { values, sequence, timestamp_ms, tag: None, overtaken_by: 0 });
                producer.queue.len() - 1
            }
            _ => return,
        };
        let batch = &mut producer.queue[at];
        if let Some(request) = request(producer.partition, id, batch) {
            let tag = node.send(9, &request);
            batch.tag = Some(tag);
            pending.insert(tag, Pending::Produce(index));
        }
    }

    pub fn got_id(&mut self, index: usize, frame: &[u8], knowledge: &mut Knowledge) {
        let producer = &mut self.all[index];
        producer.asks_for_id = false;
        let response = decode::<InitProducerIdRequest<'_>>(frame, 4);
        producer.id = response.filter(|r| r.error_code == 0).map(|r| (r.producer_id, r.producer_epoch));
        if let Some((id, _)) = producer.id {
            knowledge.producer_id(id);
        }
    }

    /// Takes the answer to a batch; returns how many values it acknowledges.
    pub fn produced(
        &mut self,
        index: usize,
        tag: u64,
        frame: &[u8],
        topics: &Topics,
        knowledge: &mut Knowledge,
    ) -> u64 {
        let producer = &mut self.all[index];
        let partition = producer.partition;
        let Some(at) = producer.queue.iter().position(|batch| batch.tag == Some(tag)) else { return 0 };
        producer.queue[at].tag = None;
        let answer = decode::<ProduceRequest<'_>>(frame, 9)
            .and_then(|r| Some(r.responses.first()?.partition_responses.first()?.clone()));
        let Some(answer) = answer else { return 0 };
        match ErrorCode::from_code(answer.error_code) {
            ErrorCode::None => {
                let Some(batch) = producer.queue.remove(at) else { return 0 };
                producer.is_known = true;
                producer.queue.iter_mut().take(at).for_each(|earlier| earlier.overtaken_by += 1);
                for (i, value) in batch.values.iter().enumerate() {
                    let offset = answer.base_offset + i as Offset;
                    knowledge.acknowledged(partition, offset, *value, batch.timestamp_ms + i as i64);
                }
                batch.values.len() as u64
            }
            // Its predecessor was not taken: both are sent again.
            ErrorCode::OutOfOrderSequenceNumber if at > 0 => 0,
            error @ (ErrorCode::OutOfOrderSequenceNumber
            | ErrorCode::DuplicateSequenceNumber
            | ErrorCode::InvalidProducerEpoch
            | ErrorCode::UnknownProducerId) => {
                // Of a batch whose records were deleted only the producer's last one is remembered by the next process.
                let may_be_gone =
                    partition.0 == KEPT && (producer.queue.len() > 1 || producer.queue[0].overtaken_by > 0);
                if (is_promised(partition.0) || knowledge.is_replicated) && !may_be_gone {
                    knowledge.say(format!("{partition:?}: a producer that lost nothing was told {error}"));
                }
                producer.begin_anew();
                0
            }
            error @ ErrorCode::UnknownTopicOrPartition => {
                if topics.exists(partition.0) {
                    knowledge.say(format!("{partition:?}: the topic was made, and a producer was told {error}"));
                }
                0
            }
            // Everything else may pass: the same batch is sent again.
            _ => 0,
        }
    }
}

fn request(partition: Partition, (id, epoch): (i64, i16), batch: &Batch) -> Option<ProduceRequest<'static>> {
    let mut builder = BatchBuilder::new(BatchOptions {
        producer_id: id,
        producer_epoch: epoch,
        base_sequence: batch.sequence,
        ..BatchOptions::default()
    });
    for (i, value) in batch.values.iter().enumerate() {
        builder.append(batch.timestamp_ms + i as i64, None, Some(&value.to_be_bytes()), &[]);
    }
    let bytes = builder.finish().ok()?;
    Some(ProduceRequest {
        transactional_id: None,
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![produce_request::TopicProduceData {
            name: partition.0.into(),
            partition_data: vec![produce_request::PartitionProduceData {
                index: partition.1,
                records: Some(bytes.into()),
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    })
}
