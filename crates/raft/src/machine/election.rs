//! Elections: who is voted for, and what becomes of the votes (KIP-595, KIP-996).

use super::{Effect, Event, Leadership, Poll, Raft, Role, VoteAnswer, VoteRequest};
use base::{LeaderEpoch, Mutant, NodeId, Now};

impl Raft {
    /// Decides on a vote request. The answer may be sent once the effects have been carried out.
    pub fn vote(&mut self, now: Now, request: VoteRequest, effects: &mut Vec<Effect>) -> VoteAnswer {
        // Also one that only asks whether it would be elected: else a replica of a later epoch could neither be elected nor
        // follow the leader of this one.
        self.step(now, Event::EpochKnown { epoch: request.epoch }, effects);
        let up_to_date = (request.last_epoch, request.last_offset) >= (self.last_epoch, self.end_offset);
        if request.pre_vote {
            let has_live_leader = match self.role {
                Role::Leader(_) => true,
                Role::Follower { hears_leader } => hears_leader && now.monotonic_us < self.deadline_us,
                _ => false,
            };
            return self.answer(request.epoch == self.epoch && up_to_date && !has_live_leader);
        }
        let has_voted_otherwise =
            self.voted.is_some_and(|voted| !voted.matches(&request.candidate)) && !base::mutant(Mutant::VotesTwice);
        let free = self.leader_id.is_none()
            && matches!(self.role, Role::Unattached | Role::Prospective(_))
            && !has_voted_otherwise;
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

    /// Asks whether it would be elected.
    pub(super) fn ask_first(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.role = Role::Prospective(self.own_vote());
        if let Some(gone) = &mut self.gone {
            gone.times += 1;
        }
        self.deadline_us = match self.gone_deadline(now) {
            Some(at) => at,
            None => self.election_deadline(now),
        };
        self.ask(effects, |_| true);
        self.count_votes(now, effects);
    }

    /// Stands for the next epoch.
    pub(super) fn stand(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.epoch += 1;
        self.leader_id = None;
        self.gone = None;
        self.voted = Some(self.local);
        self.deadline_us = self.election_deadline(now);
        self.role = Role::Candidate(self.own_vote());
        self.persist(effects);
        self.ask(effects, |_| true);
        self.count_votes(now, effects);
    }

    fn own_vote(&self) -> Poll {
        Poll { granted: [self.local.id].into_iter().collect(), ..Poll::default() }
    }

    /// Asks those again from whom nothing has come.
    pub(super) fn ask_again(&mut self, effects: &mut Vec<Effect>) {
        let (Role::Prospective(poll) | Role::Candidate(poll)) = &mut self.role else { return };
        let unanswered = std::mem::take(&mut poll.unanswered);
        self.ask(effects, |id| unanswered.contains(&id));
    }

    fn ask(&self, effects: &mut Vec<Effect>, asks: impl Fn(NodeId) -> bool) {
        let request = VoteRequest {
            candidate: self.local,
            epoch: self.epoch,
            last_epoch: self.last_epoch,
            last_offset: self.end_offset,
            pre_vote: matches!(self.role, Role::Prospective(_)),
        };
        let asked = self.others().filter(|key| asks(key.id));
        effects.extend(asked.map(|key| Effect::SendVote { to: key.id, request }));
    }

    /// The poll that a request of this kind belongs to, if it is still held.
    fn poll(&mut self, voter: NodeId, epoch: LeaderEpoch, pre_vote: bool) -> Option<&mut Poll> {
        if epoch != self.epoch || self.voters.get(voter).is_none() {
            return None;
        }
        match (&mut self.role, pre_vote) {
            (Role::Prospective(poll), true) | (Role::Candidate(poll), false) => Some(poll),
            _ => None,
        }
    }

    pub(super) fn vote_failed(&mut self, now: Now, voter: NodeId, epoch: LeaderEpoch, pre_vote: bool) {
        let again_us = now.monotonic_us + self.timing.retry_ms.max(1) * 1000;
        let Some(poll) = self.poll(voter, epoch, pre_vote) else { return };
        poll.unanswered.insert(voter);
        poll.again_us = again_us;
    }

    pub(super) fn vote_answered(
        &mut self,
        now: Now,
        voter: NodeId,
        epoch: LeaderEpoch,
        pre_vote: bool,
        answer: VoteAnswer,
        effects: &mut Vec<Effect>,
    ) {
        match answer.leader_id {
            Some(leader_id) if answer.epoch > self.epoch || self.leader_id.is_none() => {
                self.follow(now, leader_id, answer.epoch, false, effects);
            }
            _ if answer.epoch > self.epoch => self.enter_epoch(now, answer.epoch, effects),
            _ => {}
        }
        let Some(poll) = self.poll(voter, epoch, pre_vote) else { return };
        poll.unanswered.remove(&voter);
        if answer.granted {
            poll.granted.insert(voter);
        } else {
            poll.rejected.insert(voter);
        }
        self.count_votes(now, effects);
    }

    fn count_votes(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let majority = self.voters.majority();
        let lost = |poll: &Poll| self.voters.len() - poll.rejected.len() < majority;
        match &self.role {
            Role::Prospective(poll) if poll.granted.len() >= majority => self.stand(now, effects),
            // It would not be elected: back to the leader, or to waiting for one.
            Role::Prospective(poll) if lost(poll) => self.wait_for_others(now),
            Role::Candidate(poll) if poll.granted.len() >= majority => {
                let mut granting: Vec<_> = poll.granted.iter().copied().collect();
                granting.sort_unstable();
                self.lead(now, granting, effects);
            }
            // A candidate that has lost waits for its time to be over.
            _ => {}
        }
    }

    fn wait_for_others(&mut self, now: Now) {
        let is_led = self.leader_id.is_some_and(|id| id != self.local.id);
        (self.role, self.deadline_us) = match (is_led, self.gone_deadline(now)) {
            (true, Some(at)) => (Role::Follower { hears_leader: false }, at),
            (true, None) => (Role::Follower { hears_leader: false }, self.fetch_deadline(now)),
            (false, _) => (Role::Unattached, self.election_deadline(now)),
        };
    }

    /// Its vote for itself cannot be kept at the moment, so it does not stand: it waits as one that would not be elected.
    /// To be called on the replica as it was before the step that made it a candidate.
    pub fn cannot_stand(&mut self, now: Now) {
        if !self.is_leader() {
            self.wait_for_others(now);
        }
    }

    fn lead(&mut self, now: Now, granting: Vec<NodeId>, effects: &mut Vec<Effect>) {
        let epoch_start_offset = self.end_offset;
        self.waits_since_us = now.monotonic_us;
        let leadership =
            Leadership::new(now, self.local, &self.voters, self.flushed_offset, epoch_start_offset, &self.timing);
        self.role = Role::Leader(leadership);
        self.leader_id = Some(self.local.id);
        self.persist(effects);
        effects.push(Effect::BecameLeader { epoch: self.epoch, epoch_start_offset, granting });
        let epoch = self.epoch;
        effects.extend(self.others().map(|key| Effect::BeginEpoch { to: key.id, epoch }));
    }
}
