//! AlterPartition: whose word counts, and when.

use crate::cluster::{self, Cluster};
use base::{ErrorCode, NodeId};
use controller::{IsrChange, Plan};
use protocol::BrokerHeartbeatRequest;

#[test]
fn the_leader_shrinks_and_expands_the_isr_and_only_the_partition_epoch_grows() {
    let mut cluster = Cluster::new(3, false);
    cluster.topic_on(&[1, 2, 3]);
    let changed = cluster.alter(1, cluster.isr_change(&[1, 3])).unwrap();
    assert_eq!((changed.leader, changed.leader_epoch, changed.partition_epoch, changed.isr), (1, 0, 1, vec![1, 3]));
    let changed = cluster.alter(1, cluster.isr_change(&[1, 3, 2])).unwrap();
    assert_eq!((changed.leader_epoch, changed.partition_epoch, changed.isr), (0, 2, vec![1, 3, 2]));
    // What it is already is answered as it is.
    let same = cluster.alter(1, cluster.isr_change(&[1, 3, 2])).unwrap();
    assert_eq!(same.partition_epoch, 2);
}

#[test]
fn a_change_is_judged_in_the_order_of_kafka() {
    let mut cluster = Cluster::new(3, false);
    cluster.topic_on(&[1, 2]);
    cluster.fence(1);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    cluster.beat(1);
    assert_eq!((cluster.partition().leader_epoch, cluster.partition().partition_epoch), (1, 1));
    let right = || cluster.isr_change(&[2, 1]);
    let cases: [(NodeId, IsrChange, ErrorCode); 11] = [
        (2, IsrChange { leader_epoch: 2, ..right() }, ErrorCode::NotController),
        (2, IsrChange { partition_epoch: 2, leader_epoch: 0, ..right() }, ErrorCode::NotController),
        (1, IsrChange { leader_epoch: 0, ..right() }, ErrorCode::FencedLeaderEpoch),
        (1, right(), ErrorCode::InvalidRequest),
        (2, IsrChange { partition_epoch: 0, ..right() }, ErrorCode::InvalidUpdateVersion),
        (2, cluster.isr_change(&[2, 3]), ErrorCode::InvalidRequest),
        (2, cluster.isr_change(&[2, 2]), ErrorCode::InvalidRequest),
        (2, cluster.isr_change(&[1]), ErrorCode::InvalidRequest),
        (2, IsrChange { leader_recovery_state: 1, ..right() }, ErrorCode::InvalidRequest),
        (2, IsrChange { leader_recovery_state: 1, ..cluster.isr_change(&[2]) }, ErrorCode::InvalidRequest),
        (2, IsrChange { isr: vec![(2, -1), (1, 0)], ..right() }, ErrorCode::IneligibleReplica),
    ];
    for (broker, change, error) in cases {
        assert_eq!(cluster.alter(broker, change.clone()), Err(error), "{change:?} by {broker}");
    }
    // Version 2 of the request says nothing of incarnations.
    let change = IsrChange { isr: vec![(2, -1), (1, -1)], ..cluster.isr_change(&[]) };
    assert_eq!(cluster.alter(2, change).unwrap().isr, [2, 1]);
}

#[test]
fn a_request_of_another_incarnation_is_refused_as_a_whole() {
    let mut cluster = Cluster::new(2, false);
    cluster.topic_on(&[1, 2]);
    let (topic_id, epoch) = (cluster.topic_id(), cluster.epoch(1) - 1);
    let changes = vec![(topic_id, vec![(0, cluster.isr_change(&[1]))])];
    let answer = cluster.step(|controller, view, _| controller.alter_partition(view, (1, epoch), changes));
    assert_eq!(answer.unwrap_err(), ErrorCode::StaleBrokerEpoch);
}

#[test]
fn unknown_topics_and_partitions_are_told_apart() {
    let mut cluster = Cluster::new(1, false);
    cluster.topic_on(&[1]);
    let (topic_id, epoch, change) = (cluster.topic_id(), cluster.epoch(1), cluster.isr_change(&[1]));
    let changes = vec![(topic_id, vec![(7, change.clone())]), (base::Uuid::from_u128(5), vec![(0, change)])];
    let answers = cluster.step(|controller, view, _| controller.alter_partition(view, (1, epoch), changes)).unwrap();
    let errors: Vec<_> = answers.into_iter().map(|(_, mut partitions)| partitions.remove(0).1.unwrap_err()).collect();
    assert_eq!(errors, [ErrorCode::UnknownTopicOrPartition, ErrorCode::UnknownTopicId]);
}

#[test]
fn a_request_that_comes_after_a_newer_one_of_its_process_is_told_apart() {
    let mut cluster = Cluster::new(2, false);
    let (one, other) = (cluster.epoch(1), cluster.epoch(2));
    let mut comes_late = |broker, number| {
        let mut is_late = false;
        cluster.step(|controller, view, _| {
            is_late = controller.comes_late(view, broker, number);
            Plan::answer(())
        });
        is_late
    };
    assert!(!comes_late((1, one), 0) && !comes_late((1, one), 4) && !comes_late((2, other), 2));
    assert!(comes_late((1, one), 4) && comes_late((1, one), 3) && !comes_late((1, one), 5));
    assert!(!comes_late((1, one - 1), 9), "another process, which is refused as such");
    assert!(!comes_late((1, one), 6), "and stands for nothing");
}

/// A delayed copy of an older request must not bring back an ISR that is no longer true.
#[test]
fn a_late_copy_of_a_change_is_refused() {
    let mut cluster = Cluster::new(3, false);
    cluster.topic_on(&[1, 2, 3]);
    let first = cluster.isr_change(&[1, 2]);
    cluster.alter(1, first.clone()).unwrap();
    cluster.isr(&[1]).unwrap();
    assert_eq!(cluster.alter(1, first), Err(ErrorCode::InvalidUpdateVersion));
    assert_eq!(cluster.partition().isr, [1]);
}

#[test]
fn fenced_leaving_and_restarted_brokers_do_not_enter_the_isr() {
    let mut cluster = Cluster::new(3, false);
    cluster.topic_on(&[1, 2, 3]);
    cluster.fence(2);
    cluster.isr(&[1]).unwrap();
    assert_eq!(cluster.isr(&[1, 2]), Err(ErrorCode::IneligibleReplica));
    let seen = cluster.isr_change(&[1, 2]);
    cluster.register_again(2);
    cluster.beat(2);
    // KIP-903: the leader saw the incarnation before, whose log may be gone.
    assert_eq!(cluster.alter(1, seen), Err(ErrorCode::IneligibleReplica));
    cluster.isr(&[1, 2]).unwrap();
    // Broker 3 leads something, so that it does not end at once.
    assert_eq!(cluster.create(cluster::manual("led", &[&[3, 1]])).error_code, 0);
    let leaving = BrokerHeartbeatRequest { want_shut_down: true, ..cluster.heartbeat(3) };
    assert!(!cluster.send(leaving).should_shut_down);
    assert_eq!(cluster.isr(&[1, 2, 3]), Err(ErrorCode::IneligibleReplica));
}

#[test]
fn a_leader_that_was_elected_uncleanly_recovers_before_others_join() {
    let mut cluster = Cluster::new(2, false);
    cluster.topic_on(&[1, 2]);
    cluster.isr(&[1]).unwrap();
    cluster.set_config(cluster::TOPIC, "unclean.leader.election.enable", "true");
    cluster.fence(1);
    let partition = cluster.partition();
    assert_eq!((partition.leader, partition.isr, partition.leader_recovery_state), (2, vec![2], 1));
    cluster.beat(1);
    let recovering = IsrChange { leader_recovery_state: 1, ..cluster.isr_change(&[2, 1]) };
    assert_eq!(cluster.alter(2, recovering), Err(ErrorCode::InvalidRequest));
    let recovered = cluster.alter(2, cluster.isr_change(&[2, 1])).unwrap();
    assert_eq!((recovered.leader_recovery_state, recovered.isr), (0, vec![2, 1]));
}
