//! Retention: which segments may go, by log start, time and size.

use crate::error::IoContext;
use crate::job::Turn;
use crate::names::{self, file_name};
use crate::producer_state::ProducerEntry;
use crate::replay::Past;
use crate::segment::Segment;
use crate::{Job, Log, StorageError, producer_snapshot};
use base::{Files, Offset};
use std::collections::BTreeSet;
use std::path::PathBuf;

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

/// Which of the oldest segments may go, and why.
#[derive(Debug, Default)]
pub struct RetentionPlan(Vec<(DeletionReason, usize)>);

impl RetentionPlan {
    fn count(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

/// What a step of retention did.
#[derive(Debug, Default)]
pub struct Retention {
    /// The reason and number of segments that went.
    pub deleted: Vec<(DeletionReason, usize)>,
    pub jobs: Vec<Job>,
    /// Nothing went: their producers must be on disk first. Run it without the log, then plan again.
    pub first: Option<ProducersJob>,
}

/// Writes down the producers where the log is going to begin.
#[derive(Debug)]
#[must_use = "segments stay until it ran"]
pub struct ProducersJob {
    folder: PathBuf,
    offset: Offset,
    expiration_ms: i64,
    now_wall_ms: i64,
    source: Source,
    turn: Turn,
    number: u64,
}

/// Where the producers come from.
#[derive(Debug)]
enum Source {
    Known(Vec<ProducerEntry>),
    /// The segments that are going to go (base offset and size), and the snapshots of the log.
    Past {
        segments: Vec<(Offset, u64)>,
        snapshots: BTreeSet<Offset>,
    },
}

impl ProducersJob {
    /// Reads what it needs and writes the snapshot.
    ///
    /// # Errors
    /// Out of space or files: see [`Log::retention`], which may go on without.
    pub fn run(self, files: &dyn Files) -> Result<(), StorageError> {
        let entries = match self.source {
            Source::Known(entries) => entries,
            Source::Past { segments, snapshots } => {
                let existing =
                    |(base, size): &(Offset, u64)| Segment::existing(&self.folder, *base, *size, self.now_wall_ms);
                let segments: Vec<Segment> = segments.iter().map(existing).collect();
                let past = Past {
                    files,
                    folder: &self.folder,
                    expiration_ms: self.expiration_ms,
                    snapshots: &snapshots,
                    segments: segments.iter().collect(),
                    first: segments.first().map_or(self.offset, |segment| segment.base_offset),
                };
                past.producers_at(self.offset, self.now_wall_ms)?.sorted()
            }
        };
        let path = self.folder.join(file_name(self.offset, names::SNAPSHOT));
        Job::replace(path, producer_snapshot::encode(&entries), self.turn, self.number).run(files)
    }
}

impl Log {
    /// Deletes the oldest segments that retention does not keep, none of them above the high watermark. With
    /// `cleanup.policy` without `delete` only those below the log start go. When all would go, a new segment is begun
    /// first. Returns the reason and number of segments of each step, and the jobs that remove the files after
    /// `file.delete.delay.ms`. Waits for the disk where producers have to be written down first; who may not wait takes
    /// [`Log::plan_retention`] and [`Log::retention`].
    pub fn delete_old_segments(
        &mut self,
        now_wall_ms: i64,
    ) -> Result<(Vec<(DeletionReason, usize)>, Vec<Job>), StorageError> {
        let mut jobs = Vec::new();
        let deleted = self.delete_in_steps(now_wall_ms, &mut jobs);
        self.owed.jobs.append(&mut jobs);
        Ok((deleted?, std::mem::take(&mut self.owed.jobs)))
    }

    fn delete_in_steps(
        &mut self,
        now_wall_ms: i64,
        jobs: &mut Vec<Job>,
    ) -> Result<Vec<(DeletionReason, usize)>, StorageError> {
        let mut for_room = false;
        loop {
            let plan = self.plan_retention(now_wall_ms);
            let plan = self.noting(plan)?;
            let step = self.retention(&plan, now_wall_ms, for_room)?;
            jobs.extend(step.jobs);
            let Some(first) = step.first else { return Ok(step.deleted) };
            match first.run(&*self.files) {
                Err(error) if error.is_shortage() => for_room = true,
                other => self.noting(other)?,
            }
        }
    }

    /// Which segments may go now. Reads from the disk, and changes nothing.
    pub fn plan_retention(&self, now_wall_ms: i64) -> Result<RetentionPlan, StorageError> {
        self.online()?;
        let mut plan = RetentionPlan::default();
        let mut note = |reason, count: usize| {
            let more = count.saturating_sub(plan.count());
            if more > 0 {
                plan.0.push((reason, more));
            }
        };
        if self.config.cleanup_policy.delete {
            if self.config.retention_ms >= 0 {
                note(DeletionReason::Time, self.count_expired(now_wall_ms)?);
            }
            if self.config.retention_bytes >= 0 {
                note(DeletionReason::Size, self.count_excess());
            }
        }
        let count = self.older.keys().skip(1).chain([&self.active.base_offset]);
        let count = count.take_while(|next| **next <= self.log_start && **next <= self.high_watermark).count();
        note(DeletionReason::LogStart, count.min(self.older.len()));
        if plan.count() > self.older.len() {
            // What the roll is going to need.
            self.active.end_is_known(&*self.files)?;
        }
        Ok(plan)
    }

    /// Deletes what was planned; the log must not have changed since. Where the producers of what goes are not on disk,
    /// nothing goes but [`Retention::first`] is to be done. `for_room`: that met a shortage, and room comes first.
    pub fn retention(
        &mut self,
        plan: &RetentionPlan,
        now_wall_ms: i64,
        for_room: bool,
    ) -> Result<Retention, StorageError> {
        self.online()?;
        let mut done = Retention::default();
        let carried_out = self.carry_out(plan, now_wall_ms, for_room, &mut done);
        self.owed.jobs.append(&mut done.jobs);
        self.noting(carried_out)?;
        done.jobs = std::mem::take(&mut self.owed.jobs);
        Ok(done)
    }

    fn carry_out(
        &mut self,
        plan: &RetentionPlan,
        now_wall_ms: i64,
        for_room: bool,
        done: &mut Retention,
    ) -> Result<(), StorageError> {
        let count = plan.count();
        if count == 0 {
            return Ok(());
        }
        if count > self.older.len() {
            self.roll_to(self.log_end, now_wall_ms, &mut done.jobs)?;
        }
        let first = self.producers_to_keep(count, now_wall_ms)?;
        if for_room && first.is_some() {
            tracing::warn!(partition = %self.partition, "no way to remember the producers of segments that go");
        } else if first.is_some() {
            done.first = first;
            return Ok(());
        }
        self.delete_oldest(count, &mut done.jobs)?;
        done.deleted.clone_from(&plan.0);
        Ok(())
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

    fn delete_oldest(&mut self, count: usize, jobs: &mut Vec<Job>) -> Result<(), StorageError> {
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
        let is_committed =
            self.log_start <= self.high_watermark || base::mutant(base::Mutant::RetentionPastHighWatermark);
        self.must_hold(is_committed, "only committed records are deleted")?;
        self.high_watermark = self.high_watermark.max(self.log_start);
        if self.epochs.truncate_from_start(self.log_start) {
            jobs.push(self.epochs_job());
        }
        self.check_offsets()
    }

    /// A start after the oldest `count` segments went must still know their producers (KAFKA-7190): the snapshot where
    /// the log will begin must be on disk, not only about to be written. `None`: it is.
    fn producers_to_keep(&mut self, count: usize, now_wall_ms: i64) -> Result<Option<ProducersJob>, StorageError> {
        let offset = self.older.keys().nth(count).copied().unwrap_or(self.active.base_offset);
        if !self.snapshots.contains(&offset) || base::mutant(base::Mutant::RetentionPastHighWatermark) {
            return Ok(None);
        }
        let path = self.folder.join(file_name(offset, names::SNAPSHOT));
        if self.files.exists(&path).or_failed(&path)? {
            return Ok(None);
        }
        let source = match offset == self.log_end {
            true => Source::Known(self.producers.sorted()),
            false => Source::Past {
                segments: self.older.range(..offset).map(|(base, segment)| (*base, segment.size)).collect(),
                snapshots: self.snapshots.range(..offset).copied().collect(),
            },
        };
        self.writes += 1;
        Ok(Some(ProducersJob {
            folder: self.folder.clone(),
            offset,
            expiration_ms: self.config.producer_id_expiration_ms,
            now_wall_ms,
            source,
            turn: self.snapshots_turn.clone(),
            number: self.writes,
        }))
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
