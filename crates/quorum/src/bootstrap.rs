//! What `format` writes about the quorum: `bootstrap.checkpoint` in every log directory, and for a dynamic quorum the
//! first snapshot of the metadata log with its voters (KIP-853).

use crate::QuorumError;
use crate::snapshot::{SnapshotId, read_snapshot, snapshot_bytes, write_snapshot};
use base::Files;
use controller::Record;
use raft::VoterSet;
use std::path::Path;

/// The records that the first leader of a new cluster writes.
#[derive(Debug)]
pub struct BootstrapCheckpoint {
    pub records: Vec<Record>,
}

impl BootstrapCheckpoint {
    pub const FILE: &'static str = "bootstrap.checkpoint";

    /// Reads it from a log directory; `None` if there is none.
    pub fn read(files: &dyn Files, log_dir: &Path) -> Result<Option<BootstrapCheckpoint>, QuorumError> {
        let path = log_dir.join(Self::FILE);
        if !files.exists(&path).map_err(|error| QuorumError::file(&path, error))? {
            return Ok(None);
        }
        Ok(Some(BootstrapCheckpoint { records: read_snapshot(files, &path)?.records }))
    }
}

/// What a new log directory begins with.
pub struct FormatPlan<'a> {
    pub records: &'a [Record],
    /// Version and voters of a dynamic quorum; `None` for static voters and for nodes that join one.
    pub quorum: Option<(i16, &'a VoterSet)>,
    pub is_metadata_dir: bool,
    pub now_wall_ms: i64,
}

/// Writes the files; `meta.properties` is the caller's, and last.
pub fn write_format(files: &dyn Files, log_dir: &Path, plan: &FormatPlan<'_>) -> Result<(), QuorumError> {
    let now = plan.now_wall_ms;
    let bootstrap = snapshot_bytes(plan.records, None, 0, now, 0)?;
    write_snapshot(files, &log_dir.join(BootstrapCheckpoint::FILE), &bootstrap, false)?;
    if let (true, Some(quorum)) = (plan.is_metadata_dir, plan.quorum) {
        let folder = log_dir.join(crate::FOLDER);
        files.create_dir_all(&folder).map_err(|error| QuorumError::file(&folder, error))?;
        let bytes = snapshot_bytes(&[], Some(quorum), 0, now, 0)?;
        let id = SnapshotId { end_offset: 0, epoch: 0 };
        write_snapshot(files, &folder.join(id.file_name()), &bytes, true)?;
        files.sync_dir(log_dir).map_err(|error| QuorumError::file(log_dir, error))?;
    }
    Ok(())
}
