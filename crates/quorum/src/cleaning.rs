//! Which snapshots and segments of the metadata log may go (`metadata.max.retention.bytes`, `metadata.max.retention.ms`).
//! A snapshot goes with everything of the log below the next one; the newest always stays.

use crate::node::QuorumNode;
use crate::snapshot::SnapshotId;
use crate::{FOLDER, QuorumError};
use base::Now;
use std::io::ErrorKind;

impl QuorumNode {
    /// Deletes what the limits do not keep.
    pub(crate) fn clean(&mut self, now: Now) -> Result<(), QuorumError> {
        while let Some(next) = self.snapshots.iter().nth(1).copied() {
            let Some(oldest) = self.snapshots.first().copied() else { break };
            if !(self.is_expired(oldest, now) || self.is_too_large()) || next.end_offset > self.log.high_watermark() {
                break;
            }
            let mut jobs = Vec::new();
            if next.end_offset > self.log.log_start_offset() {
                jobs = self.log.advance_log_start_offset(next.end_offset)?;
                let (_, deleted) = self.log.delete_old_segments(now.wall_ms)?;
                jobs.extend(deleted);
            }
            self.run_jobs(jobs)?;
            self.remove_snapshot(oldest);
            tracing::info!(
                end_offset = oldest.end_offset,
                epoch = oldest.epoch,
                "old snapshot of the metadata deleted"
            );
        }
        Ok(())
    }

    /// Deletes a snapshot; one that cannot be deleted is forgotten all the same.
    pub(crate) fn remove_snapshot(&mut self, id: SnapshotId) {
        let path = self.snapshot_path(id);
        match self.files.remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(path = %path.display(), %error, "an old snapshot of the metadata stays");
            }
            _ => {}
        }
        self.snapshots.remove(&id);
    }

    pub(crate) fn snapshot_path(&self, id: SnapshotId) -> std::path::PathBuf {
        self.config.metadata_log_dir.join(FOLDER).join(id.file_name())
    }

    fn is_expired(&self, id: SnapshotId, now: Now) -> bool {
        let limit_ms = self.config.retention_ms;
        let made_ms = self.files.modified_ms(&self.snapshot_path(id));
        limit_ms >= 0 && made_ms.is_ok_and(|made_ms| now.wall_ms.saturating_sub(made_ms) > limit_ms)
    }

    fn is_too_large(&self) -> bool {
        let Ok(limit) = u64::try_from(self.config.retention_bytes) else { return false };
        let size = |id: &SnapshotId| {
            self.files.open(&self.snapshot_path(*id), base::OpenMode::Read).and_then(|file| file.len()).unwrap_or(0)
        };
        self.log.size() + self.snapshots.iter().map(size).sum::<u64>() > limit
    }
}
