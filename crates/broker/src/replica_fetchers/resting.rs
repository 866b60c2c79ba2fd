//! Replicas without room that are not in sync are fetched seldom. All that comes of their fetches is that a leader which
//! keeps no account of refusals, as Apache's, asks the controller for them each time, although it does not let them in. They
//! still hear where the log of the leader begins: what was deleted there may make room here.

use super::Key;
use super::fetcher::Fetcher;
use crate::broker::Broker;
use crate::partition::PartitionCell;
use base::{LeaderEpoch, Now};
use std::sync::Arc;

/// The pause between two fetches.
const REST_US: u64 = 3_000_000;

impl Fetcher {
    /// Lets those rest that were in the request whose answer was worked off.
    pub(super) fn let_rest(&self, broker: &Broker, now: Now) {
        if !broker.replicas.directories().iter().any(|directory| directory.is_full()) {
            return;
        }
        let image = broker.image.load();
        let is_out = |(topic_id, index): &Key| {
            image.partition(*topic_id, *index).is_some_and(|partition| !partition.isr.contains(&broker.node_id))
        };
        let asked: Vec<(Key, LeaderEpoch, Arc<PartitionCell>)> = {
            let state = self.state.lock();
            let was_asked = |key: &Key| state.session.asked(key).is_some();
            let asked = state.followed.iter().filter(|(key, one)| !one.is_busy && was_asked(key) && is_out(key));
            asked.map(|(key, one)| (*key, one.epoch, one.cell.clone())).collect()
        };
        for (key, epoch, _) in asked.iter().filter(|(_, _, cell)| cell.directory().is_full()) {
            self.hold((*key, *epoch), now, REST_US);
        }
    }
}
