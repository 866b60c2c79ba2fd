//! What the process does now, for SIGQUIT: memory, open files, and of each thread its state, its processor time and where in
//! the kernel it waits.

use std::path::Path;

/// A thread as the kernel shows it.
#[derive(Debug, PartialEq, Eq)]
struct Thread {
    name: String,
    state: &'static str,
    cpu_ms: u64,
    /// The kernel's function that it waits in; empty where it runs or the kernel does not tell.
    waits_in: String,
}

/// Logs the report.
pub(crate) fn log() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let open_files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let threads = threads();
    tracing::info!(
        memory_kib = figure(&status, "VmRSS:"),
        memory_max_kib = figure(&status, "VmHWM:"),
        open_files,
        threads = threads.len(),
        "what the process does (SIGQUIT)"
    );
    for thread in threads {
        let Thread { name, state, cpu_ms, waits_in } = thread;
        tracing::info!(thread = name, state, cpu_ms, waits_in, "thread");
    }
}

/// The number behind a name of `/proc/self/status`.
fn figure(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

fn threads() -> Vec<Thread> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    // A thread may end between the listing and the look at it.
    let mut threads: Vec<Thread> = tasks.flatten().filter_map(|task| thread(&task.path())).collect();
    threads.sort_by(|a, b| a.name.cmp(&b.name));
    threads
}

fn thread(task: &Path) -> Option<Thread> {
    let stat = std::fs::read_to_string(task.join("stat")).ok()?;
    let waits_in = std::fs::read_to_string(task.join("wchan")).unwrap_or_default();
    let waits_in = if waits_in == "0" { String::new() } else { waits_in };
    read_stat(&stat).map(|(name, state, cpu_ms)| Thread { name, state, cpu_ms, waits_in })
}

/// Name, state and processor time of a `stat` line: `tid (name) S ... utime stime ...`.
fn read_stat(stat: &str) -> Option<(String, &'static str, u64)> {
    let (before, after) = stat.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let state = match *fields.first()? {
        "R" => "runs",
        "S" | "I" => "waits",
        "D" => "waits for a device",
        "T" | "t" => "stopped",
        _ => "ended",
    };
    let ticks = |field: usize| fields.get(field).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Some((name, state, (ticks(11) + ticks(12)) * 1000 / per_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_gives_name_state_and_time() {
        let line = "42 (ottla-net) 0) S 1 1 1 0 -1 4194304 7 0 0 0 150 50 0 0 20 0 9 0 1";
        let (name, state, cpu_ms) = read_stat(line).unwrap();
        let per_second = rustix::param::clock_ticks_per_second();
        assert_eq!((name.as_str(), state, cpu_ms), ("ottla-net) 0", "waits", 200_000 / per_second));
    }

    #[test]
    fn this_process_has_the_thread_that_asks() {
        let own = std::thread::Builder::new().name("who-asks".into()).spawn(threads).unwrap().join().unwrap();
        assert!(own.iter().any(|thread| thread.name == "who-asks" && thread.state == "runs"), "{own:?}");
    }
}
