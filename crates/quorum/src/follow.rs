//! The side of the quorum that fetches (KIP-595, KIP-630, KIP-853): a replica that does not lead, with a vote or without,
//! keeps its own copy of the metadata log, from whoever leads.
//!
//! ```text
//!   the leader is known ----- Fetch ----> records          appended, made durable, committed as far as the leader says
//!        ^    |                           diverging epoch  the log is cut to where both agree; fetch again
//!        |    | no answer,                snapshot id      FetchSnapshot, piece by piece; then the log begins at its end
//!        |    | fenced, refused           another leader   follow that one
//!        |    v
//!   controllers of the configuration, one after the other, with a pause that grows
//! ```
//!
//! One request is under way at a time. A controller tells by it what it has on disk, so it waits for its own
//! sync first. An answer counts for the epoch in which it was asked for, and only then
//! (KAFKA-18723). What another node sends can be wrong: it is refused, named in the log, and asked for again; it never ends
//! this node, unless it wants to take back what it had committed.

use crate::QuorumError;
use crate::levels::check_kraft_version;
use crate::node::{QuorumConfig, QuorumNode};
use crate::replicate::METADATA_TOPIC;
use crate::snapshot::{SnapshotId, write_snapshot_part};
use base::{ErrorCode, LeaderEpoch, Line, LineError, Mutant, NodeId, Now, Offset, Outbound, Remote, Uuid};
use metadata::Delta;
use protocol::header::{decode_response_header, encode_request};
use protocol::{
    ApiKey, Decode, FetchRequest, FetchResponse, FetchSnapshotRequest, FetchSnapshotResponse, Request, Writer,
    fetch_request, fetch_response, fetch_snapshot_request,
};
use raft::{Event, Role};
use std::sync::Arc;
use storage::StorageError;

/// How long a leader may keep a fetch that finds nothing new, as in Kafka.
const FETCH_WAIT_MS: i32 = 500;
/// Longest pause between two tries.
const PAUSE_MAX_MS: u64 = 1_000;
/// Time between two lines about a quorum that is not reached.
const LINE_EVERY_US: u64 = 10_000_000;

/// What this replica knows of whom it follows.
pub(crate) struct Following {
    bootstrap: Vec<Remote>,
    next_bootstrap: usize,
    /// Where the leader of the epoch is reached.
    pub leader: Option<Remote>,
    /// What was answered last, where that was no.
    pub refusal: Option<Arc<str>>,
    line: Option<(Remote, Arc<dyn Line>)>,
    asked: Option<Asked>,
    not_before_us: u64,
    failures: u32,
    next_line_us: u64,
    /// The snapshot that is being fetched, and how much of it is there.
    download: Option<(SnapshotId, u64)>,
    /// What was committed when the leader first answered: before that is here, nothing is shown.
    catch_up_to: Option<Offset>,
}

/// A request that is under way.
struct Asked {
    token: u64,
    epoch: LeaderEpoch,
    at_us: u64,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Fetch,
    Snapshot { id: SnapshotId, position: u64 },
}

/// Why an answer does not count.
pub(crate) enum Refused {
    /// Told, and tried again after a pause.
    Reason(String),
    /// It told of another leader: tried again there at once.
    Moved,
    /// Something is short here: tried again after a pause, with the same leader.
    Short(String),
    /// This node cannot go on.
    Fatal(QuorumError),
}

impl From<QuorumError> for Refused {
    fn from(error: QuorumError) -> Refused {
        match error {
            // A shortage passes, and what is wrong in the records of others is their affair.
            QuorumError::Storage(
                error @ (StorageError::Records(_)
                | StorageError::UnexpectedAppendOffset { .. }
                | StorageError::LeaderEpochFell { .. }),
            ) => Refused::Reason(error.to_string()),
            error if error.is_shortage() => Refused::Short(error.to_string()),
            error => Refused::Fatal(error),
        }
    }
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Refused {
        QuorumError::from(error).into()
    }
}

fn refused<T>(reason: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::Reason(reason.into()))
}

impl Following {
    pub fn new(config: &QuorumConfig) -> Following {
        Following {
            bootstrap: config.bootstrap.clone(),
            next_bootstrap: 0,
            leader: None,
            refusal: None,
            line: None,
            asked: None,
            not_before_us: 0,
            failures: 0,
            next_line_us: 0,
            download: None,
            catch_up_to: None,
        }
    }

    /// Everything that was committed before is here.
    pub fn has_all(&mut self) {
        self.catch_up_to.get_or_insert(0);
    }

    /// Whom to ask next.
    fn target(&self) -> Option<Remote> {
        self.leader.clone().or_else(|| self.bootstrap.get(self.next_bootstrap % self.bootstrap.len().max(1)).cloned())
    }
}

impl QuorumNode {
    /// Whether this replica fetches, or would if it knew from whom.
    fn fetches_log(&self) -> bool {
        match self.raft.role() {
            Role::Leader(_) | Role::Candidate(_) | Role::Resigned => false,
            Role::Follower { .. } => true,
            Role::Unattached | Role::Prospective(_) => !self.is_voter() || self.voter_count() > 1,
        }
    }

    /// Whether the log here holds what was committed when its leader was first heard of, or was committed by itself.
    pub(crate) fn has_caught_up(&self) -> bool {
        self.following.catch_up_to.is_some_and(|to| self.applied >= to)
    }

    /// Another leader, or none, of this epoch or another: what is under way does not count any more.
    pub(crate) fn leader_moved(&mut self, now: Now) {
        let leader = self.raft.leader_id().filter(|id| *id != self.config.local.id);
        let at = leader.and_then(|id| self.voter_remote(id));
        let following = &mut self.following;
        following.leader = at;
        following.line = None;
        following.asked = None;
        following.download = None;
        following.failures = 0;
        following.not_before_us = now.monotonic_us;
        self.introduce_anew(now);
    }

    /// When `follow` is due.
    pub(crate) fn follow_deadline_us(&self) -> Option<u64> {
        // What a controller tells may count at once, or from the moment when it becomes a voter: it is on its disk.
        let is_synced = !self.config.is_controller || self.raft.flushed_offset() >= self.log.log_end_offset();
        let is_idle = self.fetches_log() && self.following.asked.is_none() && is_synced;
        is_idle.then_some(self.following.not_before_us)
    }

    /// Asks for more of the log where nothing is asked for and the pause is over.
    pub(crate) fn follow(&mut self, now: Now) {
        if self.follow_deadline_us().is_none_or(|at| at > now.monotonic_us) {
            return;
        }
        let Some(remote) = self.following.target() else { return };
        let what = match self.following.download {
            Some((id, position)) => What::Snapshot { id, position },
            None => What::Fetch,
        };
        let token = self.new_token();
        let frame = match what {
            What::Fetch => self.fetch_frame(token),
            What::Snapshot { id, position } => self.fetch_snapshot_frame(token, id, position),
        };
        let line = match &self.following.line {
            Some((to, line)) if *to == remote => line.clone(),
            _ => {
                let line = self.ports.network.line(&remote);
                self.following.line = Some((remote, line.clone()));
                line
            }
        };
        let epoch = self.raft.epoch();
        self.following.asked = Some(Asked { token, epoch, at_us: now.monotonic_us, what });
        let mailbox = self.ports.mailbox.clone();
        let done = Box::new(move |outcome| mailbox.deliver(crate::Input::Answered { token, outcome }));
        line.send(Outbound { frame, timeout_us: self.config.request_timeout_ms * 1000, done });
    }

    fn fetch_frame(&self, token: u64) -> Vec<u8> {
        let partition = fetch_request::FetchPartition {
            partition: 0,
            current_leader_epoch: self.raft.epoch(),
            fetch_offset: self.log.log_end_offset(),
            last_fetched_epoch: self.last_epoch(),
            log_start_offset: self.log.log_start_offset(),
            partition_max_bytes: self.config.fetch_bytes_max,
            replica_directory_id: self.config.local.directory_id,
            high_watermark: self.raft.high_watermark().unwrap_or(-1),
            ..Default::default()
        };
        let request = FetchRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            replica_state: fetch_request::ReplicaState {
                replica_id: self.config.local.id,
                replica_epoch: -1,
                ..Default::default()
            },
            max_wait_ms: FETCH_WAIT_MS,
            min_bytes: 0,
            max_bytes: self.config.fetch_bytes_max,
            session_epoch: -1,
            topics: vec![fetch_request::FetchTopic {
                topic_id: Uuid::METADATA_TOPIC,
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        frame(token, &request)
    }

    fn fetch_snapshot_frame(&self, token: u64, id: SnapshotId, position: u64) -> Vec<u8> {
        let partition = fetch_snapshot_request::PartitionSnapshot {
            partition: 0,
            current_leader_epoch: self.raft.epoch(),
            snapshot_id: fetch_snapshot_request::SnapshotId {
                end_offset: id.end_offset,
                epoch: id.epoch,
                ..Default::default()
            },
            position: position as i64,
            replica_directory_id: self.config.local.directory_id,
            ..Default::default()
        };
        let request = FetchSnapshotRequest {
            cluster_id: Some(self.config.settings.cluster_id.as_str().into()),
            replica_id: self.config.local.id,
            max_bytes: self.config.fetch_snapshot_bytes_max,
            topics: vec![fetch_snapshot_request::TopicSnapshot {
                name: METADATA_TOPIC.into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        frame(token, &request)
    }

    /// What became of a request to another node.
    pub(crate) fn answered(
        &mut self,
        now: Now,
        token: u64,
        outcome: Result<Vec<u8>, LineError>,
    ) -> Result<(), QuorumError> {
        let Some(asked) = self.following.asked.take_if(|asked| asked.token == token) else { return Ok(()) };
        self.following.refusal = None;
        let is_answered = outcome.is_ok();
        if let (Err(LineError::Broken(_) | LineError::Unreachable(_)), Some(leader)) =
            (&outcome, self.following.leader.clone())
        {
            self.leader_line_broke(now, &leader);
        }
        let taken = match outcome {
            Err(error) => refused(error.to_string()),
            // Meanwhile another leader was heard of.
            Ok(_) if asked.epoch != self.raft.epoch() => Err(Refused::Moved),
            Ok(frame) => match asked.what {
                What::Fetch => self.fetch_answered(now, token, &frame),
                What::Snapshot { id, position } => self.fetch_snapshot_answered(now, token, &frame, id, position),
            },
        };
        match taken {
            Ok(has_news) => {
                if self.following.failures > 0 {
                    let leader = self.following.line.as_ref().map(|(remote, _)| remote.to_string());
                    tracing::info!(controller = leader.unwrap_or_default(), "the metadata quorum is reached");
                }
                self.following.failures = 0;
                self.leader_answers();
                // A leader that does not keep fetches waiting is asked at its own pace, not at ours.
                let was_quick = now.monotonic_us < asked.at_us + FETCH_WAIT_MS as u64 * 500;
                let pause_us = if has_news || !was_quick { 0 } else { self.config.retry_backoff_ms * 1000 };
                self.following.not_before_us = now.monotonic_us + pause_us;
                Ok(())
            }
            Err(Refused::Moved) => {
                self.following.failures += 1;
                self.following.not_before_us = now.monotonic_us + self.config.retry_backoff_ms * 1000;
                Ok(())
            }
            Err(Refused::Reason(reason)) => {
                self.not_reached(now, &reason);
                self.following.refusal = is_answered.then(|| reason.into());
                Ok(())
            }
            Err(Refused::Short(reason)) => {
                if now.monotonic_us >= self.following.next_line_us {
                    self.following.next_line_us = now.monotonic_us + LINE_EVERY_US;
                    tracing::warn!(reason, "the metadata log cannot be written at the moment; trying again");
                }
                self.following.not_before_us = now.monotonic_us + PAUSE_MAX_MS * 1000;
                Ok(())
            }
            Err(Refused::Fatal(error)) => Err(error),
        }
    }

    /// Goes on with the next controller after a pause that grows.
    fn not_reached(&mut self, now: Now, reason: &str) {
        let following = &mut self.following;
        let remote = following.line.take().map(|(remote, _)| remote.to_string()).unwrap_or_default();
        if following.leader.take().is_none() {
            following.next_bootstrap = following.next_bootstrap.wrapping_add(1);
        }
        let pause_ms = (self.config.retry_backoff_ms.max(1) << following.failures.min(16)).min(PAUSE_MAX_MS);
        following.failures += 1;
        let spread_us = self.random.below(pause_ms * 250 + 1);
        following.not_before_us = now.monotonic_us + pause_ms * 1000 + spread_us;
        if now.monotonic_us >= following.next_line_us {
            following.next_line_us = now.monotonic_us + LINE_EVERY_US;
            let tries = following.failures;
            tracing::warn!(controller = remote, reason, tries, "the metadata quorum is not reached; trying again");
        }
    }

    /// Takes what an answer tells of the leader. True: there is a leader that was not known before.
    fn learn(
        &mut self,
        now: Now,
        leader: (NodeId, LeaderEpoch),
        at: Option<Remote>,
        is_heard: bool,
    ) -> Result<bool, QuorumError> {
        let before = (self.raft.leader_id(), self.raft.epoch(), self.following.leader.clone());
        let (leader_id, epoch) = leader;
        self.heard_of(now, (leader_id >= 0).then_some(leader_id), epoch, is_heard)?;
        if self.raft.leader_id() == Some(leader_id) && leader_id != self.config.local.id {
            self.following.leader = at.or_else(|| self.voter_remote(leader_id));
        }
        let after = (self.raft.leader_id(), self.raft.epoch(), self.following.leader.clone());
        Ok(after != before && after.2.is_some())
    }

    fn remote(&self, host: &str, port: u16) -> Remote {
        Remote { host: host.to_owned(), port, listener: self.config.controller_listener.clone() }
    }

    /// What an error of the node that was asked means for whoever runs this one. None of them ends this node: the address
    /// may be given to the right controller again.
    fn explained(&self, error: ErrorCode) -> String {
        match error {
            ErrorCode::InconsistentClusterId => format!(
                "the controller at this address belongs to another cluster than this node, whose cluster id is {} \
                 ({error}); hint: let the controller of this cluster run there, or correct controller.quorum.voters \
                 or controller.quorum.bootstrap.servers",
                self.config.settings.cluster_id
            ),
            // A broker knows no topic of metadata.
            ErrorCode::UnknownTopicId | ErrorCode::UnknownTopicOrPartition => format!(
                "the node at this address is no controller ({error}); hint: controller.quorum.voters or \
                 controller.quorum.bootstrap.servers must name the controller listener of a controller, not a \
                 listener of a broker"
            ),
            error => error.to_string(),
        }
    }

    /// True: it brought something.
    fn fetch_answered(&mut self, now: Now, token: u64, frame: &[u8]) -> Result<bool, Refused> {
        let response: FetchResponse<'_> = body(ApiKey::Fetch, token, frame)?;
        match ErrorCode::from_code(response.error_code) {
            ErrorCode::None => {}
            error => return refused(self.explained(error)),
        }
        let partition = match response.responses.as_slice() {
            [topic] => topic.partitions.first().filter(|partition| partition.partition_index == 0),
            _ => None,
        };
        let Some(partition) = partition else { return refused("the answer is about something else") };
        let fetch_response::LeaderIdAndEpoch { leader_id, leader_epoch, .. } = partition.current_leader;
        let endpoint = response.node_endpoints.iter().find(|endpoint| endpoint.node_id == leader_id);
        let at = endpoint.and_then(|e| Some(self.remote(&e.host, u16::try_from(e.port).ok()?)));
        let is_other = self.learn(now, (leader_id, leader_epoch), at, partition.error_code == 0)?;
        match ErrorCode::from_code(partition.error_code) {
            ErrorCode::None if leader_epoch == self.raft.epoch() && self.raft.leader_id() == Some(leader_id) => {}
            ErrorCode::None => return refused("the answer is not of the epoch that was asked for"),
            _ if is_other => return Err(Refused::Moved),
            error => return refused(self.explained(error)),
        }
        self.raft_event(now, Event::FetchAnswered)?;
        tracing::debug!(
            node = self.config.local.id,
            log_end = self.log.log_end_offset(),
            leader_epoch,
            high_watermark = partition.high_watermark,
            diverging = partition.diverging_epoch.end_offset,
            snapshot = partition.snapshot_id.end_offset,
            bytes = partition.records.as_ref().map_or(0, |records| records.as_bytes().len()),
            "the leader answers a fetch"
        );
        let committed = match base::mutant(Mutant::ObserverShowsUncommitted) {
            true => Offset::MAX,
            false => partition.high_watermark,
        };
        if committed >= 0 {
            self.following.catch_up_to.get_or_insert(committed);
        }
        if partition.diverging_epoch.epoch >= 0 {
            let fetch_response::EpochEndOffset { epoch, end_offset, .. } = partition.diverging_epoch;
            self.cut_to_agreement(now, epoch, end_offset)?;
            return Ok(true);
        }
        if partition.snapshot_id.end_offset >= 0 {
            let id = SnapshotId { end_offset: partition.snapshot_id.end_offset, epoch: partition.snapshot_id.epoch };
            if id.end_offset <= self.applied || !(0..=leader_epoch).contains(&id.epoch) {
                return refused(format!("a snapshot that ends at {}, before what is known", id.end_offset));
            }
            self.following.download = Some((id, 0));
            return Ok(true);
        }
        let records = partition.records.as_ref().map(|records| records.as_bytes()).unwrap_or_default();
        let grows = !records.is_empty() && self.append_fetched(now, records)?;
        let before = self.raft.high_watermark();
        if committed >= 0 {
            self.raft_event(now, Event::LeaderCommitted { high_watermark: committed })?;
            // Where nothing new was committed since the start, what is here already is now known to be whole.
            self.publish(now)?;
        }
        Ok(grows || self.raft.high_watermark() != before)
    }

    /// Appends batches as they came. True: the log has grown.
    fn append_fetched(&mut self, now: Now, records: &[u8]) -> Result<bool, Refused> {
        let before = self.log.log_end_offset();
        let first = records::batches(records).next();
        match first {
            Some(Ok(batch)) if batch.base_offset() == before && batch.partition_leader_epoch() < self.last_epoch() => {
                return refused(format!("records of epoch {} behind a later one", batch.partition_leader_epoch()));
            }
            Some(Ok(batch)) if batch.base_offset() == before => {}
            Some(Ok(batch)) => return refused(format!("records at {} where {before} is next", batch.base_offset())),
            Some(Err(error)) => return refused(error.to_string()),
            None => return Ok(false),
        }
        let appended = self.log.append_with_offsets(records, self.raft.epoch(), now.wall_ms)?;
        self.run_jobs(appended.jobs)?;
        let end_offset = self.log.log_end_offset();
        if end_offset == before {
            return Ok(false);
        }
        self.needs_flush = true;
        self.note_quorum_records(now, before)?;
        self.raft_event(now, Event::Appended { end_offset, last_epoch: self.last_epoch() })?;
        Ok(true)
    }

    /// Voters and `kraft.version` count from the moment when they are in the log (KIP-853).
    fn note_quorum_records(&mut self, now: Now, from: Offset) -> Result<(), QuorumError> {
        let (mut kraft_version, mut voters) = (None, None);
        let mut since = self.voters_since;
        self.read_entries(from, self.log.log_end_offset(), |offset, _, _, entry| {
            match entry {
                crate::log::Entry::KraftVersion(version) => kraft_version = Some(version),
                crate::log::Entry::Voters(found) => (voters, since) = (Some(found), offset),
                _ => {}
            }
            Ok(())
        })?;
        if let Some(version) = kraft_version {
            check_kraft_version(version)?;
            self.kraft_version = version;
            self.config.settings.kraft_version = version;
        }
        self.voters_since = since;
        if let Some(voters) = voters {
            self.raft.set_voters(now, voters);
        }
        Ok(())
    }

    /// The leader's log has another history from some point on: cuts this one to where both agree (KIP-279).
    fn cut_to_agreement(&mut self, now: Now, epoch: LeaderEpoch, end_offset: Offset) -> Result<(), Refused> {
        let log_end = self.log.log_end_offset();
        let own = self.log.leader_epochs().end_offset_for(epoch, log_end);
        let to = match own {
            Some(own) if own.epoch == epoch => own.end_offset.min(end_offset),
            Some(own) => own.end_offset,
            None => self.log.log_start_offset(),
        };
        let committed = self.raft.high_watermark().unwrap_or(0).max(self.applied);
        if to < committed {
            let leader = self.following.line.as_ref().map(|(remote, _)| remote.to_string()).unwrap_or_default();
            return Err(Refused::Fatal(QuorumError::LeaderLacksCommitted { leader, agreed: to, committed }));
        }
        if to >= log_end {
            return refused(format!("the leader names an end of epoch {epoch} at {end_offset} that cuts nothing"));
        }
        if base::mutant(Mutant::ObserverKeepsDivergingTail) {
            return Ok(());
        }
        tracing::info!(from = log_end, to, epoch, "the metadata log is cut to where its leader agrees");
        let jobs = self.log.truncate_to(to, now.wall_ms)?;
        self.run_jobs(jobs)?;
        let (voters, _) = self.read_quorum()?;
        self.raft.set_voters(now, voters);
        self.needs_flush = true;
        let end_offset = self.log.log_end_offset();
        self.raft_event(now, Event::Truncated { end_offset, last_epoch: self.last_epoch() })?;
        Ok(())
    }

    fn fetch_snapshot_answered(
        &mut self,
        now: Now,
        token: u64,
        frame: &[u8],
        id: SnapshotId,
        position: u64,
    ) -> Result<bool, Refused> {
        let response: FetchSnapshotResponse<'_> = body(ApiKey::FetchSnapshot, token, frame)?;
        let partition = response.topics.first().and_then(|topic| topic.partitions.first());
        let Some(partition) = partition.filter(|_| response.error_code == 0) else {
            self.following.download = None;
            return refused(self.explained(ErrorCode::from_code(response.error_code)));
        };
        let leader = (partition.current_leader.leader_id, partition.current_leader.leader_epoch);
        let endpoint = response.node_endpoints.iter().find(|endpoint| endpoint.node_id == leader.0);
        let at = endpoint.map(|e| self.remote(&e.host, e.port));
        let is_other = self.learn(now, leader, at, partition.error_code == 0)?;
        match ErrorCode::from_code(partition.error_code) {
            ErrorCode::None => {}
            error => {
                // It may have another one by now: the next fetch tells.
                self.following.download = None;
                return if is_other { Err(Refused::Moved) } else { refused(error.to_string()) };
            }
        }
        self.raft_event(now, Event::FetchAnswered)?;
        let piece = partition.unaligned_records.as_bytes();
        let told = (partition.snapshot_id.end_offset, partition.snapshot_id.epoch, partition.position);
        let size = u64::try_from(partition.size).unwrap_or(0);
        let end = position + piece.len() as u64;
        if told != (id.end_offset, id.epoch, position as i64) || piece.is_empty() || end > size {
            self.following.download = None;
            return refused("a piece of another snapshot");
        }
        let path = self.snapshot_path(id);
        write_snapshot_part(&*self.files, &path, position, piece, end == size)?;
        if end < size {
            self.following.download = Some((id, end));
            return Ok(true);
        }
        self.following.download = None;
        self.take_snapshot(now, id)?;
        Ok(true)
    }

    /// Begins anew with a snapshot that was fetched: it replaces image and log.
    fn take_snapshot(&mut self, now: Now, id: SnapshotId) -> Result<(), Refused> {
        let mut image = match self.read_image(id) {
            Ok(image) => image,
            Err(error @ QuorumError::Levels(_)) => return Err(Refused::Fatal(error)),
            Err(error) => {
                let _nobody_may_find_it = self.files.remove_file(&self.snapshot_path(id));
                return refused(error.to_string());
            }
        };
        image.replace_delta(Delta::between(&self.published, image.latest()));
        self.committed = image;
        self.applied = id.end_offset;
        self.snapshots.insert(id);
        // What ends before the log begins says nothing that this one does not.
        let older: Vec<SnapshotId> = self.snapshots.range(..id).copied().collect();
        older.into_iter().for_each(|older| self.remove_snapshot(older));
        self.bytes_since_snapshot = 0;
        let jobs = self.log.truncate_fully_and_start_at(id.end_offset, now.wall_ms)?;
        self.run_jobs(jobs)?;
        let (voters, _) = self.read_quorum()?;
        self.raft.set_voters(now, voters);
        tracing::info!(
            end_offset = id.end_offset,
            epoch = id.epoch,
            "the metadata begins with a snapshot of the leader"
        );
        self.raft_event(now, Event::Truncated { end_offset: id.end_offset, last_epoch: id.epoch })?;
        self.raft_event(now, Event::Flushed { end_offset: id.end_offset })?;
        self.raft_event(now, Event::LeaderCommitted { high_watermark: id.end_offset })?;
        Ok(())
    }
}

pub(crate) fn frame<R: Request>(token: u64, request: &R) -> Vec<u8> {
    let mut writer = Writer::new();
    let version = R::API_KEY.max_version();
    if let Err(error) = encode_request(&mut writer, version, correlation_id(token), Some("ottla-quorum"), request) {
        // All of its fields exist in the newest version.
        unreachable!("{}: {error}", R::API_KEY);
    }
    writer.into_bytes()
}

fn correlation_id(token: u64) -> i32 {
    (token & 0x7fff_ffff) as i32
}

/// The message of an answer to a request of this kind.
pub(crate) fn body<'a, M: Decode<'a>>(api: ApiKey, token: u64, frame: &'a [u8]) -> Result<M, Refused> {
    let version = api.max_version();
    match decode_response_header(frame, api, version) {
        Ok((id, mut cursor)) if id == correlation_id(token) => {
            M::decode(&mut cursor, version).or_else(|error| refused(format!("an answer that cannot be read: {error}")))
        }
        Ok(_) => refused("an answer to another request"),
        Err(error) => refused(format!("an answer that cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests;
