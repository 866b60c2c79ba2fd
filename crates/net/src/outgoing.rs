//! Lines to other nodes: the real form of `base::Network`. One loop owns the socket of a line: the one that no client keeps
//! busy, or, for large answers, one of those that serve clients.
//!
//! ```text
//!            send           resolved          connected
//!  (no entry) --> Resolving --------> Connecting --------> Open     (TLS and SASL will have phases of their own
//!      ^             |                    |  ^ next          |       between Connecting and Open)
//!      |             |                    |  | address       |
//!      +-------------+--------------------+--+---------------+
//!        everything under way is told: no connection, broken, out of time, or closed
//! ```
//!
//! A line without an entry in the loop costs nothing; who sends again connects again. Pauses between tries are the
//! caller's affair: a line fails what it was given at once.

use crate::blocking::BlockingPool;
use crate::incoming::{Incoming, Received};
use crate::mailbox::{LoopHandle, Message};
use crate::transport::Transport;
use crate::turn;
use base::{Done, Knock, Line, LineError, Outbound, Remote};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use os::Clock;
use parking_lot::Mutex;
use slab::Slab;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

/// Tokens of outgoing connections lie from here on, below those of listeners.
pub(crate) const FIRST_OUTGOING: usize = usize::MAX / 4;
/// Bytes of answers that one line may receive in one turn: what is more comes in the next one.
const RECEIVE_MAX: usize = 256 * 1024;

/// A request that was handed over and has no answer so far. One that is dropped says that the line was closed.
struct Asked {
    deadline_us: u64,
    done: Option<Done>,
}

impl Asked {
    fn finish(mut self, outcome: Result<Vec<u8>, LineError>) {
        if let Some(done) = self.done.take() {
            done(outcome);
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            done(Err(LineError::Closed));
        }
    }
}

/// What a line's users and its loop share.
pub(crate) struct LineState {
    remote: Remote,
    /// Requests that the loop has not taken yet.
    mail: Mutex<Mail>,
}

#[derive(Default)]
struct Mail {
    waiting: Vec<(Vec<u8>, Asked)>,
    /// The loop knows that there is something.
    is_told: bool,
    /// Its entry in the loop. Written by the loop alone.
    key: Option<usize>,
    /// The host's name is being looked up: once at a time, however often the line is used meanwhile.
    is_resolving: bool,
    /// Tries in a row that ended while an address was being reached: the next one begins with another.
    missed: usize,
}

/// What the loop is told about a line.
pub(crate) enum LineMail {
    /// Requests wait.
    Waiting,
    /// The addresses of the host, or why there are none.
    Resolved(io::Result<Vec<SocketAddr>>),
    Close,
}

/// The lines of a server's event loops.
pub(crate) struct Lines {
    pub owner: Arc<LoopHandle>,
    pub clock: Clock,
}

impl Lines {
    pub fn line(&self, remote: &Remote) -> Arc<dyn Line> {
        let state = Arc::new(LineState { remote: remote.clone(), mail: Mutex::default() });
        Arc::new(Handle { state, owner: self.owner.clone(), clock: self.clock })
    }
}

struct Handle {
    state: Arc<LineState>,
    owner: Arc<LoopHandle>,
    clock: Clock,
}

impl Line for Handle {
    fn send(&self, request: Outbound) {
        let deadline_us = self.clock.now().monotonic_us.saturating_add(request.timeout_us);
        let tells = {
            let mut mail = self.state.mail.lock();
            mail.waiting.push((request.frame, Asked { deadline_us, done: Some(request.done) }));
            !std::mem::replace(&mut mail.is_told, true)
        };
        if tells {
            self.owner.post(Message::Line(self.state.clone(), LineMail::Waiting));
        }
    }

    fn close(&self) {
        self.owner.post(Message::Line(self.state.clone(), LineMail::Close));
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

enum Phase {
    Resolving,
    /// To one address after the other.
    Connecting {
        transport: Transport,
        rest: VecDeque<SocketAddr>,
    },
    Open(Transport),
}

/// A line that has something to do, or a connection.
struct Outgoing {
    line: Arc<LineState>,
    phase: Phase,
    /// Frames to be written, and how much of the first one has left.
    out: VecDeque<Vec<u8>>,
    written: usize,
    input: Incoming,
    asked: VecDeque<Asked>,
    /// More may be there than the last turn has taken.
    is_ready: bool,
}

/// The outgoing connections of one loop.
pub(crate) struct Outgoings {
    entries: Slab<Outgoing>,
    /// Those that have used up their turn.
    ready: Vec<usize>,
    /// Knows what a line is made with.
    wrappings: Arc<crate::server::Registry>,
}

impl Outgoings {
    pub fn new(wrappings: Arc<crate::server::Registry>) -> Outgoings {
        Outgoings { entries: Slab::new(), ready: Vec::new(), wrappings }
    }

    /// When the first request is out of time.
    pub fn deadline_us(&self) -> Option<u64> {
        // A line's requests may have different times: all of them count.
        self.entries.iter().flat_map(|(_, entry)| entry.asked.iter().map(|asked| asked.deadline_us)).min()
    }

    /// Deals with what a line's user, or the resolver, has posted.
    pub fn mail(
        &mut self,
        line: &Arc<LineState>,
        mail: LineMail,
        registry: &Registry,
        owner: &Arc<LoopHandle>,
        resolver: &Arc<BlockingPool>,
    ) {
        match mail {
            LineMail::Waiting => self.take_waiting(line, registry, owner, resolver),
            LineMail::Resolved(found) => self.resolved(line, found, registry),
            LineMail::Close => {
                let waiting = std::mem::take(&mut line.mail.lock().waiting);
                if let Some(key) = line.key() {
                    self.end(key, registry, &LineError::Closed);
                }
                drop(waiting);
            }
        }
    }

    fn take_waiting(
        &mut self,
        line: &Arc<LineState>,
        registry: &Registry,
        owner: &Arc<LoopHandle>,
        resolver: &Arc<BlockingPool>,
    ) {
        let (waiting, key) = {
            let mut mail = line.mail.lock();
            mail.is_told = false;
            (std::mem::take(&mut mail.waiting), mail.key)
        };
        if waiting.is_empty() {
            return;
        }
        let key = key.unwrap_or_else(|| {
            let key = self.entries.insert(Outgoing {
                line: line.clone(),
                phase: Phase::Resolving,
                out: VecDeque::new(),
                written: 0,
                input: Incoming::default(),
                asked: VecDeque::new(),
                is_ready: false,
            });
            line.mail.lock().key = Some(key);
            key
        });
        let entry = &mut self.entries[key];
        let is_new = entry.asked.is_empty() && matches!(entry.phase, Phase::Resolving);
        for (frame, asked) in waiting {
            entry.out.push_back(frame);
            entry.asked.push_back(asked);
        }
        if is_new {
            match line.remote.host.parse::<IpAddr>() {
                Ok(ip) => self.resolved(line, Ok(vec![SocketAddr::new(ip, line.remote.port)]), registry),
                Err(_) if std::mem::replace(&mut line.mail.lock().is_resolving, true) => {}
                Err(_) => resolve(line.clone(), owner.clone(), resolver),
            }
        } else {
            self.write(key, registry);
        }
    }

    fn resolved(&mut self, line: &Arc<LineState>, found: io::Result<Vec<SocketAddr>>, registry: &Registry) {
        let (key, missed) = {
            let mut mail = line.mail.lock();
            mail.is_resolving = false;
            (mail.key, mail.missed)
        };
        let Some(key) = key else { return };
        if !matches!(self.entries[key].phase, Phase::Resolving) {
            return;
        }
        match found {
            Ok(mut addresses) => {
                let first = missed % addresses.len().max(1);
                addresses.rotate_left(first);
                self.connect(key, addresses.into(), registry, None);
            }
            Err(error) => {
                let reason = format!("{}: {error}", line.remote.host);
                self.end(key, registry, &LineError::Unreachable(reason));
            }
        }
    }

    /// Tries the next address; without one the line has failed.
    fn connect(
        &mut self,
        key: usize,
        mut rest: VecDeque<SocketAddr>,
        registry: &Registry,
        mut last: Option<io::Error>,
    ) {
        let listener = &self.entries[key].line.remote.listener;
        let Some(wrapping) = self.wrappings.outgoing(listener) else {
            let reason = format!("nothing is known of a listener {listener}");
            return self.end(key, registry, &LineError::Unreachable(reason));
        };
        while let Some(address) = rest.pop_front() {
            match TcpStream::connect(address) {
                Ok(mut stream) => {
                    let token = Token(FIRST_OUTGOING + key);
                    let interest = Interest::READABLE | Interest::WRITABLE;
                    match registry.register(&mut stream, token, interest) {
                        Ok(()) => {
                            let _latency = stream.set_nodelay(true);
                            let transport = wrapping.outgoing(stream);
                            self.entries[key].phase = Phase::Connecting { transport, rest };
                            return;
                        }
                        Err(error) => last = Some(error),
                    }
                }
                Err(error) => last = Some(error),
            }
        }
        let reason = last.map_or_else(|| "the host has no address".to_owned(), |error| error.to_string());
        self.end(key, registry, &LineError::Unreachable(reason));
    }

    /// The kernel has news of a connection.
    pub fn event(&mut self, key: usize, event: &mio::event::Event, buffer: &mut [u8], registry: &Registry) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if let Phase::Connecting { transport, .. } = &mut entry.phase {
            let stream = transport.stream_mut();
            match is_reached(stream) {
                Err(error) if error.kind() == io::ErrorKind::NotConnected && !event.is_read_closed() => return,
                Err(error) => {
                    let Phase::Connecting { mut transport, rest } =
                        std::mem::replace(&mut entry.phase, Phase::Resolving)
                    else {
                        return;
                    };
                    let _gone_with_the_socket = registry.deregister(transport.stream_mut());
                    return self.connect(key, rest, registry, Some(error));
                }
                Ok(()) => {
                    let Phase::Connecting { transport, .. } = std::mem::replace(&mut entry.phase, Phase::Resolving)
                    else {
                        return;
                    };
                    entry.phase = Phase::Open(transport);
                }
            }
        }
        if event.is_readable() || event.is_read_closed() {
            self.read(key, buffer, registry);
        }
        self.write(key, registry);
    }

    /// Whether a line has more to receive than its last turn took.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next turn of those that used up their last one.
    pub fn go_on(&mut self, buffer: &mut [u8], registry: &Registry) {
        for key in std::mem::take(&mut self.ready) {
            // Its place may have gone to another line meanwhile, which loses nothing by a look.
            if self.entries.get_mut(key).is_some_and(|entry| std::mem::take(&mut entry.is_ready)) {
                self.read(key, buffer, registry);
            }
        }
    }

    fn read(&mut self, key: usize, buffer: &mut [u8], registry: &Registry) {
        let mut left = RECEIVE_MAX;
        while left > 0 {
            let Some(entry) = self.entries.get_mut(key) else { return };
            let Phase::Open(transport) = &entry.phase else { return };
            match entry.input.receive(buffer, left, |room| transport.receive(room)) {
                Ok(0) => return self.end(key, registry, &LineError::Broken("the other side closed it".to_owned())),
                Ok(n) => {
                    left = left.saturating_sub(n);
                    turn::add_work(n);
                    if let Err(reason) = entry.answers() {
                        return self.end(key, registry, &LineError::Broken(reason));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.end(key, registry, &LineError::Broken(error.to_string())),
            }
        }
        if let Some(entry) = self.entries.get_mut(key)
            && !std::mem::replace(&mut entry.is_ready, true)
        {
            self.ready.push(key);
        }
    }

    fn write(&mut self, key: usize, registry: &Registry) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        let Phase::Open(transport) = &entry.phase else { return };
        while let Some(frame) = entry.out.front() {
            match transport.send(&frame[entry.written..], entry.out.len() > 1) {
                Ok(n) => {
                    entry.written += n;
                    if entry.written == frame.len() {
                        entry.written = 0;
                        entry.out.pop_front();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.end(key, registry, &LineError::Broken(error.to_string())),
            }
        }
    }

    /// Gives up the connections whose requests are out of time.
    pub fn expire(&mut self, now_us: u64, registry: &Registry) {
        let is_late = |entry: &Outgoing| entry.asked.iter().any(|asked| asked.deadline_us <= now_us);
        let late: Vec<usize> = self.entries.iter().filter(|(_, entry)| is_late(entry)).map(|(key, _)| key).collect();
        for key in late {
            let error = match &self.entries[key].phase {
                Phase::Open(_) => LineError::TimedOut,
                Phase::Resolving => LineError::Unreachable("the name of the host is not resolved in time".to_owned()),
                Phase::Connecting { .. } => {
                    self.entries[key].line.mail.lock().missed += 1;
                    LineError::Unreachable("no connection in time".to_owned())
                }
            };
            self.end(key, registry, &error);
        }
    }

    /// Closes every connection: the loop ends.
    pub fn end_all(&mut self, registry: &Registry) {
        let keys: Vec<usize> = self.entries.iter().map(|(key, _)| key).collect();
        keys.into_iter().for_each(|key| self.end(key, registry, &LineError::Closed));
    }

    /// Closes a connection and answers everything that was under way on it.
    fn end(&mut self, key: usize, registry: &Registry, error: &LineError) {
        let Some(entry) = self.entries.try_remove(key) else { return };
        entry.line.mail.lock().key = None;
        if let Phase::Connecting { mut transport, .. } | Phase::Open(mut transport) = entry.phase {
            let _gone_with_the_socket = registry.deregister(transport.stream_mut());
            transport.shutdown();
        }
        entry.asked.into_iter().for_each(|asked| asked.finish(Err(error.clone())));
    }
}

impl LineState {
    fn key(&self) -> Option<usize> {
        self.mail.lock().key
    }
}

impl Outgoing {
    /// Hands over the answers that are complete.
    fn answers(&mut self) -> Result<(), String> {
        loop {
            match self.input.next()? {
                Received::Incomplete => return Ok(()),
                Received::Frame(frame) => {
                    let Some(asked) = self.asked.pop_front() else {
                        return Err("an answer that nobody asked for".to_owned());
                    };
                    asked.finish(Ok(frame));
                }
            }
        }
    }
}

/// Whether a connection that was begun has somebody else at its other end by now.
fn is_reached(stream: &TcpStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    stream.peer_addr()?;
    os::refuse_itself(stream.as_fd())
}

/// Whether anybody listens at one of a host's addresses; waits for it.
pub(crate) fn knock(host: &str, port: u16, timeout: Duration) -> Knock {
    let Ok(addresses) = (host, port).to_socket_addrs() else { return Knock::Unknown };
    let connects = |address: &SocketAddr| {
        let stream = std::net::TcpStream::connect_timeout(address, timeout)?;
        os::refuse_itself(stream.as_fd())
    };
    let refuses = |address: &SocketAddr| match connects(address) {
        Ok(()) => Knock::Answered,
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Knock::Refused,
        Err(_) => Knock::Unknown,
    };
    let said: Vec<Knock> = addresses.map(|address| refuses(&address)).collect();
    match said.iter().find(|knock| **knock != Knock::Refused) {
        Some(other) if !said.contains(&Knock::Answered) => *other,
        Some(_) => Knock::Answered,
        None if said.is_empty() => Knock::Unknown,
        None => Knock::Refused,
    }
}

fn resolve(line: Arc<LineState>, owner: Arc<LoopHandle>, resolver: &Arc<BlockingPool>) {
    resolver.run(Box::new(move || {
        let found = (line.remote.host.as_str(), line.remote.port).to_socket_addrs().map(Iterator::collect);
        owner.post(Message::Line(line, LineMail::Resolved(found)));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_connection_that_met_itself_is_no_connection() {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let address = socket.local_addr().unwrap();
        socket.connect(&address).unwrap();
        socket.set_nonblocking(true).unwrap();
        let stream = TcpStream::from_std(socket.into());
        assert_eq!(is_reached(&stream).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        drop(stream);
        assert!(TcpListener::bind(address.as_socket().unwrap()).is_ok(), "its port is free");
    }
}
