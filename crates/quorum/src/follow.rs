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

mod asks;
mod fetched;
mod snapshot;
#[cfg(test)]
pub(crate) mod tests;

use crate::QuorumError;
use crate::config::QuorumConfig;
use crate::node::QuorumNode;
use crate::snapshot::SnapshotId;
use base::{ErrorCode, LeaderEpoch, Line, LineError, NodeId, Now, Offset, Outbound, Remote};
use raft::Role;
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

impl From<String> for Refused {
    fn from(reason: String) -> Refused {
        Refused::Reason(reason)
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
        let asked = following.target();
        // One that names itself and leads no more is no better the next time.
        if following.leader.take().is_none() || following.target() == asked {
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

    /// A node that fetches does not lead, and an epoch that it does not know it has never led: another process has its id.
    fn namesake_leads(&self, epoch: LeaderEpoch, at: Option<&Remote>, error: ErrorCode) -> String {
        let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
        format!(
            "the controller that leads epoch {epoch}{at} has the node.id of this node, {} ({error}); hint: another \
             process most probably runs with this node.id: stop one of them, or give this one another id (a node that \
             lost its disk hears this too, until the others have elected another leader)",
            self.config.local.id
        )
    }
}
