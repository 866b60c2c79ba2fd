//! CPU and memory of another process, from /proc.

use std::fs::read_to_string;

/// CPU that a process has used so far, in seconds.
///
/// The sum over its threads counts nanoseconds but forgets threads that ended; the total of the process forgets none but
/// counts whole clock ticks. Both are lower bounds, so the larger one is nearer.
pub fn cpu_seconds(pid: u32) -> f64 {
    threads_seconds(pid).max(ticks_seconds(pid))
}

fn threads_seconds(pid: u32) -> f64 {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return 0.0 };
    let nanoseconds = tasks.flatten().filter_map(|task| {
        let text = read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    nanoseconds.sum::<u64>() as f64 / 1e9
}

fn ticks_seconds(pid: u32) -> f64 {
    let stat = read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    ticks_of(&stat) as f64 / 100.0
}

/// User and system time in ticks of 10 ms: fields 14 and 15, counted after the name in brackets.
fn ticks_of(stat: &str) -> u64 {
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    ticks(11) + ticks(12)
}

/// Memory of a process in megabytes (2^20 bytes).
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// All that is resident (VmRSS), pages of its files included.
    pub resident_mb: f64,
    /// The part that belongs to no file (RssAnon and RssShmem).
    pub anonymous_mb: f64,
}

pub fn memory(pid: u32) -> Memory {
    memory_of(&read_to_string(format!("/proc/{pid}/status")).unwrap_or_default())
}

fn memory_of(status: &str) -> Memory {
    let mb = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    Memory { resident_mb: mb("VmRSS:"), anonymous_mb: mb("RssAnon:") + mb("RssShmem:") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_after_a_name_with_spaces_and_brackets() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 250 75 0 0 20 0 9 0 100 0 0";
        assert_eq!(ticks_of(stat), 325);
    }

    #[test]
    fn memory_tells_resident_and_anonymous_apart() {
        let memory = memory_of("VmRSS:\t    4096 kB\nRssAnon:\t    1024 kB\nRssFile:\t 2048 kB\nRssShmem:\t 1024 kB\n");
        assert_eq!((memory.resident_mb, memory.anonymous_mb), (4.0, 2.0));
    }

    #[test]
    fn a_running_process_has_used_cpu_and_memory() {
        let own = std::process::id();
        assert!(memory(own).resident_mb > 0.0);
        assert!(threads_seconds(own) > 0.0);
    }
}
