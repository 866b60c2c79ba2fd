//! The owner of the metadata log.

use crate::bootstrap::BootstrapCheckpoint;
use crate::handle::{ControllerRequest, Reply};
use crate::kraft_version::KraftVersion;
use crate::log::{DataBatch, Entry, data_batches, for_each_entry, leader_change_batch};
use crate::plan::Planned;
use crate::refusal::refusal;
use crate::replicate::{WaitingFetch, is_replication};
use crate::snapshot::{SnapshotId, read_snapshot, snapshot_bytes, write_snapshot};
use crate::{FOLDER, QuorumError};
use base::{ErrorCode, Files, LeaderEpoch, Now, Offset, Random, Uuid};
use controller::{Controller, Record, Records, Settings, View, bootstrap_records};
use metadata::{Delta, Image, Loader};
use protocol::ApiKey;
use raft::{Effect, Event, QuorumState, Raft, ReplicaKey, VoterSet};
use records::batches;
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use storage::{AppendOrigin, Job, LeaderBatch, Log, ReadLimits};

/// What a node has to know to take part.
pub struct QuorumConfig {
    pub local: ReplicaKey,
    pub is_controller: bool,
    /// `controller.quorum.voters`; with it the quorum is static (`kraft.version` 0).
    pub static_voters: Option<VoterSet>,
    pub election_timeout_ms: u64,
    pub fetch_timeout_ms: u64,
    /// The directory that holds `__cluster_metadata-0`.
    pub metadata_log_dir: PathBuf,
    pub settings: Settings,
    pub incarnation_id: Uuid,
    /// Where this controller is reached.
    pub controller_endpoints: Vec<metadata::Endpoint>,
    /// `internal.metadata.max.batch.size.in.bytes`
    pub batch_bytes_max: usize,
    /// `metadata.log.max.record.bytes.between.snapshots`
    pub snapshot_after_bytes: u64,
    /// `metadata.log.max.snapshot.interval.ms`; 0: never by time.
    pub snapshot_interval_ms: u64,
    /// `metadata.max.retention.bytes`; negative: no limit.
    pub retention_bytes: i64,
    /// `metadata.max.retention.ms`; negative: no limit.
    pub retention_ms: i64,
}

/// Time after which a snapshot that could not be written is tried again.
const SNAPSHOT_RETRY_US: u64 = 10_000_000;
/// Time between two lines about requests that were refused.
const REFUSAL_LINE_US: u64 = 10_000_000;

/// Gets every new committed image, in order.
pub trait Publisher: Send {
    fn publish(&mut self, image: &Arc<Image>, delta: &Delta, now: Now);
}

struct Pending {
    /// The log must be committed up to here.
    offset: Offset,
    reply: Reply,
    body: Vec<u8>,
}

/// One replica of the metadata log, and the controller on top of it where it leads.
pub struct QuorumNode {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) config: QuorumConfig,
    pub(crate) log: Log,
    pub(crate) raft: Raft,
    pub(crate) kraft_version: KraftVersion,
    pub(crate) random: Box<dyn Random>,
    committed: Loader,
    /// Everything below is in `committed`.
    applied: Offset,
    /// The leader's view, with what is not committed yet.
    latest: Option<Loader>,
    pub(crate) controller: Option<Controller>,
    pending: VecDeque<Pending>,
    publishers: Vec<Box<dyn Publisher>>,
    published: Arc<Image>,
    bytes_since_snapshot: u64,
    next_snapshot_us: Option<u64>,
    /// After one that failed.
    snapshot_not_before_us: u64,
    next_refusal_line_us: u64,
    needs_flush: bool,
    /// The snapshots in the folder.
    pub(crate) snapshots: BTreeSet<SnapshotId>,
    /// Replicas that wait for more of the log.
    pub(crate) fetches: Vec<WaitingFetch>,
}

impl QuorumNode {
    /// Takes over an open metadata log: loads the newest snapshot, the voters and the vote that was given.
    pub fn open(
        files: Arc<dyn Files>,
        mut log: Log,
        config: QuorumConfig,
        random: Box<dyn Random>,
        now: Now,
    ) -> Result<QuorumNode, QuorumError> {
        let folder = config.metadata_log_dir.join(FOLDER);
        let entries = files.list(&folder).map_err(|error| QuorumError::file(&folder, error))?;
        let mut committed = Loader::default();
        let mut kraft_version = 0;
        let mut voters = config.static_voters.clone();
        let mut applied = log.log_start_offset();
        let snapshots: BTreeSet<SnapshotId> =
            entries.iter().filter_map(|entry| SnapshotId::from_file_name(&entry.name)).collect();
        if applied > 0 && snapshots.last().is_none_or(|newest| newest.end_offset < applied) {
            let reason = format!("the log starts at offset {applied}, and no snapshot holds what was before it");
            return Err(QuorumError::file(&folder, reason));
        }
        if let Some(id) = snapshots.last().copied() {
            let path = folder.join(id.file_name());
            let content = read_snapshot(&*files, &path)?;
            for record in &content.records {
                committed.replay(id.end_offset - 1, id.epoch, content.timestamp_ms, &record.value)?;
            }
            committed.advance(id.end_offset - 1, id.epoch, content.timestamp_ms);
            kraft_version = content.kraft_version;
            voters = content.voters.or(voters);
            applied = id.end_offset;
            if log.log_end_offset() < id.end_offset {
                for job in log.truncate_fully_and_start_at(id.end_offset, now.wall_ms)? {
                    job.run(&*files)?;
                }
            }
        }
        let mut node = QuorumNode {
            raft: Raft::new(config.local, VoterSet::default(), QuorumState::EMPTY, 0, 0, 1, 1),
            files,
            config,
            log,
            kraft_version: KraftVersion::default(),
            random,
            committed,
            applied,
            latest: None,
            controller: None,
            pending: VecDeque::new(),
            publishers: Vec::new(),
            published: Arc::new(Image::empty()),
            bytes_since_snapshot: 0,
            next_snapshot_us: None,
            snapshot_not_before_us: 0,
            next_refusal_line_us: 0,
            needs_flush: false,
            snapshots,
            fetches: Vec::new(),
        };
        node.read_entries(applied, node.log.log_end_offset(), |_, _, _, entry| {
            match entry {
                Entry::KraftVersion(version) => kraft_version = version,
                Entry::Voters(found) => voters = Some(found),
                _ => {}
            }
            Ok(())
        })?;
        node.kraft_version.set(kraft_version);
        node.config.settings.kraft_version = kraft_version;
        let state = node.read_quorum_state()?;
        let last_epoch = node.log.leader_epochs().latest().map_or(0, |entry| entry.epoch);
        node.raft = Raft::new(
            node.config.local,
            voters.unwrap_or_default(),
            state,
            node.log.log_end_offset(),
            last_epoch,
            node.config.election_timeout_ms,
            node.config.fetch_timeout_ms,
        );
        node.next_snapshot_us = node.snapshot_by_time(now);
        Ok(node)
    }

    /// Adds a publisher; it gets the next image, whose delta then holds everything that changed since the last one.
    pub fn add_publisher(&mut self, publisher: Box<dyn Publisher>) {
        self.publishers.push(publisher);
    }

    /// The committed image as it was last published.
    pub fn image(&self) -> &Arc<Image> {
        &self.published
    }

    pub fn is_active_controller(&self) -> bool {
        self.controller.is_some()
    }

    /// Level of `kraft.version`, now and later.
    pub fn kraft_version(&self) -> KraftVersion {
        self.kraft_version.clone()
    }

    pub fn voter_count(&self) -> usize {
        self.raft.voters().len()
    }

    /// Whether this node, with the directory that it has, votes.
    pub fn is_voter(&self) -> bool {
        self.raft.voters().contains(&self.config.local)
    }

    /// Takes requests and the time; returns when it wants to be called again at the latest (monotonic microseconds).
    ///
    /// # Errors
    /// The node cannot go on and must stop.
    pub fn step(
        &mut self,
        now: Now,
        requests: impl IntoIterator<Item = ControllerRequest>,
    ) -> Result<Option<u64>, QuorumError> {
        if self.config.is_controller && self.raft.deadline_us().is_some_and(|at| at <= now.monotonic_us) {
            self.raft_event(now, Event::Timer)?;
        }
        for request in requests {
            self.request(now, request)?;
        }
        self.expire_sessions(now)?;
        self.flush(now)?;
        self.answer_fetches(now)?;
        self.snapshot_if_due(now)?;
        let raft = self.raft.deadline_us().filter(|_| self.config.is_controller);
        let timeout = self.config.settings.session_timeout_ms;
        let session = self.controller.as_ref().and_then(|c| c.heartbeats.next_expiry_us(timeout)).map(|(_, at)| at);
        let fetches = self.fetch_deadline_us();
        Ok([raft, session, fetches, self.next_snapshot_us].into_iter().flatten().min())
    }

    /// Makes everything durable and ends: no event is taken afterwards.
    pub fn close(mut self, now: Now) -> Result<(), QuorumError> {
        self.flush(now)?;
        self.lost_leadership();
        Ok(self.log.close_cleanly()?)
    }

    fn request(&mut self, now: Now, request: ControllerRequest) -> Result<(), QuorumError> {
        let ControllerRequest { api, version, body, reply } = request;
        if is_replication(api) {
            return match api {
                ApiKey::Fetch => self.fetch(now, version, &body, reply),
                _ => self.fetch_snapshot(version, &body, reply),
            };
        }
        let planned = match self.plan(now, api, version, &body) {
            Err(error) => {
                reply(Err(error));
                return Ok(());
            }
            Ok(planned) => planned,
        };
        if let Err(error) = self.append_planned(now, api, &planned) {
            let Some((code, message)) = error.refusal() else { return Err(error) };
            self.tell_of_refusal(now, api, &error);
            reply(refusal(api, version, &body, code, Some(message)));
            return Ok(());
        }
        // Also an answer that changes nothing may rest on records that are not committed yet.
        let offset = self.log.log_end_offset();
        if self.raft.high_watermark().is_some_and(|hw| hw >= offset) {
            reply(Ok(planned.body));
        } else {
            self.pending.push_back(Pending { offset, reply, body: planned.body });
        }
        Ok(())
    }

    /// Appends what a request leads to. What clients ask for goes into one batch or is refused; what the life of a broker
    /// leads to must happen, however many partitions it has.
    fn append_planned(&mut self, now: Now, api: ApiKey, planned: &Planned) -> Result<(), QuorumError> {
        if planned.raises_kraft_version && !planned.validate_only {
            self.raise_kraft_version(now)?;
        }
        let bytes_max = self.batch_bytes_max();
        let batches = data_batches(&planned.records, now.wall_ms, bytes_max)?;
        let may_split = matches!(api, ApiKey::BrokerHeartbeat | ApiKey::BrokerRegistration | ApiKey::UnregisterBroker);
        let is_one_batch = match &batches[..] {
            [] => true,
            [only] => only.bytes.len() <= bytes_max,
            _ => false,
        };
        if !may_split && !is_one_batch {
            return Err(QuorumError::TooLarge { records: planned.records.len(), bytes_max });
        }
        if planned.validate_only {
            return Ok(());
        }
        self.append_batches(now, &planned.records, &batches)?;
        let id = self.config.local.id;
        let is_known = self.view_image().is_some_and(|image| image.controllers.contains_key(&id));
        match api {
            // The new level may be the first that has a record of controllers.
            ApiKey::UpdateFeatures if !is_known => self.register_self(now),
            _ => Ok(()),
        }
    }

    /// One line a while: a client may ask often.
    fn tell_of_refusal(&mut self, now: Now, api: ApiKey, error: &QuorumError) {
        if now.monotonic_us >= self.next_refusal_line_us {
            self.next_refusal_line_us = now.monotonic_us + REFUSAL_LINE_US;
            tracing::warn!(%api, %error, "a change of the metadata was refused");
        }
    }

    fn batch_bytes_max(&self) -> usize {
        self.config.batch_bytes_max.min(self.log.config().segment_bytes as usize)
    }

    pub(crate) fn view_image(&self) -> Option<&Image> {
        self.latest.as_ref().map(Loader::latest)
    }

    /// Appends records to the log as leader and replays them into the leader's view.
    pub(crate) fn append(&mut self, now: Now, records: &[Record]) -> Result<(), QuorumError> {
        let batches = data_batches(records, now.wall_ms, self.batch_bytes_max())?;
        self.append_batches(now, records, &batches)
    }

    /// `batches` hold `records`. Where one fails those before it are appended, and the view has their records.
    fn append_batches(&mut self, now: Now, records: &[Record], batches: &[DataBatch]) -> Result<(), QuorumError> {
        let mut records = records.iter();
        for batch in batches {
            let first = self.log.log_end_offset();
            self.append_batch(now, &batch.bytes)?;
            let Some(latest) = &mut self.latest else { continue };
            let epoch = self.raft.epoch();
            for (i, record) in records.by_ref().take(batch.count).enumerate() {
                latest.replay(first + i as Offset, epoch, now.wall_ms, &record.value)?;
            }
        }
        Ok(())
    }

    fn append_batch(&mut self, now: Now, batch: &[u8]) -> Result<(), QuorumError> {
        let epoch = self.raft.epoch();
        let batch =
            LeaderBatch::built(batch, AppendOrigin::Coordinator).map_err(|error| QuorumError::file(FOLDER, error))?;
        let appended = self.log.append_as_leader(&batch, epoch, now.wall_ms)?;
        self.run_jobs(appended.jobs)?;
        self.needs_flush = true;
        let event = Event::Appended { end_offset: self.log.log_end_offset(), last_epoch: epoch };
        self.raft_event(now, event)
    }

    /// Jobs write shortcuts for recovery: for want of space they are left out.
    pub(crate) fn run_jobs(&self, jobs: Vec<Job>) -> Result<(), QuorumError> {
        for job in jobs {
            match job.run(&*self.files) {
                Err(error) if error.is_shortage() => {
                    tracing::warn!(%error, "a file beside the metadata log stays as it was")
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Syncs the log, tells Raft, and carries out what became committed.
    fn flush(&mut self, now: Now) -> Result<(), QuorumError> {
        while std::mem::take(&mut self.needs_flush) {
            if let Some(job) = self.log.flush_job(false)?
                && !base::mutant(base::Mutant::MetadataBeforeFlush)
            {
                let flushed = job.run(&*self.files)?;
                self.log.flushed(&flushed);
            }
            self.raft_event(now, Event::Flushed { end_offset: self.log.log_end_offset() })?;
        }
        Ok(())
    }

    pub(crate) fn raft_event(&mut self, now: Now, event: Event) -> Result<(), QuorumError> {
        let mut effects = Vec::new();
        self.raft.step(now, event, &mut effects);
        for effect in effects {
            match effect {
                Effect::Persist(state) => self.write_quorum_state(&state)?,
                Effect::BecameLeader { epoch, epoch_start_offset, granting } => {
                    self.became_leader(now, epoch, epoch_start_offset, &granting)?;
                }
                Effect::LostLeadership { .. } => self.lost_leadership(),
                Effect::HighWatermark(offset) => self.committed_up_to(now, offset)?,
                // A quorum of several voters needs the transport between controllers, which is not there yet; the
                // server refuses to start with one.
                Effect::SendVote { to, .. } | Effect::BeginEpoch { to, .. } => {
                    tracing::error!(voter = to, "there is no connection to other voters");
                }
            }
        }
        Ok(())
    }

    fn became_leader(
        &mut self,
        now: Now,
        epoch: LeaderEpoch,
        offset: Offset,
        granting: &[i32],
    ) -> Result<(), QuorumError> {
        // A dynamic quorum is born with its voters in the log (KIP-853).
        let kraft_version = self.kraft_version.level();
        let birth = (offset == 0 && kraft_version >= 1).then_some(kraft_version);
        let local = self.config.local.id;
        let batch = leader_change_batch(local, self.raft.voters(), granting, birth, epoch, offset, now.wall_ms)?;
        if let Some(job) = self.log.assign_leader_epoch(epoch) {
            job.run(&*self.files)?;
        }
        // The leader's view: everything in the log, committed or not.
        let mut latest = self.committed.clone();
        self.read_entries(self.applied, offset, |offset, epoch, timestamp, entry| {
            match entry {
                Entry::Metadata(record) => latest.replay(offset, epoch, timestamp, &record)?,
                _ => latest.advance(offset, epoch, timestamp),
            }
            Ok(())
        })?;
        self.append_batch(now, &batch)?;
        latest.advance(self.log.log_end_offset() - 1, epoch, now.wall_ms);
        self.controller = Some(Controller::new(self.config.settings.clone(), latest.latest(), now));
        self.latest = Some(latest);
        tracing::info!(epoch, "this node is the active controller");
        self.activate(now)
    }

    /// The first records of a leadership: bootstrap of a new cluster, an unfinished transaction, this controller.
    fn activate(&mut self, now: Now) -> Result<(), QuorumError> {
        let in_transaction = self.latest.as_ref().is_some_and(Loader::in_transaction);
        if in_transaction {
            let abort = protocol::AbortTransactionRecord {
                reason: Some("the controller failed over".into()),
                ..Default::default()
            };
            self.append(now, &[Record { value: abort.into(), version: 0 }])?;
        }
        let is_new = self.view_image().is_some_and(|image| image.features.is_empty());
        if is_new {
            let bootstrap = BootstrapCheckpoint::read(&*self.files, &self.config.metadata_log_dir)?;
            let records = bootstrap.map_or_else(default_bootstrap, |checkpoint| checkpoint.records);
            let records: Records = bootstrap_records(records, self.config.settings.min_insync_replicas);
            self.append(now, &records)?;
        }
        self.register_self(now)
    }

    /// Makes this controller known, where the level of the cluster has a record for it.
    fn register_self(&mut self, now: Now) -> Result<(), QuorumError> {
        let registers = self.view_image().is_some_and(|image| image.features.controllers_register());
        if let (true, Some(controller)) = (registers, &self.controller) {
            let record = controller.register_self(self.config.incarnation_id, &self.config.controller_endpoints);
            self.append(now, &[Record { value: record.into(), version: 0 }])?;
        }
        Ok(())
    }

    /// Appends control records as leader.
    pub(crate) fn append_control(&mut self, now: Now, batch: &[u8]) -> Result<(), QuorumError> {
        self.append_batch(now, batch)?;
        let (last_offset, epoch) = (self.log.log_end_offset() - 1, self.raft.epoch());
        if let Some(latest) = &mut self.latest {
            latest.advance(last_offset, epoch, now.wall_ms);
        }
        Ok(())
    }

    fn lost_leadership(&mut self) {
        self.controller = None;
        self.latest = None;
        for pending in self.pending.drain(..) {
            (pending.reply)(Err(ErrorCode::NotController));
        }
    }

    fn expire_sessions(&mut self, now: Now) -> Result<(), QuorumError> {
        loop {
            let next_offset = self.log.log_end_offset();
            let (Some(controller), Some(latest)) = (&mut self.controller, &self.latest) else { return Ok(()) };
            let view = View { image: latest.latest(), next_offset, now };
            let Some(plan) = controller.expire_session(view) else { return Ok(()) };
            if plan.records.is_empty() {
                continue;
            }
            tracing::warn!(broker = plan.reply, "the broker's session has ended: it is fenced");
            match self.append(now, &plan.records) {
                Err(error) if error.is_shortage() => {
                    tracing::warn!(broker = plan.reply, %error, "the broker could not be fenced; trying again");
                    let controller = self.controller.as_mut();
                    controller.into_iter().for_each(|controller| controller.heartbeats.expect(plan.reply, now));
                }
                other => other?,
            }
        }
    }

    /// Replays what is committed, publishes, answers.
    fn committed_up_to(&mut self, now: Now, offset: Offset) -> Result<(), QuorumError> {
        self.log.set_high_watermark(offset);
        let mut committed = std::mem::take(&mut self.committed);
        let result = self.read_entries(self.applied, offset, |offset, epoch, timestamp, entry| {
            match entry {
                Entry::Metadata(record) => committed.replay(offset, epoch, timestamp, &record)?,
                _ => committed.advance(offset, epoch, timestamp),
            }
            Ok(())
        });
        self.committed = committed;
        self.bytes_since_snapshot += result?;
        self.applied = offset;
        if let Some((image, delta)) = self.committed.take() {
            let image = Arc::new(image);
            for publisher in &mut self.publishers {
                publisher.publish(&image, &delta, now);
            }
            self.published = image;
        }
        while self.pending.front().is_some_and(|pending| pending.offset <= offset) {
            if let Some(pending) = self.pending.pop_front() {
                (pending.reply)(Ok(pending.body));
            }
        }
        Ok(())
    }

    /// Reads the records of a part of the log: `each(offset, epoch, timestamp, entry)`. Returns how many bytes it read.
    fn read_entries(
        &self,
        from: Offset,
        to: Offset,
        mut each: impl FnMut(Offset, LeaderEpoch, i64, Entry<'_>) -> Result<(), QuorumError>,
    ) -> Result<u64, QuorumError> {
        let limits = ReadLimits { bytes_max: 4 << 20, upper_bound: to, at_least_one: true, aborted: false };
        let mut next = from;
        let mut total = 0;
        while next < to {
            let bytes = self.log.read(next, &limits)?.read()?;
            let before = next;
            for batch in batches(&bytes) {
                let batch = batch.map_err(|error| QuorumError::file(self.log.folder(), error))?;
                for_each_entry(self.log.folder(), &batch, |offset, timestamp, entry| {
                    if offset < from || offset >= to {
                        return Ok(());
                    }
                    each(offset, batch.partition_leader_epoch(), timestamp, entry)
                })?;
                next = batch.next_offset();
            }
            if next <= before {
                return Err(QuorumError::file(self.log.folder(), format!("nothing can be read at offset {before}")));
            }
            total += bytes.len() as u64;
        }
        Ok(total)
    }

    fn snapshot_if_due(&mut self, now: Now) -> Result<(), QuorumError> {
        let by_size = self.bytes_since_snapshot >= self.config.snapshot_after_bytes;
        let by_time = self.next_snapshot_us.is_some_and(|at| at <= now.monotonic_us);
        if !by_size && !by_time || now.monotonic_us < self.snapshot_not_before_us {
            return Ok(());
        }
        match self.write_due_snapshot(now, by_time) {
            Err(error) if error.is_shortage() => {
                tracing::warn!(%error, "the metadata's snapshot could not be written; trying again later");
                self.snapshot_not_before_us = now.monotonic_us + SNAPSHOT_RETRY_US;
                self.next_snapshot_us = Some(self.snapshot_not_before_us);
                Ok(())
            }
            other => other,
        }
    }

    fn write_due_snapshot(&mut self, now: Now, by_time: bool) -> Result<(), QuorumError> {
        if by_time {
            self.next_snapshot_us = self.snapshot_by_time(now);
        }
        if self.committed.in_transaction() || self.bytes_since_snapshot == 0 {
            return self.clean(now);
        }
        let image = self.committed.visible();
        let id = SnapshotId { end_offset: self.applied, epoch: image.epoch };
        let wrong = i64::from(base::mutant(base::Mutant::SnapshotIdOffByOne))
            - i64::from(base::mutant(base::Mutant::SnapshotInsideBatch));
        let id = SnapshotId { end_offset: id.end_offset + wrong, ..id };
        let records: Records =
            metadata::snapshot_records(image).into_iter().map(|(value, version)| Record { value, version }).collect();
        let kraft_version = self.kraft_version.level();
        let quorum = (kraft_version >= 1).then(|| (kraft_version, self.raft.voters()));
        let bytes = snapshot_bytes(&records, quorum, image.timestamp_ms, now.wall_ms, id.epoch)?;
        let path = self.snapshot_path(id);
        write_snapshot(&*self.files, &path, &bytes, true)?;
        self.bytes_since_snapshot = 0;
        self.snapshots.insert(id);
        tracing::info!(
            end_offset = id.end_offset,
            epoch = id.epoch,
            bytes = bytes.len(),
            "snapshot of the metadata written"
        );
        self.clean(now)
    }

    fn snapshot_by_time(&self, now: Now) -> Option<u64> {
        let interval_ms = self.config.snapshot_interval_ms;
        (interval_ms > 0).then(|| now.monotonic_us + interval_ms * 1000)
    }

    fn quorum_state_path(&self) -> PathBuf {
        self.config.metadata_log_dir.join(FOLDER).join("quorum-state")
    }

    pub(crate) fn read_quorum_state(&self) -> Result<QuorumState, QuorumError> {
        let path = self.quorum_state_path();
        if !self.files.exists(&path).map_err(|error| QuorumError::file(&path, error))? {
            return Ok(QuorumState::EMPTY);
        }
        let bytes = self.files.read(&path).map_err(|error| QuorumError::file(&path, error))?;
        let text = String::from_utf8(bytes).map_err(|error| QuorumError::file(&path, error))?;
        QuorumState::from_json(&text).map_err(|reason| QuorumError::file(&path, reason))
    }

    pub(crate) fn write_quorum_state(&self, state: &QuorumState) -> Result<(), QuorumError> {
        let path = self.quorum_state_path();
        let voters: Vec<i32> = self.raft.voters().iter().map(|voter| voter.key.id).collect();
        let text = state.to_json(self.kraft_version.level(), &voters);
        self.files.replace(&path, text.as_bytes()).map_err(|error| QuorumError::file(&path, error))
    }
}

/// Levels of a cluster whose `bootstrap.checkpoint` is missing.
fn default_bootstrap() -> Records {
    controller::feature_records(&controller::default_feature_levels())
}
