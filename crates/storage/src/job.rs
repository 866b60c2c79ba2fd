//! Work of a log that blocks on the disk, packed so that another thread can do it while the log is in use.

use crate::error::IoContext;
use crate::{StorageError, names};
use base::{File, Files, Offset, OpenMode};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared by a log and its pending writes of one kind: a write that was overtaken by a newer one, or that became void
/// by a truncation, does nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turn(Arc<TurnInner>);

#[derive(Debug, Default)]
struct TurnInner {
    state: Mutex<TurnState>,
    /// Number of the newest write that is durable.
    written: AtomicU64,
}

#[derive(Debug, Default)]
struct TurnState {
    /// Writes with lower numbers are void.
    next: u64,
}

impl Turn {
    fn state(&self) -> MutexGuard<'_, TurnState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_void(&self, number: u64) -> bool {
        number < self.state().next
    }

    fn note_written(&self, number: u64) {
        self.0.written.fetch_max(number, Ordering::AcqRel);
    }

    /// Voids every pending write with a lower number; waits for one that is under way.
    pub(crate) fn void_below(&self, number: u64) {
        let mut state = self.state();
        state.next = state.next.max(number);
    }

    /// Number of the newest write that is durable; never waits.
    pub(crate) fn written(&self) -> u64 {
        self.0.written.load(Ordering::Acquire)
    }

    fn run(&self, number: u64, write: impl FnOnce() -> Result<(), StorageError>) -> Result<(), StorageError> {
        let mut state = self.state();
        if number < state.next {
            return Ok(());
        }
        state.next = number;
        write()?;
        self.note_written(number);
        Ok(())
    }
}

/// A cut of a log that may come undone by a power cut: what speaks of the records behind it waits until it cannot.
pub(crate) struct Cut {
    pub folder: PathBuf,
    /// What is not known to be on disk since.
    pub files: Vec<(PathBuf, Arc<dyn File>)>,
}

impl Cut {
    /// Makes it durable, with the names of the segments that went.
    pub(crate) fn settle(&self, files: &dyn Files) -> Result<(), StorageError> {
        self.files.iter().try_for_each(|(path, file)| file.sync_data().or_failed(path))?;
        match files.sync_dir(&self.folder) {
            // The topic was deleted meanwhile, and its folder has another name.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.or_failed(&self.folder),
        }
    }
}

impl std::fmt::Debug for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cut").field(&self.folder).finish()
    }
}

#[derive(Debug)]
enum Work {
    /// Writes a small file through `Files::replace`, in its turn, when the cut is durable.
    Replace { path: PathBuf, content: Vec<u8>, turn: Turn, number: u64, behind: Option<Cut> },
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
        Job { work: Work::Replace { path, content, turn, number, behind: None }, delay_ms: 0 }
    }

    /// The same, once this cut is durable.
    pub(crate) fn behind(mut self, cut: Option<Cut>) -> Job {
        if let Work::Replace { behind, .. } = &mut self.work {
            *behind = cut;
        }
        self
    }

    pub(crate) fn remove(paths: Vec<PathBuf>, delay_ms: i64) -> Job {
        Job { work: Work::Remove { paths }, delay_ms }
    }

    /// Run it no earlier than so many milliseconds from now (`file.delete.delay.ms`); 0: as soon as it suits.
    pub fn delay_ms(&self) -> i64 {
        self.delay_ms
    }

    /// The same in the folder that the log's has become.
    pub fn moved(mut self, folder: &Path) -> Job {
        match &mut self.work {
            Work::Replace { path, behind, .. } => {
                crate::succession::moved(path, folder);
                if let Some(cut) = behind {
                    cut.folder = folder.to_owned();
                }
            }
            Work::Remove { paths } => paths.iter_mut().for_each(|path| crate::succession::moved(path, folder)),
        }
        self
    }

    /// Does it.
    ///
    /// # Errors
    /// `NoSpace`: the caller may drop the job (what it wrote is only a shortcut for recovery) or run a later one.
    /// `LogDirFailed`: the directory goes offline.
    pub fn run(self, files: &dyn Files) -> Result<(), StorageError> {
        match self.work {
            Work::Replace { path, content, turn, number, behind } => turn.run(number, || {
                behind.map_or(Ok(()), |cut| cut.settle(files))?;
                files.replace(&path, &content).or_writing(&path)
            }),
            Work::Remove { paths } => paths.iter().try_for_each(|path| remove_if_present(files, path)),
        }
    }
}

/// Jobs from so many on are done together.
const TOGETHER_MIN: usize = 8;

/// A file to be replaced.
struct Write {
    path: PathBuf,
    content: Vec<u8>,
    turn: Turn,
    number: u64,
    behind: Option<Cut>,
}

impl Write {
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Where the content is staged; single writes use [`base::temporary`].
    fn staged(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(names::STAGED);
        PathBuf::from(name)
    }

    /// Writes the content beside the file. False: the write has become void, and its folder may be gone.
    fn stage(&self, files: &dyn Files) -> Result<bool, StorageError> {
        let write = || {
            let file = files.open(&self.staged(), OpenMode::Create)?;
            file.set_len(0)?;
            file.write_all_at(&self.content, 0)
        };
        match write() {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.turn.is_void(self.number) => Ok(false),
            other => other.or_writing(&self.path).map(|()| true),
        }
    }

    /// Puts the staged content in place, unless the write has become void.
    fn put(&self, files: &dyn Files) -> Result<bool, StorageError> {
        let mut state = self.turn.state();
        if self.number < state.next {
            let _leftovers_go_with_the_next_start = files.remove_file(&self.staged());
            return Ok(false);
        }
        state.next = self.number;
        files.rename(&self.staged(), &self.path).or_failed(&self.path).map(|()| true)
    }
}

/// Does several jobs of logs in `dir`, with two syncs of the file system for all files that are written; returns the
/// errors. No turn is held meanwhile. Where one cannot be written, none of those that write counts as done.
pub fn run_together(jobs: Vec<Job>, files: &dyn Files, dir: &Path) -> Vec<StorageError> {
    let mut errors = Vec::new();
    let mut writes: BTreeMap<PathBuf, Write> = BTreeMap::new();
    for job in jobs {
        match job.work {
            Work::Replace { path, content, turn, number, behind } => {
                // A void write, of a folder that was there before, says nothing about a live one.
                let newest = writes.get(&path).is_none_or(|other| other.number < number);
                if newest && !turn.is_void(number) {
                    writes.insert(path.clone(), Write { path, content, turn, number, behind });
                }
            }
            Work::Remove { .. } => errors.extend(job.run(files).err()),
        }
    }
    let (mut writes, alone): (Vec<Write>, Vec<Write>) = match writes.len() {
        ..TOGETHER_MIN => (Vec::new(), writes.into_values().collect()),
        // A folder that cannot be looked at meets its error when it is written to.
        _ => writes.into_values().partition(|write| files.same_file_system(write.folder(), dir).unwrap_or(true)),
    };
    let job = |write: Write| Job::replace(write.path, write.content, write.turn, write.number).behind(write.behind);
    let alone = alone.into_iter().map(job);
    errors.extend(alone.filter_map(|job| job.run(files).err()));
    if writes.is_empty() {
        return errors;
    }
    // Producer snapshots of one log share their turn: in the order of their numbers none makes another void.
    writes.sort_by_key(|write| write.number);
    errors.extend(write_together(&writes, files, dir).err());
    errors
}

fn write_together(writes: &[Write], files: &dyn Files, dir: &Path) -> Result<(), StorageError> {
    let mut staged = Vec::with_capacity(writes.len());
    for write in writes {
        if write.stage(files)? {
            staged.push(write);
        }
    }
    // Of cuts as well that anything here waits for. A sync that fails, for lack of space too, may have been about records: the
    // directory cannot be trusted.
    files.sync_tree(dir).or_failed(dir)?;
    let mut put = Vec::with_capacity(staged.len());
    for write in staged {
        if write.put(files)? {
            put.push(write);
        }
    }
    files.sync_tree(dir).or_failed(dir)?;
    put.iter().for_each(|write| write.turn.note_written(write.number));
    Ok(())
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
    /// The topic id, when it is not written yet: durable records must not be taken for those of another topic.
    pub(crate) topic_id: Option<Job>,
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
    pub(crate) parent_synced: bool,
}

impl FlushJob {
    /// A job without files yet, for a log whose records are durable.
    pub(crate) fn nothing(up_to: Offset, truncations: u64) -> FlushJob {
        FlushJob {
            up_to,
            truncations,
            truncations_synced: 0,
            files: Vec::new(),
            folder: None,
            parent: None,
            names_made: 0,
            rolled_up_to: 0,
            epochs: None,
            topic_id: None,
        }
    }

    /// Records below this offset will be durable.
    pub fn up_to(&self) -> Offset {
        self.up_to
    }

    /// Syncs. A failing sync, for lack of space too, fails the directory: after it the page cache cannot be trusted.
    ///
    /// # Errors
    /// `LogDirFailed`, or `NoSpace` when the leader epochs could not be written: nothing is lost, try again later.
    pub fn run(self, files: &dyn Files) -> Result<Flushed, StorageError> {
        for job in self.epochs.into_iter().chain(self.topic_id) {
            job.run(files)?;
        }
        for (path, file) in &self.files {
            if base::mutant(base::Mutant::FlushWithoutSync)
                || base::mutant(base::Mutant::FailedSyncRetried)
                    && file.sync_data().is_err()
                    && file.sync_data().is_ok()
            {
                continue;
            }
            file.sync_data().or_failed(path)?;
        }
        if let Some(folder) = &self.folder {
            match files.sync_dir(folder) {
                // The topic was deleted meanwhile, and its folder has another name.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other.or_failed(folder)?,
            }
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
            parent_synced: self.parent.is_some(),
        })
    }
}

impl std::fmt::Debug for FlushJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths: Vec<_> = self.files.iter().map(|(path, _)| path).collect();
        f.debug_struct("FlushJob").field("up_to", &self.up_to).field("files", &paths).finish_non_exhaustive()
    }
}
