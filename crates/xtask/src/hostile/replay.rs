//! Sends a case on a new connection, and watches what comes of it.

use super::frames::{Case, Outcome};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long an answer or a close that Kafka gave may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection is watched where Kafka was silent, and after the last answer.
const SILENCE: Duration = Duration::from_millis(700);
const AFTERMATH: Duration = Duration::from_millis(60);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub outcome: Outcome,
    /// Frames without their length.
    pub answers: Vec<Vec<u8>>,
}

/// Plays one case.
pub fn send(address: &str, case: &Case) -> io::Result<Seen> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    write(&mut stream, case);
    let mut reader = Reader { stream, bytes: Vec::new(), closed: false };
    let first_wait = if case.outcome == Outcome::Silent { SILENCE } else { PATIENCE };
    let end = Instant::now() + first_wait;
    let satisfied = |reader: &Reader| match case.outcome {
        Outcome::AnsweredOpen => frames(&reader.bytes).len() >= case.answers_total,
        Outcome::AnsweredClosed | Outcome::Closed | Outcome::Silent => false,
    };
    while !reader.closed && !satisfied(&reader) && Instant::now() < end {
        let answered_instead = case.outcome != Outcome::AnsweredClosed && !frames(&reader.bytes).is_empty();
        if answered_instead && case.outcome != Outcome::AnsweredOpen {
            break;
        }
        reader.read_until(end.min(Instant::now() + Duration::from_millis(20)))?;
    }
    reader.read_until(Instant::now() + AFTERMATH)?;
    let answers = frames(&reader.bytes);
    let outcome = match (answers.is_empty(), reader.closed) {
        (false, false) => Outcome::AnsweredOpen,
        (false, true) => Outcome::AnsweredClosed,
        (true, true) => Outcome::Closed,
        (true, false) => Outcome::Silent,
    };
    Ok(Seen { outcome, answers })
}

/// A broker may close while the rest is being written: that is an outcome, not an error.
fn write(stream: &mut TcpStream, case: &Case) {
    if case.name.ends_with("bytewise") {
        for byte in &case.sent {
            let _closed_early = stream.write_all(&[*byte]);
            std::thread::sleep(Duration::from_millis(1));
        }
    } else {
        let _closed_early = stream.write_all(&case.sent);
    }
    if case.name.ends_with("shutdown-write") {
        let _closed_early = stream.shutdown(Shutdown::Write);
    }
}

struct Reader {
    stream: TcpStream,
    bytes: Vec<u8>,
    closed: bool,
}

impl Reader {
    fn read_until(&mut self, end: Instant) -> io::Result<()> {
        let mut buffer = [0; 65536];
        while !self.closed {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            match self.stream.read(&mut buffer) {
                Ok(0) => self.closed = true,
                Ok(count) => {
                    self.bytes.extend_from_slice(&buffer[..count]);
                    break;
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_reset) => self.closed = true,
            }
        }
        Ok(())
    }
}

/// The whole frames at the front.
fn frames(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let Some(frame) = usize::try_from(i32::from_be_bytes(*length)).ok().and_then(|length| rest.get(..length))
        else {
            break;
        };
        frames.push(frame.to_vec());
        bytes = &rest[frame.len()..];
    }
    frames
}
