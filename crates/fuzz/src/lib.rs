//! Fuzzing without a compiler's help: a small seeded mutation engine, a corpus, and one entry a family of messages.
//!
//! An entry takes bytes of which the first choose what is read, and fails (panics) when an invariant does not hold: nothing
//! panics, what was read can be written and reads back the same, and memory stays in proportion to the input. It returns a
//! [`Feature`]: inputs that show a new one are kept and mutated further.
//!
//! `cargo xtask fuzz` runs the binaries; `tests/corpus.rs` replays the corpus as plain tests.

pub mod corpus;
pub mod driver;
mod engine;
pub mod families;
pub mod input;
pub mod memory;
mod mutate;

pub use engine::{Engine, Finding};
pub use families::{FAMILIES, Family, family};

/// What an input did, roughly: which message, and how far it came. Equal features are not worth keeping twice.
pub type Feature = u64;
