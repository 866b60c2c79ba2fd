//! The sequences of one partition under one identity of an idempotent producer (KIP-98, KIP-360).
//!
//! A batch that got a sequence is open until it is acknowledged, refused or given up. What was refused, or given up without
//! an acknowledgement, leaves a hole that no later batch of the same identity can pass. Then the partition is broken: it
//! begins again, at sequence 0 under a higher epoch, as soon as nothing of it is under way. Whatever may have been written
//! keeps its sequence, so that the broker finds duplicates; other partitions keep theirs.

use base::ProducerId;
use std::collections::VecDeque;

/// Producer id and epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub id: ProducerId,
    pub epoch: i16,
}

impl Identity {
    /// The same producer in the next epoch; none after the last, when another id is needed.
    pub fn bumped(self) -> Option<Identity> {
        Some(Identity { epoch: self.epoch.checked_add(1)?, ..self })
    }
}

/// A batch that has a sequence.
#[derive(Debug, Clone, Copy)]
struct Open {
    base: i32,
    /// The broker refused it for good; it stands here until the batches before it are done.
    refused: bool,
}

#[derive(Debug, Default)]
pub(super) struct Sequences {
    identity: Option<Identity>,
    next: i32,
    /// What the leader expects next, by its acknowledgements.
    expected: i32,
    /// In order.
    open: VecDeque<Open>,
    /// A batch was given up and may or may not have been written.
    unresolved: bool,
    broken: bool,
}

impl Sequences {
    /// Whether the first batch of the queue, with this sequence if it has one, may be sent now. One that has a sequence was
    /// sent before and goes only when all before it are done. A new one waits while the fate of earlier ones is not known.
    pub fn may_send(&self, base: Option<i32>) -> bool {
        !self.broken
            && match base {
                Some(base) => self.open.front().is_some_and(|first| first.base == base),
                None => !self.unresolved,
            }
    }

    /// Identity and sequence for a new batch. A partition goes over to the producer's current identity when nothing of it is
    /// open.
    pub fn stamp(&mut self, current: Identity, count: i32) -> (Identity, i32) {
        if self.open.is_empty() && self.identity != Some(current) {
            *self = Sequences { identity: Some(current), ..Sequences::default() };
        }
        let base = self.next;
        self.next = after(base, count);
        self.open.push_back(Open { base, refused: false });
        (self.identity.unwrap_or(current), base)
    }

    /// The identity that open batches were stamped with.
    pub fn identity(&self) -> Option<Identity> {
        self.identity
    }

    pub fn acknowledged(&mut self, base: i32, count: i32) {
        self.open.retain(|open| open.base != base);
        self.expected = after(base, count);
        self.settle();
    }

    /// A batch failed, and certainly was not written.
    pub fn refused(&mut self, base: i32) {
        for open in self.open.iter_mut().filter(|open| open.base == base) {
            open.refused = true;
        }
        self.settle();
    }

    /// A batch failed, and may have been written all the same.
    pub fn given_up(&mut self, base: i32) {
        self.open.retain(|open| open.base != base);
        self.unresolved = true;
        self.settle();
    }

    /// The broker found a gap before a batch. Behind an open batch that is expected; otherwise the partition is broken.
    pub fn gap_before(&mut self, base: i32) {
        self.broken |= self.open.front().is_none_or(|first| first.base == base);
    }

    /// A batch became two.
    pub fn split(&mut self, base: i32, second: i32) {
        if let Some(at) = self.open.iter().position(|open| open.base == base) {
            self.open.insert(at + 1, Open { base: second, refused: false });
        }
    }

    /// Whether the partition must begin again.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    fn settle(&mut self) {
        self.broken |= self.open.front().is_some_and(|first| first.refused);
        if self.unresolved && self.open.is_empty() {
            self.broken |= self.expected != self.next;
            self.unresolved = false;
        }
    }
}

/// Sequences wrap from `i32::MAX` to 0.
pub(super) fn after(base: i32, count: i32) -> i32 {
    base.wrapping_add(count) & i32::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Identity = Identity { id: 7, epoch: 0 };

    /// Batches of ten records at 0, 10 and so on.
    fn sent(batches: i32) -> Sequences {
        let mut sequences = Sequences::default();
        for batch in 0..batches {
            assert_eq!(sequences.stamp(FIRST, 10), (FIRST, batch * 10));
        }
        sequences
    }

    #[test]
    fn sequences_wrap_to_zero() {
        assert_eq!(after(5, 3), 8);
        assert_eq!(after(i32::MAX, 1), 0);
        assert_eq!(after(i32::MAX - 1, 5), 3);
    }

    #[test]
    fn a_gap_behind_an_open_batch_breaks_nothing() {
        let mut sequences = sent(3);
        sequences.gap_before(10);
        assert!(!sequences.is_broken());
        assert!(sequences.may_send(Some(0)) && !sequences.may_send(Some(10)));
        sequences.acknowledged(0, 10);
        assert!(sequences.may_send(Some(10)));
        sequences.gap_before(10);
        assert!(sequences.is_broken());
    }

    #[test]
    fn what_follows_a_batch_that_was_given_up_keeps_its_sequence_until_the_broker_misses_one() {
        // It had been written: the next one passes, and nothing begins again.
        let mut sequences = sent(2);
        sequences.given_up(0);
        assert!(sequences.may_send(Some(10)) && !sequences.may_send(None));
        sequences.acknowledged(10, 10);
        assert!(!sequences.is_broken() && sequences.may_send(None));
        // It had not.
        let mut sequences = sent(2);
        sequences.given_up(0);
        sequences.gap_before(10);
        assert!(sequences.is_broken());
    }

    #[test]
    fn a_partition_whose_last_batch_was_given_up_begins_again() {
        let mut sequences = sent(2);
        sequences.acknowledged(0, 10);
        assert!(!sequences.is_broken());
        sequences.given_up(10);
        assert!(sequences.is_broken() && !sequences.may_send(None));
    }

    #[test]
    fn a_refused_batch_breaks_the_partition_only_after_those_before_it() {
        let mut sequences = sent(3);
        sequences.refused(10);
        assert!(!sequences.is_broken() && sequences.may_send(Some(0)));
        sequences.acknowledged(0, 10);
        assert!(sequences.is_broken());
    }

    #[test]
    fn a_partition_goes_over_to_another_epoch_when_nothing_is_open() {
        let bumped = FIRST.bumped().unwrap();
        let mut sequences = sent(1);
        assert_eq!(sequences.stamp(bumped, 10), (FIRST, 10));
        sequences.acknowledged(0, 10);
        sequences.acknowledged(10, 10);
        assert_eq!(sequences.stamp(bumped, 10), (bumped, 0));
        assert_eq!(Identity { id: 7, epoch: i16::MAX }.bumped(), None);
    }

    #[test]
    fn halves_of_a_batch_go_one_after_the_other() {
        let mut sequences = sent(2);
        sequences.split(0, 5);
        assert!(sequences.may_send(Some(0)) && !sequences.may_send(Some(5)));
        sequences.acknowledged(0, 5);
        assert!(sequences.may_send(Some(5)));
        sequences.acknowledged(5, 5);
        assert!(sequences.may_send(Some(10)) && !sequences.is_broken());
    }
}
