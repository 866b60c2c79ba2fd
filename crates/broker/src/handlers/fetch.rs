//! Fetch (versions 4 to 18; sessions KIP-227, topic ids since 13). Each partition gives a slice of a file; where there is
//! too little, the request waits at its partitions and the append that brings enough completes it.

use crate::Broker;
use crate::fetch_sessions::{FetchContext, FetchPartition, SessionError};
use crate::fetch_wait::FetchWait;
use crate::partition::{Effects, PartitionCell, ReadError, ReadOutcome, Reader};
use api::{Operation, Request, ResourceType, Responder};
use base::{ErrorCode, NodeId, Now, Offset, TopicId, Uuid};
use net::{Piece, Pipelining};
use protocol::fetch_response::{AbortedTransaction, FetchableTopicResponse, PartitionData};
use protocol::{DecodeError, FetchRequest, FetchResponse, RecordsField};
use std::sync::Arc;

/// A fetch that is being answered or waits.
pub(crate) struct Fetch {
    pub broker: Arc<Broker>,
    pub session: Option<(i32, bool)>,
    pub partitions: Vec<Target>,
    pub reader: Reader,
    pub bytes_max: usize,
    pub bytes_min: usize,
    pub uses_topic_ids: bool,
}

/// A partition of a fetch.
pub(crate) struct Target {
    pub asked: FetchPartition,
    pub cell: Option<Arc<PartitionCell>>,
    /// Set when there is no cell to ask.
    pub error: ErrorCode,
    /// The bound that the last look at the partition saw.
    pub seen: Offset,
}

/// What one look at all partitions found.
pub(crate) struct Found {
    pub results: Vec<Result<ReadOutcome, (ErrorCode, Offset, Offset, Offset)>>,
    pub bytes: usize,
    pub has_error: bool,
}

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let fetch: FetchRequest<'_> = request.decode()?;
    let uses_topic_ids = request.version >= 13;
    let replica: NodeId = if request.version >= 15 { fetch.replica_state.replica_id } else { fetch.replica_id };
    if replica >= 0 && !request.is_allowed(Operation::ClusterAction, ResourceType::Cluster, "kafka-cluster") {
        request.responder.send(&failed(ErrorCode::ClusterAuthorizationFailed, 0));
        return Ok(Pipelining::Hold);
    }
    let named = named_partitions(&fetch);
    let forgotten: Vec<(TopicId, String, i32)> = fetch
        .forgotten_topics_data
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|p| (topic.topic_id, topic.topic.to_string(), *p)))
        .collect();
    let (id, epoch) = match request.version {
        7.. => (fetch.session_id, fetch.session_epoch),
        _ => (0, -1),
    };
    let context = broker.sessions.enter(id, epoch, replica >= 0, uses_topic_ids, named, &forgotten, request.now);
    let (session, partitions) = match context {
        Ok(FetchContext::Sessionless(partitions)) => (None, partitions),
        Ok(FetchContext::Full { session_id, partitions }) => (Some((session_id, false)), partitions),
        Ok(FetchContext::Incremental { session_id, partitions }) => (Some((session_id, true)), partitions),
        Err(error) => {
            let error = match error {
                SessionError::NotFound => ErrorCode::FetchSessionIdNotFound,
                SessionError::InvalidEpoch => ErrorCode::InvalidFetchSessionEpoch,
                SessionError::TopicIds => ErrorCode::FetchSessionTopicIdError,
            };
            request.responder.send(&failed(error, 0));
            return Ok(Pipelining::Hold);
        }
    };
    let reader = match (replica, fetch.isolation_level) {
        (0.., _) => Reader::Replica(replica),
        (_, 1) => Reader::Committed,
        _ => Reader::Uncommitted,
    };
    let limit = broker.static_config.limits.fetch_bytes_max.max(1024);
    let bytes_max = if replica >= 0 { fetch.max_bytes } else { fetch.max_bytes.min(limit) };
    let targets = targets(broker, &request, partitions, uses_topic_ids);
    let fetch = Fetch {
        broker: broker.clone(),
        session,
        partitions: targets,
        reader,
        bytes_max: bytes_max.max(0) as usize,
        bytes_min: fetch.min_bytes.max(0).min(bytes_max.max(0)) as usize,
        uses_topic_ids,
    }
    .with_wait(fetch.max_wait_ms);
    let (mut fetch, wait_ms) = fetch;
    let found = fetch.look(request.now);
    let enough = found.bytes >= fetch.bytes_min || found.has_error || fetch.partitions.is_empty() || wait_ms <= 0;
    if enough {
        finish(&fetch, found, request.responder);
    } else {
        FetchWait::begin(fetch, request.responder, request.now, wait_ms as u64 * 1000);
    }
    Ok(Pipelining::Hold)
}

fn named_partitions(fetch: &FetchRequest<'_>) -> Vec<FetchPartition> {
    let mut named = Vec::new();
    for topic in &fetch.topics {
        for p in &topic.partitions {
            named.push(FetchPartition {
                topic: topic.topic.to_string(),
                topic_id: topic.topic_id,
                partition: p.partition,
                fetch_offset: p.fetch_offset,
                bytes_max: p.partition_max_bytes,
                current_leader_epoch: p.current_leader_epoch,
                last_fetched_epoch: p.last_fetched_epoch,
                log_start_offset: p.log_start_offset,
            });
        }
    }
    named
}

fn targets(
    broker: &Broker,
    request: &Request<'_>,
    partitions: Vec<FetchPartition>,
    uses_topic_ids: bool,
) -> Vec<Target> {
    let image = broker.image.load();
    let mut last: Option<(Uuid, String, bool)> = None;
    partitions
        .into_iter()
        .map(|asked| {
            let same = last.as_ref().is_some_and(|(id, name, _)| match uses_topic_ids {
                true => *id == asked.topic_id,
                false => *name == asked.topic,
            });
            if !same {
                let topic = match uses_topic_ids {
                    true => image.topic(asked.topic_id),
                    false => image.topic_by_name(&asked.topic),
                };
                let id = topic.map_or(asked.topic_id, |topic| topic.id);
                let name = topic.map_or(asked.topic.as_str(), |topic| topic.name.as_str());
                let allowed = request.is_allowed(Operation::Read, ResourceType::Topic, name);
                last = Some((id, if uses_topic_ids { String::new() } else { asked.topic.clone() }, allowed));
            }
            let (id, _, allowed) = last.as_ref().map_or((Uuid::ZERO, "", false), |(id, n, ok)| (*id, n.as_str(), *ok));
            let cell = broker.replicas.get(id, asked.partition).filter(|_| allowed);
            let error = match (&cell, allowed) {
                (Some(_), _) => ErrorCode::None,
                (None, false) => ErrorCode::TopicAuthorizationFailed,
                (None, true) if image.partition(id, asked.partition).is_some() => ErrorCode::NotLeaderOrFollower,
                (None, true) if uses_topic_ids && image.topic(id).is_none() => ErrorCode::UnknownTopicId,
                (None, true) => ErrorCode::UnknownTopicOrPartition,
            };
            Target { asked, cell, error, seen: -1 }
        })
        .collect()
}

impl Fetch {
    fn with_wait(self, wait_ms: i32) -> (Fetch, i32) {
        (self, wait_ms)
    }

    /// Looks at every partition, within the limits of the request (KIP-74: the first records come whatever their size).
    pub fn look(&mut self, now: Now) -> Found {
        let mut found = Found { results: Vec::with_capacity(self.partitions.len()), bytes: 0, has_error: false };
        for target in &mut self.partitions {
            let Some(cell) = &target.cell else {
                found.has_error = true;
                found.results.push(Err((target.error, -1, -1, -1)));
                continue;
            };
            let asked = &target.asked;
            let left = self.bytes_max.saturating_sub(found.bytes);
            let bytes_max = left.min(asked.bytes_max.max(0) as usize);
            let mut effects = Effects::default();
            let at_least_one = found.bytes == 0;
            let read = cell.read(
                asked.fetch_offset,
                asked.current_leader_epoch,
                self.reader,
                bytes_max,
                at_least_one,
                now,
                &mut effects,
            );
            effects.run(cell, now);
            let result = match read {
                Ok(outcome) => {
                    target.seen = match self.reader {
                        Reader::Uncommitted => outcome.high_watermark,
                        Reader::Committed => outcome.last_stable_offset,
                        Reader::Replica(_) => asked.fetch_offset,
                    };
                    found.bytes += outcome.slice.length;
                    Ok(outcome)
                }
                Err(error) => {
                    found.has_error = true;
                    Err(match error {
                        ReadError::Refused(error) => (error, -1, -1, -1),
                        ReadError::OutOfRange { high_watermark, last_stable_offset, log_start_offset } => {
                            let _only_errors_are_answered = (high_watermark, last_stable_offset, log_start_offset);
                            (ErrorCode::OffsetOutOfRange, -1, -1, -1)
                        }
                        ReadError::Storage(error) => {
                            tracing::warn!(partition = %cell.name, %error, "a fetch could not be served");
                            (error.error_code(), -1, -1, -1)
                        }
                    })
                }
            };
            found.results.push(result);
        }
        found
    }
}

/// Sends the answer.
pub(crate) fn finish(fetch: &Fetch, found: Found, responder: Responder) {
    let mut response = FetchResponse::default();
    let mut slices: Vec<Option<Piece>> = Vec::new();
    if let Some((session_id, _)) = fetch.session {
        response.session_id = session_id;
    }
    for (target, result) in fetch.partitions.iter().zip(found.results) {
        let asked = &target.asked;
        let (data, piece) = partition_data(fetch, asked.partition, result, slices.len() as u32);
        if let Some((session_id, is_incremental)) = fetch.session {
            let key = (asked.topic_id, asked.topic.clone(), asked.partition);
            let needed = fetch.broker.sessions.must_answer(
                session_id,
                &key,
                data.high_watermark,
                data.log_start_offset,
                data.error_code != 0,
                piece.is_some(),
            );
            if is_incremental && !needed {
                continue;
            }
        }
        slices.extend(piece.map(Some));
        let same = response
            .responses
            .last()
            .is_some_and(|topic: &FetchableTopicResponse<'_>| topic.topic == asked.topic && topic.topic_id == asked.topic_id);
        if !same {
            response.responses.push(FetchableTopicResponse {
                topic: asked.topic.clone().into(),
                topic_id: if fetch.uses_topic_ids { asked.topic_id } else { Uuid::ZERO },
                ..Default::default()
            });
        }
        if let Some(topic) = response.responses.last_mut() {
            topic.partitions.push(data);
        }
    }
    responder.send_with_files(&response, |id| slices.get_mut(id as usize).and_then(Option::take));
}

fn partition_data(
    fetch: &Fetch,
    partition_index: i32,
    result: Result<ReadOutcome, (ErrorCode, Offset, Offset, Offset)>,
    next_slice: u32,
) -> (PartitionData<'static>, Option<Piece>) {
    let mut data = PartitionData { partition_index, records: Some(Vec::new().into()), ..Default::default() };
    match result {
        Err((error, high_watermark, last_stable_offset, log_start_offset)) => {
            data.error_code = error.code();
            data.high_watermark = high_watermark;
            data.last_stable_offset = last_stable_offset;
            data.log_start_offset = log_start_offset;
            data.aborted_transactions = Some(Vec::new()).filter(|_| fetch.reader == Reader::Committed);
            (data, None)
        }
        Ok(outcome) => {
            data.high_watermark = outcome.high_watermark;
            data.last_stable_offset = outcome.last_stable_offset;
            data.log_start_offset = outcome.log_start_offset;
            data.aborted_transactions = (fetch.reader == Reader::Committed).then(|| {
                let aborted = outcome.slice.aborted.iter();
                aborted
                    .map(|a| AbortedTransaction {
                        producer_id: a.producer_id,
                        first_offset: a.first_offset,
                        ..Default::default()
                    })
                    .collect()
            });
            let (position, len) = (outcome.slice.position, outcome.slice.length);
            match outcome.slice.file {
                Some(file) if len > 0 => {
                    data.records = Some(RecordsField::External { len: len as u32, id: next_slice });
                    (data, Some(Piece::File { file, position, len }))
                }
                _ => (data, None),
            }
        }
    }
}

fn failed(error: ErrorCode, session_id: i32) -> FetchResponse<'static> {
    FetchResponse { error_code: error.code(), session_id, ..Default::default() }
}
