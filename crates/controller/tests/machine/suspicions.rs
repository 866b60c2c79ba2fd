//! Closed connections and addresses that refuse: who is fenced before its session ends, and who is not.

use crate::cluster::Cluster;
use base::{BrokerEpoch, ErrorCode, NodeId, SplitMix64};
use controller::{Controller, Due, Plan, Suspect};
use protocol::broker_registration_request;

/// A broker of Ottla; the others of a [`Cluster`] might be anybody's.
const OURS: NodeId = 3;

fn cluster() -> Cluster {
    let mut cluster = Cluster::new(2, true);
    register(&mut cluster, 7);
    cluster.beat(OURS);
    cluster.topic_on(&[OURS, 1, 2]);
    cluster
}

fn register(cluster: &mut Cluster, seed: u64) -> i16 {
    let incarnation = metadata::new_incarnation(&mut SplitMix64(seed));
    let mut request = cluster.registration(OURS, u128::from_be_bytes(incarnation.0), -1);
    request.listeners.push(broker_registration_request::Listener {
        name: "PLAINTEXT".into(),
        host: "127.0.0.1".into(),
        port: 9092,
        ..Default::default()
    });
    cluster.try_register(request).error_code
}

fn line_closes(cluster: &mut Cluster, id: NodeId) {
    let epoch = cluster.epoch(id);
    line_of_epoch_closes(cluster, id, epoch);
}

fn line_of_epoch_closes(cluster: &mut Cluster, id: NodeId, epoch: BrokerEpoch) {
    cluster.step(|controller, view, _| {
        controller.line_closed(view, id, epoch);
        Plan::answer(())
    });
}

/// Who is asked next, once that is due.
fn suspect(cluster: &mut Cluster) -> Option<Suspect> {
    cluster.step(|controller, view, _| Plan::answer(controller.next_suspect(view)))
}

/// Lets the pause before the next question pass.
fn pause_ends(cluster: &mut Cluster) {
    let deadline_us = cluster.controller.deadline_us();
    cluster.now.monotonic_us = cluster.now.monotonic_us.max(deadline_us);
}

/// What all its addresses said together.
fn said(cluster: &mut Cluster, suspect: &Suspect, refused: bool) -> Option<Due> {
    let of = (suspect.id, suspect.number);
    cluster.step(|controller, view, _| match controller.asked_suspect(view, of, refused) {
        Some(plan) => Plan::new(plan.records, Some(plan.reply)),
        None => Plan::answer(None),
    })
}

#[test]
fn who_closes_and_refuses_twice_is_fenced_long_before_its_session_ends() {
    let mut cluster = cluster();
    assert_eq!(suspect(&mut cluster), None);
    line_closes(&mut cluster, OURS);
    let asked = suspect(&mut cluster).expect("a suspect");
    assert_eq!(asked.id, OURS);
    assert_eq!(suspect(&mut cluster), None, "it is asked already");
    assert_eq!(said(&mut cluster, &asked, true), None);
    assert_eq!(suspect(&mut cluster), None, "there is a pause");
    pause_ends(&mut cluster);
    let asked = suspect(&mut cluster).expect("the same suspect");
    assert_eq!(said(&mut cluster, &asked, true), Some(Due::Gone(OURS)));
    assert!(cluster.image().brokers[&OURS].fenced);
    assert_eq!(cluster.leadership().0, 1);
    assert!(cluster.now.monotonic_us < 2_000_000);
}

#[test]
fn who_listens_or_is_heard_goes_on() {
    let mut cluster = cluster();
    line_closes(&mut cluster, OURS);
    // Now and then it refuses, and then it does not: a pause that grows.
    for refused in [true, false, false, true, false] {
        let asked = suspect(&mut cluster).expect("a suspect");
        assert_eq!(said(&mut cluster, &asked, refused), None);
        pause_ends(&mut cluster);
    }
    let asked = suspect(&mut cluster).expect("a suspect");
    assert_eq!(said(&mut cluster, &asked, true), None);
    cluster.beat(OURS);
    pause_ends(&mut cluster);
    assert_eq!(suspect(&mut cluster), None, "its heartbeat says more than that");
    // An answer that comes late changes nothing, nor does it count for what is asked next.
    assert_eq!(said(&mut cluster, &asked, true), None);
    line_closes(&mut cluster, OURS);
    let next = suspect(&mut cluster).expect("a suspect");
    for refused in [&asked, &asked, &next] {
        assert_eq!(said(&mut cluster, refused, true), None);
    }
    assert!(!cluster.image().brokers[&OURS].fenced);
}

#[test]
fn brokers_of_others_have_their_whole_session() {
    let mut cluster = cluster();
    line_closes(&mut cluster, 1);
    assert_eq!(suspect(&mut cluster), None);
    // Nor does the line of a process before say anything of the one that runs.
    let epoch = cluster.epoch(OURS);
    line_of_epoch_closes(&mut cluster, OURS, epoch - 1);
    assert_eq!(suspect(&mut cluster), None);
}

#[test]
fn a_process_that_is_started_again_need_not_wait_for_the_session_of_the_one_before() {
    let mut cluster = cluster();
    assert_eq!(register(&mut cluster, 8), ErrorCode::DuplicateBrokerRegistration.code());
    line_closes(&mut cluster, OURS);
    // With other directories it may be a stranger, until nobody listens at the addresses of the one before.
    let stranger = |cluster: &mut Cluster| {
        let incarnation = metadata::new_incarnation(&mut SplitMix64(9));
        let mut request = cluster.registration(OURS, u128::from_be_bytes(incarnation.0), -1);
        request.log_dirs = vec![base::Uuid::from_u128(0x5747)];
        cluster.try_register(request).error_code
    };
    assert_eq!(stranger(&mut cluster), ErrorCode::DuplicateBrokerRegistration.code());
    let asked = suspect(&mut cluster).expect("a suspect");
    assert_eq!(said(&mut cluster, &asked, true), None);
    assert_eq!(stranger(&mut cluster), 0);
    pause_ends(&mut cluster);
    assert_eq!(suspect(&mut cluster), None);
}

#[test]
fn who_holds_ports_and_directories_of_the_one_before_is_its_successor() {
    let mut cluster = cluster();
    line_closes(&mut cluster, OURS);
    // It was so fast that somebody listens all the time.
    assert_eq!(register(&mut cluster, 8), 0);
    assert!(cluster.image().brokers[&OURS].fenced);
}

#[test]
fn a_new_leader_looks_for_those_that_it_does_not_hear_soon() {
    let mut cluster = cluster();
    let (image, now) = (cluster.image().clone(), cluster.now);
    cluster.controller = Controller::new(crate::cluster::settings(), &image, now);
    assert_eq!(suspect(&mut cluster), None);
    pause_ends(&mut cluster);
    assert_eq!(suspect(&mut cluster).map(|suspect| suspect.id), Some(OURS));
    cluster.controller = Controller::new(crate::cluster::settings(), &image, now);
    cluster.beat(OURS);
    cluster.now.monotonic_us += 1_000_000;
    assert_eq!(suspect(&mut cluster), None);
    // Whose controller was the one before, and is gone, is asked for at once.
    cluster.controller = Controller::new(crate::cluster::settings(), &image, now);
    cluster.step(|controller, view, _| {
        controller.node_gone(view, OURS);
        Plan::answer(())
    });
    assert_eq!(suspect(&mut cluster).map(|suspect| suspect.id), Some(OURS));
}
