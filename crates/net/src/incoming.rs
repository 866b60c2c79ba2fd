//! Answers as they come over a line: small ones are copied out of the loop's buffer, the rest of a large one is received
//! straight into the memory in which it is handed over.

use std::io;

/// Largest answer that is taken.
const ANSWER_BYTES_MAX: usize = 100 << 20;
/// Bytes that are received at once where it is not known what comes.
const HEAD_BYTES: usize = 16 * 1024;
/// Bytes of a large answer that are received at once at least, and so zeroed before; at most twice what came last.
const ROOM_BYTES_MIN: usize = 16 * 1024;
/// Memory that is taken for an answer before its bytes are there.
const AHEAD_BYTES_MAX: usize = 1 << 20;

/// Bytes that no answer was made of yet.
#[derive(Default)]
pub(crate) struct Incoming {
    /// Behind the last whole answer, from a length prefix on; empty while one is received into `frame`.
    head: Vec<u8>,
    /// An answer whose length is known and that is not whole.
    frame: Option<(Vec<u8>, usize)>,
    /// How many bytes of an answer came last.
    last: usize,
}

/// What there is.
pub(crate) enum Received {
    Incomplete,
    Frame(Vec<u8>),
}

impl Incoming {
    /// Receives at most so many bytes. Returns how many came.
    pub fn receive(
        &mut self,
        buffer: &mut [u8],
        bytes_max: usize,
        receive: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let Some((frame, length)) = &mut self.frame else {
            let room = buffer.len().min(HEAD_BYTES).min(bytes_max);
            let received = receive(&mut buffer[..room])?;
            self.head.extend_from_slice(&buffer[..received]);
            return Ok(received);
        };
        let before = frame.len();
        let room = length.saturating_sub(before).min(bytes_max).min((self.last * 2).max(ROOM_BYTES_MIN));
        frame.resize(before + room, 0);
        let received = receive(&mut frame[before..]);
        self.last = received.as_ref().map_or(0, |n| *n);
        frame.truncate(before + self.last);
        received
    }

    /// The next answer, if it is whole. An error: what comes here is none.
    pub fn next(&mut self) -> Result<Received, String> {
        if let Some((frame, length)) = self.frame.take() {
            if frame.len() < length {
                self.frame = Some((frame, length));
                return Ok(Received::Incomplete);
            }
            return Ok(Received::Frame(frame));
        }
        let Some(prefix) = self.head.first_chunk::<4>() else { return Ok(Received::Incomplete) };
        let announced = i32::from_be_bytes(*prefix);
        let length = usize::try_from(announced).ok().filter(|length| *length <= ANSWER_BYTES_MAX);
        let length = length.ok_or_else(|| format!("an answer of {announced} bytes"))?;
        if let Some(frame) = self.head.get(4..4 + length) {
            let frame = frame.to_vec();
            self.head.drain(..4 + length);
            if self.head.is_empty() {
                self.head = Vec::new();
            }
            return Ok(Received::Frame(frame));
        }
        let mut frame = Vec::with_capacity(length.min(AHEAD_BYTES_MAX).max(self.head.len()));
        frame.extend_from_slice(&self.head[4..]);
        self.head = Vec::new();
        self.frame = Some((frame, length));
        Ok(Received::Incomplete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: usize) -> Vec<u8> {
        let body = (0..length).map(|i| i as u8);
        (length as i32).to_be_bytes().into_iter().chain(body).collect()
    }

    #[test]
    fn answers_come_whole_however_their_bytes_come() {
        let lengths = [0, 1, 5, 100_000, 3, HEAD_BYTES - 4, HEAD_BYTES, 2 << 20, 7];
        let stream: Vec<u8> = lengths.iter().flat_map(|length| frame(*length)).collect();
        for piece in [1, 3, 1000, HEAD_BYTES, 1 << 20] {
            if piece < 1000 && cfg!(debug_assertions) && stream.len() / piece > 4 << 20 {
                continue;
            }
            let (mut incoming, mut at, mut found) = (Incoming::default(), 0, Vec::new());
            let mut buffer = vec![0; 64 * 1024];
            while at < stream.len() {
                let received = incoming.receive(&mut buffer, piece, |room| {
                    let count = room.len().min(stream.len() - at);
                    room[..count].copy_from_slice(&stream[at..at + count]);
                    Ok(count)
                });
                at += received.unwrap();
                while let Received::Frame(frame) = incoming.next().unwrap() {
                    found.push(frame);
                }
            }
            assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), lengths, "{piece}");
            assert!(found.iter().all(|found| found[..] == frame(found.len())[4..]), "{piece}");
        }
    }

    #[test]
    fn room_is_made_for_what_comes_and_not_for_what_is_missing() {
        let (mut incoming, mut buffer, mut rooms) = (Incoming::default(), vec![0; 100], Vec::new());
        let prefix = (1i32 << 20).to_be_bytes();
        for brings in [4, 1000, 1000, 16 * 1024, 32 * 1024, 64 * 1024, 10, 10] {
            let fill = |room: &mut [u8]| {
                rooms.push(room.len());
                room[..4].copy_from_slice(&prefix);
                Ok(brings)
            };
            incoming.receive(&mut buffer, 256 * 1024, fill).unwrap();
            assert!(matches!(incoming.next(), Ok(Received::Incomplete)));
        }
        assert_eq!(rooms[1..].iter().map(|room| room / 1024).collect::<Vec<_>>(), [16, 16, 16, 32, 64, 128, 16]);
    }

    #[test]
    fn nothing_is_taken_for_an_announced_length() {
        let mut incoming = Incoming::default();
        let mut buffer = vec![0; 100];
        for (announced, is_taken) in
            [(-1, false), (ANSWER_BYTES_MAX as i32 + 1, false), (ANSWER_BYTES_MAX as i32, true)]
        {
            let mut incoming = Incoming::default();
            let prefix = announced.to_be_bytes();
            let fill = |room: &mut [u8]| {
                room[..4].copy_from_slice(&prefix);
                Ok(4)
            };
            assert_eq!(incoming.receive(&mut buffer, 100, fill).unwrap(), 4);
            assert_eq!(incoming.next().is_ok(), is_taken, "{announced}");
            assert!(incoming.frame.is_none_or(|(frame, _)| frame.capacity() <= AHEAD_BYTES_MAX));
        }
        let failed = incoming.receive(&mut buffer, 100, |_| Err(io::ErrorKind::WouldBlock.into()));
        assert!(failed.is_err());
    }
}
