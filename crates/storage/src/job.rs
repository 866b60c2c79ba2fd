//! Work of a log that blocks on the disk, packed so that another thread can do it while the log is in use.

use crate::StorageError;
use crate::error::IoContext;
use base::{File, Files, Offset};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared by a log and its pending writes of one kind: a write that was overtaken by a newer one, or that became void
/// by a truncation, does nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turn(Arc<Mutex<TurnState>>);

#[derive(Debug, Default)]
struct TurnState {
    /// Writes with lower numbers are void.
    next: u64,
    /// Number of the newest write that succeeded.
    written: u64,
}

impl Turn {
    fn state(&self) -> MutexGuard<'_, TurnState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Voids every pending write with a lower number; waits for one that is under way.
    pub(crate) fn void_below(&self, number: u64) {
        let mut state = self.state();
        state.next = state.next.max(number);
    }

    /// Number of the newest write that is durable.
    pub(crate) fn written(&self) -> u64 {
        self.state().written
    }

    fn run(&self, number: u64, write: impl FnOnce() -> Result<(), StorageError>) -> Result<(), StorageError> {
        let mut state = self.state();
        if number < state.next {
            return Ok(());
        }
        state.next = number;
        write()?;
        state.written = number;
        Ok(())
    }
}

#[derive(Debug)]
enum Work {
    /// Writes a small file through `Files::replace`, in its turn.
    Replace { path: PathBuf, content: Vec<u8>, turn: Turn, number: u64 },
    /// Removes files that were renamed to `*.deleted` before.
    Remove { paths: Vec<PathBuf> },
}

/// Something to do once, on any thread. Jobs of one log may run in any order.
#[derive(Debug)]
#[must_use = "a job that is dropped is not done"]
pub struct Job {
    work: Work,
    delay_ms: i64,
}

impl Job {
    pub(crate) fn replace(path: PathBuf, content: Vec<u8>, turn: Turn, number: u64) -> Job {
        Job { work: Work::Replace { path, content, turn, number }, delay_ms: 0 }
    }

    pub(crate) fn remove(paths: Vec<PathBuf>, delay_ms: i64) -> Job {
        Job { work: Work::Remove { paths }, delay_ms }
    }

    /// Run it no earlier than so many milliseconds from now (`file.delete.delay.ms`); 0: as soon as it suits.
    pub fn delay_ms(&self) -> i64 {
        self.delay_ms
    }

    /// Does it.
    ///
    /// # Errors
    /// `NoSpace`: the caller may drop the job (what it wrote is only a shortcut for recovery) or run a later one.
    /// `LogDirFailed`: the directory goes offline.
    pub fn run(self, files: &dyn Files) -> Result<(), StorageError> {
        match self.work {
            Work::Replace { path, content, turn, number } => {
                turn.run(number, || files.replace(&path, &content).or_writing(&path))
            }
            Work::Remove { paths } => paths.iter().try_for_each(|path| remove_if_present(files, path)),
        }
    }
}

/// Jobs from so many on are done together.
const TOGETHER_MIN: usize = 8;

/// Does several jobs of logs in `dir`, with few syncs for all files that are written; returns the errors of those that
/// failed. Where the writing of one fails, none of those that write counts as done.
pub fn run_together(jobs: Vec<Job>, files: &dyn Files, dir: &Path) -> Vec<StorageError> {
    let mut errors = Vec::new();
    let mut writes: BTreeMap<PathBuf, (Vec<u8>, Turn, u64)> = BTreeMap::new();
    for job in jobs {
        match job.work {
            Work::Replace { path, content, turn, number } => {
                let newer = writes.get(&path).is_none_or(|(_, _, other)| *other < number);
                if newer {
                    writes.insert(path, (content, turn, number));
                }
            }
            Work::Remove { .. } => errors.extend(job.run(files).err()),
        }
    }
    if writes.len() < TOGETHER_MIN {
        let jobs = writes.into_iter().map(|(path, (content, turn, number))| Job::replace(path, content, turn, number));
        errors.extend(jobs.filter_map(|job| job.run(files).err()));
        return errors;
    }
    let mut held: Vec<(&Path, &[u8], u64, MutexGuard<'_, TurnState>)> = Vec::with_capacity(writes.len());
    let (mut turns, mut alone) = (Vec::new(), Vec::new());
    for (path, (content, turn, number)) in &writes {
        // Producer snapshots of one log share their turn, which is held until all is written.
        if turns.contains(&Arc::as_ptr(&turn.0)) {
            alone.push(Job::replace(path.clone(), content.clone(), turn.clone(), *number));
            continue;
        }
        turns.push(Arc::as_ptr(&turn.0));
        let mut state = turn.state();
        if *number >= state.next {
            state.next = *number;
            held.push((path, content, *number, state));
        }
    }
    let all: Vec<(&Path, &[u8])> = held.iter().map(|(path, content, _, _)| (*path, *content)).collect();
    match files.replace_all(dir, &all) {
        Ok(()) => held.iter_mut().for_each(|(_, _, number, state)| state.written = *number),
        Err(error) => errors.extend(Err::<(), _>(error).or_writing(dir).err()),
    }
    drop(held);
    errors.extend(alone.into_iter().filter_map(|job| job.run(files).err()));
    errors
}

pub(crate) fn remove_if_present(files: &dyn Files, path: &Path) -> Result<(), StorageError> {
    match files.remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.or_failed(path),
    }
}

/// Makes a log durable up to an offset: run it without the log, then hand the result to [`crate::Log::flushed`].
#[must_use = "nothing is durable before it ran"]
pub struct FlushJob {
    pub(crate) up_to: Offset,
    pub(crate) truncations: u64,
    pub(crate) truncations_synced: u64,
    pub(crate) files: Vec<(PathBuf, Arc<dyn File>)>,
    /// The folder, when names in it were made since they were last synced.
    pub(crate) folder: Option<PathBuf>,
    /// The log directory, when the folder's own name is not known to be durable.
    pub(crate) parent: Option<PathBuf>,
    pub(crate) names_made: u64,
    pub(crate) rolled_up_to: Offset,
    /// Leader epochs that are not in their checkpoint yet: recovery does not look for them below the recovery point.
    pub(crate) epochs: Option<Job>,
}

/// What a [`FlushJob`] made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flushed {
    /// All records below are durable.
    pub up_to: Offset,
    pub(crate) truncations: u64,
    pub(crate) truncations_synced: u64,
    pub(crate) names_made: u64,
    pub(crate) rolled_up_to: Offset,
}

impl FlushJob {
    /// Records below this offset will be durable.
    pub fn up_to(&self) -> Offset {
        self.up_to
    }

    /// Syncs. A failing sync, for lack of space too, fails the directory: after it the page cache cannot be trusted.
    ///
    /// # Errors
    /// `LogDirFailed`, or `NoSpace` when the leader epochs could not be written: nothing is lost, try again later.
    pub fn run(self, files: &dyn Files) -> Result<Flushed, StorageError> {
        if let Some(epochs) = self.epochs {
            epochs.run(files)?;
        }
        for (path, file) in &self.files {
            if base::mutant(base::Mutant::FlushWithoutSync)
                || base::mutant(base::Mutant::FailedSyncRetried) && file.sync_data().is_err() && file.sync_data().is_ok()
            {
                continue;
            }
            file.sync_data().or_failed(path)?;
        }
        if let Some(folder) = &self.folder {
            files.sync_dir(folder).or_failed(folder)?;
        }
        if let Some(parent) = &self.parent {
            files.sync_dir(parent).or_failed(parent)?;
        }
        Ok(Flushed {
            up_to: self.up_to,
            truncations: self.truncations,
            truncations_synced: self.truncations_synced,
            names_made: self.names_made,
            rolled_up_to: self.rolled_up_to,
        })
    }
}

impl std::fmt::Debug for FlushJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths: Vec<_> = self.files.iter().map(|(path, _)| path).collect();
        f.debug_struct("FlushJob").field("up_to", &self.up_to).field("files", &paths).finish_non_exhaustive()
    }
}
