//! A replica of a partition as a machine without I/O: [`Leader`] and [`Follower`] are what it is in one epoch. Which of
//! them it is, and the log beside it, belongs to who drives them.

mod follower;
mod leader;

pub use follower::Follower;
pub use leader::{Admission, Leader, Progress};
