//! The smallest machine that uses all of a runtime: counters with a log, threshold waits, and a sum that is computed
//! elsewhere. Beside it a log in memory and the lines of text that drive both.

mod counters;
mod world;

pub use world::World;
