//! The leader's side of replication of the metadata log: Fetch as KIP-595 has it (with KIP-630's snapshots, KIP-853's
//! directory ids and KIP-1166's high watermark), and FetchSnapshot. Brokers and controllers of the cluster ask.
//!
//! A Fetch that finds nothing new waits until the log grows, the high watermark passes the one that the replica knows,
//! or its time is over.

use crate::QuorumError;
use crate::input::Reply;
use crate::node::QuorumNode;
use crate::snapshot::SnapshotId;
use base::{ErrorCode, LeaderEpoch, NodeId, Now, Offset, OpenMode, Uuid};
use protocol::{
    ApiKey, Cursor, FetchRequest, FetchResponse, FetchSnapshotRequest, FetchSnapshotResponse, Message, fetch_response,
    fetch_snapshot_response,
};
use raft::{Event, ReplicaKey};
use storage::ReadLimits;

pub(crate) const METADATA_TOPIC: &str = "__cluster_metadata";
/// Most bytes of one answer, whatever a replica asks for (replicas ask for 1 MiB by default).
const ANSWER_BYTES_MAX: i32 = 8 << 20;

/// Longest wait of a fetch: replicas ask for half a second, and one that has gone is not kept longer.
const WAIT_MAX_MS: i32 = 5_000;
/// Fetches that may wait; more are answered at once.
const WAITING_MAX: usize = 1_000;

/// What a replica asks for.
struct Fetch {
    version: i16,
    replica: ReplicaKey,
    leader_epoch: LeaderEpoch,
    offset: Offset,
    last_epoch: LeaderEpoch,
    bytes_max: i32,
    /// The high watermark that the replica knows; the largest offset for those that do not tell.
    high_watermark: Offset,
}

/// A Fetch without an answer so far.
pub(crate) struct WaitingFetch {
    fetch: Fetch,
    until_us: u64,
    reply: Reply,
}

/// Where a replica's log stands to this one.
enum Standing {
    Valid,
    Diverges { epoch: LeaderEpoch, end_offset: Offset },
    NeedsSnapshot(SnapshotId),
}

/// The cluster that a request names must be this one, where it names one.
pub(crate) fn is_other_cluster(asked: Option<&str>, own: &str) -> bool {
    asked.is_some_and(|asked| asked != own)
}

impl QuorumNode {
    pub(crate) fn fetch(&mut self, now: Now, version: i16, body: &[u8], reply: Reply) -> Result<(), QuorumError> {
        let Ok(request) = FetchRequest::decode(&mut Cursor::new(body), version) else {
            reply(Err(ErrorCode::InvalidRequest));
            return Ok(());
        };
        let refused = |error: ErrorCode| FetchResponse { error_code: error.code(), ..Default::default() };
        if is_other_cluster(request.cluster_id.as_deref(), &self.config.settings.cluster_id) {
            return answer(reply, &refused(ErrorCode::InconsistentClusterId), version);
        }
        let partition = match request.topics.as_slice() {
            [topic] if (topic.topic == METADATA_TOPIC && version < 13) || topic.topic_id == Uuid::METADATA_TOPIC => {
                topic.partitions.first().filter(|partition| partition.partition == 0 && topic.partitions.len() == 1)
            }
            _ => None,
        };
        let Some(partition) = partition else {
            return answer(reply, &refused(ErrorCode::InvalidRequest), version);
        };
        let id = if version >= 15 { request.replica_state.replica_id } else { request.replica_id };
        let fetch = Fetch {
            version,
            replica: ReplicaKey { id, directory_id: partition.replica_directory_id },
            leader_epoch: partition.current_leader_epoch,
            offset: partition.fetch_offset,
            last_epoch: partition.last_fetched_epoch,
            bytes_max: request.max_bytes.clamp(0, ANSWER_BYTES_MAX),
            high_watermark: partition.high_watermark,
        };
        if request.max_wait_ms < 0 || fetch.offset < 0 || fetch.last_epoch < 0 || fetch.leader_epoch < 0 {
            return answer(reply, &self.fetch_refused(&fetch, ErrorCode::InvalidRequest), version);
        }
        if let Some(error) = self.leader_only(fetch.leader_epoch) {
            return answer(reply, &self.fetch_refused(&fetch, error), version);
        }
        self.fetched(now, &fetch)?;
        let wait_us = request.max_wait_ms.min(WAIT_MAX_MS) as u64 * 1000;
        let answered_at_once = self.fetches.len() >= WAITING_MAX;
        let until_us = now.monotonic_us + if answered_at_once { 0 } else { wait_us };
        self.answer_or_wait(now, WaitingFetch { fetch, until_us, reply })
    }

    /// What a valid fetch tells: the replica has everything below its offset.
    fn fetched(&mut self, now: Now, fetch: &Fetch) -> Result<(), QuorumError> {
        self.look_for_namesakes(now, fetch.replica);
        let is_another = fetch.replica.id >= 0 && fetch.replica.id != self.config.local.id;
        if is_another && matches!(self.standing(fetch), Standing::Valid) {
            self.raft_event(now, Event::Fetched { replica: fetch.replica, fetch_offset: fetch.offset })?;
        }
        Ok(())
    }

    /// Answers the fetches that wait and have something now, or no time left.
    pub(crate) fn answer_fetches(&mut self, now: Now) -> Result<(), QuorumError> {
        for waiting in std::mem::take(&mut self.fetches) {
            self.answer_or_wait(now, waiting)?;
        }
        Ok(())
    }

    /// When the first waiting fetch must be answered.
    pub(crate) fn fetch_deadline_us(&self) -> Option<u64> {
        self.fetches.iter().map(|waiting| waiting.until_us).min()
    }

    fn answer_or_wait(&mut self, now: Now, waiting: WaitingFetch) -> Result<(), QuorumError> {
        let WaitingFetch { fetch, until_us, reply } = waiting;
        if let Some(error) = self.leader_only(fetch.leader_epoch) {
            return answer(reply, &self.fetch_refused(&fetch, error), fetch.version);
        }
        let mut partition = self.partition(ErrorCode::None);
        partition.log_start_offset = self.log.log_start_offset();
        partition.high_watermark = self.raft.leader_high_watermark().unwrap_or(-1);
        let mut bytes = Vec::new();
        let mut is_news = partition.high_watermark > fetch.high_watermark;
        match self.standing(&fetch) {
            Standing::Valid => {
                let limits = ReadLimits {
                    bytes_max: fetch.bytes_max as usize,
                    upper_bound: self.log.log_end_offset(),
                    at_least_one: true,
                    aborted: false,
                };
                bytes = self.log.read(fetch.offset, &limits)?.read()?;
                is_news |= !bytes.is_empty();
            }
            Standing::Diverges { epoch, end_offset } => {
                partition.diverging_epoch.epoch = epoch;
                partition.diverging_epoch.end_offset = end_offset;
                is_news = true;
            }
            Standing::NeedsSnapshot(id) => {
                partition.snapshot_id.end_offset = id.end_offset;
                partition.snapshot_id.epoch = id.epoch;
                is_news = true;
            }
        }
        if !is_news && now.monotonic_us < until_us {
            self.fetches.push(WaitingFetch { fetch, until_us, reply });
            return Ok(());
        }
        partition.records = Some(bytes.as_slice().into());
        answer(reply, &self.fetch_response(fetch.version, partition), fetch.version)
    }

    /// KIP-595's check of a replica's end, and KIP-630's: what it lacks may be in a snapshot only.
    fn standing(&self, fetch: &Fetch) -> Standing {
        let (offset, epoch) = (fetch.offset, fetch.last_epoch);
        let start = self.log.log_start_offset();
        if start == 0 && offset == 0 {
            return Standing::Valid;
        }
        if let (Some(earliest), Some(latest)) = (self.snapshots.first(), self.snapshots.last()) {
            let is_before = offset < start || (offset == start && epoch != earliest.epoch) || epoch < earliest.epoch;
            if is_before {
                return Standing::NeedsSnapshot(*latest);
            }
        }
        let log_end = self.log.log_end_offset();
        let last_epoch = self.last_epoch();
        let (known_epoch, end_offset) = match self.log.leader_epochs().end_offset_for(epoch, log_end) {
            Some(end) => (end.epoch, end.end_offset),
            None => (last_epoch, log_end),
        };
        // The snapshot at the start of the log says which epoch came before it.
        let at_start = self.snapshots.first().is_some_and(|id| id.epoch == epoch && id.end_offset == offset);
        if at_start && offset == start {
            return Standing::Valid;
        }
        if known_epoch != epoch || end_offset < offset {
            return Standing::Diverges { epoch: known_epoch, end_offset };
        }
        Standing::Valid
    }

    fn leader_only(&self, asked: LeaderEpoch) -> Option<ErrorCode> {
        match self.raft.epoch() {
            epoch if epoch > asked => Some(ErrorCode::FencedLeaderEpoch),
            epoch if epoch < asked => Some(ErrorCode::UnknownLeaderEpoch),
            _ if !self.raft.is_leader() => Some(ErrorCode::NotLeaderOrFollower),
            _ => None,
        }
    }

    pub(crate) fn leader(&self) -> (NodeId, LeaderEpoch) {
        (self.raft.leader_id().unwrap_or(-1), self.raft.epoch())
    }

    fn partition(&self, error: ErrorCode) -> fetch_response::PartitionData<'static> {
        let (leader_id, leader_epoch) = self.leader();
        fetch_response::PartitionData {
            error_code: error.code(),
            high_watermark: -1,
            current_leader: fetch_response::LeaderIdAndEpoch { leader_id, leader_epoch, ..Default::default() },
            aborted_transactions: None,
            records: Some(Default::default()),
            ..Default::default()
        }
    }

    fn fetch_refused(&self, fetch: &Fetch, error: ErrorCode) -> FetchResponse<'static> {
        self.fetch_response(fetch.version, self.partition(error))
    }

    fn fetch_response<'a>(&self, version: i16, partition: fetch_response::PartitionData<'a>) -> FetchResponse<'a> {
        let (topic, topic_id) = match version {
            ..13 => (METADATA_TOPIC.into(), Uuid::ZERO),
            _ => ("".into(), Uuid::METADATA_TOPIC),
        };
        let endpoint = self.leader_endpoint().map(|(node_id, host, port)| fetch_response::NodeEndpoint {
            node_id,
            host: host.into(),
            port: i32::from(port),
            rack: None,
            ..Default::default()
        });
        FetchResponse {
            responses: vec![fetch_response::FetchableTopicResponse {
                topic,
                topic_id,
                partitions: vec![partition],
                ..Default::default()
            }],
            node_endpoints: endpoint.into_iter().filter(|_| version >= 17).collect(),
            ..Default::default()
        }
    }

    pub(crate) fn leader_endpoint(&self) -> Option<(NodeId, String, u16)> {
        let voter = self.raft.voters().get(self.raft.leader_id()?)?;
        let endpoint = voter.endpoints.first()?;
        Some((voter.key.id, endpoint.host.clone(), endpoint.port))
    }

    pub(crate) fn fetch_snapshot(
        &mut self,
        now: Now,
        version: i16,
        body: &[u8],
        reply: Reply,
    ) -> Result<(), QuorumError> {
        let Ok(request) = FetchSnapshotRequest::decode(&mut Cursor::new(body), version) else {
            reply(Err(ErrorCode::InvalidRequest));
            return Ok(());
        };
        let refused = |error: ErrorCode| FetchSnapshotResponse { error_code: error.code(), ..Default::default() };
        if is_other_cluster(request.cluster_id.as_deref(), &self.config.settings.cluster_id) {
            return answer(reply, &refused(ErrorCode::InconsistentClusterId), version);
        }
        let [topic] = request.topics.as_slice() else {
            return answer(reply, &refused(ErrorCode::InvalidRequest), version);
        };
        let [asked] = topic.partitions.as_slice() else {
            return answer(reply, &refused(ErrorCode::InvalidRequest), version);
        };
        let id = SnapshotId { end_offset: asked.snapshot_id.end_offset, epoch: asked.snapshot_id.epoch };
        let slice = match topic.name == METADATA_TOPIC && asked.partition == 0 {
            false => Err(ErrorCode::UnknownTopicOrPartition),
            true => match self.leader_only(asked.current_leader_epoch) {
                Some(error) => Err(error),
                None => self.snapshot_slice(id, asked.position, request.max_bytes),
            },
        };
        if slice.is_ok() {
            let replica = ReplicaKey { id: request.replica_id, directory_id: asked.replica_directory_id };
            self.raft_event(now, Event::FetchedSnapshot { replica })?;
        }
        let (leader_id, leader_epoch) = self.leader();
        let mut partition = fetch_snapshot_response::PartitionSnapshot {
            index: asked.partition,
            snapshot_id: fetch_snapshot_response::SnapshotId {
                end_offset: id.end_offset,
                epoch: id.epoch,
                ..Default::default()
            },
            current_leader: fetch_snapshot_response::LeaderIdAndEpoch { leader_id, leader_epoch, ..Default::default() },
            ..Default::default()
        };
        let mut bytes = Vec::new();
        match slice {
            Err(error) => partition.error_code = error.code(),
            Ok((size, slice)) => {
                (partition.size, partition.position) = (size as i64, asked.position);
                bytes = slice;
            }
        }
        partition.unaligned_records = bytes.as_slice().into();
        let endpoint = self.leader_endpoint().map(|(node_id, host, port)| fetch_snapshot_response::NodeEndpoint {
            node_id,
            host: host.into(),
            port,
            ..Default::default()
        });
        let response = FetchSnapshotResponse {
            topics: vec![fetch_snapshot_response::TopicSnapshot {
                name: topic.name.clone(),
                partitions: vec![partition],
                ..Default::default()
            }],
            node_endpoints: endpoint.into_iter().filter(|_| version >= 1).collect(),
            ..Default::default()
        };
        answer(reply, &response, version)
    }

    /// The size of a snapshot and the bytes of it from `position` on.
    fn snapshot_slice(&self, id: SnapshotId, position: i64, bytes_max: i32) -> Result<(u64, Vec<u8>), ErrorCode> {
        if !self.snapshots.contains(&id) {
            return Err(ErrorCode::SnapshotNotFound);
        }
        let path = self.snapshot_path(id);
        let failed = |error: std::io::Error| {
            tracing::warn!(path = %path.display(), %error, "a snapshot of the metadata cannot be read");
            ErrorCode::KafkaStorageError
        };
        let file = self.files.open(&path, OpenMode::Read).map_err(failed)?;
        let size = file.len().map_err(failed)?;
        let position = u64::try_from(position).ok().filter(|position| *position < size);
        let position = position.ok_or(ErrorCode::PositionOutOfRange)?;
        let length = (size - position).min(bytes_max.clamp(0, ANSWER_BYTES_MAX) as u64);
        let mut bytes = vec![0; length as usize];
        let n = file.read_full_at(&mut bytes, position).map_err(failed)?;
        bytes.truncate(n);
        Ok((size, bytes))
    }
}

/// Encodes an answer; one that cannot be encoded closes the connection.
pub(crate) fn answer<M: Message>(reply: Reply, response: &M, version: i16) -> Result<(), QuorumError> {
    reply(response.to_bytes(version).map_err(|error| {
        tracing::error!(%error, "an answer of the controller listener cannot be encoded");
        ErrorCode::UnknownServerError
    }));
    Ok(())
}

/// Whether a request is answered by the quorum itself rather than planned by the controller.
pub(crate) fn is_of_quorum(api: ApiKey) -> bool {
    use ApiKey as K;
    matches!(api, K::Fetch | K::FetchSnapshot | K::Vote | K::BeginQuorumEpoch | K::EndQuorumEpoch)
        || matches!(api, K::AddRaftVoter | K::RemoveRaftVoter | K::UpdateRaftVoter)
}
