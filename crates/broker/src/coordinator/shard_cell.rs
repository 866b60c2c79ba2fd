//! A shard and what carries out its outputs: records go through the partition's own append path, replies wait for the
//! high watermark. Plan, append and replay of one call happen under one lock, so that the log and the state agree.

use super::Target;
use crate::broker::Broker;
use crate::partition::{AckWaiter, Acks, AppendError, Effects, PartitionCell, own_batch};
use base::{ErrorCode, LeaderEpoch, Map, Now, Offset, PartitionIndex, SplitMix64, Task, TopicId};
use group::{GroupRequest, GroupSettings, Output, PendingReply, RequestContext, Shard, Topics, append_error};
use metadata::Image;
use parking_lot::Mutex;
use records::{BatchBuilder, BatchOptions, Compression, batches};
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use storage::ReadLimits;

/// Bytes of the log that loading reads at once.
const LOAD_BYTES: usize = 1 << 20;
/// A load that something was short for is begun anew after this time.
const LOAD_AGAIN_US: u64 = 1_000_000;

pub(super) struct ShardCell {
    pub topic_id: TopicId,
    pub partition: PartitionIndex,
    pub epoch: LeaderEpoch,
    broker: Weak<Broker>,
    settings: GroupSettings,
    /// Of the member ids that the shard gives.
    seed: u64,
    state: Mutex<State>,
    commit_timeout_us: u64,
    myself: Weak<ShardCell>,
}

struct State {
    shard: Shard,
    phase: Phase,
    targets: Map<u64, Target>,
    next_token: u64,
    /// The log must be committed up to here for replies that wait.
    appended: Offset,
    /// When the timer that was set last goes off.
    timer_us: Option<u64>,
    /// Topics that were deleted while the shard was loading.
    deleted: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Loading,
    Active,
    Resigned,
}

/// Replies to deliver once the shard's lock is released.
#[derive(Default)]
struct Deliveries {
    now: Vec<(Target, group::GroupResponse)>,
    effects: Option<(Arc<PartitionCell>, Effects)>,
}

impl Deliveries {
    fn run(self, now: Now) {
        if let Some((cell, effects)) = self.effects {
            effects.run(&cell, now);
        }
        for (target, response) in self.now {
            target.send(response);
        }
    }
}

impl ShardCell {
    pub fn new(
        broker: &Arc<Broker>,
        topic_id: TopicId,
        partition: PartitionIndex,
        epoch: LeaderEpoch,
        settings: GroupSettings,
        seed: u64,
        commit_timeout_us: u64,
    ) -> Arc<ShardCell> {
        let state = State {
            shard: Shard::new(settings.clone(), Box::new(SplitMix64(seed))),
            phase: Phase::Loading,
            targets: Map::default(),
            next_token: 1,
            appended: 0,
            timer_us: None,
            deleted: BTreeSet::new(),
        };
        Arc::new_cyclic(|myself| ShardCell {
            topic_id,
            partition,
            epoch,
            broker: Arc::downgrade(broker),
            settings,
            seed,
            state: Mutex::new(state),
            commit_timeout_us,
            myself: myself.clone(),
        })
    }

    /// Reads the partition from its beginning, and holds up nobody meanwhile: requests are told that the coordinator is
    /// loading. Blocks on the disk.
    pub fn load(&self) {
        let Some(broker) = self.broker.upgrade() else { return };
        let Some(cell) = broker.replicas.get(self.topic_id, self.partition) else { return };
        let started = broker.executor.now();
        if self.state.lock().phase != Phase::Loading {
            return;
        }
        let mut shard = Shard::new(self.settings.clone(), Box::new(SplitMix64(self.seed)));
        let records = match self.replay_log(&cell, &mut shard) {
            Ok(records) => records,
            Err(error) if error.is_shortage() => {
                cell.directory.tell_shortage(&error);
                if let Some(this) = self.myself.upgrade() {
                    cell.directory.run_later(LOAD_AGAIN_US, Box::new(move || this.load()));
                }
                return;
            }
            Err(error) => {
                tracing::error!(partition = %cell.name, %error, "the coordinator's partition cannot be read");
                self.state.lock().phase = Phase::Resigned;
                if error.fails_log_dir() {
                    cell.directory.report(&error);
                }
                return;
            }
        };
        let now = broker.executor.now();
        let output = shard.loaded(now);
        let mut state = self.state.lock();
        if state.phase != Phase::Loading {
            // Another one may own the partition by now.
            return;
        }
        state.phase = Phase::Active;
        state.shard = shard;
        let mut all = vec![self.carry_out(&broker, &mut state, output, now)];
        let deleted: Vec<String> = std::mem::take(&mut state.deleted).into_iter().collect();
        all.extend(self.forget_topics(&broker, &mut state, &deleted, now));
        drop(state);
        all.into_iter().for_each(|deliveries| deliveries.run(now));
        let took_ms = (now.monotonic_us - started.monotonic_us) / 1000;
        tracing::debug!(partition = %cell.name, records, took_ms, "coordinator loaded");
    }

    fn replay_log(&self, cell: &PartitionCell, shard: &mut Shard) -> Result<usize, storage::StorageError> {
        let (mut next, end) = cell.with_log(|log| (log.log_start_offset(), log.log_end_offset()));
        let mut count = 0;
        while next < end {
            let limits = ReadLimits { bytes_max: LOAD_BYTES, upper_bound: end, at_least_one: true, aborted: false };
            let slice = cell.with_log(|log| log.read(next, &limits))?;
            let bytes = slice.read()?;
            let before = next;
            for batch in batches(&bytes) {
                let batch = batch?;
                next = batch.next_offset();
                let open = batch.open(256 << 20)?;
                for record in open.records() {
                    let record = record?;
                    count += 1;
                    if batch.is_control() {
                        let marker = records::control::EndTransactionMarker::from_record(
                            batch.producer_id(),
                            batch.producer_epoch(),
                            &record,
                        )?;
                        if let Some(marker) = marker {
                            shard.replay_end_transaction(marker.producer_id, marker.committed);
                        }
                        continue;
                    }
                    let producer = if batch.is_transactional() { batch.producer_id() } else { -1 };
                    let key = record.key.unwrap_or_default();
                    if let Err(error) = shard.replay(record.offset, producer, key, record.value) {
                        tracing::warn!(partition = %cell.name, offset = record.offset, %error, "a record is left aside");
                    }
                }
            }
            if next <= before {
                break;
            }
        }
        Ok(count)
    }

    /// Takes a request; its answer goes to `target`.
    pub fn handle(&self, context: RequestContext<'_>, request: GroupRequest<'_>, target: Target) {
        let Some(broker) = self.broker.upgrade() else { return };
        let now = broker.executor.now();
        let mut state = self.state.lock();
        let refused = match state.phase {
            Phase::Active => None,
            Phase::Loading => Some(ErrorCode::CoordinatorLoadInProgress),
            Phase::Resigned => Some(ErrorCode::NotCoordinator),
        };
        if let Some(error) = refused {
            drop(state);
            return target.send(request.error_response(context.version, error));
        }
        let token = state.next_token;
        state.next_token += 1;
        state.targets.insert(token, target);
        let image = broker.image.load();
        let output = state.shard.handle(now, context, &ImageTopics(&image), request, token);
        let deliveries = self.carry_out(&broker, &mut state, output, now);
        drop(state);
        deliveries.run(now);
    }

    pub fn topics_deleted(&self, names: &[String]) {
        let Some(broker) = self.broker.upgrade() else { return };
        let now = broker.executor.now();
        let mut state = self.state.lock();
        let all = match state.phase {
            Phase::Loading => {
                state.deleted.extend(names.iter().cloned());
                return;
            }
            Phase::Active => self.forget_topics(&broker, &mut state, names, now),
            Phase::Resigned => return,
        };
        drop(state);
        all.into_iter().for_each(|deliveries| deliveries.run(now));
    }

    fn forget_topics(&self, broker: &Arc<Broker>, state: &mut State, names: &[String], now: Now) -> Vec<Deliveries> {
        let outputs = state.shard.topics_deleted(names);
        outputs.into_iter().map(|output| self.carry_out(broker, state, output, now)).collect()
    }

    /// Leadership is lost: whoever waits is told.
    pub fn resign(&self) {
        let mut state = self.state.lock();
        state.phase = Phase::Resigned;
        let replies = state.shard.resign(ErrorCode::NotCoordinator);
        let answers: Vec<_> = replies
            .into_iter()
            .filter_map(|reply| Some((state.targets.remove(&reply.token)?, reply.response)))
            .collect();
        state.targets.clear();
        drop(state);
        for (target, response) in answers {
            target.send(response);
        }
    }

    /// Appends, replays, sorts the replies and sets the timer.
    fn carry_out(&self, broker: &Arc<Broker>, state: &mut State, output: Output, now: Now) -> Deliveries {
        let mut deliveries = Deliveries::default();
        let mut output = output;
        let Some(cell) = broker.replicas.get(self.topic_id, self.partition) else {
            // Its topic is being deleted; who is parked is told when leadership ends.
            let output = state.shard.append_failed(now, output, ErrorCode::NotLeaderOrFollower);
            deliveries.now = output
                .replies
                .into_iter()
                .filter_map(|reply| Some((state.targets.remove(&reply.token)?, reply.response)))
                .collect();
            return deliveries;
        };
        if !output.records.is_empty() {
            let mut effects = Effects::default();
            let codec = broker.static_config.groups.offsets.topic_compression;
            match append(&cell, self.epoch, &output, crate::topic_settings::codec(codec).into(), now, &mut effects) {
                Ok((base_offset, end_offset)) => {
                    for (i, record) in output.records.iter().enumerate() {
                        let offset = base_offset + i as Offset;
                        if let Err(error) = state.shard.replay(offset, -1, &record.key, record.value.as_deref()) {
                            tracing::error!(partition = %cell.name, %error, "a coordinator cannot read its own record");
                        }
                    }
                    state.appended = end_offset;
                }
                Err(error) => {
                    tracing::warn!(partition = %cell.name, %error, "a coordinator's records were not appended");
                    for record in output.records.iter().filter(|_| base::mutant(base::Mutant::OffsetsBeforeLog)) {
                        let _remembered = state.shard.replay(state.appended, -1, &record.key, record.value.as_deref());
                    }
                    output = state.shard.append_failed(now, output, error);
                }
            }
            deliveries.effects = Some((cell.clone(), effects));
        }
        let mut waiting = Vec::new();
        for reply in output.replies {
            let Some(target) = state.targets.remove(&reply.token) else { continue };
            if reply.after_commit {
                waiting.push((target, reply));
            } else {
                deliveries.now.push((target, reply.response));
            }
        }
        if !waiting.is_empty() {
            self.wait_for_commit(&cell, state.appended, waiting, &mut deliveries, now);
        }
        self.set_timer(broker, state);
        deliveries
    }

    fn wait_for_commit(
        &self,
        cell: &Arc<PartitionCell>,
        offset: Offset,
        waiting: Vec<(Target, PendingReply)>,
        deliveries: &mut Deliveries,
        now: Now,
    ) {
        let wait = Arc::new(CommitWait { replies: Mutex::new(waiting) });
        let waiter: Arc<dyn AckWaiter> = wait.clone();
        let deadline_us = now.monotonic_us + self.commit_timeout_us;
        let error = match cell.wait_for_commit(self.epoch, offset, &waiter, deadline_us) {
            Ok(false) => return,
            Ok(true) => None,
            Err(error) => Some(append_error(error)),
        };
        let replies = std::mem::take(&mut *wait.replies.lock());
        deliveries.now.extend(replies.into_iter().map(|(target, reply)| match error {
            None => (target, reply.response),
            Some(error) => (target, reply.response.into_error(error)),
        }));
    }

    fn set_timer(&self, broker: &Arc<Broker>, state: &mut State) {
        let Some(deadline) = state.shard.next_deadline_us() else { return };
        if state.timer_us.is_some_and(|at| at <= deadline) {
            return;
        }
        state.timer_us = Some(deadline);
        if let Some(this) = self.myself.upgrade() {
            broker.executor.control_at(deadline, this);
        }
    }
}

impl Task for ShardCell {
    fn run(self: Arc<Self>, now: Now) {
        let Some(broker) = self.broker.upgrade() else { return };
        let mut state = self.state.lock();
        if state.timer_us.is_none_or(|at| at > now.monotonic_us) || state.phase != Phase::Active {
            return;
        }
        state.timer_us = None;
        let output = state.shard.on_timer(now);
        let deliveries = self.carry_out(&broker, &mut state, output, now);
        drop(state);
        deliveries.run(now);
    }
}

/// Appends the records of an output as one batch; returns where they begin and end.
fn append(
    cell: &PartitionCell,
    epoch: LeaderEpoch,
    output: &Output,
    compression: Compression,
    now: Now,
    effects: &mut Effects,
) -> Result<(Offset, Offset), ErrorCode> {
    let mut builder = BatchBuilder::new(BatchOptions { compression, ..BatchOptions::default() });
    for record in &output.records {
        builder.append(now.wall_ms, Some(&record.key), record.value.as_deref(), &[]);
    }
    let bytes = builder.finish().map_err(|_| ErrorCode::UnknownServerError)?;
    let batch = own_batch(&bytes).map_err(|_| ErrorCode::UnknownServerError)?;
    // The replies wait by themselves; the append needs no waiter of its own.
    match cell.append_unwatched(&batch, epoch, Acks::All, now, effects) {
        Ok(outcome) => Ok((outcome.base_offset, outcome.last_offset + 1)),
        Err(AppendError::Refused(error)) => Err(error),
        Err(AppendError::Storage(error)) => {
            if error.is_shortage() {
                cell.directory.tell_shortage(&error);
            }
            Err(error.error_code())
        }
    }
}

/// Replies that wait until the log is committed up to an offset.
struct CommitWait {
    replies: Mutex<Vec<(Target, PendingReply)>>,
}

impl CommitWait {
    fn fail(&self, error: ErrorCode) {
        for (target, reply) in std::mem::take(&mut *self.replies.lock()) {
            target.send(reply.response.into_error(append_error(error)));
        }
    }
}

impl AckWaiter for CommitWait {
    fn acknowledged(&self, _: usize, result: Result<(), ErrorCode>, _: Now) {
        match result {
            Ok(()) => {
                for (target, reply) in std::mem::take(&mut *self.replies.lock()) {
                    target.send(reply.response);
                }
            }
            Err(error) => self.fail(error),
        }
    }
}

struct ImageTopics<'a>(&'a Image);

impl Topics for ImageTopics<'_> {
    fn name(&self, id: TopicId) -> Option<String> {
        self.0.topic(id).map(|topic| topic.name.clone())
    }

    fn id(&self, name: &str) -> Option<TopicId> {
        self.0.topic_id(name)
    }

    fn has_partition(&self, topic: &str, partition: PartitionIndex) -> bool {
        self.0.topic_by_name(topic).is_some_and(|topic| topic.partitions.contains_key(&partition))
    }
}
