//! Fetch (versions 4 to 18; sessions KIP-227, topic ids since 13). Each partition gives a slice of a file; where there is
//! too little, the request waits at its partitions and the append that brings enough completes it.

use crate::Broker;
use crate::fetch_sessions::{FetchPartition, PartitionKey, Sent, SessionError, SessionHandle, SessionRequest, Told};
use crate::fetch_wait::FetchWait;
use crate::nearby::NearbyReader;
use crate::partition::{
    Bound, ColdData, DataPlace, Effects, PartitionCell, Position, ReadError, ReadOutcome, ReadRequest, Reader,
};
use crate::served_file::ServedFile;
use api::{Operation, Request, Responder};
use base::{BrokerEpoch, ErrorCode, Map, NodeId, Now, Offset, TopicId, Uuid};
use config::ReplicaSelector;
use net::{Piece, Pipelining};
use protocol::fetch_response::{AbortedTransaction, EpochEndOffset, FetchableTopicResponse, PartitionData};
use protocol::{DecodeError, FetchRequest, FetchResponse, RecordsField};
use replication::FetchingReplica;
use std::sync::Arc;

/// A fetch that is being answered or waits.
pub(crate) struct Fetch {
    pub broker: Arc<Broker>,
    pub session: Option<SessionHandle>,
    pub partitions: Vec<Target>,
    pub reader: Reader,
    /// The rack of a consumer that may be sent to a follower.
    pub rack: Option<NearbyReader>,
    /// Followers serve it as well.
    pub may_follow: bool,
    /// A negative limit fails the first partition that is read, and is then none left.
    pub bytes_max: i32,
    pub bytes_min: usize,
    pub uses_topic_ids: bool,
    /// Nobody has looked at all partitions yet: what a follower asks from is news.
    pub is_news: bool,
    /// What was found last, of a follower that waits: nothing in any partition.
    pub last: Option<Vec<Result<ReadOutcome, ErrorCode>>>,
}

/// Which partitions of a fetch were looked at, by their places in it.
pub(crate) enum LookedAt {
    All,
    Only(Vec<usize>),
}

/// Who met cold data of one partition so often in a row waits for the disk inside of it in the end, on a thread that may.
pub(crate) const COLD_LOOKS_MAX: u32 = 64;

/// A partition of a fetch.
pub(crate) struct Target {
    pub asked: FetchPartition,
    pub cell: Option<Arc<PartitionCell>>,
    /// Set when there is no cell to ask.
    pub error: ErrorCode,
    /// The bound that the last look at the partition saw.
    pub seen: Offset,
    /// Where the fetch waits for more than that.
    pub waits: Option<DataPlace>,
    /// How often in a row its data was not in memory.
    pub cold_looks: u32,
}

/// What one look at all partitions found.
pub(crate) struct Found {
    pub results: Vec<Result<ReadOutcome, ErrorCode>>,
    /// Bytes that there are within the limits. Kafka sends all of them; here a batch that a limit cuts is left out, and
    /// counts all the same, or a fetch whose minimum is near its limit would wait for nothing.
    pub bytes: usize,
    pub has_error: bool,
    /// A follower has not been told yet what it is to know soon.
    pub has_news: bool,
    /// Data that must be read from the disk before it is worth looking again; the rest of this says nothing then.
    pub cold: Option<ColdData>,
}

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let fetch: FetchRequest<'_> = request.decode()?;
    let uses_topic_ids = request.version >= 13;
    let replica: NodeId = if request.version >= 15 { fetch.replica_state.replica_id } else { fetch.replica_id };
    if replica >= 0 && !request.may_on_cluster(Operation::ClusterAction) {
        request.responder.send(&failed(ErrorCode::ClusterAuthorizationFailed, 0));
        return Ok(Pipelining::Hold);
    }
    if replica >= 0 {
        broker.withdrawal.note_follower(request.connection.id);
    }
    let named = named_partitions(&fetch);
    let forgotten: Vec<PartitionKey> = fetch
        .forgotten_topics_data
        .iter()
        .flat_map(|topic| {
            let name: Arc<str> = topic.topic.as_ref().into();
            topic.partitions.iter().map(move |partition| (topic.topic_id, name.clone(), *partition))
        })
        .collect();
    let (id, epoch) = match request.version {
        7.. => (fetch.session_id, fetch.session_epoch),
        _ => (0, -1),
    };
    if !(0..=1).contains(&fetch.isolation_level) {
        request.responder.send(&all_failed(&fetch, ErrorCode::UnknownServerError));
        return Ok(Pipelining::Hold);
    }
    let principal = request.principal;
    let asked = SessionRequest { id, epoch, is_replica: replica >= 0, uses_topic_ids, principal };
    let context = match broker.sessions.enter(&asked, named, &forgotten, request.now) {
        Ok(context) => context,
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
        (0.., _) => Reader::Replica(fetching_replica(broker, replica, fetch.replica_state.replica_epoch)),
        (_, 1) => Reader::Committed,
        _ => Reader::Uncommitted,
    };
    // Versions before that know nothing of reading from followers.
    let may_follow = replica < 0 && request.version >= 11;
    let rack = may_follow.then(|| NearbyReader::new(broker, &fetch.rack_id, &request.connection.listener)).flatten();
    let limit = broker.static_config.limits.fetch_bytes_max.max(1024);
    let bytes_max = if replica >= 0 { fetch.max_bytes } else { fetch.max_bytes.min(limit) };
    let targets = targets(broker, &request, context.partitions, uses_topic_ids);
    let wait_ms = fetch.max_wait_ms;
    let fetch = Fetch {
        broker: broker.clone(),
        session: context.session,
        partitions: targets,
        reader,
        rack,
        may_follow,
        bytes_max,
        bytes_min: fetch.min_bytes.max(0).min(bytes_max.max(0)) as usize,
        uses_topic_ids,
        is_news: true,
        last: None,
    };
    let deadline_us = request.now.monotonic_us + wait_ms.max(0) as u64 * 1000;
    answer_or_wait(fetch, request.responder, deadline_us, request.now, false);
    Ok(Pipelining::Hold)
}

/// Answers when there is enough, else waits for more. The disk is waited for on a thread that may.
fn answer_or_wait(mut fetch: Fetch, responder: Responder, deadline_us: u64, now: Now, may_wait: bool) {
    let found = fetch.look(now, may_wait);
    if let Some(cold) = found.cold {
        let executor = fetch.broker.executor.clone();
        return executor.clone().run_reading(Box::new(move || {
            cold.warm();
            answer_or_wait(fetch, responder, deadline_us, executor.now(), true);
        }));
    }
    let none_is_known = fetch.partitions.iter().all(Target::is_unknown);
    let is_late = now.monotonic_us >= deadline_us;
    if found.is_enough(fetch.bytes_min) || none_is_known || is_late {
        finish(&fetch, found, responder);
    } else {
        fetch.keep(found);
        FetchWait::begin(fetch, responder, now, deadline_us);
    }
}

/// A broker that follows, and whether the metadata has it in service.
fn fetching_replica(broker: &Broker, id: NodeId, broker_epoch: BrokerEpoch) -> FetchingReplica {
    let image = broker.image.load();
    let is_active = |known: &metadata::Broker| known.is_active() || base::mutant(base::Mutant::FencedReplicaJoins);
    let active = image.brokers.get(&id).filter(|known| is_active(known));
    let is_eligible = active.is_some_and(|known| broker_epoch < 0 || broker_epoch == known.epoch);
    FetchingReplica { id, broker_epoch, is_eligible }
}

/// The partitions that the request names; of one that is named twice the last counts.
fn named_partitions(fetch: &FetchRequest<'_>) -> Vec<FetchPartition> {
    let mut named = Vec::new();
    let mut places: Map<(TopicId, &str, i32), usize> = Map::default();
    for topic in &fetch.topics {
        let name: Arc<str> = topic.topic.as_ref().into();
        for p in &topic.partitions {
            let partition = FetchPartition {
                topic: name.clone(),
                topic_id: topic.topic_id,
                partition: p.partition,
                fetch_offset: p.fetch_offset,
                bytes_max: p.partition_max_bytes,
                current_leader_epoch: p.current_leader_epoch,
                last_fetched_epoch: p.last_fetched_epoch,
                log_start_offset: p.log_start_offset,
                told: None,
            };
            match places.insert((topic.topic_id, &topic.topic, p.partition), named.len()) {
                None => named.push(partition),
                Some(place) => {
                    places.insert((topic.topic_id, &topic.topic, p.partition), place);
                    named[place] = partition;
                }
            }
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
    let mut last: Option<(Uuid, Arc<str>, bool)> = None;
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
                let name = topic.map_or(&*asked.topic, |topic| topic.name.as_str());
                let allowed = request.may(name);
                last = Some((id, asked.topic.clone(), allowed));
            }
            let (id, _, allowed) = last.as_ref().map_or((Uuid::ZERO, "", false), |(id, n, ok)| (*id, &**n, *ok));
            let cell = broker.replicas.get(id, asked.partition).filter(|_| allowed);
            let error = match (&cell, allowed) {
                (Some(_), _) => ErrorCode::None,
                (None, false) => ErrorCode::TopicAuthorizationFailed,
                (None, true) if image.partition(id, asked.partition).is_some() => ErrorCode::NotLeaderOrFollower,
                (None, true) if uses_topic_ids && image.topic(id).is_none() => ErrorCode::UnknownTopicId,
                (None, true) => ErrorCode::UnknownTopicOrPartition,
            };
            Target { asked, cell, error, seen: -1, waits: None, cold_looks: 0 }
        })
        .collect()
}

impl Found {
    /// Whether it is answered at once.
    pub fn is_enough(&self, bytes_min: usize) -> bool {
        self.bytes >= bytes_min || self.has_error || self.has_news
    }
}

impl Target {
    /// It does not exist, or not for this client. Such a partition neither ends the wait for others nor comes before
    /// them in the answer.
    fn is_unknown(&self) -> bool {
        self.cell.is_none() && self.error != ErrorCode::NotLeaderOrFollower
    }
}

impl Fetch {
    /// What it waits for at its partitions. Followers hear soon how far logs are committed where consumers read from them.
    pub fn bound(&self) -> Bound {
        let selector = self.broker.static_config.replication.selector;
        match Bound::of(self.reader) {
            Bound::LogEnd if selector == ReplicaSelector::RackAware => Bound::All,
            bound => bound,
        }
    }

    /// The follower that asks, and the bytes a second that throttled replicas may get; `None` where nothing is throttled.
    fn throttle(&self) -> Option<(NodeId, i64)> {
        let Reader::Replica(follower) = self.reader else { return None };
        let rate = self.broker.config.load().replication.leader_throttled_rate;
        (rate != i64::MAX).then_some((follower.id, rate))
    }

    /// Counts what is sent of throttled replicas.
    fn count_throttled(&self, found: &Found) {
        let Some((follower, rate)) = self.throttle() else { return };
        let sent = self.partitions.iter().zip(&found.results).filter_map(|(target, result)| {
            let cell = target.cell.as_ref().filter(|cell| cell.is_throttled_to(follower))?;
            Some((cell, result.as_ref().ok()?.slice.length))
        });
        let bytes = sent.map(|(_, bytes)| bytes).sum();
        self.broker.leader_throttle.moved(bytes, rate, self.broker.executor.now());
    }

    /// Looks at every partition, within the limits of the request (KIP-74: the first records come whatever their size).
    /// `may_wait`: this thread may wait for the disk, which it does once that is the only way.
    pub fn look(&mut self, now: Now, may_wait: bool) -> Found {
        self.last = None;
        let mut look = Look::new(self, now, may_wait);
        let mut results = Vec::with_capacity(self.partitions.len());
        for place in 0..self.partitions.len() {
            match self.look_at(place, &mut look) {
                Some(result) => results.push(result),
                None => return look.found,
            }
        }
        self.is_news = false;
        // Not before: while others are looked for, what was read may leave memory again.
        self.partitions.iter_mut().for_each(|target| target.cold_looks = 0);
        Found { results, ..look.found }
    }

    /// Looks again where something has come, if nothing was found at the others: they stand as they were found, and what
    /// wakes nobody (how far a log is committed, say) is told with the next fetch. Else looks at every partition.
    pub fn look_again(&mut self, woken: Vec<usize>, now: Now, may_wait: bool) -> (Found, LookedAt) {
        let Some(mut results) = self.last.take() else { return (self.look(now, may_wait), LookedAt::All) };
        let mut look = Look::new(self, now, may_wait);
        for place in &woken {
            match self.look_at(*place, &mut look) {
                Some(result) => results[*place] = result,
                None => return (look.found, LookedAt::All),
            }
        }
        (Found { results, ..look.found }, LookedAt::Only(woken))
    }

    /// Keeps what was found for the next look, where that needs to see no more than what has come meanwhile.
    pub fn keep(&mut self, found: Found) {
        let is_followers = matches!(self.reader, Reader::Replica(_));
        self.last = (is_followers && found.bytes == 0).then_some(found.results);
    }

    /// Looks at one partition. `None`: it has data that must be read from the disk first.
    fn look_at(&mut self, place: usize, look: &mut Look) -> Option<Result<ReadOutcome, ErrorCode>> {
        #[cfg(test)]
        tests::LOOKED_AT.set(tests::LOOKED_AT.get() + 1);
        let (target, found, now) = (&mut self.partitions[place], &mut look.found, look.now);
        let Some(cell) = &target.cell else {
            found.has_error |= !target.is_unknown();
            return Some(Err(target.error));
        };
        let asked = &target.asked;
        let Ok(bytes_max) = usize::try_from(look.left.min(i64::from(asked.bytes_max))) else {
            look.left = look.left.max(0);
            found.has_error = true;
            return Some(Err(ErrorCode::UnknownServerError));
        };
        let position = Position {
            offset: asked.fetch_offset,
            current_leader_epoch: asked.current_leader_epoch,
            last_fetched_epoch: asked.last_fetched_epoch,
            log_start_offset: asked.log_start_offset,
        };
        if let Some(rack) = &self.rack
            && let Some(preferred) = rack.preferred(&self.broker, cell, asked.fetch_offset, now)
        {
            let handed_over = cell.hand_over(&position, preferred);
            found.has_news |= handed_over.is_ok();
            found.has_error |= handed_over.is_err();
            return Some(handed_over);
        }
        let mut effects = Effects::default();
        let is_held = look.held_from.is_some_and(|follower| cell.is_throttled_to(follower));
        let bytes_max = if is_held { 0 } else { bytes_max };
        let request = ReadRequest {
            position,
            reader: self.reader,
            bytes_max,
            at_least_one: found.bytes == 0 && !is_held,
            may_wait: look.may_wait && target.cold_looks >= COLD_LOOKS_MAX,
            only_leader: !self.may_follow,
            is_news: self.is_news,
        };
        let read = cell.read(&request, now, &mut effects);
        effects.run(cell, now);
        match read {
            Ok(outcome) => {
                target.seen = outcome.seen(look.bound);
                if matches!(self.reader, Reader::Replica(_)) {
                    // The next fetch says that it is so there too: who waits for that is not kept waiting.
                    let (log_start_offset, high_watermark) = (outcome.log_start_offset, outcome.high_watermark);
                    let told = *target.asked.told.get_or_insert(Told { log_start_offset, high_watermark });
                    let is_committed = look.bound == Bound::All && high_watermark > told.high_watermark;
                    found.has_news |= is_committed || log_start_offset > told.log_start_offset;
                }
                let there = (bytes_max as u64).min(outcome.slice.visible) as usize;
                let taken = there.max(outcome.slice.length);
                found.bytes += taken;
                look.left = (look.left - taken as i64).max(0);
                found.has_error |= outcome.diverging.is_some();
                Some(Ok(outcome))
            }
            Err(ReadError::Cold(cold)) => {
                target.cold_looks += 1;
                found.cold = Some(cold);
                None
            }
            Err(error) => {
                found.has_error = true;
                Some(Err(error.error_code(cell)))
            }
        }
    }
}

/// One look at partitions, and what it has found so far.
struct Look {
    now: Now,
    may_wait: bool,
    bound: Bound,
    /// The follower that asks, where no more of what is throttled is to be sent to it at the moment.
    held_from: Option<NodeId>,
    /// Bytes that the answer may still have; below 0 by the request's own limit.
    left: i64,
    found: Found,
}

impl Look {
    fn new(fetch: &Fetch, now: Now, may_wait: bool) -> Look {
        let throttle = fetch.throttle();
        let exceeded = throttle.filter(|(_, rate)| fetch.broker.leader_throttle.is_exceeded(*rate, now));
        Look {
            now,
            may_wait,
            bound: fetch.bound(),
            held_from: exceeded.map(|(follower, _)| follower),
            left: i64::from(fetch.bytes_max),
            found: Found { results: Vec::new(), bytes: 0, has_error: false, has_news: false, cold: None },
        }
    }
}

/// Sends the answer.
pub(crate) fn finish(fetch: &Fetch, found: Found, responder: Responder) {
    fetch.count_throttled(&found);
    let mut response = FetchResponse::default();
    let mut slices: Vec<Option<Piece>> = Vec::new();
    let mut results: Vec<_> = fetch.partitions.iter().zip(found.results).collect();
    // What was read comes first, then ids that nobody knows, then the rest of what is unknown.
    results.sort_by_key(|(target, _)| (target.is_unknown(), target.error != ErrorCode::UnknownTopicId));
    let mut needed = Vec::new();
    if let Some(session) = &fetch.session {
        response.session_id = session.id;
        needed = session.select(results.iter().map(|(target, result)| sent(target, result)));
    }
    for (i, (target, result)) in results.into_iter().enumerate() {
        if needed.get(i) == Some(&false) {
            continue;
        }
        let asked = &target.asked;
        let (data, piece) = partition_data(fetch, target, result, slices.len() as u32);
        slices.extend(piece.map(Some));
        let same = response.responses.last().is_some_and(|topic: &FetchableTopicResponse<'_>| {
            *topic.topic == *asked.topic && topic.topic_id == asked.topic_id
        });
        if !same {
            response.responses.push(FetchableTopicResponse {
                topic: asked.topic.to_string().into(),
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

/// What the session remembers of an answer.
fn sent(target: &Target, result: &Result<ReadOutcome, ErrorCode>) -> (PartitionKey, Sent, bool) {
    let key = target.asked.key();
    match result {
        Err(_) => (key, Sent { high_watermark: -1, log_start_offset: -1, has_error: true }, false),
        // Who has to cut its log first leaves the rest of the answer aside.
        Ok(read) if read.diverging.is_some() => {
            (key, Sent { high_watermark: -1, log_start_offset: -1, has_error: false }, true)
        }
        Ok(read) => {
            let (high_watermark, log_start_offset) = (read.high_watermark, read.log_start_offset);
            let has_news = !read.slice.is_empty() || read.preferred.is_some();
            (key, Sent { high_watermark, log_start_offset, has_error: false }, has_news)
        }
    }
}

fn partition_data(
    fetch: &Fetch,
    target: &Target,
    result: Result<ReadOutcome, ErrorCode>,
    next_slice: u32,
) -> (PartitionData<'static>, Option<Piece>) {
    let partition_index = target.asked.partition;
    let mut data = PartitionData { partition_index, records: Some(Vec::new().into()), ..Default::default() };
    match result {
        Err(error) => {
            data.error_code = error.code();
            data.high_watermark = -1;
            data.last_stable_offset = -1;
            data.log_start_offset = -1;
            // Kafka lists none for what it does not know, and nothing for what it could not read.
            let lists = target.cell.is_none() || fetch.reader == Reader::Committed;
            data.aborted_transactions = lists.then(Vec::new);
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
            data.preferred_read_replica = outcome.preferred.unwrap_or(-1);
            if let Some(diverging) = outcome.diverging {
                data.diverging_epoch =
                    EpochEndOffset { epoch: diverging.epoch, end_offset: diverging.end_offset, ..Default::default() };
            }
            let (position, len) = (outcome.slice.position, outcome.slice.length);
            let file = target.cell.as_ref().and_then(|cell| ServedFile::new(outcome.slice, &cell.directory()));
            match file {
                Some(file) => {
                    data.records = Some(RecordsField::External { len: len as u32, id: next_slice });
                    (data, Some(Piece::File { file: Arc::new(file), position, len }))
                }
                None => (data, None),
            }
        }
    }
}

/// An answer in which the request and each of its partitions have failed.
fn all_failed(fetch: &FetchRequest<'_>, error: ErrorCode) -> FetchResponse<'static> {
    let partition = |p: &protocol::fetch_request::FetchPartition| PartitionData {
        partition_index: p.partition,
        error_code: error.code(),
        high_watermark: -1,
        records: Some(Vec::new().into()),
        aborted_transactions: Some(Vec::new()),
        ..Default::default()
    };
    let responses = fetch.topics.iter().map(|topic| FetchableTopicResponse {
        topic: topic.topic.to_string().into(),
        topic_id: topic.topic_id,
        partitions: topic.partitions.iter().map(partition).collect(),
        ..Default::default()
    });
    FetchResponse { error_code: error.code(), responses: responses.collect(), ..Default::default() }
}

fn failed(error: ErrorCode, session_id: i32) -> FetchResponse<'static> {
    FetchResponse { error_code: error.code(), session_id, ..Default::default() }
}

#[cfg(test)]
pub(crate) mod tests;
