//! Bulk by the native load: 64 KiB batches in, 1 MiB fetches out.

use super::MIB;
use crate::broker::Broker;
use crate::load::{self, Amount, Produce};
use crate::measure::{Group, Load, Measure};
use crate::session::Session;
use crate::topics;

pub const PRODUCE: Group = Group {
    name: "produce",
    about: "64 KiB batches of 1 KiB records, acks=all, over 1, 8 and 64 connections; memory under it",
    needs_librdkafka: false,
    has_floor: true,
    load: Load::Shared(produce),
    measures: &[
        Measure::at_most("1", "produce 64 KiB batches, 1 connection", "CPU s/GB", 0.40, 0.30),
        Measure::at_most("8", "produce 64 KiB batches, 8 connections", "CPU s/GB", 0.40, 0.30),
        Measure::at_most("64", "produce 64 KiB batches, 64 connections", "CPU s/GB", 0.40, 0.30),
        Measure::at_most("memory", "memory under the produce load (VmRSS)", "MiB", 0.10, 0.05),
        Measure::told("anonymous", "memory under the produce load, without pages of files", "MiB"),
    ],
};

pub const CONSUME: Group = Group {
    name: "consume",
    about: "1 MiB fetches from the page cache, 8 connections",
    needs_librdkafka: false,
    has_floor: true,
    load: Load::Shared(consume),
    measures: &[Measure::at_most("fetch", "consume from page cache, 1 MiB fetches", "CPU s/GB", 0.60, 0.45)],
};

fn bulk(topic: &str, connections: usize, mib: usize) -> Produce<'_> {
    Produce {
        topic,
        partitions: 8,
        connections,
        in_flight: 5,
        records: 64,
        record_bytes: 1024,
        amount: Amount::Requests(mib * MIB / (64 * 1024)),
    }
}

fn produce(session: &mut Session, broker: &Broker) -> Result<(), String> {
    for (id, connections) in [("1", 1), ("8", 8), ("64", 64)] {
        let topic = format!("produce-{connections}");
        topics::create(&broker.address, &topic, 8, &[])?;
        session.settle();
        let before = broker.cpu_seconds();
        let outcome = bulk(&topic, connections, session.scaled(2048)).run(&broker.address)?;
        let memory = broker.memory();
        session.figure(id, (broker.cpu_seconds() - before) / (outcome.bytes as f64 / 1e9))?;
        if connections == 64 {
            session.figure("memory", memory.resident_mb)?;
            session.figure("anonymous", memory.anonymous_mb)?;
        }
        broker.delete_topic(&topic)?;
    }
    Ok(())
}

fn consume(session: &mut Session, broker: &Broker) -> Result<(), String> {
    let topic = "consume";
    topics::create(&broker.address, topic, 8, &[])?;
    bulk(topic, 8, session.scaled(4096)).run(&broker.address)?;
    session.settle();
    let before = broker.cpu_seconds();
    let bytes = load::consume(&broker.address, topic, 8, 1 << 20)?;
    session.figure("fetch", (broker.cpu_seconds() - before) / (bytes as f64 / 1e9))?;
    broker.delete_topic(topic)
}
