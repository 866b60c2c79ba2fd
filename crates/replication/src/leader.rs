//! The leader of a partition as a machine without I/O: it is told how far the local log and the followers have come, says
//! how far the partition is committed, and who is to join or leave the in-sync replicas.
//!
//! Invariants: the high watermark never goes back, neither within a leadership nor where one begins, and never lies above
//! the log end; it is the least position of the maximal ISR, and of those who are about to join it; it stands still while
//! there are fewer in-sync replicas than `min.insync.replicas` (KIP-966). The leader's own position is its log end or,
//! where an acknowledgement means "on disk" (`flush.messages=1`), what it has flushed.

use crate::followers::Followers;
use crate::isr::{Isr, IsrAnswer, IsrProposal};
use crate::progress::{FetchingReplica, Progress, Registrations};
use base::{LeaderEpoch, NodeId, Offset, PartitionEpoch};

/// What decides whether a write with acks=all may be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Accepted,
    /// Fewer replicas are in sync than `min.insync.replicas` demands.
    NotEnoughReplicas,
}

/// What a topic's configuration and the broker's say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub min_insync_replicas: usize,
    /// `replica.lag.time.max.ms`.
    pub lag_time_max_us: u64,
    /// An acknowledgement means that the record is on disk.
    pub acknowledges_on_disk: bool,
}

/// What a leadership begins with.
#[derive(Debug, Clone)]
pub struct Leadership<'a> {
    pub local: NodeId,
    pub epoch: LeaderEpoch,
    pub partition_epoch: PartitionEpoch,
    pub isr: Vec<NodeId>,
    pub replicas: &'a [NodeId],
    pub rules: Rules,
    pub log_end_offset: Offset,
    /// What this process has not flushed does not count as on disk, although a recovery found it.
    pub flushed_offset: Offset,
    /// What the replica knew before.
    pub high_watermark: Offset,
    pub now_us: u64,
}

/// What came of an input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Moved {
    pub high_watermark: bool,
    /// [`Leader::proposal`] has something to send.
    pub proposes: bool,
}

/// A follower that consumers may read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadableFollower {
    pub id: NodeId,
    pub log_end_offset: Offset,
    /// Time since it last had everything.
    pub lags_for_us: u64,
}

/// The leader of one partition in one epoch.
#[derive(Debug, Clone)]
pub struct Leader {
    local: NodeId,
    epoch: LeaderEpoch,
    isr: Isr,
    followers: Followers,
    rules: Rules,
    log_end_offset: Offset,
    flushed_offset: Offset,
    high_watermark: Offset,
    /// Where this epoch's records begin in the log.
    epoch_start_offset: Offset,
    /// The newest time that it was told.
    now_us: u64,
    /// An invariant that does not hold any more: whoever drives this must stop.
    broken: Option<&'static str>,
}

impl Leader {
    /// A leadership that begins at the end of the local log.
    pub fn new(begin: Leadership<'_>) -> Leader {
        let Leadership { local, epoch, partition_epoch, isr, replicas, rules, log_end_offset, now_us, .. } = begin;
        let followers = Followers::new(replicas, local, |id| Progress::new(isr.contains(&id), now_us));
        let mut leader = Leader {
            local,
            epoch,
            isr: Isr::new(partition_epoch, isr),
            followers,
            rules,
            log_end_offset,
            flushed_offset: begin.flushed_offset.clamp(0, log_end_offset),
            high_watermark: begin.high_watermark.clamp(0, log_end_offset),
            epoch_start_offset: log_end_offset,
            now_us,
            broken: None,
        };
        leader.advance();
        leader
    }

    /// The node that leads.
    pub fn local(&self) -> NodeId {
        self.local
    }

    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    /// Which of the invariants is broken, if one is: nothing moves from then on.
    pub fn broken(&self) -> Option<&'static str> {
        self.broken
    }

    pub fn partition_epoch(&self) -> PartitionEpoch {
        self.isr.partition_epoch()
    }

    /// The members that the controller has committed.
    pub fn isr(&self) -> &[NodeId] {
        self.isr.committed()
    }

    /// Whether the controller may count this replica as in sync: the high watermark waits for it.
    pub fn may_be_in_sync(&self, id: NodeId) -> bool {
        self.isr.is_in_maximal(id)
    }

    /// The number of the question to the controller that has no answer yet, and the members that it asks for.
    pub fn question(&self) -> Option<(u64, impl Iterator<Item = NodeId>)> {
        self.isr.question()
    }

    /// How far every follower has come.
    pub fn followers(&self) -> impl Iterator<Item = (NodeId, &Progress)> {
        self.followers.iter()
    }

    pub fn follower(&self, id: NodeId) -> Option<&Progress> {
        self.followers.get(id)
    }

    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    pub fn epoch_start_offset(&self) -> Offset {
        self.epoch_start_offset
    }

    /// Replicas that are not in sync.
    pub fn lacking(&self) -> usize {
        (self.followers.len() + 1).saturating_sub(self.isr().len())
    }

    /// How the configuration is from now on. True if the high watermark has moved.
    pub fn set_rules(&mut self, rules: Rules) -> bool {
        self.rules = rules;
        self.advance()
    }

    /// The partition was registered anew in the same leadership. News that is older than what is known changes nothing.
    pub fn set_registration(
        &mut self,
        partition_epoch: PartitionEpoch,
        isr: Vec<NodeId>,
        replicas: &[NodeId],
    ) -> Moved {
        if partition_epoch >= self.isr.partition_epoch() {
            let (known, now_us) = (&self.followers, self.now_us);
            let progress = |id| known.get(id).copied().unwrap_or_else(|| Progress::new(isr.contains(&id), now_us));
            self.followers = Followers::new(replicas, self.local, progress);
        }
        let before = self.isr.committed().to_vec();
        self.isr.commit(partition_epoch, isr);
        self.put_out(&before);
        Moved { high_watermark: self.advance(), proposes: false }
    }

    /// Nobody waits for those any more who are not in sync as the controller says: they may have no room for what comes,
    /// say, which the metadata does not tell. Who goes on to fetch all that is here comes back.
    fn put_out(&mut self, ids: &[NodeId]) {
        for (id, state) in self.followers.iter_mut() {
            match self.isr.committed().contains(&id) {
                true => state.was_let_in(),
                false if ids.contains(&id) => state.was_put_out(),
                false => {}
            }
        }
    }

    /// Whether a write with acks=all may be appended now. More in-sync replicas than the partition has replicas are never
    /// asked for.
    pub fn admit(&self) -> Admission {
        if self.is_under_min_isr() { Admission::NotEnoughReplicas } else { Admission::Accepted }
    }

    /// Whether what is committed now may be called so by a producer that asked for all: members may have left since its
    /// write was admitted.
    pub fn keeps_promise(&self) -> bool {
        self.isr.maximal_len() >= self.min_insync_replicas()
    }

    /// The local log ends at this offset now. True if the high watermark has moved.
    pub fn appended(&mut self, log_end_offset: Offset, now_us: u64) -> bool {
        self.now_us = self.now_us.max(now_us);
        if log_end_offset < self.log_end_offset {
            self.broken = Some("a leader's log only grows");
            return false;
        }
        self.log_end_offset = log_end_offset;
        self.advance()
    }

    /// Everything below is on the local disk. True if the high watermark has moved.
    pub fn flushed(&mut self, up_to: Offset) -> bool {
        self.flushed_offset = self.flushed_offset.max(up_to.min(self.log_end_offset));
        self.advance()
    }

    /// In-sync followers that have what lies at this offset (KIP-392).
    pub fn readable_followers(&self, offset: Offset, now_us: u64) -> impl Iterator<Item = ReadableFollower> + '_ {
        let has = move |state: &Progress| (state.log_start_offset..=state.log_end_offset).contains(&offset);
        let readable = self.followers.iter().filter(move |(id, state)| self.isr().contains(id) && has(state));
        readable.map(move |(id, state)| ReadableFollower {
            id,
            log_end_offset: state.log_end_offset,
            lags_for_us: state.lags_for_us(now_us),
        })
    }

    /// Whether the broker is another replica of the partition, and the process that fetches the newest one with its id.
    pub fn is_follower(&self, by: &FetchingReplica) -> bool {
        self.followers.get(by.id).is_some_and(|known| !known.is_outdated(by))
    }

    /// A follower fetches from this offset on: it has everything below.
    pub fn fetched(&mut self, by: &FetchingReplica, log_end_offset: Offset, now_us: u64) -> Moved {
        self.now_us = self.now_us.max(now_us);
        let leader_end = self.log_end_offset;
        let Some(state) = self.followers.get_mut(by.id).filter(|known| !known.is_outdated(by)) else {
            return Moved::default();
        };
        state.fetched(by, log_end_offset, leader_end, now_us);
        let high_watermark = self.advance();
        let proposes = !self.isr.is_asked() && self.may_join(by.id);
        if proposes {
            // Who fetches now, and nobody else: of others only their past is known.
            self.ask_for(self.isr.committed().to_vec(), Some(by.id));
        }
        Moved { high_watermark, proposes }
    }

    /// The follower that fetches says where its log begins.
    pub fn told_start(&mut self, by: &FetchingReplica, log_start_offset: Offset) {
        if let Some(state) = self.followers.get_mut(by.id).filter(|known| !known.is_outdated(by)) {
            state.log_start_offset = log_start_offset;
        }
    }

    /// What lies below is deleted here, where the log begins at `log_start_offset`, and at every follower in service
    /// (KIP-107).
    pub fn low_watermark(&self, log_start_offset: Offset) -> Offset {
        let followers =
            self.followers.iter().filter(|(_, state)| state.is_alive).map(|(_, state)| state.log_start_offset);
        followers.fold(log_start_offset, Offset::min)
    }

    /// Time has passed: who has not kept up is to leave the in-sync replicas.
    pub fn tick(&mut self, now_us: u64) -> Moved {
        self.now_us = self.now_us.max(now_us);
        self.isr.forget_lingering(self.now_us, |_| true);
        let high_watermark = self.advance();
        if self.isr.is_pending() {
            // It is sent again where it was not answered.
            return Moved { high_watermark, proposes: true };
        }
        let keeps_up = |id: &NodeId| *id == self.local || self.followers.get(*id).is_some_and(|f| self.is_caught_up(f));
        let staying: Vec<NodeId> = self.isr.committed().iter().copied().filter(keeps_up).collect();
        let proposes = staying.len() < self.isr.committed().len();
        if proposes {
            self.ask_for(staying, None);
        }
        Moved { high_watermark, proposes }
    }

    /// What the metadata says of brokers has changed. True if the high watermark has moved.
    pub fn set_brokers(&mut self, brokers: &dyn Registrations) -> bool {
        for (id, state) in self.followers.iter_mut() {
            state.is_eligible = brokers.is_eligible(id, state.broker_epoch);
            state.is_alive = brokers.is_alive(id);
        }
        self.isr.forget_lingering(self.now_us, |(id, epoch)| epoch == -1 || brokers.is_registered(id, epoch));
        self.advance()
    }

    /// The question to the controller, for the first time or again.
    pub fn proposal(&mut self) -> Option<IsrProposal> {
        let (leader_epoch, partition_epoch) = (self.epoch, self.isr.partition_epoch());
        let (followers, start) = (&self.followers, (self.high_watermark, self.epoch_start_offset));
        self.isr.drop_unsent(|(id, epoch)| {
            followers.get(id).is_some_and(|it| has_all(it, start) && it.broker_epoch.unwrap_or(-1) == epoch)
        });
        let (number, isr) = self.isr.send()?;
        Some(IsrProposal { number, leader_epoch, partition_epoch, isr: isr.to_vec() })
    }

    /// What the controller has answered to the question of this number.
    pub fn answered(&mut self, number: u64, answer: IsrAnswer) -> Moved {
        let joiners = if matches!(answer, IsrAnswer::Refused { .. }) { self.isr.joiners() } else { Vec::new() };
        self.isr.answered(number, self.epoch, answer, self.now_us);
        self.put_out(&joiners);
        for joiner in joiners.iter().filter(|id| !self.isr.committed().contains(id)) {
            if let Some(state) = self.followers.get_mut(*joiner) {
                state.was_refused(self.now_us);
            }
        }
        // Whoever left holds nothing up any more (KAFKA-13091).
        Moved { high_watermark: self.advance(), proposes: false }
    }

    /// How far the leader's own copy counts.
    pub fn local_position(&self) -> Offset {
        if self.rules.acknowledges_on_disk { self.flushed_offset } else { self.log_end_offset }
    }

    fn min_insync_replicas(&self) -> usize {
        self.rules.min_insync_replicas.min(self.followers.len() + 1)
    }

    fn is_under_min_isr(&self) -> bool {
        self.isr.committed().len() < self.min_insync_replicas()
    }

    fn is_caught_up(&self, follower: &Progress) -> bool {
        follower.is_caught_up(self.log_end_offset, self.now_us, self.rules.lag_time_max_us)
    }

    /// Whether a follower has what is committed, and all that was there when this leadership began.
    fn may_join(&self, id: NodeId) -> bool {
        let start = (self.high_watermark, self.epoch_start_offset);
        let joins = |it: &Progress| has_all(it, start) && !it.is_refused(self.now_us);
        !self.isr.committed().contains(&id) && self.followers.get(id).is_some_and(joins)
    }

    /// Asks for these members and one that joins, each as the incarnation that fetches now.
    fn ask_for(&mut self, members: Vec<NodeId>, joiner: Option<NodeId>) {
        let epoch_of = |id: NodeId| self.followers.get(id).and_then(|state| state.broker_epoch).unwrap_or(-1);
        let isr = members.into_iter().chain(joiner).map(|id| (id, epoch_of(id))).collect();
        self.isr.ask_for(isr);
    }

    fn advance(&mut self) -> bool {
        if self.is_under_min_isr() && !base::mutant(base::Mutant::CommitsUnderMinIsr) {
            return false;
        }
        let counts = |(id, follower): &(NodeId, &Progress)| match self.isr.is_in_maximal(*id) {
            true => true,
            // About to join: were it not waited for, it would never have what is committed.
            false => follower.is_eligible && !follower.is_refused(self.now_us) && self.is_caught_up(follower),
        };
        let followers = self.followers.iter().filter(counts).map(|(_, follower)| follower.log_end_offset);
        let least = followers.chain([self.local_position()]).min().unwrap_or(self.high_watermark);
        if least <= self.high_watermark || self.broken.is_some() {
            return false;
        }
        if least > self.log_end_offset {
            self.broken = Some("the high watermark lies at or below the log end");
            return false;
        }
        self.high_watermark = least;
        true
    }
}

/// Whether a follower may be in sync, and has what is committed and what was there when the leadership began.
fn has_all(follower: &Progress, (high_watermark, epoch_start_offset): (Offset, Offset)) -> bool {
    let end = follower.log_end_offset;
    end >= high_watermark && end >= epoch_start_offset && follower.is_eligible
}

#[cfg(test)]
mod tests;
