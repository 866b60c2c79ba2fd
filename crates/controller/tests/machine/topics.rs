//! Topics with several replicas: where they go, and what is refused.

use crate::cluster::{Cluster, TOPIC, manual, placed};
use base::{ErrorCode, NodeId};
use protocol::{
    BrokerHeartbeatRequest, CreatePartitionsRequest, CreatePartitionsResponse, create_partitions_request as growth,
};
use std::collections::BTreeMap;

fn grow(cluster: &mut Cluster, count: i32, assignments: Option<&[&[NodeId]]>) -> (ErrorCode, Option<String>) {
    let assignment = |replicas: &&[NodeId]| growth::CreatePartitionsAssignment {
        broker_ids: replicas.to_vec(),
        ..Default::default()
    };
    let topic = growth::CreatePartitionsTopic {
        name: TOPIC.into(),
        count,
        assignments: assignments.map(|all| all.iter().map(assignment).collect()),
        ..Default::default()
    };
    let request = CreatePartitionsRequest { topics: vec![topic], timeout_ms: 1_000, ..Default::default() };
    let response: CreatePartitionsResponse<'static> =
        cluster.step(|controller, view, _| controller.create_partitions(view, &request));
    let result = &response.results[0];
    (ErrorCode::from_code(result.error_code), result.error_message.as_ref().map(ToString::to_string))
}

#[test]
fn replicas_are_spread_and_all_of_active_brokers_are_in_sync() {
    let mut cluster = Cluster::new(3, true);
    let created = cluster.create(placed(TOPIC, 6, 3));
    assert_eq!((created.error_code, created.num_partitions, created.replication_factor), (0, 6, 3));
    let mut leaders: BTreeMap<NodeId, usize> = BTreeMap::new();
    for partition in cluster.image().topic_by_name(TOPIC).unwrap().partitions.values() {
        assert_eq!(partition.isr, partition.replicas);
        assert_eq!(partition.leader, partition.replicas[0]);
        *leaders.entry(partition.leader).or_default() += 1;
    }
    assert_eq!(leaders, BTreeMap::from([(1, 2), (2, 2), (3, 2)]));
}

#[test]
fn fenced_brokers_get_replicas_that_are_not_in_sync_and_leaving_ones_get_none() {
    let mut cluster = Cluster::new(3, true);
    cluster.fence(3);
    assert_eq!(cluster.create(placed(TOPIC, 4, 3)).error_code, 0);
    for partition in cluster.image().topic_by_name(TOPIC).unwrap().partitions.values() {
        assert_eq!((partition.replicas.len(), partition.replicas[2]), (3, 3));
        assert_eq!(partition.isr, partition.replicas[..2]);
    }
    cluster.send(BrokerHeartbeatRequest { want_shut_down: true, ..cluster.heartbeat(2) });
    let refused = cluster.create(placed("other", 1, 3));
    assert_eq!(refused.error_code, ErrorCode::InvalidReplicationFactor.code());
    assert_eq!(
        refused.error_message.unwrap(),
        "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only \
         2 broker(s) are registered or some brokers have all their log directories cordoned."
    );
}

#[test]
fn a_broker_all_of_whose_directories_are_cordoned_gets_no_replicas() {
    let mut cluster = Cluster::new(2, true);
    let directories = cluster.image().brokers[&2].log_dirs.clone();
    let cordon = |cluster: &mut Cluster, dirs: &[base::Uuid]| {
        let cordoned_log_dirs = Some(dirs.to_vec());
        cluster.send(BrokerHeartbeatRequest { cordoned_log_dirs, ..cluster.heartbeat(2) })
    };
    cordon(&mut cluster, &directories[..1]);
    assert_eq!(cluster.create(placed("one", 1, 2)).error_code, 0);
    cordon(&mut cluster, &directories);
    assert_eq!(cluster.create(placed("two", 1, 2)).error_code, ErrorCode::InvalidReplicationFactor.code());
    let offset = cluster.image().offset;
    cordon(&mut cluster, &directories);
    assert_eq!(cluster.image().offset, offset, "nothing new is not written");
    cordon(&mut cluster, &[]);
    assert_eq!(cluster.create(placed("two", 1, 2)).error_code, 0);
}

#[test]
fn manual_assignments_are_checked_as_kafka_does() {
    let mut cluster = Cluster::new(3, true);
    let refused = |cluster: &mut Cluster, partitions: &[&[NodeId]]| {
        let refused = cluster.create(manual(TOPIC, partitions));
        assert_eq!(refused.error_code, ErrorCode::InvalidReplicaAssignment.code());
        refused.error_message.unwrap().into_owned()
    };
    let message = refused(&mut cluster, &[&[1, 2], &[3]]);
    assert!(message.contains("1 replica(s), but this is not consistent with previous partitions, which have 2"));
    assert!(refused(&mut cluster, &[&[9, 1]]).contains("broker 9, but no such broker"));
    assert!(refused(&mut cluster, &[&[2, 1, 2]]).contains("the broker 2 more than once"));
    cluster.fence(3);
    let away = refused(&mut cluster, &[&[1], &[3]]);
    assert_eq!(
        away,
        "All brokers specified in the manual partition assignment for partition 1 are fenced or in controlled shutdown."
    );
    cluster.topic_on(&[3, 1]);
    let partition = cluster.partition();
    assert_eq!((partition.replicas, partition.isr, partition.leader), (vec![3, 1], vec![1], 1));
}

#[test]
fn a_topic_grows_with_as_many_replicas_as_it_has() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2]);
    assert_eq!(grow(&mut cluster, 3, None), (ErrorCode::None, None));
    let topic = cluster.image().topic_by_name(TOPIC).unwrap().clone();
    assert!(topic.partitions.len() == 3 && topic.partitions.values().all(|partition| partition.isr.len() == 2));
    assert_eq!(grow(&mut cluster, 4, Some(&[&[3, 2]])), (ErrorCode::None, None));
    assert_eq!(grow(&mut cluster, 5, Some(&[&[3]])).0, ErrorCode::InvalidReplicaAssignment);
    (2..=3).for_each(|id| cluster.fence(id));
    assert_eq!(grow(&mut cluster, 5, Some(&[&[3, 2]])).0, ErrorCode::InvalidReplicaAssignment);
    cluster.step(|controller, view, _| {
        controller.unregister_broker(view, &protocol::UnregisterBrokerRequest { broker_id: 3, ..Default::default() })
    });
    cluster.step(|controller, view, _| {
        controller.unregister_broker(view, &protocol::UnregisterBrokerRequest { broker_id: 2, ..Default::default() })
    });
    let (error, message) = grow(&mut cluster, 5, None);
    assert_eq!(error, ErrorCode::InvalidReplicationFactor);
    assert!(message.unwrap().starts_with("The target replication factor of 2 cannot be reached because only 1"));
}
