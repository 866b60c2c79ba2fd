//! Tells the controller in which directories replicas lie (KIP-858), until the image says so.
//!
//! What is told is what the image and the directories say at the time of each try: a partition that is gone, or that the
//! image has right by now, is told no more. One request is on its way at a time.

use crate::broker::Broker;
use crate::channel::{Patience, call};
use base::{DirectoryId, ErrorCode, Now, PartitionIndex, Task, TopicId};
use parking_lot::Mutex;
use protocol::{ApiKey, AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, Cursor};
use protocol::{assign_replicas_to_dirs_request as asked, assign_replicas_to_dirs_response as answered};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Partitions that one request names at most, as in Kafka.
const PARTITIONS_MAX: usize = 2_250;
/// Pause before a request that was refused is sent again; it doubles with each failure.
const PAUSE_US: u64 = 100_000;
const PAUSE_MAX_US: u64 = 10_000_000;
/// Time in which what the controller has taken should be in the image.
const LOOK_AGAIN_US: u64 = 1_000_000;

/// Replicas of which the image does not say where they are, or says it wrong.
#[derive(Default)]
pub(crate) struct DirectoryAssignments {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    due: BTreeSet<(TopicId, PartitionIndex)>,
    /// A request or a timer is on its way.
    is_busy: bool,
    failures: u32,
}

type Assigned = BTreeMap<DirectoryId, BTreeMap<TopicId, Vec<PartitionIndex>>>;

impl Broker {
    /// Tells of these replicas as soon as this broker is registered, and of what could not be told before.
    pub(crate) fn assign_directories(self: &Arc<Self>, more: impl IntoIterator<Item = (TopicId, PartitionIndex)>) {
        {
            let mut state = self.assignments.state.lock();
            state.due.extend(more);
            if state.is_busy || state.due.is_empty() || self.epoch() < 0 {
                return;
            }
            state.is_busy = true;
        }
        self.clone().tell_directories();
    }

    /// The same for all that are here.
    pub(crate) fn assign_all_directories(self: &Arc<Self>) {
        let all = self.replicas.all();
        self.assign_directories(all.iter().map(|cell| (cell.topic_id, cell.name.partition)));
    }

    fn tell_directories(self: Arc<Self>) {
        let assigned = self.take_differing();
        if assigned.is_empty() {
            return;
        }
        let channel = self.controller.clone();
        let request = request(&self, assigned);
        call(&*channel, ApiKey::AssignReplicasToDirs, &request, Patience::Retry, move |result, version| {
            let taken = result.and_then(|body| refusal(&body, version).map_or(Ok(()), Err));
            let pause_us = {
                let mut state = self.assignments.state.lock();
                state.failures = if taken.is_ok() { 0 } else { state.failures + 1 };
                match state.failures {
                    0 => LOOK_AGAIN_US,
                    failures => (PAUSE_US << (failures - 1).min(16)).min(PAUSE_MAX_US),
                }
            };
            if let Err(error) = taken {
                tracing::warn!(%error, "the controller did not take note of the directories of replicas; trying again");
            }
            let executor = self.executor.clone();
            executor.control_at(executor.now().monotonic_us + pause_us, Arc::new(Again(self)));
        });
    }

    /// What is to be told now; where that is nothing, nobody is busy any more. What is looked at is taken out meanwhile, so
    /// that no lock is held over those of partitions and moves.
    fn take_differing(&self) -> Assigned {
        loop {
            let mut looked_at = std::mem::take(&mut self.assignments.state.lock().due);
            let mut assigned = self.differing(&mut looked_at);
            limit(&mut assigned);
            let mut state = self.assignments.state.lock();
            let has_more = !state.due.is_empty();
            state.due.append(&mut looked_at);
            if assigned.is_empty() && has_more {
                continue;
            }
            state.is_busy = !assigned.is_empty();
            return assigned;
        }
    }

    /// Where those of `due` lie of which the image does not say so; the others are taken out.
    fn differing(&self, due: &mut BTreeSet<(TopicId, PartitionIndex)>) -> Assigned {
        let image = self.image.load();
        let mut assigned = Assigned::new();
        due.retain(|(topic_id, index)| {
            let cell = self.replicas.get(*topic_id, *index);
            let partition = image.partition(*topic_id, *index).filter(|_| image.features.assigns_directories());
            let Some((cell, partition)) = cell.zip(partition) else { return false };
            let directory_id = self.moves.told_directory(&cell);
            if partition.directory_of(self.node_id) == directory_id {
                return false;
            }
            assigned.entry(directory_id).or_default().entry(*topic_id).or_default().push(*index);
            true
        });
        assigned
    }
}

/// Keeps what one request may name; the rest stays due.
fn limit(assigned: &mut Assigned) {
    let mut left = PARTITIONS_MAX;
    for partitions in assigned.values_mut().flat_map(BTreeMap::values_mut) {
        partitions.truncate(left);
        left -= partitions.len();
    }
    assigned.values_mut().for_each(|topics| topics.retain(|_, partitions| !partitions.is_empty()));
    assigned.retain(|_, topics| !topics.is_empty());
}

fn request(broker: &Broker, assigned: Assigned) -> AssignReplicasToDirsRequest {
    let partition = |partition_index| asked::PartitionData { partition_index, ..Default::default() };
    let topic = |(topic_id, partitions): (TopicId, Vec<PartitionIndex>)| asked::TopicData {
        topic_id,
        partitions: partitions.into_iter().map(partition).collect(),
        ..Default::default()
    };
    let directories = assigned.into_iter().map(|(id, topics)| asked::DirectoryData {
        id,
        topics: topics.into_iter().map(topic).collect(),
        ..Default::default()
    });
    AssignReplicasToDirsRequest {
        broker_id: broker.node_id,
        broker_epoch: broker.epoch(),
        directories: directories.collect(),
        ..Default::default()
    }
}

/// The first error of an answer.
fn refusal(body: &[u8], version: i16) -> Option<ErrorCode> {
    let Ok(response) = AssignReplicasToDirsResponse::decode(&mut Cursor::new(body), version) else {
        return Some(ErrorCode::UnknownServerError);
    };
    let topics = response.directories.iter().flat_map(|directory: &answered::DirectoryData| &directory.topics);
    let partitions = topics.flat_map(|topic| &topic.partitions).map(|partition| partition.error_code);
    let errors = std::iter::once(response.error_code).chain(partitions);
    errors.map(ErrorCode::from_code).find(|error| *error != ErrorCode::None)
}

/// Looks what is still to be told.
struct Again(Arc<Broker>);

impl Task for Again {
    fn run(self: Arc<Self>, _: Now) {
        self.0.clone().tell_directories();
    }
}

#[cfg(test)]
mod tests;
