//! Topics of the loads: made, waited for, deleted, and asked whether every partition serves.

use crate::load::{batch, fetch, produce_request};
use crate::wire::Connection;
use protocol::{
    CreateTopicsRequest, DeleteTopicsRequest, ListOffsetsRequest, create_topics_request, list_offsets_request,
};
use std::time::{Duration, Instant};

const LATEST: i64 = -1;
const REQUEST_TIMEOUT_MS: i32 = 120_000;
const SERVED_WITHIN: Duration = Duration::from_secs(240);
const ASK_AGAIN_MIN: Duration = Duration::from_millis(10);
const ASK_AGAIN_MAX: Duration = Duration::from_millis(500);

/// Creates a topic by one request and returns when every partition of it answers.
pub fn create(address: &str, name: &str, partitions: i32, configs: &[(&str, &str)]) -> Result<(), String> {
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
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: REQUEST_TIMEOUT_MS, ..Default::default() };
    let response = connection.call(5, &request)?;
    match response.topics.first().map_or(-1, |topic| topic.error_code) {
        0 => wait_until("the topic's partitions answer", || all_answer(address, name, partitions)),
        error => Err(format!("create topic {name}: error {error}")),
    }
}

/// Deletes a topic, so that its pages make room for the next load.
pub fn delete(address: &str, name: &str) -> Result<(), String> {
    let request =
        DeleteTopicsRequest { topic_names: vec![name.into()], timeout_ms: REQUEST_TIMEOUT_MS, ..Default::default() };
    let response = Connection::open(address)?.call(5, &request)?;
    match response.responses.first().map_or(-1, |topic| topic.error_code) {
        0 => Ok(()),
        error => Err(format!("delete topic {name}: error {error}")),
    }
}

/// Tries until it succeeds, for some minutes at most. Between two attempts it waits several times as long as one takes:
/// asking thousands of partitions costs CPU that is not to be measured.
pub fn wait_until(what: &str, mut attempt: impl FnMut() -> Result<(), String>) -> Result<(), String> {
    let deadline = Instant::now() + SERVED_WITHIN;
    loop {
        let asked = Instant::now();
        match attempt() {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() > deadline => {
                return Err(format!("{what}: not within {SERVED_WITHIN:?}: {error}"));
            }
            Err(_) => std::thread::sleep((asked.elapsed() * 8).clamp(ASK_AGAIN_MIN, ASK_AGAIN_MAX)),
        }
    }
}

/// Asks every partition for its end offset: an error unless all of them answer.
pub fn all_answer(address: &str, name: &str, partitions: i32) -> Result<(), String> {
    let partition = |partition_index| list_offsets_request::ListOffsetsPartition {
        partition_index,
        timestamp: LATEST,
        ..Default::default()
    };
    let topic = list_offsets_request::ListOffsetsTopic {
        name: name.into(),
        partitions: (0..partitions).map(partition).collect(),
        ..Default::default()
    };
    let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
    let response = Connection::open(address)?.call(7, &request)?;
    let answered = response.topics.iter().flat_map(|topic| &topic.partitions);
    let ready = answered.filter(|partition| partition.error_code == 0).count();
    if ready == partitions as usize { Ok(()) } else { Err(format!("partitions that answer: {ready}")) }
}

/// Produces one record to every partition and fetches it again: an error unless all of them serve.
pub fn all_serve(address: &str, name: &str, partitions: i32) -> Result<(), String> {
    let mut connection = Connection::open(address)?;
    (0..partitions).try_for_each(|partition| serves(&mut connection, name, partition))
}

fn serves(connection: &mut Connection, name: &str, partition: i32) -> Result<(), String> {
    let response = connection.call(9, &produce_request(name, partition, batch(1, 1024)?))?;
    let produced = response.responses.first().and_then(|topic| topic.partition_responses.first());
    let offset = match produced {
        Some(produced) if produced.error_code == 0 => produced.base_offset,
        Some(produced) => return Err(format!("produce to {name}-{partition}: error {}", produced.error_code)),
        None => return Err(format!("produce to {name}-{partition}: an empty answer")),
    };
    let fetched = fetch(connection, name, partition, offset, 1 << 20)?;
    if fetched.is_empty() { Err(format!("{name}-{partition}: nothing at offset {offset}")) } else { Ok(()) }
}
