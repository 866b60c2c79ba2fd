//! What becomes of batches once they were sent: acknowledged, sent again in order, split, or given up.

use super::accumulator::Batch;
use super::sender::Sender;
use super::split::split;
use crate::ClientError;
use crate::cluster::lock;
use base::{ErrorCode, NodeId};
use protocol::ProduceRequest;
use std::time::Instant;

impl Sender {
    pub(super) fn take_answers(&mut self) {
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
                            Ok(response) => {
                                connection.answered(in_flight.sent);
                                self.metrics.answered(in_flight.sent, response.throttle_time_ms);
                                self.answered(in_flight.batches, response);
                            }
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

    pub(super) fn answered(&mut self, batches: Vec<Batch>, response: protocol::ProduceResponse<'static>) {
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
                        if let Some(sequence) = batch.base_sequence {
                            state.sequences.acknowledged(sequence, batch.count());
                        }
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
                self.metrics.split();
                self.left(&batch.key);
                let partition = self.partitions.entry(batch.key.clone()).or_default();
                // Batches behind it that are under way meet a gap in the sequences.
                partition.failing = true;
                let mut halves = batch.into_halves(bytes);
                if let [Some(first), Some(second)] = [halves[0].base_sequence, halves[1].base_sequence] {
                    partition.sequences.split(first, second);
                }
                for half in &mut halves {
                    half.attempts = half.attempts.max(1);
                    if let (Some(identity), Some(sequence)) = (partition.sequences.identity(), half.base_sequence) {
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

    pub(super) fn node_failed(&mut self, leader: NodeId) -> Instant {
        let settings = self.shared.cluster.settings();
        let node = self.nodes.entry(leader).or_default();
        node.connection = None;
        let at = Instant::now() + settings.backoff(node.failures);
        node.failures += 1;
        node.not_before = Some(at);
        self.refresh_after.get_or_insert(Instant::now());
        at
    }

    pub(super) fn retry_or_fail(&mut self, batches: Vec<Batch>, error: &ClientError) {
        let settings = &self.shared.settings;
        let (retries, timeout) = (settings.retries, settings.delivery_timeout);
        if error.code().invalidates_metadata() {
            self.refresh_after.get_or_insert(Instant::now());
        }
        let gap = matches!(
            error.code(),
            ErrorCode::OutOfOrderSequenceNumber | ErrorCode::UnknownProducerId | ErrorCode::InvalidProducerEpoch
        );
        for mut batch in batches {
            self.left(&batch.key);
            let partition = self.partitions.entry(batch.key.clone()).or_default();
            partition.failing = true;
            let gap = batch.base_sequence.filter(|_| gap);
            if let Some(sequence) = gap {
                partition.sequences.gap_before(sequence);
            }
            let again = error.is_retriable() || gap.is_some();
            if again && batch.attempts < retries && batch.created.elapsed() < timeout {
                batch.not_before = Some(Instant::now() + self.shared.cluster.settings().backoff(batch.attempts));
                batch.attempts += 1;
                self.metrics.retried(&batch);
                lock(&self.shared.accumulator).put_back(batch);
            } else {
                partition.failing = false;
                // An earlier attempt whose answer was lost may have been written.
                let refused = !error.is_retriable() && batch.attempts == 0;
                self.give_up(batch, error.clone(), refused);
            }
        }
    }
}
