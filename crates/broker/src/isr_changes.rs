//! Asks the controller for changes of in-sync replicas (AlterPartition, KIP-497, KIP-903), for all partitions that this
//! broker leads: one request is on its way at a time, and names all that have a question.
//!
//! What is asked is what the leader of each partition wants at the time of each try; it numbers its questions, so that an
//! answer that comes late changes nothing. A request without an answer is sent again: then two of it may arrive, and the
//! leader counts with both. Each is for the controller of one epoch, and numbered, so that Ottla's controllers can say that
//! none of those before is taken any more (`replication/isr.rs`).

use crate::broker::Broker;
use crate::channel::{Patience, call};
use crate::partition::{Effects, PartitionCell};
use base::{ErrorCode, NodeId, Now, PartitionEpoch, PartitionIndex, Seldom, Task, TopicId, TopicPartition};
use parking_lot::Mutex;
use protocol::alter_partition_request::{BrokerState, PartitionData, TopicData};
use protocol::{AlterPartitionRequest, AlterPartitionResponse, ApiKey, Cursor, RequestCopy, alter_partition_response};
use replication::{IsrAnswer, IsrProposal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// Partitions that one request names at most.
const PARTITIONS_MAX: usize = 2_000;
/// Pause before questions that were not answered are asked again; it doubles with each failure.
const PAUSE_US: u64 = 50_000;
const PAUSE_MAX_US: u64 = 1_000_000;

/// So many changes of one answer have a line each.
const LINES_MAX: usize = 5;

type Key = (TopicId, PartitionIndex);

/// The questions of a broker's leaders.
pub(crate) struct IsrChanges {
    state: Mutex<State>,
    broker: OnceLock<Weak<Broker>>,
    line: Seldom,
    /// Of the newest request.
    number: AtomicI64,
    /// `replica.lag.time.max.ms`, for every leader.
    lag_time_max_us: AtomicU64,
}

#[derive(Default)]
struct State {
    due: BTreeSet<Key>,
    /// A request or a timer is on its way.
    is_busy: bool,
    failures: u32,
}

/// What was asked, and for whom.
type Asked = BTreeMap<Key, (Arc<PartitionCell>, IsrProposal)>;

impl IsrChanges {
    pub fn new() -> Arc<IsrChanges> {
        Arc::new(IsrChanges {
            state: Mutex::default(),
            broker: OnceLock::new(),
            line: Seldom::default(),
            number: AtomicI64::new(0),
            lag_time_max_us: AtomicU64::new(u64::MAX),
        })
    }

    pub fn lag_time_max_us(&self) -> u64 {
        self.lag_time_max_us.load(Ordering::Relaxed)
    }

    /// Says through whom the controller is reached, and how long a replica may lag; before any log is opened.
    pub fn connect(&self, broker: &Weak<Broker>, lag_time_max_us: u64) {
        self.lag_time_max_us.store(lag_time_max_us, Ordering::Relaxed);
        let _the_first_one_stays = self.broker.set(broker.clone());
    }

    /// The leader of this partition has a question.
    pub fn ask(&self, cell: &Arc<PartitionCell>) {
        let Some(broker) = self.broker.get().and_then(Weak::upgrade) else { return };
        {
            let mut state = self.state.lock();
            state.due.insert((cell.topic_id, cell.name.partition));
            if std::mem::replace(&mut state.is_busy, true) {
                return;
            }
        }
        // What comes in the same turn goes with the same request.
        broker.executor.clone().defer(Arc::new(Next(broker)));
    }

    /// What is to be asked now; where that is nothing, nobody is busy any more.
    fn take(&self, broker: &Broker) -> Asked {
        let mut asked = Asked::new();
        loop {
            let keys: Vec<Key> = {
                let mut state = self.state.lock();
                let room = PARTITIONS_MAX.saturating_sub(asked.len());
                let keys: Vec<Key> = std::iter::from_fn(|| state.due.pop_first()).take(room).collect();
                if keys.is_empty() {
                    state.is_busy = !asked.is_empty();
                    return asked;
                }
                keys
            };
            // Outside: who is inside of a cell may have a question, and one that waits for a disk keeps nobody else.
            for key in keys {
                if let Some(cell) = broker.replicas.get(key.0, key.1)
                    && let Some(proposal) = cell.isr_proposal()
                {
                    asked.insert(key, (cell, proposal));
                }
            }
        }
    }

    /// Goes on with what is due, after a pause where something failed.
    fn go_on(&self, broker: Arc<Broker>, again: Vec<Key>) {
        let pause_us = {
            let mut state = self.state.lock();
            state.failures = if again.is_empty() { 0 } else { state.failures + 1 };
            state.due.extend(again);
            match state.failures {
                0 => 0,
                failures => (PAUSE_US << (failures - 1).min(16)).min(PAUSE_MAX_US),
            }
        };
        let executor = broker.executor.clone();
        match pause_us {
            0 => executor.defer(Arc::new(Next(broker))),
            _ => executor.control_at(executor.now().monotonic_us + pause_us, Arc::new(Next(broker))),
        }
    }
}

/// Sends the next request, if there is something to ask.
struct Next(Arc<Broker>);

impl Task for Next {
    fn run(self: Arc<Self>, _: Now) {
        let broker = self.0.clone();
        let asked = broker.isr_changes.take(&broker);
        if asked.is_empty() {
            return;
        }
        let (channel, request) = (broker.controller.clone(), request(&broker, &asked));
        call(&*channel, ApiKey::AlterPartition, &request, Patience::Once, move |result, version| {
            let response = result.and_then(|body| {
                AlterPartitionResponse::decode(&mut Cursor::new(&body), version)
                    .map_err(|_| ErrorCode::UnknownServerError)
            });
            let response = response.and_then(|response| match ErrorCode::from_code(response.error_code) {
                ErrorCode::None => Ok(response),
                error => Err(error),
            });
            let again = match response {
                Ok(response) => broker.take_answers(asked, &response),
                Err(error) => {
                    if error != ErrorCode::NotController && broker.isr_changes.line.is_due(broker.executor.now()) {
                        tracing::warn!(%error, "the controller does not change in-sync replicas; trying again");
                    }
                    asked.into_keys().collect()
                }
            };
            broker.isr_changes.clone().go_on(broker, again);
        });
    }
}

impl Broker {
    /// Hands each leader its answer. Returns those whose question is to be asked again.
    fn take_answers(&self, mut asked: Asked, response: &AlterPartitionResponse) -> Vec<Key> {
        let (now, mut again, mut changed) = (self.executor.now(), Vec::new(), Vec::new());
        let ends_earlier = response.takes_no_earlier_copy() && self.has_only_ottla_controllers();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let key = (topic.topic_id, partition.partition_index);
                let Some((cell, proposal)) = asked.remove(&key) else { continue };
                let Some(answer) = answer(partition, ends_earlier) else {
                    again.push(key);
                    continue;
                };
                match &answer {
                    IsrAnswer::Is { isr, partition_epoch, .. } => {
                        changed.push((cell.name.clone(), isr.clone(), *partition_epoch));
                    }
                    other => tracing::debug!(
                        partition = %cell.name,
                        asked = ?proposal.isr,
                        error = %ErrorCode::from_code(partition.error_code),
                        ?other,
                        "in-sync replicas were not changed"
                    ),
                }
                let mut effects = Effects::default();
                cell.isr_answered(&proposal, answer, &mut effects);
                effects.run(&cell, now);
            }
        }
        tell_changed(&changed);
        // An answer that leaves somebody out says nothing about it.
        again.extend(asked.into_keys());
        again
    }

    /// Whether no controller of another kind may come to lead the quorum, as far as the metadata tells: those take every copy
    /// of a request, however late.
    fn has_only_ottla_controllers(&self) -> bool {
        let image = self.image.load();
        !image.controllers.is_empty() && image.controllers.values().all(|it| metadata::is_ottla(it.incarnation_id))
    }

    /// Who lags is to leave the in-sync replicas of the partitions that this broker leads.
    pub(crate) fn check_isrs(&self, now: Now) {
        self.replicas.for_each(|cell| {
            let mut effects = Effects::default();
            cell.check_isr(now, &mut effects);
            effects.run(cell, now);
        });
    }
}

/// What has changed by one answer: a line each, but where a broker has gone or come back with very many.
fn tell_changed(changed: &[(TopicPartition, Vec<NodeId>, PartitionEpoch)]) {
    let first = first_of_many(changed.iter().map(|(name, ..)| name));
    for (partition, isr, partition_epoch) in changed {
        match first {
            None => tracing::info!(%partition, ?isr, partition_epoch, "in-sync replicas changed"),
            Some(_) => tracing::debug!(%partition, ?isr, partition_epoch, "in-sync replicas changed"),
        }
    }
    if let Some(first) = first {
        tracing::info!(count = changed.len(), first, "in-sync replicas of many partitions changed");
    }
}

/// The first of these partitions, where there are too many for a line each.
fn first_of_many<'a>(partitions: impl ExactSizeIterator<Item = &'a TopicPartition>) -> Option<String> {
    (partitions.len() > LINES_MAX).then(|| {
        let first: Vec<String> = partitions.take(LINES_MAX).map(ToString::to_string).collect();
        first.join(",")
    })
}

/// `None`: it is to be asked again. `ends_earlier`: what was asked before is not done any more.
fn answer(partition: &alter_partition_response::PartitionData, ends_earlier: bool) -> Option<IsrAnswer> {
    match ErrorCode::from_code(partition.error_code) {
        ErrorCode::None => Some(IsrAnswer::Is {
            leader_epoch: partition.leader_epoch,
            partition_epoch: partition.partition_epoch,
            isr: partition.isr.clone(),
        }),
        ErrorCode::IneligibleReplica | ErrorCode::OperationNotAttempted => Some(IsrAnswer::Refused { ends_earlier }),
        ErrorCode::UnknownTopicOrPartition
        | ErrorCode::UnknownTopicId
        | ErrorCode::FencedLeaderEpoch
        | ErrorCode::InvalidUpdateVersion
        | ErrorCode::InvalidRequest
        | ErrorCode::NewLeaderElected => Some(IsrAnswer::Outdated),
        _ => None,
    }
}

fn request(broker: &Broker, asked: &Asked) -> AlterPartitionRequest {
    let mut topics: BTreeMap<TopicId, Vec<PartitionData>> = BTreeMap::new();
    for ((topic_id, index), (_, proposal)) in asked {
        let member = |(id, epoch): &(i32, i64)| BrokerState {
            broker_id: *id,
            broker_epoch: if *id == broker.node_id { broker.epoch() } else { *epoch },
            ..Default::default()
        };
        topics.entry(*topic_id).or_default().push(PartitionData {
            partition_index: *index,
            leader_epoch: proposal.leader_epoch,
            new_isr_with_epochs: proposal.isr.iter().map(member).collect(),
            partition_epoch: proposal.partition_epoch,
            ..Default::default()
        });
    }
    let request = AlterPartitionRequest {
        broker_id: broker.node_id,
        broker_epoch: broker.epoch(),
        topics: topics
            .into_iter()
            .map(|(topic_id, partitions)| TopicData { topic_id, partitions, ..Default::default() })
            .collect(),
        ..Default::default()
    };
    let number = broker.isr_changes.number.fetch_add(1, Ordering::Relaxed);
    request.with_copy(RequestCopy { controller_epoch: broker.controller_epoch(), number })
}

#[cfg(test)]
mod tests;
