//! A leader's snapshot, fetched piece by piece, with which image and log begin anew.

use super::{Refused, refused};
use crate::QuorumError;
use crate::node::QuorumNode;
use crate::snapshot::{SnapshotId, write_snapshot_part};
use crate::wire::body;
use base::{ErrorCode, Now};
use metadata::Delta;
use protocol::{ApiKey, FetchSnapshotResponse};
use raft::Event;

impl QuorumNode {
    pub(super) fn fetch_snapshot_answered(
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
