//! DeleteRecords of one partition (KIP-107): the leader moves its log start, the followers hear of it with their fetches and
//! say with the next ones where theirs is; who asked waits until all that are in service have moved.

use super::effects::AckWaiter;
use super::waits::{AckWait, Awaited};
use super::{Effects, Inner, PartitionCell};
use base::{ErrorCode, Now, Offset};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What a deletion has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// Below it the records are gone at every replica in service.
    pub low_watermark: Offset,
    /// That is what was asked for; else the waiter that was given will be called.
    pub is_everywhere: bool,
}

impl PartitionCell {
    /// Deletes records below an offset (-1: the high watermark). The waiter is called with its index, in `timeout_us` at
    /// the latest (give or take a second), where followers still have them.
    pub fn delete_records(
        &self,
        offset: Offset,
        (waiter, index, timeout_us): (&Arc<dyn AckWaiter>, usize, u64),
        now: Now,
        effects: &mut Effects,
    ) -> Result<Deleted, ErrorCode> {
        let mut inner = self.inner.lock();
        inner.check_leadership(-1)?;
        let high_watermark = inner.log.high_watermark();
        let offset = if offset == -1 { high_watermark } else { offset };
        if offset < 0 || offset > high_watermark {
            return Err(ErrorCode::OffsetOutOfRange);
        }
        match inner.log.advance_log_start_offset(offset) {
            Ok(jobs) => inner.hand_out(jobs, effects),
            Err(error) => {
                effects.failed |= error.fails_log_dir();
                return Err(error.error_code());
            }
        }
        // Followers hear of it at once.
        let Inner { readers, log, .. } = &mut *inner;
        readers.wake(log, effects);
        let low_watermark = inner.low_watermark().ok_or(ErrorCode::NotLeaderOrFollower)?;
        let is_everywhere = low_watermark >= offset;
        if !is_everywhere {
            let deadline_us = now.monotonic_us.saturating_add(timeout_us);
            inner.acks.insert(offset, Awaited::Deleted, AckWait { waiter: waiter.clone(), index, deadline_us });
            self.has_waits.store(true, Ordering::Release);
        }
        Ok(Deleted { low_watermark, is_everywhere })
    }

    /// Below it the records are gone at every replica in service, as the leader knows it.
    pub fn low_watermark(&self) -> Option<Offset> {
        self.inner.lock().low_watermark()
    }
}

impl Inner {
    fn low_watermark(&self) -> Option<Offset> {
        let log_start_offset = self.log.log_start_offset();
        self.role.leader().map(|leader| leader.low_watermark(log_start_offset))
    }

    /// A follower has told where its log begins, or is waited for no more.
    pub(super) fn low_watermark_moved(&mut self, effects: &mut Effects) {
        if self.acks.awaits(Awaited::Deleted)
            && let Some(low_watermark) = self.low_watermark()
        {
            self.acks.reached(Awaited::Deleted, low_watermark, Ok(()), effects);
        }
    }
}
