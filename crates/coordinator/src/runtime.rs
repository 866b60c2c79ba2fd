//! The cycle: one input, its plan, the append, the replay, the replies.

use crate::loading::Loaded;
use crate::machine::{Machine, Plan, Record, Reply, StoredRecord, Weight, Work};
use base::{ErrorCode, LeaderEpoch, Now, Offset};
use std::collections::BTreeMap;

/// Where the records of an append ended up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    pub base_offset: Offset,
    /// Behind the last record.
    pub end_offset: Offset,
    /// The epoch under which they were appended.
    pub epoch: LeaderEpoch,
}

/// The partition's log as the runtime writes it.
pub trait Log {
    /// Appends the records as one batch, as the leader of this epoch. `FencedLeaderEpoch`: the epoch is over.
    fn append(&mut self, now: Now, epoch: LeaderEpoch, records: &[Record]) -> Result<Appended, ErrorCode>;
}

/// All that happens to a coordinator. `C` is who asks.
pub enum Input<M: Machine, C> {
    Request(M::Request, C),
    Notice(M::Notice),
    /// [`Runtime::next_deadline_us`] may have come.
    Timer,
    /// Work that was handed out is over.
    Done(M::Done),
    Loaded(Loaded<M>),
    /// The partition cannot be read.
    Unreadable,
    /// What must always hold of the partition does not.
    Broken(&'static str),
    /// Leadership is lost.
    Resign,
}

/// What is to be done after a step.
pub struct Effects<M: Machine, C> {
    /// To be sent at once.
    pub replies: Vec<(C, M::Response)>,
    /// To be sent when everything below `committed_at` is committed; [`Machine::fail`] where it is not.
    pub after_commit: Vec<(C, M::Response)>,
    pub committed_at: Offset,
    /// To be run elsewhere; what it brings back is an input.
    pub work: Vec<Work<M::Done>>,
    /// Records of the machine's own that it cannot read.
    pub left_aside: Vec<(Offset, String)>,
    /// What does not hold: the partition is to be taken out of service.
    pub broken: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Loading,
    Active,
    Resigned,
    Broken,
}

/// A coordinator of one partition, in one epoch of its leadership.
pub struct Runtime<M: Machine, C> {
    epoch: LeaderEpoch,
    phase: Phase,
    machine: Option<M>,
    callers: BTreeMap<u64, C>,
    next_token: u64,
    /// Everything below this is in the log.
    appended: Offset,
    /// What the machine is told once it is loaded.
    kept: Vec<M::Notice>,
}

impl<M: Machine, C> Runtime<M, C> {
    /// A coordinator that waits for its partition to be loaded.
    pub fn new(epoch: LeaderEpoch) -> Runtime<M, C> {
        Runtime {
            epoch,
            phase: Phase::Loading,
            machine: None,
            callers: BTreeMap::new(),
            next_token: 1,
            appended: 0,
            kept: Vec::new(),
        }
    }

    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    pub fn is_loading(&self) -> bool {
        self.phase == Phase::Loading
    }

    /// The machine, where it is loaded and this is its coordinator.
    pub fn machine(&self) -> Option<&M> {
        self.machine.as_ref()
    }

    /// When [`Input::Timer`] is wanted. It may be early, never late.
    pub fn next_deadline_us(&self) -> Option<u64> {
        self.machine.as_ref().and_then(M::next_deadline_us)
    }

    /// How long the input may keep who steps it.
    pub fn weight(&self, now: Now, input: &Input<M, C>) -> Weight {
        let Some(machine) = &self.machine else {
            return if matches!(input, Input::Loaded(_)) { Weight::Large } else { Weight::Small };
        };
        match input {
            Input::Request(request, _) => machine.request_weight(request),
            Input::Notice(notice) => machine.notice_weight(notice),
            Input::Timer => machine.timer_weight(now),
            Input::Done(_) | Input::Loaded(_) | Input::Unreadable | Input::Broken(_) | Input::Resign => Weight::Small,
        }
    }

    /// Takes one input. The effects are to be carried out in the order of the steps.
    pub fn step(&mut self, now: Now, input: Input<M, C>, view: &M::View<'_>, log: &mut dyn Log) -> Effects<M, C> {
        let mut effects = Effects {
            replies: Vec::new(),
            after_commit: Vec::new(),
            committed_at: 0,
            work: Vec::new(),
            left_aside: Vec::new(),
            broken: None,
        };
        match input {
            Input::Request(request, caller) => self.request(now, (request, caller), view, log, &mut effects),
            Input::Notice(notice) if self.phase == Phase::Loading => self.kept.push(notice),
            Input::Notice(notice) => self.tell(now, &notice, log, &mut effects),
            Input::Timer => self.plan(now, log, &mut effects, |machine| machine.on_timer(now)),
            Input::Done(done) => self.plan(now, log, &mut effects, |machine| machine.work_done(now, done)),
            Input::Loaded(loaded) => self.loaded(now, loaded, log, &mut effects),
            Input::Unreadable | Input::Resign => self.end(Phase::Resigned, &mut effects),
            Input::Broken(what) => self.break_off(what, &mut effects),
        }
        while let Some(work) = self.machine.as_mut().and_then(M::take_work) {
            effects.work.push(work);
        }
        effects.committed_at = self.appended;
        effects
    }

    fn request(
        &mut self,
        now: Now,
        (request, caller): (M::Request, C),
        view: &M::View<'_>,
        log: &mut dyn Log,
        effects: &mut Effects<M, C>,
    ) {
        let error = match self.phase {
            Phase::Active => {
                let token = self.next_token;
                self.next_token += 1;
                self.callers.insert(token, caller);
                return self.plan(now, log, effects, |machine| machine.plan(now, view, request, token));
            }
            Phase::Loading => ErrorCode::CoordinatorLoadInProgress,
            Phase::Resigned | Phase::Broken => ErrorCode::NotCoordinator,
        };
        effects.replies.push((caller, M::refuse(&request, error)));
    }

    fn loaded(&mut self, now: Now, loaded: Loaded<M>, log: &mut dyn Log, effects: &mut Effects<M, C>) {
        if self.phase != Phase::Loading {
            // Another one may own the partition by now.
            return;
        }
        self.phase = Phase::Active;
        self.machine = Some(loaded.machine);
        self.appended = loaded.end;
        self.plan(now, log, effects, |machine| machine.loaded(now));
        for notice in std::mem::take(&mut self.kept) {
            self.tell(now, &notice, log, effects);
        }
    }

    fn tell(&mut self, now: Now, notice: &M::Notice, log: &mut dyn Log, effects: &mut Effects<M, C>) {
        let Some(machine) = &mut self.machine else { return };
        for plan in machine.notice(now, notice) {
            self.carry_out(now, plan, log, effects);
        }
    }

    fn plan(
        &mut self,
        now: Now,
        log: &mut dyn Log,
        effects: &mut Effects<M, C>,
        plan: impl FnOnce(&mut M) -> Plan<M::Response>,
    ) {
        let Some(machine) = &mut self.machine else { return };
        let plan = plan(machine);
        self.carry_out(now, plan, log, effects);
    }

    /// Appends, replays, and sorts the replies.
    fn carry_out(&mut self, now: Now, plan: Plan<M::Response>, log: &mut dyn Log, effects: &mut Effects<M, C>) {
        if plan.records.is_empty() {
            return self.deliver(plan.replies, effects);
        }
        let before = self.appended;
        match log.append(now, self.epoch, &plan.records) {
            Ok(appended) => match self.broken_by(&appended, plan.records.len()) {
                None => self.replay(appended, plan, effects),
                Some(what) => {
                    self.take_back(now, plan, ErrorCode::NotLeaderOrFollower, effects);
                    self.break_off(what, effects);
                }
            },
            Err(error) => {
                if base::mutant(base::Mutant::OffsetsBeforeLog) {
                    self.remember(before, &plan.records, &mut Vec::new());
                }
                match error {
                    ErrorCode::FencedLeaderEpoch => {
                        self.take_back(now, plan, ErrorCode::NotLeaderOrFollower, effects);
                        self.end(Phase::Resigned, effects);
                    }
                    error => self.take_back(now, plan, error, effects),
                }
            }
        }
    }

    fn broken_by(&self, appended: &Appended, records: usize) -> Option<&'static str> {
        if appended.epoch != self.epoch {
            return Some("a coordinator appends in its own epoch");
        }
        if appended.base_offset < self.appended {
            return Some("a coordinator's append begins at or above what it appended before");
        }
        let is_whole = appended.end_offset - appended.base_offset == records as Offset;
        (!is_whole).then_some("a coordinator's append has an offset for each record")
    }

    fn replay(&mut self, appended: Appended, plan: Plan<M::Response>, effects: &mut Effects<M, C>) {
        self.remember(appended.base_offset, &plan.records, &mut effects.left_aside);
        self.appended = appended.end_offset;
        self.deliver(plan.replies, effects);
    }

    fn remember(&mut self, base_offset: Offset, records: &[Record], left_aside: &mut Vec<(Offset, String)>) {
        let Some(machine) = &mut self.machine else { return };
        for (offset, record) in (base_offset..).zip(records) {
            let value = record.value.as_deref();
            if let Err(error) = machine.replay(StoredRecord { offset, producer_id: -1, key: &record.key, value }) {
                left_aside.push((offset, error.to_string()));
            }
        }
    }

    fn take_back(&mut self, now: Now, plan: Plan<M::Response>, error: ErrorCode, effects: &mut Effects<M, C>) {
        let Some(machine) = &mut self.machine else { return };
        let reverted = machine.append_failed(now, plan, error);
        let is_whole = reverted.records.is_empty();
        self.deliver(reverted.replies, effects);
        if !is_whole {
            self.break_off("nothing is appended for an append that failed", effects);
        }
    }

    fn deliver(&mut self, replies: Vec<Reply<M::Response>>, effects: &mut Effects<M, C>) {
        for reply in replies {
            let Some(caller) = self.callers.remove(&reply.token) else { continue };
            match reply.after_commit {
                true => effects.after_commit.push((caller, reply.response)),
                false => effects.replies.push((caller, reply.response)),
            }
        }
    }

    fn break_off(&mut self, what: &'static str, effects: &mut Effects<M, C>) {
        if matches!(self.phase, Phase::Loading | Phase::Active) {
            effects.broken = Some(what);
            self.end(Phase::Broken, effects);
        }
    }

    /// Whoever waits is told, and state that was not committed goes.
    fn end(&mut self, phase: Phase, effects: &mut Effects<M, C>) {
        if !matches!(self.phase, Phase::Loading | Phase::Active) {
            return;
        }
        self.phase = phase;
        self.kept.clear();
        if let Some(mut machine) = self.machine.take() {
            let replies = machine.resign(ErrorCode::NotCoordinator);
            self.deliver(replies, effects);
        }
        self.callers.clear();
    }
}
