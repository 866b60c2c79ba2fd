//! The runtime of coordinators: a [`Machine`] whose truth is the log of one partition, and the cycle that keeps the two
//! alike. Groups are the first machine; nothing here knows of them. No I/O, no clock, no threads: the shell hands in time
//! and a [`Log`], and carries out the [`Effects`].
//!
//! ```text
//!                       new(epoch)
//!                           |
//!                           v      request: COORDINATOR_LOAD_IN_PROGRESS
//!                       Loading    notice: kept until the load is over
//!                       |     |
//!     Input::Loaded     |     |  Input::Unreadable
//!  (kept notices are    |     |
//!   told)               v     |
//!        +---------> Active   |
//!        | one input |  | |   |
//!        +-----------+  | |   |   Input::Resign, or an append under an epoch that is over
//!                       | +---+----------------> Resigned    NOT_COORDINATOR, whatever comes
//!                       |
//!                       |  what must always hold does not
//!                       +----------------------> Broken      the same; the shell takes the partition out of service
//!
//!  one input:
//!    request, timer, notice, end of work
//!      -> the machine plans: records, replies         (what it keeps in memory only changes here)
//!      -> the log appends the records as one batch, under the epoch of this runtime
//!           appended -> the machine replays each      (what the log keeps changes here)
//!           refused  -> the machine takes back what it had planned, the replies become errors
//!      -> replies go at once, or when everything that was appended is committed
//! ```
//!
//! # Long computations
//! A machine says which inputs are [`Weight::Large`]: the shell steps them on a thread that may take its time, and keeps
//! what comes meanwhile in order. What can be computed from a copy (an assignor) is a [`Work`]: the machine hands it out,
//! goes on, and is told of its end as an input. The end of a runtime forgets work that is under way.
//!
//! # Invariants
//! Offsets grow while a partition loads; an append begins at or above everything appended before, has as many offsets as
//! records, and is of this runtime's epoch. A broken one ends the runtime by name ([`Effects::broken`]), never the process.

mod loading;
mod machine;
mod runtime;

pub use loading::{LoadError, Loaded, Loading};
pub use machine::{Machine, Plan, Record, Reply, StoredRecord, Weight, Work};
pub use runtime::{Appended, Effects, Input, Log, Runtime};
