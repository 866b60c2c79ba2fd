//! The producer's own metrics.

use super::accumulator::Batch;
use crate::metrics::{LEVEL, METER, Registry, Sensor, Shown};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const TOTAL: &[Shown] = &[Shown::Total];
const AVERAGE: &[Shown] = &[Shown::Average];

/// Sensors of one topic.
struct OfTopic {
    bytes: Arc<Sensor>,
    compression: Arc<Sensor>,
    sent: Arc<Sensor>,
    retried: Arc<Sensor>,
    failed: Arc<Sensor>,
}

/// Sensors of the sender's thread.
pub(super) struct SenderMetrics {
    registry: Arc<Registry>,
    batch_size: Arc<Sensor>,
    compression: Arc<Sensor>,
    record_size: Arc<Sensor>,
    queue_time: Arc<Sensor>,
    sent: Arc<Sensor>,
    retried: Arc<Sensor>,
    failed: Arc<Sensor>,
    records_per_request: Arc<Sensor>,
    latency: Arc<Sensor>,
    throttled: Arc<Sensor>,
    split: Arc<Sensor>,
    topics: BTreeMap<Arc<str>, OfTopic>,
}

impl SenderMetrics {
    pub fn new(registry: &Arc<Registry>) -> SenderMetrics {
        let sensor = |name, shown| registry.sensor("metrics", &[], name, shown);
        SenderMetrics {
            registry: registry.clone(),
            batch_size: sensor("batch-size", LEVEL),
            compression: sensor("compression-rate", AVERAGE),
            record_size: sensor("record-size", LEVEL),
            queue_time: sensor("record-queue-time", LEVEL),
            sent: sensor("record-send", METER),
            retried: sensor("record-retry", METER),
            failed: sensor("record-error", METER),
            records_per_request: sensor("records-per-request", AVERAGE),
            latency: sensor("request-latency", LEVEL),
            throttled: sensor("produce-throttle-time", LEVEL),
            split: sensor("batch-split", METER),
            topics: BTreeMap::new(),
        }
    }

    fn topic(&mut self, topic: &Arc<str>) -> &OfTopic {
        let registry = &self.registry;
        self.topics.entry(topic.clone()).or_insert_with(|| {
            let sensor = |name, shown| registry.sensor("topic-metrics", &[("topic", topic)], name, shown);
            OfTopic {
                bytes: sensor("byte", METER),
                compression: sensor("compression-rate", &[Shown::BareAverage]),
                sent: sensor("record-send", METER),
                retried: sensor("record-retry", METER),
                failed: sensor("record-error", METER),
            }
        })
    }

    /// A request with these batches left.
    pub fn sent(&mut self, batches: &[Batch]) {
        let mut records = 0.0;
        for batch in batches {
            let (count, bytes, ratio) = (f64::from(batch.count()), batch.bytes.len() as f64, batch.compression_ratio);
            records += count;
            self.batch_size.record(bytes);
            self.compression.record(ratio);
            self.record_size.record(batch.record_bytes_max as f64);
            if batch.attempts == 0 {
                self.queue_time.record_ms(batch.created);
            }
            let topic = self.topic(&batch.key.0);
            topic.bytes.record(bytes);
            topic.compression.record(ratio);
            topic.sent.record(count);
        }
        self.sent.record(records);
        self.records_per_request.record(records);
    }

    /// A request was answered.
    pub fn answered(&self, sent: Instant, throttle_ms: i32) {
        self.latency.record_ms(sent);
        self.throttled.record(f64::from(throttle_ms));
    }

    pub fn split(&self) {
        self.split.record(1.0);
    }

    pub fn retried(&mut self, batch: &Batch) {
        let count = f64::from(batch.count());
        self.retried.record(count);
        self.topic(&batch.key.0).retried.record(count);
    }

    pub fn failed(&mut self, batch: &Batch) {
        let count = f64::from(batch.count());
        self.failed.record(count);
        self.topic(&batch.key.0).failed.record(count);
    }
}

/// Sensors of the callers' side.
pub(crate) struct CallerMetrics {
    pub registry: Arc<Registry>,
    pub buffer_exhausted: Arc<Sensor>,
    pub buffer_wait: Arc<Sensor>,
    pub metadata_wait: Arc<Sensor>,
    pub flush_time: Arc<Sensor>,
}

impl CallerMetrics {
    pub fn new(registry: &Arc<Registry>) -> CallerMetrics {
        let sensor = |name, shown| registry.sensor("metrics", &[], name, shown);
        CallerMetrics {
            registry: registry.clone(),
            buffer_exhausted: sensor("buffer-exhausted", METER),
            buffer_wait: sensor("bufferpool-wait-time-ns", TOTAL),
            metadata_wait: sensor("metadata-wait-time-ns", TOTAL),
            flush_time: sensor("flush-time-ns", TOTAL),
        }
    }
}

/// Seconds, not a number where it never happened.
pub(super) fn seconds(age: Option<Duration>) -> f64 {
    age.map_or(f64::NAN, |age| age.as_secs_f64())
}
