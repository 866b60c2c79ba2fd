//! Three nodes under load and at rest: memory, and what they use when nobody asks anything.

use super::nodes::{Nodes, steadily};
use crate::load::{Amount, Produce};
use crate::measure::{Group, Load, Measure};
use crate::session::Session;
use std::time::Duration;

pub const GROUP: Group = Group {
    name: "three/rest",
    about: "three nodes: memory after a load of 1 GB over 16 partitions, CPU at rest",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("memory", "three nodes under load: memory (VmRSS)", "MiB", 0.06, 0.04),
        Measure::told("anonymous", "three nodes under load: memory, without pages of files", "MiB"),
        Measure::at_most("cpu", "three nodes at rest: CPU", "% of a core", 0.05, 0.02),
    ],
};

fn run(session: &mut Session) -> Result<(), String> {
    let nodes = Nodes::start(session.kind, session.place, "")?;
    nodes.create("load", 16)?;
    let load = Produce {
        topic: "load",
        partitions: 16,
        connections: 16,
        in_flight: 5,
        records: 64,
        record_bytes: 1000,
        amount: Amount::Requests(session.scaled(16_000)),
    };
    steadily(|| load.run_on(&nodes.leaders("load")?))?;
    let memory = nodes.memory();
    session.figure("memory", memory.resident_mb)?;
    session.figure("anonymous", memory.anonymous_mb)?;
    std::thread::sleep(session.choose(Duration::from_secs(30), Duration::from_secs(10)));
    let window = session.choose(Duration::from_secs(30), Duration::from_secs(10));
    let before = nodes.cpu_seconds();
    std::thread::sleep(window);
    session.figure("cpu", (nodes.cpu_seconds() - before) / window.as_secs_f64() * 100.0)
}
