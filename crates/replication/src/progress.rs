//! How far a follower has come, as its leader sees it.

use base::{BrokerEpoch, NodeId, Offset};

/// A broker that fetches a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchingReplica {
    pub id: NodeId,
    /// The epoch of its registration, -1 where it does not say.
    pub broker_epoch: BrokerEpoch,
    /// The metadata has it in service under this epoch: it may be in sync (KIP-841, KIP-903).
    pub is_eligible: bool,
}

/// What the metadata says of brokers.
pub trait Registrations {
    /// Whether a replica that was known by this epoch, if by any, may be in sync.
    fn is_eligible(&self, id: NodeId, epoch: Option<BrokerEpoch>) -> bool;

    /// Whether it is registered under this epoch at all.
    fn is_registered(&self, id: NodeId, epoch: BrokerEpoch) -> bool;

    /// Whether it is in service, though it may be about to stop.
    fn is_alive(&self, id: NodeId) -> bool;
}

/// How far a follower has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// It has everything below; -1 before its first fetch.
    pub log_end_offset: Offset,
    /// Where its log begins, as it says; -1 before its first fetch.
    pub log_start_offset: Offset,
    /// Of its newest fetch that said so: an older one belongs to a process that is gone (KAFKA-15221).
    pub broker_epoch: Option<BrokerEpoch>,
    pub is_eligible: bool,
    /// The metadata has it in service.
    pub is_alive: bool,
    /// Monotonic time up to which it had everything that the leader had, if it ever had.
    caught_up_us: Option<u64>,
    /// The newest fetch: its time, and where the leader's log ended then.
    fetched: Option<(u64, Offset)>,
    /// How often in a row the controller did not let it in, and until when nobody asks again.
    refusals: (u32, u64),
}

/// The pause after the first refusal; it doubles, up to the longest.
const REFUSED_US: u64 = 50_000;
const REFUSED_MAX_US: u64 = 3_000_000;

impl Progress {
    /// One that has not fetched in this leadership. What is in sync is taken for caught up until it shows otherwise.
    pub(crate) fn new(is_in_sync: bool, now_us: u64) -> Progress {
        Progress {
            log_end_offset: -1,
            log_start_offset: -1,
            broker_epoch: None,
            is_eligible: true,
            is_alive: true,
            caught_up_us: is_in_sync.then_some(now_us),
            fetched: None,
            refusals: (0, 0),
        }
    }

    /// Whether a fetch comes from a process that another one has replaced.
    pub(crate) fn is_outdated(&self, by: &FetchingReplica) -> bool {
        by.broker_epoch >= 0
            && !base::mutant(base::Mutant::OlderProcessCounts)
            && self.broker_epoch.is_some_and(|known| by.broker_epoch < known)
    }

    /// It fetches from this offset on. Who has now what the leader had at the fetch before was caught up then.
    pub(crate) fn fetched(&mut self, by: &FetchingReplica, offset: Offset, leader_end: Offset, now_us: u64) {
        if offset >= leader_end {
            self.caught_up_us = Some(now_us);
        } else if let Some((at_us, end)) = self.fetched
            && offset >= end
        {
            self.caught_up_us = self.caught_up_us.max(Some(at_us));
        }
        self.fetched = Some((now_us, leader_end));
        self.log_end_offset = offset.min(leader_end);
        self.is_eligible = by.is_eligible;
        if by.broker_epoch >= 0 {
            if self.broker_epoch != Some(by.broker_epoch) {
                // Another process: what was said of the one before does not concern it.
                self.refusals = (0, 0);
            }
            self.broker_epoch = Some(by.broker_epoch);
        }
    }

    /// The controller does not have it in sync: that it had everything counts from its next fetches on only.
    pub(crate) fn was_put_out(&mut self) {
        (self.caught_up_us, self.fetched) = (None, None);
    }

    /// The controller did not let it in: it is not asked for with every fetch.
    pub(crate) fn was_refused(&mut self, now_us: u64) {
        let times = self.refusals.0;
        self.refusals = (times + 1, now_us + (REFUSED_US << times.min(10)).min(REFUSED_MAX_US));
    }

    /// The controller has it in sync.
    pub(crate) fn was_let_in(&mut self) {
        self.refusals = (0, 0);
    }

    /// Whether it was refused a moment ago.
    pub(crate) fn is_refused(&self, now_us: u64) -> bool {
        now_us < self.refusals.1
    }

    /// Time since it last had everything.
    pub(crate) fn lags_for_us(&self, now_us: u64) -> u64 {
        self.caught_up_us.map_or(u64::MAX, |at| now_us.saturating_sub(at))
    }

    /// Whether it has everything, or had it not longer ago than that. A partition that stands still keeps nobody out
    /// (KAFKA-7152).
    pub(crate) fn is_caught_up(&self, leader_end: Offset, now_us: u64, lag_time_max_us: u64) -> bool {
        self.log_end_offset == leader_end && !base::mutant(base::Mutant::IdleLeavesIsr)
            || self.caught_up_us.is_some_and(|at| now_us.saturating_sub(at) <= lag_time_max_us)
    }
}
