//! Reassignments (KIP-455): on their way, complete, cancelled.

use crate::cluster::{Cluster, TOPIC};
use base::{ErrorCode, NodeId};
use protocol::{
    AlterPartitionReassignmentsRequest, ListPartitionReassignmentsRequest,
    alter_partition_reassignments_request as request, list_partition_reassignments_request as listing,
};

fn reassign_as(
    cluster: &mut Cluster,
    replicas: Option<&[NodeId]>,
    allow_replication_factor_change: bool,
) -> (ErrorCode, Option<String>) {
    let partition = request::ReassignablePartition {
        partition_index: 0,
        replicas: replicas.map(<[NodeId]>::to_vec),
        ..Default::default()
    };
    let topic = request::ReassignableTopic { name: TOPIC.into(), partitions: vec![partition], ..Default::default() };
    let request = AlterPartitionReassignmentsRequest {
        allow_replication_factor_change,
        topics: vec![topic],
        ..Default::default()
    };
    let response = cluster.step(|controller, view, _| controller.alter_reassignments(view, &request));
    let result = &response.responses[0].partitions[0];
    (ErrorCode::from_code(result.error_code), result.error_message.as_ref().map(ToString::to_string))
}

fn reassign(cluster: &mut Cluster, replicas: &[NodeId]) {
    assert_eq!(reassign_as(cluster, Some(replicas), true).0, ErrorCode::None);
}

/// Replicas, and those that come and go, of what is under way.
fn under_way(cluster: &mut Cluster) -> Option<(Vec<NodeId>, Vec<NodeId>, Vec<NodeId>)> {
    let asked = listing::ListPartitionReassignmentsTopics {
        name: TOPIC.into(),
        partition_indexes: vec![0],
        ..Default::default()
    };
    let mut answers = [None, Some(vec![asked])].map(|topics| {
        let request = ListPartitionReassignmentsRequest { topics, ..Default::default() };
        cluster.step(|controller, view, _| controller::Plan::answer(controller.list_reassignments(view, &request)))
    });
    assert_eq!(answers[0], answers[1]);
    let mut topic = std::mem::take(&mut answers[0].topics).pop()?;
    let partition = topic.partitions.remove(0);
    Some((partition.replicas, partition.adding_replicas, partition.removing_replicas))
}

#[test]
fn a_partition_moves_once_the_new_replicas_are_in_sync() {
    let mut cluster = Cluster::new(5, true);
    cluster.topic_on(&[1, 2, 3]);
    reassign(&mut cluster, &[4, 5, 3]);
    assert_eq!(under_way(&mut cluster), Some((vec![4, 5, 3, 1, 2], vec![4, 5], vec![1, 2])));
    let partition = cluster.partition();
    assert_eq!((partition.leader, &partition.isr[..], partition.leader_epoch), (1, &[1, 2, 3][..], 0));
    assert_eq!((partition.partition_epoch, partition.directories.len()), (1, 5));
    cluster.isr(&[1, 2, 3, 4]).unwrap();
    assert!(under_way(&mut cluster).is_some());
    // The last change ends it, and takes the leadership away from who asks.
    assert_eq!(cluster.isr(&[1, 2, 3, 4, 5]), Err(ErrorCode::NewLeaderElected));
    assert_eq!(under_way(&mut cluster), None);
    let partition = cluster.partition();
    assert_eq!((partition.replicas, partition.isr, partition.leader), (vec![4, 5, 3], vec![3, 4, 5], 4));
    assert_eq!((partition.leader_epoch, partition.directories.len()), (1, 3));
}

#[test]
fn a_leader_that_stays_gets_a_new_epoch_when_replicas_go() {
    let mut cluster = Cluster::new(4, true);
    cluster.topic_on(&[1, 2, 3]);
    reassign(&mut cluster, &[1, 2, 4]);
    cluster.isr(&[1, 2, 3, 4]).unwrap();
    let partition = cluster.partition();
    assert_eq!((partition.replicas, partition.leader, partition.leader_epoch), (vec![1, 2, 4], 1, 1));
}

#[test]
fn what_needs_no_copy_is_done_at_once() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    reassign(&mut cluster, &[3, 2, 1]);
    let partition = cluster.partition();
    assert_eq!((&partition.replicas[..], partition.leader, partition.leader_epoch), (&[3, 2, 1][..], 1, 0));
    reassign(&mut cluster, &[3, 2]);
    let partition = cluster.partition();
    assert_eq!((partition.replicas, partition.isr, partition.leader), (vec![3, 2], vec![2, 3], 3));
    assert_eq!(under_way(&mut cluster), None);
    assert_eq!(partition.leader_epoch, 1);
}

#[test]
fn a_cancelled_reassignment_leaves_what_was_before() {
    let mut cluster = Cluster::new(4, true);
    cluster.topic_on(&[1, 2]);
    let (error, message) = reassign_as(&mut cluster, None, true);
    assert_eq!(error, ErrorCode::NoReassignmentInProgress);
    assert_eq!(message.unwrap(), "No partition reassignment is in progress.");
    reassign(&mut cluster, &[3, 4]);
    cluster.isr(&[1, 2, 3]).unwrap();
    assert_eq!(reassign_as(&mut cluster, None, true).0, ErrorCode::None);
    let partition = cluster.partition();
    assert_eq!((partition.replicas, partition.isr, partition.leader), (vec![1, 2], vec![1, 2], 1));
    assert!(partition.adding_replicas.is_empty() && partition.removing_replicas.is_empty());
    assert_eq!(partition.leader_epoch, 1, "replicas have gone");
}

#[test]
fn going_back_to_where_nobody_is_in_sync_needs_leave_for_unclean_elections() {
    let mut cluster = Cluster::new(4, false);
    cluster.topic_on(&[1, 2]);
    reassign(&mut cluster, &[3, 4]);
    cluster.isr(&[1, 2, 3]).unwrap();
    cluster.fence(1);
    cluster.fence(2);
    assert_eq!(cluster.leadership().0, 3);
    let (error, message) = reassign_as(&mut cluster, None, true);
    assert_eq!(error, ErrorCode::InvalidReplicaAssignment);
    assert!(message.unwrap().ends_with("because it would require an unclean leader election."));
    assert_eq!(cluster.partition().isr, [3]);
}

#[test]
fn a_reassignment_is_checked() {
    let mut cluster = Cluster::new(4, true);
    cluster.topic_on(&[1, 2]);
    assert_eq!(reassign_as(&mut cluster, Some(&[]), true).0, ErrorCode::InvalidReplicaAssignment);
    assert_eq!(reassign_as(&mut cluster, Some(&[1, 9]), true).0, ErrorCode::InvalidReplicaAssignment);
    assert_eq!(reassign_as(&mut cluster, Some(&[1, 1]), true).0, ErrorCode::InvalidReplicaAssignment);
    let (error, message) = reassign_as(&mut cluster, Some(&[1, 2, 3]), false);
    assert_eq!(error, ErrorCode::InvalidReplicationFactor);
    assert_eq!(message.unwrap(), "The replication factor is changed from 2 to 3");
    reassign(&mut cluster, &[3, 4]);
    assert_eq!(reassign_as(&mut cluster, Some(&[1, 3]), false).0, ErrorCode::None, "what counts is where it goes");
    assert_eq!(under_way(&mut cluster), Some((vec![1, 3, 2, 4], vec![3, 4], vec![2, 4])));
}
