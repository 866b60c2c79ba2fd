//! Sending bytes and parts of files to a socket that does not block.

use std::io;
use std::os::fd::BorrowedFd;

/// Sends bytes; `more` tells the kernel that further data follows at once (MSG_MORE). Returns how many were taken.
pub fn send_bytes(socket: BorrowedFd<'_>, bytes: &[u8], more: bool) -> io::Result<usize> {
    let mut flags = rustix::net::SendFlags::NOSIGNAL | rustix::net::SendFlags::DONTWAIT;
    if more {
        flags |= rustix::net::SendFlags::MORE;
    }
    Ok(rustix::net::send(socket, bytes, flags)?)
}

/// Sends part of a file from the page cache without copying it through this process. Returns how many bytes went; 0
/// means that the file ends before `position`.
pub fn send_file(socket: BorrowedFd<'_>, file: BorrowedFd<'_>, position: u64, count: usize) -> io::Result<usize> {
    let mut offset = position;
    Ok(rustix::fs::sendfile(socket, file, Some(&mut offset), count)?)
}
