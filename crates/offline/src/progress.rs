//! How far long work on a file is, for a person: on standard error if that is a terminal and the output is not one.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Work that is done sooner shows nothing.
const AFTER: Duration = Duration::from_millis(500);
const EVERY: Duration = Duration::from_millis(200);
const MIB: u64 = 1024 * 1024;

/// A line that is written over again and taken away at the end.
pub(crate) struct Progress<'a> {
    what: &'a str,
    next: Option<Instant>,
    shown: bool,
}

impl Progress<'_> {
    pub fn new(what: &str) -> Progress<'_> {
        let for_a_person = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Progress { what, next: for_a_person.then(|| Instant::now() + AFTER), shown: false }
    }

    /// Bytes of a file that are behind.
    pub fn at(&mut self, done: u64, total: u64) {
        if self.next.is_none_or(|next| Instant::now() < next) {
            return;
        }
        self.next = Some(Instant::now() + EVERY);
        self.shown = true;
        let line = format!("\r\x1b[K{}: {} of {} MiB", self.what, done / MIB, total / MIB);
        let _nobody_looks = std::io::stderr().write_all(line.as_bytes());
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if self.shown {
            let _nobody_looks = std::io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
