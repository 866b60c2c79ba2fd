//! Produce (versions 3 to 13; topic ids since 13). Each partition's batch is validated outside of all locks, appended by
//! this thread, and answered when the acknowledgement that the producer wants is reached. acks=0 has no answer; an error
//! then closes the connection, which is how such a producer learns of it.

use crate::Broker;
use crate::coordinator::is_internal_topic;
use crate::partition::{AckWaiter, Acks, AppendError, Effects, PartitionCell};
use api::{Request, Responder};
use base::{ErrorCode, Now, Set};
use net::Pipelining;
use parking_lot::Mutex;
use protocol::produce_response::{BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse};
use protocol::{DecodeError, ProduceRequest, ProduceResponse, produce_request};
use records::{InvalidBatch, RecordsError, validate_produced};
use std::cell::OnceCell;
use std::sync::Arc;
use storage::LeaderBatch;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let produce: ProduceRequest<'_> = request.decode()?;
    let acks = match produce.acks {
        0 => Acks::None,
        1 => Acks::Leader,
        -1 => Acks::All,
        _ => return Ok(refuse_acks(&produce, request.responder)),
    };
    if produce.transactional_id.is_some() && has_transactional(&produce) {
        // Transactions are not served: InitProducerId has told the client so, for good.
        return Ok(answer_all(&produce, request.responder, ErrorCode::TransactionalIdAuthorizationFailed, acks));
    }
    let image = broker.image.load();
    let now = request.now;
    let timeout_us = produce.timeout_ms.max(0) as u64 * 1000;
    let wait: OnceCell<Arc<ProduceWait>> = OnceCell::new();
    let count: usize = produce.topic_data.iter().map(|topic| topic.partition_data.len()).sum();
    let mut response =
        ProduceResponse { responses: Vec::with_capacity(produce.topic_data.len()), ..Default::default() };
    let (mut index, mut waiting) = (0, 0);
    let mut failed = false;
    let superseded = superseded(&produce);
    for (t, topic) in produce.topic_data.iter().enumerate() {
        let (topic_id, unknown) = if request.version >= 13 {
            (topic.topic_id, ErrorCode::UnknownTopicId)
        } else {
            (image.topic_id(&topic.name).unwrap_or_default(), ErrorCode::UnknownTopicOrPartition)
        };
        let name = image.topic(topic_id).map_or(&*topic.name, |topic| topic.name.as_str());
        let allowed = request.may(name);
        let mut partitions = Vec::with_capacity(topic.partition_data.len());
        for (p, data) in topic.partition_data.iter().enumerate() {
            if superseded.contains(&(t, p)) {
                continue;
            }
            let mut answer = PartitionProduceResponse {
                index: data.index,
                base_offset: -1,
                log_append_time_ms: -1,
                log_start_offset: -1,
                ..Default::default()
            };
            let cell = broker.replicas.get(topic_id, data.index);
            let error = match cell {
                _ if !allowed => Some(ErrorCode::TopicAuthorizationFailed),
                // Only Kafka's own admin tools write there.
                _ if is_internal_topic(name) && request.client_id != Some("__admin_client") => {
                    Some(ErrorCode::InvalidTopicException)
                }
                None if image.partition(topic_id, data.index).is_some() => Some(ErrorCode::NotLeaderOrFollower),
                None if image.topic(topic_id).is_some() => Some(ErrorCode::UnknownTopicOrPartition),
                None => Some(unknown),
                Some(_) if request.version < ZSTD_VERSION && has_zstd(data) => {
                    Some(ErrorCode::UnsupportedCompressionType)
                }
                Some(cell) => {
                    let waiter = || -> Arc<dyn AckWaiter> { wait.get_or_init(|| ProduceWait::new(count)).clone() };
                    match append(&cell, data, acks, (&waiter, index, timeout_us), now, &mut answer) {
                        Ok(is_acknowledged) => {
                            waiting += usize::from(!is_acknowledged);
                            None
                        }
                        Err(error) => Some(error),
                    }
                }
            };
            if let Some(error) = error {
                answer.error_code = error.code();
            }
            failed |= answer.error_code != 0;
            partitions.push(answer);
            index += 1;
        }
        if partitions.is_empty() {
            continue;
        }
        response.responses.push(TopicProduceResponse {
            name: topic.name.to_string().into(),
            topic_id: topic.topic_id,
            partition_responses: partitions,
            ..Default::default()
        });
    }
    if acks == Acks::None {
        if failed {
            request.responder.close();
        } else {
            request.responder.nothing();
        }
        return Ok(Pipelining::Allow);
    }
    match wait.into_inner() {
        None => request.responder.send(&response),
        Some(wait) => wait.arm(waiting, response, request.responder),
    }
    Ok(Pipelining::Allow)
}

/// Positions (topic, partition) that are named again later in the request: Kafka takes the last and answers once.
fn superseded(produce: &ProduceRequest<'_>) -> Vec<(usize, usize)> {
    let mut earlier = Vec::new();
    if produce.topic_data.len() == 1 && produce.topic_data[0].partition_data.len() == 1 {
        return earlier;
    }
    let mut seen = Set::default();
    for (t, topic) in produce.topic_data.iter().enumerate().rev() {
        for (p, data) in topic.partition_data.iter().enumerate().rev() {
            if !seen.insert((topic.topic_id, &*topic.name, data.index)) {
                earlier.push((t, p));
            }
        }
    }
    earlier
}

/// Validates and appends the batch of one partition. `Ok(false)`: the waiter will be called.
fn append(
    cell: &Arc<PartitionCell>,
    data: &produce_request::PartitionProduceData<'_>,
    acks: Acks,
    waiter: (&dyn Fn() -> Arc<dyn AckWaiter>, usize, u64),
    now: Now,
    answer: &mut PartitionProduceResponse<'static>,
) -> Result<bool, ErrorCode> {
    let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
    let settings = cell.settings();
    let batch = match validate_produced(bytes, &settings.produce, now.wall_ms) {
        Ok(batch) => batch,
        Err(invalid) => {
            describe_invalid(&invalid, cell, answer);
            if invalid.answers_log_start_offset() {
                answer.log_start_offset = cell.with_log(|log| log.log_start_offset());
            }
            return Err(invalid.error_code());
        }
    };
    let mut effects = Effects::default();
    let leader_batch = LeaderBatch::validated(&batch);
    let outcome = cell.append(&leader_batch, acks, batch.log_append_time_ms, waiter, now, &mut effects);
    effects.run(cell, now);
    match outcome {
        Ok(outcome) => {
            answer.base_offset = outcome.base_offset;
            answer.log_append_time_ms = outcome.log_append_time_ms;
            answer.log_start_offset = outcome.log_start_offset;
            Ok(outcome.is_acknowledged)
        }
        Err(AppendError::Refused(error)) => Err(error),
        Err(AppendError::Storage(error)) if is_sequence_error(error.error_code()) => {
            answer.log_start_offset = cell.with_log(|log| log.log_start_offset());
            Err(error.error_code())
        }
        Err(AppendError::Storage(error)) => {
            if error.is_shortage() {
                cell.directory.tell_shortage(&error);
            } else if error.fails_log_dir() {
                tracing::warn!(partition = %cell.name, %error, "a batch could not be appended");
            }
            Err(error.error_code())
        }
    }
}

/// First version whose consumers are sure to know zstd (KIP-110).
const ZSTD_VERSION: i16 = 7;

fn has_zstd(data: &produce_request::PartitionProduceData<'_>) -> bool {
    let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
    records::batches(bytes).flatten().any(|batch| batch.is_v2() && batch.codec() == Ok(records::Codec::Zstd))
}

fn has_transactional(produce: &ProduceRequest<'_>) -> bool {
    let partitions = produce.topic_data.iter().flat_map(|topic| &topic.partition_data);
    let mut all = partitions.filter_map(|data| data.records.as_ref());
    all.any(|bytes| records::batches(bytes.as_bytes()).flatten().any(|batch| batch.is_transactional()))
}

/// Errors of an idempotent producer's sequence are answered with the log start offset, as Kafka does for what it cannot
/// append but understands.
fn is_sequence_error(error: ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::OutOfOrderSequenceNumber
            | ErrorCode::DuplicateSequenceNumber
            | ErrorCode::InvalidProducerEpoch
            | ErrorCode::UnknownProducerId
    )
}

fn describe_invalid(invalid: &InvalidBatch, cell: &PartitionCell, answer: &mut PartitionProduceResponse<'static>) {
    if let InvalidBatch::Corrupt(error) = invalid {
        answer.error_message = kafkas_words(error).map(Into::into);
        return;
    }
    let Some((message, messages)) = invalid.answer_messages(&cell.name) else { return };
    answer.error_message = Some(message.into());
    answer.record_errors = invalid
        .record_errors()
        .iter()
        .zip(messages)
        .map(|(error, message)| BatchIndexAndErrorMessage {
            batch_index: error.batch_index,
            batch_index_error_message: Some(message.into()),
            ..Default::default()
        })
        .collect();
}

/// Two failures of the batch's framing have sentences in Kafka's answers.
fn kafkas_words(error: &RecordsError) -> Option<String> {
    match error {
        RecordsError::Magic(magic) => Some(format!("Invalid magic found in record: {magic}")),
        RecordsError::BatchTooShort(length) if *length < RECORD_OVERHEAD_V0 => {
            Some(format!("Record size {length} is less than the minimum record overhead ({RECORD_OVERHEAD_V0})"))
        }
        _ => None,
    }
}

/// Bytes of the smallest record that ever was (magic 0).
const RECORD_OVERHEAD_V0: i32 = 14;

fn refuse_acks(produce: &ProduceRequest<'_>, responder: Responder) -> Pipelining {
    answer_all(produce, responder, ErrorCode::InvalidRequiredAcks, Acks::Leader)
}

fn answer_all(produce: &ProduceRequest<'_>, responder: Responder, error: ErrorCode, acks: Acks) -> Pipelining {
    if acks == Acks::None {
        responder.close();
        return Pipelining::Hold;
    }
    let responses = produce.topic_data.iter().map(|topic| TopicProduceResponse {
        name: topic.name.to_string().into(),
        topic_id: topic.topic_id,
        partition_responses: topic
            .partition_data
            .iter()
            .map(|data| PartitionProduceResponse {
                index: data.index,
                error_code: error.code(),
                base_offset: -1,
                log_append_time_ms: -1,
                log_start_offset: -1,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    });
    let response = ProduceResponse { responses: responses.collect(), ..Default::default() };
    responder.send(&response);
    Pipelining::Hold
}

/// A Produce that waits for its acknowledgements.
struct ProduceWait {
    state: Mutex<WaitState>,
}

struct WaitState {
    /// Partitions by their number in the request: waited for, and what came.
    results: Vec<Option<Result<(), ErrorCode>>>,
    waiting: usize,
    pending: Option<(ProduceResponse<'static>, Responder)>,
}

impl ProduceWait {
    fn new(partitions: usize) -> Arc<ProduceWait> {
        let state = WaitState { results: vec![None; partitions], waiting: 0, pending: None };
        Arc::new(ProduceWait { state: Mutex::new(state) })
    }

    /// Gives the answer, whose errors are final, and how many acknowledgements it needs; some may have come before.
    fn arm(&self, waiting: usize, response: ProduceResponse<'static>, responder: Responder) {
        let mut state = self.state.lock();
        state.waiting = waiting;
        state.pending = Some((response, responder));
        state.try_finish();
    }
}

impl WaitState {
    fn try_finish(&mut self) {
        let came = self.results.iter().flatten().count();
        if came < self.waiting {
            return;
        }
        let Some((mut response, responder)) = self.pending.take() else { return };
        let answers = response.responses.iter_mut().flat_map(|topic| &mut topic.partition_responses);
        for (answer, result) in answers.zip(&self.results) {
            if let Some(Err(error)) = result {
                answer.error_code = error.code();
                answer.base_offset = -1;
            }
        }
        responder.send(&response);
    }
}

impl AckWaiter for ProduceWait {
    fn acknowledged(&self, index: usize, result: Result<(), ErrorCode>, _: Now) {
        let mut state = self.state.lock();
        if let Some(slot) = state.results.get_mut(index) {
            *slot = Some(result);
        }
        if state.pending.is_some() {
            state.try_finish();
        }
    }
}
