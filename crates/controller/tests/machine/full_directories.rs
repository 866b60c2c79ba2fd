//! Directories without room: who leads instead, who leaves the in-sync replicas, and when all of that ends.

use crate::cluster::{Cluster, TOPIC, directory, manual, placed};
use base::{ErrorCode, NodeId, Uuid};
use controller::{Controller, Due};
use metadata::NO_LEADER;
use protocol::{
    AssignReplicasToDirsRequest, BrokerHeartbeatRequest, ElectLeadersRequest,
    assign_replicas_to_dirs_request as request,
};

/// Elects the preferred leader of [`TOPIC`].
fn prefer(cluster: &mut Cluster) -> ErrorCode {
    let topic = protocol::elect_leaders_request::TopicPartitions {
        topic: TOPIC.into(),
        partitions: vec![0],
        ..Default::default()
    };
    let request = ElectLeadersRequest { topic_partitions: Some(vec![topic]), ..Default::default() };
    let response = cluster.step(|controller, view, _| controller.elect_leaders(view, &request));
    ErrorCode::from_code(response.replica_election_results[0].partition_result[0].error_code)
}

fn place_in(cluster: &mut Cluster, broker: NodeId, dir: Uuid) {
    let topic_id = cluster.topic_id();
    let topic = request::TopicData { topic_id, partitions: vec![Default::default()], ..Default::default() };
    let directories = vec![request::DirectoryData { id: dir, topics: vec![topic], ..Default::default() }];
    let (broker_id, broker_epoch) = (broker, cluster.epoch(broker));
    let request = AssignReplicasToDirsRequest { broker_id, broker_epoch, directories, ..Default::default() };
    cluster.step(|controller, view, _| controller.assign_replicas_to_dirs(view, &request));
}

#[test]
fn a_leader_without_room_hands_over_and_comes_back_when_there_is_room() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    cluster.set_full(1, true);
    assert_eq!(cluster.leadership(), (2, vec![2, 3], vec![]));
    assert!(!cluster.image().brokers[&1].fenced);
    assert_eq!(cluster.isr(&[2, 3, 1]), Err(ErrorCode::IneligibleReplica));
    cluster.set_full(1, true);
    assert_eq!((cluster.partition().leader_epoch, cluster.partition().partition_epoch), (1, 1), "once");
    cluster.set_full(1, false);
    cluster.isr(&[2, 3, 1]).unwrap();
    assert_eq!(cluster.leadership(), (2, vec![2, 3, 1], vec![]));
    assert_eq!(prefer(&mut cluster), ErrorCode::None);
    assert_eq!(cluster.leadership().0, 1);
}

#[test]
fn a_follower_without_room_leaves_and_the_leader_stays() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    cluster.set_full(3, true);
    assert_eq!(cluster.leadership(), (1, vec![1, 2], vec![]));
    assert_eq!(cluster.partition().leader_epoch, 0);
}

#[test]
fn below_the_minimum_who_leaves_stays_eligible() {
    let mut cluster = Cluster::new(3, true);
    cluster.set_config("", "min.insync.replicas", "2");
    cluster.topic_on(&[1, 2]);
    cluster.set_full(1, true);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![1]));
    cluster.fence(2);
    // It has all that was acknowledged: better it leads than nobody.
    assert_eq!(cluster.leadership(), (1, vec![1], vec![2]));
}

#[test]
fn where_nobody_else_has_room_or_is_in_sync_the_leader_stays() {
    for with_elr in [true, false] {
        let mut cluster = Cluster::new(3, with_elr);
        cluster.topic_on(&[1, 2]);
        cluster.set_full(2, true);
        cluster.set_full(1, true);
        cluster.set_full(2, true);
        assert_eq!(cluster.leadership(), (1, vec![1], vec![]), "the last one with room leads on");
        // Whoever has room joins, and leads at once: before the next heartbeat, or by it.
        cluster.set_full(2, false);
        assert_eq!(cluster.isr(&[1, 2]), Ok(()));
        cluster.set_full(1, true);
        assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    }
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    for id in [1, 2] {
        cluster.send(cluster.heartbeat(id).with_full_log_dirs(&[directory(id, 0), directory(id, 1)]));
    }
    cluster.run_due();
    assert_eq!(cluster.leadership(), (1, vec![1, 2], vec![]), "all at once");
    let partition_epoch = cluster.partition().partition_epoch;
    (0..3).for_each(|_| [1, 2].into_iter().for_each(|id| cluster.set_full(id, true)));
    assert_eq!(cluster.partition().partition_epoch, partition_epoch);
}

#[test]
fn only_what_lies_in_the_full_directory_moves() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    cluster.tell_full(1, &[directory(1, 0)]);
    assert_eq!(cluster.leadership().0, 1, "where it lies was not told yet");
    place_in(&mut cluster, 1, directory(1, 1));
    cluster.tell_full(1, &[directory(1, 0), Uuid::from_u128(77)]);
    assert_eq!(cluster.leadership().0, 1);
    cluster.tell_full(1, &[directory(1, 1)]);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
}

#[test]
fn leaving_fenced_and_full_brokers_take_nothing_over() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    // Broker 2 leads something, so that it does not end at once.
    assert_eq!(cluster.create(manual("led", &[&[2]])).error_code, 0);
    cluster.send(BrokerHeartbeatRequest { want_shut_down: true, ..cluster.heartbeat(2) });
    cluster.set_full(3, true);
    assert_eq!(cluster.leadership(), (1, vec![1], vec![]));
    cluster.set_full(1, true);
    assert_eq!(cluster.leadership(), (1, vec![1], vec![]));
}

#[test]
fn nobody_without_room_is_elected_while_another_can_be() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    // Both are told in the turn in which the leader goes.
    cluster.send(cluster.heartbeat(2).with_full_log_dirs(&[directory(2, 0), directory(2, 1)]));
    cluster.fence(1);
    assert_eq!(cluster.leadership(), (3, vec![2, 3], vec![]));
    cluster.run_due();
    assert_eq!(cluster.leadership(), (3, vec![3], vec![]));
    cluster.fence(3);
    assert_eq!(cluster.leadership().0, NO_LEADER);
}

#[test]
fn a_preferred_leader_without_room_is_left_alone() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    cluster.fence(1);
    cluster.beat(1);
    cluster.isr(&[2, 1]).unwrap();
    cluster.send(cluster.heartbeat(1).with_full_log_dirs(&[directory(1, 0), directory(1, 1)]));
    assert_eq!(prefer(&mut cluster), ErrorCode::PreferredLeaderNotAvailable);
    assert_eq!(cluster.leadership().0, 2);
}

#[test]
fn new_replicas_go_where_there_is_room_unless_there_is_none() {
    let mut cluster = Cluster::new(3, true);
    cluster.set_full(2, true);
    assert_eq!(cluster.create(placed("spread", 6, 2)).error_code, 0);
    for partition in cluster.image().topic_by_name("spread").unwrap().partitions.values() {
        assert!(!partition.replicas.contains(&2), "{partition:?}");
    }
    assert_eq!(cluster.create(placed("wide", 6, 3)).error_code, 0);
    for partition in cluster.image().topic_by_name("wide").unwrap().partitions.values() {
        assert!(partition.leader != 2 && !partition.isr.contains(&2), "{partition:?}");
    }
    // In one directory of two there is room.
    cluster.tell_full(2, &[directory(2, 0)]);
    assert_eq!(cluster.create(placed("again", 6, 3)).error_code, 0);
    let again = &cluster.image().topic_by_name("again").unwrap().partitions;
    assert!(again.values().any(|partition| partition.leader == 2));
    (1..=3).for_each(|id| cluster.set_full(id, true));
    assert_eq!(cluster.create(placed("full", 3, 3)).error_code, 0);
    let full = &cluster.image().topic_by_name("full").unwrap().partitions;
    assert!(full.values().all(|partition| partition.isr.len() == 3 && partition.leader != NO_LEADER));
}

#[test]
fn what_was_told_is_forgotten_with_the_process_the_session_and_the_controller() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    cluster.set_full(1, true);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    let fence = BrokerHeartbeatRequest { want_fence: true, ..cluster.heartbeat(1) };
    cluster.send(fence.with_full_log_dirs(&[directory(1, 0), directory(1, 1)]));
    cluster.register_again(1);
    cluster.beat(1);
    assert_eq!(cluster.isr(&[2, 1]), Ok(()), "another process");
    cluster.set_full(1, true);
    cluster.now.monotonic_us += 20_000_000;
    cluster.beat(2);
    assert_eq!(cluster.run_due(), [Due::SessionEnd(1)]);
    cluster.step(|controller, view, _| {
        let request = BrokerHeartbeatRequest { broker_id: 1, broker_epoch: -1, ..Default::default() };
        controller.heartbeat(view, &request.with_full_log_dirs(&[directory(1, 0), directory(1, 1)]))
    });
    cluster.beat(1);
    assert_eq!(cluster.isr(&[2, 1]), Ok(()), "another process says nothing of this one");
    cluster.set_full(1, true);
    let image = cluster.image().clone();
    cluster.controller = Controller::new(cluster.controller.settings.clone(), &image, cluster.now);
    assert_eq!(cluster.isr(&[2, 1]), Ok(()), "a new controller hears it with the next heartbeat");
    cluster.set_full(1, true);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
}
