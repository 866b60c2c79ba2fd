//! What a part of the nodes must be able to do when the others are away.

use super::clients::OFFSETS_TOPIC;
use super::nodes::{Cluster, is_controller};
use crate::node::SimNode;
use base::NodeId;
use metadata::NO_LEADER;

impl Cluster {
    pub fn has_static_voters(&self) -> bool {
        !self.shape.is_dynamic
    }

    /// Whether all brokers but these serve, and one of the other controllers leads.
    pub fn serves_without(&self, away: &[NodeId]) -> bool {
        let mut others = self.places.iter().filter(|place| !away.contains(&place.id));
        others.all(|place| is_controller(place.id) || place.awake().is_some_and(SimNode::serves))
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

    /// Whether clients get everything done without this broker: every partition has somebody who leads it, and as many other
    /// replicas as a write needs.
    pub fn can_work_without(&self, broker: NodeId) -> bool {
        let has_enough = |partition: &metadata::Partition| {
            let stays = |id: &&NodeId| **id != broker && !partition.removing_replicas.contains(id);
            let others = partition.replicas.iter().filter(stays).count();
            partition.leader != NO_LEADER && others as u32 >= self.shape.replicas.div_ceil(2)
        };
        self.truth.topic_by_name(OFFSETS_TOPIC).is_some() && self.partitions().all(|(_, _, p)| has_enough(p))
    }
}
