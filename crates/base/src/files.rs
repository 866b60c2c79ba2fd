//! The file system as the storage layer sees it. `os::RealFiles` is the machine's; the simulator has one that loses
//! what was not synced. Every call may fail with an `io::Error`; nothing here retries.

use crate::mutant::{Mutant, mutant};
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a file is opened. Files are always readable and never truncated by opening them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// It must be there; it is not written.
    Read,
    /// It must be there; it may be written.
    Write,
    /// It is made when absent; it may be written.
    Create,
    /// It must be absent.
    CreateNew,
}

/// Part of a file that is not in memory: what a read was refused for under [`Files::without_waiting`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes at {position} are not in memory")]
pub struct ColdRange {
    pub position: u64,
    pub length: usize,
}

impl ColdRange {
    /// The range that an error of a refused read carries.
    pub fn of(error: &io::Error) -> Option<ColdRange> {
        error.get_ref().and_then(|inner| inner.downcast_ref::<ColdRange>()).copied()
    }

    /// Reads the range from the disk, so that it is in memory for a while.
    pub fn warm(self, file: &dyn File) -> io::Result<()> {
        file.read_ahead(self)
    }
}

/// Whether an entry of a folder is a symbolic link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    #[default]
    No,
    /// What is said of the entry is true of what it leads to.
    Whole,
    /// What it leads to is not there.
    Broken,
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry {
    pub name: String,
    pub is_dir: bool,
    /// Length in bytes of a file, 0 for a folder.
    pub len: u64,
    pub link: Link,
}

impl DirEntry {
    /// Whether this stands for a name that is not UTF-8: nothing is found under what is shown of it, so it is left alone.
    pub fn has_foreign_name(&self) -> bool {
        self.name.contains(char::REPLACEMENT_CHARACTER)
    }
}

/// A tree of files.
pub trait Files: Send + Sync {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>>;
    /// Whether something is there.
    fn exists(&self, path: &Path) -> io::Result<bool>;
    /// The entries of a folder, sorted by name, with links followed. Of a name that is not UTF-8 it has what can be read,
    /// see [`DirEntry::has_foreign_name`].
    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>>;
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    fn remove_dir_all(&self, dir: &Path) -> io::Result<()>;
    /// Atomic; replaces a file that is at `to`. Durable after `sync_dir` of the folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in this folder durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Takes the exclusive POSIX (fcntl) lock that Java's `FileChannel.tryLock` takes, making the file when absent.
    /// `None`: somebody else holds it.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn FileLock>>>;
    /// Bytes that an unprivileged process may still write on the file system of `path`, and its size.
    fn free_space(&self, path: &Path) -> io::Result<(u64, u64)>;
    /// Milliseconds since 1970 of the last change of the file.
    fn modified_ms(&self, path: &Path) -> io::Result<i64>;

    /// Makes everything durable that was written on the file system of `dir`: cheaper than many single syncs.
    fn sync_tree(&self, dir: &Path) -> io::Result<()>;

    /// Whether one [`Files::sync_tree`] covers both.
    fn same_file_system(&self, _a: &Path, _b: &Path) -> io::Result<bool> {
        Ok(true)
    }

    /// Runs `work`. Meanwhile reads of this thread that would have to wait for the disk fail with
    /// [`io::ErrorKind::WouldBlock`] and a [`ColdRange`]; where reads never wait, it is just run.
    fn without_waiting(&self, work: &mut dyn FnMut()) {
        work();
    }

    /// Takes the right to write a finished file from everybody, as Kafka does with snapshots. Nothing rests on it.
    fn make_read_only(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// The whole content of a small file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = self.open(path, OpenMode::Read)?;
        let mut content = vec![0; usize::try_from(file.len()?).map_err(io::Error::other)?];
        let n = file.read_full_at(&mut content, 0)?;
        content.truncate(n);
        Ok(content)
    }

    /// Replaces a small file so that a crash leaves the old or the new content, never a mix: writes and syncs
    /// `<path>.tmp`, renames it, syncs the folder. (Kafka's checkpoint files are written the same way.)
    fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let tmp = &temporary(path);
        let file = self.open(tmp, OpenMode::Create)?;
        file.set_len(0)?;
        file.write_all_at(content, 0)?;
        if !mutant(Mutant::ReplaceWithoutSync) {
            file.sync_all()?;
        }
        drop(file);
        self.rename(tmp, path)?;
        self.sync_dir(path.parent().unwrap_or(Path::new(".")))
    }
}

/// Where the new content of a file lies until it is whole.
pub fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    PathBuf::from(name)
}

/// An open file. Positions are explicit: there is no cursor to share.
pub trait File: Send + Sync {
    /// Reads at most `buffer.len()` bytes; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize>;
    /// Writes everything, or fails with an unknown part written.
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()>;
    /// Writes the parts one after the other, as `write_all_at` would their concatenation.
    fn write_all_vectored_at(&self, parts: &[&[u8]], position: u64) -> io::Result<()> {
        let mut at = position;
        for part in parts {
            self.write_all_at(part, at)?;
            at += part.len() as u64;
        }
        Ok(())
    }
    fn len(&self) -> io::Result<u64>;
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Sets room on the disk aside for what will be written below `up_to`, beyond the end of the file too: nobody else gets
    /// it. The length stays. Where the file system cannot do that, nothing happens.
    fn reserve(&self, _up_to: u64) -> io::Result<()> {
        Ok(())
    }
    /// Has what was written from `from` to below `to` brought to the disk from now on, instead of when memory is short or
    /// time has passed. Promises nothing; may wait where the disk has too much to do. What fails shows at the next sync.
    fn write_back(&self, _from: u64, _to: u64) {}
    /// Makes content and length durable (fdatasync).
    fn sync_data(&self) -> io::Result<()>;
    /// Makes content and all metadata durable (fsync).
    fn sync_all(&self) -> io::Result<()>;
    /// The descriptor, for sendfile; `None` in a simulation.
    fn as_fd(&self) -> Option<BorrowedFd<'_>>;

    /// Brings part of the file into memory, as far as it goes, and waits for it. A part that cannot be read is an error as far
    /// as the machine tells it now; who reads it later is told in any case.
    fn read_ahead(&self, range: ColdRange) -> io::Result<()> {
        let mut chunk = vec![0; range.length.min(128 * 1024)];
        let end = range.position + range.length as u64;
        let mut at = range.position;
        while at < end && !chunk.is_empty() {
            let length = chunk.len().min((end - at) as usize);
            match self.read_full_at(&mut chunk[..length], at)? {
                0 => break,
                n => at += n as u64,
            }
        }
        Ok(())
    }

    /// Tells the file that its content could not be read through the descriptor. Never waits, and takes no lock.
    fn read_failed(&self, _error: &io::Error) {}

    /// Reads until the buffer is full or the file ends; returns how many bytes were read.
    fn read_full_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            match self.read_at(&mut buffer[done..], position + done as u64) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }
}

/// Held while it lives.
pub trait FileLock: Send + Sync {}
