//! Snapshots of the metadata log (KIP-630): `<end offset>-<epoch>.checkpoint`, and `bootstrap.checkpoint` of the same
//! form. A control batch (header; version and voters of a dynamic quorum), data batches, a control batch (footer).

use crate::QuorumError;
use crate::levels::Glimpse;
use crate::log::{DataBatch, Entry, data_batches, for_each_entry, quorum_records};
use base::{Files, LeaderEpoch, Offset, OpenMode};
use controller::Record;
use protocol::{Message, SnapshotFooterRecord, SnapshotHeaderRecord};
use raft::VoterSet;
use records::control::{ControlType, control_batch};
use records::{BatchOptions, batches};
use std::path::{Path, PathBuf};

/// Records of a data batch in a snapshot.
const RECORDS_PER_BATCH: usize = 1024;
const BATCH_BYTES: usize = 8 << 20;

/// What a snapshot contains: everything below `end_offset`, the last of it of `epoch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotId {
    pub end_offset: Offset,
    pub epoch: LeaderEpoch,
}

impl SnapshotId {
    /// The name of its file.
    pub fn file_name(&self) -> String {
        format!("{:020}-{:010}.checkpoint", self.end_offset, self.epoch)
    }

    /// The snapshot that a file of the folder is, if it is one.
    pub fn from_file_name(name: &str) -> Option<SnapshotId> {
        let (offset, epoch) = name.strip_suffix(".checkpoint")?.split_once('-')?;
        let digits = |text: &str, count| text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
        if !digits(offset, 20) || !digits(epoch, 10) {
            return None;
        }
        Some(SnapshotId { end_offset: offset.parse().ok()?, epoch: epoch.parse().ok()? })
    }
}

/// A snapshot that was read.
#[derive(Debug, Default)]
pub struct SnapshotContent {
    pub records: Vec<Record>,
    pub kraft_version: i16,
    pub voters: Option<VoterSet>,
    /// Append time of the last record of the log that it contains.
    pub timestamp_ms: i64,
}

/// Reads and checks a snapshot file. Of one whose levels are not known they are told.
pub fn read_snapshot(files: &dyn Files, path: &Path) -> Result<SnapshotContent, QuorumError> {
    let mut content = SnapshotContent::default();
    match read_into(&mut content, files, path) {
        Ok(()) => Ok(content),
        Err(error) => {
            let mut glimpse = Glimpse::default();
            content.records.iter().for_each(|record| glimpse.note(&record.value));
            Err(glimpse.explain(error))
        }
    }
}

fn read_into(content: &mut SnapshotContent, files: &dyn Files, path: &Path) -> Result<(), QuorumError> {
    let bytes = files.read(path).map_err(|error| QuorumError::file(path, error))?;
    let mut all = batches(&bytes);
    for batch in all.by_ref() {
        let batch = batch.map_err(|error| QuorumError::file(path, error))?;
        for_each_entry(path, &batch, |_, _, entry| {
            match entry {
                Entry::Metadata(value) => content.records.push(Record { value: value.into_owned(), version: 0 }),
                Entry::KraftVersion(version) => content.kraft_version = version,
                Entry::Voters(voters) => content.voters = Some(voters),
                Entry::SnapshotHeader { last_timestamp_ms } => content.timestamp_ms = last_timestamp_ms,
                Entry::Other => {}
            }
            Ok(())
        })?;
    }
    if !all.rest().is_empty() {
        return Err(QuorumError::file(path, "it ends inside a batch"));
    }
    Ok(())
}

/// The bytes of a snapshot.
pub(crate) fn snapshot_bytes(
    records: &[Record],
    quorum: Option<(i16, &VoterSet)>,
    last_timestamp_ms: i64,
    now_wall_ms: i64,
    epoch: LeaderEpoch,
) -> Result<Vec<u8>, QuorumError> {
    let header =
        SnapshotHeaderRecord { version: 0, last_contained_log_timestamp: last_timestamp_ms, ..Default::default() };
    let mut control = vec![(ControlType::SnapshotHeader, header.to_bytes(0)?)];
    if let Some((version, voters)) = quorum {
        control.extend(quorum_records(version, voters)?);
    }
    let mut offset = 0;
    let mut bytes = Vec::new();
    let options =
        |offset| BatchOptions { base_offset: offset, partition_leader_epoch: epoch, ..BatchOptions::default() };
    let borrowed: Vec<(ControlType, &[u8])> = control.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
    bytes.extend(control_batch(options(offset), now_wall_ms, &borrowed));
    offset += control.len() as Offset;
    for chunk in records.chunks(RECORDS_PER_BATCH) {
        for DataBatch { bytes: mut batch, count } in data_batches(chunk, now_wall_ms, BATCH_BYTES)? {
            // Base offset and leader epoch lie outside of the checksum.
            batch[..8].copy_from_slice(&offset.to_be_bytes());
            batch[12..16].copy_from_slice(&epoch.to_be_bytes());
            bytes.extend(batch);
            offset += count as Offset;
        }
    }
    let footer = SnapshotFooterRecord { version: 0, ..Default::default() }.to_bytes(0)?;
    bytes.extend(control_batch(options(offset), now_wall_ms, &[(ControlType::SnapshotFooter, &footer)]));
    Ok(bytes)
}

/// Writes a piece of a snapshot that is being fetched into `<name>.part`, the first one anew; with the last one the
/// snapshot is whole: synced, frozen, renamed.
pub(crate) fn write_snapshot_part(
    files: &dyn Files,
    path: &Path,
    position: u64,
    piece: &[u8],
    is_last: bool,
) -> Result<(), QuorumError> {
    let part = part_path(path);
    let write = || {
        if position == 0 && files.exists(&part)? {
            files.remove_file(&part)?;
        }
        let file = files.open(&part, if position == 0 { OpenMode::CreateNew } else { OpenMode::Write })?;
        file.write_all_at(piece, position)?;
        if !is_last {
            return Ok(());
        }
        file.sync_all()?;
        files.make_read_only(&part)?;
        files.rename(&part, path)?;
        files.sync_dir(path.parent().unwrap_or(Path::new(".")))
    };
    write().map_err(|error: std::io::Error| QuorumError::writing(path, error))
}

fn part_path(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    PathBuf::from(part)
}

/// Writes a snapshot so that it is there whole or not at all: `<name>.part`, synced, renamed. All but the one of the
/// bootstrap are `frozen`: nobody may write them any more.
pub(crate) fn write_snapshot(files: &dyn Files, path: &Path, bytes: &[u8], frozen: bool) -> Result<(), QuorumError> {
    let part = part_path(path);
    let write = || {
        // One that a crash left cannot be written any more.
        if files.exists(&part)? {
            files.remove_file(&part)?;
        }
        let file = files.open(&part, OpenMode::CreateNew)?;
        file.write_all_at(bytes, 0)?;
        file.sync_all()?;
        if frozen {
            files.make_read_only(&part)?;
        }
        files.rename(&part, path)?;
        files.sync_dir(path.parent().unwrap_or(Path::new(".")))
    };
    write().map_err(|error: std::io::Error| {
        // What is there of it takes space that somebody lacks.
        let _the_next_one_removes_it = files.remove_file(&part);
        QuorumError::writing(path, error)
    })
}
