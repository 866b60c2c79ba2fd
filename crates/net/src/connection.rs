//! One connection: the part that its loop owns (input) and the part that any thread may enter (output).

use crate::answer::{Answer, Piece};
use crate::event_loop::LoopHandle;
use crate::transport::Transport;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// Who is at the other end, as far as the network knows.
#[derive(Debug, Clone)]
pub struct ConnectionInfo {
    /// Unique within the process.
    pub id: u64,
    pub listener: Arc<str>,
    pub peer: SocketAddr,
    pub local: SocketAddr,
}

/// How far a connection has come. Only PLAINTEXT listeners exist so far, so every connection is born open; TLS and SASL
/// will add what they have to remember to the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    #[allow(dead_code)]
    Handshake,
    #[allow(dead_code)]
    Authentication,
    Open,
}

/// The shared half of a connection.
pub(crate) struct Shared {
    pub info: ConnectionInfo,
    pub transport: Transport,
    /// Key of the connection in its loop.
    pub key: usize,
    pub owner: Arc<LoopHandle>,
    pub out: Mutex<Out>,
}

/// Answers on their way, in the order of the requests.
pub(crate) struct Out {
    slots: VecDeque<Slot>,
    /// Sequence number of the first slot.
    head: u64,
    /// Pieces of the first slot that is being written, and how much of the first piece has left.
    writing: VecDeque<Piece>,
    written: usize,
    /// The socket is full; the loop will be told when it is not.
    blocked: bool,
    /// Somebody has put this connection on the list of those to flush.
    pub dirty: bool,
    /// The loop has stopped taking requests and wants to know when it can go on.
    pub stalled: bool,
    pub closed: bool,
    close_after_writing: bool,
    /// Bytes of answers that wait to be sent.
    pub queued_bytes: usize,
}

enum Slot {
    Pending,
    Ready(Answer),
}

impl Out {
    pub fn new() -> Out {
        Out {
            slots: VecDeque::new(),
            head: 0,
            writing: VecDeque::new(),
            written: 0,
            blocked: false,
            dirty: false,
            stalled: false,
            closed: false,
            close_after_writing: false,
            queued_bytes: 0,
        }
    }

    /// Opens the slot of the next request and returns its number.
    pub fn open_slot(&mut self) -> u64 {
        self.slots.push_back(Slot::Pending);
        self.head + self.slots.len() as u64 - 1
    }

    pub fn in_flight(&self) -> usize {
        self.slots.len()
    }

    pub fn is_answered(&self, sequence: u64) -> bool {
        match sequence.checked_sub(self.head).and_then(|i| self.slots.get(i as usize)) {
            Some(slot) => matches!(slot, Slot::Ready(_)),
            None => true,
        }
    }

    /// Fills a slot; false if the connection has gone or the slot was filled before.
    pub fn fill(&mut self, sequence: u64, answer: Answer) -> bool {
        if self.closed {
            return false;
        }
        let Some(slot) = sequence.checked_sub(self.head).and_then(|i| self.slots.get_mut(i as usize)) else {
            return false;
        };
        if !matches!(slot, Slot::Pending) {
            return false;
        }
        self.queued_bytes += answer.memory();
        *slot = Slot::Ready(answer);
        true
    }

    pub fn has_ready_head(&self) -> bool {
        matches!(self.slots.front(), Some(Slot::Ready(_)))
    }

    /// Drops everything that waits; nothing is sent any more.
    pub fn close(&mut self) {
        self.closed = true;
        self.slots.clear();
        self.writing.clear();
        self.queued_bytes = 0;
    }

    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Writes until the socket is full or nothing is ready. `Ok(true)`: the connection is to be closed.
    pub fn flush(&mut self, transport: &Transport) -> io::Result<bool> {
        self.dirty = false;
        if self.closed || self.blocked {
            return Ok(false);
        }
        loop {
            if self.writing.is_empty() {
                if self.close_after_writing {
                    return Ok(true);
                }
                if !self.has_ready_head() {
                    return Ok(false);
                }
                self.take_ready();
                continue;
            }
            let more = self.writing.len() > 1;
            let result = match &self.writing[0] {
                Piece::Bytes(bytes) => transport.send(&bytes[self.written..], more),
                Piece::File { file, position, len } => {
                    transport.send_file(file.as_ref(), position + self.written as u64, len - self.written, more)
                }
            };
            match result {
                Ok(n) => self.advance(n),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.blocked = true;
                    return Ok(false);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves every answer that may leave now into `writing`; small ones are joined into one buffer.
    fn take_ready(&mut self) {
        const JOIN_BELOW: usize = 16 * 1024;
        while self.has_ready_head() && self.writing.len() < 64 && !self.close_after_writing {
            self.head += 1;
            let Some(Slot::Ready(answer)) = self.slots.pop_front() else { return };
            match answer {
                Answer::Bytes(bytes) => match self.writing.back_mut() {
                    Some(Piece::Bytes(last)) if last.len() + bytes.len() <= JOIN_BELOW => {
                        last.extend_from_slice(&bytes)
                    }
                    _ => self.writing.push_back(Piece::Bytes(bytes)),
                },
                Answer::Pieces(pieces) => self.writing.extend(pieces.into_iter().filter(|piece| !piece.is_empty())),
                Answer::Nothing => {}
                Answer::Close => self.close_after_writing = true,
            }
        }
    }

    fn advance(&mut self, n: usize) {
        self.written += n;
        if self.written < self.writing[0].len() {
            return;
        }
        self.written = 0;
        match self.writing.pop_front() {
            Some(Piece::Bytes(bytes)) => self.queued_bytes = self.queued_bytes.saturating_sub(bytes.len()),
            Some(Piece::File { .. }) => self.queued_bytes = self.queued_bytes.saturating_sub(64),
            None => {}
        }
    }
}

impl Shared {
    /// Writes what is ready and closes the connection where that is due or writing fails.
    pub fn flush(&self) {
        let mut out = self.out.lock();
        match out.flush(&self.transport) {
            Ok(false) => {}
            Ok(true) | Err(_) => {
                out.close();
                drop(out);
                self.transport.shutdown();
            }
        }
    }
}
