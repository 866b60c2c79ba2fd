//! AlterPartition (KIP-497, KIP-841, KIP-903): the leader of a partition says who is in sync.
//!
//! Its changes are ordered by partition epochs: one that was decided on an older state of the partition is refused, also
//! a late copy of a request. A replica enters the ISR only as the incarnation that the leader saw, and not while it is
//! fenced or leaving, or has no room.

use crate::candidates::has_online;
use crate::elections::{PartitionChange, RECOVERED, RECOVERING, Target};
use crate::plan::{Plan, Record, Records, after, at_level};
use crate::{Controller, View};
use base::{BrokerEpoch, ErrorCode, NodeId, PartitionIndex, TopicId};
use metadata::{Broker, Image, NO_LEADER_CHANGE, Partition};

/// What a leader asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsrChange {
    pub leader_epoch: i32,
    /// Replicas, and the epochs of their brokers; -1: whichever is registered.
    pub isr: Vec<(NodeId, BrokerEpoch)>,
    pub leader_recovery_state: i8,
    pub partition_epoch: i32,
}

/// What is answered about one partition: as it is now, or why not.
pub type IsrChanged = Result<Partition, ErrorCode>;

/// Changes, topic by topic, in the order in which they were asked for.
pub type OfTopics<T> = Vec<(TopicId, Vec<(PartitionIndex, T)>)>;

impl Controller {
    /// Whether a newer request of the broker was taken before the one with this number. If not, none below it is from now on.
    pub fn comes_late(&mut self, view: View<'_>, broker: (NodeId, BrokerEpoch), number: i64) -> bool {
        is_current(view, broker) && self.late_copies.comes_late(view.image, broker, number)
    }

    /// Plans all changes that a broker asks for; the error is that of the request as a whole.
    pub fn alter_partition(
        &self,
        view: View<'_>,
        broker: (NodeId, BrokerEpoch),
        changes: OfTopics<IsrChange>,
    ) -> Plan<Result<OfTopics<IsrChanged>, ErrorCode>> {
        if !is_current(view, broker) {
            return Plan::answer(Err(ErrorCode::StaleBrokerEpoch));
        }
        let mut records = Records::new();
        let mut image = view.image.clone();
        let mut answers = Vec::new();
        for (topic_id, partitions) in changes {
            let mut answered = Vec::new();
            for (index, change) in partitions {
                let view = View { image: &image, ..view };
                let (answer, planned) = self.change_isr(view, broker.0, topic_id, index, change);
                if let Some((record, changed)) = planned {
                    // A request may name a partition twice: the second change is judged by what the first made of it.
                    image = changed;
                    records.push(record);
                }
                answered.push((index, answer));
            }
            answers.push((topic_id, answered));
        }
        Plan::new(records, Ok(answers))
    }

    fn change_isr(
        &self,
        view: View<'_>,
        broker: NodeId,
        topic_id: TopicId,
        index: PartitionIndex,
        change: IsrChange,
    ) -> (IsrChanged, Option<(Record, Image)>) {
        let Some(topic) = view.image.topic(topic_id) else { return (Err(ErrorCode::UnknownTopicId), None) };
        let Some(partition) = topic.partitions.get(&index) else {
            return (Err(ErrorCode::UnknownTopicOrPartition), None);
        };
        if let Err(error) = check(view, broker, partition, &change) {
            return (Err(error), None);
        }
        let candidates = self.candidates(view.image);
        let lacks_room = |id: &NodeId| !partition.isr.contains(id) && candidates.has_no_room(partition, *id);
        if change.isr.iter().any(|(id, _)| lacks_room(id)) {
            return (Err(ErrorCode::IneligibleReplica), None);
        }
        let target = Target {
            isr: change.isr.iter().map(|(id, _)| *id).collect(),
            leader_recovery_state: change.leader_recovery_state,
            ..Target::of(partition)
        };
        let planned = self.change_where_allowed_unclean(candidates, topic, index, partition);
        let Some(planned) = (PartitionChange { target, ..planned }).into_record() else {
            return (Ok((**partition).clone()), None);
        };
        let is_led_by_another = planned.leader != NO_LEADER_CHANGE && planned.leader != broker;
        let record = at_level(planned, &view.image.features);
        let image = after(view.image, std::slice::from_ref(&record));
        let changed = image.partition(topic_id, index).filter(|_| !is_led_by_another);
        // Where the change ends a reassignment that takes the leader away, it learns the rest from the metadata.
        let answer = changed.map(|partition| (**partition).clone()).ok_or(ErrorCode::NewLeaderElected);
        (answer, Some((record, image)))
    }
}

/// Whether the broker speaks as the incarnation that is registered.
pub(crate) fn is_current(view: View<'_>, (id, epoch): (NodeId, BrokerEpoch)) -> bool {
    view.image.brokers.get(&id).is_some_and(|broker| broker.epoch == epoch)
}

/// Whether the change may be made, in the order in which Kafka looks.
fn check(view: View<'_>, broker: NodeId, partition: &Partition, change: &IsrChange) -> Result<(), ErrorCode> {
    let isr = || change.isr.iter().map(|(id, _)| *id);
    // Longer than the replicas it cannot be right, and is not looked at more closely.
    let is_set = change.isr.len() <= partition.replicas.len()
        && (1..change.isr.len()).all(|i| isr().take(i).all(|before| before != change.isr[i].0));
    match change {
        // The leader knows more than this controller: another one must be active.
        change if change.leader_epoch > partition.leader_epoch => Err(ErrorCode::NotController),
        change if change.partition_epoch > partition.partition_epoch => Err(ErrorCode::NotController),
        change if change.leader_epoch < partition.leader_epoch => Err(ErrorCode::FencedLeaderEpoch),
        _ if broker != partition.leader => Err(ErrorCode::InvalidRequest),
        change
            if change.partition_epoch < partition.partition_epoch
                && !base::mutant(base::Mutant::StalePartitionEpoch) =>
        {
            Err(ErrorCode::InvalidUpdateVersion)
        }
        _ if !is_set || !isr().all(|id| partition.replicas.contains(&id)) => Err(ErrorCode::InvalidRequest),
        _ if !isr().any(|id| id == partition.leader) => Err(ErrorCode::InvalidRequest),
        change if !matches!(change.leader_recovery_state, RECOVERED | RECOVERING) => Err(ErrorCode::InvalidRequest),
        change if change.leader_recovery_state == RECOVERING && change.isr.len() > 1 => Err(ErrorCode::InvalidRequest),
        change if change.leader_recovery_state == RECOVERING && partition.leader_recovery_state == RECOVERED => {
            Err(ErrorCode::InvalidRequest)
        }
        change if !change.isr.iter().all(|replica| is_eligible(view, partition, *replica)) => {
            Err(ErrorCode::IneligibleReplica)
        }
        _ => Ok(()),
    }
}

/// In service, in the epoch that is named, and with the directory that the replica is in.
fn is_eligible(view: View<'_>, partition: &Partition, (id, epoch): (NodeId, BrokerEpoch)) -> bool {
    let is_active = |broker: &Broker| broker.is_active() || base::mutant(base::Mutant::FencedReplicaJoins);
    let broker = view.image.brokers.get(&id).filter(|broker| is_active(broker));
    let is_any = epoch == -1 || base::mutant(base::Mutant::StaleBrokerEpochJoins);
    broker.is_some_and(|broker| (is_any || epoch == broker.epoch) && has_online(broker, partition.directory_of(id)))
}
