//! The follower's door: bytes that have their offsets and epochs already, what their leader tells beside them, and the cut
//! of what the leader does not have.

use super::role::Role;
use super::{AppendError, Effects, Inner, PartitionCell};
use crate::partition::DataWaiter;
use base::{ErrorCode, LeaderEpoch, NodeId, Now, Offset};
use replication::{Follower, Truncation};
use std::sync::Arc;
use storage::{BeforeCut, StorageError};

/// Where a follower stands: what it asks its leader for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowerPosition {
    pub leader_epoch: LeaderEpoch,
    pub offset: Offset,
    /// The epoch of the last record here, -1 without one.
    pub last_fetched_epoch: LeaderEpoch,
    pub log_start_offset: Offset,
}

/// What a fetch from the leader brought for one partition.
#[derive(Debug, Clone, Copy)]
pub struct Fetched<'a> {
    /// The epoch in which it was asked for.
    pub leader_epoch: LeaderEpoch,
    /// From where on.
    pub offset: Offset,
    /// Whole batches as the leader has them; an incomplete one at the end is left aside.
    pub records: &'a [u8],
    pub high_watermark: Offset,
    pub log_start_offset: Offset,
}

impl PartitionCell {
    /// Appends what was fetched, byte for byte, and takes over the leader's high watermark and log start as far as the own
    /// log goes. Returns where the log begins and ends.
    ///
    /// # Errors
    /// `Refused` where this is no follower of that epoch (any more). Nothing is appended of bytes that do not follow the
    /// log.
    pub fn append_fetched(
        &self,
        fetched: &Fetched<'_>,
        now: Now,
        effects: &mut Effects,
    ) -> Result<(Offset, Offset), AppendError> {
        let mut inner = self.inner.lock();
        inner.following_in(fetched.leader_epoch).map_err(AppendError::Refused)?;
        let taken = inner.take_fetched(fetched, now, effects);
        if let Err(AppendError::Storage(error)) = &taken {
            effects.failed |= error.fails_log_dir();
        }
        inner.settle_failure(effects);
        taken
    }

    /// Whom this replica follows, if it follows anybody.
    pub(crate) fn following(&self) -> Option<(NodeId, LeaderEpoch)> {
        let inner = self.inner.lock();
        match &inner.role {
            Role::Follower(follower) if !inner.log.is_failed() && follower.leader() >= 0 => {
                Some((follower.leader(), follower.epoch()))
            }
            _ => None,
        }
    }

    /// Whether the leader of exactly this epoch is followed.
    pub(crate) fn check_following(&self, leader_epoch: LeaderEpoch) -> Result<(), AppendError> {
        self.inner.lock().following_in(leader_epoch).map(|_| ()).map_err(AppendError::Refused)
    }

    /// Where the follower of this epoch stands. `None`: what it has is not on disk yet where that is what an
    /// acknowledgement means, and `waiter` is called when it is.
    pub(crate) fn follower_position(
        &self,
        leader_epoch: LeaderEpoch,
        waiter: &Arc<dyn DataWaiter>,
    ) -> Result<Option<FollowerPosition>, ErrorCode> {
        let mut inner = self.inner.lock();
        inner.following_in(leader_epoch)?;
        let end = inner.log.log_end_offset();
        if inner.settings.acknowledges_on_disk() && (inner.is_held() || inner.log.recovery_point() < end) {
            inner.waits_for_sync = Some(waiter.clone());
            return Ok(None);
        }
        let latest = inner.log.leader_epochs().latest().filter(|_| !base::mutant(base::Mutant::LastFetchedEpochLost));
        Ok(Some(FollowerPosition {
            leader_epoch,
            offset: end,
            last_fetched_epoch: latest.map_or(-1, |entry| entry.epoch),
            log_start_offset: inner.log.log_start_offset(),
        }))
    }

    /// Where the log is to be cut whose leader says that the records of this epoch end there.
    pub(crate) fn divergence(
        &self,
        leader_epoch: LeaderEpoch,
        (epoch, end_offset): (LeaderEpoch, Offset),
    ) -> Result<Offset, ErrorCode> {
        let mut inner = self.inner.lock();
        inner.following_in(leader_epoch)?;
        let log = &inner.log;
        if base::mutant(base::Mutant::TruncatesToHighWatermark) {
            return Ok(log.high_watermark());
        }
        let end = log.log_end_offset();
        let own_end =
            |asked| log.leader_epochs().end_offset_for(asked, end).map(|found| (found.epoch, found.end_offset));
        Ok(Truncation::after_divergence((epoch, end_offset), own_end, end).offset)
    }

    /// Empties the log of a follower that has nothing of what its leader still has; it goes on at `offset`. On a thread
    /// that may wait.
    pub(crate) fn begin_anew(
        &self,
        leader_epoch: LeaderEpoch,
        offset: Offset,
        now: Now,
        effects: &mut Effects,
    ) -> Result<(), AppendError> {
        let mut inner = self.inner.lock();
        // What another epoch has prepared stays as it is.
        inner.following_in(leader_epoch).map_err(AppendError::Refused)?;
        inner.log.forget_cut();
        let cut = inner.log.truncate_fully_and_start_at(offset, now.wall_ms);
        if let Err(error) = &cut {
            effects.failed |= error.fails_log_dir();
            inner.settle_failure(effects);
        }
        effects.jobs.extend(cut.map_err(AppendError::Storage)?);
        inner.unflushed_since = offset;
        if !base::mutant(base::Mutant::EmptiedKeepsHighWatermark) {
            inner.following_in(leader_epoch).map_err(AppendError::Refused)?.begun_anew(offset);
        }
        Ok(())
    }

    /// What comes before [`PartitionCell::truncate`]: run it outside, then write the directory's checkpoints, whose
    /// recovery point must not lie above the cut when the log grows again (KAFKA-10471).
    pub fn prepare_truncation(&self, leader_epoch: LeaderEpoch, offset: Offset) -> Result<BeforeCut, AppendError> {
        let mut inner = self.inner.lock();
        inner.following_in(leader_epoch).map_err(AppendError::Refused)?;
        inner.log.prepare_cut(offset).map_err(AppendError::Storage)
    }

    /// The cut that was prepared in this epoch is not to be.
    pub fn forget_truncation(&self, leader_epoch: LeaderEpoch) {
        let mut inner = self.inner.lock();
        if inner.following_in(leader_epoch).is_ok() {
            inner.log.forget_cut();
        }
    }

    /// Cuts what diverged from the leader of this epoch. Returns the log end, which may lie below `offset`. Records around
    /// the cut are read inside: on a thread that may wait.
    pub fn truncate(
        &self,
        leader_epoch: LeaderEpoch,
        offset: Offset,
        now: Now,
        effects: &mut Effects,
    ) -> Result<Offset, AppendError> {
        let mut inner = self.inner.lock();
        // What another epoch has prepared stays as it is.
        inner.following_in(leader_epoch).map_err(AppendError::Refused)?;
        inner.log.forget_cut();
        let cut = inner.log.truncate_to(offset, now.wall_ms);
        if let Err(error) = &cut {
            effects.failed |= error.fails_log_dir();
            inner.settle_failure(effects);
        }
        effects.jobs.extend(cut.map_err(AppendError::Storage)?);
        let end = inner.log.log_end_offset();
        inner.unflushed_since = inner.unflushed_since.min(end);
        inner.following_in(leader_epoch).map_err(AppendError::Refused)?.cut(end);
        Ok(end)
    }
}

impl Inner {
    /// The follower that this partition is in exactly this epoch, and in no other.
    fn following_in(&mut self, epoch: LeaderEpoch) -> Result<&mut Follower, ErrorCode> {
        self.check_online()?;
        match &mut self.role {
            Role::Follower(follower) if epoch < follower.epoch() => Err(ErrorCode::FencedLeaderEpoch),
            Role::Follower(follower) if epoch > follower.epoch() => Err(ErrorCode::UnknownLeaderEpoch),
            Role::Follower(follower) => Ok(follower),
            Role::Leader(_) | Role::Offline(_) => Err(ErrorCode::NotLeaderOrFollower),
        }
    }

    fn take_fetched(
        &mut self,
        fetched: &Fetched<'_>,
        now: Now,
        effects: &mut Effects,
    ) -> Result<(Offset, Offset), AppendError> {
        let end = self.log.log_end_offset();
        if fetched.offset != end {
            // It was asked for before the log was cut, or before somebody else appended.
            let first = fetched.offset;
            return Err(AppendError::Storage(StorageError::UnexpectedAppendOffset { first, end }));
        }
        let appended = self.log.append_with_offsets(fetched.records, fetched.leader_epoch, now.wall_ms);
        let appended = appended.map_err(AppendError::Storage)?;
        self.hand_out(appended.jobs, effects);
        effects.wants_sealed_flush |= appended.rolled;
        self.want_flush(effects);
        let end = self.log.log_end_offset();
        let Role::Follower(follower) = &mut self.role else {
            return Err(AppendError::Refused(ErrorCode::NotLeaderOrFollower));
        };
        if follower.told(fetched.high_watermark, end) {
            self.high_watermark_moved(effects);
        }
        self.want_promised_flush(effects);
        let log_start_offset = fetched.log_start_offset.min(self.log.high_watermark());
        let jobs = self.log.advance_log_start_offset(log_start_offset).map_err(AppendError::Storage)?;
        self.hand_out(jobs, effects);
        Ok((self.log.log_start_offset(), end))
    }

    /// What was appended is on disk: a follower that waits for it goes on.
    pub(super) fn synced(&mut self, effects: &mut Effects) {
        let is_synced = !self.is_held() && self.log.recovery_point() >= self.log.log_end_offset();
        if is_synced || !self.settings.acknowledges_on_disk() {
            effects.data_waiters.extend(self.waits_for_sync.take().map(|waiter| (waiter, 0)));
        }
    }
}
