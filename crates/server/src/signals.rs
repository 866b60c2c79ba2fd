//! What signals do: SIGTERM, SIGINT and SIGHUP stop the node in order, SIGQUIT tells what the process does, SIGXFSZ is left
//! to the write that met the limit.

use crate::log_sink::Stream;
use crate::{logging, thread_report};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The first signal of this process that stopped it.
static FIRST: OnceLock<&str> = OnceLock::new();

/// Signals so soon after the first are the same wish once more: supervisors signal a process and its group, or repeat
/// themselves.
const SAME_WISH: Duration = Duration::from_secs(1);

/// The signal that this process is ending by, such as `SIGTERM`; for the exit code of those who mind it.
pub fn ending_signal() -> Option<&'static str> {
    FIRST.get().copied()
}

/// What is to be done about a signal.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    Stop(&'static str),
    /// End at once, which is as safe as kill -9.
    Force,
    Tell,
    Nothing,
}

/// Which signals have come so far.
#[derive(Debug, Default)]
struct Arrived {
    first: Option<Instant>,
}

impl Arrived {
    fn action(&mut self, signal: i32, now: Instant) -> Action {
        let name = match signal {
            SIGTERM => "SIGTERM",
            SIGINT => "SIGINT",
            SIGHUP => "SIGHUP",
            SIGQUIT => return Action::Tell,
            _ => return Action::Nothing,
        };
        match self.first {
            None => {
                self.first = Some(now);
                Action::Stop(name)
            }
            // A terminal that closes says so as often as it likes.
            Some(first) if signal == SIGHUP || now.saturating_duration_since(first) < SAME_WISH => Action::Nothing,
            Some(_) => Action::Force,
        }
    }
}

/// Calls `on_signal` for the first signal that stops the node; one of a second later or more ends the process at once.
pub(crate) fn watch(on_signal: impl Fn(&'static str) + Send + 'static) -> std::io::Result<()> {
    let mut wanted = vec![SIGTERM, SIGINT, SIGQUIT, SIGXFSZ];
    // Whoever started the process with `nohup` wants it to outlive the terminal.
    if !is_ignored(SIGHUP) {
        wanted.push(SIGHUP);
    }
    let mut signals = Signals::new(wanted)?;
    std::thread::Builder::new().name("ottla-signals".into()).spawn(move || {
        let mut arrived = Arrived::default();
        for signal in signals.forever() {
            match arrived.action(signal, Instant::now()) {
                Action::Stop(name) => on_signal(FIRST.get_or_init(|| name)),
                Action::Force => {
                    logging::say(Stream::Err, "another signal: ending at once; the next start checks the logs\n");
                    logging::flush();
                    std::process::exit(1);
                }
                Action::Tell => thread_report::log(),
                Action::Nothing => {}
            }
        }
    })?;
    Ok(())
}

/// Whether the process was started with a signal ignored.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores(&status, signal)
}

fn ignores(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    let mask = mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wish_to_stop_may_be_said_twice_and_only_a_later_one_forces() {
        let begun = Instant::now();
        let mut arrived = Arrived::default();
        for (signal, ms, expected) in [
            (SIGQUIT, 0, Action::Tell),
            (SIGXFSZ, 0, Action::Nothing),
            (SIGTERM, 10, Action::Stop("SIGTERM")),
            (SIGTERM, 11, Action::Nothing),
            (SIGINT, 900, Action::Nothing),
            (SIGHUP, 5000, Action::Nothing),
            (SIGQUIT, 5000, Action::Tell),
            (SIGTERM, 5000, Action::Force),
        ] {
            assert_eq!(arrived.action(signal, begun + Duration::from_millis(ms)), expected, "{signal} at {ms}");
        }
    }

    #[test]
    fn ignored_signals_are_read_from_the_mask() {
        let status = "Name:\tottla\nSigIgn:\t0000000000001001\n";
        assert!(ignores(status, SIGHUP) && !ignores(status, SIGTERM) && !ignores("", SIGHUP));
    }
}
