//! The follower of a partition as a machine without I/O: whom it follows, in which epoch, and what that leader has told of
//! the high watermark.
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
}
