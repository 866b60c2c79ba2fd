//! Reassignments (KIP-455): AlterPartitionReassignments, ListPartitionReassignments, and when one is complete.
//!
//! New replicas join at first, and `adding_replicas` and `removing_replicas` say what is under way. As soon as all that
//! shall stay are in sync, which the leader tells by AlterPartition, the others go. Where nobody has to catch up, this is
//! one step.

use crate::elections::{PartitionChange, Target};
use crate::plan::{Plan, Records, at_level};
use crate::{Controller, View};
use base::{ErrorCode, NodeId, PartitionIndex};
use metadata::Partition;
use protocol::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse, ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse, alter_partition_reassignments_request as of_request,
    alter_partition_reassignments_response as of_response, list_partition_reassignments_response as of_list,
};
use std::collections::BTreeSet;

type Failure = (ErrorCode, Option<String>);

/// The replicas and the ISR with which the reassignment of this partition ends, where the ISR allows that.
pub(crate) fn completed(target: &Target) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
    if target.removing.is_empty() && target.adding.is_empty() {
        return None;
    }
    let stays = |replica: &NodeId| !target.removing.contains(replica);
    let replicas: Vec<NodeId> = target.replicas.iter().copied().filter(stays).collect();
    let isr: Vec<NodeId> = target.isr.iter().copied().filter(stays).collect();
    let is_complete = !replicas.is_empty() && replicas.iter().all(|replica| isr.contains(replica));
    is_complete.then_some((replicas, isr))
}

fn is_reassigned(partition: &Partition) -> bool {
    !(partition.adding_replicas.is_empty() && partition.removing_replicas.is_empty())
}

/// As many replicas as the partition has once what is under way is done.
fn replication_factor(partition: &Partition) -> usize {
    partition.replicas.iter().filter(|replica| !partition.removing_replicas.contains(replica)).count()
}

impl Controller {
    /// AlterPartitionReassignments: each partition succeeds or fails by itself.
    pub fn alter_reassignments(
        &self,
        view: View<'_>,
        request: &AlterPartitionReassignmentsRequest<'_>,
    ) -> Plan<AlterPartitionReassignmentsResponse<'static>> {
        let mut records = Records::new();
        let mut image = view.image.clone();
        let mut responses = Vec::new();
        for topic in &request.topics {
            let mut partitions = Vec::new();
            for asked in &topic.partitions {
                let view = View { image: &image, ..view };
                let outcome = self.reassign(view, &topic.name, asked, request.allow_replication_factor_change);
                let (error, message) = match outcome {
                    Ok(planned) => {
                        image = crate::plan::after(&image, planned.as_slice());
                        records.extend(planned);
                        (ErrorCode::None, None)
                    }
                    Err(failure) => failure,
                };
                partitions.push(of_response::ReassignablePartitionResponse {
                    partition_index: asked.partition_index,
                    error_code: error.code(),
                    error_message: message.map(Into::into),
                    ..Default::default()
                });
            }
            let name = topic.name.to_string().into();
            responses.push(of_response::ReassignableTopicResponse { name, partitions, ..Default::default() });
        }
        let reply = AlterPartitionReassignmentsResponse {
            error_message: None,
            allow_replication_factor_change: request.allow_replication_factor_change,
            responses,
            ..Default::default()
        };
        Plan::new(records, reply)
    }

    fn reassign(
        &self,
        view: View<'_>,
        name: &str,
        asked: &of_request::ReassignablePartition,
        may_change_factor: bool,
    ) -> Result<Option<crate::Record>, Failure> {
        let unknown = |what: String| (ErrorCode::UnknownTopicOrPartition, Some(what));
        let index = asked.partition_index;
        let topic =
            view.image.topic_by_name(name).ok_or_else(|| unknown(format!("Unable to find a topic named {name}.")))?;
        let partition =
            topic.partitions.get(&index).ok_or_else(|| unknown(format!("Unable to find partition {name}:{index}.")))?;
        let candidates = self.candidates(view.image);
        let change = match &asked.replicas {
            None => {
                let target = self.reverted(view, name, index, partition)?;
                PartitionChange { target, ..self.change_where_allowed_unclean(candidates, topic, index, partition) }
            }
            Some(replicas) => {
                let factor = replication_factor(partition);
                if !may_change_factor && replicas.len() != factor {
                    let message = format!("The replication factor is changed from {factor} to {}", replicas.len());
                    return Err((ErrorCode::InvalidReplicationFactor, Some(message)));
                }
                self.check_manual(view, replicas, None).map_err(|(error, message)| (error, Some(message)))?;
                let target = moved(partition, replicas);
                PartitionChange { target, ..self.change(candidates, topic, index, partition) }
            }
        };
        Ok(change.into_record().map(|change| at_level(change, &view.image.features)))
    }

    /// The partition as it was before what is under way.
    fn reverted(
        &self,
        view: View<'_>,
        name: &str,
        index: PartitionIndex,
        partition: &Partition,
    ) -> Result<Target, Failure> {
        if !is_reassigned(partition) {
            let message = "No partition reassignment is in progress.".to_owned();
            return Err((ErrorCode::NoReassignmentInProgress, Some(message)));
        }
        let was_there = |replica: &NodeId| !partition.adding_replicas.contains(replica);
        let replicas: Vec<NodeId> = partition.replicas.iter().copied().filter(was_there).collect();
        let mut isr: Vec<NodeId> = partition.isr.iter().copied().filter(was_there).collect();
        let Some(first) = replicas.first() else {
            let message = "Invalid replica assignment: addingReplicas contains all replicas.".to_owned();
            return Err((ErrorCode::InvalidReplicaAssignment, Some(message)));
        };
        if isr.is_empty() {
            // Only new replicas are in sync: going back loses records.
            if !self.is_unclean_allowed(view.image, name) {
                let message = format!(
                    "Unable to revert partition assignment for {name}:{index} because it would require an unclean \
                     leader election."
                );
                return Err((ErrorCode::InvalidReplicaAssignment, Some(message)));
            }
            isr.push(*first);
        }
        Ok(Target { replicas, isr, removing: Vec::new(), adding: Vec::new(), ..Target::of(partition) })
    }

    /// ListPartitionReassignments (KIP-455).
    pub fn list_reassignments(
        &self,
        view: View<'_>,
        request: &ListPartitionReassignmentsRequest<'_>,
    ) -> ListPartitionReassignmentsResponse<'static> {
        let under_way = |name: &str, wanted: Option<&[PartitionIndex]>| {
            let topic = view.image.topic_by_name(name)?;
            let ongoing = |(index, partition): (PartitionIndex, &Partition)| {
                is_reassigned(partition).then(|| of_list::OngoingPartitionReassignment {
                    partition_index: index,
                    replicas: partition.replicas.clone(),
                    adding_replicas: partition.adding_replicas.clone(),
                    removing_replicas: partition.removing_replicas.clone(),
                    ..Default::default()
                })
            };
            let partitions: Vec<_> = match wanted {
                None => topic.partitions.iter().filter_map(|(index, partition)| ongoing((*index, partition))).collect(),
                Some(indexes) => {
                    let known = |index: &PartitionIndex| Some((*index, &**topic.partitions.get(index)?));
                    indexes.iter().filter_map(known).filter_map(ongoing).collect()
                }
            };
            let name = name.to_owned().into();
            (!partitions.is_empty()).then(|| of_list::OngoingTopicReassignment {
                name,
                partitions,
                ..Default::default()
            })
        };
        let topics = match &request.topics {
            None => view.image.topics_by_name().filter_map(|topic| under_way(&topic.name, None)).collect(),
            Some(topics) => {
                topics.iter().filter_map(|topic| under_way(&topic.name, Some(&topic.partition_indexes))).collect()
            }
        };
        ListPartitionReassignmentsResponse { topics, error_message: None, ..Default::default() }
    }
}

/// The partition on its way to these replicas; those that go stay behind them until the others are in sync.
fn moved(partition: &Partition, wanted: &[NodeId]) -> Target {
    let not_in = |from: &[NodeId], other: &[NodeId]| -> Vec<NodeId> {
        let difference: BTreeSet<NodeId> = from.iter().copied().filter(|replica| !other.contains(replica)).collect();
        difference.into_iter().collect()
    };
    let removing = not_in(&partition.replicas, wanted);
    let adding = not_in(wanted, &partition.replicas);
    let replicas = wanted.iter().chain(&removing).copied().collect();
    // A target that replaces one which is under way leaves what that has not finished.
    let or_before = |new: Vec<NodeId>, before: &[NodeId]| if new.is_empty() { before.to_vec() } else { new };
    Target {
        replicas,
        removing: or_before(removing, &partition.removing_replicas),
        adding: or_before(adding, &partition.adding_replicas),
        ..Target::of(partition)
    }
}
