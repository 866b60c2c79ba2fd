//! A real node of this binary, and peers that say to it what no client would.

#![allow(dead_code)]

pub mod cluster;
pub mod inject;
pub mod node;
pub mod peer;
