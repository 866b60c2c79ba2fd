//! Two folders of one partition, in different log directories: whether it can be told which one counts.

use crate::StorageError;
use crate::error::IoContext;
use crate::leader_epochs::LeaderEpochs;
use crate::log_dir::PartitionFolder;
use crate::names::{self, FolderState, parse_offset};
use base::{Files, LeaderEpoch, Offset, TopicPartition};
use std::collections::BTreeMap;
use std::path::Path;

/// Two folders of one partition of which nobody can say which has the records that clients were told of; `None` when there
/// are none such. Folders of different topic ids are no copies, for the metadata tells which topic there is; nor is one
/// that was hardly begun, without topic id and records.
pub fn second_copy<'a>(
    files: &dyn Files,
    folders: impl IntoIterator<Item = &'a PartitionFolder>,
) -> Result<Option<(&'a PartitionFolder, &'a PartitionFolder)>, StorageError> {
    let mut seen: BTreeMap<&TopicPartition, Vec<&PartitionFolder>> = BTreeMap::new();
    for folder in folders {
        // Copies that a move began are told apart by their ends.
        if folder.state != FolderState::Live {
            continue;
        }
        let others = seen.entry(&folder.partition).or_default();
        for other in others.iter() {
            if are_copies(files, other, folder)? {
                return Ok(Some((other, folder)));
            }
        }
        others.push(folder);
    }
    Ok(None)
}

/// How much a folder has whose log is not open: its newest leader epoch (-1: none is known), its last file of records, and
/// how long that is. Of several copies the greatest one was filled last.
pub fn standing(files: &dyn Files, folder: &Path) -> Result<(LeaderEpoch, Offset, u64), StorageError> {
    let epochs = LeaderEpochs::load(files, &folder.join(names::LEADER_EPOCHS));
    let epoch = match epochs {
        Err(StorageError::Corrupt { .. }) => -1,
        other => other?.latest().map_or(-1, |entry| entry.epoch),
    };
    let entries = files.list(folder).or_failed(folder)?;
    let logs = entries.iter().filter_map(|entry| Some((parse_offset(&entry.name, names::LOG)?, entry.len)));
    let (base_offset, len) = logs.max().unwrap_or_default();
    Ok((epoch, base_offset, len))
}

fn are_copies(files: &dyn Files, a: &PartitionFolder, b: &PartitionFolder) -> Result<bool, StorageError> {
    match (a.topic_id, b.topic_id) {
        (Some(a), Some(b)) => Ok(a == b),
        (None, None) => Ok(true),
        (None, Some(_)) => has_records(files, a),
        (Some(_), None) => has_records(files, b),
    }
}

fn has_records(files: &dyn Files, folder: &PartitionFolder) -> Result<bool, StorageError> {
    let entries = files.list(&folder.path).or_failed(&folder.path)?;
    Ok(entries.iter().any(|entry| parse_offset(&entry.name, names::LOG).is_some() && entry.len > 0))
}
