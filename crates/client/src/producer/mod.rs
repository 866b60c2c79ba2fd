//! The producer: records are collected into a batch per partition and sent by one thread, which keeps several requests
//! under way per node and their batches in order.

mod accumulator;
mod answers;
mod metrics;
mod partitioner;
mod sender;
mod sequences;
mod split;
#[cfg(test)]
mod tests;

pub use partitioner::{murmur2, partition_for_key};

use crate::cluster::{left_until, lock};
use crate::metrics::{Metric, Registry};
use crate::{ClientError, Cluster, ProducerSettings, Result, Wanted};
use accumulator::{Accumulator, Append};
use base::ErrorCode;
use metrics::{CallerMetrics, SenderMetrics, seconds};
use partitioner::Sticky;
use records::varint::varint_len;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A record to send.
#[derive(Debug, Clone, Default)]
pub struct ProducerRecord {
    pub topic: String,
    /// Chosen by the key's hash, or sticky, where there is none.
    pub partition: Option<i32>,
    /// Milliseconds since 1970; now where there is none.
    pub timestamp_ms: Option<i64>,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl ProducerRecord {
    /// The most bytes that a batch with this record alone may have, as Kafka's producer estimates them.
    fn serialized_size_max(&self) -> usize {
        const BATCH: usize = 61;
        const RECORD: usize = 21;
        let field = |bytes: Option<usize>| bytes.map_or(1, |len| varint_len(len as i32) + len);
        let headers = self.headers.iter();
        let headers: usize = headers.map(|(k, v)| field(Some(k.len())) + field(v.as_ref().map(Vec::len))).sum();
        let (key, value) = (self.key.as_ref().map(Vec::len), self.value.as_ref().map(Vec::len));
        BATCH + RECORD + field(key) + field(value) + varint_len(self.headers.len() as i32) + headers
    }
}

/// Where a record landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordMetadata {
    pub topic: Arc<str>,
    pub partition: i32,
    /// -1 with acks=0.
    pub offset: i64,
    pub timestamp_ms: i64,
}

/// Called once a record, on the sender's thread.
pub type Delivery = Box<dyn FnOnce(Result<RecordMetadata>) + Send>;

/// What the callers' side and the sender's thread share.
pub(crate) struct Shared {
    pub cluster: Cluster,
    pub settings: ProducerSettings,
    pub accumulator: Mutex<Accumulator>,
    /// Signalled when memory was freed or everything was delivered.
    pub progress: Condvar,
    pub closing: AtomicBool,
    /// Set while a wake-up is under way, so that many sends write one byte.
    pub awake: AtomicBool,
    pub metrics: CallerMetrics,
    waker: UnixStream,
}

impl Shared {
    pub fn wake(&self) {
        if !self.awake.swap(true, Ordering::AcqRel) {
            let _ = (&self.waker).write(&[1]);
        }
    }
}

/// Sends records. Dropping it without [`Producer::close`] gives up what was not sent.
pub struct Producer {
    shared: Arc<Shared>,
    sticky: Mutex<Sticky>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl std::fmt::Debug for Producer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Producer").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl Producer {
    /// Starts the sender's thread; connects with the first record.
    pub fn new(settings: ProducerSettings) -> Result<Producer> {
        let registry = Registry::new("producer", &settings.common.client_id);
        let cluster = Cluster::metered(settings.common.clone(), &registry)?;
        let failed = |error: std::io::Error| ClientError::State(format!("the sender cannot start: {error}"));
        let (waker, woken) = UnixStream::pair().map_err(failed)?;
        waker.set_nonblocking(true).and_then(|()| woken.set_nonblocking(true)).map_err(failed)?;
        let shared = Arc::new(Shared {
            cluster,
            accumulator: Mutex::new(Accumulator::new(&settings)),
            settings,
            progress: Condvar::new(),
            closing: AtomicBool::new(false),
            awake: AtomicBool::new(false),
            metrics: CallerMetrics::new(&registry),
            waker,
        });
        let (for_thread, metrics) = (shared.clone(), SenderMetrics::new(&registry));
        let builder = std::thread::Builder::new().name("producer-sender".into());
        let thread = builder.spawn(move || sender::Sender::new(for_thread, woken, metrics).run()).map_err(failed)?;
        Ok(Producer { shared, sticky: Mutex::default(), thread: Some(thread) })
    }

    /// Queues a record; `delivery` hears of its fate. Blocks up to `max.block.ms` for metadata and memory. An error means
    /// that the record was not taken and `delivery` is not called.
    pub fn send(&self, record: ProducerRecord, delivery: Option<Delivery>) -> Result<()> {
        if self.shared.closing.load(Ordering::Acquire) {
            return Err(ClientError::Closed);
        }
        let deadline = Instant::now() + self.shared.settings.max_block;
        let partitions = self.partitions_of(&record.topic, deadline)?;
        let size = record.serialized_size_max();
        if size > self.shared.settings.request_bytes_max {
            return Err(ClientError::broker(
                ErrorCode::MessageTooLarge,
                Some(format!(
                    "The message is {size} bytes when serialized which is larger than {}, which is the value of the max.request.size configuration.",
                    self.shared.settings.request_bytes_max
                )),
            ));
        }
        let partition = match (&record.partition, &record.key) {
            (Some(partition), _) if (0..partitions).contains(partition) => *partition,
            (Some(partition), _) => {
                let range = format!("[0...{partitions})");
                return Err(ClientError::Record(format!(
                    "Partition {partition} of topic {} is not in the range {range}",
                    record.topic
                )));
            }
            (None, Some(key)) if !self.shared.settings.ignore_keys => partition_for_key(key, partitions),
            (None, _) => {
                let data = record.key.as_ref().map_or(0, Vec::len) + record.value.as_ref().map_or(0, Vec::len);
                let bytes = data + 70;
                lock(&self.sticky).next(&record.topic, partitions, bytes, self.shared.settings.batch_bytes)
            }
        };
        self.append(record, partition, delivery, deadline)
    }

    fn append(
        &self,
        record: ProducerRecord,
        partition: i32,
        delivery: Option<Delivery>,
        deadline: Instant,
    ) -> Result<()> {
        let timestamp_ms = record.timestamp_ms.unwrap_or_else(now_ms);
        let mut accumulator = lock(&self.shared.accumulator);
        let mut waiting = (record, delivery);
        let mut full_since = None;
        loop {
            match accumulator.append(waiting.0, waiting.1, partition, timestamp_ms) {
                Append::Taken { wake } => {
                    drop(accumulator);
                    full_since.inspect(|since| self.shared.metrics.buffer_wait.record_ns(*since));
                    if wake {
                        self.shared.wake();
                    }
                    return Ok(());
                }
                Append::Full(record, delivery) => waiting = (record, delivery),
            }
            let left = left_until(deadline, Duration::from_secs(3600));
            let since = *full_since.get_or_insert_with(Instant::now);
            if left.is_zero() {
                self.shared.metrics.buffer_wait.record_ns(since);
                self.shared.metrics.buffer_exhausted.record(1.0);
                return Err(ClientError::Timeout(format!(
                    "Failed to allocate memory within the configured max blocking time {} ms.",
                    self.shared.settings.max_block.as_millis()
                )));
            }
            self.shared.wake();
            let wait = self.shared.progress.wait_timeout(accumulator, left);
            accumulator = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Sends a record and waits for its fate.
    pub fn send_and_wait(&self, record: ProducerRecord) -> Result<RecordMetadata> {
        let (tell, hear) = std::sync::mpsc::sync_channel(1);
        self.send(record, Some(Box::new(move |result| drop(tell.send(result)))))?;
        hear.recv().unwrap_or(Err(ClientError::Closed))
    }

    /// How many partitions a topic has; creates the topic where the cluster allows that.
    pub fn partitions_of(&self, topic: &str, deadline: Instant) -> Result<i32> {
        let cluster = &self.shared.cluster;
        let mut attempt = 0;
        loop {
            if let Some(known) = cluster.metadata().topics.get(topic).filter(|known| known.error.is_ok()) {
                return Ok(known.partitions.len() as i32);
            }
            let not_found = || {
                let waited = self.shared.settings.max_block.as_millis();
                ClientError::Timeout(format!("Topic {topic} not present in metadata after {waited} ms."))
            };
            let asked = Instant::now();
            let refreshed = cluster.refresh(Wanted::Names(&[topic]), true, "metadata", deadline);
            self.shared.metrics.metadata_wait.record_ns(asked);
            let metadata = match refreshed {
                Ok(metadata) => metadata,
                Err(ClientError::Timeout(_)) => return Err(not_found()),
                Err(error) => return Err(error),
            };
            match metadata.topics.get(topic).map(|known| known.error) {
                Some(ErrorCode::None) => continue,
                Some(error) if !error.is_retriable() => return Err(topic_error(error, topic)),
                _ => {}
            }
            let pause = cluster.settings().backoff(attempt);
            attempt += 1;
            if left_until(deadline, pause) < pause {
                return Err(not_found());
            }
            std::thread::sleep(pause);
        }
    }

    /// Waits until everything that was queued before has been delivered or has failed, not for what others queue meanwhile.
    pub fn flush(&self) {
        let began = Instant::now();
        let mut accumulator = lock(&self.shared.accumulator);
        accumulator.begin_flush();
        let mark = accumulator.mark();
        self.shared.wake();
        while !accumulator.is_done_up_to(mark) {
            let wait = self.shared.progress.wait_timeout(accumulator, Duration::from_millis(500));
            accumulator = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        accumulator.end_flush();
        drop(accumulator);
        self.shared.metrics.flush_time.record_ns(began);
    }

    /// What this producer counted so far. `version` is what the metric `version` says.
    pub fn metrics(&self, version: &str) -> Vec<Metric> {
        let (shared, registry) = (&self.shared, &self.shared.metrics.registry);
        let available = lock(&shared.accumulator).available_bytes();
        let more = [
            ("buffer-available-bytes", available as f64),
            ("buffer-total-bytes", shared.settings.buffer_bytes as f64),
            ("metadata-age", seconds(shared.cluster.metadata_age())),
        ];
        let more = more.into_iter().map(|(name, value)| registry.metric("metrics", name, value));
        registry.metrics(version, more.collect())
    }

    /// Delivers what is queued, at most `timeout` long, and stops. What is left fails with [`ClientError::Closed`].
    pub fn close(mut self, timeout: Duration) {
        let deadline = Instant::now() + timeout;
        let mut accumulator = lock(&self.shared.accumulator);
        accumulator.begin_flush();
        self.shared.wake();
        while !accumulator.is_empty() {
            let left = left_until(deadline, Duration::from_millis(500));
            if left.is_zero() {
                break;
            }
            let wait = self.shared.progress.wait_timeout(accumulator, left);
            accumulator = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(accumulator);
        self.stop();
    }

    fn stop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        self.shared.awake.store(false, Ordering::Release);
        self.shared.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn topic_error(error: ErrorCode, topic: &str) -> ClientError {
    match error {
        ErrorCode::InvalidTopicException => ClientError::broker(error, Some(format!("Invalid topics: [{topic}]"))),
        ErrorCode::TopicAuthorizationFailed => {
            ClientError::broker(error, Some(format!("Not authorized to access topics: [{topic}]")))
        }
        other => ClientError::from_code(other),
    }
}

pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
