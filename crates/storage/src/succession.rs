//! A log that takes the place of the one that it was copied from (a move between directories, KIP-113).

use crate::error::IoContext;
use crate::segment::Segment;
use crate::{Job, Log, StorageError};
use base::{LeaderEpoch, Offset};
use std::path::{Path, PathBuf};

impl Log {
    /// The leader epoch of the last record (-1: none is known), and where the log ends: of two logs of a partition the
    /// greater one has more, as in a vote (KIP-101, KIP-595).
    pub fn last_epoch_and_end(&self) -> (LeaderEpoch, Offset) {
        let epochs = &self.epochs;
        let last = epochs.epoch_at(self.log_end - 1).or_else(|| epochs.earliest().map(|entry| entry.epoch));
        (last.unwrap_or(-1), self.log_end)
    }

    /// Whether this log is what another one began with, as far as ends and leader epochs tell: it can be filled on.
    pub fn begins(&self, whole: &Log) -> bool {
        self.log_end <= whole.log_end && self.first_base_offset() <= whole.log_start && self.agrees_with(whole)
    }

    /// Whether the records of this log have the leader epochs that another one knows for them. Two logs that have a record
    /// of one epoch at one offset are the same up to there.
    fn agrees_with(&self, whole: &Log) -> bool {
        // The first entry may stand for records that are gone.
        let entries = self.epochs.entries().iter().filter(|entry| entry.start_offset > self.log_start);
        let begun = entries.map(|entry| (entry.start_offset, entry.epoch));
        let last = (self.log_end - 1, self.last_epoch_and_end().0);
        let own = begun.chain([last]).filter(|(offset, epoch)| *epoch >= 0 && *offset < self.log_end);
        let shared = own.filter(|(offset, _)| (whole.log_start..whole.log_end).contains(offset));
        shared.into_iter().all(|(offset, epoch)| whole.epochs.epoch_at(offset).is_none_or(|known| known == epoch))
    }

    /// Takes over what a copy of the records alone does not have: leader epochs, producers, log start and high watermark.
    /// Both logs end at the same offset; the other one is to be retired. Flushes of either that are under way count for
    /// nothing.
    pub fn succeed(&mut self, old: &mut Log) -> Result<Vec<Job>, StorageError> {
        self.online()?;
        old.online()?;
        self.must_hold(self.log_end == old.log_end, "a copy ends where its log does")?;
        self.must_hold(self.topic_id == old.topic_id, "a copy belongs to the topic of its log")?;
        self.must_hold(self.first_base_offset() <= old.log_start, "a copy has all records of its log")?;
        self.must_hold(self.agrees_with(old), "the records of a copy have the leader epochs of its log")?;
        self.config = old.config.clone();
        (self.log_start, self.high_watermark) = (old.log_start, old.high_watermark);
        self.producers = std::mem::take(&mut old.producers);
        let is_synced = self.truncations == self.truncations_synced;
        self.truncations = self.truncations.max(old.truncations) + 1;
        if is_synced {
            self.truncations_synced = self.truncations;
        }
        let mut jobs = std::mem::take(&mut self.owed.jobs);
        if self.epochs != old.epochs {
            self.epochs = old.epochs.clone();
            jobs.push(self.epochs_job());
        }
        self.check_offsets()?;
        Ok(jobs)
    }

    /// Gives the folder another name in its directory, durable once the directory is synced. No job and no flush of the log
    /// may be under way: those that are not begun are to be taken along ([`Job::moved`]).
    pub fn rename_folder(&mut self, name: &str) -> Result<(), StorageError> {
        self.online()?;
        let to = self.folder.parent().unwrap_or(Path::new(".")).join(name);
        let renamed = self.files.rename(&self.folder, &to).or_failed(&self.folder).map_err(StorageError::into_failed);
        self.noting(renamed)?;
        self.older.values_mut().chain([&mut self.active]).for_each(|segment| segment.moved(&to));
        self.folder = to;
        self.folder_synced = false;
        for job in std::mem::take(&mut self.owed.jobs) {
            let job = job.moved(&self.folder);
            self.owed.jobs.push(job);
        }
        Ok(())
    }
}

impl Segment {
    fn moved(&mut self, folder: &Path) {
        for path in self.paths_mut() {
            moved(path, folder);
        }
    }
}

/// The same file in another folder.
pub(crate) fn moved(path: &mut PathBuf, folder: &Path) {
    if let Some(name) = path.file_name() {
        *path = folder.join(name);
    }
}
