//! What a node does that becomes, is, or ceases to be the active controller.

use crate::QuorumError;
use crate::bootstrap::BootstrapCheckpoint;
use crate::log::leader_change_batch;
use crate::node::{Claim, QuorumNode};
use base::{ErrorCode, LeaderEpoch, Now, Offset};
use controller::{Controller, Due, Plan, Record, Records, View, bootstrap_records};
use metadata::Loader;
use raft::VoterSet;

impl QuorumNode {
    pub(crate) fn became_leader(
        &mut self,
        now: Now,
        epoch: LeaderEpoch,
        offset: Offset,
        granting: &[i32],
    ) -> Result<(), QuorumError> {
        // A dynamic quorum is born with its voters in the log (KIP-853).
        self.lost_leadership();
        let birth = (offset == 0 && self.kraft_version >= 1).then_some(self.kraft_version);
        let local = self.config.local.id;
        let batch = leader_change_batch(local, self.raft.voters(), granting, birth, epoch, offset, now.wall_ms)?;
        if let Some(job) = self.log.assign_leader_epoch(epoch) {
            job.run(&*self.files)?;
        }
        self.append_batch(now, &batch)?;
        self.claims = Some(Claim { epoch, end_offset: self.log.log_end_offset() });
        tracing::info!(epoch, "this node leads the metadata quorum");
        Ok(())
    }

    /// Makes an elected node the active controller, once everything before its own records is committed.
    pub(crate) fn claim(&mut self, now: Now) -> Result<(), QuorumError> {
        let (applied, epoch) = (self.applied, self.raft.epoch());
        let is_due = |claim: &mut Claim| claim.epoch == epoch && applied >= claim.end_offset;
        if self.claims.take_if(is_due).is_none() || !self.raft.is_leader() {
            return Ok(());
        }
        let latest = self.committed.clone();
        let mut controller = Controller::new(self.config.settings.clone(), latest.latest(), now);
        if let Some(gone) = self.hints.gone_leader.take() {
            let levels = self.levels_in(latest.latest());
            let view = View { image: latest.latest(), next_offset: self.log.log_end_offset(), now, levels };
            controller.node_gone(view, gone);
        }
        self.controller = Some(controller);
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
    pub(crate) fn register_self(&mut self, now: Now) -> Result<(), QuorumError> {
        let registers = self.view_image().is_some_and(|image| image.features.controllers_register());
        if let (true, Some(controller)) = (registers, &self.controller) {
            let levels = self.current_levels();
            let endpoints = &self.config.controller_endpoints;
            let record = controller.register_self(self.config.incarnation_id, endpoints, levels);
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

    pub(crate) fn lost_leadership(&mut self) {
        self.controller = None;
        self.latest = None;
        self.claims = None;
        self.told_voters = VoterSet::default();
        self.fetchers.forget();
        self.change_lost();
        for pending in self.pending.drain(..) {
            (pending.reply)(Err(ErrorCode::NotController));
        }
    }

    /// Does what is due of the active controller.
    pub(crate) fn run_controller(&mut self, now: Now) -> Result<(), QuorumError> {
        loop {
            let next_offset = self.log.log_end_offset();
            let levels = self.current_levels();
            let (Some(controller), Some(latest)) = (&mut self.controller, &self.latest) else { return Ok(()) };
            let view = View { image: latest.latest(), next_offset, now, levels };
            let Some(plan) = controller.run_due(view) else { return Ok(()) };
            self.carry_out_due(now, plan)?;
        }
    }

    /// Appends what was due.
    pub(crate) fn carry_out_due(&mut self, now: Now, plan: Plan<Due>) -> Result<(), QuorumError> {
        if plan.records.is_empty() {
            return Ok(());
        }
        let count = plan.records.len();
        match plan.reply {
            Due::SessionEnd(broker) => tracing::warn!(broker, "the broker's session has ended: it is fenced"),
            Due::Gone(broker) => {
                tracing::warn!(broker, "the broker's process is gone (nobody listens at its addresses): it is fenced");
            }
            Due::FullDirectories(broker) => tracing::warn!(
                broker,
                count,
                "a log directory of the broker is full: its replicas of these partitions leave, others that are in sync lead"
            ),
            Due::PreferredElections => tracing::info!(count, "preferred replicas take over partitions"),
            Due::UncleanElections => {
                tracing::warn!(count, "leaders are elected uncleanly: records of these partitions may be lost");
            }
        }
        match self.append(now, &plan.records) {
            Err(error) if error.is_shortage() => {
                tracing::warn!(%error, "that could not be written; trying again");
                if let (Due::SessionEnd(broker) | Due::Gone(broker), Some(controller)) =
                    (plan.reply, &mut self.controller)
                {
                    controller.heartbeats.expect(broker, now);
                }
            }
            other => other?,
        }
        Ok(())
    }
}

/// Levels of a cluster whose `bootstrap.checkpoint` is missing.
fn default_bootstrap() -> Records {
    controller::feature_records(&controller::default_feature_levels())
}
