//! Directories of replicas (KIP-858).

use crate::cluster::{Cluster, directory};
use base::{ErrorCode, NodeId, Uuid};
use metadata::NO_LEADER;
use protocol::{AssignReplicasToDirsRequest, BrokerHeartbeatRequest, assign_replicas_to_dirs_request as request};

fn assign(cluster: &mut Cluster, broker: NodeId, dir: Uuid, topic_id: Uuid, index: i32) -> ErrorCode {
    let partition = request::PartitionData { partition_index: index, ..Default::default() };
    let topic = request::TopicData { topic_id, partitions: vec![partition], ..Default::default() };
    let directories = vec![request::DirectoryData { id: dir, topics: vec![topic], ..Default::default() }];
    let epoch = cluster.epoch(broker);
    let request =
        AssignReplicasToDirsRequest { broker_id: broker, broker_epoch: epoch, directories, ..Default::default() };
    let response = cluster.step(|controller, view, _| controller.assign_replicas_to_dirs(view, &request));
    ErrorCode::from_code(response.directories[0].topics[0].partitions[0].error_code)
}

fn fails(cluster: &mut Cluster, broker: NodeId, dirs: &[Uuid]) {
    let request = BrokerHeartbeatRequest { offline_log_dirs: dirs.to_vec(), ..cluster.heartbeat(broker) };
    assert_eq!(cluster.send(request).error_code, 0);
}

#[test]
fn a_directory_that_fails_takes_its_partitions_along_and_no_others() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    let topic_id = cluster.topic_id();
    assert_eq!(cluster.partition().directories, [Uuid::DIRECTORY_UNASSIGNED; 3]);
    assert_eq!(assign(&mut cluster, 1, directory(1, 0), topic_id, 0), ErrorCode::None);
    assert_eq!(cluster.partition().directory_of(1), directory(1, 0));
    assert_eq!(cluster.partition().leader_epoch, 0);
    fails(&mut cluster, 1, &[directory(1, 1)]);
    assert_eq!(cluster.leadership().0, 1, "another directory");
    fails(&mut cluster, 1, &[directory(1, 0), directory(1, 1)]);
    assert_eq!(cluster.leadership(), (2, vec![2, 3], vec![]));
    assert!(!cluster.image().brokers[&1].fenced);
    // It is not elected again either: its directory is not there.
    cluster.fence(3);
    cluster.fence(2);
    assert_eq!(cluster.leadership().0, NO_LEADER);
}

#[test]
fn a_replica_in_a_directory_that_has_failed_before_it_was_told_leads_no_more() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    fails(&mut cluster, 1, &[directory(1, 1)]);
    assert_eq!(cluster.leadership().0, 1);
    let topic_id = cluster.topic_id();
    assert_eq!(assign(&mut cluster, 1, directory(1, 1), topic_id, 0), ErrorCode::None);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
}

#[test]
fn assignments_of_what_is_not_there_are_told_apart() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1]);
    let topic_id = cluster.topic_id();
    assert_eq!(assign(&mut cluster, 1, directory(1, 0), Uuid::from_u128(5), 0), ErrorCode::UnknownTopicId);
    assert_eq!(assign(&mut cluster, 1, directory(1, 0), topic_id, 5), ErrorCode::UnknownTopicOrPartition);
    assert_eq!(assign(&mut cluster, 2, directory(2, 0), topic_id, 0), ErrorCode::NotLeaderOrFollower);
}
