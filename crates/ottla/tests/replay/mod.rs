//! Replaying recorded sessions of Apache Kafka's tools against this binary: `transcript` reads them, `node` starts what
//! they speak to, `seed` brings it into the state of the recording, `run` runs one command as a process, `alike` removes
//! what no two runs share, `session` compares.

// Each test binary uses its part.
#![allow(dead_code)]

pub mod alike;
pub mod node;
pub mod run;
pub mod seed;
pub mod session;
pub mod transcript;
