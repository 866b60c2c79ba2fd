//! Cutting a log: at its end (a follower that diverged), at its start (DeleteRecords), or all of it.

use crate::error::IoContext;
use crate::names::{self, file_name};
use crate::segment::Segment;
use crate::{Job, Log, StorageError};
use base::{Files, Offset};
use std::io;
use std::path::PathBuf;

/// What has to be gone from the disk before a log is cut.
#[derive(Debug)]
#[must_use = "a cut waits for it"]
pub struct BeforeCut {
    folder: PathBuf,
    snapshots: Vec<PathBuf>,
}

impl BeforeCut {
    /// Removes producer snapshots, durably.
    pub fn run(self, files: &dyn Files) -> Result<(), StorageError> {
        if self.snapshots.is_empty() {
            return Ok(());
        }
        for path in &self.snapshots {
            crate::job::remove_if_present(files, path)?;
        }
        // Durable before the log grows past them again: one that came back would be taken for the new records' state.
        files.sync_dir(&self.folder).or_failed(&self.folder)
    }
}

impl Log {
    /// Prepares a [`Log::truncate_to`] for an owner that may not sync with the log in its hands: run what comes without the
    /// log, then cut. The recovery point falls at once and stays where it is until the cut, so that the checkpoint can be
    /// written before it instead of behind it.
    pub fn prepare_cut(&mut self, offset: Offset) -> Result<BeforeCut, StorageError> {
        self.online()?;
        self.cut_to = Some(offset.max(0));
        self.recovery_point = self.recovery_point.min(offset.max(0));
        let is_whole = offset < self.first_base_offset();
        Ok(self.take_snapshots(|snapshot| is_whole || snapshot > offset))
    }

    /// The cut that was prepared is not to be.
    pub fn forget_cut(&mut self) {
        self.cut_to = None;
    }

    /// Removes everything at or above `offset`. A batch that spans it goes as a whole, so that the log end may come to
    /// lie below `offset`. At or above the log end only leader epochs that begin there are forgotten (KAFKA-10706).
    /// A truncation that fails, for whatever reason, fails the directory.
    ///
    /// The recovery point falls with the log end: the caller writes the directory's checkpoint before it appends again,
    /// or a crash would leave new records below a recovery point that is true of the old ones (KAFKA-10471).
    pub fn truncate_to(&mut self, offset: Offset, now_wall_ms: i64) -> Result<Vec<Job>, StorageError> {
        self.online()?;
        self.cut_to = None;
        if offset < self.first_base_offset() {
            return self.truncate_fully_and_start_at(offset.max(0), now_wall_ms);
        }
        let mut jobs = Vec::new();
        if offset < self.log_end {
            let cut = self.cut_end(offset, now_wall_ms, &mut jobs).map_err(StorageError::into_failed);
            self.noting(cut)?;
        }
        if self.epochs.truncate_from_end(self.log_end) {
            jobs.push(self.epochs_job());
        }
        Ok(jobs)
    }

    pub(crate) fn first_base_offset(&self) -> Offset {
        self.older.keys().next().copied().unwrap_or(self.active.base_offset)
    }

    fn cut_end(&mut self, offset: Offset, now_wall_ms: i64, jobs: &mut Vec<Job>) -> Result<(), StorageError> {
        self.truncations += 1;
        // Newest first: a crash in between leaves a log without a hole.
        while self.active.base_offset > offset {
            let Some((_, previous)) = self.older.pop_last() else { break };
            let gone = std::mem::replace(&mut self.active, previous);
            jobs.push(self.discard(&gone)?);
        }
        let files = self.files.clone();
        let span = self.active.find(&*files, offset)?;
        let position = span.map_or(self.active.size, |span| span.position);
        let end = span.map_or(offset, |span| span.base_offset.min(offset));
        self.active.truncate(&*files, position, end, self.config.segment_index_bytes)?;
        self.active.resume(&*files)?;
        self.must_hold(end <= self.log_end, "a truncation does not lengthen the log")?;
        self.log_end = end;
        self.recovery_point = self.recovery_point.min(end);
        self.sealed_synced = self.sealed_synced.min(self.active.base_offset);
        self.log_start = self.log_start.min(end);
        self.high_watermark = self.high_watermark.clamp(self.log_start, end);
        self.drop_snapshots(|snapshot| snapshot > end)?;
        jobs.extend(self.rebuild_producers(now_wall_ms, false)?);
        Ok(())
    }

    /// Removes everything; the next record gets `offset`. High watermark and log start move there too (KAFKA-9491).
    pub fn truncate_fully_and_start_at(&mut self, offset: Offset, now_wall_ms: i64) -> Result<Vec<Job>, StorageError> {
        self.online()?;
        let mut jobs = Vec::new();
        let cut = self.start_over(offset, now_wall_ms, &mut jobs).map_err(StorageError::into_failed);
        self.noting(cut)?;
        if self.epochs.clear() {
            jobs.push(self.epochs_job());
        }
        Ok(jobs)
    }

    pub(crate) fn start_over(
        &mut self,
        offset: Offset,
        now_wall_ms: i64,
        jobs: &mut Vec<Job>,
    ) -> Result<(), StorageError> {
        self.truncations += 1;
        while let Some((_, segment)) = self.older.pop_last() {
            jobs.push(self.discard(&segment)?);
        }
        // The old active segment makes room first: the new one may have its name.
        let (files, index_bytes) = (self.files.clone(), self.config.segment_index_bytes);
        let old = Segment::existing(&self.folder, self.active.base_offset, 0, now_wall_ms);
        jobs.push(self.discard(&old)?);
        self.active = Segment::create(&*files, &self.folder, offset, index_bytes, now_wall_ms)?;
        self.names_made += 1;
        (self.log_start, self.log_end, self.high_watermark, self.recovery_point) = (offset, offset, offset, offset);
        self.sealed_synced = offset;
        self.drop_snapshots(|_| true)?;
        self.producers.clear(offset);
        Ok(())
    }

    /// Moves the log start (DeleteRecords, or a follower that hears of its leader's). Segments that lie below go with
    /// the next [`Log::delete_old_segments`].
    ///
    /// # Errors
    /// `OffsetOutOfRange` above the high watermark: what is not committed cannot be deleted.
    pub fn advance_log_start_offset(&mut self, offset: Offset) -> Result<Vec<Job>, StorageError> {
        self.online()?;
        if offset > self.high_watermark {
            let (start, end) = (self.log_start, self.high_watermark);
            return Err(StorageError::OffsetOutOfRange { requested: offset, start, end });
        }
        let mut jobs = Vec::new();
        if offset > self.log_start {
            self.log_start = offset;
            if self.epochs.truncate_from_start(offset) {
                jobs.push(self.epochs_job());
            }
        }
        Ok(jobs)
    }

    /// Renames a segment's files to `*.deleted`; the job removes them later.
    pub(crate) fn discard(&mut self, segment: &Segment) -> Result<Job, StorageError> {
        let mut deleted = Vec::new();
        for path in segment.paths() {
            let mut target = path.as_os_str().to_owned();
            target.push(names::DELETED);
            let target = PathBuf::from(target);
            match self.files.rename(path, &target) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.or_failed(path)?,
            }
            deleted.push(target);
        }
        self.names_made += 1;
        Ok(Job::remove(deleted, self.config.file_delete_delay_ms))
    }

    /// Removes producer snapshots, and voids those that are about to be written.
    pub(crate) fn drop_snapshots(&mut self, unwanted: impl Fn(Offset) -> bool) -> Result<(), StorageError> {
        let files = self.files.clone();
        self.take_snapshots(unwanted).run(&*files)
    }

    fn take_snapshots(&mut self, unwanted: impl Fn(Offset) -> bool) -> BeforeCut {
        let gone: Vec<Offset> = self.snapshots.iter().copied().filter(|snapshot| unwanted(*snapshot)).collect();
        self.writes += 1;
        self.snapshots_turn.void_below(self.writes);
        self.snapshots.retain(|snapshot| !gone.contains(snapshot));
        let snapshots = gone.iter().map(|snapshot| self.folder.join(file_name(*snapshot, names::SNAPSHOT)));
        BeforeCut { folder: self.folder.clone(), snapshots: snapshots.collect() }
    }
}
