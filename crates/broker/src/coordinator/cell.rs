//! A coordinator's runtime and what carries out its effects. Records go through the partition's own append path, replies
//! wait for the high watermark.
//!
//! ```text
//!              input                                    large, or the turn is used up
//!   anybody ----------> is the runtime at home? -- yes --> its taker steps it ------+----------> a thread that may
//!                          |                               until nothing waits,     |            take its time goes on
//!                          no: the input waits in order    then brings it home <----+----------- as its taker
//! ```
//! Nobody waits for the runtime: an event loop leaves its input behind for whoever has it. No lock is held while it is
//! stepped, nor while effects are carried out, and inputs are stepped in the order in which they came.

use super::load;
use crate::broker::Broker;
use crate::partition::{AckWaiter, Acks, AppendError, Effects as PartitionEffects, PartitionCell, own_batch};
use base::{ErrorCode, LeaderEpoch, Now, Offset, PartitionIndex, Task, TopicId};
use coordinator::{Appended, Effects, Input, Log, Machine, Record, Runtime, Weight};
use metadata::Image;
use parking_lot::Mutex;
use records::{BatchBuilder, BatchOptions, Compression};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};

/// Inputs that whoever has the runtime steps on an event loop before it leaves the rest to another thread.
const TURN_INPUTS_MAX: usize = 64;
/// Requests that wait while the runtime is at a long computation.
const WAITING_MAX: usize = 100_000;

/// What the shell has to know of a kind of coordinator.
pub(super) trait Host: Send + Sync + 'static {
    type Machine: Machine;
    type Caller: Send;

    /// A machine that knows nothing yet.
    fn machine(&self) -> Self::Machine;

    /// Steps the runtime with what its machine may look up.
    fn step(
        runtime: &mut Runtime<Self::Machine, Self::Caller>,
        now: Now,
        input: Input<Self::Machine, Self::Caller>,
        image: &Image,
        log: &mut dyn Log,
    ) -> Effects<Self::Machine, Self::Caller>;

    fn answer(caller: Self::Caller, response: <Self::Machine as Machine>::Response);
}

pub(super) type InputOf<H> = Input<<H as Host>::Machine, <H as Host>::Caller>;
type RuntimeOf<H> = Box<Runtime<<H as Host>::Machine, <H as Host>::Caller>>;
type Answers<H> = Vec<(<H as Host>::Caller, <<H as Host>::Machine as Machine>::Response)>;

/// Where an input is stepped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On a thread that others wait for.
    Loop,
    /// On one that may take its time.
    Worker,
}

/// The coordinator of one partition in one epoch.
pub(super) struct CoordinatorCell<H: Host> {
    pub topic_id: TopicId,
    pub partition: PartitionIndex,
    pub epoch: LeaderEpoch,
    pub(super) host: H,
    pub(super) broker: Weak<Broker>,
    pub(super) myself: Weak<CoordinatorCell<H>>,
    commit_timeout_us: u64,
    inbox: Mutex<Inbox<H>>,
}

struct Inbox<H: Host> {
    /// `None`: somebody steps it.
    runtime: Option<RuntimeOf<H>>,
    waiting: VecDeque<InputOf<H>>,
    /// When the timer that was set last goes off.
    timer_us: Option<u64>,
}

impl<H: Host> CoordinatorCell<H> {
    pub fn new(
        broker: &Arc<Broker>,
        (topic_id, partition, epoch): (TopicId, PartitionIndex, LeaderEpoch),
        host: H,
        commit_timeout_us: u64,
    ) -> Arc<CoordinatorCell<H>> {
        let runtime = Some(Box::new(Runtime::new(epoch)));
        Arc::new_cyclic(|myself| CoordinatorCell {
            topic_id,
            partition,
            epoch,
            host,
            broker: Arc::downgrade(broker),
            myself: myself.clone(),
            commit_timeout_us,
            inbox: Mutex::new(Inbox { runtime, waiting: VecDeque::new(), timer_us: None }),
        })
    }

    /// Reads the partition, and holds up nobody meanwhile. Blocks on the disk.
    pub fn load(&self) {
        let is_wanted = self.inbox.lock().runtime.as_ref().is_none_or(|runtime| runtime.is_loading());
        if is_wanted && let Some(input) = load::load(self) {
            self.enter(input, Place::Worker);
        }
    }

    /// Takes an input, here and now or after those that are before it.
    pub fn enter(&self, input: InputOf<H>, place: Place) {
        let mut inbox = self.inbox.lock();
        match (inbox.runtime.take(), input) {
            (Some(runtime), input) => {
                drop(inbox);
                self.work_off(runtime, input, place);
            }
            (None, Input::Request(request, caller)) if inbox.waiting.len() >= WAITING_MAX => {
                drop(inbox);
                H::answer(caller, H::Machine::refuse(&request, ErrorCode::CoordinatorLoadInProgress));
            }
            (None, input) => inbox.waiting.push_back(input),
        }
    }

    fn work_off(&self, mut runtime: RuntimeOf<H>, first: InputOf<H>, place: Place) {
        let Some(broker) = self.broker.upgrade() else { return };
        let mut input = first;
        for steps in 0.. {
            let now = broker.executor.now();
            let is_long = steps >= TURN_INPUTS_MAX || runtime.weight(now, &input) == Weight::Large;
            if place == Place::Loop && is_long {
                let Some(this) = self.myself.upgrade() else { return };
                let go_on = move || this.work_off(runtime, input, Place::Worker);
                return broker.executor.run_reading(Box::new(go_on));
            }
            self.step(&broker, &mut runtime, now, input);
            let mut inbox = self.inbox.lock();
            match inbox.waiting.pop_front() {
                Some(next) => input = next,
                None => {
                    self.set_timer(&broker, &mut inbox, runtime.next_deadline_us());
                    inbox.runtime = Some(runtime);
                    return;
                }
            }
        }
    }

    fn step(&self, broker: &Arc<Broker>, runtime: &mut RuntimeOf<H>, now: Now, input: InputOf<H>) {
        let partition = broker.replicas.get(self.topic_id, self.partition);
        let codec = broker.static_config.groups.offsets.topic_compression;
        let compression = crate::topic_settings::codec(codec).into();
        let mut log = PartitionLog { partition: partition.as_ref(), compression, effects: PartitionEffects::default() };
        let image = broker.image.load();
        let effects = H::step(runtime, now, input, &image, &mut log);
        let appended = log.effects;
        if let Some(partition) = &partition {
            appended.run(partition, now);
        }
        for (offset, error) in effects.left_aside {
            tracing::error!(partition = self.partition, offset, error, "a coordinator cannot read its own record");
        }
        if let (Some(what), Some(partition)) = (effects.broken, &partition) {
            take_out_of_service(partition, what, now);
        }
        self.answer_after_commit(partition.as_ref(), effects.committed_at, effects.after_commit, now);
        effects.replies.into_iter().for_each(|(caller, response)| H::answer(caller, response));
        for work in effects.work {
            let Some(this) = self.myself.upgrade() else { return };
            broker.executor.run_reading(Box::new(move || this.enter(Input::Done(work()), Place::Worker)));
        }
    }

    fn answer_after_commit(
        &self,
        partition: Option<&Arc<PartitionCell>>,
        offset: Offset,
        answers: Answers<H>,
        now: Now,
    ) {
        if answers.is_empty() {
            return;
        }
        let wait = Arc::new(CommitWait::<H> { answers: Mutex::new(answers) });
        let waiter: Arc<dyn AckWaiter> = wait.clone();
        let deadline_us = now.monotonic_us + self.commit_timeout_us;
        match partition {
            // Its topic is being deleted.
            None => wait.acknowledged(0, Err(ErrorCode::NotLeaderOrFollower), now),
            Some(partition) => match partition.wait_for_commit(self.epoch, offset, &waiter, deadline_us) {
                Ok(false) => {}
                Ok(true) => wait.acknowledged(0, Ok(()), now),
                Err(error) => wait.acknowledged(0, Err(error), now),
            },
        }
    }

    fn set_timer(&self, broker: &Arc<Broker>, inbox: &mut Inbox<H>, deadline_us: Option<u64>) {
        let Some(deadline_us) = deadline_us else { return };
        if inbox.timer_us.is_some_and(|at| at <= deadline_us) {
            return;
        }
        inbox.timer_us = Some(deadline_us);
        if let Some(this) = self.myself.upgrade() {
            broker.executor.control_at(deadline_us, this);
        }
    }
}

impl<H: Host> Task for CoordinatorCell<H> {
    fn run(self: Arc<Self>, now: Now) {
        {
            let mut inbox = self.inbox.lock();
            if inbox.timer_us.is_none_or(|at| at > now.monotonic_us) {
                return;
            }
            inbox.timer_us = None;
        }
        self.enter(Input::Timer, Place::Loop);
    }
}

/// What does not hold is named; whoever waits for the partition is told, and its directory stays in service.
fn take_out_of_service(partition: &Arc<PartitionCell>, what: &'static str, now: Now) {
    partition.with_log(|log| log.mark_broken(what));
    let mut effects = PartitionEffects::default();
    partition.mark_failed(&mut effects);
    effects.run(partition, now);
}

/// The partition as its coordinator writes it.
struct PartitionLog<'a> {
    partition: Option<&'a Arc<PartitionCell>>,
    compression: Compression,
    effects: PartitionEffects,
}

impl Log for PartitionLog<'_> {
    fn append(&mut self, now: Now, epoch: LeaderEpoch, records: &[Record]) -> Result<Appended, ErrorCode> {
        let partition = self.partition.ok_or(ErrorCode::NotLeaderOrFollower)?;
        let appended = self.append_to(partition, now, epoch, records);
        if let Err(error) = &appended
            && partition.directory().coordinator_line.is_due(now)
        {
            tracing::warn!(partition = %partition.name, %error, "a coordinator's records were not appended");
        }
        appended
    }
}

impl PartitionLog<'_> {
    fn append_to(
        &mut self,
        partition: &Arc<PartitionCell>,
        now: Now,
        epoch: LeaderEpoch,
        records: &[Record],
    ) -> Result<Appended, ErrorCode> {
        // An epoch that is over is `FencedLeaderEpoch`; one that the partition has not heard of yet may be tried again. What
        // changes between here and the append is refused there.
        partition.check_leadership(epoch).map_err(|error| match error {
            ErrorCode::UnknownLeaderEpoch => ErrorCode::NotLeaderOrFollower,
            other => other,
        })?;
        let options = BatchOptions { compression: self.compression, ..BatchOptions::default() };
        let mut builder = BatchBuilder::new(options);
        for record in records {
            builder.append(now.wall_ms, Some(&record.key), record.value.as_deref(), &[]);
        }
        let bytes = builder.finish().map_err(|_| ErrorCode::UnknownServerError)?;
        let batch = own_batch(&bytes).map_err(|_| ErrorCode::UnknownServerError)?;
        // The replies wait by themselves; the append needs no waiter of its own.
        match partition.append_unwatched(&batch, epoch, Acks::All, now, &mut self.effects) {
            Ok(outcome) => {
                Ok(Appended { base_offset: outcome.base_offset, end_offset: outcome.last_offset + 1, epoch })
            }
            Err(AppendError::Refused(error)) => Err(error),
            Err(AppendError::Storage(error)) => {
                if error.is_shortage() {
                    partition.directory().tell_shortage(&error);
                }
                Err(error.error_code())
            }
        }
    }
}

/// Replies that wait until the log is committed up to an offset.
struct CommitWait<H: Host> {
    answers: Mutex<Answers<H>>,
}

impl<H: Host> AckWaiter for CommitWait<H> {
    fn acknowledged(&self, _: usize, result: Result<(), ErrorCode>, _: Now) {
        for (caller, response) in std::mem::take(&mut *self.answers.lock()) {
            match result {
                Ok(()) => H::answer(caller, response),
                Err(error) => H::answer(caller, H::Machine::fail(response, error)),
            }
        }
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
impl<H: Host> CoordinatorCell<H> {
    pub fn is_loading(&self) -> bool {
        self.inbox.lock().runtime.as_ref().is_none_or(|runtime| runtime.is_loading())
    }
}
