//! The native loads: pre-built frames sent as fast as answers come, and fetches that throw the bytes away.

use crate::wire::{Connection, read_frame};
use protocol::header::encode_request;
use protocol::{FetchRequest, ProduceRequest, Writer, fetch_request, produce_request};
use records::{BatchBuilder, BatchOptions};
use std::collections::VecDeque;
use std::io::{BufReader, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How much a load sends, over all its connections.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    Requests(usize),
    Lasting(Duration),
}

/// A load of produce requests with acks=all, one batch each; connection i writes to partition i modulo their number.
#[derive(Debug, Clone, Copy)]
pub struct Produce<'a> {
    pub topic: &'a str,
    pub partitions: i32,
    pub connections: usize,
    /// Requests that a connection has sent and not seen answered.
    pub in_flight: usize,
    /// Records of a batch.
    pub records: usize,
    pub record_bytes: usize,
    pub amount: Amount,
}

pub struct Outcome {
    pub requests: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// 99 of 100 acknowledgements took at most so long.
    pub p99_ms: f64,
}

struct Sent {
    requests: u64,
    bytes: u64,
    waits_us: Vec<u32>,
}

/// A batch of equal records with the time of now.
pub fn batch(records: usize, record_bytes: usize) -> Result<Vec<u8>, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
    let mut builder = BatchBuilder::new(BatchOptions::default());
    let value: Vec<u8> = (0..record_bytes).map(|i| (i * 31 % 251) as u8).collect();
    for _ in 0..records {
        builder.append(now, None, Some(&value), &[]);
    }
    Ok(builder.finish().map_err(|error| error.to_string())?.to_vec())
}

pub fn produce_request(topic: &str, partition: i32, batch: Vec<u8>) -> ProduceRequest<'_> {
    ProduceRequest {
        transactional_id: None,
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![produce_request::TopicProduceData {
            name: topic.into(),
            partition_data: vec![produce_request::PartitionProduceData {
                index: partition,
                records: Some(batch.into()),
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    }
}

impl Produce<'_> {
    /// Sends the load to a broker and waits for every answer.
    pub fn run(&self, address: &str) -> Result<Outcome, String> {
        self.run_on(&[address.to_owned()])
    }

    /// The same, each partition to the address of its leader (where there are fewer, they are taken in turn).
    pub fn run_on(&self, leaders: &[String]) -> Result<Outcome, String> {
        let begun = Instant::now();
        let results: Vec<Result<Sent, String>> = std::thread::scope(|scope| {
            let start = |i: usize| {
                let partition = i as i32 % self.partitions;
                let address = &leaders[partition as usize % leaders.len()];
                scope.spawn(move || self.send(address, partition))
            };
            let threads: Vec<_> = (0..self.connections).map(start).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(Err("a load thread panicked".into()))).collect()
        });
        let mut outcome = Outcome { requests: 0, bytes: 0, seconds: begun.elapsed().as_secs_f64(), p99_ms: 0.0 };
        let mut waits = Vec::new();
        for result in results {
            let sent = result?;
            outcome.requests += sent.requests;
            outcome.bytes += sent.bytes;
            waits.extend(sent.waits_us);
        }
        outcome.p99_ms = percentile(&mut waits, 99) / 1e3;
        Ok(outcome)
    }

    fn frame(&self, partition: i32) -> Result<Vec<u8>, String> {
        let request = produce_request(self.topic, partition, batch(self.records, self.record_bytes)?);
        let mut writer = Writer::new();
        encode_request(&mut writer, 9, 1, Some("bench"), &request).map_err(|error| error.to_string())?;
        Ok(writer.into_bytes())
    }

    /// One connection's part.
    fn send(&self, address: &str, partition: i32) -> Result<Sent, String> {
        let frame = self.frame(partition)?;
        let connection = Connection::open(address)?;
        let mut writer = connection.stream.try_clone().map_err(|error| error.to_string())?;
        let mut reader = BufReader::with_capacity(16 * 1024, connection.stream);
        let (begun, mut waiting) = (Instant::now(), VecDeque::new());
        let mut sent = Sent { requests: 0, bytes: 0, waits_us: Vec::new() };
        let more = |requests: u64| match self.amount {
            Amount::Requests(total) => requests < total.div_ceil(self.connections) as u64,
            Amount::Lasting(time) => begun.elapsed() < time,
        };
        loop {
            while waiting.len() < self.in_flight && more(sent.requests) {
                writer.write_all(&frame).map_err(|error| error.to_string())?;
                sent.requests += 1;
                sent.bytes += frame.len() as u64;
                waiting.push_back(Instant::now());
            }
            let Some(at) = waiting.pop_front() else { return Ok(sent) };
            check_answer(&read_frame(&mut reader)?)?;
            sent.waits_us.push(at.elapsed().as_micros().min(u32::MAX as u128) as u32);
        }
    }
}

/// Requests of one record each to partition 0, acks=all, at a rate that is kept whatever the answers do: what is late counts
/// from when it was due.
#[derive(Debug, Clone, Copy)]
pub struct Trickle<'a> {
    pub topic: &'a str,
    pub rate: u64,
    pub record_bytes: usize,
    pub seconds: u64,
}

/// Requests of a trickle that may wait for their answers; at more the rate is no longer kept.
const TRICKLE_IN_FLIGHT: usize = 20_000;

impl Trickle<'_> {
    /// How long each acknowledgement took, in microseconds.
    pub fn run(&self, address: &str) -> Result<Vec<u32>, String> {
        self.run_until(address, &AtomicBool::new(false))
    }

    /// The same, until it is over at the latest.
    pub fn run_until(&self, address: &str, is_over: &AtomicBool) -> Result<Vec<u32>, String> {
        let request = produce_request(self.topic, 0, batch(1, self.record_bytes)?);
        let mut frame = Writer::new();
        encode_request(&mut frame, 9, 1, Some("bench"), &request).map_err(|error| error.to_string())?;
        let frame = frame.into_bytes();
        let connection = Connection::open(address)?;
        let mut writer = connection.stream.try_clone().map_err(|error| error.to_string())?;
        let mut reader = BufReader::with_capacity(16 * 1024, connection.stream);
        let (sender, due) = std::sync::mpsc::sync_channel::<Instant>(TRICKLE_IN_FLIGHT);
        let (total, rate) = (self.rate * self.seconds, self.rate);
        std::thread::scope(|scope| {
            let sending = scope.spawn(move || -> Result<(), String> {
                let begun = Instant::now();
                for i in 0..total {
                    let due = begun + Duration::from_nanos(i * 1_000_000_000 / rate);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    if is_over.load(Ordering::Relaxed) || sender.send(due).is_err() {
                        return Ok(());
                    }
                    writer.write_all(&frame).map_err(|error| error.to_string())?;
                }
                Ok(())
            });
            let mut waits = Vec::new();
            for due in due {
                check_answer(&read_frame(&mut reader)?)?;
                waits.push(due.elapsed().as_micros().min(u32::MAX as u128) as u32);
            }
            sending.join().unwrap_or(Err("a load thread panicked".into()))?;
            Ok(waits)
        })
    }
}

/// The smallest of the values that `percent` of all are not above; sorts them.
pub fn percentile(values: &mut [u32], percent: usize) -> f64 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values.get((values.len() * percent / 100).min(last)).copied().unwrap_or(0) as f64
}

fn check_answer(answer: &[u8]) -> Result<(), String> {
    use protocol::{ApiKey, ProduceResponse};
    let (_, mut body) =
        protocol::header::decode_response_header(answer, ApiKey::Produce, 9).map_err(|error| error.to_string())?;
    let response = ProduceResponse::decode(&mut body, 9).map_err(|error| error.to_string())?;
    let error = response.responses.iter().flat_map(|t| &t.partition_responses).find(|p| p.error_code != 0);
    error.map_or(Ok(()), |p| Err(format!("partition {} answered error {}", p.index, p.error_code)))
}

/// Reads every partition of a topic once, one connection each; returns the bytes received.
pub fn consume(address: &str, topic: &str, partitions: i32, fetch_bytes: i32) -> Result<u64, String> {
    let results: Vec<Result<u64, String>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..partitions).map(|p| scope.spawn(move || consume_partition(address, topic, p, fetch_bytes))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err("a load thread panicked".into()))).collect()
    });
    results.into_iter().sum()
}

fn consume_partition(address: &str, topic: &str, partition: i32, fetch_bytes: i32) -> Result<u64, String> {
    let mut connection = Connection::open(address)?;
    let (mut offset, mut total) = (0, 0);
    loop {
        let bytes = fetch(&mut connection, topic, partition, offset, fetch_bytes)?;
        let next = records::batches(&bytes).filter_map(Result::ok).map(|batch| batch.next_offset()).max();
        match next {
            Some(next) => offset = next,
            None => return Ok(total),
        }
        total += bytes.len() as u64;
    }
}

/// One fetch of one partition; returns the bytes of its batches, none at the end of the log.
pub fn fetch(
    connection: &mut Connection,
    topic: &str,
    partition: i32,
    offset: i64,
    fetch_bytes: i32,
) -> Result<Vec<u8>, String> {
    let request = FetchRequest {
        max_wait_ms: 0,
        min_bytes: 1,
        max_bytes: fetch_bytes,
        topics: vec![fetch_request::FetchTopic {
            topic: topic.into(),
            partitions: vec![fetch_request::FetchPartition {
                partition,
                fetch_offset: offset,
                partition_max_bytes: fetch_bytes,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let response = connection.call(11, &request)?;
    let Some(data) = response.responses.first().and_then(|topic| topic.partitions.first()) else {
        return Ok(Vec::new());
    };
    match data.error_code {
        0 => Ok(data.records.as_ref().map_or(Vec::new(), |records| records.as_bytes().to_vec())),
        error => Err(format!("fetch answered error {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&mut [], 99), 0.0);
        assert_eq!(percentile(&mut [7], 99), 7.0);
        let mut hundred: Vec<u32> = (1..=100).rev().collect();
        assert_eq!((percentile(&mut hundred, 50), percentile(&mut hundred, 99)), (51.0, 100.0));
    }
}
