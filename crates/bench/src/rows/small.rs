//! One small record a request: what a request costs, and how long pipelining producers wait for each other.

use crate::broker::Broker;
use crate::load::{Amount, Produce};
use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use crate::topics;

pub const GROUP: Group = Group {
    name: "small",
    about: "one 1 KiB record a request, acks=all, over 1, 8 and 64 connections; acknowledgement p99",
    needs_librdkafka: false,
    has_floor: true,
    load: Load::Shared(run),
    measures: &[
        Measure::at_most("1", "produce one 1 KiB record a request, 1 connection", "CPU us/request", 0.15, 0.08),
        Measure::at_most("8", "produce one 1 KiB record a request, 8 connections", "CPU us/request", 0.15, 0.08),
        Measure::at_most("64", "produce one 1 KiB record a request, 64 connections", "CPU us/request", 0.15, 0.08),
        Measure::new("p99", "64 pipelining producers: acknowledgement p99", "ms", Goal::AtMostTimes(0.6), Goal::None),
    ],
};

fn run(session: &mut Session, broker: &Broker) -> Result<(), String> {
    for (id, connections) in [("1", 1), ("8", 8), ("64", 64)] {
        let topic = format!("small-{connections}");
        topics::create(&broker.address, &topic, 8, &[])?;
        let load = Produce {
            topic: &topic,
            partitions: 8,
            connections,
            in_flight: 5,
            records: 1,
            record_bytes: 1024,
            amount: Amount::Requests(session.scaled(400_000)),
        };
        session.settle();
        let before = broker.cpu_seconds();
        let outcome = load.run(&broker.address)?;
        session.figure(id, (broker.cpu_seconds() - before) * 1e6 / outcome.requests as f64)?;
        if connections == 64 {
            session.figure("p99", outcome.p99_ms)?;
        }
        broker.delete_topic(&topic)?;
    }
    Ok(())
}
