//! From a request to records in the log: what is planned is appended, and its reply waits until it is committed.

use crate::input::{ControllerRequest, waits_until_shown};
use crate::log::{DataBatch, data_batches};
use crate::node::{Pending, QuorumNode};
use crate::plan::Planned;
use crate::refusal::{refusal, refuse};
use crate::replicate::is_of_quorum;
use crate::{FOLDER, QuorumError};
use api::Caller;
use base::{ErrorCode, Mutant, Now, Offset};
use controller::Record;
use protocol::ApiKey;
use raft::Event;
use storage::{AppendOrigin, Job, LeaderBatch};

/// Time between two lines about requests that were refused.
const REFUSAL_LINE_US: u64 = 10_000_000;

impl QuorumNode {
    pub(crate) fn request(&mut self, now: Now, request: ControllerRequest) -> Result<(), QuorumError> {
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
}
