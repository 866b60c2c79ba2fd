//! Batches that wait to be sent, by partition, within `buffer.memory`.

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
    builder: Option<BatchBuilder>,
    pub bytes: Vec<u8>,
    deliveries: Vec<(Option<Delivery>, i64)>,
    pub created: Instant,
    pub attempts: u32,
    /// Not before this moment (back-off).
    pub not_before: Option<Instant>,
    /// Sequence of the first record once it was given one.
    pub base_sequence: Option<i32>,
    reserved: usize,
}

impl Batch {
    pub fn count(&self) -> i32 {
        self.deliveries.len() as i32
    }

    /// Makes the bytes of the batch; later calls change nothing.
    pub fn close(&mut self) -> Result<()> {
        if let Some(builder) = self.builder.take() {
            self.bytes = builder.finish().map_err(|error| ClientError::Record(error.to_string()))?;
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
            builder: None,
            bytes: second_bytes,
            deliveries: later,
            created: self.created,
            attempts: self.attempts,
            not_before: None,
            // Sequences wrap from `i32::MAX` to 0.
            base_sequence: sequence.map(|base| base.wrapping_add(first as i32) & i32::MAX),
            reserved: self.reserved / 2,
        };
        self.reserved -= second.reserved;
        self.bytes = first_bytes;
        self.not_before = None;
        [self, second]
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
    /// Batches that were drained and are not done.
    outstanding: usize,
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
            outstanding: 0,
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
            builder.append(timestamp_ms, key, value, &headers);
            batch.deliveries.push((delivery, timestamp_ms));
            return Append::Taken { wake: builder.uncompressed_len() * 10 >= self.batch_bytes * 9 };
        }
        let mut builder = BatchBuilder::new(BatchOptions { compression: self.compression, ..BatchOptions::default() });
        let reserved = builder.uncompressed_len_with(key, value, &headers).max(self.batch_bytes);
        if self.used_bytes > 0 && self.used_bytes + reserved > self.buffer_bytes {
            return Append::Full(record, delivery);
        }
        self.used_bytes += reserved;
        builder.append(timestamp_ms, key, value, &headers);
        queue.push_back(Batch {
            key: (topic, partition),
            builder: Some(builder),
            bytes: Vec::new(),
            deliveries: vec![(delivery, timestamp_ms)],
            created: Instant::now(),
            attempts: 0,
            not_before: None,
            base_sequence: None,
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
        let batch = self.queues.get_mut(key)?.pop_front()?;
        self.outstanding += 1;
        Some(batch)
    }

    /// Size of the first batch of a partition in bytes, before compression.
    pub fn first_len(&self, key: &Key) -> usize {
        let first = self.queues.get(key).and_then(VecDeque::front);
        first.map_or(0, |batch| batch.builder.as_ref().map_or(batch.bytes.len(), BatchBuilder::uncompressed_len))
    }

    /// Puts a batch back, in the order of the sequences.
    pub fn put_back(&mut self, batch: Batch) {
        self.outstanding -= 1;
        let queue = self.queues.entry(batch.key.clone()).or_default();
        let later = |queued: &Batch| match (queued.base_sequence, batch.base_sequence) {
            (Some(queued), Some(own)) => queued.wrapping_sub(own) > 0,
            (None, _) => true,
            (Some(_), None) => false,
        };
        let place = queue.iter().position(later).unwrap_or(queue.len());
        queue.insert(place, batch);
    }

    /// Puts two batches back in the place of one that was taken.
    pub fn put_back_halves(&mut self, halves: [Batch; 2]) {
        let [first, second] = halves;
        self.outstanding += 1;
        // A batch without a sequence is put in front.
        self.put_back(second);
        self.put_back(first);
    }

    /// Gives a finished batch's memory back.
    pub fn done(&mut self, batch: &Batch) {
        self.outstanding -= 1;
        self.used_bytes -= batch.reserved;
    }

    /// Takes batches that are older than `timeout`; all of them when it is zero.
    pub fn expire(&mut self, timeout: Duration) -> Vec<Batch> {
        let mut expired = Vec::new();
        for queue in self.queues.values_mut() {
            while queue.front().is_some_and(|batch| batch.created.elapsed() >= timeout) {
                expired.extend(queue.pop_front());
            }
        }
        self.outstanding += expired.len();
        expired
    }

    /// Sequences start again with a new producer id.
    pub fn forget_sequences(&mut self) {
        for batch in self.queues.values_mut().flatten() {
            batch.base_sequence = None;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.outstanding == 0 && self.queues.values().all(VecDeque::is_empty)
    }

    pub fn begin_flush(&mut self) {
        self.flushes += 1;
    }

    pub fn end_flush(&mut self) {
        self.flushes -= 1;
    }
}
