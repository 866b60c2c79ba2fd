//! The world of a tool: three streams and a flag that asks it to stop.

use crate::registry::AtSignal;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{BufRead, BufReader, Cursor, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Work that is done sooner shows no progress.
const PROGRESS_AFTER: Duration = Duration::from_millis(500);
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Set by whoever handles signals; tools that run until they are stopped look at it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn request(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Streams of a tool. A write that fails (a closed pipe) asks the tool to stop.
pub struct Io {
    pub stdin: Box<dyn BufRead + Send>,
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    pub stop: Stop,
    progress: Option<Progress>,
    /// A write to `out` has failed.
    is_out_gone: bool,
    /// Standard output's descriptor is that of `out`.
    is_process: bool,
}

/// A line about long work that is written over again, for a person at a terminal.
struct Progress {
    begun: Instant,
    next: Instant,
    /// The line stands there.
    shown: bool,
}

impl Io {
    pub fn new(
        stdin: Box<dyn BufRead + Send>,
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        stop: Stop,
    ) -> Io {
        Io { stdin, out, err, stop, progress: None, is_out_gone: false, is_process: false }
    }

    /// The process's own streams. Standard output is buffered until [`Io::flush`] or the end; of a tool that may end at any
    /// moment by the line, so that nothing of what it has said is lost.
    pub fn process(stop: Stop, at_signal: AtSignal) -> Io {
        let stdin = Box::new(BufReader::new(std::io::stdin()));
        let out: Box<dyn Write + Send> = match at_signal {
            AtSignal::Stops => Box::new(std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout())),
            AtSignal::Ends => Box::new(std::io::stdout()),
        };
        let mut io = Io::new(stdin, out, Box::new(std::io::stderr()), stop);
        io.is_process = true;
        if std::io::stderr().is_terminal() { io.with_progress(PROGRESS_AFTER) } else { io }
    }

    /// Shows progress of work that takes longer than `after`.
    pub fn with_progress(mut self, after: Duration) -> Io {
        let begun = Instant::now();
        self.progress = Some(Progress { begun, next: begun + after, shown: false });
        self
    }

    /// Notes how far long work is: on standard error if that is a terminal, on one line that later output takes away;
    /// nowhere else.
    pub fn progress(&mut self, what: &str, done: usize, total: usize) {
        let Some(progress) = self.progress.as_mut().filter(|progress| Instant::now() >= progress.next) else { return };
        progress.next = Instant::now() + PROGRESS_EVERY;
        progress.shown = true;
        let seconds = progress.begun.elapsed().as_secs();
        let _nobody_looks =
            write!(self.err, "\r\x1b[K{what}: {done} of {total}, {seconds} s").and_then(|()| self.err.flush());
    }

    fn clear_progress(&mut self) {
        if let Some(progress) = self.progress.as_mut().filter(|progress| progress.shown) {
            progress.shown = false;
            let _nobody_looks = self.err.write_all(b"\r\x1b[K").and_then(|()| self.err.flush());
        }
    }

    /// Streams in memory, for tests.
    pub fn captured(stdin: &[u8]) -> (Io, Captured, Captured) {
        let (out, err) = (Captured::default(), Captured::default());
        let stdin = Box::new(BufReader::new(Cursor::new(stdin.to_vec())));
        (Io::new(stdin, Box::new(out.clone()), Box::new(err.clone()), Stop::default()), out, err)
    }

    /// A line on standard output.
    pub fn say(&mut self, line: impl AsRef<str>) {
        self.write(line.as_ref().as_bytes());
        self.write(b"\n");
    }

    /// A line on standard error.
    pub fn complain(&mut self, line: impl AsRef<str>) {
        self.clear_progress();
        self.flush();
        let _ = self.err.write_all(line.as_ref().as_bytes()).and_then(|()| self.err.write_all(b"\n"));
        let _ = self.err.flush();
    }

    /// Bytes on standard output.
    pub fn write(&mut self, bytes: &[u8]) {
        self.clear_progress();
        let written = self.out.write_all(bytes);
        self.note(&written);
    }

    pub fn flush(&mut self) {
        let flushed = self.out.flush();
        self.note(&flushed);
    }

    fn note(&mut self, written: &std::io::Result<()>) {
        if written.is_err() {
            self.is_out_gone = true;
            self.stop.request();
        }
    }

    /// Whether nobody reads standard output any more: a write has failed, or the other end of a pipe is closed.
    pub fn is_out_gone(&mut self) -> bool {
        if self.is_process && !self.is_out_gone && has_no_reader(&std::io::stdout()) {
            self.is_out_gone = true;
            self.stop.request();
        }
        self.is_out_gone
    }
}

/// Whether the other end of a pipe or socket is closed; a file or a terminal has none.
fn has_no_reader(stream: &impl AsFd) -> bool {
    let mut watched = [PollFd::new(stream, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let found = poll(&mut watched, Some(&at_once));
    found.is_ok_and(|count| count > 0) && watched[0].revents().contains(PollFlags::ERR)
}

impl Drop for Io {
    fn drop(&mut self) {
        self.clear_progress();
        let _ = self.out.flush();
    }
}

/// What a captured stream got.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub fn text(&self) -> String {
        let bytes = self.0.lock().map(|bytes| bytes.clone()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Ok(mut kept) = self.0.lock() {
            kept.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_without_a_reader_is_known_before_the_next_write() {
        let (reader, writer) = std::io::pipe().unwrap();
        assert!(!has_no_reader(&writer));
        drop(reader);
        assert!(has_no_reader(&writer));
        assert!(!has_no_reader(&std::fs::File::open("/dev/null").unwrap()));
    }

    #[test]
    fn progress_is_for_terminals_and_gone_when_something_is_said() {
        let (mut io, out, err) = Io::captured(b"");
        io.progress("groups", 1, 9);
        assert_eq!((out.text(), err.text()), (String::new(), String::new()));
        let (io, out, err) = Io::captured(b"");
        let mut io = io.with_progress(Duration::ZERO);
        io.progress("groups", 1, 9);
        io.progress("groups", 2, 9);
        io.say("done");
        drop(io);
        assert_eq!(out.text(), "done\n");
        assert_eq!(err.text(), "\r\x1b[Kgroups: 1 of 9, 0 s\r\x1b[K");
    }
}
