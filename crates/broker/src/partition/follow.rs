//! The follower's door: bytes that have their offsets and epochs already, what their leader tells beside them, and the cut
//! of what the leader does not have.

use super::role::Role;
use super::{AppendError, Effects, Inner, PartitionCell};
use base::{ErrorCode, LeaderEpoch, Now, Offset};
use replication::Follower;
use storage::BeforeCut;

/// What a fetch from the leader brought for one partition.
#[derive(Debug, Clone, Copy)]
pub struct Fetched<'a> {
    /// The epoch in which it was asked for.
    pub leader_epoch: LeaderEpoch,
    /// Whole batches as the leader has them; an incomplete one at the end is left aside.
    pub records: &'a [u8],
    pub high_watermark: Offset,
    pub log_start_offset: Offset,
}

impl PartitionCell {
    /// Appends what was fetched, byte for byte, and takes over the leader's high watermark and log start as far as the own
    /// log goes. Returns the log end.
    ///
    /// # Errors
    /// `Refused` where this is no follower of that epoch (any more). Nothing is appended of bytes that do not follow the
    /// log.
    pub fn append_fetched(
        &self,
        fetched: &Fetched<'_>,
        now: Now,
        effects: &mut Effects,
    ) -> Result<Offset, AppendError> {
        let mut inner = self.inner.lock();
        inner.following_in(fetched.leader_epoch).map_err(AppendError::Refused)?;
        let taken = inner.take_fetched(fetched, now, effects);
        if let Err(AppendError::Storage(error)) = &taken {
            effects.failed |= error.fails_log_dir();
        }
        inner.settle_failure(effects);
        taken
    }

    /// What comes before [`PartitionCell::truncate`]: run it outside, then write the directory's checkpoints, whose
    /// recovery point must not lie above the cut when the log grows again (KAFKA-10471).
    pub fn prepare_truncation(&self, leader_epoch: LeaderEpoch, offset: Offset) -> Result<BeforeCut, AppendError> {
        let mut inner = self.inner.lock();
        inner.following_in(leader_epoch).map_err(AppendError::Refused)?;
        inner.log.prepare_cut(offset).map_err(AppendError::Storage)
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
        inner.log.forget_cut();
        inner.following_in(leader_epoch).map_err(AppendError::Refused)?;
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

    fn take_fetched(&mut self, fetched: &Fetched<'_>, now: Now, effects: &mut Effects) -> Result<Offset, AppendError> {
        let appended = self.log.append_with_offsets(fetched.records, fetched.leader_epoch, now.wall_ms);
        let appended = appended.map_err(AppendError::Storage)?;
        effects.jobs.extend(appended.jobs);
        effects.wants_sealed_flush |= appended.rolled;
        self.want_flush(effects);
        let end = self.log.log_end_offset();
        let follower = self.following_in(fetched.leader_epoch).map_err(AppendError::Refused)?;
        if follower.told(fetched.high_watermark, end) {
            self.high_watermark_moved(effects);
        }
        let log_start_offset = fetched.log_start_offset.min(self.log.high_watermark());
        let jobs = self.log.advance_log_start_offset(log_start_offset).map_err(AppendError::Storage)?;
        effects.jobs.extend(jobs);
        Ok(end)
    }
}
