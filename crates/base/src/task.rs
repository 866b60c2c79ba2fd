//! Work that runs later: the seam between the synchronous cores and whatever drives them, an event loop or a simulator.

use crate::Now;
use std::sync::Arc;

/// Something that can be run once its time has come. Running it twice must do no harm.
pub trait Task: Send + Sync {
    fn run(self: Arc<Self>, now: Now);

    /// Nothing is left to do: a timer that has not come yet may be dropped, so that nobody is woken for it. Never waits.
    fn is_over(&self) -> bool {
        false
    }
}

/// Work that may block (fsync, deletion, reads from the disk); it is run once on a thread where that is allowed.
pub type BlockingWork = Box<dyn FnOnce() + Send>;

/// Room that work has among all long work; dropped, it is given back.
pub type WorkRoom = Box<dyn Send + Sync>;

/// Drives tasks. Implementations: the network's event loops, the simulator, an immediate one for small tests.
pub trait Executor: Send + Sync {
    fn now(&self) -> Now;
    /// The monotonic part of [`Executor::now`], where the other is not needed and cheapness is.
    fn monotonic_us(&self) -> u64 {
        self.now().monotonic_us
    }
    /// How often the calling thread has given up its processor to wait for something, so far.
    fn thread_waits(&self) -> u64 {
        0
    }
    /// Runs the task at the end of the current turn of the calling loop or soon on some loop when the caller
    /// is not one.
    fn defer(&self, task: Arc<dyn Task>);
    /// Runs the task when the monotonic clock has reached `at_us`.
    fn run_at(&self, at_us: u64, task: Arc<dyn Task>);
    /// Like `run_at`, on the thread that no client can keep busy: heartbeats, sessions and expiry keep their time there,
    /// whatever the requests of a moment cost.
    fn control_at(&self, at_us: u64, task: Arc<dyn Task>) {
        self.run_at(at_us, task);
    }
    /// Runs the work off the event loops.
    fn run_blocking(&self, work: BlockingWork);
    /// Runs the work off the event loops, on threads that only the metadata quorum uses: its syncs wait for nobody's.
    fn run_control(&self, work: BlockingWork) {
        self.run_blocking(work);
    }
    /// How many bytes the calling thread may decompress for one request; what needs more is [`Executor::run_long`]'s. No
    /// limit where nobody waits for the thread.
    fn decompressed_max(&self) -> usize {
        usize::MAX
    }
    /// Counts bytes that the calling thread has decompressed: a turn of an event loop has a budget of them.
    fn decompressed(&self, _bytes: usize) {}
    /// Takes room for long work that keeps so many bytes until it is done, where there is room: one piece alone always finds
    /// it. The work keeps what it was given.
    fn take_long_work_room(&self, _bytes: usize) -> Option<WorkRoom> {
        Some(Box::new(()))
    }
    /// Runs work that keeps a processor for a while: off the event loops, on few threads that nothing else waits for.
    fn run_long(&self, work: BlockingWork) {
        self.run_blocking(work);
    }
    /// Runs appends to a disk that has become slow.
    fn run_slow(&self, work: BlockingWork) {
        self.run_blocking(work);
    }
    /// Runs work that reads from the disk what an answer waits for: off the event loops, and never behind syncs.
    fn run_reading(&self, work: BlockingWork) {
        self.run_blocking(work);
    }
}
