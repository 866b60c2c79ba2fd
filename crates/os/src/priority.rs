//! How much of the processors a thread gets beside others.

/// Steps of niceness below all other threads of the process: it gets about a tenth of a processor that others want.
const NICENESS: i32 = 10;

/// The calling thread runs where the others of the process leave time. On Linux niceness belongs to the thread.
pub fn leave_processors_to_others() {
    // Where it keeps its priority, its work is only sooner done.
    let _new_niceness = rustix::process::nice(NICENESS);
}
