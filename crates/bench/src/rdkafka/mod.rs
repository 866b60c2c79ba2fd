//! librdkafka, loaded at run time: a producer and a consumer as most programs outside the JVM have them.
//!
//! A foreign C library cannot be called without `unsafe`; this folder holds all of it. The library is not linked, so that
//! the benchmark builds where it is absent.
#![allow(unsafe_code)]

mod api;
mod consumer;
mod producer;

pub use api::Api;
pub use consumer::Consumer;
pub use producer::Producer;
