//! The producer's thread: drains batches that are due to their leaders, takes answers, retries in order.
//!
//! Order: a partition whose batch failed is sent one batch at a time, the failed one first, and only when nothing of that
//! partition is under way any more. With idempotence (KIP-98) each batch keeps its sequence over all attempts.

use super::Shared;
use super::accumulator::{Batch, Key};
use super::split::split;
use crate::cluster::lock;
use crate::transport::wait_readable;
use crate::{Acks, Call, ClientError, Connection, Result, Target, Wanted};
use base::{ErrorCode, NodeId, ProducerId, Uuid};
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

struct InFlight {
    correlation_id: i32,
    sent: Instant,
    batches: Vec<Batch>,
}

#[derive(Default)]
struct NodeState {
    connection: Option<Connection>,
    in_flight: VecDeque<InFlight>,
    not_before: Option<Instant>,
    failures: u32,
}

/// What one partition has under way.
#[derive(Default)]
struct PartitionState {
    in_flight: usize,
    next_sequence: i32,
    /// Sequence of the oldest batch that is not acknowledged.
    failing: bool,
}

#[derive(Clone, Copy)]
struct Identity {
    id: ProducerId,
    epoch: i16,
}

pub(crate) struct Sender {
    shared: Arc<Shared>,
    woken: UnixStream,
    nodes: BTreeMap<NodeId, NodeState>,
    partitions: BTreeMap<Key, PartitionState>,
    identity: Option<Identity>,
    /// The identity is spent: wait until nothing is under way, then ask for another.
    renew: bool,
    refresh_after: Option<Instant>,
}

impl Sender {
    pub fn new(shared: Arc<Shared>, woken: UnixStream) -> Sender {
        Sender {
            shared,
            woken,
            nodes: BTreeMap::new(),
            partitions: BTreeMap::new(),
            identity: None,
            renew: false,
            refresh_after: None,
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
        self.expire();
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
        if self.renew && self.nodes.values().all(|node| node.in_flight.is_empty()) {
            self.identity = None;
            self.renew = false;
            self.partitions.clear();
            lock(&self.shared.accumulator).forget_sequences();
        }
        if self.shared.settings.idempotent && self.identity.is_none() {
            self.identity = Some(self.new_identity(deadline)?);
        }
        Ok(())
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
    fn drain(&mut self, keys: Vec<Key>) -> Vec<Batch> {
        let mut drained = Vec::new();
        let mut size = 0;
        for key in keys {
            let partition = self.partitions.entry(key.clone()).or_default();
            if (partition.failing || self.renew) && partition.in_flight > 0 || self.renew && self.identity.is_some() {
                continue;
            }
            let mut accumulator = lock(&self.shared.accumulator);
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
                batch.stamp(identity.id, identity.epoch, partition.next_sequence);
                partition.next_sequence = next_sequence(partition.next_sequence, batch.count());
            }
            partition.in_flight += 1;
            drained.push(batch);
        }
        drained
    }

    fn transmit(&mut self, leader: NodeId, batches: Vec<Batch>) -> std::result::Result<(), (Vec<Batch>, ClientError)> {
        let settings = &self.shared.settings;
        let metadata = self.shared.cluster.metadata();
        let Some(node) = self.nodes.get_mut(&leader) else { return Ok(()) };
        let Some(connection) = &mut node.connection else {
            return Err((batches, ClientError::from_code(ErrorCode::NetworkException)));
        };
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

    fn left(&mut self, key: &Key) {
        if let Some(partition) = self.partitions.get_mut(key) {
            partition.in_flight = partition.in_flight.saturating_sub(1);
        }
    }

    fn take_answers(&mut self) {
        let nodes: Vec<NodeId> =
            self.nodes.iter().filter(|(_, node)| !node.in_flight.is_empty()).map(|(id, _)| *id).collect();
        for id in nodes {
            while let Some(node) = self.nodes.get_mut(&id) {
                let Some(first) = node.in_flight.front() else { break };
                let late = first.sent.elapsed() >= self.shared.cluster.settings().request_timeout;
                let Some(connection) = &mut node.connection else { break };
                match connection.receive(Instant::now()) {
                    Ok(Some(received)) => {
                        let Some(in_flight) = node.in_flight.pop_front() else { break };
                        debug_assert_eq!(received.correlation_id, in_flight.correlation_id);
                        match received.decode_owned::<ProduceRequest<'_>>() {
                            Ok(response) => self.answered(in_flight.batches, response),
                            Err(error) => self.retry_or_fail(in_flight.batches, &error),
                        }
                    }
                    Ok(None) if !late => break,
                    Ok(None) => {
                        self.lost(id, &ClientError::from_code(ErrorCode::NetworkException));
                        break;
                    }
                    Err(error) => {
                        self.lost(id, &error);
                        break;
                    }
                }
            }
        }
    }

    fn answered(&mut self, batches: Vec<Batch>, response: protocol::ProduceResponse<'static>) {
        let metadata = self.shared.cluster.metadata();
        for batch in batches {
            let id = metadata.topics.get(&*batch.key.0).map(|topic| topic.id);
            let partition = response
                .responses
                .iter()
                .filter(|topic| topic.name == *batch.key.0 || topic.name.is_empty() && Some(topic.topic_id) == id)
                .flat_map(|topic| &topic.partition_responses)
                .find(|partition| partition.index == batch.key.1);
            match partition.map(|p| (ErrorCode::from_code(p.error_code), p)) {
                Some((ErrorCode::None | ErrorCode::DuplicateSequenceNumber, p)) => {
                    self.left(&batch.key);
                    if let Some(state) = self.partitions.get_mut(&batch.key) {
                        state.failing = false;
                    }
                    self.finish(batch, Ok((p.base_offset, p.log_append_time_ms)));
                }
                Some((ErrorCode::MessageTooLarge, _)) if batch.count() > 1 => self.split(batch),
                Some((code, p)) => {
                    let message = p.record_errors.first().and_then(|e| e.batch_index_error_message.clone());
                    let message = p.error_message.clone().or(message);
                    self.retry_or_fail(vec![batch], &ClientError::broker(code, message));
                }
                None => self.retry_or_fail(vec![batch], &ClientError::from_code(ErrorCode::UnknownServerError)),
            }
        }
    }

    /// Sends the halves of a batch that is too large for the broker; nothing of it was written.
    fn split(&mut self, batch: Batch) {
        match split(&batch, self.shared.settings.compression) {
            Ok(bytes) => {
                self.left(&batch.key);
                let partition = self.partitions.entry(batch.key.clone()).or_default();
                // Batches behind it that are under way meet a gap in the sequences.
                partition.failing = true;
                let mut halves = batch.into_halves(bytes);
                for half in &mut halves {
                    half.attempts = half.attempts.max(1);
                    if let (Some(identity), Some(sequence)) = (self.identity, half.base_sequence) {
                        half.stamp(identity.id, identity.epoch, sequence);
                    }
                }
                lock(&self.shared.accumulator).put_back_halves(halves);
            }
            Err(error) => self.retry_or_fail(vec![batch], &error),
        }
    }

    /// A connection broke: what was under way is sent again.
    fn lost(&mut self, leader: NodeId, error: &ClientError) {
        self.node_failed(leader);
        let Some(node) = self.nodes.get_mut(&leader) else { return };
        let lost: Vec<Batch> = node.in_flight.drain(..).flat_map(|in_flight| in_flight.batches).collect();
        self.retry_or_fail(lost, error);
    }

    fn node_failed(&mut self, leader: NodeId) -> Instant {
        let settings = self.shared.cluster.settings();
        let node = self.nodes.entry(leader).or_default();
        node.connection = None;
        let at = Instant::now() + settings.backoff(node.failures);
        node.failures += 1;
        node.not_before = Some(at);
        self.refresh_after.get_or_insert(Instant::now());
        at
    }

    fn retry_or_fail(&mut self, batches: Vec<Batch>, error: &ClientError) {
        let settings = &self.shared.settings;
        let (retries, timeout) = (settings.retries, settings.delivery_timeout);
        if error.code().invalidates_metadata() {
            self.refresh_after.get_or_insert(Instant::now());
        }
        let spent = matches!(
            error.code(),
            ErrorCode::OutOfOrderSequenceNumber | ErrorCode::UnknownProducerId | ErrorCode::InvalidProducerEpoch
        ) && self.identity.is_some();
        for mut batch in batches {
            self.left(&batch.key);
            let partition = self.partitions.entry(batch.key.clone()).or_default();
            // Behind a batch that is being retried, a gap in the sequences is expected.
            let behind = spent && partition.failing;
            partition.failing = true;
            let again = error.is_retriable() || behind || spent && batch.attempts < 3;
            if again && batch.attempts < retries && batch.created.elapsed() < timeout {
                batch.not_before = Some(Instant::now() + self.shared.cluster.settings().backoff(batch.attempts));
                batch.attempts += 1;
                self.renew |= spent && !behind;
                lock(&self.shared.accumulator).put_back(batch);
            } else {
                partition.failing = false;
                // The sequence that was given to this batch is missing at the broker.
                self.renew |= self.identity.is_some();
                self.finish(batch, Err(error.clone()));
            }
        }
    }

    fn finish(&mut self, batch: Batch, result: Result<(i64, i64)>) {
        lock(&self.shared.accumulator).done(&batch);
        match result {
            Ok((base_offset, log_append_time_ms)) => batch.succeed(base_offset, log_append_time_ms),
            Err(error) => batch.fail(&error),
        }
        self.shared.progress.notify_all();
    }

    fn expire(&mut self) {
        let timeout = self.shared.settings.delivery_timeout;
        let expired = lock(&self.shared.accumulator).expire(timeout);
        for batch in expired {
            let (topic, partition) = &batch.key;
            let message = format!(
                "Expiring {} record(s) for {topic}-{partition}:{} ms has passed since batch creation",
                batch.count(),
                batch.created.elapsed().as_millis()
            );
            self.finish(batch, Err(ClientError::Timeout(message)));
        }
    }

    fn fail_all(&mut self, error: &ClientError) {
        let all = lock(&self.shared.accumulator).expire(Duration::ZERO);
        for batch in all {
            self.finish(batch, Err(error.clone()));
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

/// Sequences wrap from `i32::MAX` to 0.
fn next_sequence(sequence: i32, count: i32) -> i32 {
    ((i64::from(sequence) + i64::from(count)) & i64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_wrap_to_zero() {
        assert_eq!(next_sequence(5, 3), 8);
        assert_eq!(next_sequence(i32::MAX, 1), 0);
        assert_eq!(next_sequence(i32::MAX - 1, 5), 3);
    }
}
