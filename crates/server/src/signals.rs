//! SIGTERM and SIGINT.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::OnceLock;

/// The first signal of this process.
static FIRST: OnceLock<&str> = OnceLock::new();

/// The signal that this process is ending by, such as `SIGTERM`; for the exit code of those who mind it.
pub fn ending_signal() -> Option<&'static str> {
    FIRST.get().copied()
}

/// Calls `on_signal` for the first signal; a second one ends the process at once, which is as safe as kill -9.
pub(crate) fn watch(on_signal: impl FnOnce(&'static str) + Send + 'static) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    std::thread::Builder::new().name("ottla-signals".into()).spawn(move || {
        let mut arrived = signals.forever();
        if let Some(first) = arrived.next() {
            let name = if first == SIGTERM { "SIGTERM" } else { "SIGINT" };
            on_signal(FIRST.get_or_init(|| name));
        }
        if arrived.next().is_some() {
            eprintln!("second signal: ending at once; the next start checks the logs");
            std::process::exit(1);
        }
    })?;
    Ok(())
}
