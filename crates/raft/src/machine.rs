//! The machine itself: what it knows, what can happen to it, and how it moves between its roles. Votes are beside it
//! (`election.rs`), and so is what a leader does (`leadership.rs`).

mod election;
mod leadership;
#[cfg(test)]
mod tests;

use crate::quorum_state::QuorumState;
use crate::voters::{ReplicaKey, VoterSet};
use base::{LeaderEpoch, NodeId, Now, Offset, Random, Set, SplitMix64};
pub use leadership::{Leadership, ReplicaProgress};

/// Times of a quorum, all in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// `controller.quorum.election.timeout.ms`
    pub election_ms: u64,
    /// `controller.quorum.fetch.timeout.ms`
    pub fetch_ms: u64,
    /// `controller.quorum.election.backoff.max.ms`
    pub backoff_max_ms: u64,
    /// `controller.quorum.retry.backoff.ms`
    pub retry_ms: u64,
}

/// Those whose leader is gone ask one after the other, this part of an election timeout apart...
const GONE_STEP: u64 = 40;
/// ...and again, where the others hear it still, after this part of it, and twice as long each time.
const GONE_PAUSE: u64 = 10;

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
    /// A replica fetches a snapshot from this leader: it is there, however long that takes.
    FetchedSnapshot { replica: ReplicaKey },
    /// A voter has answered a vote request of `epoch`.
    VoteAnswered { voter: NodeId, epoch: LeaderEpoch, pre_vote: bool, answer: VoteAnswer },
    /// A vote request of `epoch` got no answer: it is sent again in a while.
    VoteFailed { voter: NodeId, epoch: LeaderEpoch, pre_vote: bool },
    /// A leader has spoken (`is_heard`: BeginQuorumEpoch, an answer to a fetch), or another replica names it.
    LeaderKnown { leader_id: NodeId, epoch: LeaderEpoch, is_heard: bool },
    /// An answer of another replica tells of an epoch, and of no leader of it.
    EpochKnown { epoch: LeaderEpoch },
    /// The leader leads no more (EndQuorumEpoch), and says who should follow it, the best first.
    LeaderResigned { leader_id: NodeId, epoch: LeaderEpoch, preferred: Vec<ReplicaKey> },
    /// The leader has answered a fetch: it is alive.
    FetchAnswered,
    /// The connection to the leader has closed, and nobody listens at its address: its process is gone, as far as can be
    /// seen from here. The others are asked at once; who still hears it says no to a pre-vote.
    LeaderGone { leader_id: NodeId, epoch: LeaderEpoch },
    /// What the leader says is committed; it counts as far as the local log goes.
    LeaderCommitted { high_watermark: Offset },
    /// This replica is about to stop: it leads no more, and stands for nothing. (The only voter goes on.)
    Leave,
    /// This leader is no voter any more, and that is committed: it leads no more, and follows from now on.
    Removed,
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
    /// It has resigned; `preferred` are the other voters, the one with the longest log first.
    EndEpoch {
        to: NodeId,
        epoch: LeaderEpoch,
        preferred: Vec<ReplicaKey>,
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

/// How an election stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Poll {
    pub granted: Set<NodeId>,
    pub rejected: Set<NodeId>,
    /// Who has to be asked again, once this time has come.
    pub unanswered: Set<NodeId>,
    again_us: u64,
}

/// What a replica is at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Knows no leader of this epoch.
    Unattached,
    /// Asks whether it would be elected before it disturbs anybody (KIP-996).
    Prospective(Poll),
    Candidate(Poll),
    /// Fetches from the leader of the epoch.
    Follower {
        /// The leader has answered, and has not said that it resigns.
        hears_leader: bool,
    },
    Leader(Leadership),
    /// It led this epoch and does so no more; nobody else will, so the next one begins when it is over.
    Resigned,
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
    /// When what is waited for until `deadline_us` began.
    waits_since_us: u64,
    timing: Timing,
    /// Spreads the elections of replicas that time out together.
    random: SplitMix64,
    /// It is about to stop.
    leaves: bool,
    /// The leader of the epoch leads no more, as far as is known here.
    gone: Option<Gone>,
}

/// How a leader went.
#[derive(Debug, Clone, Copy, Default)]
struct Gone {
    /// It has said so: whatever else comes from it was on its way before.
    has_resigned: bool,
    /// How often the others were asked since then.
    times: u32,
}

impl Raft {
    /// A replica as its disk left it. `end_offset` and `last_epoch` are those of its log (all of which is on disk); `seed`
    /// should differ from replica to replica, and from life to life.
    #[allow(clippy::too_many_arguments, reason = "what a disk and a configuration say, once")]
    pub fn new(
        local: ReplicaKey,
        voters: VoterSet,
        state: QuorumState,
        end_offset: Offset,
        last_epoch: LeaderEpoch,
        timing: Timing,
        seed: u64,
        now: Now,
    ) -> Raft {
        let is_current = state.leader_epoch >= last_epoch;
        let leader_id = state.leader_id.filter(|_| is_current);
        let role = match leader_id {
            Some(id) if id != local.id => Role::Follower { hears_leader: false },
            _ => Role::Unattached,
        };
        // Kafka's file names no vote beside a leader: who led has voted for itself (and leads that epoch no more).
        let own_vote = (leader_id == Some(local.id)).then_some(local);
        let mut raft = Raft {
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
            deadline_us: now.monotonic_us,
            waits_since_us: now.monotonic_us,
            timing,
            random: SplitMix64(seed),
            leaves: false,
            gone: None,
        };
        if raft.voters.len() > 1 {
            // A leader may be there, and would be disturbed. The only voter need not wait.
            raft.deadline_us = match raft.role {
                Role::Follower { .. } => raft.fetch_deadline(now),
                _ => raft.election_deadline(now),
            };
        }
        raft
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
        matches!(self.role, Role::Leader(_))
    }

    /// Who leads the epoch as far as this replica knows. After a restart, or when it has resigned, it may be this replica,
    /// which leads no more.
    pub fn leader_id(&self) -> Option<NodeId> {
        self.leader_id
    }

    /// Everything below is committed; `None` until this replica knows.
    pub fn high_watermark(&self) -> Option<Offset> {
        self.high_watermark
    }

    /// What this leader has committed with a record of its own epoch behind it; `None` before that, and for others. What it
    /// knew as a follower may be older than what the leader before it told others.
    pub fn leader_high_watermark(&self) -> Option<Offset> {
        let Role::Leader(leadership) = &self.role else { return None };
        self.high_watermark.filter(|offset| *offset > leadership.epoch_start_offset)
    }

    /// Everything below is on the local disk.
    pub fn flushed_offset(&self) -> Offset {
        self.flushed_offset
    }

    /// When the next `Timer` event is due, in microseconds of the monotonic clock.
    pub fn deadline_us(&self) -> Option<u64> {
        let votes = self.voters.contains(&self.local);
        match &self.role {
            Role::Leader(_) if votes && self.voters.len() == 1 => None,
            // Also one that has been removed leads until that is committed.
            Role::Leader(leadership) => Some(leadership.deadline_us()),
            _ if !votes => None,
            _ if self.leaves => None,
            Role::Prospective(poll) | Role::Candidate(poll) if !poll.unanswered.is_empty() => {
                Some(self.deadline_us.min(poll.again_us))
            }
            _ => Some(self.deadline_us),
        }
    }

    /// Replaces the voters, as a KRaftVoters record says: from the moment when it is in the log, committed or not.
    pub fn set_voters(&mut self, now: Now, voters: VoterSet) {
        let local = self.local.id;
        match &mut self.role {
            Role::Leader(leadership) => leadership.set_voters(now, local, &voters, &self.timing),
            // Who has just become a voter has its leader to thank for it: that one is alive.
            _ if !self.voters.contains(&self.local) => self.deadline_us = self.fetch_deadline(now),
            _ => {}
        }
        self.voters = voters;
    }

    /// Whether this leader is no voter any more: once that is committed, it steps down.
    pub fn is_removed(&self) -> bool {
        self.is_leader() && !self.voters.contains(&self.local)
    }

    /// To be called after each `Persist` that was carried out, with the time of the event that led to it, and the time now.
    /// Nothing was asked or heard meanwhile: a wait that began with that event begins now, however slow the disk is.
    pub fn persisted(&mut self, since: Now, now: Now) {
        let took_us = now.monotonic_us.saturating_sub(since.monotonic_us);
        if self.waits_since_us != since.monotonic_us {
            return;
        }
        self.waits_since_us = since.monotonic_us + took_us;
        self.deadline_us += took_us;
        if let Role::Leader(leadership) = &mut self.role {
            leadership.delay(took_us);
        }
    }

    /// Whether this replica leads, or has heard of its leader within the fetch timeout.
    pub fn is_led(&self, now: Now) -> bool {
        match self.role {
            Role::Leader(_) => true,
            Role::Follower { hears_leader } => hears_leader && now.monotonic_us < self.deadline_us,
            _ => false,
        }
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
            Event::FetchedSnapshot { replica } => self.note_life(now, replica),
            Event::VoteAnswered { voter, epoch, pre_vote, answer } => {
                self.vote_answered(now, voter, epoch, pre_vote, answer, effects);
            }
            Event::VoteFailed { voter, epoch, pre_vote } => self.vote_failed(now, voter, epoch, pre_vote),
            Event::LeaderKnown { leader_id, epoch, is_heard } => self.follow(now, leader_id, epoch, is_heard, effects),
            Event::EpochKnown { epoch } => {
                if epoch > self.epoch {
                    self.enter_epoch(now, epoch, effects);
                }
            }
            Event::LeaderResigned { leader_id, epoch, preferred } => {
                self.leader_resigned(now, leader_id, epoch, &preferred, effects);
            }
            Event::FetchAnswered => {
                if let (Role::Follower { hears_leader }, false) =
                    (&mut self.role, self.gone.is_some_and(|gone| gone.has_resigned))
                {
                    *hears_leader = true;
                    self.gone = None;
                    self.deadline_us = self.fetch_deadline(now);
                }
            }
            Event::LeaderGone { leader_id, epoch } => self.leader_gone(now, leader_id, epoch),
            Event::LeaderCommitted { high_watermark } => {
                let known = high_watermark.min(self.end_offset);
                let follows = matches!(self.role, Role::Follower { .. });
                if follows && self.high_watermark.is_none_or(|current| known > current) {
                    self.high_watermark = Some(known);
                    effects.push(Effect::HighWatermark(known));
                }
            }
            Event::Removed => {
                if self.is_removed() {
                    self.resign(now, effects);
                    self.role = Role::Unattached;
                }
            }
            Event::Leave => {
                self.leaves = self.voters.len() > 1;
                if self.leaves {
                    self.resign(now, effects);
                    if matches!(self.role, Role::Prospective(_) | Role::Candidate(_)) {
                        self.role = Role::Unattached;
                    }
                }
            }
        }
    }

    fn timer(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.deadline_us().is_none_or(|at| now.monotonic_us < at) {
            return;
        }
        match &mut self.role {
            Role::Leader(_) => self.leader_timer(now, effects),
            Role::Prospective(_) | Role::Candidate(_) if now.monotonic_us < self.deadline_us => self.ask_again(effects),
            // Nobody else can be disturbed or asked.
            _ if self.voters.len() == 1 => self.stand(now, effects),
            _ => self.ask_first(now, effects),
        }
    }

    fn follow(&mut self, now: Now, leader_id: NodeId, epoch: LeaderEpoch, is_heard: bool, effects: &mut Vec<Effect>) {
        if epoch < self.epoch || leader_id == self.local.id {
            return;
        }
        if epoch == self.epoch && self.leader_id.is_some() {
            // A second leader of an epoch is a lie, and what others say of the one that is known says nothing of its life.
            if self.leader_id == Some(leader_id) && is_heard {
                self.gone = None;
                self.deadline_us = self.fetch_deadline(now);
                if !matches!(self.role, Role::Follower { .. }) {
                    // It asked for votes in doubt.
                    self.role = Role::Follower { hears_leader: false };
                }
            }
            return;
        }
        self.deadline_us = self.fetch_deadline(now);
        self.lose_leadership(effects);
        if epoch > self.epoch {
            self.voted = None;
        }
        self.epoch = epoch;
        self.leader_id = Some(leader_id);
        self.gone = None;
        self.role = Role::Follower { hears_leader: false };
        self.persist(effects);
    }

    fn enter_epoch(&mut self, now: Now, epoch: LeaderEpoch, effects: &mut Vec<Effect>) {
        self.lose_leadership(effects);
        // Who waits for an election already goes on waiting: epochs that come and go make nobody wait for ever.
        if matches!(self.role, Role::Leader(_) | Role::Follower { .. }) {
            self.deadline_us = self.election_deadline(now);
        }
        self.epoch = epoch;
        self.leader_id = None;
        self.gone = None;
        self.voted = None;
        self.role = Role::Unattached;
        self.persist(effects);
    }

    /// The leader of the epoch is about to go: its followers stand one after the other, in the order that it prefers.
    fn leader_resigned(
        &mut self,
        now: Now,
        leader_id: NodeId,
        epoch: LeaderEpoch,
        preferred: &[ReplicaKey],
        effects: &mut Vec<Effect>,
    ) {
        self.follow(now, leader_id, epoch, true, effects);
        if epoch != self.epoch || self.leader_id != Some(leader_id) {
            return;
        }
        if let Role::Follower { hears_leader } = &mut self.role {
            *hears_leader = false;
            self.gone = Some(Gone { has_resigned: true, times: 0 });
            let position = preferred.iter().position(|key| key.matches(&self.local)).unwrap_or(0);
            self.deadline_us = now.monotonic_us + self.backoff_us(position, preferred.len());
        }
    }

    /// The leader's process is gone: the others stand in the order of their ids, so that no two divide the votes.
    fn leader_gone(&mut self, now: Now, leader_id: NodeId, epoch: LeaderEpoch) {
        if epoch != self.epoch || self.leader_id != Some(leader_id) || self.gone.is_some() {
            return;
        }
        if let Role::Follower { hears_leader } = &mut self.role {
            *hears_leader = false;
            self.gone = Some(Gone::default());
            self.waits_since_us = now.monotonic_us;
            let local = self.local.id;
            let before = self.others().filter(|key| key.id != leader_id && key.id < local).count() as u64;
            let step_us = self.timing.election_ms * 1000 / GONE_STEP;
            let delay_us = before * step_us + self.random.below((step_us / 4).max(1));
            self.deadline_us = self.deadline_us.min(now.monotonic_us + delay_us);
        }
    }

    /// Where the leader is gone: when the others are asked again, who may have seen it by then.
    fn gone_deadline(&mut self, now: Now) -> Option<u64> {
        let times = self.gone?.times.saturating_sub(1);
        let pause_ms = ((self.timing.election_ms / GONE_PAUSE) << times.min(16)).clamp(1, self.timing.fetch_ms.max(1));
        self.waits_since_us = now.monotonic_us;
        Some(now.monotonic_us + pause_ms * 1000 + self.random.below(pause_ms * 1000))
    }

    /// Kafka's: nothing for the first of them, up to the longest backoff for the last.
    fn backoff_us(&self, position: usize, count: usize) -> u64 {
        let max_us = self.timing.backoff_max_ms * 1000;
        match position {
            0 => 0,
            _ => ((max_us >> (count - 1).min(32)) << position.min(31)).min(max_us),
        }
    }

    fn lose_leadership(&mut self, effects: &mut Vec<Effect>) {
        if self.is_leader() {
            effects.push(Effect::LostLeadership { epoch: self.epoch });
        }
    }

    fn persist(&self, effects: &mut Vec<Effect>) {
        // As in Kafka's file: who leads needs no vote beside it.
        let voted = self.voted.filter(|_| !self.is_leader());
        let state = QuorumState { leader_id: self.leader_id, leader_epoch: self.epoch, voted };
        match effects.last_mut() {
            // Nobody was told anything between the two: one write is enough.
            Some(Effect::Persist(before)) => *before = state,
            _ => effects.push(Effect::Persist(state)),
        }
    }

    fn others(&self) -> impl Iterator<Item = ReplicaKey> {
        let local = self.local.id;
        self.voters.iter().map(|voter| voter.key).filter(move |key| key.id != local)
    }

    fn fetch_deadline(&mut self, now: Now) -> u64 {
        self.waits_since_us = now.monotonic_us;
        now.monotonic_us + self.timing.fetch_ms * 1000
    }

    /// Between one and two election timeouts from now; different replicas and rounds draw different delays.
    fn election_deadline(&mut self, now: Now) -> u64 {
        self.waits_since_us = now.monotonic_us;
        let election_us = self.timing.election_ms * 1000;
        now.monotonic_us + election_us + self.random.below(election_us.max(1))
    }
}
