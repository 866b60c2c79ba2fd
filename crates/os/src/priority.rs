//! How much of the processors a thread gets beside others, and how often it gave its own up.

/// Steps of niceness below all other threads of the process: it gets about a tenth of a processor that others want.
const NICENESS: i32 = 10;

/// The calling thread runs where the others of the process leave time. On Linux niceness belongs to the thread.
pub fn leave_processors_to_others() {
    // Where it keeps its priority, its work is only sooner done.
    let _new_niceness = rustix::process::nice(NICENESS);
}

/// How often the calling thread has given up its processor to wait for something: a disk, a lock, a socket. Being made to
/// give it up, for the sake of others, does not count. 0 where the machine does not tell.
pub fn thread_waits() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_THREAD).map_or(0, |usage| usage.voluntary_context_switches().max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sleeps_has_waited() {
        let before = thread_waits();
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert!(thread_waits() > before);
    }
}
