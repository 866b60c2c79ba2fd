//! What a panic does to a server's process: a broker that lost a thread answers some requests and never others, so the
//! process ends, whichever thread it was. The next start recovers the logs, as after a crash.

use crate::log_sink::Stream;
use crate::logging::{flush, say};
use std::backtrace::Backtrace;
use std::panic::{PanicHookInfo, set_hook};
use std::thread;

/// From now on a panic of any thread is logged and aborts the process. For the whole process: tests that run nodes
/// within their own must not call it.
pub fn abort_on_panic() {
    set_hook(Box::new(|panic| {
        let thread = thread::current();
        let name = thread.name().unwrap_or("unnamed");
        tracing::error!(
            thread = name,
            at = panic.location().map(ToString::to_string).unwrap_or_default(),
            "a thread panicked, the process ends without an orderly stop: {}",
            message(panic)
        );
        // As Rust says it, but by the way of the log: standard error may be a terminal that was stopped.
        say(Stream::Err, &format!("\nthread '{name}' {panic}\n{}\n", Backtrace::capture()));
        flush();
        std::process::abort();
    }));
}

fn message<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = panic.payload();
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    payload.downcast_ref::<&str>().copied().or_else(owned).unwrap_or("no message")
}
