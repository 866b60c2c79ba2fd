//! Thousands of partitions on one node: made by one request, at rest, and after both kinds of end.

use crate::broker::Broker;
use crate::measure::{Group, Load, Measure};
use crate::session::Session;
use crate::topics::{self, wait_until};
use std::time::{Duration, Instant};

pub const GROUP: Group = Group {
    name: "partitions",
    about: "5,000 partitions (quick: 1,000): create, rest, restart after a clean stop and after kill -9",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("create", "5,000 partitions: create", "CPU s", 0.1, 0.03),
        Measure::told("create/time", "5,000 partitions: create, until all answer", "s"),
        Measure::at_most("memory", "5,000 partitions: memory (VmRSS)", "MiB", 0.1, 0.03),
        Measure::told("anonymous", "5,000 partitions: memory, without pages of files", "MiB"),
        Measure::at_most("rest", "5,000 partitions: CPU at rest", "% of a core", 0.1, 0.03),
        Measure::at_most("clean", "5,000 partitions: restart after a clean stop", "CPU s", 0.1, 0.03),
        Measure::told("clean/time", "5,000 partitions: restart after a clean stop, until all answer", "s"),
        Measure::at_most("killed", "5,000 partitions: restart after kill -9", "CPU s", 0.1, 0.03),
        Measure::told("killed/time", "5,000 partitions: restart after kill -9, until all answer", "s"),
    ],
};

const TOPIC: &str = "many";

fn run(session: &mut Session) -> Result<(), String> {
    let partitions = session.choose(5000, 1000);
    let mut broker = session.start()?;
    let (begun, before) = (Instant::now(), broker.cpu_seconds());
    topics::create(&broker.address, TOPIC, partitions, &[])?;
    session.figure("create", broker.cpu_seconds() - before)?;
    session.figure("create/time", begun.elapsed().as_secs_f64())?;

    std::thread::sleep(session.choose(Duration::from_secs(15), Duration::from_secs(5)));
    let memory = broker.memory();
    session.figure("memory", memory.resident_mb)?;
    session.figure("anonymous", memory.anonymous_mb)?;
    let window = session.choose(Duration::from_secs(10), Duration::from_secs(5));
    session.figure("rest", session.cpu_percent(&broker, window))?;

    broker.stop()?;
    let (cpu, seconds) = restart(&mut broker, partitions)?;
    session.figure("clean", cpu)?;
    session.figure("clean/time", seconds)?;

    broker.kill();
    let (cpu, seconds) = restart(&mut broker, partitions)?;
    session.figure("killed", cpu)?;
    session.figure("killed/time", seconds)
}

/// CPU and time from the start of the process until every partition answers.
fn restart(broker: &mut Broker, partitions: i32) -> Result<(f64, f64), String> {
    broker.launch()?;
    wait_until("all partitions answer", || topics::all_answer(&broker.address, TOPIC, partitions))?;
    Ok((broker.cpu_seconds(), broker.begun.elapsed().as_secs_f64()))
}
