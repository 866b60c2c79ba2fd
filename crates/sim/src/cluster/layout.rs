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
