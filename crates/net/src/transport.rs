//! The byte stream under a connection: plain now; an encrypted one will be another variant here and nowhere else.

use base::File;
use mio::net::TcpStream;
use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::AsFd;

/// A stream that does not block.
pub enum Transport {
    Plain(TcpStream),
    /// Like `Plain`, but files are read and written like bytes, as an encrypted stream has to. Tests use it.
    PlainWithoutSendfile(TcpStream),
}

/// Largest part of a file that is read at once where sendfile cannot be used.
const READ_CHUNK: usize = 64 * 1024;

impl Transport {
    pub(crate) fn stream_mut(&mut self) -> &mut TcpStream {
        match self {
            Transport::Plain(stream) | Transport::PlainWithoutSendfile(stream) => stream,
        }
    }

    fn stream(&self) -> &TcpStream {
        match self {
            Transport::Plain(stream) | Transport::PlainWithoutSendfile(stream) => stream,
        }
    }

    /// Receives what is there; 0 at the end of the stream.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream().read(buffer)
    }

    /// Sends bytes; `more` says that further data follows at once.
    pub fn send(&self, bytes: &[u8], more: bool) -> io::Result<usize> {
        os::send_bytes(self.stream().as_fd(), bytes, more)
    }

    /// Sends part of a file; an end of file before `count` bytes is an error.
    pub fn send_file(&self, file: &dyn File, position: u64, count: usize, more: bool) -> io::Result<usize> {
        let sent = match (self, file.as_fd()) {
            (Transport::Plain(stream), Some(fd)) => os::send_file(stream.as_fd(), fd, position, count)?,
            (_, _) => {
                let mut buffer = vec![0; count.min(READ_CHUNK)];
                let n = file.read_full_at(&mut buffer, position)?;
                if n == 0 { 0 } else { self.send(&buffer[..n], more || n < count)? }
            }
        };
        if sent == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file ended before the slice that was promised",
            ));
        }
        Ok(sent)
    }

    pub fn shutdown(&self) {
        let _already_gone = self.stream().shutdown(Shutdown::Both);
    }
}
