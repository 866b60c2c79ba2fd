//! What becomes of the answer to a Fetch: records are appended, what is not the leader's is cut off, a snapshot is begun.

use super::{Refused, refused};
use crate::QuorumError;
use crate::levels::check_kraft_version;
use crate::log::Entry;
use crate::node::QuorumNode;
use crate::snapshot::SnapshotId;
use crate::wire::body;
use base::{ErrorCode, LeaderEpoch, Mutant, Now, Offset};
use protocol::{ApiKey, FetchResponse, fetch_response};
use raft::Event;

impl QuorumNode {
    /// True: it brought something.
    pub(super) fn fetch_answered(&mut self, now: Now, token: u64, frame: &[u8]) -> Result<bool, Refused> {
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
        let error = ErrorCode::from_code(partition.error_code);
        if leader_id == self.config.local.id && (error == ErrorCode::None || leader_epoch > self.raft.epoch()) {
            return refused(self.namesake_leads(leader_epoch, at.as_ref(), error));
        }
        let is_other = self.learn(now, (leader_id, leader_epoch), at, error == ErrorCode::None)?;
        match error {
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
                Entry::KraftVersion(version) => kraft_version = Some(version),
                Entry::Voters(found) => (voters, since) = (Some(found), offset),
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
}
