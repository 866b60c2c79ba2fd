//! What may be gone where the power was cut or a disk failed. A broker loses what it has not synced; where partitions have
//! several replicas, and two have what was acknowledged, nothing is gone before a second broker loses its part as well, and the
//! first has not got everything back until then.

use super::nodes::{Cluster, is_controller};
use base::NodeId;
use std::collections::BTreeSet;

/// Who has lost something.
#[derive(Default)]
pub(super) struct Losses {
    /// Brokers that have lost what they had not synced, and did not get everything back yet.
    brokers: BTreeSet<NodeId>,
    /// Nobody has to have what was not synced; until somebody takes note of that.
    is_freed: bool,
    was_ever_freed: bool,
}

impl Losses {
    /// What was not synced may be gone for everybody.
    pub fn free(&mut self) {
        (self.is_freed, self.was_ever_freed) = (true, true);
    }

    /// Whether that has happened since the last look.
    pub fn take_freed(&mut self) -> bool {
        std::mem::take(&mut self.is_freed)
    }

    /// Whether everything that was ever acknowledged is still to be there.
    pub fn keeps_everything(&self) -> bool {
        !self.was_ever_freed
    }
}

impl Cluster {
    /// Whether what was not synced may be gone for everybody since the last look.
    pub fn take_freed(&mut self) -> bool {
        self.losses.take_freed()
    }

    /// A node has lost what was not synced, or is about to.
    pub(super) fn lost_unsynced(&mut self, id: NodeId) {
        if is_controller(id) {
            return;
        }
        let others_have_it = self.shape.replicas > 1 && self.losses.brokers.iter().all(|other| *other == id);
        if !others_have_it {
            self.losses.brokers.clear();
            self.losses.free();
            self.seen.power_was_cut();
        }
        self.losses.brokers.insert(id);
    }

    /// Looks who has everything again: it is in sync everywhere, as the process that runs now, and has all that is committed.
    pub fn note_recovered(&mut self) {
        let recovered: Vec<NodeId> = self.losses.brokers.iter().copied().filter(|id| self.has_recovered(*id)).collect();
        self.losses.brokers.retain(|id| !recovered.contains(id));
    }

    fn has_recovered(&self, id: NodeId) -> bool {
        let place = self.places.iter().find(|place| place.id == id);
        let Some(broker) = place.and_then(|place| place.node.as_ref()?.broker()) else { return false };
        let is_registered =
            self.truth.brokers.get(&id).is_some_and(|known| known.epoch == broker.epoch() && known.is_active());
        let mut replicas = self.partitions().filter(|(_, _, partition)| partition.replicas.contains(&id));
        !self.is_harmed(id)
            && is_registered
            && replicas.all(|(topic_id, index, partition)| {
                let cell = broker.replicas.get(topic_id, index);
                let end = cell.map(|cell| cell.with_log(|log| log.log_end_offset()));
                partition.isr.contains(&id) && end.is_some_and(|end| end >= self.seen.committed(&(topic_id, index)))
            })
    }
}
