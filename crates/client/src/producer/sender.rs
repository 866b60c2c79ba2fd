//! The producer's thread: drains batches that are due to their leaders, takes answers, retries in order.
//!
//! Order: a partition whose batch failed is sent one batch at a time, the failed one first, and only when nothing of that
//! partition is under way any more. With idempotence (KIP-98) each batch keeps its sequence over all attempts; `sequences.rs` says when a
//! partition begins again.

use super::Shared;
use super::accumulator::{Batch, Key};
use super::metrics::SenderMetrics;
use super::sequences::{Identity, Sequences};
use crate::cluster::lock;
use crate::transport::wait_readable;
use crate::{Acks, Call, ClientError, Connection, Result, Target, Wanted};
use base::{ErrorCode, NodeId, Uuid};
use protocol::produce_request::{PartitionProduceData, TopicProduceData};
use protocol::{ApiKey, InitProducerIdRequest, ProduceRequest, RecordsField};
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// First version that names topics by id.
const BY_TOPIC_ID: i16 = 13;
/// How long the thread sleeps at most while there is nothing to do.
const IDLE: Duration = Duration::from_millis(500);

pub(super) struct InFlight {
    pub(super) correlation_id: i32,
    pub(super) sent: Instant,
    pub(super) batches: Vec<Batch>,
}

#[derive(Default)]
pub(super) struct NodeState {
    pub(super) connection: Option<Connection>,
    pub(super) in_flight: VecDeque<InFlight>,
    pub(super) not_before: Option<Instant>,
    pub(super) failures: u32,
}

/// What one partition has under way.
#[derive(Default)]
pub(super) struct PartitionState {
    pub(super) in_flight: usize,
    /// A batch failed, and none was acknowledged since.
    pub(super) failing: bool,
    pub(super) sequences: Sequences,
}

pub(crate) struct Sender {
    pub(super) shared: Arc<Shared>,
    woken: UnixStream,
    pub(super) nodes: BTreeMap<NodeId, NodeState>,
    pub(super) partitions: BTreeMap<Key, PartitionState>,
    /// What partitions take when they begin.
    pub(super) identity: Option<Identity>,
    pub(super) refresh_after: Option<Instant>,
    pub(super) metrics: SenderMetrics,
}

impl Sender {
    pub fn new(shared: Arc<Shared>, woken: UnixStream, metrics: SenderMetrics) -> Sender {
        Sender {
            shared,
            woken,
            nodes: BTreeMap::new(),
            partitions: BTreeMap::new(),
            identity: None,
            refresh_after: None,
            metrics,
        }
    }

    pub fn run(mut self) {
        while !self.shared.closing.load(Ordering::Acquire) {
            self.shared.awake.store(false, Ordering::Release);
            let mut drain = [0; 64];
            while matches!(self.woken.read(&mut drain), Ok(count) if count == drain.len()) {}
            let next = self.turn();
            self.wait(next);
        }
        self.abandon();
    }

    /// One round: answers, expiry, sends. Returns when it should run again at the latest.
    fn turn(&mut self) -> Option<Instant> {
        self.take_answers();
        self.expire(self.shared.settings.delivery_timeout);
        let now = Instant::now();
        let (ready, mut next) = lock(&self.shared.accumulator).ready(now);
        if ready.is_empty() {
            return next;
        }
        if let Err(error) = self.prepare(&ready) {
            if !error.is_retriable() && !matches!(error, ClientError::Timeout(_)) {
                self.fail_all(&error);
            }
            return Some(Instant::now() + self.shared.cluster.settings().retry_backoff);
        }
        let (by_leader, leaderless) = self.by_leader(ready);
        if leaderless {
            self.refresh_after.get_or_insert(now + self.shared.cluster.settings().retry_backoff);
            next = earlier(next, self.refresh_after);
        }
        for (leader, keys) in by_leader {
            if let Some(at) = self.send_to(leader, keys) {
                next = earlier(next, Some(at));
            }
        }
        next
    }

    /// Metadata of the topics, and a producer id where one is needed.
    fn prepare(&mut self, ready: &[Key]) -> Result<()> {
        let cluster = &self.shared.cluster;
        let deadline = Instant::now() + cluster.settings().request_timeout;
        let due = self.refresh_after.is_some_and(|at| at <= Instant::now());
        let metadata = cluster.metadata();
        let unknown = ready.iter().any(|(topic, _)| !metadata.topics.contains_key(&**topic));
        if due || unknown || cluster.is_stale() {
            let mut names: Vec<&str> = ready.iter().map(|(topic, _)| &**topic).collect();
            names.dedup();
            cluster.refresh(Wanted::Names(&names), false, "metadata", deadline)?;
            self.refresh_after = None;
        }
        self.restart_broken(ready);
        if self.shared.settings.idempotent && self.identity.is_none() {
            self.identity = Some(self.new_identity(deadline)?);
        }
        Ok(())
    }

    /// Lets partitions whose sequences are broken begin again in a higher epoch, which the broker takes from the producer
    /// itself (KIP-360). Those that have batches under way do so later.
    pub(super) fn restart_broken(&mut self, ready: &[Key]) {
        let is_due = |state: &PartitionState| state.in_flight == 0 && state.sequences.is_broken();
        let due: Vec<&Key> = ready.iter().filter(|key| self.partitions.get(*key).is_some_and(is_due)).collect();
        if due.is_empty() {
            return;
        }
        self.identity = self.identity.and_then(Identity::bumped);
        let mut accumulator = lock(&self.shared.accumulator);
        for key in due {
            accumulator.forget_sequences(key);
            self.partitions.remove(key);
        }
    }

    fn new_identity(&self, deadline: Instant) -> Result<Identity> {
        let call = Call { name: "initProducerId", target: Target::Any, deadline, version_max: 4 };
        let build = |_| InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: i32::MAX,
            producer_id: -1,
            producer_epoch: -1,
            ..Default::default()
        };
        let response = self.shared.cluster.call(call, build, |r| ErrorCode::from_code(r.error_code))?;
        crate::error::check(response.error_code, None)?;
        Ok(Identity { id: response.producer_id, epoch: response.producer_epoch })
    }

    fn by_leader(&self, ready: Vec<Key>) -> (BTreeMap<NodeId, Vec<Key>>, bool) {
        let metadata = self.shared.cluster.metadata();
        let mut by_leader: BTreeMap<NodeId, Vec<Key>> = BTreeMap::new();
        let mut leaderless = false;
        for key in ready {
            match metadata.partition(&key.0, key.1) {
                Some(partition) if partition.leader >= 0 => by_leader.entry(partition.leader).or_default().push(key),
                _ => leaderless = true,
            }
        }
        (by_leader, leaderless)
    }

    /// Sends one request to a leader if it may take one; a moment to come back if it may not yet.
    fn send_to(&mut self, leader: NodeId, keys: Vec<Key>) -> Option<Instant> {
        let now = Instant::now();
        let settings = &self.shared.settings;
        let node = self.nodes.entry(leader).or_default();
        if node.in_flight.len() >= settings.in_flight_max {
            return None;
        }
        if let Some(at) = node.not_before.filter(|at| *at > now) {
            return Some(at);
        }
        if node.connection.is_none() {
            match self.shared.cluster.connect(leader, now + self.shared.cluster.settings().request_timeout) {
                Ok(connection) => (node.connection, node.failures) = (Some(connection), 0),
                Err(_) => return Some(self.node_failed(leader)),
            }
        }
        let batches = self.drain(keys);
        if batches.is_empty() {
            return None;
        }
        let sent = self.transmit(leader, batches);
        match sent {
            Ok(()) => Some(now),
            Err((batches, error)) => {
                let at = self.node_failed(leader);
                self.retry_or_fail(batches, &error);
                Some(at)
            }
        }
    }

    /// Takes the first batch of each partition that may send, up to the size of a request.
    pub(super) fn drain(&mut self, keys: Vec<Key>) -> Vec<Batch> {
        let mut drained = Vec::new();
        let mut size = 0;
        for key in keys {
            let partition = self.partitions.entry(key.clone()).or_default();
            if partition.failing && partition.in_flight > 0 {
                continue;
            }
            let mut accumulator = lock(&self.shared.accumulator);
            if self.identity.is_some() && !partition.sequences.may_send(accumulator.first_sequence(&key)) {
                continue;
            }
            let length = accumulator.first_len(&key);
            if !drained.is_empty() && size + length > self.shared.settings.request_bytes_max {
                break;
            }
            let Some(mut batch) = accumulator.take(&key) else { continue };
            drop(accumulator);
            size += length;
            if let Err(error) = batch.close() {
                self.finish(batch, Err(error));
                continue;
            }
            let partition = self.partitions.entry(key).or_default();
            if let Some(identity) = self.identity
                && batch.base_sequence.is_none()
            {
                let (identity, sequence) = partition.sequences.stamp(identity, batch.count());
                batch.stamp(identity.id, identity.epoch, sequence);
            }
            partition.in_flight += 1;
            drained.push(batch);
        }
        drained
    }

    fn transmit(&mut self, leader: NodeId, batches: Vec<Batch>) -> std::result::Result<(), (Vec<Batch>, ClientError)> {
        let settings = &self.shared.settings;
        let metadata = self.shared.cluster.metadata();
        let unconnected = ClientError::from_code(ErrorCode::NetworkException);
        let Some(node) = self.nodes.get_mut(&leader) else { return Err((batches, unconnected)) };
        let Some(connection) = &mut node.connection else { return Err((batches, unconnected)) };
        let ids: BTreeMap<&str, Uuid> =
            batches.iter().filter_map(|b| Some((&*b.key.0, metadata.topics.get(&*b.key.0)?.id))).collect();
        let by_id = ids.values().all(|id| !id.is_zero()) && !ids.is_empty();
        let limit = if by_id { i16::MAX } else { BY_TOPIC_ID - 1 };
        let version = match connection.version(ApiKey::Produce, limit) {
            Ok(version) => version,
            Err(error) => return Err((batches, error)),
        };
        let mut topics: BTreeMap<&str, Vec<PartitionProduceData<'_>>> = BTreeMap::new();
        for batch in &batches {
            topics.entry(&batch.key.0).or_default().push(PartitionProduceData {
                index: batch.key.1,
                records: Some(RecordsField::from(batch.bytes.as_slice())),
                ..Default::default()
            });
        }
        let request = ProduceRequest {
            acks: settings.acks.wire(),
            timeout_ms: i32::try_from(settings.common.request_timeout.as_millis()).unwrap_or(i32::MAX),
            topic_data: topics
                .into_iter()
                .map(|(name, partition_data)| TopicProduceData {
                    name: Cow::Borrowed(if version >= BY_TOPIC_ID { "" } else { name }),
                    topic_id: if version >= BY_TOPIC_ID {
                        ids.get(name).copied().unwrap_or_default()
                    } else {
                        Uuid::ZERO
                    },
                    partition_data,
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let answered = settings.acks != Acks::None;
        let sent = if answered {
            connection.send(&request, version)
        } else {
            connection.send_without_answer(&request, version)
        };
        drop(request);
        if sent.is_ok() {
            self.metrics.sent(&batches);
        }
        match sent {
            Ok(correlation_id) if answered => {
                node.in_flight.push_back(InFlight { correlation_id, sent: Instant::now(), batches });
                Ok(())
            }
            Ok(_) => {
                for batch in batches {
                    self.left(&batch.key);
                    self.finish(batch, Ok((-1, -1)));
                }
                Ok(())
            }
            Err(error) => Err((batches, error)),
        }
    }

    pub(super) fn left(&mut self, key: &Key) {
        if let Some(partition) = self.partitions.get_mut(key) {
            partition.in_flight = partition.in_flight.saturating_sub(1);
        }
    }

    pub(super) fn finish(&mut self, batch: Batch, result: Result<(i64, i64)>) {
        if result.is_err() {
            self.metrics.failed(&batch);
        }
        let share = batch.share();
        match result {
            Ok((base_offset, log_append_time_ms)) => batch.succeed(base_offset, log_append_time_ms),
            Err(error) => batch.fail(&error),
        }
        lock(&self.shared.accumulator).done(&share);
        self.shared.progress.notify_all();
    }

    /// Fails what waited too long. A batch that was sent before may have been written.
    pub(super) fn expire(&mut self, timeout: Duration) {
        let expired = lock(&self.shared.accumulator).expire(timeout);
        for batch in expired {
            let (topic, partition) = &batch.key;
            let message = format!(
                "Expiring {} record(s) for {topic}-{partition}:{} ms has passed since batch creation",
                batch.count(),
                batch.created.elapsed().as_millis()
            );
            self.give_up(batch, ClientError::Timeout(message), false);
        }
    }

    /// Fails a batch. `refused`: it certainly was not written.
    pub(super) fn give_up(&mut self, batch: Batch, error: ClientError, refused: bool) {
        if let (Some(sequence), Some(partition)) = (batch.base_sequence, self.partitions.get_mut(&batch.key)) {
            match refused {
                true => partition.sequences.refused(sequence),
                false => partition.sequences.given_up(sequence),
            }
        }
        self.finish(batch, Err(error));
    }

    fn fail_all(&mut self, error: &ClientError) {
        let all = lock(&self.shared.accumulator).expire(Duration::ZERO);
        for batch in all {
            self.give_up(batch, error.clone(), false);
        }
    }

    fn abandon(&mut self) {
        let nodes = std::mem::take(&mut self.nodes);
        for batch in nodes.into_values().flat_map(|node| node.in_flight).flat_map(|in_flight| in_flight.batches) {
            self.finish(batch, Err(ClientError::Closed));
        }
        self.fail_all(&ClientError::Closed);
    }

    /// Sleeps until an answer, a new batch, or `next`.
    fn wait(&mut self, next: Option<Instant>) {
        let timeout = next.map_or(IDLE, |next| next.saturating_duration_since(Instant::now()).min(IDLE));
        if timeout.is_zero() {
            return;
        }
        // poll counts milliseconds: round up rather than spin.
        let timeout = timeout.max(Duration::from_millis(1));
        let mut descriptors = vec![self.woken.as_fd()];
        let waiting = self.nodes.values().filter(|node| !node.in_flight.is_empty());
        descriptors.extend(waiting.filter_map(|node| node.connection.as_ref()).map(|connection| connection.as_fd()));
        wait_readable(&descriptors, timeout);
    }
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
