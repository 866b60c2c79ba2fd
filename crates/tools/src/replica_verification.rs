//! `kafka-replica-verification.sh`: reads every replica of partitions side by side, and says how far they are behind and
//! where they differ.

use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome};
use crate::io::Io;
use crate::options::{HELP, Opt, Parsed, Usage, VERSION, int, long, text};
use crate::patterns::{TopicPattern, is_internal};
use crate::time;
use base::{ErrorCode, NodeId, Offset};
use client::{Address, Admin, Bootstrap, Connection, IsolationLevel, OffsetSpec, SettingsMap, Wanted};
use protocol::{ApiKey, FetchRequest, fetch_request};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const OPTIONS: &[Opt] = &[
    text("broker-list", "HOST:PORT[,...]", "brokers to connect to first").required(),
    int("fetch-size", "BYTES", "bytes of one partition in one fetch (default 1048576)"),
    int("max-wait-ms", "MS", "how long a fetch may wait for records (default 1000)"),
    text("topics-include", "REGEX", "topics (default: all)"),
    long("time", "WHEN", "where to begin: a time in ms, -1 (the end, default) or -2 (the start)"),
    long("report-interval-ms", "MS", "time between two lines (default 30000)"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-replica-verification.sh",
    purpose: "Compare the replicas of partitions, until it is stopped.",
    examples: &["--broker-list localhost:9092 --topics-include 'orders|payments' --time -2"],
    options: OPTIONS,
};

/// The id by which a fetch reads a replica that does not lead, for looking at it.
const DEBUGGING: NodeId = -2;
/// With topics by their names.
const FETCH_VERSION_MAX: i16 = 12;
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// After a round that brought nothing.
const PAUSE: Duration = Duration::from_millis(100);

pub fn run(args: &[String], io: &mut Io) -> i32 {
    match USAGE.read_or_explain(args, io) {
        Ok(parsed) => verify(&parsed, io).exit_code(io),
        Err(code) => code,
    }
}

type Partition = (String, i32);

/// A partition that is compared.
struct Compared {
    replicas: Vec<NodeId>,
    /// Up to here all replicas are the same.
    verified: Offset,
    /// The highest watermark that any replica told.
    high_watermark: Offset,
    /// A difference was told: once is enough.
    differs: bool,
    /// So was what one of its replicas answered in the place of records.
    error: Option<ErrorCode>,
}

/// What one replica has from the verified offset on, or why nothing.
struct Part {
    error: ErrorCode,
    log_start: Offset,
    high_watermark: Offset,
    bytes: Vec<u8>,
}

fn verify(parsed: &Parsed, io: &mut Io) -> Outcome {
    io.complain("This tool is deprecated and may be removed in a future major release.");
    let number = |name: &str, default: i64| parsed.number(name).unwrap_or(default);
    let regex = parsed.value("topics-include").unwrap_or(".*");
    let pattern = TopicPattern::exactly(regex).map_err(|_| Failure::new(format!("{regex} is an invalid regex")))?;
    let brokers = Address::parse_list(parsed.value("broker-list").unwrap_or_default())?;
    let admin = connect::admin_from(Some(Bootstrap::Brokers(brokers)), None, SettingsMap::default())?;
    let mut compared = partitions(&admin, &pattern, number("time", -1))?;
    let interval = Duration::from_millis(number("report-interval-ms", 30_000).max(1) as u64);
    let fetch = Fetch {
        bytes: number("fetch-size", 1 << 20).clamp(1, i64::from(i32::MAX)) as i32,
        wait_ms: number("max-wait-ms", 1000).clamp(0, i64::from(i32::MAX)) as i32,
    };
    io.say(format!("{}: verification process is started", now()));
    io.flush();
    let mut connections = BTreeMap::new();
    let mut next_report = Instant::now() + interval;
    while !io.stop.is_requested() {
        let parts = fetch.round(&admin, &compared, &mut connections, io);
        let mut is_news = false;
        for (partition, state) in &mut compared {
            is_news |= state.compare(partition, &parts, io);
        }
        if Instant::now() >= next_report {
            next_report += interval;
            report(&compared, io);
        }
        if !is_news {
            std::thread::sleep(PAUSE);
        }
    }
    Ok(())
}

fn now() -> String {
    time::format("yyyy-MM-dd HH:mm:ss,SSS", time::now_ms())
}

/// The partitions of the topics, and where each begins.
fn partitions(admin: &Admin, pattern: &TopicPattern, at: i64) -> Result<BTreeMap<Partition, Compared>, Failure> {
    let metadata = admin.metadata(Wanted::All, "listTopics")?;
    let topics = metadata.topics.values().filter(|topic| pattern.matches(&topic.name));
    let topics = topics.filter(|topic| !topic.is_internal && !is_internal(&topic.name));
    let replicas: BTreeMap<Partition, Vec<NodeId>> = topics
        .flat_map(|topic| topic.partitions.iter().map(|p| ((topic.name.clone(), p.index), p.replicas.clone())))
        .collect();
    if replicas.is_empty() {
        return Err(Failure::new(
            "No topics found. [topics-include] if specified, is either filtering out all topics or there is no topic.",
        ));
    }
    let spec = match at {
        -1 => OffsetSpec::Latest,
        -2 => OffsetSpec::Earliest,
        ms => OffsetSpec::Timestamp(ms),
    };
    let wanted = replicas.keys().map(|partition| (partition.clone(), spec)).collect();
    let offsets = admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted)?;
    let mut compared = BTreeMap::new();
    for (partition, replicas) in replicas {
        let verified = match offsets.get(&partition) {
            Some(Ok(at)) => at.offset.max(0),
            Some(Err(error)) => return Err(error.clone().into()),
            None => 0,
        };
        compared.insert(partition, Compared { replicas, verified, high_watermark: 0, differs: false, error: None });
    }
    Ok(compared)
}

/// The partition that is furthest behind.
fn report(compared: &BTreeMap<Partition, Compared>, io: &mut Io) {
    let lag = |state: &Compared| (state.high_watermark - state.verified).max(0);
    let furthest = compared.iter().rev().max_by_key(|(_, state)| lag(state));
    if let Some(((topic, index), state)) = furthest {
        let (lag, offset, count) = (lag(state), state.verified, compared.len());
        io.say(format!(
            "{}: max lag is {lag} for partition {topic}-{index} at offset {offset} among {count} partitions",
            now()
        ));
        io.flush();
    }
}

/// How replicas are read.
#[derive(Clone, Copy)]
struct Fetch {
    bytes: i32,
    wait_ms: i32,
}

impl Fetch {
    /// Asks each broker once for all that it has; a broker that cannot be read is told and left out.
    fn round(
        &self,
        admin: &Admin,
        compared: &BTreeMap<Partition, Compared>,
        connections: &mut BTreeMap<NodeId, Connection>,
        io: &mut Io,
    ) -> BTreeMap<(Partition, NodeId), Part> {
        let mut brokers: Vec<NodeId> = compared.values().flat_map(|state| state.replicas.iter().copied()).collect();
        brokers.sort_unstable();
        brokers.dedup();
        let mut parts = BTreeMap::new();
        for broker in brokers {
            let deadline = Instant::now() + ANSWER_WITHIN;
            let connection = match connections.remove(&broker) {
                Some(connection) => Ok(connection),
                None => admin.cluster().connect(broker, deadline),
            };
            let read = connection.and_then(|mut connection| {
                let found = self.read(&mut connection, broker, compared, deadline)?;
                Ok((connection, found))
            });
            match read {
                Ok((connection, found)) => {
                    connections.insert(broker, connection);
                    parts.extend(found.into_iter().map(|(partition, part)| ((partition, broker), part)));
                }
                Err(error) => io.complain(format!("{}: broker {broker} cannot be read: {error}", now())),
            }
        }
        parts
    }

    fn read(
        &self,
        connection: &mut Connection,
        broker: NodeId,
        compared: &BTreeMap<Partition, Compared>,
        deadline: Instant,
    ) -> client::Result<Vec<(Partition, Part)>> {
        let mut topics: Vec<fetch_request::FetchTopic<'_>> = Vec::new();
        for ((topic, index), state) in compared.iter().filter(|(_, state)| state.replicas.contains(&broker)) {
            let partition = fetch_request::FetchPartition {
                partition: *index,
                fetch_offset: state.verified,
                partition_max_bytes: self.bytes,
                ..Default::default()
            };
            match topics.last_mut().filter(|last| last.topic == topic.as_str()) {
                Some(last) => last.partitions.push(partition),
                None => topics.push(fetch_request::FetchTopic {
                    topic: topic.as_str().into(),
                    partitions: vec![partition],
                    ..Default::default()
                }),
            }
        }
        let request = FetchRequest {
            replica_id: DEBUGGING,
            max_wait_ms: self.wait_ms,
            min_bytes: 1,
            max_bytes: i32::MAX,
            topics,
            ..Default::default()
        };
        let version = connection.version(ApiKey::Fetch, FETCH_VERSION_MAX)?;
        let answer = connection.call(&request, version, deadline)?;
        let mut found = Vec::new();
        for topic in answer.responses {
            for data in topic.partitions {
                let part = Part {
                    error: ErrorCode::from_code(data.error_code),
                    log_start: data.log_start_offset,
                    high_watermark: data.high_watermark,
                    bytes: data.records.map_or(Vec::new(), |records| records.as_bytes().to_vec()),
                };
                found.push(((topic.topic.to_string(), data.partition_index), part));
            }
        }
        Ok(found)
    }
}

/// What two replicas must have in common of a batch: where it lies, and its checksum.
type Mark = (Offset, Offset, u32);

fn marks(part: &Part) -> impl Iterator<Item = Mark> {
    let whole = records::batches(&part.bytes).filter_map(Result::ok);
    whole.map(|batch| (batch.base_offset(), batch.last_offset(), batch.crc()))
}

impl Compared {
    /// Compares what all replicas have, as far as the one with the least goes. True: they have gone on.
    fn compare(&mut self, partition: &Partition, parts: &BTreeMap<(Partition, NodeId), Part>, io: &mut Io) -> bool {
        let found: Vec<(NodeId, &Part)> =
            self.replicas.iter().filter_map(|id| Some((*id, parts.get(&(partition.clone(), *id))?))).collect();
        // What was deleted meanwhile needs no comparison.
        let start =
            found.iter().filter(|(_, part)| part.error == ErrorCode::OffsetOutOfRange).map(|(_, part)| part.log_start);
        if let Some(start) = start.max().filter(|start| *start > self.verified) {
            self.verified = start;
            return true;
        }
        let refused = found.iter().find(|(_, part)| part.error != ErrorCode::None);
        let error = refused.map(|(_, part)| part.error);
        if let Some((id, part)) = refused.filter(|_| self.error != error) {
            let (topic, index) = partition;
            io.complain(format!("{}: broker {id}, partition {topic}-{index}: {}", now(), part.error));
        }
        self.error = error;
        if error.is_some() {
            return false;
        }
        let told = found.iter().map(|(_, part)| part.high_watermark).max();
        self.high_watermark = self.high_watermark.max(told.unwrap_or(0));
        if found.len() < self.replicas.len() {
            return false;
        }
        let mut all: Vec<_> = found.iter().map(|(id, part)| (*id, marks(part))).collect();
        let mut verified = self.verified;
        loop {
            let next: Option<Vec<(NodeId, Mark)>> =
                all.iter_mut().map(|(id, rest)| Some((*id, rest.next()?))).collect();
            let Some(next) = next.filter(|next| !next.is_empty()) else { break };
            let (first, mark) = next[0];
            if let Some((other, theirs)) = next.iter().find(|(_, theirs)| *theirs != mark) {
                if !std::mem::replace(&mut self.differs, true) {
                    let (topic, index) = partition;
                    let describe =
                        |mark: Mark| format!("offsets {} to {} with checksum {:#010x}", mark.0, mark.1, mark.2);
                    io.say(format!(
                        "{}: partition {topic}-{index}: replicas differ: broker {first} has {}, broker {other} has {}",
                        now(),
                        describe(mark),
                        describe(*theirs)
                    ));
                    io.flush();
                }
                break;
            }
            verified = verified.max(mark.1 + 1);
        }
        std::mem::replace(&mut self.verified, verified) != verified
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::{BatchBuilder, BatchOptions};

    fn part(values: &[&str]) -> Part {
        let mut bytes = Vec::new();
        for (offset, value) in values.iter().enumerate() {
            let mut builder = BatchBuilder::new(BatchOptions { base_offset: offset as i64, ..Default::default() });
            builder.append(1_700_000_000_000, None, Some(value.as_bytes()), &[]);
            bytes.extend_from_slice(&builder.finish().unwrap());
        }
        Part { error: ErrorCode::None, log_start: 0, high_watermark: values.len() as i64, bytes }
    }

    fn compare(first: &[&str], second: &[&str]) -> (Compared, String) {
        let partition = ("t".to_owned(), 0);
        let parts = [(1, first), (2, second)].map(|(id, values)| ((partition.clone(), id), part(values)));
        let mut state = Compared { replicas: vec![1, 2], verified: 0, high_watermark: 0, differs: false, error: None };
        let (mut io, out, _) = Io::captured(b"");
        state.compare(&partition, &BTreeMap::from(parts), &mut io);
        io.flush();
        (state, out.text())
    }

    #[test]
    fn replicas_are_the_same_as_far_as_the_shortest_goes() {
        let (state, said) = compare(&["a", "b", "c"], &["a", "b"]);
        assert_eq!((state.verified, state.high_watermark, said.as_str()), (2, 3, ""));
    }

    #[test]
    fn where_they_differ_is_told_once_and_verification_stays_there() {
        let (state, said) = compare(&["a", "b", "c"], &["a", "x", "c"]);
        assert_eq!((state.verified, state.differs), (1, true));
        assert!(said.contains("partition t-0: replicas differ: broker 1 has offsets 1 to 1"), "{said}");
    }
}
