//! The machine's file system behind `base::Files`.

use base::{ColdRange, DirEntry, File, FileLock, Files, Link, OpenMode};
use rustix::fs::{FallocateFlags, FlockOperation};
use rustix::io::{Errno, ReadWriteFlags};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, IoSlice, IoSliceMut};
use std::num::NonZeroU64;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

/// Files of this machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct RealFiles;

struct RealFile(fs::File);

thread_local! {
    /// Reads of this thread must not wait for the disk.
    static NEVER_WAITS: Cell<bool> = const { Cell::new(false) };
}

/// Device and inode of every file that this process has locked. The system's locks do not keep a process from its own, and
/// closing a second descriptor would release the first one's lock.
static LOCKED: Mutex<BTreeSet<(u64, u64)>> = Mutex::new(BTreeSet::new());

fn locked() -> MutexGuard<'static, BTreeSet<(u64, u64)>> {
    LOCKED.lock().unwrap_or_else(PoisonError::into_inner)
}

struct RealLock {
    /// There until it is dropped.
    file: Option<fs::File>,
    id: (u64, u64),
}

impl FileLock for RealLock {}

impl Drop for RealLock {
    fn drop(&mut self) {
        let mut locked = locked();
        self.file = None;
        locked.remove(&self.id);
    }
}

/// Whether this is how a link fails to be followed that leads to nothing, or to itself.
fn leads_nowhere(error: &io::Error) -> bool {
    let is_loop = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
    is_loop || matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

impl Files for RealFiles {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut options = fs::OpenOptions::new();
        options.read(true);
        match mode {
            OpenMode::Read => &mut options,
            OpenMode::Write => options.write(true),
            OpenMode::Create => options.write(true).create(true).truncate(false),
            OpenMode::CreateNew => options.write(true).create_new(true),
        };
        Ok(Arc::new(RealFile(options.open(path)?)))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A file may vanish between the listing and the look at it (a deletion that runs beside us).
            let Ok(mut meta) = entry.metadata() else { continue };
            let mut link = Link::No;
            if meta.is_symlink() {
                (meta, link) = match fs::metadata(entry.path()) {
                    Ok(target) => (target, Link::Whole),
                    Err(error) if leads_nowhere(&error) => (meta, Link::Broken),
                    Err(error) => return Err(error),
                };
            }
            let (is_dir, is_file) = (meta.is_dir(), meta.is_file());
            entries.push(DirEntry { name, is_dir, len: if is_file { meta.len() } else { 0 }, link });
        }
        entries.sort();
        Ok(entries)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        fs::remove_dir_all(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        fs::File::open(dir)?.sync_all()
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn FileLock>>> {
        let id = |meta: fs::Metadata| (meta.dev(), meta.ino());
        let mut locked = locked();
        if fs::metadata(path).is_ok_and(|meta| locked.contains(&id(meta))) {
            return Ok(None);
        }
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                let id = id(file.metadata()?);
                locked.insert(id);
                Ok(Some(Box::new(RealLock { file: Some(file), id })))
            }
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn sync_tree(&self, dir: &Path) -> io::Result<()> {
        Ok(rustix::fs::syncfs(fs::File::open(dir)?)?)
    }

    fn same_file_system(&self, a: &Path, b: &Path) -> io::Result<bool> {
        Ok(fs::metadata(a)?.dev() == fs::metadata(b)?.dev())
    }

    fn without_waiting(&self, work: &mut dyn FnMut()) {
        let before = NEVER_WAITS.replace(true);
        work();
        NEVER_WAITS.set(before);
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o400))
    }

    fn free_space(&self, path: &Path) -> io::Result<(u64, u64)> {
        let stat = rustix::fs::statvfs(path)?;
        Ok((stat.f_bavail.saturating_mul(stat.f_frsize), stat.f_blocks.saturating_mul(stat.f_frsize)))
    }

    fn modified_ms(&self, path: &Path) -> io::Result<i64> {
        let modified = fs::metadata(path)?.modified()?;
        Ok(modified.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64))
    }
}

impl File for RealFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        if !NEVER_WAITS.get() {
            return FileExt::read_at(&self.0, buffer, position);
        }
        let length = buffer.len();
        match rustix::io::preadv2(&self.0, &mut [IoSliceMut::new(buffer)], position, ReadWriteFlags::NOWAIT) {
            Ok(n) => Ok(n),
            Err(Errno::AGAIN) => Err(io::Error::new(io::ErrorKind::WouldBlock, ColdRange { position, length })),
            // A file system that cannot tell.
            Err(Errno::OPNOTSUPP) => FileExt::read_at(&self.0, buffer, position),
            Err(error) => Err(error.into()),
        }
    }

    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        FileExt::write_all_at(&self.0, bytes, position)
    }

    fn write_all_vectored_at(&self, parts: &[&[u8]], position: u64) -> io::Result<()> {
        let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let total: usize = parts.iter().map(|part| part.len()).sum();
        let mut done = loop {
            match rustix::io::pwritev(&self.0, &slices, position) {
                Err(rustix::io::Errno::INTR) => {}
                other => break other?,
            }
        };
        // A short write is rare (a full disk, a signal): the rest goes part by part and names the error.
        let mut at = position + done as u64;
        for part in parts {
            let skipped = done.min(part.len());
            done -= skipped;
            let rest = &part[skipped..];
            if !rest.is_empty() {
                FileExt::write_all_at(&self.0, rest, at)?;
                at += rest.len() as u64;
            }
        }
        debug_assert_eq!(at, position + total as u64);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn reserve(&self, up_to: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.0, FallocateFlags::KEEP_SIZE, 0, up_to) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Linux begins to write dirty pages back when it is told that nobody needs them in memory. Those stay there while they are
    /// written; what was written before goes.
    fn write_back(&self, from: u64, to: u64) {
        let Some(length) = to.checked_sub(from).and_then(NonZeroU64::new) else { return };
        let _advised = rustix::fs::fadvise(&self.0, from, Some(length), rustix::fs::Advice::DontNeed);
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    /// Asks the kernel for all of it, then waits for the first page of each part and the last of all: nothing is copied. The
    /// others come with them, as a rule.
    fn read_ahead(&self, range: ColdRange) -> io::Result<()> {
        let Some(last) = (range.length as u64).checked_sub(1) else { return Ok(()) };
        let parts = || (0..=last).step_by(PROBE_EVERY as usize);
        for part in parts() {
            let length = NonZeroU64::new(PROBE_EVERY.min(last + 1 - part));
            let wanted = rustix::fs::Advice::WillNeed;
            // Without advice the reads below fetch what they need themselves.
            let _advised = rustix::fs::fadvise(&self.0, range.position + part, length, wanted);
        }
        for part in parts().chain([last]) {
            let mut byte = [0];
            self.read_full_at(&mut byte, range.position + part)?;
        }
        Ok(())
    }

    fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }
}

/// Between two probes of [`is_in_memory`]: what the kernel reads ahead at least.
const PROBE_EVERY: u64 = 128 * 1024;

/// Whether part of a file is in the page cache, as far as probes tell: its first and last byte and some between. A file
/// system that cannot tell says yes.
pub fn is_in_memory(file: BorrowedFd<'_>, position: u64, length: usize) -> bool {
    let Some(last) = (length as u64).checked_sub(1) else { return true };
    let probes = (0..last).step_by(PROBE_EVERY as usize).chain([last]);
    let cold = |at: u64| {
        let mut byte = [0];
        let read = rustix::io::preadv2(file, &mut [IoSliceMut::new(&mut byte)], position + at, ReadWriteFlags::NOWAIT);
        read == Err(Errno::AGAIN)
    };
    !probes.into_iter().any(cold)
}

/// Appends part of a file to `bytes` if all of it is in the page cache; false: nothing was appended.
pub fn append_if_in_memory(file: BorrowedFd<'_>, position: u64, length: usize, bytes: &mut Vec<u8>) -> bool {
    let before = bytes.len();
    bytes.resize(before + length, 0);
    let read =
        rustix::io::preadv2(file, &mut [IoSliceMut::new(&mut bytes[before..])], position, ReadWriteFlags::NOWAIT);
    let whole = read == Ok(length);
    if !whole {
        bytes.truncate(before);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a file's pages out of memory; false where the file system keeps them (tmpfs).
    fn chill(file: &fs::File) -> bool {
        file.sync_all().unwrap();
        // A page that another processor has just touched stays at the first try.
        (0..100).any(|_| {
            rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
            let pages = (0..file.metadata().unwrap().len()).step_by(4096);
            pages.into_iter().all(|at| !is_in_memory(file.as_fd(), at, 1))
        })
    }

    #[test]
    fn reads_that_would_wait_are_refused_and_go_through_once_the_range_is_warm() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cold");
        fs::write(&path, vec![7; 1 << 20]).unwrap();
        let file = RealFiles.open(&path, OpenMode::Read).unwrap();
        if !chill(&fs::File::open(&path).unwrap()) {
            return;
        }
        let mut buffer = [0; 100];
        let mut outcome = None;
        RealFiles.without_waiting(&mut || outcome = Some(file.read_at(&mut buffer, 5000)));
        let error = outcome.unwrap().unwrap_err();
        let cold = ColdRange::of(&error).unwrap();
        assert_eq!(cold, ColdRange { position: 5000, length: 100 });
        cold.warm(&*file).unwrap();
        assert!(is_in_memory(file.as_fd().unwrap(), 5000, 100));
        let mut outcome = None;
        RealFiles.without_waiting(&mut || outcome = Some(file.read_at(&mut buffer, 5000)));
        assert_eq!(outcome.unwrap().unwrap(), 100);
        assert_eq!(buffer, [7; 100]);
    }

    #[test]
    fn a_file_is_locked_once_in_a_process_whatever_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        fs::create_dir(dir.path().join("real")).unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        let held = RealFiles.lock(&dir.path().join("real/.lock")).unwrap().unwrap();
        assert!(RealFiles.lock(&link.join(".lock")).unwrap().is_none());
        drop(held);
        assert!(RealFiles.lock(&link.join(".lock")).unwrap().is_some());
    }

    #[test]
    fn room_that_is_set_aside_does_not_show() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let file = RealFiles.open(&path, OpenMode::Create).unwrap();
        file.write_all_at(b"abc", 0).unwrap();
        file.reserve(1 << 20).unwrap();
        assert_eq!((file.len().unwrap(), RealFiles.read(&path).unwrap()), (3, b"abc".to_vec()));
        let taken = || fs::metadata(&path).unwrap().blocks() * 512;
        if taken() < 1 << 20 {
            return;
        }
        // Given back by a cut to where the file ends.
        file.set_len(3).unwrap();
        assert!(taken() < 1 << 20);
    }

    #[test]
    fn vectored_writes_land_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let file = RealFiles.open(&dir.path().join("f"), OpenMode::Create).unwrap();
        file.write_all_vectored_at(&[b"ab", b"", b"cde"], 3).unwrap();
        assert_eq!(RealFiles.read(&dir.path().join("f")).unwrap(), b"\0\0\0abcde");
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_listed_as_far_as_it_can_be_read() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(std::ffi::OsStr::from_bytes(b"t\xff-0"))).unwrap();
        fs::write(dir.path().join("c"), b"").unwrap();
        let listed = RealFiles.list(dir.path()).unwrap();
        let shown: Vec<_> = listed.iter().map(|entry| (entry.name.as_str(), entry.has_foreign_name())).collect();
        assert_eq!(shown, [("c", false), ("t\u{fffd}-0", true)]);
    }

    #[test]
    fn replace_leaves_no_temporary_file() {
        let dir = tempfile::tempdir().unwrap();
        RealFiles.replace(&dir.path().join("c"), b"1").unwrap();
        RealFiles.replace(&dir.path().join("c"), b"22").unwrap();
        assert_eq!(
            RealFiles.list(dir.path()).unwrap(),
            [DirEntry { name: "c".into(), is_dir: false, len: 2, link: Link::No }]
        );
    }
}
