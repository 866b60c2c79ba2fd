//! The byte stream under a connection. Only plain TCP exists; TLS becomes another variant.

use crate::{Address, ClientError, Result, Settings};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// A connected stream that never blocks by itself: callers wait with [`wait`].
#[derive(Debug)]
pub enum Transport {
    Plain(TcpStream),
}

impl Transport {
    /// Connects to one of the addresses that the name stands for, all of them tried before `deadline`.
    pub fn connect(address: &Address, settings: &Settings, deadline: Instant) -> Result<Transport> {
        let failed = |reason: String| ClientError::Connect { address: address.to_string(), reason };
        let found: Vec<SocketAddr> = (address.host.as_str(), address.port)
            .to_socket_addrs()
            .map_err(|error| failed(error.to_string()))?
            .collect();
        let mut last = "the name has no address".to_string();
        for socket_address in found {
            let left = deadline.saturating_duration_since(Instant::now()).min(settings.connection_setup_timeout);
            if left.is_zero() {
                last = "timed out".into();
                break;
            }
            let connected = TcpStream::connect_timeout(&socket_address, left)
                .and_then(|stream| os::refuse_itself(stream.as_fd()).map(|()| stream));
            match connected {
                Ok(stream) => {
                    let prepared = stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true));
                    prepared.map_err(|error| failed(error.to_string()))?;
                    return Ok(Transport::Plain(stream));
                }
                Err(error) => last = error.to_string(),
            }
        }
        Err(failed(last))
    }

    /// Reads what is there; `Ok(None)` when nothing is, `Ok(Some(0))` at the end of the stream.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> std::io::Result<Option<usize>> {
        match self {
            Transport::Plain(stream) => unless_blocked(stream.read(into)),
        }
    }

    pub(crate) fn write(&mut self, from: &[u8]) -> std::io::Result<Option<usize>> {
        match self {
            Transport::Plain(stream) => unless_blocked(stream.write(from)),
        }
    }
}

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Transport::Plain(stream) => stream.as_fd(),
        }
    }
}

fn unless_blocked(result: std::io::Result<usize>) -> std::io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until one of the descriptors is readable (or broken), at most `timeout`. True if one is.
pub(crate) fn wait_readable(descriptors: &[BorrowedFd<'_>], timeout: Duration) -> bool {
    wait(descriptors, PollFlags::IN, timeout)
}

pub(crate) fn wait_writable(descriptor: BorrowedFd<'_>, timeout: Duration) -> bool {
    wait(&[descriptor], PollFlags::OUT, timeout)
}

fn wait(descriptors: &[BorrowedFd<'_>], flags: PollFlags, timeout: Duration) -> bool {
    let mut polled: Vec<PollFd<'_>> = descriptors.iter().map(|fd| PollFd::from_borrowed_fd(*fd, flags)).collect();
    let timeout = Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: timeout.subsec_nanos() as _ };
    rustix::event::poll(&mut polled, Some(&timeout)).is_ok_and(|ready| ready > 0)
}
