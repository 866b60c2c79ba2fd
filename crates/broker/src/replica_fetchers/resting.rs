//! Replicas without room that are not in sync are fetched seldom. All that comes of their fetches is that a leader which
//! keeps no account of refusals, as Apache's, asks the controller for them each time, although it does not let them in. They
//! still hear where the log of the leader begins: what was deleted there may make room here.

use super::Key;
use super::fetcher::Fetcher;
use crate::broker::Broker;
use crate::partition::PartitionCell;
use base::{LeaderEpoch, Now};
use metadata::Image;
use std::sync::Arc;

/// The pause between two fetches.
pub(super) const REST_US: u64 = 3_000_000;
/// Between two looks for those that are to rest: a fetcher may have thousands of partitions.
const LOOK_EVERY_US: u64 = 250_000;

impl Fetcher {
    /// Lets those rest that were in the request whose answer was worked off.
    pub(super) fn let_rest(&self, broker: &Broker, now: Now) {
        if !broker.replicas.directories().iter().any(|directory| directory.is_full()) {
            return;
        }
        let asked: Vec<(Key, LeaderEpoch, Arc<PartitionCell>)> = {
            let mut state = self.state.lock();
            if now.monotonic_us < state.rest_look_us {
                return;
            }
            state.rest_look_us = now.monotonic_us + LOOK_EVERY_US;
            let was_asked = |key: &Key| state.session.asked(key).is_some();
            let asked = state.followed.iter().filter(|(key, one)| !one.is_busy && was_asked(key));
            asked.map(|(key, one)| (*key, one.epoch, one.cell.clone())).collect()
        };
        for (key, epoch, _) in asked.iter().filter(|(key, _, cell)| is_to_rest(broker, key, cell)) {
            self.hold((*key, *epoch), now, REST_US);
        }
    }

    /// Whether there is no room for it, and nobody waits for it.
    pub(super) fn is_to_rest(&self, key: &Key, cell: &PartitionCell) -> bool {
        self.broker.upgrade().is_some_and(|broker| is_to_rest(&broker, key, cell))
    }
}

fn is_to_rest(broker: &Broker, (topic_id, index): &Key, cell: &PartitionCell) -> bool {
    let is_out = |image: &Image| {
        image.partition(*topic_id, *index).is_some_and(|partition| !partition.isr.contains(&broker.node_id))
    };
    cell.directory().is_full() && is_out(&broker.image.load())
}
