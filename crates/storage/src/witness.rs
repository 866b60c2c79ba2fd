//! Remembers across the death of the process that a sync failed or was under way.
//!
//! A sync that fails leaves pages in the kernel's cache that look clean and are not on the disk, also to the process that
//! starts next. A small file in the log directory says whether that can be so: it is doubtful while a sync runs, and for
//! good after one that failed. It has to outlive the process only, never the machine, whose cache goes with it: so it is
//! written without a sync. A directory without it (new, or of Apache Kafka) is doubtful, and so is one that was closed in
//! order: nobody knows who uses it next.

use base::{ColdRange, DirEntry, File, FileLock, Files, OpenMode};
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const NAME: &str = ".ottla-syncs";
const TRUSTED: &[u8; 8] = b"trusted\n";
const DOUBTFUL: &[u8; 8] = b"doubtful";
/// Too many open files, of the machine and of the process.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

/// The witness of one log directory.
pub(crate) struct Witness {
    files: Arc<dyn Files>,
    path: PathBuf,
    /// What the last process left behind.
    was_trusted: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// None where there is no file that can be understood, which is doubt as well.
    file: Option<Arc<dyn File>>,
    /// Syncs under way.
    running: usize,
    /// Nothing that the last process left is doubtful, or it was written again.
    vouched: bool,
    /// It stays doubtful, whatever comes.
    is_final: bool,
}

impl Witness {
    /// Opens the witness of a directory. Nothing is written: the first who vouches makes it.
    pub fn open(files: Arc<dyn Files>, dir: &Path) -> io::Result<Witness> {
        let path = dir.join(NAME);
        let content = match files.read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other?,
        };
        let is_one = content == TRUSTED || content == DOUBTFUL;
        let file = if is_one { Some(files.open(&path, OpenMode::Write)?) } else { None };
        let was_trusted = content == TRUSTED;
        let state = Mutex::new(State { file, vouched: was_trusted, ..State::default() });
        Ok(Witness { files, path, was_trusted, state })
    }

    /// The witness of a directory that cannot be used: nothing is read or written.
    pub fn absent(files: Arc<dyn Files>, dir: &Path) -> Witness {
        let state = Mutex::new(State { is_final: true, ..State::default() });
        Witness { files, path: dir.join(NAME), was_trusted: false, state }
    }

    /// Whether everything that the last process had written and the page cache shows is on disk, or will be written.
    pub fn was_trusted(&self) -> bool {
        self.was_trusted || base::mutant(base::Mutant::FailedSyncBelieved)
    }

    /// From now on nothing of what the last process left is doubtful. Where there is no room to say so it stays doubtful,
    /// which costs time at the next start.
    pub fn vouch(&self) -> io::Result<()> {
        let mut state = self.state();
        match self.vouch_in(&mut state) {
            Err(error) if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                state.is_final = true;
                self.doubt(&state)
            }
            other => other,
        }
    }

    fn vouch_in(&self, state: &mut State) -> io::Result<()> {
        if state.file.is_none() {
            self.files.replace(&self.path, DOUBTFUL)?;
            state.file = Some(self.files.open(&self.path, OpenMode::Write)?);
        }
        state.vouched = true;
        self.settle(state)
    }

    /// The directory is closed in order: whoever comes next cannot rely on what this process saw.
    pub fn retire(&self) -> io::Result<()> {
        let mut state = self.state();
        state.is_final = true;
        self.doubt(&state)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, state: &mut State) -> io::Result<()> {
        if !state.vouched || state.is_final || state.running > 0 {
            return Ok(());
        }
        let written = state.file.as_ref().map_or(Ok(()), |file| file.write_all_at(TRUSTED, 0));
        state.is_final |= written.is_err();
        written
    }

    /// Makes the directory doubtful; where that cannot be written, by taking the witness away.
    fn doubt(&self, state: &State) -> io::Result<()> {
        let Some(file) = &state.file else { return Ok(()) };
        file.write_all_at(DOUBTFUL, 0).or_else(|_| self.files.remove_file(&self.path))
    }

    fn sync(&self, sync: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.begin()?;
        let synced = sync();
        let mut state = self.state();
        state.running -= 1;
        state.is_final |= synced.as_ref().is_err_and(|error| !never_began(error));
        // If it cannot be written it stays doubtful, which costs time at the next start.
        let _stays_doubtful = self.settle(&mut state);
        synced
    }

    /// Doubt comes before the sync: nobody may be left to note that it failed.
    fn begin(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.running == 0 && state.vouched && !state.is_final {
            let written = state.file.as_ref().map_or(Ok(()), |file| file.write_all_at(DOUBTFUL, 0));
            if written.is_err() {
                state.is_final = true;
                self.doubt(&state)?;
            }
        }
        state.running += 1;
        Ok(())
    }
}

/// A folder was renamed meanwhile, or could not be opened for want of descriptors: nothing was synced, nothing lost.
fn never_began(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || matches!(error.raw_os_error(), Some(ENFILE | EMFILE))
}

/// Files whose syncs have a witness.
pub(crate) struct Witnessed {
    pub files: Arc<dyn Files>,
    pub witness: Arc<Witness>,
}

impl Files for Witnessed {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let (file, witness) = (self.files.open(path, mode)?, self.witness.clone());
        Ok(Arc::new(WitnessedFile { file, witness, has_failed: Mutex::new(false) }))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.witness.sync(|| self.files.sync_dir(dir))
    }

    fn sync_tree(&self, dir: &Path) -> io::Result<()> {
        self.witness.sync(|| self.files.sync_tree(dir))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.files.exists(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.files.list(dir)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.files.create_dir_all(dir)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.files.remove_file(path)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.files.remove_dir_all(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.files.rename(from, to)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn FileLock>>> {
        self.files.lock(path)
    }

    fn free_space(&self, path: &Path) -> io::Result<(u64, u64)> {
        self.files.free_space(path)
    }

    fn modified_ms(&self, path: &Path) -> io::Result<i64> {
        self.files.modified_ms(path)
    }

    fn same_file_system(&self, a: &Path, b: &Path) -> io::Result<bool> {
        self.files.same_file_system(a, b)
    }

    fn without_waiting(&self, work: &mut dyn FnMut()) {
        self.files.without_waiting(work);
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        self.files.make_read_only(path)
    }
}

struct WitnessedFile {
    file: Arc<dyn File>,
    witness: Arc<Witness>,
    /// Held during a sync: the kernel tells of an error once for each open file, and whoever syncs beside or after the one
    /// that is told would take what was lost for durable.
    has_failed: Mutex<bool>,
}

impl WitnessedFile {
    fn sync(&self, sync: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut has_failed = self.has_failed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_believed =
            base::mutant(base::Mutant::FailedSyncRetried) || base::mutant(base::Mutant::AppendsAfterIoError);
        if *has_failed && !is_believed {
            return Err(io::Error::other("an earlier sync of the file failed"));
        }
        let synced = self.witness.sync(sync);
        *has_failed = synced.is_err();
        synced
    }
}

impl File for WitnessedFile {
    fn sync_data(&self) -> io::Result<()> {
        self.sync(|| self.file.sync_data())
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync(|| self.file.sync_all())
    }

    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.file.read_at(buffer, position)
    }

    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        self.file.write_all_at(bytes, position)
    }

    fn write_all_vectored_at(&self, parts: &[&[u8]], position: u64) -> io::Result<()> {
        self.file.write_all_vectored_at(parts, position)
    }

    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn reserve(&self, up_to: u64) -> io::Result<()> {
        self.file.reserve(up_to)
    }

    fn write_back(&self, from: u64, to: u64) {
        self.file.write_back(from, to)
    }

    fn read_ahead(&self, range: ColdRange) -> io::Result<()> {
        self.file.read_ahead(range)
    }

    fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        self.file.as_fd()
    }
}
