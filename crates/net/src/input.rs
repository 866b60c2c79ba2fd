//! The half of a connection that only its loop touches: what was received, and which frames of it may be handed over.

use crate::Pipelining;
use crate::connection::Shared;
use crate::reply::Reply;
use crate::server::Limits;
use crate::session::{Bounds, Session};
use crate::transport::Transport;
use crate::turn::{add_work, work_done};
use base::Now;
use std::io;
use std::sync::Arc;

/// Buffers of incomplete frames that a loop keeps for the next ones, and how large they may be.
const SPARE_MAX: usize = 16;
const SPARE_BYTES_MAX: usize = 256 * 1024;
/// Work that the requests of a connection may do in a turn; what is behind comes in the next one.
const WORK_MAX: usize = 256 * 1024;

/// The half of a connection that only its loop touches.
pub(crate) struct Connection {
    pub shared: Arc<Shared>,
    pub transport: Arc<Transport>,
    pub session: Box<dyn Session>,
    /// What holds until the session is open.
    pub bounds: Option<Bounds>,
    /// Bytes received but not handed over: an incomplete frame, or complete ones that have to wait.
    pub input: Vec<u8>,
    /// Where in `input` the first frame that was not handed over begins.
    pub start: usize,
    /// The kernel may have more for us.
    pub readable: bool,
    /// The other end sends no more: the end comes behind the bytes that are there, without an event of its own.
    pub peer_finished: bool,
    /// It is in the list of connections with something to do.
    pub queued: bool,
    /// The request that the later ones wait for.
    pub waits_for: Option<u64>,
    pub last_active_us: u64,
    /// Bytes of `input` that were counted.
    pub accounted: usize,
}

/// Buffers that are not in use: frames come in pieces all the time, and fresh memory costs page faults.
#[derive(Default)]
pub(crate) struct Spare(Vec<Vec<u8>>);

impl Spare {
    fn take(&mut self) -> Vec<u8> {
        self.0.pop().unwrap_or_default()
    }

    fn put(&mut self, mut buffer: Vec<u8>) {
        if self.0.len() < SPARE_MAX && buffer.capacity() <= SPARE_BYTES_MAX {
            buffer.clear();
            self.0.push(buffer);
        }
    }
}

/// How many bytes the frames took that were handed over, and whether the rest has to wait.
#[derive(Clone, Copy)]
struct Taken {
    bytes: usize,
    is_held: bool,
}

pub(crate) enum TurnEnd {
    /// There is or may be more to do.
    Again,
    /// Nothing to do until an event.
    Idle,
    Close,
}

impl Connection {
    pub fn turn(&mut self, buffer: &mut [u8], spare: &mut Spare, limits: &Limits, now: Now) -> TurnEnd {
        if self.shared.out.lock().closed {
            return TurnEnd::Close;
        }
        if self.is_held(self.has_more()) {
            return TurnEnd::Idle;
        }
        self.waits_for = None;
        // Frames that had to wait come before new bytes.
        if self.start < self.input.len() {
            let mut input = std::mem::take(&mut self.input);
            let taken = self.take_frames(&mut input[self.start..], limits, now);
            self.input = input;
            match taken {
                Ok(taken) => self.start += taken.bytes,
                Err(()) => return TurnEnd::Close,
            }
            // The answer may have come meanwhile: frames that were not taken still come before new bytes.
            if taken.is_ok_and(|taken| taken.is_held) {
                return if self.is_held(self.has_more()) { TurnEnd::Idle } else { TurnEnd::Again };
            }
        }
        self.compact();
        if !self.readable {
            return TurnEnd::Idle;
        }
        self.receive(buffer, spare, limits, now)
    }

    /// Bytes wait to be taken, here or in the socket.
    fn has_more(&self) -> bool {
        self.readable || self.start < self.input.len()
    }

    /// Whether requests must wait: for an answer, or for the reader at the other end. Where there are more of them, the
    /// loop is told when they need not wait any longer; else the next bytes come with an event of their own.
    fn is_held(&self, has_more: bool) -> bool {
        let mut out = self.shared.out.lock();
        let held = self.waits_for.is_some_and(|sequence| !out.lets_pass(sequence)) || out.is_full();
        out.stalled = held && has_more;
        held
    }

    /// Drops consumed bytes; a buffer that is empty is given back.
    fn compact(&mut self) {
        if self.start == 0 {
            return;
        }
        if self.start >= self.input.len() {
            self.input = Vec::new();
        } else {
            self.input.drain(..self.start);
        }
        self.start = 0;
    }

    /// Receives into the loop's buffer and hands frames over from there. Only a frame that was begun before, and what is
    /// incomplete or has to wait, is copied: a connection's own buffer grows with the bytes that arrive, never with what
    /// was announced.
    fn receive(&mut self, buffer: &mut [u8], spare: &mut Spare, limits: &Limits, now: Now) -> TurnEnd {
        let n = match self.transport.receive(buffer) {
            Ok(0) => return TurnEnd::Close,
            Ok(n) => n,
            Err(error) => return self.receive_failed(&error),
        };
        self.last_active_us = now.monotonic_us;
        add_work(n);
        // A short receive has emptied the socket: the next bytes come with an event of their own.
        self.readable = n == buffer.len() || self.peer_finished;
        let (mut from, mut was_held) = (0, false);
        if !self.input.is_empty() {
            match self.complete(&buffer[..n], self.frame_bytes_max(limits)) {
                Ok(used) => from = used,
                Err(()) => return TurnEnd::Close,
            }
            let mut begun = std::mem::take(&mut self.input);
            match self.take_frames(&mut begun, limits, now) {
                Err(()) => return TurnEnd::Close,
                Ok(Taken { bytes: 0, .. }) => self.input = begun,
                Ok(_) => spare.put(begun),
            }
        }
        if from < n && self.input.is_empty() {
            let taken = match self.is_held(true) {
                true => Ok(Taken { bytes: 0, is_held: true }),
                false => self.take_frames(&mut buffer[from..n], limits, now),
            };
            match taken {
                Ok(taken) => (from, was_held) = (from + taken.bytes, taken.is_held),
                Err(()) => return TurnEnd::Close,
            }
        }
        if from < n {
            if self.input.capacity() == 0 {
                self.input = spare.take();
            }
            self.input.extend_from_slice(&buffer[from..n]);
        }
        match self.is_held(self.has_more()) {
            true => TurnEnd::Idle,
            false if self.readable || was_held => TurnEnd::Again,
            false => TurnEnd::Idle,
        }
    }

    /// Appends to the frame that was begun what belongs to it; returns how many bytes that were.
    fn complete(&mut self, bytes: &[u8], frame_bytes_max: usize) -> Result<usize, ()> {
        let prefix = 4usize.saturating_sub(self.input.len()).min(bytes.len());
        self.input.extend_from_slice(&bytes[..prefix]);
        let Some(length) = frame_length(&self.input, frame_bytes_max)? else { return Ok(prefix) };
        let missing = (4 + length).saturating_sub(self.input.len()).min(bytes.len() - prefix);
        self.input.extend_from_slice(&bytes[prefix..prefix + missing]);
        Ok(prefix + missing)
    }

    fn receive_failed(&mut self, error: &io::Error) -> TurnEnd {
        match error.kind() {
            io::ErrorKind::WouldBlock => {
                self.readable = false;
                TurnEnd::Idle
            }
            io::ErrorKind::Interrupted => TurnEnd::Again,
            _ => TurnEnd::Close,
        }
    }

    fn frame_bytes_max(&self, limits: &Limits) -> usize {
        self.bounds.map_or(limits.request_bytes_max, |bounds| bounds.frame_bytes_max.min(limits.request_bytes_max))
    }

    /// Hands over complete frames until one has to be answered first, or they have done their work for this turn.
    fn take_frames(&mut self, bytes: &mut [u8], limits: &Limits, now: Now) -> Result<Taken, ()> {
        let mut at = 0;
        let before = work_done();
        while let Some(length) = frame_length(&bytes[at..], self.frame_bytes_max(limits))? {
            if bytes.len() - at - 4 < length {
                break;
            }
            let frame = &mut bytes[at + 4..at + 4 + length];
            at += 4 + length;
            let sequence = self.shared.out.lock().open_slot();
            let reply = Reply::new(self.shared.clone(), sequence);
            if self.session.request(&self.shared.info, frame, reply, now) == Pipelining::Hold {
                self.waits_for = Some(sequence);
            }
            if self.bounds.is_some() {
                self.bounds = self.session.bounds();
            }
            if self.is_held(at < bytes.len() || self.readable) || work_done().wrapping_sub(before) > WORK_MAX {
                return Ok(Taken { bytes: at, is_held: true });
            }
        }
        Ok(Taken { bytes: at, is_held: false })
    }
}

/// The announced length of the frame that begins here, once its prefix is there; an error if no such frame is allowed.
fn frame_length(bytes: &[u8], bytes_max: usize) -> Result<Option<usize>, ()> {
    let Some(prefix) = bytes.first_chunk::<4>() else { return Ok(None) };
    match usize::try_from(i32::from_be_bytes(*prefix)) {
        Ok(length) if length <= bytes_max => Ok(Some(length)),
        _ => Err(()),
    }
}
