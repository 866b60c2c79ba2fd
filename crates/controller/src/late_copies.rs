//! Requests of brokers that came after newer ones of the same broker (AlterPartition, a field of Ottla's own,
//! `protocol/own.rs`): a copy whose connection broke on the way may come long after the one that was sent next. None is
//! taken, so that a leader that was refused knows what can still become of its earlier questions: nothing.
//!
//! This is not in the log: requests name the epoch of the controller that they are for, and another one begins anew.

use crate::SmallMap;
use base::{BrokerEpoch, NodeId};
use metadata::Image;

/// The newest request of each registered broker that was taken.
#[derive(Debug, Default)]
pub(crate) struct LateCopies(SmallMap<NodeId, (BrokerEpoch, i64)>);

impl LateCopies {
    /// Whether a request of this number comes late. If not, it is the newest one.
    pub fn comes_late(&mut self, image: &Image, (id, epoch): (NodeId, BrokerEpoch), number: i64) -> bool {
        if self.0.len() > image.brokers.len() {
            self.0.retain(|id, _| image.brokers.contains_key(id));
        }
        let newest = self.0.get(&id).filter(|(of, _)| *of == epoch);
        let is_late = newest.is_some_and(|(_, newest)| number <= *newest);
        if !is_late {
            self.0.insert(id, (epoch, number));
        }
        is_late
    }
}
