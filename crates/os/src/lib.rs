//! The machine: files, clocks, randomness, sendfile, signals and limits. The only crate that talks to the kernel beyond
//! what std offers, and the only place where `unsafe` may appear (there is none so far).

mod clock;
mod files;
mod limits;
mod priority;
mod socket;

pub use clock::{Clock, SystemRandom};
pub use files::{RealFiles, append_if_in_memory, is_in_memory};
pub use limits::raise_open_file_limit;
pub use priority::{leave_processors_to_others, thread_waits};
pub use socket::{refuse_itself, send_bytes, send_file};
