//! SIGTERM and SIGINT.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Calls `on_signal` for the first signal; a second one ends the process at once, which is as safe as kill -9.
pub(crate) fn watch(on_signal: impl FnOnce(&'static str) + Send + 'static) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    std::thread::Builder::new().name("ottla-signals".into()).spawn(move || {
        let mut arrived = signals.forever();
        if let Some(first) = arrived.next() {
            on_signal(if first == SIGTERM { "SIGTERM" } else { "SIGINT" });
        }
        if arrived.next().is_some() {
            eprintln!("second signal: ending at once; the next start checks the logs");
            std::process::exit(1);
        }
    })?;
    Ok(())
}
