//! The listeners that a loop watches, and whom they let in: as the limits on connections have room, with a reserve for this
//! machine, and never beyond the share of descriptors that connections may have.

use crate::admission::{Room, is_this_machine};
use crate::server::{Acceptor, Registry};
use base::Now;
use mio::net::TcpStream;
use mio::{Interest, Token};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

/// Tokens from here on are those of listeners: this number and the listener's.
pub(crate) const FIRST_LISTENER: usize = usize::MAX / 2;
/// Connections of a listener that are accepted without room, to find one from this machine behind them.
const WAITING_MAX: usize = 64;
/// Who could not be accepted is tried again after this time.
const AGAIN_US: u64 = 100_000;
/// That it could not be is said once in this time.
const COMPLAIN_AGAIN_US: u64 = 10_000_000;

pub(crate) struct Accepting {
    acceptors: Vec<Acceptor>,
    descriptor_max: u64,
    /// When there may be room for those who were not accepted.
    again_us: Option<u64>,
    /// When the next warning may be written.
    next_complaint_us: u64,
}

impl Accepting {
    /// Nobody is let in on a descriptor above `descriptor_max`.
    pub fn new(descriptor_max: u64) -> Accepting {
        Accepting { acceptors: Vec::new(), descriptor_max, again_us: None, next_complaint_us: 0 }
    }

    /// Watches one more listener; returns its number.
    pub fn listen(&mut self, mut acceptor: Acceptor, poll: &mio::Registry) -> Option<usize> {
        let index = self.acceptors.len();
        let token = Token(FIRST_LISTENER + index);
        if let Err(error) = poll.register(&mut acceptor.socket, token, Interest::READABLE) {
            tracing::error!(%error, listener = %acceptor.name, "a listener cannot be watched: nobody can connect to it");
            return None;
        }
        self.acceptors.push(acceptor);
        Some(index)
    }

    pub fn acceptor(&self, index: usize) -> &Acceptor {
        &self.acceptors[index]
    }

    pub fn again_us(&self) -> Option<u64> {
        self.again_us
    }

    /// The numbers of all listeners, each of which is to be asked for its next connection.
    pub fn all_again(&mut self) -> std::ops::Range<usize> {
        self.again_us = None;
        0..self.acceptors.len()
    }

    /// The next connection of a listener; none when nobody waits or there is no room: the next connection to close, or the
    /// clock, goes on then. Without room it looks among those that wait for one from this machine, which may have the
    /// reserve; the others keep their turn.
    pub fn next(&mut self, index: usize, registry: &Registry, now: Now) -> Option<(TcpStream, SocketAddr)> {
        loop {
            let acceptor = &mut self.acceptors[index];
            let room = registry.room(&acceptor.name, now);
            match room {
                Room::Yes => {
                    if let Some(waited) = acceptor.waiting.pop_front() {
                        return Some(waited);
                    }
                }
                Room::InReserve(_) if acceptor.waiting.len() >= WAITING_MAX => return None,
                Room::InReserve(from_us) if from_us > now.monotonic_us => return self.wait_until(from_us),
                Room::InReserve(_) => {}
                Room::At(at_us) => return self.wait_until(at_us),
            }
            match acceptor.socket.accept() {
                Ok((stream, _)) if u64::try_from(stream.as_raw_fd()).is_ok_and(|fd| fd > self.descriptor_max) => {
                    // The kernel gives the lowest free number: this many are open.
                    return self.complain("connections have their share of the open files", now);
                }
                Ok((stream, peer)) if room == Room::Yes || is_own(&stream, peer) => return Some((stream, peer)),
                Ok(waits) => acceptor.waiting.push_back(waits),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted) => {
                }
                Err(error) => return self.complain(&error.to_string(), now),
            }
        }
    }

    fn complain<T>(&mut self, reason: &str, now: Now) -> Option<T> {
        if now.monotonic_us >= self.next_complaint_us {
            self.next_complaint_us = now.monotonic_us + COMPLAIN_AGAIN_US;
            tracing::warn!(
                reason,
                "a connection cannot be accepted; a higher limit of open files may help (ulimit -n)"
            );
        }
        self.wait_until(now.monotonic_us + AGAIN_US)
    }

    fn wait_until<T>(&mut self, at_us: u64) -> Option<T> {
        self.again_us = Some(self.again_us.map_or(at_us, |before| before.min(at_us)));
        None
    }
}

/// Whether a connection comes from this machine.
fn is_own(stream: &TcpStream, peer: SocketAddr) -> bool {
    stream.local_addr().is_ok_and(|local| is_this_machine(peer.ip(), local.ip()))
}
