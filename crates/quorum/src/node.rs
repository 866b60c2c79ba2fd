//! The owner of the metadata log: a machine over its log that takes one input after the other. See the modules beside it
//! for the parts: `open`, `append`, `plan`, `effects`, `lead`, `follow`, `peers`, `elections`, `replicate`, `commit`,
//! `snapshotting`, `cleaning`.

use crate::QuorumError;
use crate::config::{Ports, QuorumConfig};
use crate::follow::Following;
use crate::hints::Hints;
use crate::input::{Input, Reply};
use crate::introduce::Introduction;
use crate::levels::Muted;
use crate::namesakes::Fetchers;
use crate::peers::{Leaving, Peers};
use crate::replicate::WaitingFetch;
use crate::snapshot::SnapshotId;
use crate::view::QuorumView;
use crate::voters::Change;
use base::{Files, LeaderEpoch, Now, Offset, Random, Seldom};
use controller::Controller;
use metadata::{Image, Loader};
use raft::{Event, Raft, VoterSet};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use storage::Log;

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
    pub(crate) next_refusal_line_us: u64,
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
    pub(crate) next_token: u64,
    pub(crate) introduction: Introduction,
    /// What its log says it does not serve, so that it stands in no election.
    pub(crate) muted: Option<Muted>,
    /// Of the voters, under way at this leader.
    pub(crate) change: Option<Change>,
    pub(crate) fetchers: Fetchers,
    pub(crate) not_kept_line: Seldom,
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

    /// When the elections want to be looked at; who may not stand in them has none.
    pub(crate) fn raft_deadline_us(&self) -> Option<u64> {
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
        self.ports.view.store(view);
    }

    pub(crate) fn view_image(&self) -> Option<&Image> {
        self.latest.as_ref().map(Loader::latest)
    }

    /// A number for a request to another node.
    pub(crate) fn new_token(&mut self) -> u64 {
        self.next_token += 1;
        self.next_token
    }
}
