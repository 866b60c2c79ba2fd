//! When a snapshot of the metadata is due, and its writing off the owner's thread: an image is shared, not copied.

use crate::QuorumError;
use crate::input::Input;
use crate::node::QuorumNode;
use crate::snapshot::{SnapshotId, snapshot_bytes, write_snapshot};
use base::Now;
use controller::{Record, Records};

/// Time after which a snapshot that could not be written is tried again.
const SNAPSHOT_RETRY_US: u64 = 10_000_000;

impl QuorumNode {
    pub(crate) fn snapshot_if_due(&mut self, now: Now) -> Result<(), QuorumError> {
        let by_size = self.bytes_since_snapshot >= self.config.snapshot_after_bytes;
        let by_time = self.next_snapshot_us.is_some_and(|at| at <= now.monotonic_us);
        let may_begin = self.snapshotting_bytes.is_none() && now.monotonic_us >= self.snapshot_not_before_us;
        if !may_begin || !by_size && !by_time {
            return Ok(());
        }
        if by_time {
            self.next_snapshot_us = self.snapshot_by_time(now);
        }
        // A snapshot names the voters too: those of its end, so not before they are committed.
        let is_open = self.committed.in_transaction() || self.voters_since >= self.applied;
        if is_open || self.bytes_since_snapshot == 0 || !self.has_caught_up() {
            return self.clean(now);
        }
        self.begin_snapshot(now);
        Ok(())
    }

    fn begin_snapshot(&mut self, now: Now) {
        let image = self.committed.visible().clone();
        let wrong = i64::from(base::mutant(base::Mutant::SnapshotIdOffByOne))
            - i64::from(base::mutant(base::Mutant::SnapshotInsideBatch));
        let id = SnapshotId { end_offset: self.applied + wrong, epoch: image.epoch };
        let quorum = (self.kraft_version >= 1).then(|| (self.kraft_version, self.raft.voters().clone()));
        self.snapshotting_bytes = Some(std::mem::take(&mut self.bytes_since_snapshot));
        let (files, mailbox, path) = (self.files.clone(), self.ports.mailbox.clone(), self.snapshot_path(id));
        self.ports.executor.run_control(Box::new(move || {
            let write = || {
                let records = metadata::snapshot_records(&image);
                let records: Records = records.into_iter().map(|(value, version)| Record { value, version }).collect();
                let quorum = quorum.as_ref().map(|(version, voters)| (*version, voters));
                let bytes = snapshot_bytes(&records, quorum, image.timestamp_ms, now.wall_ms, id.epoch)?;
                write_snapshot(&*files, &path, &bytes, true)?;
                Ok(bytes.len() as u64)
            };
            mailbox.deliver(Input::Snapshot { id, outcome: write() });
        }));
    }

    /// A snapshot is there, or could not be written.
    pub(crate) fn snapshot_written(
        &mut self,
        now: Now,
        id: SnapshotId,
        outcome: Result<u64, QuorumError>,
    ) -> Result<(), QuorumError> {
        let held = self.snapshotting_bytes.take().unwrap_or(0);
        match outcome {
            Ok(bytes) => {
                self.snapshots.insert(id);
                let SnapshotId { end_offset, epoch } = id;
                tracing::info!(end_offset, epoch, bytes, "snapshot of the metadata written");
                self.clean(now)
            }
            Err(error) if error.is_shortage() => {
                tracing::warn!(%error, "the metadata's snapshot could not be written; trying again later");
                self.bytes_since_snapshot += held;
                self.snapshot_not_before_us = now.monotonic_us + SNAPSHOT_RETRY_US;
                self.next_snapshot_us = Some(self.snapshot_not_before_us);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn snapshot_by_time(&self, now: Now) -> Option<u64> {
        let interval_ms = self.config.snapshot_interval_ms;
        (interval_ms > 0).then(|| now.monotonic_us + interval_ms * 1000)
    }
}
