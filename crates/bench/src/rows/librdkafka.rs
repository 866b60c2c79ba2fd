//! Bulk by librdkafka: its batches and fetches, with its defaults except linger.ms=5 and acks=all.

use crate::broker::Broker;
use crate::measure::{Group, Load, Measure};
use crate::rdkafka::{Api, Consumer, Producer};
use crate::session::Session;
use crate::topics;
use std::time::{Duration, Instant};

pub const GROUP: Group = Group {
    name: "librdkafka",
    about: "librdkafka produces 1 KiB and 100-byte records and consumes the former",
    needs_librdkafka: true,
    has_floor: true,
    load: Load::Shared(run),
    measures: &[
        Measure::at_most("1024", "produce by librdkafka, 1 KiB records", "CPU s/GB", 0.45, 0.32),
        Measure::at_most("100", "produce by librdkafka, 100-byte records", "CPU s/GB", 0.25, 0.17),
        Measure::at_most("consume", "consume by librdkafka, 1 KiB records", "CPU s/GB", 0.40, 0.25),
    ],
};

const PARTITIONS: i32 = 8;
const RECORD_WITHIN: Duration = Duration::from_secs(30);

fn run(session: &mut Session, broker: &Broker) -> Result<(), String> {
    let api = session.librdkafka()?;
    for (id, record_bytes, full) in [("1024", 1024, 2_000_000_000), ("100", 100, 1_000_000_000)] {
        let (topic, records) = (format!("librdkafka-{id}"), session.scaled(full) / record_bytes);
        topics::create(&broker.address, &topic, PARTITIONS, &[])?;
        if session.kind.is_kafka() {
            // The path of many records in a batch is compiled on its own.
            produce(api, broker, &topic, records / 4, record_bytes)?;
        }
        session.settle();
        let before = broker.cpu_seconds();
        produce(api, broker, &topic, records, record_bytes)?;
        session.figure(id, (broker.cpu_seconds() - before) / ((records * record_bytes) as f64 / 1e9))?;
        if id == "1024" {
            consume(api, broker, &topic, records / 4)?;
            session.settle();
            let before = broker.cpu_seconds();
            let bytes = consume(api, broker, &topic, records)?;
            session.figure("consume", (broker.cpu_seconds() - before) / (bytes as f64 / 1e9))?;
        }
        broker.delete_topic(&topic)?;
    }
    Ok(())
}

fn produce(api: &Api, broker: &Broker, topic: &str, records: usize, record_bytes: usize) -> Result<(), String> {
    let settings = [("bootstrap.servers", broker.address.as_str()), ("linger.ms", "5"), ("acks", "all")];
    let producer = Producer::new(api, topic, &settings)?;
    let value: Vec<u8> = (0..record_bytes).map(|i| (i * 31 % 251) as u8).collect();
    for i in 0..records {
        producer.send(None, &value)?;
        if i % 1000 == 0 {
            producer.poll(0);
        }
    }
    producer.flush()
}

/// Reads so many records or a few more from the beginning of the topic; returns the bytes of their values.
fn consume(api: &Api, broker: &Broker, topic: &str, records: usize) -> Result<u64, String> {
    let consumer = Consumer::new(api, topic, PARTITIONS, &[("bootstrap.servers", &broker.address)])?;
    let (mut read, mut bytes, mut last) = (0, 0, Instant::now());
    while read < records as u64 {
        let (more, more_bytes) = consumer.next_many(100)?;
        (read, bytes) = (read + more, bytes + more_bytes);
        if more > 0 {
            last = Instant::now();
        } else if last.elapsed() > RECORD_WITHIN {
            return Err(format!("nothing more to consume after {read} of {records} records"));
        }
    }
    Ok(bytes)
}
