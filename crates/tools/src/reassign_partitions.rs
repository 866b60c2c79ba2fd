//! Being written.
use crate::io::Io;
pub fn run(_: &[String], _: &mut Io) -> i32 { 1 }
