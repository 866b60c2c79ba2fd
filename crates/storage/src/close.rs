//! The end of a log: closing it in order, and taking it out of use because its topic is gone.

use crate::error::IoContext;
use crate::job::{FlushJob, Job, Turn};
use crate::{Log, StorageError};
use base::{Files, Offset};
use std::path::{Path, PathBuf};

/// The folder of a log that is out of use.
#[derive(Debug)]
#[must_use = "the folder stays under its name"]
pub struct RetiredFolder {
    from: PathBuf,
    to: PathBuf,
    turns: [Turn; 3],
}

impl RetiredFolder {
    /// Gives the folder its new name, durable once the directory is synced; slices that were read stay valid. Pending
    /// writes of the log know the old path: they become void, and one that is under way is waited for.
    pub fn rename(&self, files: &dyn Files) -> Result<(), StorageError> {
        self.turns.iter().for_each(|turn| turn.void_below(u64::MAX));
        files.rename(&self.from, &self.to).or_failed(&self.from).map_err(StorageError::into_failed)
    }

    /// Where the folder lies then.
    pub fn path(&self) -> &Path {
        &self.to
    }
}

impl Log {
    /// Writes and syncs everything, with a producer snapshot at the log end and indexes cut to their entries, so that the
    /// next start (Ottla's or Kafka's) needs no recovery. The log must not be used afterwards.
    pub fn close_cleanly(&mut self) -> Result<(), StorageError> {
        self.online()?;
        let closed = self.close_files();
        self.noting(closed)
    }

    /// [`Log::close_cleanly`] without the syncs, which are to be done without the log: run the jobs
    /// ([`crate::run_together`]), then the flush, and hand its result to [`Log::flushed`]. With `synced_together` the flush
    /// only tells errors of this log's own records: run it after [`Files::sync_tree`] of the directory.
    pub fn close_before_sync(&mut self, synced_together: bool) -> Result<(Vec<Job>, Option<FlushJob>), StorageError> {
        self.online()?;
        let closed = self.close_files_before_sync(synced_together);
        self.noting(closed)
    }

    fn close_files_before_sync(&mut self, synced_together: bool) -> Result<(Vec<Job>, Option<FlushJob>), StorageError> {
        self.active.seal(&*self.files)?;
        let mut jobs = std::mem::take(&mut self.owed.jobs);
        jobs.extend(self.missing_snapshot_job()?.into_iter().chain(self.topic_id_job()));
        if self.epochs_are_stale()? {
            jobs.push(self.epochs_job());
        }
        let mut flush = self.flush_job(false)?;
        if let Some(flush) = &mut flush {
            // Both are among the jobs.
            (flush.epochs, flush.topic_id) = (None, None);
        }
        if !synced_together {
            let flush = flush.get_or_insert_with(|| FlushJob::nothing(self.recovery_point, self.truncations));
            flush.files =
                self.older.range(self.sealed_synced..).flat_map(|(_, segment)| segment.open_files()).collect();
            flush.files.extend(self.active.open_files());
            // The active segment's indexes are among them.
            flush.rolled_up_to = Offset::MAX;
        }
        self.failed = true;
        Ok((jobs, flush))
    }

    fn close_files(&mut self) -> Result<(), StorageError> {
        self.active.seal(&*self.files)?;
        self.write_snapshot_now()?;
        self.write_epochs_now()?;
        if let Some(job) = self.topic_id_job() {
            job.run(&*self.files)?;
        }
        if let Some(job) = self.flush_job(false)? {
            let flushed = job.run(&*self.files)?;
            self.flushed(&flushed);
        }
        for (path, file) in self.active.open_files() {
            file.sync_all().or_failed(&path)?;
        }
        self.sealed_synced = Offset::MAX;
        self.failed = true;
        Ok(())
    }

    /// Takes the log out of use for good, and hands out the renaming of its folder, to be done without the log.
    pub fn retire(&mut self, name: &str) -> RetiredFolder {
        self.failed = true;
        let to = self.folder.parent().unwrap_or(Path::new(".")).join(name);
        let turns = [&self.epochs_turn, &self.snapshots_turn, &self.topic_id_turn].map(Turn::clone);
        RetiredFolder { from: self.folder.clone(), to, turns }
    }
}
