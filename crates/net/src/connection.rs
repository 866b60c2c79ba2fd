//! One connection: the part that its loop owns (input) and the part that any thread may enter (output).

use crate::answer::{Answer, Piece};
use crate::mailbox::LoopHandle;
use crate::transport::Transport;
use base::{ColdRange, File, Now, Task};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};

/// Requests of a connection that may wait for their answers.
const IN_FLIGHT_MAX: usize = 1000;
/// Bytes of answers that may wait for a slow reader before its requests are held back.
const QUEUED_ANSWERS_MAX: usize = 1 << 20;
/// Bytes of a file that are looked at, or read from the disk, at once.
const WINDOW: usize = 1 << 20;
/// Bytes that were read from the disk so often, and are not in memory, are sent all the same: the memory is short.
const WARMED_MAX: u8 = 3;
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
    /// How often in a row the next bytes were read from the disk.
    warmed: u8,
    /// Somebody reads the next bytes of the first piece from the disk.
    warming: bool,
    /// Bytes of answers that wait to be sent.
    pub queued_bytes: usize,
    /// Answers whose time has not come.
    held: usize,
    /// Something has left since somebody asked.
    has_sent: bool,
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

/// ```text
///   Pending ──> Passing ──> Held ──> Ready        (each may be left out but the last)
/// ```
enum Slot {
    Pending,
    /// Not answered, but later requests may start.
    Passing,
    /// Answered, to leave later: everything behind it waits.
    Held(Answer),
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
            warmed: 0,
            warming: false,
            queued_bytes: 0,
            held: 0,
            has_sent: false,
        }
    }

    /// Opens the slot of the next request and returns its number.
    pub fn open_slot(&mut self) -> u64 {
        self.slots.push_back(Slot::Pending);
        self.head + self.slots.len() as u64 - 1
    }

    /// Whether requests behind this one need not wait for it.
    pub fn lets_pass(&self, sequence: u64) -> bool {
        match sequence.checked_sub(self.head).and_then(|i| self.slots.get(i as usize)) {
            Some(slot) => !matches!(slot, Slot::Pending),
            None => true,
        }
    }

    fn slot(&mut self, sequence: u64) -> Option<&mut Slot> {
        if self.closed {
            return None;
        }
        sequence.checked_sub(self.head).and_then(|i| self.slots.get_mut(i as usize))
    }

    /// Lets later requests start although this one has no answer.
    pub fn pass(&mut self, sequence: u64) {
        if let Some(slot @ Slot::Pending) = self.slot(sequence) {
            *slot = Slot::Passing;
        }
    }

    /// Fills a slot; false if the connection has gone or the slot was filled before.
    pub fn fill(&mut self, sequence: u64, answer: Answer) -> bool {
        let memory = answer.memory();
        let Some(slot @ (Slot::Pending | Slot::Passing)) = self.slot(sequence) else { return false };
        *slot = Slot::Ready(answer);
        self.queued_bytes += memory;
        true
    }

    /// Fills a slot with an answer that leaves once it is released. Until then nothing behind it leaves, and no further
    /// request is taken.
    pub fn fill_held(&mut self, sequence: u64, answer: Answer) -> bool {
        let memory = answer.memory();
        let Some(slot @ (Slot::Pending | Slot::Passing)) = self.slot(sequence) else { return false };
        *slot = Slot::Held(answer);
        self.queued_bytes += memory;
        self.held += 1;
        true
    }

    /// The time of an answer has come.
    pub fn release(&mut self, sequence: u64) {
        let Some(slot) = self.slot(sequence) else { return };
        match std::mem::replace(slot, Slot::Pending) {
            Slot::Held(answer) => {
                *slot = Slot::Ready(answer);
                self.held -= 1;
            }
            other => *slot = other,
        }
    }

    /// Whether an answer waits for its time.
    pub fn is_holding(&self) -> bool {
        self.held > 0
    }

    /// Whether bytes have left since the last call.
    pub fn take_has_sent(&mut self) -> bool {
        std::mem::take(&mut self.has_sent)
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
        self.held = 0;
    }

    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Whether requests of this connection must wait until answers have left.
    pub fn is_full(&self) -> bool {
        self.slots.len() >= IN_FLIGHT_MAX || self.queued_bytes >= QUEUED_ANSWERS_MAX || self.held > 0
    }

    /// The next bytes of the first piece have been read from the disk.
    fn warmed(&mut self, length: usize) {
        self.warming = false;
        self.warmed += 1;
        if self.warmed >= WARMED_MAX {
            self.in_memory = self.written + length;
        }
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
            self.warmed = 0;
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
                Answer::Last(bytes) => {
                    self.take_bytes(bytes);
                    self.close_after_writing = true;
                }
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
        self.has_sent = true;
        if self.written < self.writing[0].len() {
            return;
        }
        self.written = 0;
        self.in_memory = 0;
        self.warmed = 0;
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

    /// Lets an answer leave whose time has come, and goes on with requests that waited behind it.
    fn release(self: &Arc<Self>, sequence: u64) {
        let resumes = {
            let mut out = self.out.lock();
            out.release(sequence);
            !out.is_full() && std::mem::take(&mut out.stalled)
        };
        self.flush();
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

/// Releases an answer that waits for its time.
pub(crate) struct Release {
    pub shared: Weak<Shared>,
    pub sequence: u64,
}

impl Task for Release {
    fn run(self: Arc<Self>, _: Now) {
        if let Some(shared) = self.shared.upgrade() {
            shared.release(self.sequence);
        }
    }

    fn is_over(&self) -> bool {
        self.shared.upgrade().is_none_or(|shared| shared.out.lock().closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends of a connection.
    fn pair() -> (Out, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = mio::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (other, _) = listener.accept().unwrap();
        other.set_nonblocking(true).unwrap();
        (Out::new(Arc::new(Transport::Plain(stream))), other)
    }

    fn received(stream: &mut std::net::TcpStream) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _nothing_more = std::io::Read::read_to_end(stream, &mut bytes);
        bytes
    }

    #[test]
    fn an_answer_that_is_held_keeps_those_behind_it_and_the_requests_until_it_is_released() {
        let (mut out, mut other) = pair();
        let [first, second, third] = [(); 3].map(|()| out.open_slot());
        assert!(out.fill(first, Answer::Bytes(b"1".to_vec())));
        assert!(out.fill_held(second, Answer::Bytes(b"2".to_vec())));
        assert!(!out.fill(second, Answer::Close), "it has its answer");
        assert!(out.fill(third, Answer::Bytes(b"3".to_vec())));
        assert!(out.flush().is_ok());
        assert_eq!(received(&mut other), b"1");
        assert!(out.is_full() && out.is_holding() && out.lets_pass(second));
        out.release(second);
        out.release(second);
        assert!(!out.is_full());
        assert!(out.flush().is_ok());
        assert_eq!(received(&mut other), b"23");
        let fourth = out.open_slot();
        assert!(out.fill_held(fourth, Answer::Nothing));
        out.close();
        out.release(fourth);
        assert!(!out.is_holding());
    }

    #[test]
    fn a_request_lets_others_pass_before_it_is_answered() {
        let (mut out, mut other) = pair();
        let [first, second] = [(); 2].map(|()| out.open_slot());
        assert!(!out.lets_pass(first));
        out.pass(first);
        assert!(out.lets_pass(first) && !out.has_ready_head());
        assert!(out.fill(second, Answer::Bytes(b"2".to_vec())));
        assert!(out.fill(first, Answer::Last(b"1".to_vec())));
        assert!(matches!(out.flush(), Ok(Flushed::Ended)), "nothing leaves behind the last answer");
        assert_eq!(received(&mut other), b"1");
    }

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
