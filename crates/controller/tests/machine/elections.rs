//! Elections on demand, and those by time.

use crate::cluster::{Cluster, TOPIC, manual, placed};
use base::ErrorCode;
use controller::{Controller, Due, Plan, Settings};
use protocol::{ElectLeadersRequest, elect_leaders_request::TopicPartitions};
use std::collections::BTreeMap;

const PREFERRED: i8 = 0;
const UNCLEAN: i8 = 1;

/// Errors by partition of the one topic that the answer is about.
fn elect(cluster: &mut Cluster, election_type: i8, partitions: Option<&[i32]>) -> Vec<(i32, ErrorCode)> {
    let asked = |partitions: &[i32]| TopicPartitions {
        topic: TOPIC.into(),
        partitions: partitions.to_vec(),
        ..Default::default()
    };
    let request = ElectLeadersRequest {
        election_type,
        topic_partitions: partitions.map(|partitions| vec![asked(partitions)]),
        ..Default::default()
    };
    let response = cluster.step(|controller, view, _| controller.elect_leaders(view, &request));
    let results = response.replica_election_results.into_iter().flat_map(|topic| topic.partition_result);
    results.map(|result| (result.partition_id, ErrorCode::from_code(result.error_code))).collect()
}

#[test]
fn the_preferred_replica_leads_again_when_it_is_in_sync() {
    let mut cluster = Cluster::new(3, true);
    assert_eq!(cluster.create(manual(TOPIC, &[&[1, 2, 3], &[2, 3, 1]])).error_code, 0);
    cluster.fence(1);
    cluster.beat(1);
    assert_eq!(elect(&mut cluster, PREFERRED, Some(&[0])), [(0, ErrorCode::PreferredLeaderNotAvailable)]);
    cluster.isr(&[2, 3, 1]).unwrap();
    assert_eq!(elect(&mut cluster, PREFERRED, None), [(0, ErrorCode::None)]);
    assert_eq!((cluster.leadership().0, cluster.partition().leader_epoch), (1, 2));
    assert_eq!(
        elect(&mut cluster, PREFERRED, Some(&[0, 9])),
        [(0, ErrorCode::ElectionNotNeeded), (9, ErrorCode::UnknownTopicOrPartition)]
    );
}

#[test]
fn an_unclean_election_on_demand_needs_no_config_but_a_live_replica() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2]);
    cluster.isr(&[1]).unwrap();
    assert_eq!(elect(&mut cluster, UNCLEAN, Some(&[0])), [(0, ErrorCode::ElectionNotNeeded)]);
    cluster.fence(1);
    cluster.fence(2);
    assert_eq!(elect(&mut cluster, UNCLEAN, Some(&[0])), [(0, ErrorCode::EligibleLeadersNotAvailable)]);
    cluster.beat(2);
    assert_eq!(elect(&mut cluster, UNCLEAN, Some(&[0])), [(0, ErrorCode::None)]);
    let partition = cluster.partition();
    assert_eq!((cluster.leadership(), partition.leader_recovery_state), ((2, vec![2], vec![]), 1));
}

fn due(cluster: &mut Cluster) -> Option<Due> {
    cluster.step(|controller, view, _| match controller.run_due(view) {
        Some(plan) => Plan::new(plan.records, Some(plan.reply)),
        None => Plan::answer(None),
    })
}

#[test]
fn leaderships_go_back_to_preferred_replicas_by_time() {
    let mut cluster = Cluster::new(3, true);
    let settings = Settings { preferred_election_interval_ms: Some(20_000), ..cluster.controller.settings.clone() };
    let image = cluster.image().clone();
    cluster.controller = Controller::new(settings, &image, cluster.now);
    assert_eq!(cluster.create(placed(TOPIC, 6, 3)).error_code, 0);
    let leaders = |cluster: &Cluster| {
        let mut leaders: BTreeMap<i32, usize> = BTreeMap::new();
        let topic = cluster.image().topic_by_name(TOPIC).unwrap();
        topic.partitions.values().for_each(|partition| *leaders.entry(partition.leader).or_default() += 1);
        leaders
    };
    let even = leaders(&cluster);
    cluster.fence(1);
    cluster.beat(1);
    assert!(!leaders(&cluster).contains_key(&1));
    let later = |cluster: &mut Cluster| {
        cluster.now.monotonic_us = cluster.controller.deadline_us();
        (1..=3).for_each(|id| _ = cluster.beat(id));
    };
    while due(&mut cluster) != Some(Due::PreferredElections) {
        later(&mut cluster);
    }
    assert!(!leaders(&cluster).contains_key(&1), "it is not in sync");
    let topic = cluster.image().topic_by_name(TOPIC).unwrap().clone();
    for (index, partition) in &topic.partitions {
        let epochs: Vec<(i32, i64)> = (1..=3).map(|id| (id, cluster.epoch(id))).collect();
        let change = controller::IsrChange {
            leader_epoch: partition.leader_epoch,
            isr: epochs,
            leader_recovery_state: 0,
            partition_epoch: partition.partition_epoch,
        };
        let broker = (partition.leader, cluster.epoch(partition.leader));
        let changes = vec![(topic.id, vec![(*index, change)])];
        cluster.step(|controller, view, _| controller.alter_partition(view, broker, changes)).unwrap();
    }
    while due(&mut cluster) != Some(Due::PreferredElections) {
        later(&mut cluster);
    }
    assert_eq!(leaders(&cluster), even);
    assert!(cluster.controller.deadline_us() > cluster.now.monotonic_us);
}
