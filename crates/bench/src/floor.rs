//! The floor of the machine: a server that does as little as the native and librdkafka loads let it. It receives a frame
//! into one buffer, patches the base offset, appends the bytes to a file, answers; and it sends what is fetched from the
//! page cache. No validation, no checksum, no state, no recovery: what a broker costs above it is the broker's own.
//!
//! One thread a connection, blocking. It runs as a process of its own (`bench --floor-server PORT --dir DIR`), so that its CPU
//! is read as that of the others is.

use protocol::header::{RequestHead, decode_request_header, encode_response};
use protocol::{
    ApiKey, ApiVersionsResponse, CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
    FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, Message, MetadataRequest, MetadataResponse,
    ProduceRequest, ProduceResponse, RecordsField, Writer, api_versions_response, create_topics_response,
    delete_topics_response, fetch_response, list_offsets_response, metadata_response, produce_response,
};
use std::collections::HashMap;
use std::fs::File;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What one receive has room for.
const ROOM_BYTES: usize = 256 * 1024;
const NODE: i32 = 1;
const EARLIEST: i64 = -2;
const BASE_OFFSET_BYTES: usize = 8;
/// Versions that both loads use; topics by name.
const SERVED: [(ApiKey, i16, i16); 7] = [
    (ApiKey::Produce, 3, 9),
    (ApiKey::Fetch, 4, 11),
    (ApiKey::ListOffsets, 1, 7),
    (ApiKey::Metadata, 1, 12),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 2, 5),
    (ApiKey::DeleteTopics, 1, 5),
];

/// Serves until the process is killed.
pub fn serve(port: u16, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| format!("port {port}: {error}"))?;
    let floor = Arc::new(Floor { port, folder: folder.to_owned(), topics: Mutex::default() });
    for stream in listener.incoming().flatten() {
        let floor = floor.clone();
        std::thread::spawn(move || {
            // A client that goes ends its connection, and nothing else.
            let _gone = Connection { floor, stream }.run();
        });
    }
    Ok(())
}

struct Floor {
    port: u16,
    folder: PathBuf,
    topics: Mutex<HashMap<String, Vec<Arc<Partition>>>>,
}

struct Partition {
    log: Mutex<Log>,
    grown: Condvar,
}

struct Log {
    file: Arc<File>,
    /// Base offset and position of every batch.
    batches: Vec<(i64, u64)>,
    end_offset: i64,
    size: u64,
}

impl Partition {
    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends batches with offsets of this log; returns the first one.
    fn append(&self, batches: &[u8]) -> std::io::Result<i64> {
        let mut log = self.lock();
        let first = log.end_offset;
        for batch in records::batches(batches).filter_map(Result::ok) {
            let (offset, position) = (log.end_offset, log.size);
            let patched = offset.to_be_bytes();
            let rest = batch.bytes().get(BASE_OFFSET_BYTES..).unwrap_or_default();
            let written = log.file.as_ref().write_vectored(&[IoSlice::new(&patched), IoSlice::new(rest)])?;
            if written != batch.size() {
                return Err(ErrorKind::WriteZero.into());
            }
            log.batches.push((offset, position));
            log.end_offset += i64::from(batch.last_offset_delta()) + 1;
            log.size += written as u64;
        }
        self.grown.notify_all();
        Ok(first)
    }

    /// File, position and length of what a fetch from `offset` gets: whole batches, at least one.
    fn slice(&self, offset: i64, bytes_max: usize, wait: Duration) -> (Arc<File>, u64, usize, i64) {
        let mut log = self.lock();
        let deadline = Instant::now() + wait;
        while log.end_offset <= offset {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            log = self.grown.wait_timeout(log, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let first = log.batches.partition_point(|(base, _)| *base <= offset).saturating_sub(1);
        let position_of = |batch: usize| log.batches.get(batch).map_or(log.size, |(_, position)| *position);
        let start = if offset < log.end_offset { position_of(first) } else { log.size };
        let mut end = start + bytes_max as u64;
        if end < log.size {
            let cut = log.batches.partition_point(|(_, position)| *position <= end).saturating_sub(1);
            end = position_of(cut.max(first + 1));
        }
        (log.file.clone(), start, (end.min(log.size) - start) as usize, log.end_offset)
    }
}

impl Floor {
    fn partitions(&self, topic: &str) -> Vec<Arc<Partition>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).get(topic).cloned().unwrap_or_default()
    }

    fn create(&self, topic: &str, partitions: i32) -> std::io::Result<()> {
        let open = |partition: i32| {
            let folder = self.folder.join(format!("{topic}-{partition}"));
            std::fs::create_dir_all(&folder)?;
            let file = File::options().create(true).append(true).read(true).open(folder.join("log"))?;
            let log = Log { file: Arc::new(file), batches: Vec::new(), end_offset: 0, size: 0 };
            Ok(Arc::new(Partition { log: Mutex::new(log), grown: Condvar::new() }))
        };
        let opened = (0..partitions).map(open).collect::<std::io::Result<_>>()?;
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned(), opened);
        Ok(())
    }

    fn delete(&self, topic: &str) {
        let gone = self.topics.lock().unwrap_or_else(PoisonError::into_inner).remove(topic).unwrap_or_default();
        for partition in 0..gone.len() {
            let _left = std::fs::remove_dir_all(self.folder.join(format!("{topic}-{partition}")));
        }
    }
}

struct Connection {
    floor: Arc<Floor>,
    stream: TcpStream,
}

/// An answer, with the part of a file that belongs into each of its cuts.
struct Answer {
    head: Writer,
    slices: Vec<(Arc<File>, u64, usize)>,
}

impl Connection {
    fn run(&mut self) -> Result<(), String> {
        self.stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let mut buffer = vec![0; ROOM_BYTES];
        let (mut start, mut end) = (0, 0);
        loop {
            while let Some(length) = frame_length(buffer.get(start..end).unwrap_or_default()) {
                if end - start < 4 + length {
                    break;
                }
                let frame = buffer.get(start + 4..start + 4 + length).unwrap_or_default();
                let answer = self.answer(frame)?;
                self.send(answer).map_err(|error| error.to_string())?;
                start += 4 + length;
            }
            buffer.copy_within(start..end, 0);
            (start, end) = (0, end - start);
            let needed = frame_length(buffer.get(..end).unwrap_or_default()).map_or(0, |length| length + 4);
            if buffer.len() < needed.max(ROOM_BYTES) {
                buffer.resize(needed, 0);
            }
            match self.stream.read(buffer.get_mut(end..).unwrap_or_default()) {
                Ok(0) => return Ok(()),
                Ok(count) => end += count,
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    fn answer(&self, frame: &[u8]) -> Result<Answer, String> {
        let (head, mut body) = decode_request_header(frame).map_err(|error| error.to_string())?;
        let (version, c) = (head.version, &mut body);
        match head.api {
            ApiKey::Produce => produce(&self.floor, &head, &ProduceRequest::decode(c, version).map_err(text)?),
            ApiKey::Fetch => fetch(&self.floor, &head, &FetchRequest::decode(c, version).map_err(text)?),
            ApiKey::ListOffsets => offsets(&self.floor, &head, &ListOffsetsRequest::decode(c, version).map_err(text)?),
            ApiKey::Metadata => metadata(&self.floor, &head, &MetadataRequest::decode(c, version).map_err(text)?),
            ApiKey::CreateTopics => create(&self.floor, &head, &CreateTopicsRequest::decode(c, version).map_err(text)?),
            ApiKey::DeleteTopics => delete(&self.floor, &head, &DeleteTopicsRequest::decode(c, version).map_err(text)?),
            ApiKey::ApiVersions => versions(&head),
            other => Err(format!("the floor does not serve {}", other.name())),
        }
    }

    fn send(&mut self, answer: Answer) -> std::io::Result<()> {
        let mut sent = 0;
        for (cut, (file, position, length)) in answer.head.cuts().iter().zip(&answer.slices) {
            self.send_bytes(answer.head.as_slice().get(sent..cut.position).unwrap_or_default(), true)?;
            sent = cut.position;
            let mut done = 0;
            while done < *length {
                let room = *length - done;
                done += os::send_file(self.stream.as_fd(), file.as_fd(), position + done as u64, room)?;
            }
        }
        self.send_bytes(answer.head.as_slice().get(sent..).unwrap_or_default(), false)
    }

    fn send_bytes(&mut self, bytes: &[u8], more: bool) -> std::io::Result<()> {
        let sent = if more { os::send_bytes(self.stream.as_fd(), bytes, true).unwrap_or(0) } else { 0 };
        self.stream.write_all(bytes.get(sent..).unwrap_or_default())
    }
}

fn frame_length(bytes: &[u8]) -> Option<usize> {
    bytes.first_chunk().map(|length| u32::from_be_bytes(*length) as usize)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn answer(head: &RequestHead<'_>, response: &impl Message) -> Result<Answer, String> {
    let mut writer = Writer::new();
    encode_response(&mut writer, head.api, head.version, head.correlation_id, response).map_err(text)?;
    Ok(Answer { head: writer, slices: Vec::new() })
}

fn versions(head: &RequestHead<'_>) -> Result<Answer, String> {
    let row = |(api, min_version, max_version): (ApiKey, i16, i16)| api_versions_response::ApiVersion {
        api_key: api.id(),
        min_version,
        max_version,
        ..Default::default()
    };
    answer(head, &ApiVersionsResponse { api_keys: SERVED.map(row).to_vec(), ..Default::default() })
}

fn produce(floor: &Floor, head: &RequestHead<'_>, request: &ProduceRequest<'_>) -> Result<Answer, String> {
    let mut response = ProduceResponse::default();
    for topic in &request.topic_data {
        let partitions = floor.partitions(&topic.name);
        let mut partition_responses = Vec::new();
        for data in &topic.partition_data {
            let partition = partitions.get(data.index as usize).ok_or("no such partition")?;
            let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
            let base_offset = partition.append(bytes).map_err(text)?;
            let index = data.index;
            let answered = produce_response::PartitionProduceResponse { index, base_offset, ..Default::default() };
            partition_responses.push(answered);
        }
        let name = topic.name.clone();
        response.responses.push(produce_response::TopicProduceResponse {
            name,
            partition_responses,
            ..Default::default()
        });
    }
    answer(head, &response)
}

fn fetch(floor: &Floor, head: &RequestHead<'_>, request: &FetchRequest<'_>) -> Result<Answer, String> {
    let mut slices = Vec::new();
    let mut answer_room = request.max_bytes.max(0) as usize;
    let mut response = FetchResponse::default();
    let asked: usize = request.topics.iter().map(|topic| topic.partitions.len()).sum();
    for topic in &request.topics {
        let known = floor.partitions(&topic.topic);
        let mut partitions = Vec::new();
        for (i, asked_of) in topic.partitions.iter().enumerate() {
            let partition = known.get(asked_of.partition as usize).ok_or("no such partition")?;
            let room = answer_room.min(asked_of.partition_max_bytes.max(0) as usize);
            // Nothing to send so far: the last partition of the request waits for records.
            let last_hope = slices.is_empty() && i + 1 == asked;
            let wait = if last_hope { request.max_wait_ms.max(0) as u64 } else { 0 };
            let slice = partition.slice(asked_of.fetch_offset, room, Duration::from_millis(wait));
            let (file, position, length, end_offset) = slice;
            let length = if answer_room == 0 { 0 } else { length };
            let records = RecordsField::External { len: length as u32, id: slices.len() as u32 };
            if length > 0 {
                slices.push((file, position, length));
            }
            answer_room = answer_room.saturating_sub(length);
            partitions.push(fetch_response::PartitionData {
                partition_index: asked_of.partition,
                high_watermark: end_offset,
                last_stable_offset: end_offset,
                log_start_offset: 0,
                records: Some(records),
                ..Default::default()
            });
        }
        let topic = topic.topic.clone();
        response.responses.push(fetch_response::FetchableTopicResponse { topic, partitions, ..Default::default() });
    }
    Ok(Answer { slices, ..answer(head, &response)? })
}

fn offsets(floor: &Floor, head: &RequestHead<'_>, request: &ListOffsetsRequest<'_>) -> Result<Answer, String> {
    let mut response = ListOffsetsResponse::default();
    for topic in &request.topics {
        let known = floor.partitions(&topic.name);
        let partition = |asked: &protocol::list_offsets_request::ListOffsetsPartition| {
            let end = known.get(asked.partition_index as usize).map_or(0, |partition| partition.lock().end_offset);
            list_offsets_response::ListOffsetsPartitionResponse {
                partition_index: asked.partition_index,
                offset: if asked.timestamp == EARLIEST { 0 } else { end },
                ..Default::default()
            }
        };
        response.topics.push(list_offsets_response::ListOffsetsTopicResponse {
            name: topic.name.clone(),
            partitions: topic.partitions.iter().map(partition).collect(),
            ..Default::default()
        });
    }
    answer(head, &response)
}

fn metadata(floor: &Floor, head: &RequestHead<'_>, request: &MetadataRequest<'_>) -> Result<Answer, String> {
    let partition = |index: usize| metadata_response::MetadataResponsePartition {
        partition_index: index as i32,
        leader_id: NODE,
        leader_epoch: 0,
        replica_nodes: vec![NODE],
        isr_nodes: vec![NODE],
        ..Default::default()
    };
    let names = request.topics.iter().flatten().filter_map(|topic| topic.name.clone());
    let topic = |name: std::borrow::Cow<'_, str>| metadata_response::MetadataResponseTopic {
        partitions: (0..floor.partitions(&name).len()).map(partition).collect(),
        name: Some(name.into_owned().into()),
        ..Default::default()
    };
    let broker = metadata_response::MetadataResponseBroker {
        node_id: NODE,
        host: "127.0.0.1".into(),
        port: floor.port.into(),
        ..Default::default()
    };
    let topics = names.map(topic).collect();
    let response =
        MetadataResponse { brokers: vec![broker], controller_id: NODE, topics, ..MetadataResponse::default() };
    answer(head, &response)
}

fn create(floor: &Floor, head: &RequestHead<'_>, request: &CreateTopicsRequest<'_>) -> Result<Answer, String> {
    let mut response = CreateTopicsResponse::default();
    for topic in &request.topics {
        floor.create(&topic.name, topic.num_partitions).map_err(text)?;
        let name = topic.name.clone();
        response.topics.push(create_topics_response::CreatableTopicResult { name, ..Default::default() });
    }
    answer(head, &response)
}

fn delete(floor: &Floor, head: &RequestHead<'_>, request: &DeleteTopicsRequest<'_>) -> Result<Answer, String> {
    let mut response = DeleteTopicsResponse::default();
    for name in &request.topic_names {
        floor.delete(name);
        let name = Some(name.clone());
        response.responses.push(delete_topics_response::DeletableTopicResult { name, ..Default::default() });
    }
    answer(head, &response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Amount, Produce, consume};
    use crate::topics;

    #[test]
    fn what_was_appended_is_sent_whole_and_in_order() {
        let folder = std::env::temp_dir().join(format!("ottla-bench-floor-{}", std::process::id()));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let served = folder.clone();
        std::thread::spawn(move || serve(port, &served));
        let address = format!("127.0.0.1:{port}");
        topics::wait_until("the floor listens", || TcpStream::connect(&address).map(drop).map_err(text)).expect("up");
        topics::create(&address, "t", 2, &[]).expect("topic");
        let amount = Amount::Requests(20);
        let load =
            Produce { topic: "t", partitions: 2, connections: 2, in_flight: 5, records: 3, record_bytes: 900, amount };
        let sent = load.run(&address).expect("produced");
        assert_eq!(sent.requests, 20);
        let batch = crate::load::batch(3, 900).expect("batch").len() as u64;
        assert_eq!(consume(&address, "t", 2, 10_000).expect("consumed"), 20 * batch);
        topics::delete(&address, "t").expect("deleted");
        let _left = std::fs::remove_dir_all(folder);
    }
}
