//! Files that tell a watcher before every call that may wait for the disk.

use base::{ColdRange, DirEntry, File, FileLock, Files, OpenMode};
use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::Arc;

/// Told of a call that may wait for the disk: its name and the path.
pub type Watcher = Arc<dyn Fn(&str, &Path) + Send + Sync>;

/// Other files, watched: syncs, removals of folders, and reads that had to wait.
#[derive(Clone)]
pub struct WatchedFiles {
    pub files: Arc<dyn Files>,
    pub watcher: Watcher,
    /// Counts the reads that had to wait for the disk.
    pub waits: Arc<dyn Fn() -> u64 + Send + Sync>,
}

struct WatchedFile {
    file: Arc<dyn File>,
    path: std::path::PathBuf,
    files: WatchedFiles,
}

impl Files for WatchedFiles {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let file = self.files.open(path, mode)?;
        Ok(Arc::new(WatchedFile { file, path: path.to_owned(), files: self.clone() }))
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
        (self.watcher)("remove_dir_all", dir);
        self.files.remove_dir_all(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.files.rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        (self.watcher)("sync_dir", dir);
        self.files.sync_dir(dir)
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

    fn sync_tree(&self, dir: &Path) -> io::Result<()> {
        (self.watcher)("sync_tree", dir);
        self.files.sync_tree(dir)
    }

    fn same_file_system(&self, a: &Path, b: &Path) -> io::Result<bool> {
        self.files.same_file_system(a, b)
    }

    fn without_waiting(&self, work: &mut dyn FnMut()) {
        self.files.without_waiting(work);
    }
}

impl File for WatchedFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let before = (self.files.waits)();
        let read = self.file.read_at(buffer, position);
        if (self.files.waits)() > before {
            (self.files.watcher)("read", &self.path);
        }
        read
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
        (self.files.watcher)("write_back", &self.path);
        self.file.write_back(from, to)
    }

    fn sync_data(&self) -> io::Result<()> {
        (self.files.watcher)("sync_data", &self.path);
        self.file.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        (self.files.watcher)("sync_all", &self.path);
        self.file.sync_all()
    }

    fn read_ahead(&self, range: ColdRange) -> io::Result<()> {
        (self.files.watcher)("read_ahead", &self.path);
        self.file.read_ahead(range)
    }

    fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        self.file.as_fd()
    }
}
