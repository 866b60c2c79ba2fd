//! Produce (versions 3 to 13; topic ids since 13). Each partition's batch is validated outside of all locks, appended by
//! the same thread, and answered when the acknowledgement that the producer wants is reached. That thread is the loop's, or
//! one for long work where validation takes long, or one that may wait where the disk has become slow. acks=0 has no
//! answer; an error then closes the connection, which is how such a producer learns of it.

use crate::Broker;
use crate::coordinator::is_internal_topic;
use crate::log_dirs::Directory;
use crate::partition::{AckWaiter, Acks, Append, AppendError, Effects, PartitionCell};
use api::{Request, Responder};
use base::{ErrorCode, Now, Set, TopicId, WorkRoom};
use metadata::Image;
use net::Pipelining;
use parking_lot::Mutex;
use protocol::produce_response::{BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse};
use protocol::{Cursor, DecodeError, ProduceRequest, ProduceResponse, produce_request};
use records::{InvalidBatch, RecordsError, validate_within};
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
    let head = Head { acks, version: request.version, is_admin: request.client_id == Some("__admin_client") };
    let mut progress = Progress::new(&produce);
    let may = |_: usize, name: &str| request.may(name);
    let budget = broker.executor.decompressed_max();
    let stopped = progress.go_on(broker, &produce, head, &may, Go { place: Place::Loop, budget, now: request.now });
    let Err(stopped) = stopped else {
        progress.finish(acks, request.responder);
        return Ok(Pipelining::Allow);
    };
    let image = broker.image.load();
    let allowed: Vec<bool> =
        produce.topic_data.iter().map(|topic| request.may(topic_of(&image, topic, request.version).1)).collect();
    let elsewhere = Elsewhere { broker: broker.clone(), allowed, head, budget, progress, responder: request.responder };
    Ok(elsewhere.leave(&produce, request.body, stopped))
}

/// A request that goes on off its loop, with its own copy of the bytes. Later ones of the connection wait until its batches
/// are appended: theirs come behind.
struct Elsewhere {
    broker: Arc<Broker>,
    /// Whether the client may write to each topic.
    allowed: Vec<bool>,
    head: Head,
    /// What its loop may validate of a request.
    budget: usize,
    progress: Progress,
    responder: Responder,
}

impl Elsewhere {
    fn leave(mut self, produce: &ProduceRequest<'_>, body: &[u8], stopped: Stopped) -> Pipelining {
        let kept_bytes = body.len() + self.progress.partitions * size_of::<PartitionProduceResponse<'_>>();
        let Some(room) = self.broker.executor.take_long_work_room(kept_bytes) else {
            let _all_are_answered = self.work(produce, Place::NoRoom);
            self.progress.finish(self.head.acks, self.responder);
            return Pipelining::Allow;
        };
        self.go_on(body.to_vec(), room, stopped);
        Pipelining::Hold
    }

    fn go_on(self, body: Vec<u8>, room: WorkRoom, stopped: Stopped) {
        let executor = self.broker.executor.clone();
        match stopped {
            Stopped::TakesLong => executor.run_long(Box::new(move || self.run(body, room, Place::LongThread))),
            Stopped::DiskIsSlow(directory) => {
                directory.run_slow(Box::new(move || self.run(body, room, Place::WaitingThread)));
            }
        }
    }

    fn run(mut self, body: Vec<u8>, room: WorkRoom, place: Place) {
        // Who has gone meanwhile sends again: what nobody waits for must not be worked off before those who do.
        if self.head.acks != Acks::None && self.responder.is_gone() {
            return;
        }
        // It was decoded before.
        let Ok(produce) = ProduceRequest::decode(&mut Cursor::new(&body), self.head.version) else { return };
        let worked = self.work(&produce, place);
        drop(produce);
        match worked {
            Ok(()) => {
                self.responder.lets_pass();
                self.progress.finish(self.head.acks, self.responder);
            }
            // Threads that wait for disks are many: what takes long goes on where few do such work.
            Err(stopped) => self.go_on(body, room, stopped),
        }
    }

    fn work(&mut self, produce: &ProduceRequest<'_>, place: Place) -> Result<(), Stopped> {
        let may = |topic: usize, _: &str| self.allowed.get(topic).is_some_and(|allowed| *allowed);
        let budget = if place == Place::LongThread { usize::MAX } else { self.budget };
        let go = Go { place, budget, now: self.broker.executor.now() };
        self.progress.go_on(&self.broker, produce, self.head, &may, go)
    }
}

/// What holds for all partitions of a request.
#[derive(Clone, Copy)]
struct Head {
    acks: Acks,
    version: i16,
    is_admin: bool,
}

/// Why a request does not go on on its loop.
enum Stopped {
    TakesLong,
    DiskIsSlow(Arc<Directory>),
}

/// Where a request is worked on, which decides what becomes of batches whose validation takes long or whose disk is slow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The request leaves for both.
    Loop,
    /// This thread may wait for disks; for validation the request leaves.
    WaitingThread,
    /// This thread has the time for all.
    LongThread,
    /// There is no room to leave: who takes long comes again, who waits for a disk waits here.
    NoRoom,
}

/// One go at a request.
#[derive(Clone, Copy)]
struct Go {
    place: Place,
    /// Bytes that it may decompress.
    budget: usize,
    now: Now,
}

/// How far a request has come.
struct Progress {
    response: ProduceResponse<'static>,
    /// Partitions that are answered, or named again later, and those that have an answer.
    passed: usize,
    index: usize,
    partitions: usize,
    wait: OnceCell<Arc<ProduceWait>>,
    waiting: usize,
    failed: bool,
    /// Number of the topic that the last answer is about.
    answered_topic: Option<usize>,
    superseded: Vec<(usize, usize)>,
}

impl Progress {
    fn new(produce: &ProduceRequest<'_>) -> Progress {
        Progress {
            response: ProduceResponse { responses: Vec::with_capacity(produce.topic_data.len()), ..Default::default() },
            passed: 0,
            index: 0,
            partitions: produce.topic_data.iter().map(|topic| topic.partition_data.len()).sum(),
            wait: OnceCell::new(),
            waiting: 0,
            failed: false,
            answered_topic: None,
            superseded: superseded(produce),
        }
    }

    /// Validates and appends partition after partition, from the first that is not answered; an error where the request
    /// leaves before the next one.
    fn go_on(
        &mut self,
        broker: &Arc<Broker>,
        produce: &ProduceRequest<'_>,
        head: Head,
        may: &dyn Fn(usize, &str) -> bool,
        Go { place, budget: budgeted, now }: Go,
    ) -> Result<(), Stopped> {
        let image = broker.image.load();
        let timeout_us = produce.timeout_ms.max(0) as u64 * 1000;
        let mut budget = budgeted;
        let mut number = 0;
        let mut stopped = None;
        'all: for (t, topic) in produce.topic_data.iter().enumerate() {
            if number + topic.partition_data.len() <= self.passed {
                number += topic.partition_data.len();
                continue;
            }
            let (topic_id, name) = topic_of(&image, topic, head.version);
            let unknown = match head.version {
                13.. => ErrorCode::UnknownTopicId,
                _ => ErrorCode::UnknownTopicOrPartition,
            };
            let allowed = may(t, name);
            for (p, data) in topic.partition_data.iter().enumerate() {
                number += 1;
                if number <= self.passed {
                    continue;
                }
                if self.superseded.contains(&(t, p)) {
                    self.passed = number;
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
                let outcome = match cell {
                    _ if !allowed => Err(ErrorCode::TopicAuthorizationFailed),
                    // Only Kafka's own admin tools write there.
                    _ if is_internal_topic(name) && !head.is_admin => Err(ErrorCode::InvalidTopicException),
                    None if image.partition(topic_id, data.index).is_some() => Err(ErrorCode::NotLeaderOrFollower),
                    None if image.topic(topic_id).is_some() => Err(ErrorCode::UnknownTopicOrPartition),
                    None => Err(unknown),
                    Some(_) if head.version < ZSTD_VERSION && has_zstd(data) => {
                        Err(ErrorCode::UnsupportedCompressionType)
                    }
                    Some(cell) if place == Place::Loop && cell.directory().is_slow(now.monotonic_us) => {
                        stopped = Some(Stopped::DiskIsSlow(cell.directory().clone()));
                        break 'all;
                    }
                    Some(cell) => {
                        let (wait, partitions) = (&self.wait, self.partitions);
                        let waiter =
                            || -> Arc<dyn AckWaiter> { wait.get_or_init(|| ProduceWait::new(partitions)).clone() };
                        let waiter = (&waiter as &dyn Fn() -> _, self.index, timeout_us);
                        append(&cell, data, head.acks, waiter, now, &mut budget, &mut answer)
                    }
                };
                match outcome {
                    Ok(Some(is_acknowledged)) => self.waiting += usize::from(!is_acknowledged),
                    Ok(None) if matches!(place, Place::Loop | Place::WaitingThread) => {
                        stopped = Some(Stopped::TakesLong);
                        break 'all;
                    }
                    Ok(None) => answer.error_code = ErrorCode::RequestTimedOut.code(),
                    Err(error) => answer.error_code = error.code(),
                }
                self.passed = number;
                self.add(topic, t, answer);
            }
        }
        if budgeted != usize::MAX {
            broker.executor.decompressed(budgeted - budget);
        }
        stopped.map_or(Ok(()), Err)
    }

    fn add(
        &mut self,
        topic: &produce_request::TopicProduceData<'_>,
        number: usize,
        answer: PartitionProduceResponse<'static>,
    ) {
        self.failed |= answer.error_code != 0;
        self.index += 1;
        if self.answered_topic != Some(number) {
            self.answered_topic = Some(number);
            self.response.responses.push(TopicProduceResponse {
                name: topic.name.to_string().into(),
                topic_id: topic.topic_id,
                partition_responses: Vec::with_capacity(topic.partition_data.len()),
                ..Default::default()
            });
        }
        if let Some(last) = self.response.responses.last_mut() {
            last.partition_responses.push(answer);
        }
    }

    /// Answers, once the acknowledgements are there that it waits for.
    fn finish(self, acks: Acks, responder: Responder) {
        match (acks, self.wait.into_inner()) {
            (Acks::None, _) if self.failed => responder.close(),
            (Acks::None, _) => responder.nothing(),
            (_, None) => responder.send(&self.response),
            (_, Some(wait)) => wait.arm(self.waiting, self.response, responder),
        }
    }
}

/// The id and name of a topic as far as they are known.
fn topic_of<'a>(
    image: &'a Image,
    topic: &'a produce_request::TopicProduceData<'_>,
    version: i16,
) -> (TopicId, &'a str) {
    let topic_id = match version {
        13.. => topic.topic_id,
        _ => image.topic_id(&topic.name).unwrap_or_default(),
    };
    (topic_id, image.topic(topic_id).map_or(&*topic.name, |topic| topic.name.as_str()))
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

/// Validates and appends the batch of one partition. `Ok(Some(false))`: the waiter will be called. `Ok(None)`: its validation
/// takes more than what is left of the budget.
fn append(
    cell: &Arc<PartitionCell>,
    data: &produce_request::PartitionProduceData<'_>,
    acks: Acks,
    waiter: (&dyn Fn() -> Arc<dyn AckWaiter>, usize, u64),
    now: Now,
    budget: &mut usize,
    answer: &mut PartitionProduceResponse<'static>,
) -> Result<Option<bool>, ErrorCode> {
    let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
    let admitted = cell.admit(acks)?;
    let batch = match validate_within(bytes, &admitted.settings.produce, now.wall_ms, budget) {
        Ok(Some(batch)) => batch,
        Ok(None) => return Ok(None),
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
    let (leader_epoch, log_append_time_ms) = (admitted.leader_epoch, batch.log_append_time_ms);
    let append = Append { batch: &leader_batch, leader_epoch, acks, log_append_time_ms };
    let outcome = cell.append(&append, waiter, now, &mut effects);
    effects.run(cell, now);
    match outcome {
        Ok(outcome) => {
            answer.base_offset = outcome.base_offset;
            answer.log_append_time_ms = outcome.log_append_time_ms;
            answer.log_start_offset = outcome.log_start_offset;
            Ok(Some(outcome.is_acknowledged))
        }
        Err(AppendError::Refused(error)) => Err(error),
        Err(AppendError::Storage(error)) if is_sequence_error(error.error_code()) => {
            answer.log_start_offset = cell.with_log(|log| log.log_start_offset());
            Err(error.error_code())
        }
        Err(AppendError::Storage(error)) => {
            if error.is_shortage() {
                cell.directory().tell_shortage(&error);
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
