//! The world of a tool: three streams and a flag that asks it to stop.

use std::io::{BufRead, BufReader, Cursor, Write};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

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
}

impl Io {
    pub fn new(
        stdin: Box<dyn BufRead + Send>,
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        stop: Stop,
    ) -> Io {
        Io { stdin, out, err, stop }
    }

    /// The process's own streams; standard output is buffered until [`Io::flush`] or the end.
    pub fn process(stop: Stop) -> Io {
        let stdin = Box::new(BufReader::new(std::io::stdin()));
        let out = Box::new(std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout()));
        Io::new(stdin, out, Box::new(std::io::stderr()), stop)
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
        self.flush();
        let _ = self.err.write_all(line.as_ref().as_bytes()).and_then(|()| self.err.write_all(b"\n"));
        let _ = self.err.flush();
    }

    /// Bytes on standard output.
    pub fn write(&mut self, bytes: &[u8]) {
        if self.out.write_all(bytes).is_err() {
            self.stop.request();
        }
    }

    pub fn flush(&mut self) {
        if self.out.flush().is_err() {
            self.stop.request();
        }
    }
}

impl Drop for Io {
    fn drop(&mut self) {
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
