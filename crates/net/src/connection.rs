//! One connection: the part that its loop owns (input) and the part that any thread may enter (output).

use crate::answer::{Answer, Piece};
use crate::event_loop::LoopHandle;
use crate::transport::Transport;
use base::{ColdRange, File};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// Requests of a connection that may wait for their answers.
const IN_FLIGHT_MAX: usize = 1000;
/// Bytes of answers that may wait for a slow reader before its requests are held back.
const QUEUED_ANSWERS_MAX: usize = 1 << 20;
/// Bytes of a file that are looked at, or read from the disk, at once.
const WINDOW: usize = 1 << 20;
/// Of the calls that send a part of a file, only reading it fails so.
const EIO: i32 = 5;
/// Answers are joined into buffers of this size.
const JOIN_BELOW: usize = 16 * 1024;
/// Parts of files that are cheaper to copy than to send as such.
const COPY_BELOW: usize = 8 * 1024;

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
    /// Key of the connection in its loop.
    pub key: usize,
    pub owner: Arc<LoopHandle>,
    pub out: Mutex<Out>,
}

/// Answers on their way, in the order of the requests.
pub(crate) struct Out {
    /// Gone with the connection: requests that still wait for something must not keep a descriptor open.
    transport: Option<Arc<Transport>>,
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
    /// Bytes of the first piece, from its beginning on, that may be sent without waiting for the disk.
    in_memory: usize,
    /// Somebody reads the next bytes of the first piece from the disk.
    warming: bool,
    /// Bytes of answers that wait to be sent.
    pub queued_bytes: usize,
}

/// What a flush came to.
pub(crate) enum Flushed {
    /// For the socket, for an answer, or for the disk.
    Waits,
    /// The connection is to be closed.
    Ended,
    /// The next bytes have to be read from the disk first.
    Cold(Arc<dyn File>, ColdRange),
}

enum Slot {
    Pending,
    Ready(Answer),
}

impl Out {
    pub fn new(transport: Arc<Transport>) -> Out {
        Out {
            transport: Some(transport),
            slots: VecDeque::new(),
            head: 0,
            writing: VecDeque::new(),
            written: 0,
            blocked: false,
            dirty: false,
            stalled: false,
            closed: false,
            close_after_writing: false,
            in_memory: 0,
            warming: false,
            queued_bytes: 0,
        }
    }

    /// Opens the slot of the next request and returns its number.
    pub fn open_slot(&mut self) -> u64 {
        self.slots.push_back(Slot::Pending);
        self.head + self.slots.len() as u64 - 1
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
        if let Some(transport) = self.transport.take() {
            transport.shutdown();
        }
        self.slots.clear();
        self.writing.clear();
        self.queued_bytes = 0;
    }

    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Whether requests of this connection must wait until answers have left.
    pub fn is_full(&self) -> bool {
        self.slots.len() >= IN_FLIGHT_MAX || self.queued_bytes >= QUEUED_ANSWERS_MAX
    }

    /// The next bytes of the first piece have been read from the disk.
    fn warmed(&mut self, length: usize) {
        self.warming = false;
        self.in_memory = self.written + length;
    }

    /// The part of the first piece that the disk must be waited for, if any.
    fn cold(&mut self) -> Option<(Arc<dyn File>, ColdRange)> {
        let Some(Piece::File { file, position, len }) = self.writing.front() else { return None };
        if self.written < self.in_memory {
            return None;
        }
        let range = ColdRange { position: position + self.written as u64, length: (len - self.written).min(WINDOW) };
        if file.as_fd().is_none_or(|fd| os::is_in_memory(fd, range.position, range.length)) {
            self.in_memory = self.written + range.length;
            return None;
        }
        Some((file.clone(), range))
    }

    /// Writes until the socket is full, nothing is ready, or the disk would have to be waited for.
    pub fn flush(&mut self) -> io::Result<Flushed> {
        let Some(transport) = self.transport.take() else { return Ok(Flushed::Waits) };
        let flushed = self.send(&transport);
        self.transport = Some(transport);
        flushed
    }

    fn send(&mut self, transport: &Transport) -> io::Result<Flushed> {
        self.dirty = false;
        if self.closed || self.blocked || self.warming {
            return Ok(Flushed::Waits);
        }
        loop {
            if self.writing.is_empty() {
                if self.close_after_writing {
                    return Ok(Flushed::Ended);
                }
                if !self.has_ready_head() {
                    return Ok(Flushed::Waits);
                }
                self.take_ready();
                continue;
            }
            if let Some((file, range)) = self.cold() {
                self.warming = true;
                return Ok(Flushed::Cold(file, range));
            }
            let more = self.writing.len() > 1;
            let result = match &self.writing[0] {
                Piece::Bytes(bytes) => transport.send(&bytes[self.written..], more),
                Piece::File { file, position, len } => {
                    let until = self.in_memory.min(*len);
                    let more = more || until < *len;
                    transport.send_file(file.as_ref(), position + self.written as u64, until - self.written, more)
                }
            };
            match result {
                Ok(n) => self.advance(n),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.blocked = true;
                    return Ok(Flushed::Waits);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves every answer that may leave now into `writing`; small ones are joined into one buffer.
    fn take_ready(&mut self) {
        while self.has_ready_head() && self.writing.len() < 64 && !self.close_after_writing {
            self.head += 1;
            let Some(Slot::Ready(answer)) = self.slots.pop_front() else { return };
            match answer {
                Answer::Bytes(bytes) => self.take_bytes(bytes),
                Answer::Pieces(pieces) => pieces.into_iter().for_each(|piece| match piece {
                    Piece::Bytes(bytes) => self.take_bytes(bytes),
                    Piece::File { file, position, len } => self.take_slice(file, position, len),
                }),
                Answer::Nothing => {}
                Answer::Close => self.close_after_writing = true,
            }
        }
    }

    fn take_bytes(&mut self, bytes: Vec<u8>) {
        match self.writing.back_mut() {
            Some(Piece::Bytes(last)) if last.len() + bytes.len() <= JOIN_BELOW => last.extend_from_slice(&bytes),
            _ if bytes.is_empty() => {}
            _ => self.writing.push_back(Piece::Bytes(bytes)),
        }
    }

    /// A few bytes of a file are copied behind what is to be sent anyway, where that needs no waiting: one call of the
    /// system instead of three.
    fn take_slice(&mut self, file: Arc<dyn File>, position: u64, len: usize) {
        if len <= COPY_BELOW
            && let (Some(Piece::Bytes(last)), Some(fd)) = (self.writing.back_mut(), file.as_fd())
            && last.len() + len <= JOIN_BELOW
            && os::append_if_in_memory(fd, position, len, last)
        {
            self.queued_bytes += len;
            self.queued_bytes = self.queued_bytes.saturating_sub(Piece::FILE_MEMORY);
        } else if len > 0 {
            self.writing.push_back(Piece::File { file, position, len });
        }
    }

    /// The file that was being sent, if sending failed because of it.
    fn file_that_failed(&self, error: &io::Error) -> Option<Arc<dyn File>> {
        match self.writing.front() {
            Some(Piece::File { file, .. }) if error.raw_os_error() == Some(EIO) => Some(file.clone()),
            _ => None,
        }
    }

    fn advance(&mut self, n: usize) {
        self.written += n;
        if self.written < self.writing[0].len() {
            return;
        }
        self.written = 0;
        self.in_memory = 0;
        match self.writing.pop_front() {
            Some(Piece::Bytes(bytes)) => self.queued_bytes = self.queued_bytes.saturating_sub(bytes.len()),
            Some(Piece::File { .. }) => self.queued_bytes = self.queued_bytes.saturating_sub(Piece::FILE_MEMORY),
            None => {}
        }
    }
}

impl Shared {
    /// Writes what is ready and closes the connection where that is due or writing fails. What is not in memory is read
    /// on a thread that may wait, and written after that.
    pub fn flush(self: &Arc<Self>) {
        let mut out = self.out.lock();
        let was_full = out.is_full();
        let flushed = out.flush();
        let resumes = was_full && !out.is_full() && std::mem::take(&mut out.stalled);
        match flushed {
            Ok(Flushed::Waits) => drop(out),
            Ok(Flushed::Cold(file, range)) => {
                drop(out);
                self.warm(file, range);
            }
            Ok(Flushed::Ended) => out.close(),
            Err(error) => {
                let file = out.file_that_failed(&error);
                out.close();
                drop(out);
                if let Some(file) = file {
                    file.read_failed(&error);
                }
            }
        }
        if resumes {
            self.owner.resume(self.key, self.info.id);
        }
    }

    fn warm(self: &Arc<Self>, file: Arc<dyn File>, range: ColdRange) {
        let shared = self.clone();
        self.owner.cold_reads.run(Box::new(move || {
            if let Err(error) = range.warm(&*file) {
                file.read_failed(&error);
                // Sending it will fail as well, and close the connection.
                tracing::warn!(peer = %shared.info.peer, %error, "records cannot be read from the disk");
            }
            shared.out.lock().warmed(range.length);
            shared.flush();
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_connection_gives_its_socket_back_although_a_request_waits() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = mio::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let transport = Arc::new(Transport::Plain(stream));
        let mut out = Out::new(transport.clone());
        let sequence = out.open_slot();
        out.close();
        assert_eq!(Arc::strong_count(&transport), 1);
        assert!(!out.fill(sequence, Answer::Nothing));
        assert!(matches!(out.flush(), Ok(Flushed::Waits)));
    }
}
