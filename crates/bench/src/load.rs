//! The loads: pre-built frames sent as fast as answers come, and fetches that throw the bytes away.

use crate::wire::{Connection, read_frame};
use protocol::header::encode_request;
use protocol::{
    CreateTopicsRequest, FetchRequest, MetadataRequest, ProduceRequest, Writer, create_topics_request, fetch_request,
    metadata_request, produce_request,
};
use records::{BatchBuilder, BatchOptions};
use std::collections::VecDeque;
use std::io::{BufReader, Write};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub struct Outcome {
    pub requests: u64,
    pub bytes: u64,
    pub seconds: f64,
    pub p99_ms: f64,
}

pub fn create_topic(address: &str, name: &str, partitions: i32, configs: &[(&str, &str)]) -> Result<(), String> {
    let mut connection = Connection::open(address)?;
    let topic = create_topics_request::CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 1,
        configs: configs
            .iter()
            .map(|(name, value)| create_topics_request::CreatableTopicConfig {
                name: (*name).into(),
                value: Some((*value).into()),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 30_000, ..Default::default() };
    let response = connection.call(5, &request)?;
    match response.topics.first().map_or(-1, |topic| topic.error_code) {
        0 => {}
        error => return Err(format!("topic {name}: error {error}")),
    }
    // Leaders must be known before the load begins.
    for _ in 0..500 {
        let asked = metadata_request::MetadataRequestTopic { name: Some(name.into()), ..Default::default() };
        let request = MetadataRequest { topics: Some(vec![asked]), ..Default::default() };
        let response = connection.call(12, &request)?;
        let ready = response.topics.first().is_some_and(|topic| {
            topic.partitions.len() == partitions as usize && topic.partitions.iter().all(|p| p.leader_id >= 0)
        });
        if ready {
            // Kafka's metadata names leaders shortly before they answer.
            std::thread::sleep(std::time::Duration::from_secs(1));
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Err(format!("topic {name} has no leaders"))
}

fn frame(topic: &str, partition: i32, records: usize, record_bytes: usize) -> Result<Vec<u8>, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
    let mut builder = BatchBuilder::new(BatchOptions::default());
    let value: Vec<u8> = (0..record_bytes).map(|i| (i * 31 % 251) as u8).collect();
    for _ in 0..records {
        builder.append(now, None, Some(&value), &[]);
    }
    let batch = builder.finish().map_err(|error| error.to_string())?;
    let request = ProduceRequest {
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
    };
    let mut writer = Writer::new();
    encode_request(&mut writer, 9, 1, Some("bench"), &request).map_err(|error| error.to_string())?;
    Ok(writer.into_bytes())
}

/// `total` requests over `connections` connections, each with so many in flight.
#[allow(clippy::too_many_arguments)]
pub fn produce(
    address: &str,
    topic: &str,
    partitions: i32,
    connections: usize,
    in_flight: usize,
    records: usize,
    record_bytes: usize,
    total: usize,
) -> Result<Outcome, String> {
    let each = total.div_ceil(connections);
    let begun = Instant::now();
    let results: Vec<Result<(u64, u64, Vec<u32>), String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|i| {
                let frame = frame(topic, i as i32 % partitions, records, record_bytes);
                scope.spawn(move || send(address, &frame?, each, in_flight))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err("a load thread panicked".into()))).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let mut outcome = Outcome { requests: 0, bytes: 0, seconds, p99_ms: 0.0 };
    let mut latencies = Vec::new();
    for result in results {
        let (requests, bytes, waits) = result?;
        outcome.requests += requests;
        outcome.bytes += bytes;
        latencies.extend(waits);
    }
    latencies.sort_unstable();
    outcome.p99_ms = latencies.get(latencies.len() * 99 / 100).copied().unwrap_or(0) as f64 / 1e3;
    Ok(outcome)
}

fn send(address: &str, frame: &[u8], count: usize, in_flight: usize) -> Result<(u64, u64, Vec<u32>), String> {
    let connection = Connection::open(address)?;
    let mut writer = connection.stream.try_clone().map_err(|error| error.to_string())?;
    let mut reader = BufReader::with_capacity(16 * 1024, connection.stream);
    let mut sent = VecDeque::new();
    let mut waits = Vec::with_capacity(count);
    let (mut left, mut bytes) = (count, 0);
    while left > 0 || !sent.is_empty() {
        while left > 0 && sent.len() < in_flight {
            writer.write_all(frame).map_err(|error| error.to_string())?;
            bytes += frame.len() as u64;
            sent.push_back(Instant::now());
            left -= 1;
        }
        let answer = read_frame(&mut reader)?;
        check_answer(&answer)?;
        if let Some(at) = sent.pop_front() {
            waits.push(at.elapsed().as_micros().min(u32::MAX as u128) as u32);
        }
    }
    Ok((count as u64, bytes, waits))
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
            return Ok(total);
        };
        if data.error_code != 0 {
            return Err(format!("fetch answered error {}", data.error_code));
        }
        let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
        let next = records::batches(bytes).filter_map(Result::ok).map(|batch| batch.next_offset()).max();
        match next {
            Some(next) => offset = next,
            None => return Ok(total),
        }
        total += bytes.len() as u64;
    }
}
