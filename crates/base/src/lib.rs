//! What every other crate of Ottla stands on: ids, offsets, epochs, Kafka's error codes, and the traits through which
//! the deterministic cores reach files, time and randomness. Nothing here does I/O or reads a clock.

mod error_code;
mod files;
mod ids;
mod java;
mod map;
mod mutant;
mod network;
mod task;
mod time;
mod timers;

pub use error_code::ErrorCode;
pub use files::{ColdRange, DirEntry, File, FileLock, Files, Link, OpenMode, temporary};
pub use ids::{
    BrokerEpoch, DirectoryId, LeaderEpoch, NodeId, Offset, PartitionEpoch, PartitionIndex, ProducerEpoch, ProducerId,
    TopicId, TopicPartition, Uuid, UuidParseError,
};
pub use java::{coordinator_partition, string_hash_code};
pub use map::{FixedState, Map, Set};
#[cfg(feature = "mutants")]
pub use mutant::set_mutant;
pub use mutant::{Mutant, mutant};
pub use network::{Done, Knock, Knocked, Line, LineError, Network, Outbound, Remote};
pub use task::{BlockingWork, Executor, Task, WorkRoom};
pub use time::{Now, Random, Seldom, SplitMix64};
pub use timers::Timers;
