//! Retention: which segments may go, by log start, time and size.

use crate::error::IoContext;
use crate::names::{self, file_name};
use crate::segment::Segment;
use crate::{Job, Log, StorageError};
use base::Offset;

/// Why segments were deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionReason {
    /// They lie below the log start offset.
    LogStart,
    /// `retention.ms`
    Time,
    /// `retention.bytes`
    Size,
}

impl Log {
    /// Deletes the oldest segments that retention does not keep, none of them above the high watermark. With
    /// `cleanup.policy` without `delete` only those below the log start go. When all would go, a new segment is begun
    /// first. Returns the reason and number of segments of each step, and the jobs that remove the files after
    /// `file.delete.delay.ms`.
    pub fn delete_old_segments(
        &mut self,
        now_wall_ms: i64,
    ) -> Result<(Vec<(DeletionReason, usize)>, Vec<Job>), StorageError> {
        self.online()?;
        let mut jobs = Vec::new();
        let deleted = self.apply_retention(now_wall_ms, &mut jobs);
        let deleted = self.noting(deleted)?;
        Ok((deleted, jobs))
    }

    fn apply_retention(
        &mut self,
        now_wall_ms: i64,
        jobs: &mut Vec<Job>,
    ) -> Result<Vec<(DeletionReason, usize)>, StorageError> {
        let mut done = Vec::new();
        let mut delete = |log: &mut Log, reason, count| -> Result<(), StorageError> {
            if count > 0 {
                log.delete_oldest(count, now_wall_ms, jobs)?;
                done.push((reason, count));
            }
            Ok(())
        };
        if self.config.cleanup_policy.delete {
            if self.config.retention_ms >= 0 {
                let count = self.count_expired(now_wall_ms)?;
                delete(self, DeletionReason::Time, count)?;
            }
            if self.config.retention_bytes >= 0 {
                let count = self.count_excess();
                delete(self, DeletionReason::Size, count)?;
            }
        }
        let count = self.older.keys().skip(1).chain([&self.active.base_offset]);
        let count = count.take_while(|next| **next <= self.log_start && **next <= self.high_watermark).count();
        delete(self, DeletionReason::LogStart, count.min(self.older.len()))?;
        Ok(done)
    }

    /// The segments, oldest first, whose records are all committed; an empty active one is not among them.
    fn committed(&self) -> impl Iterator<Item = &Segment> {
        self.older.values().chain((self.active.size > 0).then_some(&self.active)).take_while(|segment| {
            self.end_of(segment.base_offset) <= self.high_watermark
                || base::mutant(base::Mutant::RetentionPastHighWatermark)
        })
    }

    fn count_expired(&self, now_wall_ms: i64) -> Result<usize, StorageError> {
        let mut count = 0;
        for segment in self.committed() {
            let mut newest_ms = segment.max_timestamp(&*self.files)?.timestamp_ms;
            if newest_ms < 0 {
                newest_ms = self.files.modified_ms(segment.path()).or_failed(segment.path())?;
            }
            if now_wall_ms.saturating_sub(newest_ms) <= self.config.retention_ms {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    fn count_excess(&self) -> usize {
        let mut excess = self.size() as i128 - i128::from(self.config.retention_bytes);
        let goes = |segment: &&Segment| {
            let enough = excess >= i128::from(segment.size);
            excess -= i128::from(segment.size);
            enough
        };
        self.committed().take_while(goes).count()
    }

    fn delete_oldest(&mut self, count: usize, now_wall_ms: i64, jobs: &mut Vec<Job>) -> Result<(), StorageError> {
        if count > self.older.len() {
            self.roll_to(self.log_end, now_wall_ms, jobs)?;
        }
        self.keep_producers_of(count, now_wall_ms)?;
        for _ in 0..count.min(self.older.len()) {
            let Some((base_offset, segment)) = self.older.pop_first() else { break };
            jobs.push(self.discard(&segment)?);
            if self.snapshots.remove(&base_offset) {
                jobs.extend(self.discard_snapshot(base_offset)?);
            }
        }
        if base::mutant(base::Mutant::ProducersGoWithRetention) {
            self.producers.clear(self.log_end);
        }
        let first = self.first_base_offset();
        self.log_start = self.log_start.max(first);
        self.high_watermark = self.high_watermark.max(self.log_start);
        if self.epochs.truncate_from_start(self.log_start) {
            jobs.push(self.epochs_job());
        }
        Ok(())
    }

    /// A start after the oldest `count` segments went must still know their producers (KAFKA-7190): the snapshot where
    /// the log will begin must be on disk, not only about to be written. On a full disk room comes first.
    fn keep_producers_of(&mut self, count: usize, now_wall_ms: i64) -> Result<(), StorageError> {
        let first = self.older.keys().nth(count).copied().unwrap_or(self.active.base_offset);
        if !self.snapshots.contains(&first) || base::mutant(base::Mutant::RetentionPastHighWatermark) {
            return Ok(());
        }
        let path = self.folder.join(file_name(first, names::SNAPSHOT));
        if self.files.exists(&path).or_failed(&path)? {
            return Ok(());
        }
        let states = match first == self.log_end {
            true => self.producers.sorted(),
            false => self.producers_at(first, now_wall_ms)?.sorted(),
        };
        self.writes += 1;
        let content = crate::producer_snapshot::encode(&states);
        match Job::replace(path, content, self.snapshots_turn.clone(), self.writes).run(&*self.files) {
            Err(error) if error.is_shortage() => {
                tracing::warn!(partition = %self.partition, %error, "no way to remember the producers of segments that go");
                Ok(())
            }
            other => other,
        }
    }

    fn discard_snapshot(&mut self, offset: Offset) -> Result<Option<Job>, StorageError> {
        let path = self.folder.join(file_name(offset, names::SNAPSHOT));
        let deleted = self.folder.join(file_name(offset, names::SNAPSHOT) + names::DELETED);
        match self.files.rename(&path, &deleted) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => {
                other.or_failed(&path)?;
                Ok(Some(Job::remove(vec![deleted], self.config.file_delete_delay_ms)))
            }
        }
    }
}
