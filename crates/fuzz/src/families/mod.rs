//! One entry a family of messages.

mod batches;
mod config;
mod files;
mod group;
mod json;
mod stored;
mod wire;

use crate::Feature;

/// What is fuzzed together.
pub struct Family {
    pub name: &'static str,
    /// Runs one input; panics when an invariant is broken.
    pub run: fn(&[u8]) -> Feature,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Mutated inputs that the plain tests run: about two seconds without optimisation.
    pub runs_in_tests: u64,
}

/// All of them. The name is also that of the binary and of the folder in `corpus/`.
pub static FAMILIES: [Family; 12] = [
    Family { name: "requests", run: wire::request, seeds: wire::request_seeds, runs_in_tests: 20_000 },
    Family { name: "responses", run: wire::response, seeds: wire::response_seeds, runs_in_tests: 20_000 },
    Family { name: "headers", run: wire::header, seeds: wire::header_seeds, runs_in_tests: 20_000 },
    Family { name: "metadata_records", run: stored::metadata, seeds: stored::metadata_seeds, runs_in_tests: 10_000 },
    Family {
        name: "coordinator_records",
        run: stored::coordinator,
        seeds: stored::coordinator_seeds,
        runs_in_tests: 20_000,
    },
    Family { name: "control_records", run: stored::control, seeds: stored::control_seeds, runs_in_tests: 20_000 },
    Family { name: "consumer_protocol", run: stored::consumer, seeds: stored::consumer_seeds, runs_in_tests: 20_000 },
    Family { name: "record_batches", run: batches::run, seeds: batches::seeds, runs_in_tests: 5_000 },
    Family { name: "json", run: json::run, seeds: json::seeds, runs_in_tests: 5_000 },
    Family { name: "files", run: files::run, seeds: files::seeds, runs_in_tests: 1_000 },
    Family { name: "config", run: config::run, seeds: config::seeds, runs_in_tests: 2_000 },
    Family { name: "group", run: group::run, seeds: group::seeds, runs_in_tests: 2_000 },
];

/// The family of this name.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}
