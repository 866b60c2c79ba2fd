//! The checkpoints of a log directory: recovery points, high watermarks and log start offsets of its partitions.
//!
//! Their rows name a topic, not which topic of that name: a log must not begin while a row of an older one is on disk, or
//! the next start would take its records for flushed.

use crate::log_dirs::Directory;
use crate::partition::PartitionCell;
use crate::replicas::Replicas;
use base::{FixedState, Offset, Set, TopicPartition};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use storage::{LOG_START_OFFSETS, RECOVERY_POINTS, REPLICATION_OFFSETS, StorageError};

/// What the files on disk hold.
#[derive(Default)]
pub(crate) struct Checkpointed {
    /// Of the offsets that were written last.
    fingerprint: u64,
    /// Hashes of the partitions that have rows.
    names: Set<u64>,
}

fn hash_of(name: &TopicPartition) -> u64 {
    FixedState::default().hash_one(name)
}

impl Directory {
    /// Tells of a row that was found at the start.
    pub fn note_checkpointed<'a>(&self, names: impl IntoIterator<Item = &'a TopicPartition>) {
        self.checkpointed.lock().names.extend(names.into_iter().map(hash_of));
    }

    fn has_row_of(&self, name: &TopicPartition) -> bool {
        self.checkpointed.lock().names.contains(&hash_of(name))
    }
}

impl Replicas {
    /// Called before a log begins: takes what is on disk of an older one of that name away.
    pub(crate) fn forget_older(&self, name: &TopicPartition, directory: &Arc<Directory>) -> Result<(), StorageError> {
        if directory.has_row_of(name) { self.write_checkpoints(directory) } else { Ok(()) }
    }

    /// Writes recovery points, high watermarks and log start offsets of a directory, unless they are what was written last.
    pub fn write_checkpoints(&self, directory: &Arc<Directory>) -> Result<(), StorageError> {
        let mut written = directory.checkpointed.lock();
        let mut unopened = self.unopened(directory);
        let mut rows: Vec<(Arc<PartitionCell>, [Offset; 4])> = Vec::new();
        self.for_each(|cell| {
            if Arc::ptr_eq(&cell.directory(), directory) {
                let offsets = cell.with_log(|log| {
                    let first = log.segments().next().map_or(0, |segment| segment.base_offset);
                    [log.checkpoint_recovery_point(), log.high_watermark(), log.log_start_offset(), first]
                });
                rows.push((cell.clone(), offsets));
            }
        });
        // Copies have their rows where they lie.
        rows.extend(self.copies.in_directory(directory).into_iter().map(|(cell, copied)| (cell, copied.checkpoint)));
        // Nothing is written while nothing changes: an idle node leaves its disk asleep.
        let mut hasher = FixedState::default().build_hasher();
        for (cell, offsets) in &rows {
            (cell.topic_id, cell.name.partition, offsets).hash(&mut hasher);
        }
        // What is known of logs that could not be opened is kept.
        unopened.retain(|(name, _)| !rows.iter().any(|(cell, _)| cell.name == *name));
        for (name, hint) in &unopened {
            (name, hint.recovery_point, hint.high_watermark, hint.log_start_offset).hash(&mut hasher);
        }
        let fingerprint = hasher.finish();
        if written.fingerprint == fingerprint {
            return Ok(());
        }
        let column = |i: usize| rows.iter().map(move |(cell, offsets)| (&cell.name, offsets[i]));
        let known = unopened.iter().map(|(name, hint)| (name, hint.recovery_point));
        directory.dir.write_checkpoint(RECOVERY_POINTS, column(0).chain(known))?;
        let known = unopened.iter().filter_map(|(name, hint)| Some((name, hint.high_watermark?)));
        directory.dir.write_checkpoint(REPLICATION_OFFSETS, column(1).chain(known))?;
        let moved_starts = rows.iter().filter(|(_, offsets)| offsets[2] > offsets[3]);
        let moved_starts = moved_starts.map(|(cell, offsets)| (&cell.name, offsets[2]));
        let known = unopened.iter().map(|(name, hint)| (name, hint.log_start_offset)).filter(|(_, start)| *start > 0);
        directory.dir.write_checkpoint(LOG_START_OFFSETS, moved_starts.chain(known))?;
        written.fingerprint = fingerprint;
        written.names =
            rows.iter().map(|(cell, _)| &cell.name).chain(unopened.iter().map(|(name, _)| name)).map(hash_of).collect();
        Ok(())
    }
}
