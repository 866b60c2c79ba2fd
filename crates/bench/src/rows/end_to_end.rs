//! A steady trickle from producer to consumer, both librdkafka: how long a record takes, and what it costs the broker.

use crate::broker::Broker;
use crate::load::percentile;
use crate::measure::{Group, Load, Measure};
use crate::rdkafka::{Api, Consumer, Producer};
use crate::session::Session;
use crate::topics;
use std::time::{Duration, Instant};

pub const GROUP: Group = Group {
    name: "end-to-end",
    about: "500 and 5,000 records a second, 1 KiB, acks=all, linger 0: time from produce to consume; CPU a record",
    needs_librdkafka: true,
    has_floor: true,
    load: Load::Shared(run),
    measures: &[
        Measure::at_most("500/p50", "500 records/s end to end: p50", "ms", 0.6, 0.4),
        Measure::at_most("500/p99", "500 records/s end to end: p99", "ms", 0.2, 0.04),
        Measure::at_most("500/cpu", "500 records/s end to end: CPU", "us/record", 0.3, 0.2),
        Measure::at_most("5000/p50", "5,000 records/s end to end: p50", "ms", 0.6, 0.4),
        Measure::at_most("5000/p99", "5,000 records/s end to end: p99", "ms", 0.2, 0.04),
        Measure::at_most("5000/cpu", "5,000 records/s end to end: CPU", "us/record", 0.3, 0.2),
    ],
};

const PARTITIONS: i32 = 4;
const RECORD_BYTES: usize = 1024;

fn run(session: &mut Session, broker: &Broker) -> Result<(), String> {
    let api = session.librdkafka()?;
    let warm_seconds = if session.kind.is_kafka() { session.choose(10, 5) } else { 2 };
    let seconds = session.choose(20, 5);
    for (rate, [p50, p99, cpu]) in
        [(500, ["500/p50", "500/p99", "500/cpu"]), (5000, ["5000/p50", "5000/p99", "5000/cpu"])]
    {
        let trickle = Trickle {
            api,
            broker,
            topic: &format!("end-to-end-{rate}"),
            rate,
            warm: rate * warm_seconds,
            measured: rate * seconds,
            clock: Instant::now(),
        };
        session.settle();
        let mut passage = trickle.run()?;
        session.figure(p50, percentile(&mut passage.waits_us, 50) / 1e3)?;
        session.figure(p99, percentile(&mut passage.waits_us, 99) / 1e3)?;
        session.figure(cpu, passage.cpu_seconds * 1e6 / trickle.measured as f64)?;
    }
    Ok(())
}

struct Trickle<'a> {
    api: &'a Api,
    broker: &'a Broker,
    topic: &'a str,
    rate: u64,
    /// Records before those that count.
    warm: u64,
    measured: u64,
    clock: Instant,
}

struct Passage {
    waits_us: Vec<u32>,
    cpu_seconds: f64,
}

impl Trickle<'_> {
    fn run(&self) -> Result<Passage, String> {
        topics::create(&self.broker.address, self.topic, PARTITIONS, &[])?;
        let (waits, cpu) = std::thread::scope(|scope| {
            let consumer = scope.spawn(|| self.consume());
            let cpu = self.produce();
            (consumer.join().unwrap_or(Err("the consumer panicked".into())), cpu)
        });
        self.broker.delete_topic(self.topic)?;
        Ok(Passage { cpu_seconds: cpu?, waits_us: waits? })
    }

    fn nanoseconds(&self) -> u64 {
        self.clock.elapsed().as_nanos() as u64
    }

    /// Sends at the rate; returns the broker's CPU from the first record that counts until the last.
    fn produce(&self) -> Result<f64, String> {
        let settings = [("bootstrap.servers", self.broker.address.as_str()), ("linger.ms", "0"), ("acks", "all")];
        let producer = Producer::new(self.api, self.topic, &settings)?;
        let mut value = vec![7; RECORD_BYTES];
        let (begun, mut cpu_before) = (Instant::now(), 0.0);
        for i in 0..self.warm + self.measured {
            if i == self.warm {
                cpu_before = self.broker.cpu_seconds();
            }
            let due = begun + Duration::from_nanos(i * 1_000_000_000 / self.rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            stamp(&mut value, i, self.nanoseconds());
            producer.send(Some(i as i32 % PARTITIONS), &value)?;
            producer.poll(0);
        }
        let cpu = self.broker.cpu_seconds() - cpu_before;
        producer.flush()?;
        Ok(cpu)
    }

    /// Receives everything; returns how long each record that counts took, in microseconds.
    fn consume(&self) -> Result<Vec<u32>, String> {
        let consumer = Consumer::new(self.api, self.topic, PARTITIONS, &[("bootstrap.servers", &self.broker.address)])?;
        let total = self.warm + self.measured;
        let deadline = Instant::now() + Duration::from_secs(total / self.rate + 30);
        let (mut received, mut waits) = (0, Vec::with_capacity(self.measured as usize));
        while received < total {
            if let Some((number, sent)) = consumer.next(100, read_stamp)? {
                received += 1;
                if number >= self.warm {
                    waits.push((self.nanoseconds().saturating_sub(sent) / 1000).min(u32::MAX.into()) as u32);
                }
            } else if Instant::now() > deadline {
                return Err(format!("{received} of {total} records arrived"));
            }
        }
        Ok(waits)
    }
}

/// Number and time of sending, as the first sixteen bytes of a value.
fn stamp(value: &mut [u8], number: u64, nanoseconds: u64) {
    let bytes = (u128::from(number) << 64 | u128::from(nanoseconds)).to_be_bytes();
    for (place, byte) in value.iter_mut().zip(bytes) {
        *place = byte;
    }
}

fn read_stamp(value: &[u8]) -> (u64, u64) {
    let stamp = value.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
    ((stamp >> 64) as u64, stamp as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let mut value = vec![0; 20];
        stamp(&mut value, 12, 345_678_901_234);
        assert_eq!(read_stamp(&value), (12, 345_678_901_234));
    }
}
