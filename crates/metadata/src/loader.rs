//! Feeds committed batches of the metadata log into an image and says when a new one can be shown.

use crate::image::{ConfigResource, Image, Topic};
use crate::replay::ReplayError;
use base::{LeaderEpoch, NodeId, Offset, PartitionIndex, TopicId};
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

    pub fn in_transaction(&self) -> bool {
        self.before_transaction.is_some()
    }
}
