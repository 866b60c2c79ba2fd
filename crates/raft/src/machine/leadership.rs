//! What a leader keeps in mind: how far its replicas are, what is committed, and whether a majority still fetches.

use super::{Effect, Raft, Role, Timing};
use crate::voters::{ReplicaKey, VoterSet};
use base::{Map, Mutant, NodeId, Now, Offset, Set};

/// A replica that does not vote is forgotten when it has not fetched for so long (as in Kafka).
const OBSERVER_SESSION_US: u64 = 300_000_000;
/// Most replicas without a vote that a leader keeps in mind; more may fetch, and are not described.
const OBSERVERS_MAX: usize = 10_000;

/// How far a replica has come, as its leader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplicaProgress {
    pub key: ReplicaKey,
    pub end_offset: Offset,
    /// Monotonic time of its last fetch.
    pub last_fetch_us: u64,
    /// Monotonic time when it last had everything that the leader had.
    pub last_caught_up_us: u64,
}

impl ReplicaProgress {
    fn of(key: ReplicaKey) -> ReplicaProgress {
        ReplicaProgress { key, end_offset: 0, last_fetch_us: 0, last_caught_up_us: 0 }
    }
}

/// The state of a leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leadership {
    pub epoch_start_offset: Offset,
    replicas: Map<NodeId, ReplicaProgress>,
    observers: Map<ReplicaKey, ReplicaProgress>,
    /// Voters that have fetched since `check_us` was set; with a majority of them it is set anew.
    fetched: Set<NodeId>,
    /// Without a majority until then it resigns.
    check_us: u64,
    /// When voters that do not fetch are told again who leads.
    begin_us: u64,
}

/// How long voters need not fetch before they are told again (half of their fetch timeout), and after which time without a
/// majority of them a leader resigns (one and a half).
fn times_us(timing: &Timing) -> (u64, u64) {
    (timing.fetch_ms * 500, timing.fetch_ms * 1500)
}

impl Leadership {
    pub(super) fn new(
        now: Now,
        local: ReplicaKey,
        voters: &VoterSet,
        flushed_offset: Offset,
        epoch_start_offset: Offset,
        timing: &Timing,
    ) -> Leadership {
        let replicas = voters.iter().map(|voter| {
            let end_offset = if voter.key.id == local.id { flushed_offset } else { 0 };
            let last_caught_up_us = now.monotonic_us;
            (voter.key.id, ReplicaProgress { end_offset, last_caught_up_us, ..ReplicaProgress::of(voter.key) })
        });
        let (begin_after_us, check_after_us) = times_us(timing);
        Leadership {
            epoch_start_offset,
            replicas: replicas.collect(),
            observers: Map::default(),
            fetched: Set::default(),
            check_us: now.monotonic_us + check_after_us,
            begin_us: now.monotonic_us + begin_after_us,
        }
    }

    pub(super) fn deadline_us(&self) -> u64 {
        self.check_us.min(self.begin_us)
    }

    /// The time that a new leadership has begins later.
    pub(super) fn delay(&mut self, us: u64) {
        self.check_us += us;
        self.begin_us += us;
    }

    /// Who votes now. Another directory is another replica. Who votes no more and has just fetched is an observer from now on.
    /// All have the time of a new leadership to be heard of.
    pub(super) fn set_voters(&mut self, now: Now, local: NodeId, voters: &VoterSet, timing: &Timing) {
        let before = std::mem::take(&mut self.replicas);
        for left in before.values().filter(|left| left.key.id != local && !voters.contains(&left.key)) {
            let is_recent = now.monotonic_us.saturating_sub(left.last_fetch_us) < OBSERVER_SESSION_US;
            if left.last_fetch_us > 0 && is_recent && self.observers.len() < OBSERVERS_MAX {
                self.observers.insert(left.key, *left);
            }
        }
        for voter in voters.iter() {
            let known = before.get(&voter.key.id).filter(|known| known.key.matches(&voter.key)).copied();
            // What it fetched without a vote it need not have on disk: as a voter it says so again.
            let observed = || self.observers.remove(&voter.key).map(|known| ReplicaProgress { end_offset: 0, ..known });
            let known = known.or_else(observed);
            // A static quorum does not know the directories of its voters.
            let progress = ReplicaProgress { key: voter.key, ..known.unwrap_or(ReplicaProgress::of(voter.key)) };
            self.replicas.insert(voter.key.id, progress);
        }
        let (begin_after_us, check_after_us) = times_us(timing);
        self.fetched.clear();
        self.check_us = now.monotonic_us + check_after_us;
        self.begin_us = now.monotonic_us + begin_after_us;
    }

    /// The progress of a replica, voter or not; `None` where no more observers can be kept in mind.
    fn progress_of(&mut self, now: Now, replica: ReplicaKey) -> Option<&mut ReplicaProgress> {
        let is_voter = self.replicas.get(&replica.id).is_some_and(|progress| progress.key.matches(&replica));
        if is_voter {
            return self.replicas.get_mut(&replica.id);
        }
        if !self.observers.contains_key(&replica) {
            self.observers.retain(|_, seen| now.monotonic_us.saturating_sub(seen.last_fetch_us) < OBSERVER_SESSION_US);
            if self.observers.len() >= OBSERVERS_MAX {
                return None;
            }
        }
        Some(self.observers.entry(replica).or_insert(ReplicaProgress::of(replica)))
    }

    /// What a majority of the voters has on disk.
    fn majority_end(&self, majority: usize) -> Option<Offset> {
        let mut ends: Vec<Offset> = self.replicas.values().map(|progress| progress.end_offset).collect();
        ends.sort_unstable_by(|a, b| b.cmp(a));
        ends.get(majority.saturating_sub(1)).copied()
    }
}

impl Raft {
    /// The leader's view of all replicas, itself included: voters first, then observers.
    pub fn progress(&self) -> (Vec<ReplicaProgress>, Vec<ReplicaProgress>) {
        let Role::Leader(leadership) = &self.role else { return (Vec::new(), Vec::new()) };
        let mut voters: Vec<_> = leadership.replicas.values().copied().collect();
        voters.sort_by_key(|progress| progress.key);
        let mut others: Vec<_> = leadership.observers.values().copied().collect();
        others.sort_by_key(|progress| progress.key);
        (voters, others)
    }

    pub(super) fn note_progress(
        &mut self,
        now: Now,
        replica: ReplicaKey,
        end_offset: Offset,
        effects: &mut Vec<Effect>,
    ) {
        let leader_end = self.end_offset;
        let Role::Leader(leadership) = &mut self.role else { return };
        let Some(progress) = leadership.progress_of(now, replica) else { return };
        progress.end_offset = end_offset.min(leader_end);
        progress.last_fetch_us = now.monotonic_us;
        if end_offset >= leader_end {
            progress.last_caught_up_us = now.monotonic_us;
        }
        self.note_life(now, replica);
        self.advance_high_watermark(effects);
    }

    /// A voter is there, and takes this leader for its own.
    pub(super) fn note_life(&mut self, now: Now, replica: ReplicaKey) {
        let (local, majority) = (self.local.id, self.voters.majority());
        let (_, check_after_us) = times_us(&self.timing);
        let leads_with_a_vote = self.voters.contains(&self.local);
        let Role::Leader(leadership) = &mut self.role else { return };
        let votes = leadership.replicas.get(&replica.id).is_some_and(|progress| progress.key.matches(&replica));
        if votes && replica.id != local {
            leadership.fetched.insert(replica.id);
            if leadership.fetched.len() + usize::from(leads_with_a_vote) >= majority {
                leadership.fetched.clear();
                leadership.check_us = now.monotonic_us + check_after_us;
            }
        }
    }

    fn advance_high_watermark(&mut self, effects: &mut Vec<Effect>) {
        let majority = self.voters.majority();
        let Role::Leader(leadership) = &self.role else { return };
        let Some(candidate) = leadership.majority_end(majority) else { return };
        // A record of this epoch must be among them, else an older one could still be overwritten.
        let is_of_epoch = candidate > leadership.epoch_start_offset || base::mutant(Mutant::CommitsOlderEpochs);
        if is_of_epoch && self.high_watermark.is_none_or(|current| candidate > current) {
            self.high_watermark = Some(candidate);
            effects.push(Effect::HighWatermark(candidate));
        }
    }

    /// Voters that do not fetch are told again; without a majority it resigns (KAFKA-15489).
    pub(super) fn leader_timer(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let (begin_after_us, check_after_us) = times_us(&self.timing);
        let (epoch, local) = (self.epoch, self.local.id);
        let Role::Leader(leadership) = &mut self.role else { return };
        if now.monotonic_us >= leadership.check_us {
            if !base::mutant(Mutant::NoCheckQuorum) {
                return self.resign(now, effects);
            }
            leadership.check_us = now.monotonic_us + check_after_us;
        }
        if now.monotonic_us < leadership.begin_us {
            return;
        }
        leadership.begin_us = now.monotonic_us + begin_after_us;
        let is_silent = |progress: &&ReplicaProgress| {
            progress.key.id != local && now.monotonic_us.saturating_sub(progress.last_fetch_us) >= begin_after_us
        };
        let mut silent: Vec<NodeId> = leadership.replicas.values().filter(is_silent).map(|it| it.key.id).collect();
        silent.sort_unstable();
        effects.extend(silent.into_iter().map(|to| Effect::BeginEpoch { to, epoch }));
    }

    /// Leads no more, without knowing of a newer epoch.
    pub(super) fn resign(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let epoch = self.epoch;
        let Role::Leader(leadership) = &self.role else { return };
        let mut others: Vec<&ReplicaProgress> =
            leadership.replicas.values().filter(|progress| progress.key.id != self.local.id).collect();
        others.sort_by_key(|progress| (std::cmp::Reverse(progress.end_offset), progress.key));
        let preferred: Vec<ReplicaKey> = others.into_iter().map(|progress| progress.key).collect();
        self.lose_leadership(effects);
        // Whoever leads next is followed. (It does not stand, although its removal may never be committed: docs/roadmap.md.)
        self.role = if self.voters.contains(&self.local) { Role::Resigned } else { Role::Unattached };
        self.deadline_us = self.election_deadline(now);
        let end = |key: ReplicaKey| Effect::EndEpoch { to: key.id, epoch, preferred: preferred.clone() };
        effects.extend(self.others().map(end));
    }
}
