//! ListOffsets (versions 1 to 11): earliest, latest, by timestamp, of the largest timestamp. Searches that need what is
//! not in memory go on where the disk may be waited for.

use super::fetch::COLD_LOOKS_MAX;
use crate::Broker;
use crate::partition::{PartitionCell, ReadError};
use api::{Request, Responder};
use base::{ErrorCode, Executor, LeaderEpoch, NodeId};
use net::Pipelining;
use protocol::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use protocol::{DecodeError, ListOffsetsRequest, ListOffsetsResponse};
use std::collections::BTreeSet;
use std::sync::Arc;
use storage::{LATEST_TIMESTAMP, Log, MAX_TIMESTAMP, StorageError};

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let list: ListOffsetsRequest<'_> = request.decode()?;
    let image = broker.image.load();
    let (mut topics, mut searches) = (Vec::with_capacity(list.topics.len()), Vec::new());
    for topic in &list.topics {
        let allowed = request.may(&topic.name);
        let topic_id = image.topic_id(&topic.name).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut twice = BTreeSet::new();
        for p in &topic.partitions {
            if !seen.insert(p.partition_index) {
                twice.insert(p.partition_index);
            }
        }
        let mut answered = BTreeSet::new();
        let once = topic
            .partitions
            .iter()
            .filter(|p| !twice.contains(&p.partition_index) || answered.insert(p.partition_index));
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for p in once {
            let index = p.partition_index;
            let cell = broker.replicas.get(topic_id, index);
            let error = match cell {
                _ if !allowed => ErrorCode::TopicAuthorizationFailed,
                _ if twice.contains(&index) => ErrorCode::InvalidRequest,
                None if image.partition(topic_id, index).is_some() => ErrorCode::NotLeaderOrFollower,
                None => ErrorCode::UnknownTopicOrPartition,
                Some(cell) => {
                    searches.push(Search {
                        place: (topics.len(), partitions.len()),
                        cell,
                        timestamp: p.timestamp,
                        current_leader_epoch: p.current_leader_epoch,
                    });
                    ErrorCode::None
                }
            };
            partitions.push(nothing_found(index, error));
        }
        topics.push(ListOffsetsTopicResponse { name: topic.name.to_string().into(), partitions, ..Default::default() });
    }
    let lookup = Lookup {
        response: ListOffsetsResponse { topics, ..Default::default() },
        searches,
        version: request.version,
        isolation_level: list.isolation_level,
        from_consumer: list.replica_id < 0 && list.replica_id != DEBUGGING_REPLICA,
        is_debugging: list.replica_id == DEBUGGING_REPLICA,
        cold_looks: 0,
        executor: broker.executor.clone(),
        responder: request.responder,
    };
    lookup.go_on(false);
    Ok(Pipelining::Hold)
}

fn nothing_found(partition_index: i32, error: ErrorCode) -> ListOffsetsPartitionResponse {
    ListOffsetsPartitionResponse {
        partition_index,
        error_code: error.code(),
        timestamp: -1,
        offset: -1,
        leader_epoch: -1,
        ..Default::default()
    }
}

/// The id of who wants to see any replica as it is.
const DEBUGGING_REPLICA: NodeId = -2;

/// A partition that is asked.
struct Search {
    /// Number of the topic, and of the partition in it, in the answer.
    place: (usize, usize),
    cell: Arc<PartitionCell>,
    timestamp: i64,
    current_leader_epoch: LeaderEpoch,
}

/// A request that is being answered.
struct Lookup {
    response: ListOffsetsResponse<'static>,
    /// What is not answered yet.
    searches: Vec<Search>,
    version: i16,
    isolation_level: i8,
    from_consumer: bool,
    /// Followers answer as well, and up to their ends.
    is_debugging: bool,
    /// How often in a row the disk had to be waited for.
    cold_looks: u32,
    executor: Arc<dyn Executor>,
    responder: Responder,
}

impl Lookup {
    /// Searches on and answers. `may_wait`: this thread may wait for the disk.
    fn go_on(mut self, may_wait: bool) {
        while let Some(search) = self.searches.last() {
            let found = self.look_up(search, may_wait && self.cold_looks >= COLD_LOOKS_MAX);
            let (topic, partition) = search.place;
            let mut answer = match found {
                Err(ReadError::Cold(cold)) => {
                    self.cold_looks += 1;
                    let executor = self.executor.clone();
                    return executor.run_reading(Box::new(move || {
                        cold.warm();
                        self.go_on(true);
                    }));
                }
                Ok(answer) => answer,
                Err(error) => nothing_found(0, error.error_code(&search.cell)),
            };
            self.cold_looks = 0;
            self.searches.pop();
            let topic = self.response.topics.get_mut(topic);
            if let Some(slot) = topic.and_then(|topic| topic.partitions.get_mut(partition)) {
                answer.partition_index = slot.partition_index;
                // The field appeared in version 4 and old clients cannot be told.
                if self.version < 4 {
                    answer.leader_epoch = -1;
                }
                *slot = answer;
            }
        }
        self.responder.send(&self.response);
    }

    fn look_up(&self, search: &Search, may_wait: bool) -> Result<ListOffsetsPartitionResponse, ReadError> {
        if !is_known(search.timestamp, self.version) {
            return Err(ReadError::Refused(ErrorCode::UnsupportedVersion));
        }
        if !(0..=1).contains(&self.isolation_level) {
            return Err(ReadError::Refused(ErrorCode::UnknownServerError));
        }
        if search.current_leader_epoch < -1 {
            // Older than every epoch; only -1 means that none is given.
            return Err(ReadError::Refused(ErrorCode::FencedLeaderEpoch));
        }
        let serves = match self.is_debugging {
            true => search.cell.check_serving(search.current_leader_epoch),
            false => search.cell.check_leadership(search.current_leader_epoch).map(|_| ()),
        };
        serves.map_err(ReadError::Refused)?;
        let is_behind = self.from_consumer && search.cell.is_watermark_behind();
        if is_behind && search.timestamp == LATEST_TIMESTAMP {
            return Err(self.not_available());
        }
        let found = search.cell.search(may_wait, |log| self.find(log, search.timestamp))?;
        let may_be_hidden = search.timestamp >= 0 || search.timestamp == MAX_TIMESTAMP;
        if is_behind && found.offset < 0 && may_be_hidden { Err(self.not_available()) } else { Ok(found) }
    }

    /// What a consumer is told that comes too early (KIP-207).
    fn not_available(&self) -> ReadError {
        let is_known = self.version >= 5;
        ReadError::Refused(if is_known { ErrorCode::OffsetNotAvailable } else { ErrorCode::LeaderNotAvailable })
    }

    fn find(&self, log: &Log, timestamp: i64) -> Result<ListOffsetsPartitionResponse, StorageError> {
        let bound = match (self.from_consumer, self.isolation_level) {
            (false, _) => log.log_end_offset(),
            (true, 1) => log.last_stable_offset(),
            (true, _) => log.high_watermark(),
        };
        let mut answer = nothing_found(0, ErrorCode::None);
        if timestamp == LATEST_TIMESTAMP {
            answer.offset = bound;
            answer.leader_epoch = log.leader_epochs().latest().map_or(-1, |entry| entry.epoch);
            return Ok(answer);
        }
        if timestamp == EARLIEST_PENDING_UPLOAD_TIMESTAMP {
            // Nothing waits for an upload: there is no tiered storage.
            return Ok(answer);
        }
        let found = log.offset_for_timestamp(timestamp)?;
        // What a reader cannot see yet it is not told of.
        let visible = |offset| timestamp < 0 && timestamp != MAX_TIMESTAMP || offset < bound;
        if let Some(found) = found.filter(|found| visible(found.offset)) {
            answer.offset = found.offset;
            answer.timestamp = found.timestamp_ms;
            answer.leader_epoch = found.leader_epoch.unwrap_or(-1);
        }
        Ok(answer)
    }
}

/// "The first record that is not uploaded yet" (KIP-1023).
const EARLIEST_PENDING_UPLOAD_TIMESTAMP: i64 = -6;

/// Lowest version in which each special timestamp means something.
fn is_known(timestamp: i64, version: i16) -> bool {
    match timestamp {
        0.. | -1 | -2 => true,
        -3 => version >= 7,
        -4 => version >= 8,
        -5 => version >= 9,
        -6 => version >= 11,
        _ => false,
    }
}
