//! A replica of a partition as a machine without I/O: [`Leader`] and [`Follower`] are what it is in one epoch. Which of
//! them it is, and the log beside it, belongs to who drives them. [`FetchSession`] is what a broker that follows several
//! partitions of another one has told it, and has still to tell.

mod fetch_session;
mod follower;
mod followers;
mod isr;
mod leader;
mod progress;

pub use fetch_session::{FetchPlan, FetchSession};
pub use follower::{Follower, Truncation};
pub use isr::{IsrAnswer, IsrProposal};
pub use leader::{Admission, Leader, Leadership, Moved, ReadableFollower, Rules};
pub use progress::{FetchingReplica, Progress, Registrations};
