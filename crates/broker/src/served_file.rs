//! The file of a log as the network gets it: an error of the disk, met while an answer is sent, takes the directory out
//! of service.

use crate::log_dirs::Directory;
use base::{ColdRange, File};
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use storage::{LogSlice, StorageError};

/// What is to be sent, and where it lies. It is only read.
pub(crate) struct ServedFile {
    file: Arc<dyn File>,
    slice: LogSlice,
    directory: Arc<Directory>,
}

impl ServedFile {
    /// `None` when the slice is empty.
    pub fn new(mut slice: LogSlice, directory: &Arc<Directory>) -> Option<ServedFile> {
        let file = slice.file.take().filter(|_| slice.length > 0)?;
        Some(ServedFile { file, slice, directory: directory.clone() })
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

fn only_read() -> io::Error {
    io::ErrorKind::Unsupported.into()
}

impl File for ServedFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        self.file.read_at(buffer, position).inspect_err(|error| self.read_failed(error))
    }

    /// Others are told on another thread: whoever sends holds locks.
    fn read_failed(&self, error: &io::Error) {
        if !is_passing(error) {
            let again = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            self.directory.report_later(StorageError::failed(self.slice.path(), again));
        }
    }

    fn read_ahead(&self, range: ColdRange) -> io::Result<()> {
        self.file.read_ahead(range).inspect_err(|error| self.read_failed(error))
    }

    fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        self.file.as_fd()
    }

    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn write_all_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(only_read())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(only_read())
    }

    fn sync_data(&self) -> io::Result<()> {
        Err(only_read())
    }

    fn sync_all(&self) -> io::Result<()> {
        Err(only_read())
    }
}
