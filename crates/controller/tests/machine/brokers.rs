//! Brokers come and go: who leads then, who is in sync, and who stays eligible (KIP-841, KIP-966).

use crate::cluster::{Cluster, TOPIC, manual, settings};
use base::{ErrorCode, Uuid};
use controller::{Controller, Due, Plan};
use metadata::NO_LEADER;
use protocol::{BrokerHeartbeatRequest, BrokerRegistrationRequest, UnregisterBrokerRequest};

const SESSION_US: u64 = 9_000_000;

/// Lets the time pass in which these brokers go on to be heard of, and the sessions of the others end.
fn sessions_end_but_of(cluster: &mut Cluster, alive: &[i32]) {
    for _ in 0..2 {
        cluster.now.monotonic_us += SESSION_US / 2;
        alive.iter().for_each(|id| _ = cluster.beat(*id));
    }
    for _ in 0..10 {
        let due = cluster.step(|controller, view, _| {
            let plan = controller.run_due(view);
            plan.map(|plan| controller::Plan::new(plan.records, Some(plan.reply)))
                .unwrap_or_else(|| controller::Plan::answer(None))
        });
        match due {
            Some(Due::SessionEnd(_)) => {}
            other => return assert_eq!(other, None),
        }
    }
}

#[test]
fn a_broker_whose_session_ends_leaves_every_isr_and_its_leaderships_move() {
    let mut cluster = Cluster::new(3, false);
    cluster.topic_on(&[1, 2, 3]);
    assert_eq!(cluster.create(manual("followed", &[&[2, 1, 3]])).error_code, 0);
    sessions_end_but_of(&mut cluster, &[2, 3]);
    assert!(cluster.image().brokers[&1].fenced);
    let led = cluster.partition();
    assert_eq!((led.leader, led.isr, led.leader_epoch, led.partition_epoch), (2, vec![2, 3], 1, 1));
    let followed = cluster.image().topic_by_name("followed").unwrap().partitions[&0].clone();
    // Only who leads matters to the leader epoch.
    assert_eq!((followed.leader, &followed.isr[..], followed.leader_epoch), (2, &[2, 3][..], 0));
}

#[test]
fn without_elr_the_last_of_the_isr_waits_for_its_broker() {
    let mut cluster = Cluster::new(2, false);
    cluster.topic_on(&[1, 2]);
    cluster.fence(2);
    cluster.fence(1);
    assert_eq!(cluster.leadership(), (NO_LEADER, vec![1], vec![]));
    cluster.beat(2);
    assert_eq!(cluster.leadership().0, NO_LEADER);
    cluster.beat(1);
    assert_eq!(cluster.leadership(), (1, vec![1], vec![]));
    let partition = cluster.partition();
    assert_eq!((partition.leader_epoch, partition.leader_recovery_state), (2, 0));
}

#[test]
fn below_the_minimum_who_was_in_sync_stays_eligible() {
    let mut cluster = Cluster::new(3, true);
    cluster.set_config("", "min.insync.replicas", "2");
    cluster.topic_on(&[1, 2, 3]);
    cluster.fence(1);
    assert_eq!(cluster.leadership(), (2, vec![2, 3], vec![]), "two are enough");
    cluster.fence(2);
    assert_eq!(cluster.leadership(), (3, vec![3], vec![2]));
    cluster.fence(3);
    assert_eq!(cluster.leadership(), (NO_LEADER, vec![], vec![2, 3]));
    assert_eq!(cluster.partition().last_known_elr, [3]);
    cluster.beat(1);
    assert_eq!(cluster.leadership().0, NO_LEADER, "it was not in sync when others went on");
    cluster.beat(2);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![3]));
    let partition = cluster.partition();
    assert_eq!((partition.leader_recovery_state, partition.last_known_elr), (0, vec![]));
    cluster.isr(&[2, 1]).unwrap();
    assert_eq!(cluster.leadership(), (2, vec![2, 1], vec![]));
}

#[test]
fn who_did_not_stop_in_order_is_no_longer_eligible() {
    let mut cluster = Cluster::new(3, true);
    cluster.set_config("", "min.insync.replicas", "2");
    cluster.topic_on(&[1, 2]);
    cluster.fence(1);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![1]));
    cluster.register(1);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    cluster.beat(1);
    cluster.isr(&[2, 1]).unwrap();
    // One that stopped in order stays.
    cluster.fence(1);
    cluster.register_again(1);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![1]));
}

/// Its leader cannot commit, say: the first record waits for that, and what is asked again waits for the same one.
#[test]
fn a_registration_that_waits_is_written_once_however_often_it_is_asked_for() {
    for levels in [&[("metadata.version", 30)][..], &[("metadata.version", 7)]] {
        let mut cluster = Cluster::of_levels(2, levels);
        let planned = |cluster: &mut Cluster, request: &BrokerRegistrationRequest<'static>| {
            cluster.step(|controller, view, _| {
                let plan = controller.register_broker(view, request);
                let count = plan.records.len();
                Plan::new(plan.records, (plan.reply.error_code, plan.reply.broker_epoch, count))
            })
        };
        let request = cluster.registration(3, 3_000, -1);
        let (error, epoch, count) = planned(&mut cluster, &request);
        assert_eq!((error, count), (0, 1));
        for _ in 0..5 {
            cluster.now.monotonic_us += SESSION_US / 2;
            assert_eq!(planned(&mut cluster, &request), (0, epoch, 0));
        }
        // It says something else now.
        let rack = Some("rack".into());
        let moved = BrokerRegistrationRequest { rack, ..request.clone() };
        assert_eq!(planned(&mut cluster, &moved), (0, epoch, 1));
        // Another process is another broker.
        let other = BrokerRegistrationRequest { incarnation_id: Uuid::from_u128(3_001), ..moved };
        let (error, other_epoch, count) = planned(&mut cluster, &other);
        assert!(error == 0 && other_epoch > epoch && count >= 1, "{error} {other_epoch} {count}");
    }
}

/// Nobody is left who surely has everything: the last known leader leads, and says that it recovers.
#[test]
fn after_a_power_cut_of_all_the_last_known_leader_leads_again() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    cluster.fence(2);
    cluster.fence(1);
    assert_eq!((cluster.leadership(), cluster.partition().last_known_elr), ((NO_LEADER, vec![], vec![1]), vec![1]));
    cluster.register(2);
    cluster.register(1);
    assert_eq!(cluster.leadership(), (NO_LEADER, vec![], vec![]));
    cluster.beat(2);
    assert_eq!(cluster.leadership().0, NO_LEADER);
    cluster.beat(1);
    assert_eq!(cluster.leadership(), (1, vec![1], vec![]));
    assert_eq!(cluster.partition().leader_recovery_state, 1);
}

#[test]
fn a_restart_that_no_session_noticed_takes_the_broker_out_of_the_isr_in_one_step() {
    let mut cluster = Cluster::new(3, true);
    cluster.set_config("", "min.insync.replicas", "2");
    cluster.topic_on(&[1, 2]);
    // A new controller has not heard of anybody yet.
    let image = cluster.image().clone();
    cluster.controller = Controller::new(cluster.controller.settings.clone(), &image, cluster.now);
    cluster.register(1);
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    assert!(cluster.image().brokers[&1].fenced);
}

#[test]
fn a_living_broker_keeps_its_id_and_the_same_incarnation_its_epoch() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[1, 2]);
    let stranger = cluster.registration(1, 77, -1);
    assert_eq!(cluster.try_register(stranger).error_code, ErrorCode::DuplicateBrokerRegistration.code());
    let epoch = cluster.epoch(1);
    let again = cluster.registration(1, 1_000, -1);
    let response = cluster.try_register(again);
    assert_eq!((response.error_code, response.broker_epoch), (0, epoch));
    assert_eq!(cluster.leadership().0, 1, "it leads on (KAFKA-16952)");
    assert!(!cluster.image().brokers[&1].fenced);
}

#[test]
fn registrations_with_odd_directories_are_refused() {
    let mut cluster = Cluster::new(2, true);
    let own = cluster.registration(3, 1, -1);
    let of_another = cluster.image().brokers[&1].log_dirs.clone();
    let twice = vec![own.log_dirs[0], own.log_dirs[0]];
    for log_dirs in [Vec::new(), twice, of_another, vec![base::Uuid::DIRECTORY_LOST]] {
        let response = cluster.try_register(protocol::BrokerRegistrationRequest { log_dirs, ..own.clone() });
        assert_eq!(response.error_code, ErrorCode::InvalidRegistration.code());
    }
    assert_eq!(cluster.try_register(own).error_code, 0);
}

#[test]
fn a_broker_that_stops_hands_over_and_ends_when_the_others_know() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[1, 2, 3]);
    let behind = cluster.image().offset;
    let stop =
        |cluster: &mut Cluster| cluster.send(BrokerHeartbeatRequest { want_shut_down: true, ..cluster.heartbeat(1) });
    let response = stop(&mut cluster);
    assert!(!response.should_shut_down && !response.is_fenced);
    assert_eq!(cluster.leadership(), (2, vec![2, 3], vec![]));
    assert!(cluster.image().brokers[&1].in_controlled_shutdown);
    cluster.beat(2);
    cluster.send(BrokerHeartbeatRequest { current_metadata_offset: behind, ..cluster.heartbeat(3) });
    assert!(!stop(&mut cluster).should_shut_down, "broker 3 would still send clients to it");
    // The log grows meanwhile: what counts is where the hand-over ended.
    cluster.create(manual("more", &[&[2, 3]]));
    cluster.send(BrokerHeartbeatRequest { current_metadata_offset: behind + 2, ..cluster.heartbeat(3) });
    let response = stop(&mut cluster);
    assert!(response.should_shut_down && response.is_fenced);
    assert!(cluster.image().brokers[&1].fenced);
}

#[test]
fn who_leads_nothing_ends_at_once_and_so_does_who_is_alone_or_fenced() {
    let mut cluster = Cluster::new(2, true);
    cluster.topic_on(&[2, 1]);
    let stop = |cluster: &mut Cluster, id: i32| {
        cluster.send(BrokerHeartbeatRequest { want_shut_down: true, ..cluster.heartbeat(id) }).should_shut_down
    };
    assert!(stop(&mut cluster, 1));
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    assert!(!stop(&mut cluster, 2));
    assert_eq!(cluster.leadership(), (NO_LEADER, vec![], vec![2]));
    assert!(stop(&mut cluster, 2), "nobody is left to wait for");
    assert!(stop(&mut cluster, 1), "fenced");
}

#[test]
fn an_unregistered_broker_leaves_isrs_and_its_heartbeats_are_stale() {
    let mut cluster = Cluster::new(3, true);
    cluster.topic_on(&[3, 1, 2]);
    let request = UnregisterBrokerRequest { broker_id: 3, ..Default::default() };
    let response = cluster.step(|controller, view, _| controller.unregister_broker(view, &request));
    assert_eq!(response.error_code, 0);
    assert_eq!(cluster.leadership(), (1, vec![1, 2], vec![]));
    assert_eq!(cluster.partition().replicas, [3, 1, 2]);
    assert_eq!(cluster.beat(3).error_code, ErrorCode::StaleBrokerEpoch.code());
    sessions_end_but_of(&mut cluster, &[1, 2]);
    let response = cluster.step(|controller, view, _| controller.unregister_broker(view, &request));
    assert_eq!(response.error_code, ErrorCode::BrokerIdNotRegistered.code());
}

#[test]
fn an_unclean_election_happens_only_where_the_topic_allows_it() {
    let mut cluster = Cluster::new(2, false);
    cluster.topic_on(&[1, 2]);
    cluster.isr(&[1]).unwrap();
    cluster.fence(1);
    assert_eq!(cluster.leadership(), (NO_LEADER, vec![1], vec![]));
    cluster.set_config(TOPIC, "unclean.leader.election.enable", "true");
    // The change alone does nothing; the next look does.
    cluster.now.monotonic_us += 300_000_000;
    cluster.beat(2);
    while let Some(()) = cluster.step(|controller, view, _| match controller.run_due(view) {
        Some(plan) => controller::Plan::new(plan.records, Some(())),
        None => controller::Plan::answer(None),
    }) {}
    assert_eq!(cluster.leadership(), (2, vec![2], vec![]));
    assert_eq!(cluster.partition().leader_recovery_state, 1);
}

#[test]
fn a_cluster_at_levels_of_kafka_takes_no_second_node() {
    let levels = [("metadata.version", 30), ("group.version", 1)];
    let mut cluster = Cluster::of_levels(0, &levels);
    let request = cluster.registration(1, 77, -1);
    let answer = cluster.step(|controller, view, _| controller.register_broker(view, &request));
    assert_eq!(answer.error_code, ErrorCode::UnsupportedVersion.code(), "with it this node would be one of several");
    let request = cluster.registration(settings().node_id, 78, -1);
    let answer = cluster.step(|controller, view, _| controller.register_broker(view, &request));
    assert_eq!(answer.error_code, 0, "its own");
}
