//! The follower of a partition as a machine without I/O: whom it follows, in which epoch, what that leader has told of
//! the high watermark, and where a log that went another way is cut.
//!
//! Invariants: the high watermark never lies above the log end, and goes back only where the log is cut.

use base::{LeaderEpoch, NodeId, Offset};

/// A follower of one partition in one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower {
    leader: NodeId,
    epoch: LeaderEpoch,
    high_watermark: Offset,
}

/// The end of an epoch in somebody's log: the epoch, and the offset behind its last record.
pub type EpochEnd = (LeaderEpoch, Offset);

/// Where a log is cut that went another way than its leader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truncation {
    pub offset: Offset,
}

impl Truncation {
    /// What a leader's answer means that names the end of the largest epoch at or below the follower's last one
    /// (KIP-101, KIP-279). `own_end` is where an epoch ends here: the largest at or below the one that is asked for. The
    /// next fetch finds whether both agree by then; if not, it names an earlier epoch, and this comes again.
    pub fn after_divergence(
        leader: EpochEnd,
        own_end: impl Fn(LeaderEpoch) -> Option<EpochEnd>,
        log_end_offset: Offset,
    ) -> Truncation {
        let (epoch, end_offset) = leader;
        let offset = match own_end(epoch) {
            Some((own_epoch, own)) if own_epoch == epoch => own.min(end_offset),
            // The leader knows an epoch that is missing here: what this log has beyond the one before goes.
            Some((_, own)) => own,
            None => end_offset,
        };
        Truncation { offset: offset.clamp(0, log_end_offset) }
    }
}

impl Follower {
    /// One that begins with what the replica knew before. A leader of -1: nobody leads, and there is nobody to follow.
    pub fn new(leader: NodeId, epoch: LeaderEpoch, high_watermark: Offset) -> Follower {
        Follower { leader, epoch, high_watermark }
    }

    pub fn leader(&self) -> NodeId {
        self.leader
    }

    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    /// The leader's high watermark came with records, after which the local log ends here. True if the own one has moved.
    pub fn told(&mut self, high_watermark: Offset, log_end_offset: Offset) -> bool {
        let known = high_watermark.min(log_end_offset);
        let has_moved = known > self.high_watermark;
        self.high_watermark = self.high_watermark.max(known);
        has_moved
    }

    /// The local log was cut and ends here now.
    pub fn cut(&mut self, log_end_offset: Offset) {
        self.high_watermark = self.high_watermark.min(log_end_offset);
    }

    /// The local log was emptied and begins here now.
    pub fn begun_anew(&mut self, log_start_offset: Offset) {
        self.high_watermark = log_start_offset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_believes_its_leader_as_far_as_its_own_log_goes() {
        let mut follower = Follower::new(2, 5, 3);
        assert!(follower.told(10, 7));
        assert_eq!(follower.high_watermark(), 7);
        assert!(follower.told(10, 12));
        assert_eq!(follower.high_watermark(), 10);
    }

    #[test]
    fn only_a_cut_takes_its_high_watermark_back() {
        let mut follower = Follower::new(2, 5, 3);
        assert!(!follower.told(1, 7));
        assert_eq!(follower.high_watermark(), 3);
        follower.cut(2);
        assert_eq!(follower.high_watermark(), 2);
    }

    /// Logs as the epochs' first offsets and the end; where epochs end as `storage` answers it.
    fn end_of(log: &(&[(LeaderEpoch, Offset)], Offset), epoch: LeaderEpoch) -> Option<EpochEnd> {
        let (epochs, log_end) = *log;
        let at = epochs.iter().rposition(|(known, _)| *known <= epoch);
        let end = |next: usize| epochs.get(next).map_or(log_end, |(_, start)| *start);
        match at {
            Some(at) => Some((epochs[at].0, end(at + 1))),
            None => Some((epoch, epochs.first()?.1)),
        }
    }

    #[test]
    fn two_logs_agree_after_as_many_cuts_as_there_are_epochs() {
        // KIP-279: after quick failovers the leader lacks the follower's epochs, and the follower the leader's.
        let leader: (&[_], _) = (&[(0, 0), (2, 10), (5, 20)], 30);
        for (own, agreed) in [
            ((&[(0, 0), (1, 8), (3, 12), (4, 25)][..], 40), 8),
            ((&[(0, 0), (2, 10), (4, 15)][..], 25), 15),
            ((&[(0, 0), (2, 10)][..], 22), 20),
            ((&[(0, 0)][..], 13), 10),
            ((&[(1, 0)][..], 13), 0),
        ] {
            let (mut epochs, mut end): (Vec<_>, Offset) = (own.0.to_vec(), own.1);
            for round in 0.. {
                assert!(round <= 5, "{own:?} is cut for ever");
                let Some((last, _)) = epochs.last().copied() else { break };
                let there = end_of(&leader, last).unwrap();
                if there.0 >= last && there.1 >= end {
                    break;
                }
                let log = (epochs.as_slice(), end);
                end = Truncation::after_divergence(there, |epoch| end_of(&log, epoch), end).offset;
                epochs.retain(|(_, start)| *start < end);
            }
            assert_eq!(end, agreed, "{own:?}");
        }
    }
}
