//! The in-sync replicas of a partition as its leader knows them: what the controller has committed, what the leader has
//! asked for and has no answer to, and what an older question of it may still bring.
//!
//! Invariant: whoever the controller may count as in sync is in the maximal ISR, and the high watermark waits for it. A
//! member that was asked for stays in it until the partition epoch moves, unless the one copy of the question that was
//! ever sent was answered with a refusal, or no copy can be taken any more: the controller that refuses says so, the broker
//! is another incarnation by now, or so much time has passed that none is under way.
//!
//! Why a controller can say so: each copy names the epoch of the controller that it is for, and carries a number that grows
//! with every request of the broker. A controller takes no copy for another epoch, and none whose number is not above those
//! that it has seen. It answers once the record that opens its epoch is committed, so what an earlier controller wrote is in
//! its log, where the partition epoch would have moved, or never will be in anybody's. Whatever it refuses at the partition
//! epoch that was named is therefore not done by an earlier copy, and no earlier copy is taken from then on: not by it (the
//! number), nor by an earlier or a later one (the epoch). Apache's controllers read neither, and say nothing.
//!
//! A member is asked in as the incarnation that had what is needed (KIP-903, KAFKA-15221): every copy of a question names the
//! epochs that its members had when it was decided, so that the controller refuses who came back without its log.

use base::{BrokerEpoch, LeaderEpoch, NodeId, PartitionEpoch};

/// What the controller is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsrProposal {
    /// To be given back with the answer.
    pub number: u64,
    pub leader_epoch: LeaderEpoch,
    pub partition_epoch: PartitionEpoch,
    /// The members with the epochs of their registrations; -1: not known, or the leader's own.
    pub isr: Vec<(NodeId, BrokerEpoch)>,
}

/// What the controller has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IsrAnswer {
    /// This is the partition now.
    Is { leader_epoch: LeaderEpoch, partition_epoch: PartitionEpoch, isr: Vec<NodeId> },
    /// It has changed nothing, and would not do so either if the same came again now.
    Refused {
        /// Nor does any copy that was sent before.
        ends_earlier: bool,
    },
    /// The partition is not what the leader takes it for: the metadata will say what it is.
    Outdated,
}

/// A replica, and the epoch of its registration; -1: not known, or the leader's own.
pub(crate) type Member = (NodeId, BrokerEpoch);

/// After which time no copy of a question can be under way any more: connections are given up long before.
const LINGER_US: u64 = 60_000_000;

#[derive(Debug, Clone)]
struct Pending {
    number: u64,
    isr: Vec<Member>,
    sent: u32,
    /// Nobody asks again: the metadata decides.
    is_over: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Isr {
    committed: Vec<NodeId>,
    partition_epoch: PartitionEpoch,
    pending: Option<Pending>,
    /// Those whom a question that was given up at this time may still bring in.
    lingering: Vec<(Member, u64)>,
    next_number: u64,
}

impl Isr {
    pub fn new(partition_epoch: PartitionEpoch, committed: Vec<NodeId>) -> Isr {
        Isr { committed, partition_epoch, pending: None, lingering: Vec::new(), next_number: 1 }
    }

    pub fn committed(&self) -> &[NodeId] {
        &self.committed
    }

    pub fn partition_epoch(&self) -> PartitionEpoch {
        self.partition_epoch
    }

    /// Whether a question was sent that has no answer yet.
    pub fn is_asked(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.sent > 0)
    }

    /// Whether there is a question.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The number of the question, if there is one, and whom it asks for.
    pub fn question(&self) -> Option<(u64, impl Iterator<Item = NodeId>)> {
        self.pending.as_ref().map(|pending| (pending.number, pending.isr.iter().map(|member| member.0)))
    }

    /// Whether the controller may count this replica as in sync.
    pub fn is_in_maximal(&self, id: NodeId) -> bool {
        let asked_for = self.pending.as_ref().is_some_and(|pending| pending.isr.iter().any(|member| member.0 == id));
        let lingers = || self.lingering.iter().any(|(member, _)| member.0 == id);
        self.committed.contains(&id) || asked_for || lingers()
    }

    pub fn maximal_len(&self) -> usize {
        let asked_for = self.pending.iter().flat_map(|pending| &pending.isr);
        let others = asked_for.chain(self.lingering.iter().map(|(member, _)| member)).map(|member| member.0);
        let mut all: Vec<NodeId> = self.committed.iter().copied().chain(others).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Asks for these members, and those of a question that nobody has seen yet, unless one is on its way.
    pub fn ask_for(&mut self, mut isr: Vec<Member>) {
        if !self.is_asked() {
            let before = self.pending.take().map(|pending| pending.isr).unwrap_or_default();
            let is_new = |member: &Member| isr.iter().all(|(id, _)| *id != member.0);
            let joiners: Vec<Member> = before.into_iter().filter(is_new).collect();
            isr.extend(joiners);
            let place = |id: NodeId| self.committed.iter().position(|member| *member == id).unwrap_or(usize::MAX);
            isr.sort_by_key(|(id, _)| (place(*id), *id));
            let number = self.next_number;
            self.next_number += 1;
            self.pending = Some(Pending { number, isr, sent: 0, is_over: false });
        }
    }

    /// Takes those out of a question that nobody has seen yet who are not what they were when it was decided.
    pub fn drop_unsent(&mut self, is_so_still: impl Fn(Member) -> bool) {
        let Some(pending) = self.pending.as_mut().filter(|pending| pending.sent == 0) else { return };
        let committed = &self.committed;
        pending.isr.retain(|member| committed.contains(&member.0) || is_so_still(*member));
        if pending.isr.len() == committed.len() && pending.isr.iter().all(|member| committed.contains(&member.0)) {
            self.pending = None;
        }
    }

    /// Forgets who can be brought in by nothing any more: it is registered under another epoch by now, or a question of it
    /// would have come long ago.
    pub fn forget_lingering(&mut self, now_us: u64, is_registered: impl Fn(Member) -> bool) {
        self.lingering.retain(|(member, since_us)| now_us < since_us + LINGER_US && is_registered(*member));
    }

    /// Those whom the question would bring in.
    pub fn joiners(&self) -> Vec<NodeId> {
        let asked_for = self.pending.iter().flat_map(|pending| &pending.isr).map(|member| member.0);
        asked_for.filter(|id| !self.committed.contains(id)).collect()
    }

    /// What is to be sent, for the first time or again.
    pub fn send(&mut self) -> Option<(u64, &[Member])> {
        let pending = self.pending.as_mut().filter(|pending| !pending.is_over)?;
        pending.sent += 1;
        Some((pending.number, &pending.isr))
    }

    /// The partition is this now. False: that is older than what is known.
    pub fn commit(&mut self, partition_epoch: PartitionEpoch, isr: Vec<NodeId>) -> bool {
        if partition_epoch <= self.partition_epoch && !base::mutant(base::Mutant::StaleIsrApplied) {
            return false;
        }
        self.partition_epoch = partition_epoch;
        self.committed = isr;
        self.pending = None;
        self.lingering.clear();
        true
    }

    /// The question of this number was answered. True: the members have changed.
    pub fn answered(&mut self, number: u64, leader_epoch: LeaderEpoch, answer: IsrAnswer, now_us: u64) -> bool {
        if self.pending.as_ref().is_none_or(|pending| pending.number != number)
            && !base::mutant(base::Mutant::StaleIsrApplied)
        {
            return false;
        }
        match answer {
            IsrAnswer::Is { leader_epoch: answered, partition_epoch, isr } if answered == leader_epoch => {
                if partition_epoch == self.partition_epoch {
                    // It was so already: what was asked for, and nothing else.
                    self.pending = None;
                    self.lingering.retain(|(member, _)| isr.contains(&member.0));
                    return false;
                }
                self.commit(partition_epoch, isr)
            }
            IsrAnswer::Refused { ends_earlier: true } => {
                self.pending = None;
                self.lingering.clear();
                false
            }
            IsrAnswer::Refused { ends_earlier: false } => {
                if let Some(pending) = self.pending.take()
                    && pending.sent > 1
                {
                    let Isr { committed, lingering, .. } = self;
                    let asked_in = pending.isr.iter().filter(|member| !committed.contains(&member.0));
                    lingering.extend(asked_in.map(|member| (*member, now_us)));
                }
                false
            }
            IsrAnswer::Is { .. } | IsrAnswer::Outdated => {
                if let Some(pending) = &mut self.pending {
                    pending.is_over = true;
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(partition_epoch: PartitionEpoch, isr: &[NodeId]) -> IsrAnswer {
        IsrAnswer::Is { leader_epoch: 3, partition_epoch, isr: isr.to_vec() }
    }

    const REFUSED: IsrAnswer = IsrAnswer::Refused { ends_earlier: false };

    #[test]
    fn who_is_asked_for_counts_until_the_answer() {
        let mut isr = Isr::new(5, vec![1]);
        isr.ask_for(vec![(1, -1), (2, 12)]);
        assert!(isr.is_in_maximal(2));
        let (number, asked) = isr.send().unwrap();
        assert_eq!(asked, [(1, -1), (2, 12)]);
        assert!(isr.answered(number, 3, is(6, &[1, 2]), 0));
        assert_eq!((isr.committed(), isr.partition_epoch(), isr.is_pending()), (&[1, 2][..], 6, false));
    }

    #[test]
    fn an_older_answer_changes_nothing() {
        let mut isr = Isr::new(5, vec![1]);
        isr.ask_for(vec![(1, -1), (2, 12)]);
        let number = isr.send().unwrap().0;
        assert!(isr.commit(7, vec![1, 3]));
        assert!(!isr.answered(number, 3, is(6, &[1, 2]), 0));
        assert_eq!(isr.committed(), [1, 3]);
        assert!(!isr.commit(6, vec![1, 2]), "nor does an older image");
    }

    #[test]
    fn who_was_refused_once_is_out_and_who_was_asked_for_twice_may_still_come_in() {
        for (times, stays) in [(1, false), (2, true)] {
            let mut isr = Isr::new(5, vec![1]);
            isr.ask_for(vec![(1, -1), (2, 12)]);
            let number = (0..times).filter_map(|_| isr.send().map(|sent| sent.0)).last().unwrap();
            assert!(!isr.answered(number, 3, REFUSED, 0));
            assert!(!isr.is_pending());
            assert_eq!((isr.is_in_maximal(2), isr.maximal_len()), (stays, 1 + usize::from(stays)));
            assert!(isr.commit(6, vec![1]));
            assert!(!isr.is_in_maximal(2), "the partition epoch has moved");
        }
    }

    #[test]
    fn a_controller_that_takes_no_earlier_copy_ends_what_was_asked_before_too() {
        let mut isr = Isr::new(5, vec![1]);
        for ends_earlier in [false, true] {
            isr.ask_for(vec![(1, -1), (2, 12)]);
            let number = (0..2).filter_map(|_| isr.send().map(|sent| sent.0)).last().unwrap();
            assert!(!isr.answered(number, 3, IsrAnswer::Refused { ends_earlier }, 0));
            assert_eq!((isr.is_in_maximal(2), isr.is_pending()), (!ends_earlier, false));
        }
    }

    #[test]
    fn a_leader_that_is_behind_waits_for_the_metadata() {
        let mut isr = Isr::new(5, vec![1]);
        isr.ask_for(vec![(1, -1), (2, 12)]);
        let number = isr.send().unwrap().0;
        assert!(!isr.answered(number, 3, IsrAnswer::Outdated, 0));
        assert!(isr.send().is_none() && isr.is_in_maximal(2));
        assert!(isr.commit(6, vec![1]));
        assert!(!isr.is_pending());
    }

    #[test]
    fn who_may_still_come_in_is_forgotten_when_nothing_can_bring_it() {
        let lingering = || {
            let mut isr = Isr::new(5, vec![1]);
            isr.ask_for(vec![(1, -1), (2, 12)]);
            let number = (0..2).filter_map(|_| isr.send().map(|sent| sent.0)).last().unwrap();
            assert!(!isr.answered(number, 3, REFUSED, 1_000));
            isr
        };
        let mut isr = lingering();
        isr.forget_lingering(2_000, |member| member == (2, 12));
        assert!(isr.is_in_maximal(2), "it may be unfenced in the epoch that was named");
        isr.forget_lingering(2_000, |_| false);
        assert!(!isr.is_in_maximal(2), "it is another incarnation");
        let mut isr = lingering();
        isr.forget_lingering(1_000 + LINGER_US, |_| true);
        assert!(!isr.is_in_maximal(2), "no copy of the question is under way");
    }
}
