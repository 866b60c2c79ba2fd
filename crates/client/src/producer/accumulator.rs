//! Batches that wait to be sent, by partition, within `buffer.memory`.

use super::sequences::after;
use super::{Delivery, ProducerRecord, RecordMetadata};
use crate::{ClientError, ProducerSettings, Result};
use base::ProducerId;
use records::{BatchBuilder, BatchOptions, Compression, Header};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) type Key = (Arc<str>, i32);

/// A batch on its way; `bytes` once it was closed.
pub(crate) struct Batch {
    pub key: Key,
    /// Number of the batch among all that were begun, and of its first record in the batch it was split from: the order
    /// within its partition.
    order: (u64, i32),
    builder: Option<BatchBuilder>,
    pub bytes: Vec<u8>,
    deliveries: Vec<(Option<Delivery>, i64)>,
    pub created: Instant,
    pub attempts: u32,
    /// Not before this moment (back-off).
    pub not_before: Option<Instant>,
    /// Sequence of the first record once it was given one.
    pub base_sequence: Option<i32>,
    /// Size over size before compression, once it was closed.
    pub compression_ratio: f64,
    /// Bytes that its largest record added.
    pub record_bytes_max: usize,
    reserved: usize,
}

impl Batch {
    pub fn count(&self) -> i32 {
        self.deliveries.len() as i32
    }

    /// Makes the bytes of the batch; later calls change nothing.
    pub fn close(&mut self) -> Result<()> {
        if let Some(builder) = self.builder.take() {
            let before = builder.uncompressed_len().max(1);
            self.bytes = builder.finish().map_err(|error| ClientError::Record(error.to_string()))?;
            self.compression_ratio = self.bytes.len() as f64 / before as f64;
        }
        Ok(())
    }

    /// Writes the producer's id, epoch and sequence into the closed batch and renews its checksum.
    pub fn stamp(&mut self, id: ProducerId, epoch: i16, sequence: i32) {
        self.base_sequence = Some(sequence);
        if self.bytes.len() < records::BATCH_HEADER_LEN {
            return;
        }
        self.bytes[43..51].copy_from_slice(&id.to_be_bytes());
        self.bytes[51..53].copy_from_slice(&epoch.to_be_bytes());
        self.bytes[53..57].copy_from_slice(&sequence.to_be_bytes());
        let crc = records::crc32c(&[&self.bytes[21..]]);
        self.bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    }

    /// Two batches of these bytes instead of this one, with its callbacks, sequences and memory shared out.
    pub fn into_halves(mut self, bytes: [Vec<u8>; 2]) -> [Batch; 2] {
        let first = self.deliveries.len() / 2;
        let (later, sequence) = (self.deliveries.split_off(first), self.base_sequence);
        let [first_bytes, second_bytes] = bytes;
        let second = Batch {
            key: self.key.clone(),
            order: (self.order.0, self.order.1 + first as i32),
            builder: None,
            bytes: second_bytes,
            deliveries: later,
            created: self.created,
            attempts: self.attempts,
            not_before: None,
            base_sequence: sequence.map(|base| after(base, first as i32)),
            compression_ratio: self.compression_ratio,
            record_bytes_max: self.record_bytes_max,
            reserved: self.reserved / 2,
        };
        self.reserved -= second.reserved;
        self.bytes = first_bytes;
        self.not_before = None;
        [self, second]
    }

    /// What it takes of the accumulator.
    pub fn share(&self) -> Share {
        Share { number: self.order.0, bytes: self.reserved }
    }

    /// Tells every record of the batch where it landed.
    pub fn succeed(self, base_offset: i64, log_append_time_ms: i64) {
        for (index, (delivery, timestamp_ms)) in (0..).zip(self.deliveries) {
            let Some(delivery) = delivery else { continue };
            delivery(Ok(RecordMetadata {
                topic: self.key.0.clone(),
                partition: self.key.1,
                offset: if base_offset < 0 { -1 } else { base_offset + index },
                timestamp_ms: if log_append_time_ms >= 0 { log_append_time_ms } else { timestamp_ms },
            }));
        }
    }

    pub fn fail(self, error: &ClientError) {
        for (delivery, _) in self.deliveries {
            if let Some(delivery) = delivery {
                delivery(Err(error.clone()));
            }
        }
    }
}

/// What a batch takes of the accumulator until it is done.
pub(crate) struct Share {
    number: u64,
    bytes: usize,
}

/// What became of a record.
pub(crate) enum Append {
    /// Queued; `wake` if the sender has something new to look at.
    Taken {
        wake: bool,
    },
    Full(ProducerRecord, Option<Delivery>),
}

pub(crate) struct Accumulator {
    batch_bytes: usize,
    buffer_bytes: usize,
    linger: Duration,
    compression: Compression,
    queues: BTreeMap<Key, VecDeque<Batch>>,
    used_bytes: usize,
    /// Number of the next batch.
    next_number: u64,
    /// Batches that are not done, by number, with the count of parts that they were split into.
    unfinished: BTreeMap<u64, usize>,
    flushes: usize,
    topics: BTreeMap<String, Arc<str>>,
}

impl Accumulator {
    pub fn new(settings: &ProducerSettings) -> Accumulator {
        Accumulator {
            batch_bytes: settings.batch_bytes,
            buffer_bytes: settings.buffer_bytes,
            linger: settings.linger,
            compression: settings.compression,
            queues: BTreeMap::new(),
            used_bytes: 0,
            next_number: 0,
            unfinished: BTreeMap::new(),
            flushes: 0,
            topics: BTreeMap::new(),
        }
    }

    pub fn append(
        &mut self,
        record: ProducerRecord,
        delivery: Option<Delivery>,
        partition: i32,
        timestamp_ms: i64,
    ) -> Append {
        let headers: Vec<Header<'_>> =
            record.headers.iter().map(|(key, value)| Header { key: key.as_bytes(), value: value.as_deref() }).collect();
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        let topic = match self.topics.get(&record.topic) {
            Some(topic) => topic.clone(),
            None => {
                let topic: Arc<str> = record.topic.as_str().into();
                self.topics.insert(record.topic.clone(), topic.clone());
                topic
            }
        };
        let queue = self.queues.entry((topic.clone(), partition)).or_default();
        if let Some(batch) = queue.back_mut()
            && let Some(builder) = &mut batch.builder
            && builder.uncompressed_len_with(key, value, &headers) <= self.batch_bytes
        {
            let before = builder.uncompressed_len();
            builder.append(timestamp_ms, key, value, &headers);
            batch.record_bytes_max = batch.record_bytes_max.max(builder.uncompressed_len().saturating_sub(before));
            batch.deliveries.push((delivery, timestamp_ms));
            return Append::Taken { wake: builder.uncompressed_len() * 10 >= self.batch_bytes * 9 };
        }
        let mut builder = BatchBuilder::new(BatchOptions { compression: self.compression, ..BatchOptions::default() });
        let reserved = builder.uncompressed_len_with(key, value, &headers).max(self.batch_bytes);
        if self.used_bytes > 0 && self.used_bytes + reserved > self.buffer_bytes {
            return Append::Full(record, delivery);
        }
        self.used_bytes += reserved;
        let before = builder.uncompressed_len();
        builder.append(timestamp_ms, key, value, &headers);
        let record_bytes_max = builder.uncompressed_len().saturating_sub(before);
        let order = (self.next_number, 0);
        self.next_number += 1;
        self.unfinished.insert(order.0, 1);
        queue.push_back(Batch {
            key: (topic, partition),
            order,
            builder: Some(builder),
            bytes: Vec::new(),
            deliveries: vec![(delivery, timestamp_ms)],
            created: Instant::now(),
            attempts: 0,
            not_before: None,
            base_sequence: None,
            compression_ratio: 1.0,
            record_bytes_max,
            reserved,
        });
        Append::Taken { wake: true }
    }

    /// Whether the first batch of a partition should go now, or when.
    fn due(&self, queue: &VecDeque<Batch>, now: Instant) -> Option<Instant> {
        let first = queue.front()?;
        if let Some(not_before) = first.not_before.filter(|at| *at > now) {
            return Some(not_before);
        }
        let full = queue.len() > 1
            || first.attempts > 0
            || first.builder.as_ref().is_none_or(|builder| builder.uncompressed_len() * 10 >= self.batch_bytes * 9);
        if full || self.flushes > 0 || self.used_bytes >= self.buffer_bytes {
            return Some(now);
        }
        Some(first.created + self.linger)
    }

    /// Partitions with a batch that is due, and the moment when the next one will be.
    pub fn ready(&self, now: Instant) -> (Vec<Key>, Option<Instant>) {
        let mut ready = Vec::new();
        let mut next: Option<Instant> = None;
        for (key, queue) in &self.queues {
            match self.due(queue, now) {
                Some(at) if at <= now => ready.push(key.clone()),
                Some(at) => next = Some(next.map_or(at, |next| next.min(at))),
                None => {}
            }
        }
        (ready, next)
    }

    /// Takes the first batch of a partition.
    pub fn take(&mut self, key: &Key) -> Option<Batch> {
        self.queues.get_mut(key)?.pop_front()
    }

    /// Sequence of the first batch of a partition, if it has one.
    pub fn first_sequence(&self, key: &Key) -> Option<i32> {
        self.queues.get(key)?.front()?.base_sequence
    }

    /// Size of the first batch of a partition in bytes, before compression.
    pub fn first_len(&self, key: &Key) -> usize {
        let first = self.queues.get(key).and_then(VecDeque::front);
        first.map_or(0, |batch| batch.builder.as_ref().map_or(batch.bytes.len(), BatchBuilder::uncompressed_len))
    }

    /// Puts a batch back, in the order in which batches were begun.
    pub fn put_back(&mut self, batch: Batch) {
        let queue = self.queues.entry(batch.key.clone()).or_default();
        let place = queue.iter().position(|queued| queued.order > batch.order).unwrap_or(queue.len());
        queue.insert(place, batch);
    }

    /// Puts two batches back in the place of one that was taken.
    pub fn put_back_halves(&mut self, halves: [Batch; 2]) {
        *self.unfinished.entry(halves[0].order.0).or_default() += 1;
        halves.into_iter().for_each(|half| self.put_back(half));
    }

    /// Takes a finished batch's share back.
    pub fn done(&mut self, share: &Share) {
        self.used_bytes -= share.bytes;
        if let Some(parts) = self.unfinished.get_mut(&share.number) {
            *parts -= 1;
            if *parts == 0 {
                self.unfinished.remove(&share.number);
            }
        }
    }

    /// Takes batches that are older than `timeout`; all of them when it is zero.
    pub fn expire(&mut self, timeout: Duration) -> Vec<Batch> {
        let mut expired = Vec::new();
        for queue in self.queues.values_mut() {
            while queue.front().is_some_and(|batch| batch.created.elapsed() >= timeout) {
                expired.extend(queue.pop_front());
            }
        }
        expired
    }

    /// Queued batches of a partition get new sequences.
    pub fn forget_sequences(&mut self, key: &Key) {
        for batch in self.queues.get_mut(key).into_iter().flatten() {
            batch.base_sequence = None;
        }
    }

    /// Bytes that are not taken.
    pub fn available_bytes(&self) -> usize {
        self.buffer_bytes.saturating_sub(self.used_bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.unfinished.is_empty()
    }

    /// A mark behind all batches that exist now.
    pub fn mark(&self) -> u64 {
        self.next_number
    }

    /// Whether all batches before a mark were delivered or have failed.
    pub fn is_done_up_to(&self, mark: u64) -> bool {
        self.unfinished.keys().next().is_none_or(|first| *first >= mark)
    }

    pub fn begin_flush(&mut self) {
        self.flushes += 1;
    }

    pub fn end_flush(&mut self) {
        self.flushes -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SettingsMap;

    /// An accumulator with one batch of one record for each partition of the list.
    fn filled(partitions: &[i32]) -> Accumulator {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", "localhost:1").set("batch.size", "1");
        let mut accumulator = Accumulator::new(&ProducerSettings::from_map(&map).unwrap());
        for partition in partitions {
            add(&mut accumulator, *partition);
        }
        accumulator
    }

    fn add(accumulator: &mut Accumulator, partition: i32) {
        let record = ProducerRecord { topic: "t".into(), value: Some(vec![0; 10]), ..ProducerRecord::default() };
        assert!(matches!(accumulator.append(record, None, partition, 0), Append::Taken { .. }));
    }

    fn key(partition: i32) -> Key {
        ("t".into(), partition)
    }

    fn numbers(accumulator: &Accumulator, partition: i32) -> Vec<(u64, i32)> {
        accumulator.queues[&key(partition)].iter().map(|batch| batch.order).collect()
    }

    #[test]
    fn batches_without_sequences_come_back_in_their_order() {
        let mut accumulator = filled(&[0, 0, 0]);
        let taken: Vec<Batch> = (0..2).filter_map(|_| accumulator.take(&key(0))).collect();
        taken.into_iter().for_each(|batch| accumulator.put_back(batch));
        assert_eq!(numbers(&accumulator, 0), [(0, 0), (1, 0), (2, 0)]);
    }

    #[test]
    fn batches_come_back_in_their_order_where_sequences_wrap() {
        let mut accumulator = filled(&[0, 0]);
        for sequence in [i32::MAX, 0] {
            let mut batch = accumulator.take(&key(0)).unwrap();
            batch.base_sequence = Some(sequence);
            accumulator.put_back(batch);
            accumulator.queues.get_mut(&key(0)).unwrap().rotate_left(1);
        }
        let second = accumulator.queues.get_mut(&key(0)).unwrap().pop_back().unwrap();
        accumulator.put_back(second);
        assert_eq!(numbers(&accumulator, 0), [(0, 0), (1, 0)]);
    }

    #[test]
    fn a_mark_is_reached_while_later_batches_wait() {
        let mut accumulator = filled(&[0, 1]);
        let mark = accumulator.mark();
        add(&mut accumulator, 0);
        for partition in [1, 0] {
            assert!(!accumulator.is_done_up_to(mark));
            let batch = accumulator.take(&key(partition)).unwrap();
            accumulator.done(&batch.share());
        }
        assert!(accumulator.is_done_up_to(mark) && !accumulator.is_empty());
    }

    #[test]
    fn a_mark_waits_for_both_halves_of_a_batch() {
        let mut accumulator = filled(&[]);
        accumulator.batch_bytes = 1000;
        add(&mut accumulator, 0);
        add(&mut accumulator, 0);
        let mark = accumulator.mark();
        let batch = accumulator.take(&key(0)).unwrap();
        accumulator.put_back_halves(batch.into_halves([Vec::new(), Vec::new()]));
        assert_eq!(numbers(&accumulator, 0), [(0, 0), (0, 1)]);
        for done in [false, true] {
            let half = accumulator.take(&key(0)).unwrap();
            accumulator.done(&half.share());
            assert_eq!(accumulator.is_done_up_to(mark), done);
        }
        assert!(accumulator.is_empty() && accumulator.used_bytes == 0);
    }

    #[test]
    fn forgetting_sequences_leaves_other_partitions_alone() {
        let mut accumulator = filled(&[0, 1]);
        for partition in [0, 1] {
            accumulator.queues.get_mut(&key(partition)).unwrap()[0].base_sequence = Some(5);
        }
        accumulator.forget_sequences(&key(0));
        assert_eq!((accumulator.first_sequence(&key(0)), accumulator.first_sequence(&key(1))), (None, Some(5)));
    }
}
