//! Who leads a partition after a change, and what else the change brings: the rules of KIP-455, KIP-841, KIP-903 and
//! KIP-966 in one place.
//!
//! A record that names a leader begins a leader epoch; every record grows the partition epoch. The leader epoch grows when
//! the leader changes, when a replica of the partition goes, and, before 3.6-IV0, when the ISR shrinks.

use crate::candidates::Candidates;
use crate::reassignments::completed;
use base::{DirectoryId, NodeId, PartitionIndex, TopicId};
use metadata::{NO_LEADER, NO_LEADER_CHANGE, Partition};
use protocol::PartitionChangeRecord;

/// `leader_recovery_state` of a partition: nothing is missing.
pub(crate) const RECOVERED: i8 = 0;
/// Its leader was elected uncleanly and has not recovered yet.
pub(crate) const RECOVERING: i8 = 1;

/// Which replicas may be elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Election {
    /// The preferred replica, if it is in the ISR; else whoever leads stays.
    Preferred,
    /// Any of the ISR or, where that is empty, of the eligible leader replicas; the last known leader when nobody else.
    Online,
    /// Any live replica at last, even if records are lost.
    Unclean,
}

/// The partition as it shall be, apart from who leads it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub replicas: Vec<NodeId>,
    pub isr: Vec<NodeId>,
    pub removing: Vec<NodeId>,
    pub adding: Vec<NodeId>,
    pub leader_recovery_state: i8,
    /// A replica whose directory is told.
    pub directory: Option<(NodeId, DirectoryId)>,
}

impl Target {
    /// The partition as it is.
    pub fn of(partition: &Partition) -> Target {
        Target {
            replicas: partition.replicas.clone(),
            isr: partition.isr.clone(),
            removing: partition.removing_replicas.clone(),
            adding: partition.adding_replicas.clone(),
            leader_recovery_state: partition.leader_recovery_state,
            directory: None,
        }
    }
}

/// A change of one partition, from which the record is derived.
pub(crate) struct PartitionChange<'a> {
    pub topic_id: TopicId,
    pub index: PartitionIndex,
    pub partition: &'a Partition,
    pub candidates: Candidates<'a>,
    /// `min.insync.replicas` of the topic.
    pub min_insync_replicas: usize,
    pub election: Election,
    pub target: Target,
    /// A replica that came back without having stopped in order: it is not eligible any more.
    pub lost_its_tail: Option<NodeId>,
}

struct Outcome {
    leader: NodeId,
    unclean: bool,
}

impl PartitionChange<'_> {
    /// The record that brings the change about; `None` when nothing would change.
    pub fn into_record(mut self) -> Option<PartitionChangeRecord> {
        let partition = self.partition;
        let keeps_eligible_leaders = self.keeps_eligible_leaders();
        let untouched = PartitionChangeRecord {
            partition_id: self.index,
            topic_id: self.topic_id,
            ..PartitionChangeRecord::default()
        };
        let mut record = untouched.clone();
        if let Some((replicas, isr)) = completed(&self.target) {
            (self.target.replicas, self.target.isr) = (replicas, isr);
            self.target.removing.clear();
            self.target.adding.clear();
        }
        let mut elr = self.target_elr();
        let outcome = self.elect(&elr);
        if outcome.leader != partition.leader {
            record.leader = outcome.leader;
        }
        if outcome.unclean {
            self.target.isr = vec![outcome.leader];
            elr.clear();
            if partition.leader_recovery_state != RECOVERING {
                self.target.leader_recovery_state = RECOVERING;
            }
        } else if outcome.leader != NO_LEADER && self.target.isr.is_empty() {
            // Elected from the eligible leader replicas.
            self.target.isr = vec![outcome.leader];
            elr.retain(|replica| *replica != outcome.leader);
            if self.is_isr_large_enough() {
                elr.clear();
            }
        }
        if self.target.isr.is_empty() && !keeps_eligible_leaders {
            // Without ELR the last member stays in the ISR, so that it can lead again.
            self.target.isr.clone_from(&partition.isr);
        }
        let isr_changes = self.target.isr != partition.isr;
        record.eligible_leader_replicas = (elr != partition.elr).then_some(elr);
        if keeps_eligible_leaders {
            let last_known = self.last_known_leader(outcome.leader);
            record.last_known_elr = (last_known != partition.last_known_elr).then_some(last_known);
        }
        let has_lost = |before: &[NodeId], after: &[NodeId]| before.iter().any(|replica| !after.contains(replica));
        let begins_epoch = has_lost(&partition.replicas, &self.target.replicas)
            || self.candidates.image.features.isr_shrink_begins_epoch() && has_lost(&partition.isr, &self.target.isr);
        if begins_epoch && record.leader == NO_LEADER_CHANGE {
            record.leader = partition.leader;
        }
        record.directories = self.changed_directories();
        let Target { replicas, isr, removing, adding, leader_recovery_state, directory: _ } = self.target;
        record.isr = isr_changes.then_some(isr);
        record.replicas = (replicas != partition.replicas).then_some(replicas);
        record.removing_replicas = (removing != partition.removing_replicas).then_some(removing);
        record.adding_replicas = (adding != partition.adding_replicas).then_some(adding);
        if leader_recovery_state != partition.leader_recovery_state {
            record.leader_recovery_state = leader_recovery_state;
        }
        (record != untouched).then_some(record)
    }

    fn keeps_eligible_leaders(&self) -> bool {
        self.candidates.image.features.keeps_eligible_leaders()
    }

    fn is_isr_large_enough(&self) -> bool {
        self.target.isr.len() >= self.min_insync_replicas.min(self.target.replicas.len())
    }

    /// Eligible leaders before the election: who was in sync when the ISR fell below its minimum.
    fn target_elr(&self) -> Vec<NodeId> {
        let (partition, target) = (self.partition, &self.target);
        let forgets = self.is_isr_large_enough() && !base::mutant(base::Mutant::StaleEligibleLeaders);
        if !self.keeps_eligible_leaders() || forgets {
            return Vec::new();
        }
        let mut elr: Vec<NodeId> = partition.elr.iter().chain(&partition.isr).copied().collect();
        elr.sort_unstable();
        elr.dedup();
        elr.retain(|replica| {
            target.replicas.contains(replica) && !target.isr.contains(replica) && self.lost_its_tail != Some(*replica)
        });
        elr
    }

    /// Who led when the ISR became empty; nobody as soon as there is a leader.
    fn last_known_leader(&self, leader: NodeId) -> Vec<NodeId> {
        let partition = self.partition;
        match leader {
            NO_LEADER if self.target.isr.is_empty() && partition.leader != NO_LEADER => vec![partition.leader],
            NO_LEADER => partition.last_known_elr.clone(),
            _ => Vec::new(),
        }
    }

    fn elect(&self, elr: &[NodeId]) -> Outcome {
        let (partition, target) = (self.partition, &self.target);
        let may_lead = |replica: NodeId| self.candidates.may_lead(partition, replica);
        let is_valid = |replica: NodeId| {
            let is_eligible = target.isr.contains(&replica)
                || target.isr.is_empty() && elr.contains(&replica)
                || base::mutant(base::Mutant::UncleanElection);
            is_eligible && may_lead(replica)
        };
        let clean = |leader| Outcome { leader, unclean: false };
        let has_room = |replica: &NodeId| !self.candidates.has_no_room(partition, *replica);
        let replicas = || target.replicas.iter().copied();
        if self.election == Election::Preferred
            && let Some(preferred) = replicas().next().filter(|preferred| is_valid(*preferred) && has_room(preferred))
        {
            return clean(preferred);
        }
        if is_valid(partition.leader) {
            return clean(partition.leader);
        }
        let valid = || replicas().filter(|replica| is_valid(*replica));
        if let Some(leader) = valid().find(has_room).or_else(|| valid().next()) {
            return clean(leader);
        }
        if self.keeps_eligible_leaders()
            && elr.is_empty()
            && target.isr.is_empty()
            && let [last] = partition.last_known_elr[..]
            && (may_lead(last) || base::mutant(base::Mutant::FencedLeaderElected))
        {
            return Outcome { leader: last, unclean: true };
        }
        let live = || replicas().filter(|replica| may_lead(*replica));
        if self.election == Election::Unclean
            && let Some(leader) = live().find(has_room).or_else(|| live().next())
        {
            return Outcome { leader, unclean: true };
        }
        clean(NO_LEADER)
    }

    /// The directories of the replicas as they shall be, where that is another answer.
    fn changed_directories(&self) -> Option<Vec<DirectoryId>> {
        if !self.candidates.image.features.assigns_directories() {
            return None;
        }
        let directory = |replica: &NodeId| match self.target.directory {
            Some((id, told)) if id == *replica => told,
            _ if self.partition.replicas.contains(replica) => self.partition.directory_of(*replica),
            _ => self.candidates.directory_of_new(*replica),
        };
        let directories: Vec<DirectoryId> = self.target.replicas.iter().map(directory).collect();
        (directories != self.partition.directories).then_some(directories)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::full_directories::FullDirectories;
    use base::Uuid;
    use metadata::{Image, Loader};
    use protocol::{FeatureLevelRecord, RegisterBrokerRecord};

    /// Broker 1, alive or fenced, at these levels.
    fn image(metadata_version: i16, alive: bool, elr: bool) -> Image {
        let mut loader = Loader::default();
        let levels = [("metadata.version", metadata_version), ("eligible.leader.replicas.version", elr.into())];
        for (name, feature_level) in levels {
            let level = FeatureLevelRecord { name: name.into(), feature_level, ..Default::default() };
            loader.replay(0, 0, 0, &level.into()).unwrap();
        }
        for broker_id in 1..=3 {
            let broker = RegisterBrokerRecord { broker_id, fenced: !alive, ..Default::default() };
            loader.replay(0, 0, 0, &broker.into()).unwrap();
        }
        loader.latest().clone()
    }

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
        lost_its_tail: Option<NodeId>,
        image: &Image,
    ) -> Option<PartitionChangeRecord> {
        PartitionChange {
            topic_id: Uuid::ZERO,
            index: 0,
            partition,
            candidates: Candidates::of(image, &FullDirectories::default()),
            min_insync_replicas: 1,
            election: Election::Online,
            target: Target { isr: target_isr.to_vec(), ..Target::of(partition) },
            lost_its_tail,
        }
        .into_record()
    }

    /// What Apache Kafka 4.3.1 writes on one node when it stops in order and comes back.
    #[test]
    fn a_single_replica_stops_in_order_and_comes_back() {
        let record = change(&partition(&[1], &[], &[], 1), &[], None, &image(30, false, true)).unwrap();
        assert_eq!(record.leader, NO_LEADER);
        assert_eq!(record.isr, Some(vec![]));
        assert_eq!(record.eligible_leader_replicas, Some(vec![1]));
        assert_eq!(record.last_known_elr, Some(vec![1]));
        let record = change(&partition(&[], &[1], &[1], NO_LEADER), &[], None, &image(30, true, true)).unwrap();
        assert_eq!(record.leader, 1);
        assert_eq!(record.isr, Some(vec![1]));
        assert_eq!(record.eligible_leader_replicas, Some(vec![]));
        assert_eq!(record.last_known_elr, Some(vec![]));
        assert_eq!(record.leader_recovery_state, -1);
    }

    /// ... and after kill -9.
    #[test]
    fn a_single_replica_that_was_killed_leads_again_by_its_last_known_leadership() {
        let killed = partition(&[], &[1], &[1], NO_LEADER);
        let record = change(&killed, &[], Some(1), &image(30, false, true)).unwrap();
        assert_eq!(record.eligible_leader_replicas, Some(vec![]));
        assert_eq!((record.isr, record.last_known_elr, record.leader), (None, None, -2));
        let record = change(&partition(&[], &[], &[1], NO_LEADER), &[], None, &image(30, true, true)).unwrap();
        assert_eq!((record.leader, record.leader_recovery_state), (1, 1));
        assert_eq!(record.isr, Some(vec![1]));
        assert_eq!(record.last_known_elr, Some(vec![]));
    }

    #[test]
    fn without_elr_the_last_member_stays_in_the_isr() {
        let record = change(&partition(&[1], &[], &[], 1), &[], None, &image(30, false, false)).unwrap();
        assert_eq!((record.leader, record.isr), (NO_LEADER, None));
        assert_eq!(record.eligible_leader_replicas, None);
    }

    #[test]
    fn a_shrunk_isr_begins_an_epoch_where_the_level_asks_for_it() {
        let partition = Partition { replicas: vec![1, 2, 3], ..partition(&[1, 2], &[], &[], 1) };
        for (target_isr, metadata_version, leader) in
            [(&[1][..], 11, 1), (&[1], 12, NO_LEADER_CHANGE), (&[1, 2, 3], 11, NO_LEADER_CHANGE)]
        {
            let image = image(metadata_version, true, false);
            let record = change(&partition, target_isr, None, &image).unwrap();
            assert_eq!((record.leader, record.isr.as_deref()), (leader, Some(target_isr)));
        }
    }

    #[test]
    fn nothing_to_change_is_no_record() {
        assert_eq!(change(&partition(&[1], &[], &[], 1), &[1], None, &image(30, true, true)), None);
    }
}
