//! The owner of the metadata log: a machine over its log that takes one input after the other. See the modules beside it
//! for the parts: `lead`, `follow`, `peers`, `elections`, `replicate`, `commit`, `snapshotting`, `cleaning`, `plan`.

use crate::follow::Following;
use crate::hints::Hints;
use crate::input::{ControllerRequest, Input, Mailbox, Reply, waits_until_shown};
use crate::introduce::Introduction;
use crate::levels::{Glimpse, Muted, check_kraft_version, explain};
use crate::log::{DataBatch, Entry, data_batches};
use crate::peers::{Leaving, Peers};
use crate::plan::Planned;
use crate::publish::Publications;
use crate::refusal::{refusal, refuse};
use crate::replicate::{WaitingFetch, is_of_quorum};
use crate::snapshot::{SnapshotId, read_snapshot};
use crate::view::{QuorumView, SharedView};
use crate::voters::Change;
use crate::{FOLDER, QuorumError};
use api::Caller;
use base::{ErrorCode, Executor, Files, LeaderEpoch, Mutant, Network, Now, Offset, Random, Remote, Uuid};
use controller::{Controller, Record, Settings};
use metadata::{Image, Loader};
use protocol::ApiKey;
use raft::{Effect, Event, QuorumState, Raft, ReplicaKey, Timing, VoterSet};
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use storage::{AppendOrigin, Job, LeaderBatch, Log};

/// What a node has to know to take part.
pub struct QuorumConfig {
    pub local: ReplicaKey,
    pub is_controller: bool,
    pub is_broker: bool,
    /// `controller.quorum.voters`; with it the quorum is static (`kraft.version` 0).
    pub static_voters: Option<VoterSet>,
    pub timing: Timing,
    /// Controllers through which the quorum is found while its leader is not known.
    pub bootstrap: Vec<Remote>,
    /// The listener of controllers by which others are reached.
    pub controller_listener: Arc<str>,
    /// `controller.quorum.request.timeout.ms`
    pub request_timeout_ms: u64,
    /// `controller.quorum.retry.backoff.ms`
    pub retry_backoff_ms: u64,
    /// `controller.quorum.auto.join.enable`
    pub joins: bool,
    /// `controller.quorum.fetch.max.bytes`
    pub fetch_bytes_max: i32,
    /// `controller.quorum.fetch.snapshot.max.bytes`
    pub fetch_snapshot_bytes_max: i32,
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

/// Time between two lines about requests that were refused.
const REFUSAL_LINE_US: u64 = 10_000_000;

/// What a node reaches the rest of the world by.
#[derive(Clone)]
pub struct Ports {
    pub executor: Arc<dyn Executor>,
    pub network: Arc<dyn Network>,
    /// Its own: answers, and ends of work that it gave away, come back here.
    pub mailbox: Mailbox,
    pub publications: Publications,
    pub view: SharedView,
}

pub(crate) struct Pending {
    /// The log must be committed up to here.
    pub offset: Offset,
    pub reply: Reply,
    pub body: Vec<u8>,
    /// It leaves behind what was published for it. What nodes live by waits for nobody's folders.
    pub is_shown: bool,
}

/// One replica of the metadata log, and the controller on top of it where it leads.
pub struct QuorumNode {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) config: QuorumConfig,
    pub(crate) ports: Ports,
    pub(crate) log: Log,
    pub(crate) raft: Raft,
    pub(crate) kraft_version: i16,
    pub(crate) random: Box<dyn Random>,
    pub(crate) committed: Loader,
    /// Everything below is in `committed`.
    pub(crate) applied: Offset,
    /// The leader's view, with what is not committed yet.
    pub(crate) latest: Option<Loader>,
    pub(crate) controller: Option<Controller>,
    pub(crate) pending: VecDeque<Pending>,
    /// The committed image as it was last handed to the publishers.
    pub(crate) published: Arc<Image>,
    pub(crate) bytes_since_snapshot: u64,
    pub(crate) next_snapshot_us: Option<u64>,
    /// After one that failed.
    pub(crate) snapshot_not_before_us: u64,
    /// One is being written; it holds so many bytes of the log that no older one holds.
    pub(crate) snapshotting_bytes: Option<u64>,
    next_refusal_line_us: u64,
    pub(crate) needs_flush: bool,
    pub(crate) is_flushing: bool,
    pub(crate) flush_not_before_us: u64,
    /// The snapshots in the folder.
    pub(crate) snapshots: BTreeSet<SnapshotId>,
    /// Replicas that wait for more of the log.
    pub(crate) fetches: Vec<WaitingFetch>,
    pub(crate) following: Following,
    pub(crate) hints: Hints,
    pub(crate) peers: Peers,
    /// It was asked to stop.
    pub(crate) leaving: Option<Leaving>,
    /// Elected, but not the active controller before all of the log, its own first record included, is committed.
    pub(crate) claims: Option<Claim>,
    next_token: u64,
    pub(crate) introduction: Introduction,
    /// What its log says it does not serve, so that it votes for nobody.
    pub(crate) muted: Option<Muted>,
    /// Of the voters, under way at this leader.
    pub(crate) change: Option<Change>,
    /// Voters of a static quorum, as they have told this leader.
    pub(crate) told_voters: VoterSet,
    /// Offset of the record that says who votes; -1: none does.
    pub(crate) voters_since: Offset,
}

/// A leadership that waits for what its log holds to be committed.
pub(crate) struct Claim {
    pub epoch: LeaderEpoch,
    /// The log's end behind the record that opens the epoch.
    pub end_offset: Offset,
}

impl QuorumNode {
    /// Takes over an open metadata log: loads the newest snapshot, the voters and the vote that was given.
    pub fn open(
        files: Arc<dyn Files>,
        log: Log,
        config: QuorumConfig,
        ports: Ports,
        mut random: Box<dyn Random>,
        now: Now,
    ) -> Result<QuorumNode, QuorumError> {
        let folder = config.metadata_log_dir.join(FOLDER);
        let entries = files.list(&folder).map_err(|error| QuorumError::file(&folder, error))?;
        let applied = log.log_start_offset();
        let snapshots: BTreeSet<SnapshotId> =
            entries.iter().filter_map(|entry| SnapshotId::from_file_name(&entry.name)).collect();
        if applied > 0 && snapshots.last().is_none_or(|newest| newest.end_offset < applied) {
            let reason = format!("the log starts at offset {applied}, and no snapshot holds what was before it");
            return Err(QuorumError::file(&folder, reason));
        }
        let newest = snapshots.last().copied();
        let (timing, seed) = (config.timing, random.next_u64());
        let mut node = QuorumNode {
            raft: Raft::new(config.local, VoterSet::default(), QuorumState::EMPTY, 0, 0, timing, seed, now),
            following: Following::new(&config),
            files,
            config,
            ports,
            log,
            kraft_version: 0,
            random,
            committed: Loader::default(),
            applied,
            latest: None,
            controller: None,
            pending: VecDeque::new(),
            published: Arc::new(Image::empty()),
            bytes_since_snapshot: 0,
            next_snapshot_us: None,
            snapshot_not_before_us: 0,
            snapshotting_bytes: None,
            next_refusal_line_us: 0,
            needs_flush: false,
            is_flushing: false,
            flush_not_before_us: 0,
            snapshots,
            fetches: Vec::new(),
            hints: Hints::default(),
            peers: Peers::default(),
            leaving: None,
            claims: None,
            next_token: 1,
            introduction: Introduction::default(),
            muted: None,
            change: None,
            told_voters: VoterSet::default(),
            voters_since: -1,
        };
        if let Some(id) = newest {
            node.committed = node.read_image(id)?;
            node.applied = id.end_offset;
            if node.log.log_end_offset() < id.end_offset {
                let jobs = node.log.truncate_fully_and_start_at(id.end_offset, now.wall_ms)?;
                for job in jobs {
                    job.run(&*node.files)?;
                }
            }
        }
        node.remember_log_start()?;
        let (voters, glimpse) = node.read_quorum()?;
        let state = node.read_quorum_state()?;
        node.raft = Raft::new(
            node.config.local,
            voters,
            state,
            node.log.log_end_offset(),
            node.last_epoch(),
            timing,
            seed,
            now,
        );
        node.check_log(glimpse, now)?;
        node.leader_moved(now);
        node.next_snapshot_us = node.snapshot_by_time(now);
        node.tell_view(now);
        Ok(node)
    }

    /// Takes up the log start of the process before: its segments may begin earlier, but what it knew of leader epochs begins
    /// there, and without that a replica whose log differs would be taken for one that agrees.
    fn remember_log_start(&mut self) -> Result<(), QuorumError> {
        let newest = self.snapshots.last().map_or(0, |id| id.end_offset);
        let known_from =
            self.log.leader_epochs().earliest().map_or(self.log.log_end_offset(), |entry| entry.start_offset);
        let start = known_from.min(newest);
        if start > self.log.log_start_offset() {
            self.log.set_high_watermark(start);
            let jobs = self.log.advance_log_start_offset(start)?;
            self.run_jobs(jobs)?;
        }
        let log_start = self.log.log_start_offset();
        let gone: Vec<SnapshotId> = self.snapshots.iter().copied().filter(|id| id.end_offset < log_start).collect();
        gone.into_iter().for_each(|id| self.remove_snapshot(id));
        Ok(())
    }

    /// The image that a snapshot of the folder holds.
    pub(crate) fn read_image(&self, id: SnapshotId) -> Result<Loader, QuorumError> {
        let content = read_snapshot(&*self.files, &self.snapshot_path(id))?;
        let mut loader = Loader::default();
        for record in &content.records {
            loader
                .replay(id.end_offset - 1, id.epoch, content.timestamp_ms, &record.value)
                .map_err(|error| explain(error.into(), &loader.latest().features))?;
        }
        loader.advance(id.end_offset - 1, id.epoch, content.timestamp_ms);
        Ok(loader)
    }

    /// Reads what newest snapshot and log say of the quorum itself: takes the level, returns the voters, and what else is to be
    /// known of them first.
    pub(crate) fn read_quorum(&mut self) -> Result<(VoterSet, Glimpse), QuorumError> {
        let (mut kraft_version, mut voters, mut since) = (0, self.config.static_voters.clone(), -1);
        let mut glimpse = Glimpse::default();
        let mut from = self.log.log_start_offset();
        if let Some(id) = self.snapshots.last().copied() {
            let content = read_snapshot(&*self.files, &self.snapshot_path(id))?;
            kraft_version = content.kraft_version;
            since = content.voters.as_ref().map_or(-1, |_| id.end_offset - 1);
            voters = content.voters.or(voters);
            content.records.iter().for_each(|record| glimpse.note(&record.value));
            from = from.max(id.end_offset);
        }
        let read = self.read_entries(from, self.log.log_end_offset(), |offset, _, _, entry| {
            match entry {
                Entry::Metadata(record) => glimpse.note(&record),
                Entry::KraftVersion(version) => kraft_version = version,
                Entry::Voters(found) => (voters, since) = (Some(found), offset),
                _ => {}
            }
            Ok(())
        });
        read.map_err(|error| glimpse.explain(error))?;
        check_kraft_version(kraft_version)?;
        self.kraft_version = kraft_version;
        self.config.settings.kraft_version = kraft_version;
        self.voters_since = since;
        Ok((voters.unwrap_or_default(), glimpse))
    }

    /// Epoch of the last record of the log; where it is empty, that of the snapshot before it.
    pub(crate) fn last_epoch(&self) -> base::LeaderEpoch {
        let of_snapshot = self.snapshots.last().filter(|id| id.end_offset == self.log.log_end_offset());
        let of_log = self.log.leader_epochs().latest().map(|entry| entry.epoch);
        of_log.into_iter().chain(of_snapshot.map(|id| id.epoch)).max().unwrap_or(0)
    }

    /// The committed image as it was last published.
    pub fn image(&self) -> &Arc<Image> {
        &self.published
    }

    pub fn is_active_controller(&self) -> bool {
        self.controller.is_some()
    }

    /// The epoch that this node leads, if it does.
    pub fn leads(&self) -> Option<LeaderEpoch> {
        self.raft.is_leader().then(|| self.raft.epoch())
    }

    /// Level of `kraft.version`: 0 with static voters.
    pub fn kraft_version(&self) -> i16 {
        self.kraft_version
    }

    /// Who votes, as this node knows it.
    pub fn voters(&self) -> &VoterSet {
        self.raft.voters()
    }

    pub fn voter_count(&self) -> usize {
        self.raft.voters().len()
    }

    /// Whether this node, with the directory that it has, votes.
    pub fn is_voter(&self) -> bool {
        self.raft.voters().contains(&self.config.local)
    }

    /// Takes what has happened and the time; returns when it wants to be called again at the latest (monotonic
    /// microseconds).
    ///
    /// # Errors
    /// The node cannot go on and must stop.
    pub fn step(&mut self, now: Now, inputs: impl IntoIterator<Item = Input>) -> Result<Option<u64>, QuorumError> {
        for input in inputs {
            match input {
                Input::Request(request) => self.request(now, request)?,
                Input::Answered { token, outcome } => {
                    let is_known = self.voter_answered(now, token, &outcome)?
                        || self.new_voter_answered(now, token, &outcome)?
                        || self.introduced(now, token, &outcome);
                    if !is_known {
                        self.answered(now, token, outcome)?;
                    }
                }
                Input::Flushed(outcome) => self.flushed(now, outcome)?,
                Input::Snapshot { id, outcome } => self.snapshot_written(now, id, outcome)?,
                Input::Knocked { token, knock } => self.knocked(now, token, knock)?,
                Input::LineClosed { broker, epoch } => self.line_closed(now, broker, epoch),
                Input::Leave => self.leave(now)?,
                Input::Wake => {}
            }
        }
        // What has come says more than that nothing has: this thread may have stood still since.
        self.end_if_muted(now)?;
        if self.raft_deadline_us().is_some_and(|at| at <= now.monotonic_us) {
            self.raft_event(now, Event::Timer)?;
        }
        self.run_controller(now)?;
        self.begin_flush(now)?;
        self.answer_fetches(now)?;
        self.snapshot_if_due(now)?;
        self.follow(now);
        self.knock(now);
        self.introduce(now);
        self.tell_view(now);
        let (raft, muted) = (self.raft_deadline_us(), self.muted_until_us());
        let controller = self.controller.as_ref().map(|controller| controller.deadline_us());
        let flush = (self.needs_flush && !self.is_flushing).then_some(self.flush_not_before_us);
        let snapshot = self.next_snapshot_us.filter(|_| self.snapshotting_bytes.is_none());
        let leave = self.leave_deadline_us().filter(|_| !self.has_left(now));
        let (follow, introduce) = (self.follow_deadline_us(), self.introduce_deadline_us());
        let (fetch, hints) = (self.fetch_deadline_us(), self.hints_deadline_us());
        let deadlines = [raft, muted, controller, fetch, snapshot, flush, follow, introduce, leave, hints];
        Ok(deadlines.into_iter().flatten().min())
    }

    /// When the elections want to be looked at; who may not vote has none.
    fn raft_deadline_us(&self) -> Option<u64> {
        self.raft.deadline_us().filter(|_| self.config.is_controller && self.muted.is_none())
    }

    /// Makes everything durable and ends: no input is taken afterwards.
    pub fn close(mut self, now: Now) -> Result<(), QuorumError> {
        self.ports.mailbox.close();
        if let Some(job) = self.log.flush_job(false)? {
            let flushed = job.run(&*self.files)?;
            self.flushed(now, Ok(flushed))?;
        }
        self.lost_leadership();
        self.tell_view(now);
        Ok(self.log.close_cleanly()?)
    }

    /// Tells the rest of the node what the quorum is like, where that has changed.
    pub(crate) fn tell_view(&self, now: Now) {
        let local = self.config.local.id;
        let view = QuorumView {
            epoch: self.raft.epoch(),
            // Who led before a restart, or has resigned, leads no more.
            leader_id: self.raft.leader_id().filter(|id| *id != local || self.raft.is_leader()),
            leader: self.following.leader.clone(),
            is_active: self.controller.is_some(),
            is_led: self.raft.is_led(now),
            refusal: self.following.refusal.clone(),
            has_left: self.has_left(now),
            kraft_version: self.kraft_version,
            levels: self.levels_in(&self.published),
        };
        if **self.ports.view.load() != view {
            self.ports.view.store(Arc::new(view));
        }
    }

    fn request(&mut self, now: Now, request: ControllerRequest) -> Result<(), QuorumError> {
        let ControllerRequest { api, version, body, caller, reply } = request;
        if is_of_quorum(api) {
            return match api {
                ApiKey::Fetch => self.fetch(now, version, &body, reply),
                ApiKey::FetchSnapshot => self.fetch_snapshot(now, version, &body, reply),
                ApiKey::AddRaftVoter | ApiKey::RemoveRaftVoter | ApiKey::UpdateRaftVoter => {
                    self.change_voters(now, api, version, &body, reply)
                }
                _ => self.serve_voter(now, api, version, &body, reply),
            };
        }
        let planned = match self.plan(now, api, version, &body) {
            Err(error @ (ErrorCode::NotController | ErrorCode::NotLeaderOrFollower)) => {
                reply(refuse(api, version, &body, error));
                return Ok(());
            }
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
        let is_shown = waits_until_shown(api, caller == Caller::Node);
        let pending = Pending { offset, reply, body: planned.body, is_shown };
        let is_committed = self.raft.high_watermark().is_some_and(|hw| hw >= offset);
        if is_committed || base::mutant(Mutant::AnswersBeforeCommit) {
            self.answer_committed([pending]);
        } else {
            self.pending.push_back(pending);
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
        let may_split = matches!(
            api,
            ApiKey::BrokerHeartbeat
                | ApiKey::BrokerRegistration
                | ApiKey::UnregisterBroker
                | ApiKey::AlterPartition
                | ApiKey::ElectLeaders
                | ApiKey::AssignReplicasToDirs
        );
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
            ApiKey::BrokerRegistration | ApiKey::UnregisterBroker => self.register_again(now),
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

    pub(crate) fn append_batch(&mut self, now: Now, batch: &[u8]) -> Result<(), QuorumError> {
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

    pub(crate) fn raft_event(&mut self, now: Now, event: Event) -> Result<(), QuorumError> {
        let before = (self.raft.leader_id(), self.raft.epoch());
        let mut effects = Vec::new();
        self.raft.step(now, event, &mut effects);
        self.carry_out(now, effects)?;
        if (self.raft.leader_id(), self.raft.epoch()) != before {
            self.leader_moved(now);
        }
        Ok(())
    }

    /// Whether this replica votes for another.
    pub(crate) fn vote(&mut self, now: Now, asked: raft::VoteRequest) -> Result<bool, QuorumError> {
        let before = (self.raft.leader_id(), self.raft.epoch());
        let mut effects = Vec::new();
        let answer = self.raft.vote(now, asked, &mut effects);
        tracing::info!(
            candidate = asked.candidate.id,
            epoch = asked.epoch,
            pre_vote = asked.pre_vote,
            granted = answer.granted,
            "asked for a vote"
        );
        self.carry_out(now, effects)?;
        if (self.raft.leader_id(), self.raft.epoch()) != before {
            self.leader_moved(now);
        }
        Ok(answer.granted)
    }

    fn carry_out(&mut self, now: Now, effects: Vec<Effect>) -> Result<(), QuorumError> {
        for effect in effects {
            match effect {
                Effect::Persist(state) => {
                    self.write_quorum_state(&state)?;
                    self.raft.persisted(now, self.ports.executor.now());
                }
                Effect::BecameLeader { epoch, epoch_start_offset, granting } => {
                    self.became_leader(now, epoch, epoch_start_offset, &granting)?;
                }
                Effect::LostLeadership { epoch } => {
                    tracing::info!(epoch, "this node no longer leads the metadata quorum");
                    self.lost_leadership();
                }
                Effect::HighWatermark(offset) => self.committed_up_to(now, offset)?,
                Effect::SendVote { to, request } => self.send_vote(to, request),
                Effect::BeginEpoch { to, epoch } => self.send_begin_epoch(to, epoch),
                Effect::EndEpoch { to, epoch, preferred } => self.send_end_epoch(to, epoch, &preferred),
            }
        }
        Ok(())
    }

    /// A number for a request to another node.
    pub(crate) fn new_token(&mut self) -> u64 {
        self.next_token += 1;
        self.next_token
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
        let text = state.to_json(self.kraft_version, &voters);
        self.files.replace(&path, text.as_bytes()).map_err(|error| QuorumError::file(&path, error))
    }
}
