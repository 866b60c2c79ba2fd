//! What a part of the nodes must be able to do when the others are away.

use super::clients::OFFSETS_TOPIC;
use super::layout::BROKERS;
use super::nodes::Cluster;
use crate::node::SimNode;
use base::{NodeId, Random, SplitMix64};
use metadata::{NO_LEADER, Partition};

/// One broker, and perhaps a controller.
pub(super) struct Away {
    pub broker: NodeId,
    pub nodes: Vec<NodeId>,
}

impl Cluster {
    pub fn has_static_voters(&self) -> bool {
        !self.shape.is_dynamic
    }

    /// Who is to be away while two brokers and a majority of the controllers go on; nobody where all are needed. Preferred is a
    /// broker without which everything can be done.
    pub fn draw_away(&self, random: &mut SplitMix64) -> Option<Away> {
        let layout = self.shape.layout;
        // While voters change, all of them may be needed.
        let may_go = |id: &NodeId| self.has_static_voters() || !layout.is_controller(*id);
        let all: Vec<NodeId> = BROKERS.into_iter().filter(may_go).collect();
        let spare: Vec<NodeId> = all.iter().copied().filter(|id| self.has_enough_without(*id)).collect();
        let from = if spare.is_empty() { all } else { spare };
        let broker = *from.get(random.below(from.len().max(1) as u64) as usize)?;
        let controller = layout.controllers()[random.below(3) as usize];
        let goes_too = self.has_static_voters() && !layout.is_controller(broker) && !layout.is_broker(controller);
        let nodes = [broker].into_iter().chain(goes_too.then_some(controller)).collect();
        Some(Away { broker, nodes })
    }

    /// Whether all brokers but these serve, and one of the other controllers leads.
    pub fn serves_without(&self, away: &[NodeId]) -> bool {
        let mut others = self.places.iter().filter(|place| !away.contains(&place.id));
        others.all(|place| !self.is_broker(place.id) || place.awake().is_some_and(SimNode::serves))
            && self.leader().is_some_and(|leader| !away.contains(&leader))
    }

    /// A partition that the others do not lead although one of them could.
    pub fn leaderless(&self, away: &[NodeId]) -> Option<String> {
        self.partitions().find_map(|(topic_id, index, partition)| {
            let may_lead = match (partition.isr.as_slice(), partition.elr.as_slice()) {
                ([], []) => &partition.last_known_elr[..],
                ([], eligible) => eligible,
                (isr, _) => isr,
            };
            let waits_for_away = may_lead.iter().all(|id| away.contains(id)) && partition.leader == NO_LEADER;
            let is_led = partition.leader != NO_LEADER && !away.contains(&partition.leader);
            let topic = self.truth.topic(topic_id).map(|topic| topic.name.clone());
            (!is_led && !waits_for_away).then(|| format!("{topic:?}-{index}: {partition:?}"))
        })
    }

    /// Whether clients get everything done without this broker: every partition has somebody who leads it, and enough other
    /// replicas.
    pub fn can_work_without(&self, broker: NodeId) -> bool {
        self.partitions().all(|(_, _, partition)| partition.leader != NO_LEADER)
            && self.has_enough_without(broker)
            && (self.truth.topic_by_name(OFFSETS_TOPIC).is_some() || self.can_place_anew())
    }

    /// Whether new partitions have enough other replicas, wherever they are placed.
    pub fn can_place_anew(&self) -> bool {
        self.shape.replicas > 1 && BROKERS.iter().all(|id| self.truth.brokers.contains_key(id))
    }

    /// Whether every partition has as many replicas without this broker as a write needs.
    fn has_enough_without(&self, broker: NodeId) -> bool {
        let has_enough = |partition: &Partition| {
            let stays = |id: &&NodeId| **id != broker && !partition.removing_replicas.contains(id);
            let others = partition.replicas.iter().filter(stays).count();
            others as u32 >= self.shape.replicas.div_ceil(2)
        };
        self.partitions().all(|(_, _, partition)| has_enough(partition))
    }
}
