//! The leader's door: batches get their offsets here, and who wants to know waits until they are acknowledged.

use super::effects::AckWaiter;
use super::waits::{AckWait, Awaited};
use super::{Effects, Inner, PartitionCell};
use crate::topic_settings::TopicSettings;
use base::{ErrorCode, LeaderEpoch, Now, Offset};
use replication::{Admission, Leader};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use storage::{AppendOrigin, LeaderBatch, StorageError};

/// Which acknowledgement a producer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acks {
    None,
    Leader,
    All,
}

/// What a batch is judged by before it is appended.
pub struct Admitted {
    /// To be named by the append.
    pub leader_epoch: LeaderEpoch,
    pub settings: Arc<TopicSettings>,
}

/// A batch for the leader.
#[derive(Debug, Clone, Copy)]
pub struct Append<'a> {
    pub batch: &'a LeaderBatch<'a>,
    /// The epoch in which it was decided: of [`Admitted`], or of the coordinator whose records these are.
    pub leader_epoch: LeaderEpoch,
    pub acks: Acks,
    /// The time that the broker gave the records, if it did.
    pub log_append_time_ms: Option<i64>,
}

/// Where an append ended up.
#[derive(Debug, Clone, Copy)]
pub struct AppendOutcome {
    pub base_offset: Offset,
    pub last_offset: Offset,
    /// The time that the broker gave the records, -1 where the producer's times stay.
    pub log_append_time_ms: i64,
    pub log_start_offset: Offset,
    /// False: the waiter that was given will be called.
    pub is_acknowledged: bool,
}

/// Why a batch was not appended, or a log not cut.
#[derive(Debug)]
pub enum AppendError {
    Refused(ErrorCode),
    Storage(StorageError),
}

impl PartitionCell {
    /// Whether this broker takes batches of clients now.
    pub fn admit(&self, acks: Acks) -> Result<Admitted, ErrorCode> {
        let inner = self.inner.lock();
        let leader = inner.check_leadership(-1)?;
        inner.check_replicas(leader, acks)?;
        Ok(Admitted { leader_epoch: leader.epoch(), settings: inner.settings.clone() })
    }

    /// Appends a batch as leader. Where the outcome is not acknowledged yet, the waiter will be called with its index, in
    /// `timeout_us` at the latest (give or take a second).
    pub fn append(
        &self,
        append: &Append<'_>,
        (waiter, index, timeout_us): (&dyn Fn() -> Arc<dyn AckWaiter>, usize, u64),
        now: Now,
        effects: &mut Effects,
    ) -> Result<AppendOutcome, AppendError> {
        let mut inner = self.inner.lock();
        let leader = inner.leading_in(append.leader_epoch).map_err(AppendError::Refused)?;
        inner.check_replicas(leader, append.acks).map_err(AppendError::Refused)?;
        // A move changes it inside of the cell only: it is the same before and after.
        let directory = self.directory();
        let pace = directory.append_begins();
        let appended = inner.log.append_as_leader(append.batch, append.leader_epoch, now.wall_ms);
        directory.append_ended(pace);
        let appended = match appended {
            Ok(appended) => appended,
            // What a producer sent behind a batch that found no room is not out of order: it comes again behind that one.
            // Told otherwise, clients begin another epoch and send twice what is under way to other partitions.
            Err(StorageError::OutOfOrderSequence { producer_id, .. })
                if inner.short.is_waited_for(producer_id, now.monotonic_us) =>
            {
                return Err(AppendError::Refused(ErrorCode::KafkaStorageError));
            }
            Err(error) => {
                if error.is_shortage() {
                    inner.short.refused(append.batch.producer_id(), now.monotonic_us);
                }
                effects.failed |= error.fails_log_dir();
                inner.settle_failure(effects);
                return Err(AppendError::Storage(error));
            }
        };
        inner.short.appended(append.batch.producer_id());
        inner.hand_out(appended.jobs, effects);
        effects.wants_sealed_flush |= appended.rolled;
        let end = inner.log.log_end_offset();
        if inner.role.leader_mut().is_some_and(|leader| leader.appended(end, now.monotonic_us)) {
            inner.high_watermark_moved(effects);
        } else {
            // Nothing more is committed; the log has grown, which is news for followers.
            let Inner { readers, log, .. } = &mut *inner;
            readers.wake(log, effects);
        }
        inner.check_leader(effects);
        if inner.log.is_failed() {
            return Err(AppendError::Refused(ErrorCode::KafkaStorageError));
        }
        inner.want_flush(effects);
        let needed = appended.last_offset + 1;
        let is_acknowledged = inner.is_acknowledged(needed, append.acks);
        if !is_acknowledged {
            let deadline_us = now.monotonic_us.saturating_add(timeout_us);
            self.wait(&mut inner, needed, append.acks, AckWait { waiter: waiter(), index, deadline_us });
        }
        Ok(AppendOutcome {
            base_offset: appended.base_offset,
            last_offset: appended.last_offset,
            // Kafka answers a duplicate with the time of the first, whoever had set that.
            log_append_time_ms: match appended.duplicate {
                true => appended.max_timestamp_ms,
                false => append.log_append_time_ms.unwrap_or(-1),
            },
            log_start_offset: appended.log_start_offset,
            is_acknowledged,
        })
    }

    /// Appends a batch of this broker's own, decided in this epoch; who waits for it registers with `wait_for_commit`.
    pub fn append_unwatched(
        &self,
        batch: &LeaderBatch<'_>,
        leader_epoch: LeaderEpoch,
        acks: Acks,
        now: Now,
        effects: &mut Effects,
    ) -> Result<AppendOutcome, AppendError> {
        let append = Append { batch, leader_epoch, acks, log_append_time_ms: None };
        self.append(&append, (&|| Arc::new(NoWaiter), 0, 0), now, effects)
    }

    /// Whether everything below `offset`, as it was appended in this epoch, is committed; where it is not, `waiter` will be
    /// called once it is or its time is up.
    ///
    /// # Errors
    /// The epoch is over: what has the offset now may be something else.
    pub fn wait_for_commit(
        &self,
        leader_epoch: LeaderEpoch,
        offset: Offset,
        waiter: &Arc<dyn AckWaiter>,
        deadline_us: u64,
    ) -> Result<bool, ErrorCode> {
        let mut inner = self.inner.lock();
        inner.leading_in(leader_epoch)?;
        let is_committed = inner.is_acknowledged(offset, Acks::All);
        if !is_committed {
            self.wait(&mut inner, offset, Acks::All, AckWait { waiter: waiter.clone(), index: 0, deadline_us });
        }
        Ok(is_committed)
    }

    fn wait(&self, inner: &mut Inner, offset: Offset, acks: Acks, wait: AckWait) {
        let what = if acks == Acks::All { Awaited::Committed } else { Awaited::Leader };
        inner.acks.insert(offset, what, wait);
        self.has_waits.store(true, Ordering::Release);
    }
}

impl Inner {
    /// Whether there are replicas enough for this acknowledgement.
    fn check_replicas(&self, leader: &Leader, acks: Acks) -> Result<(), ErrorCode> {
        if acks == Acks::All && leader.admit() != Admission::Accepted {
            return Err(ErrorCode::NotEnoughReplicas);
        }
        Ok(())
    }

    fn is_acknowledged(&self, needed: Offset, acks: Acks) -> bool {
        let Some(leader) = self.role.leader() else { return false };
        match acks {
            Acks::None => true,
            Acks::Leader => leader.local_position() >= needed,
            Acks::All if base::mutant(base::Mutant::AckBeforeIsr) => leader.local_position() >= needed,
            Acks::All => leader.high_watermark() >= needed,
        }
    }

    /// Asks for a sync where so much was appended since the last one.
    pub(super) fn want_flush(&mut self, effects: &mut Effects) {
        let unflushed = self.log.log_end_offset() - self.unflushed_since;
        effects.wants_flush |= unflushed >= self.settings.log.flush_messages;
    }
}

/// A waiter for appends that never have to wait.
struct NoWaiter;

impl AckWaiter for NoWaiter {
    fn acknowledged(&self, _: usize, _: Result<(), ErrorCode>, _: Now) {}
}

/// A batch that this broker built itself.
pub fn own_batch(bytes: &[u8]) -> Result<LeaderBatch<'_>, records::RecordsError> {
    LeaderBatch::built(bytes, AppendOrigin::Coordinator)
}
