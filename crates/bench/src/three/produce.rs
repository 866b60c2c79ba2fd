//! Produce at replication factor 3 with acks=all: what all nodes together spend.

use super::nodes::{Nodes, steadily};
use crate::load::{Amount, Produce};
use crate::measure::{Group, Load, Measure};
use crate::session::Session;

pub const GROUP: Group = Group {
    name: "three/produce",
    about: "three nodes, acks=all, 64 KiB batches over 1 and 8 connections with 5 in flight: CPU of all nodes, rate",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("1/cpu", "RF 3, 64 KiB, 1 connection: CPU of all nodes", "s/GB", 0.25, 0.10),
        Measure::told("1/rate", "RF 3, 64 KiB, 1 connection: acknowledged", "MB/s"),
        Measure::at_most("8/cpu", "RF 3, 64 KiB, 8 connections: CPU of all nodes", "s/GB", 0.25, 0.10),
        Measure::told("8/rate", "RF 3, 64 KiB, 8 connections: acknowledged", "MB/s"),
    ],
};

fn run(session: &mut Session) -> Result<(), String> {
    let nodes = Nodes::start(session.kind, session.place, "")?;
    for (connections, cpu, rate) in [(1, "1/cpu", "1/rate"), (8, "8/cpu", "8/rate")] {
        let topic = format!("produce-{connections}");
        nodes.create(&topic, connections as i32)?;
        let requests = session.scaled(16_384);
        let load = Produce {
            topic: &topic,
            partitions: connections as i32,
            connections,
            in_flight: 5,
            records: 64,
            record_bytes: 1000,
            amount: Amount::Requests(requests),
        };
        let (spent, outcome) = steadily(|| {
            let leaders = nodes.leaders(&topic)?;
            Produce { amount: Amount::Requests(requests / 8), ..load }.run_on(&leaders)?;
            session.settle();
            let before = nodes.cpu_seconds();
            let outcome = load.run_on(&leaders)?;
            Ok((nodes.cpu_seconds() - before, outcome))
        })?;
        let gigabytes = outcome.bytes as f64 / 1e9;
        session.figure(cpu, spent / gigabytes)?;
        session.figure(rate, gigabytes * 1e3 / outcome.seconds)?;
    }
    Ok(())
}
