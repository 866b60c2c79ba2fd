//! At which offset each leader epoch of a partition began (KIP-101, KIP-279): what replicas compare to find where they
//! diverge. Kept in memory; every change yields the new content of `leader-epoch-checkpoint` for a [`crate::Job`].

use crate::{StorageError, checkpoints};
use base::{Files, LeaderEpoch, Offset};
use std::path::Path;

/// An epoch and the first offset that was (or will be) written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochEntry {
    pub epoch: LeaderEpoch,
    pub start_offset: Offset,
}

/// Answer to "where did this epoch end": the largest epoch at or below the asked one, and the offset after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochEnd {
    pub epoch: LeaderEpoch,
    pub end_offset: Offset,
}

/// Entries with growing epochs and start offsets. Epoch 0 is an epoch like any other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeaderEpochs {
    entries: Vec<EpochEntry>,
}

impl LeaderEpochs {
    pub(crate) fn load(files: &dyn Files, path: &Path) -> Result<LeaderEpochs, StorageError> {
        let read = checkpoints::read_lines(files, path, |line| {
            let (epoch, offset) = line.trim().split_once(' ')?;
            Some(EpochEntry { epoch: epoch.parse().ok()?, start_offset: offset.trim().parse().ok()? })
        })?;
        let mut epochs = LeaderEpochs::default();
        for entry in read {
            epochs.assign(entry.epoch, entry.start_offset);
        }
        Ok(epochs)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let lines: Vec<String> = self.entries.iter().map(|e| format!("{} {}\n", e.epoch, e.start_offset)).collect();
        checkpoints::encode_lines(&lines).into_bytes()
    }

    pub fn entries(&self) -> &[EpochEntry] {
        &self.entries
    }

    /// The newest entry.
    pub fn latest(&self) -> Option<EpochEntry> {
        self.entries.last().copied()
    }

    /// The oldest entry.
    pub fn earliest(&self) -> Option<EpochEntry> {
        self.entries.first().copied()
    }

    /// The epoch in which the record at `offset` was written, as far as it is known.
    pub fn epoch_at(&self, offset: Offset) -> Option<LeaderEpoch> {
        let after = self.entries.partition_point(|entry| entry.start_offset <= offset);
        self.entries.get(after.checked_sub(1)?).map(|entry| entry.epoch)
    }

    /// Notes that `epoch` starts at `start_offset`; entries that contradict it go. True when something changed.
    pub(crate) fn assign(&mut self, epoch: LeaderEpoch, start_offset: Offset) -> bool {
        if epoch < 0 || start_offset < 0 {
            return false;
        }
        if let Some(latest) = self.latest() {
            if latest.epoch == epoch && latest.start_offset <= start_offset {
                return false;
            }
            if latest.epoch > epoch {
                tracing::warn!(epoch, start_offset, latest = latest.epoch, "leader epochs contradict; newer ones go");
            }
        }
        let keep = self.entries.iter().take_while(|e| e.epoch < epoch && e.start_offset < start_offset).count();
        self.entries.truncate(keep);
        self.entries.push(EpochEntry { epoch, start_offset });
        true
    }

    /// Where `epoch` ended, as a follower of epoch `epoch` must hear it; `log_end` ends the newest epoch. `None` when
    /// nothing at or below that epoch is known (Kafka answers with an undefined epoch and offset).
    pub fn end_offset_for(&self, epoch: LeaderEpoch, log_end: Offset) -> Option<EpochEnd> {
        let latest = self.latest()?;
        if epoch < 0 {
            return None;
        }
        if epoch == latest.epoch {
            return Some(EpochEnd { epoch, end_offset: log_end });
        }
        // An epoch above the newest is unknown here: the caller cannot say where it ended.
        let higher = self.entries.iter().position(|entry| entry.epoch > epoch)?;
        let end_offset = self.entries[higher].start_offset;
        match higher.checked_sub(1) {
            Some(lower) => Some(EpochEnd { epoch: self.entries[lower].epoch, end_offset }),
            // Older than the oldest: everything that it wrote is gone, the log starts where the oldest does.
            None => Some(EpochEnd { epoch, end_offset }),
        }
    }

    /// Forgets epochs that begin at or after `end_offset`.
    pub(crate) fn truncate_from_end(&mut self, end_offset: Offset) -> bool {
        let before = self.entries.len();
        if base::mutant(base::Mutant::TruncationKeepsEpochs) {
            return false;
        }
        self.entries.retain(|entry| entry.start_offset < end_offset);
        self.entries.len() != before
    }

    /// Forgets epochs that ended at or before `start_offset`; the one that covers it now begins there.
    pub(crate) fn truncate_from_start(&mut self, start_offset: Offset) -> bool {
        let covering = self.entries.partition_point(|entry| entry.start_offset <= start_offset);
        let Some(first) = covering.checked_sub(1) else { return false };
        if first == 0 && self.entries[0].start_offset == start_offset {
            return false;
        }
        self.entries.drain(..first);
        self.entries[0].start_offset = start_offset;
        true
    }

    pub(crate) fn clear(&mut self) -> bool {
        let had = !self.entries.is_empty();
        self.entries.clear();
        had
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(entries: &[(LeaderEpoch, Offset)]) -> LeaderEpochs {
        let mut epochs = LeaderEpochs::default();
        for (epoch, start) in entries {
            epochs.assign(*epoch, *start);
        }
        epochs
    }

    fn pairs(epochs: &LeaderEpochs) -> Vec<(LeaderEpoch, Offset)> {
        epochs.entries().iter().map(|e| (e.epoch, e.start_offset)).collect()
    }

    #[test]
    fn assigning_keeps_epochs_and_offsets_growing() {
        assert_eq!(pairs(&epochs(&[(0, 0), (0, 5), (2, 10)])), [(0, 0), (2, 10)]);
        assert_eq!(pairs(&epochs(&[(0, 0), (1, 10), (2, 10)])), [(0, 0), (2, 10)]);
        assert_eq!(pairs(&epochs(&[(0, 0), (1, 10), (3, 20), (2, 15)])), [(0, 0), (1, 10), (2, 15)]);
        assert_eq!(pairs(&epochs(&[(0, 0), (1, 10), (2, 4)])), [(0, 0), (2, 4)]);
        assert_eq!(pairs(&epochs(&[(-1, 0)])), []);
    }

    #[test]
    fn ends_of_epochs_are_those_a_follower_needs() {
        let cache = epochs(&[(2, 5), (4, 12), (7, 30)]);
        let end = |epoch| cache.end_offset_for(epoch, 40).map(|end| (end.epoch, end.end_offset));
        assert_eq!(end(7), Some((7, 40)));
        assert_eq!(end(4), Some((4, 30)));
        assert_eq!(end(5), Some((4, 30)));
        assert_eq!(end(2), Some((2, 12)));
        assert_eq!(end(1), Some((1, 5)));
        assert_eq!(end(8), None);
        assert_eq!(end(-1), None);
        assert_eq!(LeaderEpochs::default().end_offset_for(0, 9), None);
        assert_eq!(epochs(&[(0, 0)]).end_offset_for(0, 9), Some(EpochEnd { epoch: 0, end_offset: 9 }));
    }

    #[test]
    fn truncation_from_both_ends() {
        let mut cache = epochs(&[(2, 5), (4, 12), (7, 30)]);
        assert!(cache.truncate_from_end(30));
        assert!(!cache.truncate_from_end(30));
        assert_eq!(pairs(&cache), [(2, 5), (4, 12)]);
        assert!(cache.truncate_from_start(13));
        assert_eq!(pairs(&cache), [(4, 13)]);
        assert!(!cache.truncate_from_start(13));
        assert!(!cache.truncate_from_start(2));
        assert_eq!(cache.epoch_at(13), Some(4));
        assert_eq!(cache.epoch_at(12), None);
    }
}
