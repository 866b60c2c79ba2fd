//! Committed offsets of all groups of a shard, and those of transactions that have not ended (KIP-98, KIP-447).

use base::{Offset, ProducerId, TopicId};
use std::collections::BTreeMap;

/// What was committed for one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedOffset {
    pub offset: Offset,
    /// -1 when the client did not say.
    pub leader_epoch: i32,
    pub metadata: String,
    pub commit_timestamp_ms: i64,
    /// Set by clients that ask for a retention of their own (OffsetCommit 2 to 4).
    pub expire_timestamp_ms: Option<i64>,
    /// All zero when the topic's id was not known.
    pub topic_id: TopicId,
    /// Offset of the record that says so.
    pub record_offset: Offset,
}

pub(crate) type Partitions = BTreeMap<i32, CommittedOffset>;
type Topics = BTreeMap<String, Partitions>;
type Key = (String, String, i32);

#[derive(Debug, Default)]
pub(crate) struct Offsets {
    groups: BTreeMap<String, Topics>,
    pending: BTreeMap<ProducerId, BTreeMap<Key, CommittedOffset>>,
}

impl Offsets {
    pub(crate) fn get(&self, group: &str, topic: &str, partition: i32) -> Option<&CommittedOffset> {
        self.groups.get(group)?.get(topic)?.get(&partition)
    }

    /// Topics with offsets of a group, in the order of their names.
    pub(crate) fn topics(&self, group: &str) -> impl Iterator<Item = (&str, &Partitions)> {
        self.groups.get(group).into_iter().flatten().map(|(topic, partitions)| (topic.as_str(), partitions))
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// Whether all groups together have no more offsets than this; never looks at many more.
    pub(crate) fn is_at_most(&self, max: usize) -> bool {
        let mut partitions = self.groups.values().flat_map(BTreeMap::values).flat_map(BTreeMap::keys);
        partitions.nth(max).is_none()
    }

    /// How many offsets all groups have together.
    pub(crate) fn count(&self) -> usize {
        self.groups.values().flat_map(BTreeMap::values).map(BTreeMap::len).sum()
    }

    pub(crate) fn put(&mut self, group: &str, topic: &str, partition: i32, committed: CommittedOffset) {
        let topics = self.groups.entry(group.to_owned()).or_default();
        topics.entry(topic.to_owned()).or_default().insert(partition, committed);
    }

    /// Forgets a partition, also what open transactions want to commit for it.
    pub(crate) fn remove(&mut self, group: &str, topic: &str, partition: i32) {
        for pending in self.pending.values_mut() {
            pending.retain(|key, _| !(key.0 == group && key.1 == topic && key.2 == partition));
        }
        let Some(topics) = self.groups.get_mut(group) else { return };
        let Some(partitions) = topics.get_mut(topic) else { return };
        partitions.remove(&partition);
        if partitions.is_empty() {
            topics.remove(topic);
        }
        if topics.is_empty() {
            self.groups.remove(group);
        }
    }

    pub(crate) fn put_pending(&mut self, producer: ProducerId, key: Key, committed: CommittedOffset) {
        self.pending.entry(producer).or_default().insert(key, committed);
    }

    pub(crate) fn remove_pending(&mut self, producer: ProducerId, key: &Key) {
        if let Some(offsets) = self.pending.get_mut(&producer) {
            offsets.remove(key);
        }
    }

    /// Ends a transaction. A commit does not go behind what was committed outside of it after its record.
    pub(crate) fn end_transaction(&mut self, producer: ProducerId, committed: bool) {
        for ((group, topic, partition), offset) in self.pending.remove(&producer).into_iter().flatten() {
            let newer = |known: &CommittedOffset| known.record_offset > offset.record_offset;
            if committed && !self.get(&group, &topic, partition).is_some_and(newer) {
                self.put(&group, &topic, partition, offset);
            }
        }
    }

    /// Whether an open transaction wants to commit this partition.
    pub(crate) fn is_pending(&self, group: &str, topic: &str, partition: i32) -> bool {
        let same = |key: &Key| key.0 == group && key.1 == topic && key.2 == partition;
        self.pending.values().any(|offsets| offsets.keys().any(same))
    }

    pub(crate) fn has_pending(&self, group: &str) -> bool {
        self.pending.values().any(|offsets| offsets.keys().any(|key| key.0 == group))
    }

    /// Partitions of a group that open transactions want to commit.
    pub(crate) fn pending_partitions(&self, group: &str) -> Vec<(String, i32)> {
        let of_group = self.pending.values().flat_map(|offsets| offsets.keys()).filter(|key| key.0 == group);
        of_group.map(|key| (key.1.clone(), key.2)).collect()
    }
}
