//! DeleteRecords (KIP-107): moves the log start of partitions, and answers when the followers in service have moved theirs.

use crate::Broker;
use crate::partition::{AckWaiter, Effects, PartitionCell};
use api::{Request, Responder};
use base::{ErrorCode, Now, Offset, PartitionIndex};
use net::Pipelining;
use parking_lot::Mutex;
use protocol::delete_records_response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult};
use protocol::{DecodeError, DeleteRecordsRequest, DeleteRecordsResponse};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let delete: DeleteRecordsRequest<'_> = request.decode()?;
    let image = broker.image.load();
    // Of a partition that is named twice the last counts.
    let mut wanted: BTreeMap<&str, BTreeMap<PartitionIndex, Offset>> = BTreeMap::new();
    for topic in &delete.topics {
        let offsets = topic.partitions.iter().map(|p| (p.partition_index, p.offset));
        wanted.entry(&topic.name).or_default().extend(offsets);
    }
    let wait = Arc::new(DeleteWait::default());
    let waiter: Arc<dyn AckWaiter> = wait.clone();
    let timeout_us = delete.timeout_ms.max(0) as u64 * 1000;
    let (mut topics, mut waited) = (Vec::new(), Vec::new());
    for (name, partitions) in wanted {
        let allowed = request.may(name);
        let topic_id = image.topic_id(name).unwrap_or_default();
        let is_internal = crate::coordinator::is_internal_topic(name);
        let partitions = partitions.into_iter().map(|(partition_index, offset)| {
            let cell = broker.replicas.get(topic_id, partition_index);
            let outcome = match cell {
                _ if !allowed => Err(ErrorCode::TopicAuthorizationFailed),
                _ if is_internal => Err(ErrorCode::InvalidTopicException),
                None if image.partition(topic_id, partition_index).is_some() => Err(ErrorCode::NotLeaderOrFollower),
                None => Err(ErrorCode::UnknownTopicOrPartition),
                Some(cell)
                    if !cell.settings().log.cleanup_policy.delete && cell.settings().log.cleanup_policy.compact =>
                {
                    Err(ErrorCode::PolicyViolation)
                }
                Some(cell) => {
                    let mut effects = Effects::default();
                    let place = waited.len();
                    let deleted = cell.delete_records(offset, (&waiter, place, timeout_us), request.now, &mut effects);
                    effects.run(&cell, request.now);
                    if deleted.is_ok_and(|deleted| !deleted.is_everywhere) {
                        waited.push(((name.to_owned(), partition_index), cell));
                    }
                    deleted.map(|deleted| deleted.low_watermark)
                }
            };
            DeleteRecordsPartitionResult {
                partition_index,
                low_watermark: outcome.unwrap_or(-1),
                error_code: outcome.err().map_or(0, |error| error.code()),
                ..Default::default()
            }
        });
        let partitions = partitions.collect();
        topics.push(DeleteRecordsTopicResult { name: name.to_owned().into(), partitions, ..Default::default() });
    }
    wait.arm(waited, DeleteRecordsResponse { topics, ..Default::default() }, request.responder);
    Ok(Pipelining::Hold)
}

type Waited = Vec<((String, PartitionIndex), Arc<PartitionCell>)>;

/// A DeleteRecords that waits for followers.
#[derive(Default)]
struct DeleteWait {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What came, by the numbers of the partitions that are waited for.
    results: BTreeMap<usize, Result<(), ErrorCode>>,
    pending: Option<(Waited, DeleteRecordsResponse<'static>, Responder)>,
}

impl DeleteWait {
    /// Gives the answer, and which of its partitions are waited for; some may have come before.
    fn arm(&self, waited: Waited, response: DeleteRecordsResponse<'static>, responder: Responder) {
        let finished = {
            let mut state = self.state.lock();
            state.pending = Some((waited, response, responder));
            state.take_finished()
        };
        finished.into_iter().for_each(Finished::send);
    }
}

impl AckWaiter for DeleteWait {
    fn acknowledged(&self, index: usize, result: Result<(), ErrorCode>, _: Now) {
        let finished = {
            let mut state = self.state.lock();
            state.results.insert(index, result);
            state.take_finished()
        };
        finished.into_iter().for_each(Finished::send);
    }
}

impl State {
    fn take_finished(&mut self) -> Option<Finished> {
        let came = self.results.len();
        let (waited, response, responder) = self.pending.take_if(|(waited, ..)| waited.len() <= came)?;
        Some(Finished { waited, results: std::mem::take(&mut self.results), response, responder })
    }
}

/// What can be answered.
struct Finished {
    waited: Waited,
    results: BTreeMap<usize, Result<(), ErrorCode>>,
    response: DeleteRecordsResponse<'static>,
    responder: Responder,
}

impl Finished {
    fn send(mut self) {
        let answers = self.response.topics.iter_mut().flat_map(|topic| {
            let name = topic.name.to_string();
            topic.partitions.iter_mut().map(move |answer| ((name.clone(), answer.partition_index), answer))
        });
        let mut answers: BTreeMap<_, _> = answers.collect();
        for (place, (key, cell)) in self.waited.iter().enumerate() {
            let Some(answer) = answers.get_mut(key) else { continue };
            match self.results.get(&place).copied().unwrap_or(Err(ErrorCode::UnknownServerError)) {
                Ok(()) => answer.low_watermark = cell.low_watermark().unwrap_or(-1),
                Err(ErrorCode::RequestTimedOut) => answer.error_code = ErrorCode::RequestTimedOut.code(),
                Err(error) => (answer.low_watermark, answer.error_code) = (-1, error.code()),
            }
        }
        self.responder.send(&self.response);
    }
}
