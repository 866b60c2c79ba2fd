//! Fetching: one request under way per leader, answers cut into records (`fetched.rs`) when poll asks for them. Each leader has a
//! session (KIP-227), so that a request names only what changed.

use super::fetched::Fetched;
use super::metrics::FetchMetrics;
use super::session::{Session, Turn};
use super::{ConsumerRecord, Partition, Position};
use crate::cluster::left_until;
use crate::transport::wait_readable;
use crate::{ClientError, Cluster, Connection, ConsumerSettings, Result, Wanted};
use base::{ErrorCode, NodeId, Uuid};
use protocol::fetch_request::{FetchPartition, FetchTopic, ForgottenTopic};
use protocol::{ApiKey, FetchRequest};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// First version that names topics by id.
const BY_TOPIC_ID: i16 = 13;

#[derive(Default)]
struct NodeState {
    connection: Option<Connection>,
    session: Session,
    /// Partitions and offsets that were asked for, and when.
    asked: Option<(BTreeMap<Partition, i64>, Instant)>,
    not_before: Option<Instant>,
    failures: u32,
}

pub(crate) struct Fetcher {
    cluster: Arc<Cluster>,
    settings: Arc<ConsumerSettings>,
    nodes: BTreeMap<NodeId, NodeState>,
    fetched: VecDeque<Fetched>,
    /// Followers to read from instead of leaders (KIP-392), and until when.
    nearby: BTreeMap<Partition, (NodeId, Instant)>,
    out_of_range: Vec<Partition>,
    refresh: bool,
    all_topics: bool,
    metrics: FetchMetrics,
}

impl Fetcher {
    pub fn new(cluster: Arc<Cluster>, settings: Arc<ConsumerSettings>, metrics: FetchMetrics) -> Fetcher {
        Fetcher {
            cluster,
            settings,
            nodes: BTreeMap::new(),
            fetched: VecDeque::new(),
            nearby: BTreeMap::new(),
            out_of_range: Vec::new(),
            refresh: false,
            all_topics: false,
            metrics,
        }
    }

    /// Whether metadata is asked of all topics, which creates none, as subscriptions with a pattern do.
    pub fn follow_all_topics(&mut self, all: bool) {
        self.all_topics = all;
    }

    /// Drops what belongs to partitions that are not assigned any more.
    pub fn keep_only(&mut self, positions: &BTreeMap<Partition, Position>) {
        self.fetched.retain(|fetched| positions.contains_key(&fetched.partition));
        self.nearby.retain(|partition, _| positions.contains_key(partition));
    }

    /// Drops what was fetched of a partition.
    pub fn discard(&mut self, partition: &Partition) {
        self.fetched.retain(|fetched| fetched.partition != *partition);
    }

    pub fn take_out_of_range(&mut self) -> Vec<Partition> {
        std::mem::take(&mut self.out_of_range)
    }

    /// Records for the caller; waits until there are some, a position must be reset, or the deadline.
    pub fn collect(
        &mut self,
        positions: &mut BTreeMap<Partition, Position>,
        deadline: Instant,
    ) -> Result<Vec<ConsumerRecord>> {
        let records = self.hand_out(positions)?;
        self.send_fetches(positions, deadline)?;
        if !records.is_empty() {
            return Ok(records);
        }
        self.receive(positions, deadline)?;
        let records = self.hand_out(positions)?;
        if !records.is_empty() {
            self.send_fetches(positions, deadline)?;
        }
        Ok(records)
    }

    fn send_fetches(&mut self, positions: &BTreeMap<Partition, Position>, deadline: Instant) -> Result<()> {
        let mut by_leader: BTreeMap<NodeId, BTreeMap<Partition, i64>> = BTreeMap::new();
        let mut metadata = self.cluster.metadata();
        let unknown = |metadata: &crate::Metadata| {
            positions.keys().any(|(topic, index)| metadata.partition(topic, *index).is_none_or(|p| p.leader < 0))
        };
        if self.refresh || unknown(&metadata) || self.cluster.is_stale() {
            let mut names: Vec<&str> = positions.keys().map(|(topic, _)| &**topic).collect();
            names.dedup();
            let limit = Instant::now() + self.cluster.settings().request_timeout;
            let create = self.settings.allow_auto_create_topics && !self.all_topics;
            let wanted = if self.all_topics { Wanted::All } else { Wanted::Names(&names) };
            match self.cluster.refresh(wanted, create, "metadata", deadline.min(limit)) {
                Ok(refreshed) => metadata = refreshed,
                Err(ClientError::Timeout(_)) => return Ok(()),
                Err(error) if error.is_retriable() => return Ok(()),
                Err(error) => return Err(error),
            }
            self.refresh = false;
            if unknown(&metadata) {
                std::thread::sleep(left_until(deadline, self.cluster.settings().retry_backoff));
            }
        }
        let buffered: BTreeSet<Partition> = self.fetched.iter().map(|fetched| fetched.partition.clone()).collect();
        for (key, position) in positions {
            let Some(offset) = position.next.filter(|_| !position.paused && !buffered.contains(key)) else { continue };
            if let Some(partition) = metadata.partition(&key.0, key.1).filter(|p| p.leader >= 0) {
                let source = self.source(key, partition.leader, &metadata);
                by_leader.entry(source).or_default().insert(key.clone(), offset);
            }
        }
        for (leader, partitions) in by_leader {
            self.send_fetch(leader, partitions, &metadata);
        }
        Ok(())
    }

    /// Where to read a partition from: the follower that its leader named, while that is known, or the leader.
    fn source(&mut self, partition: &Partition, leader: NodeId, metadata: &crate::Metadata) -> NodeId {
        let Some((id, until)) = self.nearby.get(partition).copied() else { return leader };
        if until > Instant::now() && metadata.nodes.contains_key(&id) {
            return id;
        }
        self.nearby.remove(partition);
        leader
    }

    fn send_fetch(&mut self, leader: NodeId, partitions: BTreeMap<Partition, i64>, metadata: &crate::Metadata) {
        let node = self.nodes.entry(leader).or_default();
        if node.asked.is_some() || node.not_before.is_some_and(|at| at > Instant::now()) {
            return;
        }
        if node.connection.is_none() {
            let deadline = Instant::now() + self.settings.common.request_timeout;
            match self.cluster.connect(leader, deadline) {
                Ok(connection) => (node.connection, node.failures) = (Some(connection), 0),
                Err(_) => return self.failed(leader),
            }
        }
        let Some(connection) = &mut node.connection else { return };
        let ids: BTreeMap<&str, Uuid> = partitions
            .keys()
            .map(|(topic, _)| (&**topic, metadata.topics.get(&**topic).map_or(Uuid::ZERO, |t| t.id)))
            .collect();
        let limit = if ids.values().any(Uuid::is_zero) { BY_TOPIC_ID - 1 } else { i16::MAX };
        let Ok(version) = connection.version(ApiKey::Fetch, limit) else { return self.failed(leader) };
        let turn = node.session.turn(&partitions, &ids);
        let request = self.settings.request(&turn, &ids, version);
        match connection.send(&request, version) {
            Ok(_) => node.asked = Some((partitions, Instant::now())),
            Err(_) => self.failed(leader),
        }
    }

    fn failed(&mut self, leader: NodeId) {
        let settings = self.cluster.settings();
        let node = self.nodes.entry(leader).or_default();
        (node.connection, node.asked) = (None, None);
        node.session.reset();
        node.not_before = Some(Instant::now() + settings.backoff(node.failures));
        node.failures += 1;
        self.nearby.retain(|_, (id, _)| *id != leader);
        self.refresh = true;
    }

    /// Waits for an answer of any node.
    fn receive(&mut self, positions: &mut BTreeMap<Partition, Position>, deadline: Instant) -> Result<()> {
        loop {
            let mut progress = false;
            let waiting: Vec<NodeId> =
                self.nodes.iter().filter(|(_, node)| node.asked.is_some()).map(|(id, _)| *id).collect();
            for id in &waiting {
                progress |= self.receive_from(*id, positions)?;
            }
            let left = left_until(deadline, Duration::from_millis(100));
            if progress || left.is_zero() {
                return Ok(());
            }
            let descriptors: Vec<_> = self
                .nodes
                .values()
                .filter(|n| n.asked.is_some())
                .filter_map(|n| n.connection.as_ref())
                .map(AsFd::as_fd)
                .collect();
            if descriptors.is_empty() {
                std::thread::sleep(left.min(Duration::from_millis(10)));
                return Ok(());
            }
            if !wait_readable(&descriptors, left.max(Duration::from_millis(1))) {
                return Ok(());
            }
        }
    }

    fn receive_from(&mut self, id: NodeId, positions: &mut BTreeMap<Partition, Position>) -> Result<bool> {
        let late = self.settings.common.request_timeout + self.settings.fetch_wait_max;
        let Some(node) = self.nodes.get_mut(&id) else { return Ok(false) };
        let Some(connection) = &mut node.connection else { return Ok(false) };
        match connection.receive(Instant::now()) {
            Ok(Some(received)) => {
                let Some((asked, since)) = node.asked.take() else { return Ok(true) };
                match received.decode::<FetchRequest<'_>>() {
                    Ok(response) => {
                        connection.answered(since);
                        self.metrics.answered(since, response.throttle_time_ms);
                        let code = ErrorCode::from_code(response.error_code);
                        if node.session.answered(code, response.session_id) {
                            self.take_answer(id, response, asked, positions)?;
                        }
                    }
                    Err(error) => {
                        self.failed(id);
                        return Err(error);
                    }
                }
                Ok(true)
            }
            Ok(None) => {
                if node.asked.as_ref().is_some_and(|(_, since)| since.elapsed() > late) {
                    self.failed(id);
                }
                Ok(false)
            }
            Err(_) => {
                self.failed(id);
                Ok(true)
            }
        }
    }

    fn take_answer(
        &mut self,
        from: NodeId,
        response: protocol::FetchResponse<'_>,
        asked: BTreeMap<Partition, i64>,
        positions: &BTreeMap<Partition, Position>,
    ) -> Result<()> {
        crate::error::check(response.error_code, None)?;
        let metadata = self.cluster.metadata();
        let (mut failed, mut bytes_in_all) = (false, 0);
        for topic in response.responses {
            let name = if topic.topic.is_empty() {
                metadata.topic_by_id(topic.topic_id).map(|known| known.name.as_str())
            } else {
                Some(&*topic.topic)
            };
            let Some(name) = name else { continue };
            let (name, mut topic_bytes): (Arc<str>, usize) = (name.into(), 0);
            for partition in topic.partitions {
                let key: Partition = (name.clone(), partition.partition_index);
                let current = positions.get(&key).and_then(|position| position.next);
                if asked.get(&key).copied() != current || current.is_none() {
                    continue;
                }
                let code = ErrorCode::from_code(partition.error_code);
                if code != ErrorCode::None && self.nearby.get(&key).is_some_and(|(id, _)| *id == from) {
                    // What a follower does not have, or does not know yet, its leader may.
                    self.nearby.remove(&key);
                    if code == ErrorCode::OffsetOutOfRange {
                        continue;
                    }
                }
                match code {
                    ErrorCode::None => {}
                    ErrorCode::OffsetOutOfRange => {
                        self.out_of_range.push(key);
                        continue;
                    }
                    code if code.is_retriable() => {
                        self.refresh = true;
                        failed = true;
                        continue;
                    }
                    code => return Err(fetch_error(code, &key)),
                }
                if partition.preferred_read_replica >= 0 {
                    let until = Instant::now() + self.cluster.settings().metadata_max_age;
                    self.nearby.insert(key.clone(), (partition.preferred_read_replica, until));
                }
                let bytes = partition.records.map(|records| records.as_bytes().to_vec()).unwrap_or_default();
                if bytes.is_empty() {
                    continue;
                }
                topic_bytes += bytes.len();
                let aborted = partition.aborted_transactions.unwrap_or_default();
                let ends = (partition.log_start_offset, partition.high_watermark);
                self.fetched.push_back(Fetched::new(key, bytes, aborted, ends));
            }
            if topic_bytes > 0 {
                self.metrics.fetched(&name, topic_bytes);
                bytes_in_all += topic_bytes;
            }
        }
        if bytes_in_all > 0 {
            self.metrics.fetched_in_all(bytes_in_all);
        }
        if failed {
            std::thread::sleep(self.cluster.settings().retry_backoff);
        }
        Ok(())
    }

    fn hand_out(&mut self, positions: &mut BTreeMap<Partition, Position>) -> Result<Vec<ConsumerRecord>> {
        let mut records = Vec::new();
        // Behind what was fetched of paused partitions, which is kept for later.
        let mut at = 0;
        while records.len() < self.settings.poll_records_max {
            let Some(fetched) = self.fetched.get_mut(at) else { break };
            let Some(position) = positions.get_mut(&fetched.partition) else {
                self.fetched.remove(at);
                continue;
            };
            if position.paused {
                at += 1;
                continue;
            }
            match fetched.next_record(position, &self.settings) {
                Ok(Some(record)) => {
                    position.next = Some(record.offset + 1);
                    position.leader_epoch = record.leader_epoch.unwrap_or(-1);
                    records.push(record);
                }
                Ok(None) => {
                    fetched.tell(&mut self.metrics, position);
                    self.fetched.remove(at);
                }
                Err(_) if !records.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        if let Some(fetched) = self.fetched.get_mut(at)
            && let Some(position) = positions.get(&fetched.partition)
        {
            fetched.tell(&mut self.metrics, position);
        }
        Ok(records)
    }
}

fn fetch_error(code: ErrorCode, (topic, partition): &Partition) -> ClientError {
    match code {
        ErrorCode::TopicAuthorizationFailed => {
            ClientError::broker(code, Some(format!("Not authorized to access topics: [{topic}]")))
        }
        code => ClientError::broker(
            code,
            Some(format!("Unexpected error code {} while fetching from partition {topic}-{partition}", code.code())),
        ),
    }
}

impl ConsumerSettings {
    fn request<'a>(&'a self, turn: &'a Turn, ids: &BTreeMap<&str, Uuid>, version: i16) -> FetchRequest<'a> {
        let forgotten = turn.forgotten.iter().map(|((topic, index), id)| ForgottenTopic {
            topic: Cow::Borrowed(if version >= BY_TOPIC_ID { "" } else { topic }),
            topic_id: if version >= BY_TOPIC_ID { *id } else { Uuid::ZERO },
            partitions: vec![*index],
            ..Default::default()
        });
        let mut topics: Vec<FetchTopic<'a>> = Vec::new();
        let mut current: Option<&str> = None;
        for ((topic, index), offset) in &turn.changed {
            if current != Some(topic) {
                current = Some(topic);
                topics.push(FetchTopic {
                    topic: Cow::Borrowed(if version >= BY_TOPIC_ID { "" } else { topic }),
                    topic_id: if version >= BY_TOPIC_ID {
                        ids.get(&**topic).copied().unwrap_or_default()
                    } else {
                        Uuid::ZERO
                    },
                    ..Default::default()
                });
            }
            if let Some(topic) = topics.last_mut() {
                topic.partitions.push(FetchPartition {
                    partition: *index,
                    current_leader_epoch: -1,
                    fetch_offset: *offset,
                    last_fetched_epoch: -1,
                    log_start_offset: -1,
                    partition_max_bytes: self.partition_fetch_bytes_max,
                    ..Default::default()
                });
            }
        }
        FetchRequest {
            max_wait_ms: self.fetch_wait_max.as_millis() as i32,
            min_bytes: self.fetch_bytes_min,
            max_bytes: self.fetch_bytes_max,
            isolation_level: i8::from(self.read_committed),
            session_id: turn.id,
            session_epoch: turn.epoch,
            topics,
            forgotten_topics_data: forgotten.collect(),
            rack_id: Cow::Borrowed(&self.rack),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Registry;
    use crate::{SettingsMap, StartAt};
    use records::{BatchBuilder, BatchOptions};

    /// A fetcher that has one record of each of these partitions of topic `t`.
    fn fetcher(partitions: &[i32]) -> (Fetcher, BTreeMap<Partition, Position>) {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", "localhost:1");
        let settings = ConsumerSettings::from_map(&map).unwrap();
        let cluster = Arc::new(Cluster::new(settings.common.clone()).unwrap());
        let metrics = FetchMetrics::new(&Registry::new("consumer", "test"));
        let mut fetcher = Fetcher::new(cluster, Arc::new(settings), metrics);
        let mut positions = BTreeMap::new();
        for partition in partitions {
            let mut builder = BatchBuilder::new(BatchOptions::default());
            builder.append(0, None, Some(b"v"), &[]);
            let key: Partition = ("t".into(), *partition);
            fetcher.fetched.push_back(Fetched::new(key.clone(), builder.finish().unwrap(), Vec::new(), (0, 1)));
            let position = Position { next: Some(0), start: StartAt::Beginning, leader_epoch: -1, paused: false };
            positions.insert(key, position);
        }
        (fetcher, positions)
    }

    fn pause(positions: &mut BTreeMap<Partition, Position>, partition: i32, paused: bool) {
        positions.get_mut(&("t".into(), partition)).unwrap().paused = paused;
    }

    fn read(fetcher: &mut Fetcher, positions: &mut BTreeMap<Partition, Position>) -> Vec<i32> {
        fetcher.hand_out(positions).unwrap().iter().map(|record| record.partition).collect()
    }

    #[test]
    fn what_was_fetched_of_a_paused_partition_is_kept_until_it_goes_on() {
        let (mut fetcher, mut positions) = fetcher(&[0, 1, 2]);
        pause(&mut positions, 0, true);
        assert_eq!(read(&mut fetcher, &mut positions), [1, 2]);
        assert!(read(&mut fetcher, &mut positions).is_empty());
        pause(&mut positions, 0, false);
        assert_eq!(read(&mut fetcher, &mut positions), [0]);
        assert!(fetcher.fetched.is_empty());
    }

    #[test]
    fn a_partition_that_cannot_be_read_fails_every_poll_until_somebody_seeks() {
        let (mut fetcher, mut positions) = fetcher(&[0, 1, 2]);
        let mut corrupt = fetcher.fetched.remove(1).unwrap();
        corrupt.spoil();
        fetcher.fetched.insert(1, corrupt);
        // What came before it is handed out first.
        assert_eq!(read(&mut fetcher, &mut positions), [0]);
        for _ in 0..2 {
            assert!(fetcher.hand_out(&mut positions).is_err());
        }
        fetcher.discard(&("t".into(), 1));
        assert_eq!(read(&mut fetcher, &mut positions), [2]);
    }
}
