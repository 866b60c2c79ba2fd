//! Who leads a partition after a change: the rules of KIP-841, KIP-903 and KIP-966 in one place.

use base::{DirectoryId, NodeId, PartitionIndex, TopicId};
use metadata::{NO_LEADER, NO_LEADER_CHANGE, Partition};
use protocol::PartitionChangeRecord;

/// Which replicas may be elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Election {
    /// The preferred replica, if it is in the ISR; else whoever leads stays.
    Preferred,
    /// Any of the ISR or, where that is empty, of the eligible leader replicas; the last known leader when nobody else.
    Online,
    /// Any live replica at last, even if records are lost.
    Unclean,
}

/// A change of one partition, from which the record is derived.
pub struct PartitionChange<'a> {
    pub topic_id: TopicId,
    pub index: PartitionIndex,
    pub partition: &'a Partition,
    pub election: Election,
    /// The in-sync replicas as they shall be.
    pub target_isr: Vec<NodeId>,
    /// Replicas that came back without having stopped in order: they are not eligible any more.
    pub unclean_shutdown: &'a [NodeId],
    /// Whether a broker may lead now.
    pub may_lead: &'a dyn Fn(NodeId) -> bool,
    pub keeps_eligible_leaders: bool,
    /// Whether a leader whose ISR shrinks gets a new epoch.
    pub isr_shrink_begins_epoch: bool,
    /// `min.insync.replicas` of the topic.
    pub min_insync_replicas: usize,
    /// New directories of the replicas, where they change.
    pub directories: Option<Vec<DirectoryId>>,
}

struct Outcome {
    leader: NodeId,
    unclean: bool,
}

impl PartitionChange<'_> {
    /// The record that brings the change about; `None` when nothing would change.
    pub fn into_record(mut self) -> Option<PartitionChangeRecord> {
        let partition = self.partition;
        let mut record = PartitionChangeRecord {
            partition_id: self.index,
            topic_id: self.topic_id,
            ..PartitionChangeRecord::default()
        };
        let (mut elr, mut last_known_elr) = self.target_elr();
        let outcome = self.elect(&elr);
        if outcome.leader != partition.leader {
            record.leader = outcome.leader;
            if outcome.unclean {
                self.target_isr = vec![outcome.leader];
                (elr, last_known_elr) = (Vec::new(), Vec::new());
                if partition.leader_recovery_state != 1 {
                    record.leader_recovery_state = 1;
                }
            } else if outcome.leader != NO_LEADER && self.target_isr.is_empty() {
                // Elected from the eligible leader replicas.
                self.target_isr = vec![outcome.leader];
                elr.retain(|replica| *replica != outcome.leader);
                if self.is_isr_large_enough() {
                    (elr, last_known_elr) = (Vec::new(), Vec::new());
                }
            }
        }
        if self.target_isr.is_empty() && !self.keeps_eligible_leaders {
            // Without ELR the last member stays in the ISR, so that it can lead again.
            self.target_isr.clone_from(&partition.isr);
        }
        let isr_changes = self.target_isr != partition.isr;
        if isr_changes && self.target_isr.is_empty() && partition.leader != NO_LEADER {
            last_known_elr = vec![partition.leader];
        }
        if self.keeps_eligible_leaders {
            record.eligible_leader_replicas = (elr != partition.elr).then_some(elr);
            record.last_known_elr = (last_known_elr != partition.last_known_elr).then_some(last_known_elr);
        }
        let shrinks = partition.isr.iter().any(|replica| !self.target_isr.contains(replica));
        if self.isr_shrink_begins_epoch && shrinks && record.leader == NO_LEADER_CHANGE {
            record.leader = partition.leader;
        }
        record.isr = isr_changes.then_some(self.target_isr);
        record.directories = self.directories.filter(|directories| *directories != partition.directories);
        let untouched = PartitionChangeRecord {
            partition_id: record.partition_id,
            topic_id: record.topic_id,
            ..PartitionChangeRecord::default()
        };
        (record != untouched).then_some(record)
    }

    fn is_isr_large_enough(&self) -> bool {
        self.target_isr.len() >= self.min_insync_replicas.min(self.partition.replicas.len())
    }

    /// Eligible leaders and last known ones, before the election.
    fn target_elr(&self) -> (Vec<NodeId>, Vec<NodeId>) {
        let partition = self.partition;
        if !self.keeps_eligible_leaders {
            return (partition.elr.clone(), partition.last_known_elr.clone());
        }
        if self.is_isr_large_enough() {
            return (Vec::new(), Vec::new());
        }
        let mut elr: Vec<NodeId> = partition.elr.iter().chain(&partition.isr).copied().collect();
        elr.sort_unstable();
        elr.dedup();
        elr.retain(|replica| !self.target_isr.contains(replica) && !self.unclean_shutdown.contains(replica));
        (elr, partition.last_known_elr.clone())
    }

    fn elect(&self, elr: &[NodeId]) -> Outcome {
        let partition = self.partition;
        let from_elr = self.keeps_eligible_leaders && self.target_isr.is_empty();
        let valid = |replica: NodeId| {
            (self.target_isr.contains(&replica) || from_elr && elr.contains(&replica)) && (self.may_lead)(replica)
        };
        let clean = |leader| Outcome { leader, unclean: false };
        if self.election == Election::Preferred
            && let Some(preferred) = partition.preferred_leader().filter(|preferred| valid(*preferred))
        {
            return clean(preferred);
        }
        if valid(partition.leader) {
            return clean(partition.leader);
        }
        if let Some(leader) = partition.replicas.iter().copied().find(|replica| valid(*replica)) {
            return clean(leader);
        }
        let nobody_eligible = elr.is_empty() && self.target_isr.is_empty();
        if self.keeps_eligible_leaders
            && nobody_eligible
            && let [last] = partition.last_known_elr[..]
            && (self.may_lead)(last)
        {
            return Outcome { leader: last, unclean: true };
        }
        if self.election == Election::Unclean
            && let Some(leader) = partition.replicas.iter().copied().find(|replica| (self.may_lead)(*replica))
        {
            return Outcome { leader, unclean: true };
        }
        clean(NO_LEADER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Uuid;

    fn partition(isr: &[NodeId], elr: &[NodeId], last: &[NodeId], leader: NodeId) -> Partition {
        Partition {
            replicas: vec![1],
            directories: vec![Uuid::from_u128(9)],
            isr: isr.to_vec(),
            removing_replicas: vec![],
            adding_replicas: vec![],
            elr: elr.to_vec(),
            last_known_elr: last.to_vec(),
            leader,
            leader_recovery_state: 0,
            leader_epoch: 0,
            partition_epoch: 0,
        }
    }

    fn change(
        partition: &Partition,
        target_isr: &[NodeId],
        unclean: &[NodeId],
        alive: bool,
        elr: bool,
    ) -> Option<PartitionChangeRecord> {
        PartitionChange {
            topic_id: Uuid::ZERO,
            index: 0,
            partition,
            election: Election::Online,
            target_isr: target_isr.to_vec(),
            unclean_shutdown: unclean,
            may_lead: &|_| alive,
            keeps_eligible_leaders: elr,
            isr_shrink_begins_epoch: false,
            min_insync_replicas: 1,
            directories: None,
        }
        .into_record()
    }

    /// What Apache Kafka 4.3.1 writes on one node when it stops in order and comes back.
    #[test]
    fn a_single_replica_stops_in_order_and_comes_back() {
        let record = change(&partition(&[1], &[], &[], 1), &[], &[], false, true).unwrap();
        assert_eq!(record.leader, NO_LEADER);
        assert_eq!(record.isr, Some(vec![]));
        assert_eq!(record.eligible_leader_replicas, Some(vec![1]));
        assert_eq!(record.last_known_elr, Some(vec![1]));
        let record = change(&partition(&[], &[1], &[1], NO_LEADER), &[], &[], true, true).unwrap();
        assert_eq!(record.leader, 1);
        assert_eq!(record.isr, Some(vec![1]));
        assert_eq!(record.eligible_leader_replicas, Some(vec![]));
        assert_eq!(record.last_known_elr, Some(vec![]));
        assert_eq!(record.leader_recovery_state, -1);
    }

    /// ... and after kill -9.
    #[test]
    fn a_single_replica_that_was_killed_leads_again_by_its_last_known_leadership() {
        let record = change(&partition(&[], &[1], &[1], NO_LEADER), &[], &[1], false, true).unwrap();
        assert_eq!(record.eligible_leader_replicas, Some(vec![]));
        assert_eq!((record.isr, record.last_known_elr, record.leader), (None, None, -2));
        let record = change(&partition(&[], &[], &[1], NO_LEADER), &[], &[], true, true).unwrap();
        assert_eq!((record.leader, record.leader_recovery_state), (1, 1));
        assert_eq!(record.isr, Some(vec![1]));
        assert_eq!(record.last_known_elr, Some(vec![]));
    }

    #[test]
    fn without_elr_the_last_member_stays_in_the_isr() {
        let record = change(&partition(&[1], &[], &[], 1), &[], &[], false, false).unwrap();
        assert_eq!((record.leader, record.isr), (NO_LEADER, None));
        assert_eq!(record.eligible_leader_replicas, None);
    }

    #[test]
    fn a_shrunk_isr_begins_an_epoch_where_the_level_asks_for_it() {
        let partition = partition(&[1, 2], &[], &[], 1);
        for (target_isr, isr_shrink_begins_epoch, leader) in
            [(&[1][..], true, 1), (&[1], false, NO_LEADER_CHANGE), (&[1, 2, 3], true, NO_LEADER_CHANGE)]
        {
            let change = PartitionChange {
                topic_id: Uuid::ZERO,
                index: 0,
                partition: &partition,
                election: Election::Online,
                target_isr: target_isr.to_vec(),
                unclean_shutdown: &[],
                may_lead: &|_| true,
                keeps_eligible_leaders: false,
                isr_shrink_begins_epoch,
                min_insync_replicas: 1,
                directories: None,
            };
            let record = change.into_record().unwrap();
            assert_eq!((record.leader, record.isr.as_deref()), (leader, Some(target_isr)));
        }
    }

    #[test]
    fn nothing_to_change_is_no_record() {
        assert_eq!(change(&partition(&[1], &[], &[], 1), &[1], &[], true, true), None);
    }
}
