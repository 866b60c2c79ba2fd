//! An acknowledgement that means "on disk", and what the disk itself can do, measured right before.

use crate::broker::Broker;
use crate::load::{Amount, Produce};
use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use crate::topics;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const TIMES: (Goal, Goal) = (Goal::AtLeastTimes(5.0), Goal::AtLeastTimes(15.0));

pub const GROUP: Group = Group {
    name: "durable",
    about: "flush.messages=1, 64 connections, 16 partitions, one 1 KiB record a request, 1 and 5 in flight",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Shared(run),
    measures: &[
        Measure::told("disk", "the disk meanwhile: fdatasync after each 4 KiB, one writer", "1/s"),
        Measure::new("1/rate", "flush.messages=1, 1 in flight: acknowledged", "records/s", TIMES.0, TIMES.1),
        Measure::at_most("1/cpu", "flush.messages=1, 1 in flight: CPU", "us/record", 0.15, 0.05),
        Measure::new("5/rate", "flush.messages=1, 5 in flight: acknowledged", "records/s", TIMES.0, TIMES.1),
        Measure::at_most("5/cpu", "flush.messages=1, 5 in flight: CPU", "us/record", 0.15, 0.05),
    ],
};

fn run(session: &mut Session, broker: &Broker) -> Result<(), String> {
    let disk = session.choose(Duration::from_secs(3), Duration::from_secs(1));
    session.figure("disk", disk_syncs_per_second(session.place.folder(), disk)?)?;
    let topic = "durable";
    topics::create(&broker.address, topic, 16, &[("flush.messages", "1")])?;
    for (in_flight, rate, cpu) in [(1, "1/rate", "1/cpu"), (5, "5/rate", "5/cpu")] {
        let time = session.choose(Duration::from_secs(15), Duration::from_secs(4));
        let amount = Amount::Lasting(time);
        let load =
            Produce { topic, partitions: 16, connections: 64, in_flight, records: 1, record_bytes: 1024, amount };
        Produce { amount: Amount::Lasting(time / 8), ..load }.run(&broker.address)?;
        session.settle();
        let before = broker.cpu_seconds();
        let outcome = load.run(&broker.address)?;
        session.figure(rate, outcome.requests as f64 / outcome.seconds)?;
        session.figure(cpu, (broker.cpu_seconds() - before) * 1e6 / outcome.requests as f64)?;
    }
    broker.delete_topic(topic)
}

/// Appends of 4 KiB that one writer makes durable one after the other.
fn disk_syncs_per_second(folder: &Path, time: Duration) -> Result<f64, String> {
    let path = folder.join(format!("ottla-bench-{}-disk", std::process::id()));
    let result = append_and_sync(&path, time);
    let _left_for_the_system = std::fs::remove_file(&path);
    result.map_err(|error| format!("{}: {error}", path.display()))
}

fn append_and_sync(path: &Path, time: Duration) -> std::io::Result<f64> {
    let mut file = std::fs::File::create(path)?;
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
