//! The half of a connection that only its loop touches: what was received, and which frames of it may be handed over.

use crate::Pipelining;
use crate::connection::Shared;
use crate::kept::{Kept, Spare};
use crate::reply::Reply;
use crate::server::Limits;
use crate::session::{Bounds, Session};
use crate::transport::Transport;
use crate::turn::{add_work, work_done};
use base::Now;
use std::io;
use std::sync::Arc;

/// A frame of which so much has come and that lacks as much is received where it is kept. What lacks less is copied there, so
/// that one receive takes the frames behind it as well; and what has hardly begun has not paid for room.
const DIRECT_MIN: usize = 64 * 1024;
/// Work that the requests of a connection may do in a turn; what is behind comes in the next one.
const WORK_MAX: usize = 256 * 1024;

/// The half of a connection that only its loop touches.
pub(crate) struct Connection {
    pub shared: Arc<Shared>,
    pub transport: Arc<Transport>,
    pub session: Box<dyn Session>,
    /// What holds until the session is open.
    pub bounds: Option<Bounds>,
    /// Bytes received but not handed over.
    pub input: Kept,
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
        if !self.input.is_empty() {
            match self.take_kept(spare, limits, now) {
                Err(()) => return TurnEnd::Close,
                // The answer may have come meanwhile: frames that were not taken still come before new bytes.
                Ok(true) => return if self.is_held(self.has_more()) { TurnEnd::Idle } else { TurnEnd::Again },
                Ok(false) => {}
            }
        }
        if !self.readable {
            return TurnEnd::Idle;
        }
        self.receive(buffer, spare, limits, now)
    }

    /// Bytes wait to be taken, here or in the socket.
    fn has_more(&self) -> bool {
        self.readable || !self.input.is_empty()
    }

    /// Whether requests must wait: for an answer, or for the reader at the other end. Where there are more of them, the
    /// loop is told when they need not wait any longer; else the next bytes come with an event of their own.
    fn is_held(&self, has_more: bool) -> bool {
        let mut out = self.shared.out.lock();
        let held = self.waits_for.is_some_and(|sequence| !out.lets_pass(sequence)) || out.is_full();
        out.stalled = held && has_more;
        held
    }

    /// Hands over frames that are kept; true: some have to wait.
    fn take_kept(&mut self, spare: &mut Spare, limits: &Limits, now: Now) -> Result<bool, ()> {
        let mut kept = std::mem::take(&mut self.input);
        let taken = self.take_frames(kept.bytes_mut(), limits, now);
        self.input = kept;
        let taken = taken?;
        self.input.consume(taken.bytes);
        self.input.release(spare);
        Ok(taken.is_held)
    }

    /// Receives into the loop's buffer and hands frames over from there. Only what is incomplete or has to wait is copied, and
    /// the rest of a large frame is received behind its beginning: a connection's own memory grows with the bytes that
    /// arrive, never with what was announced.
    fn receive(&mut self, buffer: &mut [u8], spare: &mut Spare, limits: &Limits, now: Now) -> TurnEnd {
        match missing(self.input.bytes(), self.frame_bytes_max(limits)) {
            Err(()) => return TurnEnd::Close,
            Ok(Some(missing)) if missing.min(self.input.len()) >= DIRECT_MIN => {
                let room_bytes = missing.min(buffer.len()).min(self.input.len());
                return self.receive_more(room_bytes, spare, limits, now);
            }
            Ok(_) => {}
        }
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
            match self.complete(&buffer[..n], spare, self.frame_bytes_max(limits)) {
                Ok(used) => from = used,
                Err(()) => return TurnEnd::Close,
            }
            if self.take_kept(spare, limits, now).is_err() {
                return TurnEnd::Close;
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
            self.input.push(&buffer[from..n], spare);
        }
        match self.is_held(self.has_more()) {
            true => TurnEnd::Idle,
            false if self.readable || was_held => TurnEnd::Again,
            false => TurnEnd::Idle,
        }
    }

    /// Receives part of what a frame lacks that was begun before.
    fn receive_more(&mut self, room_bytes: usize, spare: &mut Spare, limits: &Limits, now: Now) -> TurnEnd {
        let room = self.input.room(room_bytes, spare);
        let n = match self.transport.receive(room) {
            Ok(0) => return TurnEnd::Close,
            Ok(n) => n,
            Err(error) => return self.receive_failed(&error),
        };
        self.input.received(n);
        self.last_active_us = now.monotonic_us;
        add_work(n);
        self.readable = n == room_bytes || self.peer_finished;
        if self.take_kept(spare, limits, now).is_err() {
            return TurnEnd::Close;
        }
        match self.is_held(self.has_more()) || !self.readable {
            true => TurnEnd::Idle,
            false => TurnEnd::Again,
        }
    }

    /// Appends to the frame that was begun what belongs to it; returns how many bytes that were.
    fn complete(&mut self, bytes: &[u8], spare: &mut Spare, frame_bytes_max: usize) -> Result<usize, ()> {
        let prefix = 4usize.saturating_sub(self.input.len()).min(bytes.len());
        self.input.push(&bytes[..prefix], spare);
        let missing = missing(self.input.bytes(), frame_bytes_max)?.unwrap_or(0).min(bytes.len() - prefix);
        self.input.push(&bytes[prefix..prefix + missing], spare);
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

/// What the frame lacks that begins here, once its prefix is there; an error if no such frame is allowed.
fn missing(bytes: &[u8], bytes_max: usize) -> Result<Option<usize>, ()> {
    Ok(frame_length(bytes, bytes_max)?.map(|length| (4 + length).saturating_sub(bytes.len())))
}

/// The announced length of the frame that begins here, once its prefix is there; an error if no such frame is allowed.
fn frame_length(bytes: &[u8], bytes_max: usize) -> Result<Option<usize>, ()> {
    let Some(prefix) = bytes.first_chunk::<4>() else { return Ok(None) };
    match usize::try_from(i32::from_be_bytes(*prefix)) {
        Ok(length) if length <= bytes_max => Ok(Some(length)),
        _ => Err(()),
    }
}
