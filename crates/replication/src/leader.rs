//! The leader of a partition as a machine without I/O: it is told how far the local log and the followers have come and
//! says how far the partition is committed.
//!
//! Invariants: the high watermark never goes back, neither within a leadership nor where one begins, and never lies above
//! the log end; it is the least position of the in-sync replicas. The leader's own position is its log end or, where an acknowledgement means "on
//! disk" (`flush.messages=1`), what it has flushed.

use base::{LeaderEpoch, Map, NodeId, Offset, PartitionEpoch};

/// What decides whether a write with acks=all may be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Accepted,
    /// Fewer replicas are in sync than `min.insync.replicas` demands.
    NotEnoughReplicas,
}

/// How far a follower has come, as its leader sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// It has everything below.
    pub log_end_offset: Offset,
    /// Monotonic time when it last had everything that the leader had.
    pub caught_up_us: u64,
}

/// The leader of one partition in one epoch.
#[derive(Debug, Clone)]
pub struct Leader {
    local: NodeId,
    epoch: LeaderEpoch,
    partition_epoch: PartitionEpoch,
    isr: Vec<NodeId>,
    followers: Map<NodeId, Progress>,
    log_end_offset: Offset,
    flushed_offset: Offset,
    acknowledges_on_disk: bool,
    high_watermark: Offset,
    /// Where this epoch's records begin in the log.
    epoch_start_offset: Offset,
    /// An invariant that does not hold any more: whoever drives this must stop.
    broken: Option<&'static str>,
}

impl Leader {
    /// A leadership that begins at the end of the local log. `high_watermark` is what the replica knew before.
    pub fn new(
        local: NodeId,
        epoch: LeaderEpoch,
        partition_epoch: PartitionEpoch,
        isr: Vec<NodeId>,
        replicas: &[NodeId],
        log_end_offset: Offset,
        high_watermark: Offset,
    ) -> Leader {
        let followers = replicas.iter().filter(|id| **id != local);
        let followers = followers.map(|id| (*id, Progress { log_end_offset: -1, caught_up_us: 0 })).collect();
        let mut leader = Leader {
            local,
            epoch,
            partition_epoch,
            isr,
            followers,
            log_end_offset,
            flushed_offset: log_end_offset,
            acknowledges_on_disk: false,
            high_watermark: high_watermark.clamp(0, log_end_offset),
            epoch_start_offset: log_end_offset,
            broken: None,
        };
        leader.advance();
        leader
    }

    /// The same where an acknowledgement means "on disk": what this process has not flushed does not count, although a
    /// recovery found it. What was committed before stays so.
    pub fn on_disk(
        local: NodeId,
        (epoch, partition_epoch): (LeaderEpoch, PartitionEpoch),
        isr: Vec<NodeId>,
        replicas: &[NodeId],
        log_end_offset: Offset,
        flushed_offset: Offset,
        high_watermark: Offset,
    ) -> Leader {
        let flushed_offset = flushed_offset.clamp(0, log_end_offset);
        let mut leader = Leader::new(local, epoch, partition_epoch, isr, replicas, flushed_offset, 0);
        leader.acknowledges_on_disk = true;
        leader.high_watermark = leader.high_watermark.max(high_watermark.min(log_end_offset));
        (leader.log_end_offset, leader.epoch_start_offset) = (log_end_offset, log_end_offset);
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
        self.partition_epoch
    }

    pub fn isr(&self) -> &[NodeId] {
        &self.isr
    }

    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    pub fn epoch_start_offset(&self) -> Offset {
        self.epoch_start_offset
    }

    /// Whether an acknowledgement means that the record is on the leader's disk.
    pub fn set_acknowledges_on_disk(&mut self, on_disk: bool) -> bool {
        self.acknowledges_on_disk = on_disk;
        self.advance()
    }

    /// The partition was registered anew in the same leadership (ISR or partition epoch changed).
    pub fn set_registration(&mut self, partition_epoch: PartitionEpoch, isr: Vec<NodeId>, replicas: &[NodeId]) -> bool {
        self.partition_epoch = partition_epoch;
        self.isr = isr;
        self.followers.retain(|id, _| replicas.contains(id));
        for id in replicas.iter().filter(|id| **id != self.local) {
            self.followers.entry(*id).or_insert(Progress { log_end_offset: -1, caught_up_us: 0 });
        }
        self.advance()
    }

    /// Whether a write with acks=all may be appended now. More in-sync replicas than the partition has replicas are never
    /// asked for.
    pub fn admit(&self, min_insync_replicas: usize) -> Admission {
        let replicas = self.followers.len() + 1;
        match self.isr.len() >= min_insync_replicas.min(replicas) {
            true => Admission::Accepted,
            false => Admission::NotEnoughReplicas,
        }
    }

    /// The local log ends at this offset now. True if the high watermark has moved.
    pub fn appended(&mut self, log_end_offset: Offset) -> bool {
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

    /// A follower fetches from this offset on: it has everything below. True if the high watermark has moved.
    pub fn fetched(&mut self, follower: NodeId, log_end_offset: Offset, now_us: u64) -> bool {
        let leader_end = self.log_end_offset;
        let Some(state) = self.followers.get_mut(&follower) else { return false };
        state.log_end_offset = log_end_offset.min(leader_end);
        if log_end_offset >= leader_end {
            state.caught_up_us = now_us;
        }
        self.advance()
    }

    /// Whether the broker is another replica of the partition.
    pub fn is_follower(&self, id: NodeId) -> bool {
        self.followers.contains_key(&id)
    }

    /// How far the leader's own copy counts.
    pub fn local_position(&self) -> Offset {
        if self.acknowledges_on_disk { self.flushed_offset } else { self.log_end_offset }
    }

    fn advance(&mut self) -> bool {
        let followers = self.isr.iter().filter_map(|id| self.followers.get(id)).map(|f| f.log_end_offset);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alone_it_commits_what_it_appends() {
        let mut leader = Leader::new(1, 0, 0, vec![1], &[1], 5, 3);
        assert_eq!(leader.high_watermark(), 5);
        assert!(leader.appended(8));
        assert_eq!(leader.high_watermark(), 8);
    }

    #[test]
    fn what_a_recovery_found_is_not_on_disk_before_it_is_flushed() {
        let mut leader = Leader::on_disk(1, (0, 0), vec![1], &[1], 9, 6, 0);
        assert_eq!(leader.high_watermark(), 6);
        assert!(!leader.appended(12));
        assert!(leader.flushed(12));
        assert_eq!(leader.high_watermark(), 12);
    }

    #[test]
    fn what_was_committed_before_stays_so_although_it_is_not_on_disk_yet() {
        let mut leader = Leader::on_disk(1, (3, 0), vec![1], &[1], 9, 2, 7);
        assert_eq!((leader.high_watermark(), leader.local_position()), (7, 2));
        assert!(!leader.flushed(5));
        assert!(leader.flushed(8));
        assert_eq!(leader.high_watermark(), 8);
        assert_eq!(Leader::on_disk(1, (3, 0), vec![1], &[1], 9, 2, 20).high_watermark(), 9);
    }

    #[test]
    fn on_disk_means_flushed() {
        let mut leader = Leader::new(1, 0, 0, vec![1], &[1], 0, 0);
        leader.set_acknowledges_on_disk(true);
        assert!(!leader.appended(4));
        assert!(leader.flushed(3));
        assert_eq!(leader.high_watermark(), 3);
        assert!(leader.set_acknowledges_on_disk(false));
        assert_eq!(leader.high_watermark(), 4);
    }

    #[test]
    fn the_slowest_in_sync_replica_decides() {
        let mut leader = Leader::new(1, 2, 0, vec![1, 2], &[1, 2, 3], 0, 0);
        assert!(!leader.appended(10));
        assert!(!leader.fetched(3, 10, 0), "not in the ISR");
        assert!(leader.fetched(2, 7, 0));
        assert_eq!(leader.high_watermark(), 7);
        assert!(leader.set_registration(1, vec![1], &[1, 2, 3]));
        assert_eq!(leader.high_watermark(), 10);
        assert_eq!(leader.admit(2), Admission::NotEnoughReplicas);
    }

    #[test]
    fn a_log_that_shrinks_under_it_breaks_it_and_commits_nothing_more() {
        let mut leader = Leader::new(1, 0, 0, vec![1], &[1], 5, 5);
        assert!(!leader.appended(4));
        assert!(leader.broken().is_some());
        assert!(!leader.appended(9));
        assert_eq!(leader.high_watermark(), 5);
    }

    #[test]
    fn no_more_in_sync_replicas_are_asked_for_than_there_are_replicas() {
        let mut leader = Leader::new(1, 0, 0, vec![1], &[1], 0, 0);
        assert_eq!(leader.admit(2), Admission::Accepted);
        leader.set_registration(1, vec![1, 2], &[1, 2]);
        assert_eq!(leader.admit(3), Admission::Accepted);
        leader.set_registration(2, vec![1], &[1, 2]);
        assert_eq!(leader.admit(3), Admission::NotEnoughReplicas);
        leader.set_registration(3, vec![1], &[1]);
        assert_eq!(leader.admit(3), Admission::Accepted);
    }

    #[test]
    fn it_never_goes_back() {
        let mut leader = Leader::new(1, 0, 0, vec![1], &[1, 2], 5, 5);
        assert!(!leader.set_registration(1, vec![1, 2], &[1, 2]));
        assert_eq!(leader.high_watermark(), 5);
        assert!(!leader.fetched(2, 3, 0));
        assert_eq!(leader.high_watermark(), 5);
    }
}
