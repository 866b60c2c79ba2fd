//! Which nodes of a cluster are controllers, which are brokers, and which are both.

use base::{NodeId, Random, SplitMix64};

/// Who serves clients, in every layout.
pub const BROKERS: [NodeId; 3] = [1, 2, 3];

/// Three controllers and three brokers. The first brokers may be controllers as well (`process.roles=broker,controller`); the
/// other controllers are processes of their own, 100 and more.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// So many nodes are both.
    combined: usize,
}

impl Layout {
    /// Apart in every other schedule, three that are both in every third one, else a mix.
    pub fn draw(random: &mut SplitMix64) -> Layout {
        let combined = match random.below(6) {
            0..=2 => 0,
            3 | 4 => BROKERS.len(),
            _ => 1 + random.below(2) as usize,
        };
        Layout { combined }
    }

    pub fn controllers(self) -> [NodeId; 3] {
        [0, 1, 2].map(|at| if at < self.combined { BROKERS[at] } else { 100 + at as NodeId })
    }

    /// All nodes.
    pub fn ids(self) -> Vec<NodeId> {
        self.controllers_alone().into_iter().chain(BROKERS).collect()
    }

    pub fn controllers_alone(self) -> Vec<NodeId> {
        self.controllers().into_iter().filter(|id| !self.is_broker(*id)).collect()
    }

    pub fn is_controller(self, id: NodeId) -> bool {
        self.controllers().contains(&id)
    }

    pub fn is_broker(self, id: NodeId) -> bool {
        BROKERS.contains(&id)
    }

    /// All nodes in the order in which they stop best, and whether there is somebody to agree: a broker leaves by the word of the
    /// controllers, and the last of three nodes that are both is alone.
    pub fn leaving_order(self) -> Vec<(NodeId, bool)> {
        let (both, brokers): (Vec<NodeId>, Vec<NodeId>) = BROKERS.into_iter().partition(|id| self.is_controller(*id));
        let order = brokers.into_iter().chain(both).chain(self.controllers_alone());
        order.map(|id| (id, self.controllers()[2] != id || !self.is_broker(id))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_layout_is_drawn_and_has_three_of_each() {
        let mut random = SplitMix64(1);
        let layouts: Vec<Layout> = (0..200).map(|_| Layout::draw(&mut random)).collect();
        let counts: BTreeSet<usize> = layouts.iter().map(|layout| layout.ids().len()).collect();
        assert_eq!(counts, BTreeSet::from([3, 4, 5, 6]));
        for layout in layouts {
            let ids = layout.ids();
            assert_eq!(ids.iter().filter(|id| layout.is_controller(**id)).count(), 3);
            assert_eq!(ids.iter().filter(|id| layout.is_broker(**id)).count(), 3);
            let order = layout.leaving_order();
            assert_eq!(order.len(), ids.len());
            // A broker that somebody agrees to let go has a majority of the controllers, with its own.
            for (at, (id, _)) in order.iter().enumerate().filter(|(_, (id, agreed))| *agreed && layout.is_broker(*id)) {
                let there = order[at..].iter().filter(|(id, _)| layout.is_controller(*id)).count();
                assert!(there >= 2, "{id} of {layout:?}");
            }
        }
    }
}
