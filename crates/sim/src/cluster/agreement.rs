//! What must hold of the metadata quorum: whoever shows an image shows the same, an epoch has one leader, and none goes on that
//! no majority reaches.

use super::nodes::{CONTROLLERS, Cluster, Place};
use crate::node::SimNode;
use base::{NodeId, Offset};

/// A leader that no majority reaches resigns after one and a half fetch timeouts (of 2 s); what is on its way then may still
/// count.
const LONELY_US: u64 = 4_000_000;

impl Cluster {
    /// Committed metadata is the same everywhere: whoever shows an image of some offset shows the same one.
    pub fn wrong_images(&mut self) -> Option<String> {
        for place in &mut self.places {
            let Some(image) = place.node.as_ref().and_then(SimNode::committed_image) else { continue };
            if image.offset < place.shown {
                return Some(format!("node {} shows offset {} after {}", place.id, image.offset, place.shown));
            }
            place.shown = image.offset;
            let known = self.images.entry(image.offset).or_insert_with(|| {
                tracing::debug!(node = place.id, offset = image.offset, epoch = image.epoch, "first shows an image");
                image.clone()
            });
            if **known != *image {
                let (known, shown) = (format!("{known:#?}"), format!("{image:#?}"));
                let differ = known.lines().zip(shown.lines()).find(|(known, shown)| known != shown);
                return Some(format!("node {} shows another image at offset {}: {differ:?}", place.id, image.offset));
            }
        }
        None
    }

    /// Whom a majority reaches at the end of a time is reached in it; who stands still cannot resign. Where voters change, they
    /// have the time of a new leadership to be heard of.
    pub(super) fn note_reached(&mut self) {
        let now_us = self.now.monotonic_us;
        for place in self.places.iter_mut().filter(|place| CONTROLLERS.contains(&place.id)) {
            let voters = place.node.as_ref().and_then(SimNode::voters);
            if voters != place.voters.as_ref() {
                place.voters = voters.cloned();
                self.reached.insert(place.id, now_us);
            }
        }
        let is_awake = |id: NodeId| self.places.iter().any(|place| place.id == id && place.awake().is_some());
        let is_reached = |place: &&Place| {
            let Some(node) = place.awake() else { return true };
            let voters = node.voters();
            let reach = |id: NodeId| {
                id == place.id || CONTROLLERS.contains(&id) && is_awake(id) && self.network.is_connected(id, place.id)
            };
            voters.is_some_and(|voters| voters.iter().filter(|voter| reach(voter.key.id)).count() >= voters.majority())
        };
        let controllers = self.places.iter().filter(|place| CONTROLLERS.contains(&place.id));
        let reached: Vec<NodeId> = controllers.filter(is_reached).map(|place| place.id).collect();
        self.reached.extend(reached.into_iter().map(|id| (id, now_us)));
    }

    /// One leader an epoch, in one of its lives; and none that a majority has not reached for long (Kafka's check-quorum).
    pub fn wrong_leaders(&mut self) -> Option<String> {
        let now_us = self.now.monotonic_us;
        for place in &self.places {
            let Some(epoch) = place.node.as_ref().and_then(SimNode::leads) else {
                self.reached.remove(&place.id);
                continue;
            };
            let first = *self.leaders.entry(epoch).or_insert((place.id, place.life));
            if first != (place.id, place.life) {
                return Some(format!("epoch {epoch} is led by {first:?} and by {:?}", (place.id, place.life)));
            }
            if now_us - *self.reached.entry(place.id).or_insert(now_us) > LONELY_US {
                return Some(format!("node {} leads epoch {epoch}, and no majority reaches it", place.id));
            }
        }
        None
    }

    /// Everything of the metadata below was seen to be committed.
    pub fn committed_end(&self) -> Offset {
        self.truth.offset + 1
    }
}
