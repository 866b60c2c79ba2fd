//! The checkpoints of a log directory: recovery points, high watermarks and log start offsets of its partitions.
//!
//! Their rows name a topic, not which topic of that name: a log must not begin while a row of an older one is on disk, or
//! the next start would take its records for flushed.

use crate::log_dirs::Directory;
use crate::partition::PartitionCell;
use crate::replicas::Replicas;
use base::{FixedState, Map, Offset, TopicPartition};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use storage::{LOG_START_OFFSETS, RECOVERY_POINTS, REPLICATION_OFFSETS, StorageError};

/// What the files on disk hold.
#[derive(Default)]
pub(crate) struct Checkpointed {
    /// Of the offsets that were written last.
    fingerprint: u64,
    /// Hashes of the partitions that have rows, each with the highest offset of which a row says something.
    rows: Map<u64, Offset>,
}

impl Checkpointed {
    /// A file is about to be replaced: until that is done it may say this as well as what it said before.
    fn may_say(&mut self, name: &TopicPartition, offset: Offset) {
        let known = self.rows.entry(hash_of(name)).or_insert(offset);
        *known = offset.max(*known);
    }
}

fn hash_of(name: &TopicPartition) -> u64 {
    FixedState::default().hash_one(name)
}

impl Directory {
    /// Tells of a row that was found at the start.
    pub fn note_checkpointed<'a>(&self, names: impl IntoIterator<Item = &'a TopicPartition>) {
        // What it says is not known here: more than any log has.
        self.checkpointed.lock().rows.extend(names.into_iter().map(|name| (hash_of(name), Offset::MAX)));
    }

    /// Whether a row on disk says something of what lies above this offset. Waits for whoever writes the rows.
    fn has_row_above(&self, name: &TopicPartition, offset: Offset) -> bool {
        self.checkpointed.lock().rows.get(&hash_of(name)).is_some_and(|said| *said > offset)
    }
}

impl Replicas {
    /// Called before a log begins: takes what is on disk of an older one of that name away.
    pub(crate) fn forget_older(&self, name: &TopicPartition, directory: &Arc<Directory>) -> Result<(), StorageError> {
        self.lower_checkpoints(name, Offset::MIN, directory)
    }

    /// Called before a log is cut, and once its own recovery point has fallen: nothing on disk says anything of what goes.
    /// That is so already for most cuts, above all those of leader epochs without records: thousands of partitions that
    /// find their leader again must not sync three files each.
    pub(crate) fn lower_checkpoints(
        &self,
        name: &TopicPartition,
        offset: Offset,
        directory: &Arc<Directory>,
    ) -> Result<(), StorageError> {
        if directory.has_row_above(name, offset) { self.write_checkpoints(directory) } else { Ok(()) }
    }

    /// Writes recovery points, high watermarks and log start offsets of a directory, unless they are what was written last.
    pub fn write_checkpoints(&self, directory: &Arc<Directory>) -> Result<(), StorageError> {
        let mut written = directory.checkpointed.lock();
        let mut unopened = self.unopened(directory);
        let mut rows: Vec<(Arc<PartitionCell>, [Offset; 4])> = Vec::new();
        // Before the logs: what changes places meanwhile is among both, and never among neither.
        let mut copies = self.copies.in_directory(directory);
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
        if !copies.is_empty() {
            let logs: BTreeSet<_> = rows.iter().map(|(cell, _)| (cell.topic_id, cell.name.partition)).collect();
            copies.retain(|(cell, _)| !logs.contains(&(cell.topic_id, cell.name.partition)));
        }
        rows.extend(copies.into_iter().map(|(cell, copied)| (cell, copied.checkpoint)));
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
        let highest = |offsets: &[Offset; 4]| offsets[0].max(offsets[1]).max(offsets[2]);
        rows.iter().for_each(|(cell, offsets)| written.may_say(&cell.name, highest(offsets)));
        unopened.iter().for_each(|(name, _)| written.may_say(name, Offset::MAX));
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
        let said = rows.iter().map(|(cell, offsets)| (hash_of(&cell.name), highest(offsets)));
        written.rows = said.chain(unopened.iter().map(|(name, _)| (hash_of(name), Offset::MAX))).collect();
        Ok(())
    }
}
