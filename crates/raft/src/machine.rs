//! The machine itself.

use crate::quorum_state::QuorumState;
use crate::voters::{ReplicaKey, VoterSet};
use base::{LeaderEpoch, Map, NodeId, Now, Offset, Set};

/// A replica that does not vote is forgotten when it has not fetched for so long (as in Kafka).
const OBSERVER_SESSION_US: u64 = 300_000_000;
/// Most replicas without a vote that a leader keeps in mind; more may fetch, and are not described.
const OBSERVERS_MAX: usize = 10_000;

/// Timeouts in microseconds of the monotonic clock.
#[derive(Debug, Clone, Copy)]
struct Timeouts {
    /// `controller.quorum.election.timeout.ms`
    election_us: u64,
    /// `controller.quorum.fetch.timeout.ms`
    fetch_us: u64,
}

/// What a candidate asks (Vote, KIP-595; pre-vote, KIP-996).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteRequest {
    pub candidate: ReplicaKey,
    /// The candidate's epoch; with `pre_vote` the epoch it is in, else the one it stands for.
    pub epoch: LeaderEpoch,
    pub last_epoch: LeaderEpoch,
    pub last_offset: Offset,
    pub pre_vote: bool,
}

/// What a voter answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteAnswer {
    pub granted: bool,
    pub epoch: LeaderEpoch,
    pub leader_id: Option<NodeId>,
}

/// What happens to a replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The deadline has passed (or the machine just started).
    Timer,
    /// The local log has grown to this offset; its last record is of this epoch.
    Appended { end_offset: Offset, last_epoch: LeaderEpoch },
    /// The local log was cut to this offset, or begun anew there by a snapshot; what is left ends with this epoch.
    Truncated { end_offset: Offset, last_epoch: LeaderEpoch },
    /// Everything below this offset is on the local disk.
    Flushed { end_offset: Offset },
    /// A replica fetches from this leader: it has everything below `fetch_offset`.
    Fetched { replica: ReplicaKey, fetch_offset: Offset },
    /// A voter has answered a vote request of `epoch`.
    VoteAnswered { voter: NodeId, epoch: LeaderEpoch, pre_vote: bool, answer: VoteAnswer },
    /// A leader has announced itself (BeginQuorumEpoch, or a Fetch answer that names it).
    LeaderKnown { leader_id: NodeId, epoch: LeaderEpoch },
    /// The leader has answered a fetch: it is alive.
    FetchAnswered,
    /// What the leader says is committed; it counts as far as the local log goes.
    LeaderCommitted { high_watermark: Offset },
}

/// What is to be done; see the crate's documentation for the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Persist(QuorumState),
    SendVote {
        to: NodeId,
        request: VoteRequest,
    },
    BeginEpoch {
        to: NodeId,
        epoch: LeaderEpoch,
    },
    BecameLeader {
        epoch: LeaderEpoch,
        epoch_start_offset: Offset,
        granting: Vec<NodeId>,
    },
    /// It leads no more, or follows another; whatever was not committed may be lost.
    LostLeadership {
        epoch: LeaderEpoch,
    },
    HighWatermark(Offset),
}

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

/// What a replica is at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Knows no leader of this epoch.
    Unattached,
    /// Asks whether it would be elected before it disturbs anybody (KIP-996).
    Prospective {
        granted: Set<NodeId>,
        rejected: Set<NodeId>,
    },
    Candidate {
        granted: Set<NodeId>,
        rejected: Set<NodeId>,
    },
    /// Fetches from the leader of the epoch.
    Follower,
    Leader {
        epoch_start_offset: Offset,
        replicas: Map<NodeId, ReplicaProgress>,
        observers: Map<ReplicaKey, ReplicaProgress>,
    },
}

/// One replica of the metadata quorum.
#[derive(Debug, Clone)]
pub struct Raft {
    local: ReplicaKey,
    voters: VoterSet,
    epoch: LeaderEpoch,
    /// Who leads the epoch, once that is known: kept through every change of role, so that nobody else is elected in it.
    leader_id: Option<NodeId>,
    /// Whom this replica elected in the epoch; itself where it led.
    voted: Option<ReplicaKey>,
    role: Role,
    end_offset: Offset,
    last_epoch: LeaderEpoch,
    flushed_offset: Offset,
    high_watermark: Option<Offset>,
    deadline_us: u64,
    timeouts: Timeouts,
    /// Spreads the elections of replicas that time out together; advanced with each election.
    jitter: u64,
}

impl Raft {
    /// A replica as its disk left it. `end_offset` and `last_epoch` are those of its log (all of which is on disk).
    pub fn new(
        local: ReplicaKey,
        voters: VoterSet,
        state: QuorumState,
        end_offset: Offset,
        last_epoch: LeaderEpoch,
        election_timeout_ms: u64,
        fetch_timeout_ms: u64,
    ) -> Raft {
        let is_current = state.leader_epoch >= last_epoch;
        let leader_id = state.leader_id.filter(|_| is_current);
        let role = match leader_id {
            Some(id) if id != local.id => Role::Follower,
            _ => Role::Unattached,
        };
        // Kafka's file names no vote beside a leader: who led has voted for itself (and leads that epoch no more).
        let own_vote = (leader_id == Some(local.id)).then_some(local);
        Raft {
            local,
            voters,
            epoch: state.leader_epoch.max(last_epoch),
            leader_id,
            voted: own_vote.or(state.voted.filter(|_| is_current)),
            role,
            end_offset,
            last_epoch,
            flushed_offset: end_offset,
            high_watermark: None,
            deadline_us: 0,
            timeouts: Timeouts { election_us: election_timeout_ms * 1000, fetch_us: fetch_timeout_ms * 1000 },
            jitter: local.id as u64,
        }
    }

    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    pub fn role(&self) -> &Role {
        &self.role
    }

    pub fn voters(&self) -> &VoterSet {
        &self.voters
    }

    pub fn local(&self) -> ReplicaKey {
        self.local
    }

    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }

    /// Who leads the epoch as far as this replica knows. After a restart it may be this replica, which leads no more.
    pub fn leader_id(&self) -> Option<NodeId> {
        self.leader_id
    }

    /// Everything below is committed; `None` until this replica knows.
    pub fn high_watermark(&self) -> Option<Offset> {
        self.high_watermark
    }

    /// When the next `Timer` event is due, in microseconds of the monotonic clock.
    pub fn deadline_us(&self) -> Option<u64> {
        let waits = !self.is_leader() && self.voters.contains(&self.local);
        waits.then_some(self.deadline_us)
    }

    /// The leader's view of all replicas, itself included: voters first, then observers.
    pub fn progress(&self) -> (Vec<ReplicaProgress>, Vec<ReplicaProgress>) {
        let Role::Leader { replicas, observers, .. } = &self.role else { return (Vec::new(), Vec::new()) };
        let mut voters: Vec<_> = replicas.values().copied().collect();
        voters.sort_by_key(|progress| progress.key);
        let mut others: Vec<_> = observers.values().copied().collect();
        others.sort_by_key(|progress| progress.key);
        (voters, others)
    }

    /// Replaces the voters, as a committed or appended KRaftVoters record says.
    pub fn set_voters(&mut self, voters: VoterSet) {
        if let Role::Leader { replicas, .. } = &mut self.role {
            replicas.retain(|id, _| voters.get(*id).is_some());
            for voter in voters.iter() {
                let progress = replicas.entry(voter.key.id).or_insert(ReplicaProgress {
                    key: voter.key,
                    end_offset: 0,
                    last_fetch_us: 0,
                    last_caught_up_us: 0,
                });
                // A static quorum does not know the directories of its voters.
                progress.key = voter.key;
            }
        }
        self.voters = voters;
    }

    /// Takes one event; see the crate's documentation for what to do with the effects.
    pub fn step(&mut self, now: Now, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Timer => self.timer(now, effects),
            Event::Appended { end_offset, last_epoch } => {
                assert!(last_epoch >= self.last_epoch, "the epochs of a log never fall");
                self.end_offset = end_offset;
                self.last_epoch = last_epoch;
            }
            Event::Truncated { end_offset, last_epoch } => {
                assert!(!self.is_leader(), "a leader never cuts its log");
                assert!(self.high_watermark.is_none_or(|hw| hw <= end_offset), "what is committed is never cut off");
                self.end_offset = end_offset;
                self.last_epoch = last_epoch;
                self.flushed_offset = self.flushed_offset.min(end_offset);
            }
            Event::Flushed { end_offset } => {
                self.flushed_offset = self.flushed_offset.max(end_offset).min(self.end_offset);
                self.note_progress(now, self.local, self.flushed_offset, effects);
            }
            Event::Fetched { replica, fetch_offset } => self.note_progress(now, replica, fetch_offset, effects),
            Event::VoteAnswered { voter, epoch, pre_vote, answer } => {
                self.vote_answered(now, voter, epoch, pre_vote, answer, effects);
            }
            Event::LeaderKnown { leader_id, epoch } => self.follow(now, leader_id, epoch, effects),
            Event::FetchAnswered => {
                if matches!(self.role, Role::Follower) {
                    self.deadline_us = now.monotonic_us + self.timeouts.fetch_us;
                }
            }
            Event::LeaderCommitted { high_watermark } => {
                let known = high_watermark.min(self.end_offset);
                if matches!(self.role, Role::Follower) && self.high_watermark.is_none_or(|current| known > current) {
                    self.high_watermark = Some(known);
                    effects.push(Effect::HighWatermark(known));
                }
            }
        }
    }

    /// Decides on a vote request. The answer may be sent once the effects have been carried out.
    pub fn vote(&mut self, now: Now, request: VoteRequest, effects: &mut Vec<Effect>) -> VoteAnswer {
        let up_to_date = (request.last_epoch, request.last_offset) >= (self.last_epoch, self.end_offset);
        if request.pre_vote {
            let has_live_leader = match self.role {
                Role::Leader { .. } => true,
                Role::Follower => now.monotonic_us < self.deadline_us,
                _ => false,
            };
            let granted = request.epoch >= self.epoch && up_to_date && !has_live_leader;
            return self.answer(granted);
        }
        if request.epoch > self.epoch {
            self.enter_epoch(now, request.epoch, effects);
        }
        let free = self.leader_id.is_none()
            && matches!(self.role, Role::Unattached | Role::Prospective { .. })
            && self.voted.is_none_or(|voted| voted.matches(&request.candidate));
        let granted = request.epoch == self.epoch && free && up_to_date;
        if granted && self.voted.is_none() {
            self.voted = Some(request.candidate);
            self.deadline_us = self.election_deadline(now);
            self.persist(effects);
        }
        self.answer(granted)
    }

    fn answer(&self, granted: bool) -> VoteAnswer {
        VoteAnswer { granted, epoch: self.epoch, leader_id: self.leader_id }
    }

    fn timer(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.is_leader() || !self.voters.contains(&self.local) || now.monotonic_us < self.deadline_us {
            return;
        }
        if self.voters.len() == 1 {
            // Nobody else can be disturbed or asked.
            self.stand(now, effects);
            return;
        }
        self.jitter += 1;
        self.role = Role::Prospective { granted: [self.local.id].into_iter().collect(), rejected: Set::default() };
        self.deadline_us = self.election_deadline(now);
        self.ask(self.epoch, true, effects);
    }

    /// Stands for the next epoch.
    fn stand(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.epoch += 1;
        self.leader_id = None;
        self.voted = Some(self.local);
        self.jitter += 1;
        self.deadline_us = self.election_deadline(now);
        self.role = Role::Candidate { granted: [self.local.id].into_iter().collect(), rejected: Set::default() };
        self.persist(effects);
        self.ask(self.epoch, false, effects);
        self.count_votes(now, effects);
    }

    fn ask(&self, epoch: LeaderEpoch, pre_vote: bool, effects: &mut Vec<Effect>) {
        let request = VoteRequest {
            candidate: self.local,
            epoch,
            last_epoch: self.last_epoch,
            last_offset: self.end_offset,
            pre_vote,
        };
        for voter in self.voters.iter().filter(|voter| voter.key.id != self.local.id) {
            effects.push(Effect::SendVote { to: voter.key.id, request });
        }
    }

    fn vote_answered(
        &mut self,
        now: Now,
        voter: NodeId,
        epoch: LeaderEpoch,
        pre_vote: bool,
        answer: VoteAnswer,
        effects: &mut Vec<Effect>,
    ) {
        if answer.epoch > self.epoch {
            match answer.leader_id {
                Some(leader_id) => self.follow(now, leader_id, answer.epoch, effects),
                None => self.enter_epoch(now, answer.epoch, effects),
            }
            return;
        }
        if epoch != self.epoch || self.voters.get(voter).is_none() {
            return;
        }
        let (granted, rejected) = match (&mut self.role, pre_vote) {
            (Role::Prospective { granted, rejected }, true) => (granted, rejected),
            (Role::Candidate { granted, rejected }, false) => (granted, rejected),
            _ => return,
        };
        if answer.granted {
            granted.insert(voter);
        } else {
            rejected.insert(voter);
        }
        self.count_votes(now, effects);
    }

    fn count_votes(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let majority = self.voters.majority();
        match &self.role {
            Role::Prospective { granted, .. } if granted.len() >= majority => self.stand(now, effects),
            Role::Candidate { granted, .. } if granted.len() >= majority => {
                let mut granting: Vec<_> = granted.iter().copied().collect();
                granting.sort_unstable();
                self.lead(now, granting, effects);
            }
            _ => {}
        }
    }

    fn lead(&mut self, now: Now, granting: Vec<NodeId>, effects: &mut Vec<Effect>) {
        let replicas = self.voters.iter().map(|voter| {
            let end_offset = if voter.key.id == self.local.id { self.flushed_offset } else { 0 };
            let progress =
                ReplicaProgress { key: voter.key, end_offset, last_fetch_us: 0, last_caught_up_us: now.monotonic_us };
            (voter.key.id, progress)
        });
        let epoch_start_offset = self.end_offset;
        self.role = Role::Leader { epoch_start_offset, replicas: replicas.collect(), observers: Map::default() };
        self.leader_id = Some(self.local.id);
        self.persist(effects);
        effects.push(Effect::BecameLeader { epoch: self.epoch, epoch_start_offset, granting });
        for voter in self.voters.iter().filter(|voter| voter.key.id != self.local.id) {
            effects.push(Effect::BeginEpoch { to: voter.key.id, epoch: self.epoch });
        }
    }

    fn follow(&mut self, now: Now, leader_id: NodeId, epoch: LeaderEpoch, effects: &mut Vec<Effect>) {
        if epoch < self.epoch || leader_id == self.local.id {
            return;
        }
        if epoch == self.epoch && self.leader_id.is_some() {
            // A replica that asked for votes in doubt comes back to its leader; a second leader of an epoch is a lie.
            let returns = self.leader_id == Some(leader_id) && !matches!(self.role, Role::Follower);
            if returns {
                self.role = Role::Follower;
                self.deadline_us = now.monotonic_us + self.timeouts.fetch_us;
            }
            return;
        }
        self.lose_leadership(effects);
        if epoch > self.epoch {
            self.voted = None;
        }
        self.epoch = epoch;
        self.leader_id = Some(leader_id);
        self.role = Role::Follower;
        self.deadline_us = now.monotonic_us + self.timeouts.fetch_us;
        self.persist(effects);
    }

    fn enter_epoch(&mut self, now: Now, epoch: LeaderEpoch, effects: &mut Vec<Effect>) {
        self.lose_leadership(effects);
        self.epoch = epoch;
        self.leader_id = None;
        self.voted = None;
        self.role = Role::Unattached;
        self.deadline_us = self.election_deadline(now);
        self.persist(effects);
    }

    fn lose_leadership(&mut self, effects: &mut Vec<Effect>) {
        if self.is_leader() {
            effects.push(Effect::LostLeadership { epoch: self.epoch });
        }
    }

    fn note_progress(&mut self, now: Now, replica: ReplicaKey, end_offset: Offset, effects: &mut Vec<Effect>) {
        let leader_end = self.end_offset;
        let Role::Leader { replicas, observers, .. } = &mut self.role else { return };
        let progress = match replicas.get_mut(&replica.id) {
            Some(progress) if progress.key.matches(&replica) => progress,
            _ => {
                if !observers.contains_key(&replica) {
                    observers
                        .retain(|_, seen| now.monotonic_us.saturating_sub(seen.last_fetch_us) < OBSERVER_SESSION_US);
                    if observers.len() >= OBSERVERS_MAX {
                        return;
                    }
                }
                observers.entry(replica).or_insert(ReplicaProgress {
                    key: replica,
                    end_offset: 0,
                    last_fetch_us: 0,
                    last_caught_up_us: 0,
                })
            }
        };
        progress.end_offset = end_offset.min(leader_end);
        progress.last_fetch_us = now.monotonic_us;
        if end_offset >= leader_end {
            progress.last_caught_up_us = now.monotonic_us;
        }
        self.advance_high_watermark(effects);
    }

    fn advance_high_watermark(&mut self, effects: &mut Vec<Effect>) {
        let Role::Leader { epoch_start_offset, replicas, .. } = &self.role else { return };
        let mut ends: Vec<Offset> = replicas.values().map(|progress| progress.end_offset).collect();
        ends.sort_unstable_by(|a, b| b.cmp(a));
        let Some(&candidate) = ends.get(self.voters.majority().saturating_sub(1)) else { return };
        // A record of this epoch must be among them, else an older one could still be overwritten.
        if candidate > *epoch_start_offset && self.high_watermark.is_none_or(|current| candidate > current) {
            self.high_watermark = Some(candidate);
            effects.push(Effect::HighWatermark(candidate));
        }
    }

    fn persist(&self, effects: &mut Vec<Effect>) {
        // As in Kafka's file: who leads needs no vote beside it.
        let voted = self.voted.filter(|_| !self.is_leader());
        effects.push(Effect::Persist(QuorumState { leader_id: self.leader_id, leader_epoch: self.epoch, voted }));
    }

    /// Between one and two election timeouts from now; different replicas and rounds draw different delays.
    fn election_deadline(&self, now: Now) -> u64 {
        let spread = self.jitter.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        now.monotonic_us + self.timeouts.election_us + spread % self.timeouts.election_us.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voters::Voter;
    use base::Uuid;

    fn at(ms: u64) -> Now {
        Now { monotonic_us: ms * 1000, wall_ms: 0 }
    }

    fn key(id: NodeId) -> ReplicaKey {
        ReplicaKey { id, directory_id: Uuid::from_u128(id as u128 + 100) }
    }

    fn cluster(n: NodeId) -> Vec<Raft> {
        let voters = VoterSet::new((1..=n).map(|id| Voter { key: key(id), endpoints: vec![] }));
        (1..=n).map(|id| Raft::new(key(id), voters.clone(), QuorumState::EMPTY, 0, 0, 1000, 2000)).collect()
    }

    fn step(raft: &mut Raft, ms: u64, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        raft.step(at(ms), event, &mut effects);
        effects
    }

    /// Delivers the votes of `effects` among the nodes until nothing more is asked.
    fn elect(nodes: &mut [Raft], from: usize, ms: u64, effects: Vec<Effect>) -> Vec<Effect> {
        let mut queue = effects;
        let mut rest = Vec::new();
        while !queue.is_empty() {
            let effect = queue.remove(0);
            let Effect::SendVote { to, request } = effect else {
                rest.push(effect);
                continue;
            };
            let mut ignored = Vec::new();
            let answer = nodes[to as usize - 1].vote(at(ms), request, &mut ignored);
            let event = Event::VoteAnswered { voter: to, epoch: request.epoch, pre_vote: request.pre_vote, answer };
            queue.extend(step(&mut nodes[from], ms, event));
        }
        rest
    }

    #[test]
    fn a_single_voter_elects_itself_and_commits_what_it_has_flushed() {
        let mut raft = cluster(1).remove(0);
        let effects = step(&mut raft, 0, Event::Timer);
        let voted = QuorumState { leader_id: None, leader_epoch: 1, voted: Some(key(1)) };
        let leads = QuorumState { leader_id: Some(1), leader_epoch: 1, voted: None };
        assert_eq!(
            effects,
            [
                Effect::Persist(voted),
                Effect::Persist(leads),
                Effect::BecameLeader { epoch: 1, epoch_start_offset: 0, granting: vec![1] }
            ]
        );
        assert_eq!(step(&mut raft, 0, Event::Appended { end_offset: 3, last_epoch: 1 }), []);
        assert_eq!(raft.high_watermark(), None, "appended is not committed");
        assert_eq!(step(&mut raft, 1, Event::Flushed { end_offset: 3 }), [Effect::HighWatermark(3)]);
    }

    #[test]
    fn three_voters_elect_one_leader_and_commit_by_majority() {
        let mut nodes = cluster(3);
        let asked = step(&mut nodes[0], 0, Event::Timer);
        let effects = elect(&mut nodes, 0, 0, asked);
        assert!(nodes[0].is_leader());
        assert!(effects.iter().any(|effect| matches!(effect, Effect::BeginEpoch { to: 3, epoch: 1 })));
        step(&mut nodes[0], 1, Event::Appended { end_offset: 5, last_epoch: 1 });
        assert_eq!(step(&mut nodes[0], 1, Event::Flushed { end_offset: 5 }), []);
        assert_eq!(step(&mut nodes[0], 2, Event::Fetched { replica: key(9), fetch_offset: 5 }), [], "an observer");
        assert_eq!(
            step(&mut nodes[0], 3, Event::Fetched { replica: key(2), fetch_offset: 4 }),
            [Effect::HighWatermark(4)]
        );
    }

    #[test]
    fn a_voter_votes_once_an_epoch_and_only_for_a_log_as_long_as_its_own() {
        let mut nodes = cluster(3);
        step(&mut nodes[2], 0, Event::Appended { end_offset: 4, last_epoch: 1 });
        let mut effects = Vec::new();
        let ask =
            |id, last_offset| VoteRequest { candidate: key(id), epoch: 7, last_epoch: 1, last_offset, pre_vote: false };
        assert!(!nodes[2].vote(at(0), ask(1, 3), &mut effects).granted, "a shorter log");
        assert!(nodes[2].vote(at(0), ask(1, 4), &mut effects).granted);
        assert!(matches!(effects.last(), Some(Effect::Persist(state)) if state.voted == Some(key(1))));
        assert!(!nodes[2].vote(at(0), ask(2, 9), &mut effects).granted, "the vote of this epoch is given");
        assert!(nodes[2].vote(at(0), ask(1, 4), &mut effects).granted, "the same answer again");
    }

    #[test]
    fn records_of_an_older_epoch_are_committed_only_through_one_of_the_leaders_own() {
        let voters = VoterSet::new([1, 2, 3].map(|id| Voter { key: key(id), endpoints: vec![] }));
        let state = QuorumState { leader_id: None, leader_epoch: 3, voted: None };
        let mut raft = Raft::new(key(1), voters, state, 10, 3, 1000, 2000);
        raft.stand(at(0), &mut Vec::new());
        let answer = VoteAnswer { granted: true, epoch: 4, leader_id: None };
        step(&mut raft, 0, Event::VoteAnswered { voter: 2, epoch: 4, pre_vote: false, answer });
        assert!(raft.is_leader());
        assert_eq!(step(&mut raft, 1, Event::Fetched { replica: key(2), fetch_offset: 10 }), []);
        step(&mut raft, 1, Event::Appended { end_offset: 11, last_epoch: 4 });
        step(&mut raft, 1, Event::Flushed { end_offset: 11 });
        assert_eq!(
            step(&mut raft, 2, Event::Fetched { replica: key(2), fetch_offset: 11 }),
            [Effect::HighWatermark(11)]
        );
    }

    #[test]
    fn a_leader_that_restarts_gives_its_epoch_to_nobody_else() {
        let voters = VoterSet::new([1, 2, 3].map(|id| Voter { key: key(id), endpoints: vec![] }));
        let state = QuorumState { leader_id: Some(1), leader_epoch: 4, voted: None };
        let mut raft = Raft::new(key(1), voters, state, 5, 4, 1000, 2000);
        assert!(!raft.is_leader(), "it does not lead again in the epoch");
        let ask = |epoch| VoteRequest { candidate: key(2), epoch, last_epoch: 4, last_offset: 9, pre_vote: false };
        assert!(!raft.vote(at(0), ask(4), &mut Vec::new()).granted);
        assert!(raft.vote(at(0), ask(5), &mut Vec::new()).granted, "the next one is free");
    }

    #[test]
    fn who_doubts_its_leader_keeps_the_epoch_and_the_vote_and_can_come_back() {
        let mut nodes = cluster(3);
        step(&mut nodes[1], 0, Event::LeaderKnown { leader_id: 1, epoch: 3 });
        step(&mut nodes[1], 2000, Event::Timer);
        assert!(matches!(nodes[1].role(), Role::Prospective { .. }));
        assert_eq!(nodes[1].leader_id(), Some(1));
        let ask = VoteRequest { candidate: key(3), epoch: 3, last_epoch: 9, last_offset: 9, pre_vote: false };
        assert!(!nodes[1].vote(at(2000), ask, &mut Vec::new()).granted, "the epoch has a leader");
        assert_eq!(step(&mut nodes[1], 2001, Event::LeaderKnown { leader_id: 3, epoch: 3 }), []);
        assert_eq!(nodes[1].leader_id(), Some(1), "a second leader of an epoch is not believed");
        assert_eq!(step(&mut nodes[1], 2001, Event::LeaderKnown { leader_id: 1, epoch: 3 }), []);
        assert_eq!(nodes[1].role(), &Role::Follower);
        assert!(nodes[1].deadline_us() > Some(2_001_000));
    }

    #[test]
    fn a_follower_that_voted_keeps_its_vote_in_the_file() {
        let mut nodes = cluster(3);
        let ask = VoteRequest { candidate: key(1), epoch: 1, last_epoch: 0, last_offset: 0, pre_vote: false };
        assert!(nodes[1].vote(at(0), ask, &mut Vec::new()).granted);
        let effects = step(&mut nodes[1], 1, Event::LeaderKnown { leader_id: 1, epoch: 1 });
        let state = QuorumState { leader_id: Some(1), leader_epoch: 1, voted: Some(key(1)) };
        assert_eq!(effects, [Effect::Persist(state)]);
    }

    #[test]
    fn a_log_that_was_cut_must_be_flushed_anew() {
        let mut nodes = cluster(3);
        let raft = &mut nodes[1];
        step(raft, 0, Event::LeaderKnown { leader_id: 1, epoch: 1 });
        step(raft, 0, Event::Appended { end_offset: 9, last_epoch: 1 });
        step(raft, 0, Event::Flushed { end_offset: 9 });
        assert_eq!(step(raft, 1, Event::LeaderCommitted { high_watermark: 4 }), [Effect::HighWatermark(4)]);
        step(raft, 2, Event::Truncated { end_offset: 6, last_epoch: 1 });
        assert_eq!((raft.end_offset, raft.flushed_offset), (6, 6));
        assert_eq!(step(raft, 3, Event::LeaderCommitted { high_watermark: 8 }), [Effect::HighWatermark(6)]);
        assert_eq!(step(raft, 3, Event::LeaderCommitted { high_watermark: 5 }), [], "it never goes back");
    }

    #[test]
    fn a_newer_leader_ends_the_older_leadership() {
        let mut nodes = cluster(3);
        let asked = step(&mut nodes[0], 0, Event::Timer);
        elect(&mut nodes, 0, 0, asked);
        let effects = step(&mut nodes[0], 5, Event::LeaderKnown { leader_id: 2, epoch: 2 });
        assert_eq!(effects[0], Effect::LostLeadership { epoch: 1 });
        assert_eq!(nodes[0].leader_id(), Some(2));
    }
}
