//! Feeds committed batches of the metadata log into an image and says when a new one can be shown.

use crate::image::{ConfigResource, Image, Topic};
use crate::replay::ReplayError;
use base::{LeaderEpoch, NodeId, Offset, PartitionIndex, TopicId};
use imbl::OrdMap;
use protocol::MetadataRecord;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What changed between two images. Sets are sorted, so that publishers work in the same order on every node.
#[derive(Debug, Clone, Default)]
pub struct Delta {
    pub brokers: BTreeSet<NodeId>,
    pub controllers_changed: bool,
    /// Topics that are new or have a changed partition.
    pub topics: BTreeSet<TopicId>,
    /// Partitions that are new or changed.
    pub partitions: BTreeSet<(TopicId, PartitionIndex)>,
    /// Topics that are gone, as they last were.
    pub removed_topics: Vec<Arc<Topic>>,
    pub configs: BTreeSet<ConfigResource>,
    pub features_changed: bool,
    pub acls_changed: bool,
}

impl Delta {
    /// Adds the changes of a later image: the sum is what changed from before this one to after that one.
    pub fn merge(&mut self, later: Delta) {
        let Delta { brokers, topics, partitions, removed_topics, configs, .. } = later;
        self.brokers.extend(brokers);
        self.controllers_changed |= later.controllers_changed;
        self.topics.extend(topics);
        self.partitions.extend(partitions);
        self.removed_topics.extend(removed_topics);
        self.configs.extend(configs);
        self.features_changed |= later.features_changed;
        self.acls_changed |= later.acls_changed;
    }

    /// What changed between two images, where no records lead from one to the other: a snapshot was loaded.
    pub fn between(before: &Image, after: &Image) -> Delta {
        let mut delta = Delta {
            brokers: changed_keys(&before.brokers, &after.brokers),
            controllers_changed: before.controllers != after.controllers,
            configs: changed_keys(&before.configs, &after.configs),
            features_changed: before.features != after.features,
            acls_changed: before.acls != after.acls,
            ..Delta::default()
        };
        for (id, topic) in &after.topics {
            let old = before.topics.get(id);
            if old == Some(topic) {
                continue;
            }
            delta.topics.insert(*id);
            let is_changed =
                |index: &PartitionIndex| old.and_then(|old| old.partitions.get(index)) != topic.partitions.get(index);
            delta
                .partitions
                .extend(topic.partitions.keys().filter(|index| is_changed(index)).map(|index| (*id, *index)));
        }
        let removed = before.topics.iter().filter(|(id, _)| !after.topics.contains_key(*id));
        delta.removed_topics.extend(removed.map(|(_, topic)| topic.clone()));
        delta
    }
}

/// Keys whose values differ, or that only one of the maps has.
fn changed_keys<K: Ord + Clone, V: PartialEq>(before: &OrdMap<K, V>, after: &OrdMap<K, V>) -> BTreeSet<K> {
    let new = after.iter().filter(|(key, value)| before.get(*key) != Some(*value)).map(|(key, _)| key);
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    new.chain(gone).cloned().collect()
}

/// The newest image and the changes since the last time somebody took them.
#[derive(Debug, Clone)]
pub struct Loader {
    image: Image,
    delta: Delta,
    /// Image and changes before the metadata transaction that is open (KIP-868).
    before_transaction: Option<Box<(Image, Delta)>>,
}

impl Default for Loader {
    fn default() -> Self {
        Loader::new(Image::empty())
    }
}

impl Loader {
    pub fn new(image: Image) -> Loader {
        Loader { image, delta: Delta::default(), before_transaction: None }
    }

    /// Replays one record of the log.
    pub fn replay(
        &mut self,
        offset: Offset,
        epoch: LeaderEpoch,
        timestamp_ms: i64,
        record: &MetadataRecord<'_>,
    ) -> Result<(), ReplayError> {
        // All records of a snapshot have one offset.
        let (last, last_epoch) = (self.image.offset, self.image.epoch);
        if offset < last {
            return Err(ReplayError::OffsetFell { offset, last });
        }
        if epoch < last_epoch {
            let (found, last) = (epoch.into(), last_epoch.into());
            return Err(ReplayError::EpochFell { offset, what: "log", found, last });
        }
        match record {
            MetadataRecord::BeginTransaction(_) => {
                if self.before_transaction.is_some() {
                    return Err(ReplayError::Transaction { offset, what: "begins" });
                }
                self.before_transaction = Some(Box::new((self.image.clone(), self.delta.clone())));
            }
            MetadataRecord::EndTransaction(_) => {
                self.before_transaction.take().ok_or(ReplayError::Transaction { offset, what: "ends" })?;
            }
            MetadataRecord::AbortTransaction(_) => {
                let before = self.before_transaction.take();
                let before = before.ok_or(ReplayError::Transaction { offset, what: "aborts" })?;
                (self.image, self.delta) = *before;
            }
            other => {
                self.image.offset = offset;
                self.image.replay(other, &mut self.delta)?;
            }
        }
        self.advance(offset, epoch, timestamp_ms);
        Ok(())
    }

    /// Notes that the log was read up to `offset` although nothing there concerned the image (control records).
    pub fn advance(&mut self, offset: Offset, epoch: LeaderEpoch, timestamp_ms: i64) {
        self.image.offset = offset;
        self.image.epoch = epoch;
        self.image.timestamp_ms = timestamp_ms;
    }

    /// The image as far as it may be shown: not beyond the beginning of an open transaction.
    pub fn visible(&self) -> &Image {
        self.before_transaction.as_ref().map_or(&self.image, |before| &before.0)
    }

    /// The image with everything that was replayed; the active controller plans on this one.
    pub fn latest(&self) -> &Image {
        &self.image
    }

    /// The visible image and what changed since the last call; `None` while a transaction is open.
    pub fn take(&mut self) -> Option<(Image, Delta)> {
        if self.before_transaction.is_some() {
            return None;
        }
        Some((self.image.clone(), std::mem::take(&mut self.delta)))
    }

    /// Replaces the changes: the image was not derived from the one that was taken last.
    pub fn replace_delta(&mut self, delta: Delta) {
        self.delta = delta;
    }

    pub fn in_transaction(&self) -> bool {
        self.before_transaction.is_some()
    }
}
