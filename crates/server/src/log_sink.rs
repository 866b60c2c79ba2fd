//! Where the process's lines go: a bounded queue and one thread that writes them, so that nothing that a line meets - a
//! full disk, a closed pipe, a terminal that is gone or stopped - is met by those who log. What cannot be written is
//! counted, and told as soon as something can be written again.
//!
//! ```text
//!   any thread --write()--> queue (BYTES_MAX) --thread `ottla-log`--> standard output, standard error
//! ```

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Bytes that may wait to be written.
const BYTES_MAX: usize = 1 << 20;
/// How long a line waits for room behind lines that are being written; none waits once that was in vain.
const ROOM_WAIT: Duration = Duration::from_millis(100);
/// How often it is tried to tell of lost lines while nothing else is written.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// How long an ending process waits for its last lines.
pub(crate) const FLUSH_WAIT: Duration = Duration::from_secs(1);

/// The process's streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

/// What is written to, and how a count of lost lines is said.
pub(crate) struct Targets {
    pub out: Box<dyn Write + Send>,
    pub err: Box<dyn Write + Send>,
    /// A line about so many lost lines, for the reason told.
    pub notice: fn(u64, &str) -> String,
}

/// The queue's end that everybody holds.
pub(crate) struct Sink {
    state: Mutex<State>,
    changed: Condvar,
    lost: AtomicU64,
}

#[derive(Default)]
struct State {
    lines: VecDeque<(Stream, Vec<u8>)>,
    bytes: usize,
    /// A line has left the queue and is not written yet.
    is_writing: bool,
    /// Nothing was written while somebody waited for room.
    is_stuck: bool,
    /// Lines that did not fit and that no notice has told of.
    overflowed: u64,
}

impl Sink {
    /// A sink with its thread, which lives as long as the process.
    pub fn start(targets: Targets) -> std::io::Result<Arc<Sink>> {
        let sink = Arc::new(Sink { state: Mutex::default(), changed: Condvar::new(), lost: AtomicU64::new(0) });
        let for_thread = sink.clone();
        let writer = Writer { targets, untold: 0, reason: String::new(), is_torn: false };
        std::thread::Builder::new().name("ottla-log".into()).spawn(move || for_thread.write_all(writer))?;
        Ok(sink)
    }

    /// Queues bytes that belong together; counts them as one lost line where there is no room.
    pub fn write(&self, stream: Stream, bytes: &[u8]) {
        let mut state = self.state.lock();
        let fits = |state: &State| state.bytes + bytes.len() <= BYTES_MAX;
        let deadline = Instant::now() + ROOM_WAIT;
        while !fits(&state) && !state.is_stuck && bytes.len() <= BYTES_MAX {
            if self.changed.wait_until(&mut state, deadline).timed_out() {
                state.is_stuck = !fits(&state);
                break;
            }
        }
        if !fits(&state) {
            state.overflowed += 1;
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.bytes += bytes.len();
        state.lines.push_back((stream, bytes.to_vec()));
        self.changed.notify_all();
    }

    /// Waits until everything that was queued is written or lost, for a time.
    pub fn flush(&self, wait: Duration) {
        let deadline = Instant::now() + wait;
        let mut state = self.state.lock();
        while !state.lines.is_empty() || state.is_writing {
            if self.changed.wait_until(&mut state, deadline).timed_out() {
                return;
            }
        }
    }

    /// Lines that could not be written since the process began.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// The thread's loop.
    fn write_all(&self, mut writer: Writer) {
        loop {
            let (stream, line) = {
                let mut state = self.state.lock();
                state.is_writing = false;
                self.changed.notify_all();
                loop {
                    if let Some(next) = state.lines.pop_front() {
                        state.bytes -= next.1.len();
                        state.is_writing = true;
                        writer.overflowed(std::mem::take(&mut state.overflowed));
                        break next;
                    }
                    if writer.untold == 0 {
                        self.changed.wait(&mut state);
                    } else if self.changed.wait_for(&mut state, TELL_EVERY).timed_out() {
                        parking_lot::MutexGuard::unlocked(&mut state, || writer.tell());
                    }
                }
            };
            writer.tell();
            match writer.line(stream, &line) {
                true => self.state.lock().is_stuck = false,
                false => drop(self.lost.fetch_add(1, Ordering::Relaxed)),
            }
        }
    }
}

/// The thread's own state.
struct Writer {
    targets: Targets,
    /// Lost lines that nobody was told of.
    untold: u64,
    /// Why the last of them was lost.
    reason: String,
    /// What stands at the end of standard output is no whole line.
    is_torn: bool,
}

impl Writer {
    fn overflowed(&mut self, lines: u64) {
        if lines > 0 {
            self.untold += lines;
            "nobody reads them fast enough".clone_into(&mut self.reason);
        }
    }

    /// Tells of lost lines, if there are some and it can be done.
    fn tell(&mut self) {
        if self.untold == 0 {
            return;
        }
        let notice = (self.targets.notice)(self.untold, &self.reason);
        if self.put(Stream::Out, notice.as_bytes()).is_ok() {
            self.untold = 0;
        }
    }

    /// Writes a line, or notes it as lost; whether it was written.
    fn line(&mut self, stream: Stream, bytes: &[u8]) -> bool {
        let Err(error) = self.put(stream, bytes) else { return true };
        self.untold += 1;
        self.reason = error.to_string();
        false
    }

    fn put(&mut self, stream: Stream, bytes: &[u8]) -> std::io::Result<()> {
        let target = match stream {
            Stream::Out => &mut self.targets.out,
            Stream::Err => return self.targets.err.write_all(bytes),
        };
        if self.is_torn {
            target.write_all(b"\n")?;
            self.is_torn = false;
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            match target.write(rest) {
                Ok(0) => return Err(std::io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.is_torn = rest.len() < bytes.len();
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// A disk with room for so many bytes.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut disk = self.0.lock();
            let count = bytes.len().min(disk.1 - disk.0.len());
            if count == 0 {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            disk.0.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// A terminal that was stopped: a write ends when the sender says so.
    struct Stopped(mpsc::Receiver<()>);

    impl Write for Stopped {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _goes_on_for_good = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn notice(lines: u64, reason: &str) -> String {
        format!("{lines} lost: {reason}\n")
    }

    #[test]
    fn lines_that_a_full_disk_refuses_are_told_of_when_there_is_room() {
        let disk = Disk::default();
        disk.0.lock().1 = 10;
        let targets = Targets { out: Box::new(disk.clone()), err: Box::new(std::io::sink()), notice };
        let sink = Sink::start(targets).unwrap();
        for line in ["first\n", "second\n", "third\n"] {
            sink.write(Stream::Out, line.as_bytes());
        }
        sink.flush(Duration::from_secs(60));
        assert_eq!((sink.lost(), disk.0.lock().0.as_slice()), (2, &b"first\nseco"[..]));
        disk.0.lock().1 = 1000;
        sink.write(Stream::Out, b"fourth\n");
        sink.flush(Duration::from_secs(60));
        let written = String::from_utf8(disk.0.lock().0.clone()).unwrap();
        assert_eq!(written, "first\nseco\n2 lost: no storage space\nfourth\n");
    }

    #[test]
    fn a_reader_that_stopped_holds_nobody_and_costs_bounded_memory() {
        let (go_on, stopped) = mpsc::channel();
        let targets = Targets { out: Box::new(Stopped(stopped)), err: Box::new(std::io::sink()), notice };
        let sink = Sink::start(targets).unwrap();
        let line = [b'x'; 1024];
        for _ in 0..3000 {
            sink.write(Stream::Out, &line);
        }
        assert!(sink.state.lock().bytes <= BYTES_MAX);
        assert!(sink.lost() >= 3000 - 1 - (BYTES_MAX / line.len()) as u64);
        sink.flush(Duration::from_millis(1));
        drop(go_on);
        sink.flush(Duration::from_secs(60));
        assert!(sink.state.lock().lines.is_empty());
    }
}
