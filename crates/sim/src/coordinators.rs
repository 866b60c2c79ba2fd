//! Coordinators of a whole node: what their clients are told while one loads, and when its topic goes.

use crate::broken_disk::Bench;
use crate::node::{answer_bytes, decode, frame};
use crate::workload::Peer;
use base::{ErrorCode, Executor, Offset};
use net::Reply;
use protocol::{
    DeleteTopicsRequest, FindCoordinatorRequest, HeartbeatRequest, JoinGroupRequest, OffsetCommitRequest,
    OffsetFetchRequest, join_group_request, offset_commit_request, offset_fetch_request,
};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

const OFFSETS: &str = "__consumer_offsets";

/// A bench with topics `a` and `b`, whose groups have a coordinator.
fn bench() -> Bench {
    let mut bench = Bench::new(false);
    for topic in ["a", "b"] {
        assert_eq!(bench.create(topic), ErrorCode::None);
    }
    let find = FindCoordinatorRequest { coordinator_keys: vec!["g".into()], ..Default::default() };
    let tag = bench.node.send(4, &find);
    bench.answer::<FindCoordinatorRequest<'_>>(tag, 4);
    bench.pass(2_000_000);
    bench
}

fn commit(bench: &mut Bench, topic: &'static str, offset: Offset) -> ErrorCode {
    let partition = offset_commit_request::OffsetCommitRequestPartition {
        committed_offset: offset,
        committed_metadata: None,
        ..Default::default()
    };
    let topic = offset_commit_request::OffsetCommitRequestTopic {
        name: topic.into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    };
    let tag = bench.node.send(8, &request);
    let answer = bench.answer::<OffsetCommitRequest<'_>>(tag, 8).unwrap();
    ErrorCode::from_code(answer.topics[0].partitions[0].error_code)
}

fn committed(bench: &mut Bench, topic: &'static str) -> Offset {
    let topic = offset_fetch_request::OffsetFetchRequestTopic {
        name: topic.into(),
        partition_indexes: vec![0],
        ..Default::default()
    };
    let request = OffsetFetchRequest { group_id: "g".into(), topics: Some(vec![topic]), ..Default::default() };
    let tag = bench.node.send(7, &request);
    let answer = bench.answer::<OffsetFetchRequest<'_>>(tag, 7).unwrap();
    assert_eq!(answer.error_code, 0);
    answer.topics[0].partitions[0].committed_offset
}

fn delete(bench: &mut Bench, topic: &'static str) {
    let request = DeleteTopicsRequest { topic_names: vec![topic.into()], timeout_ms: 1000, ..Default::default() };
    let tag = bench.node.send(5, &request);
    let answer = bench.answer::<DeleteTopicsRequest<'_>>(tag, 5).unwrap();
    assert_eq!(answer.responses[0].error_code, 0);
}

#[test]
fn while_a_coordinator_loads_its_clients_are_told_so_at_once_and_deleted_topics_are_not_forgotten() {
    const PATIENCE: Duration = Duration::from_secs(3);
    let mut bench = bench();
    assert_eq!((commit(&mut bench, "a", 5), commit(&mut bench, "b", 6)), (ErrorCode::None, ErrorCode::None));
    let broker = bench.node.broker().expect("a broker").clone();
    let image = broker.image.load_full();
    let topic = image.topic_by_name(OFFSETS).unwrap();
    let partition = base::coordinator_partition("g", topic.partitions.len() as i32);
    let epoch = topic.partitions[&partition].leader_epoch;
    broker.coordinators.leadership(topic.id, partition, None);
    broker.coordinators.leadership(topic.id, partition, Some(epoch));

    let (told, tells) = mpsc::channel();
    let (clients, info) = bench.node.clients();
    let now = bench.node.executor.now();
    let others = move || {
        std::thread::spawn(move || {
            let request = HeartbeatRequest { group_id: "g".into(), ..Default::default() };
            let answered = told.clone();
            let reply = Reply::callback(move |answer| drop(answered.send(answer_bytes(answer))));
            clients.request(&info, &api::Open::anonymous(), &mut frame(1, 3, &request), reply, now);
            broker.coordinators.topics_deleted(&["a".to_owned()]);
            drop(told.send(None));
        });
    };
    let (begun, begins) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let act = move || {
        others();
        let _nobody_listens = begun.send(());
        // The disk is as slow as it takes.
        let _told: Result<(), _> = is_done.recv_timeout(2 * PATIENCE);
    };
    let log = PathBuf::from(format!("/data/{OFFSETS}-{partition}/00000000000000000000.log"));
    bench.files.at_next_read(&log, Box::new(act));
    let judge = std::thread::spawn(move || {
        begins.recv_timeout(PATIENCE).expect("the log is read");
        let frame = tells.recv_timeout(PATIENCE);
        let deleted = tells.recv_timeout(PATIENCE);
        let _nobody_listens = done.send(());
        (frame, deleted)
    });
    bench.pass(1_000_000);
    let (answer, deleted) = judge.join().unwrap();
    let answer = answer.expect("an answer while the coordinator loads").unwrap();
    let answer = decode::<HeartbeatRequest<'_>>(&answer, 3).unwrap();
    assert_eq!(ErrorCode::from_code(answer.error_code), ErrorCode::CoordinatorLoadInProgress);
    assert_eq!(deleted, Ok(None));
    assert_eq!((committed(&mut bench, "a"), committed(&mut bench, "b")), (-1, 6));
}

fn join(bench: &mut Bench) -> u64 {
    let protocol = join_group_request::JoinGroupRequestProtocol { name: "range".into(), ..Default::default() };
    let request = JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 30_000,
        rebalance_timeout_ms: 300_000,
        protocol_type: "consumer".into(),
        protocols: vec![protocol],
        ..Default::default()
    };
    bench.node.send(3, &request)
}

#[test]
fn whoever_waits_for_a_coordinator_whose_topic_is_deleted_is_sent_to_another() {
    let mut bench = bench();
    let first = join(&mut bench);
    assert_eq!(bench.answer::<JoinGroupRequest<'_>>(first, 3).unwrap().error_code, 0);
    let second = join(&mut bench);
    bench.pass(1_000_000);
    assert!(bench.take(second).is_none(), "it waits for the first member");
    delete(&mut bench, OFFSETS);
    bench.pass(1_000_000);
    let answer = bench.take(second).expect("an answer").expect("no end of the connection");
    let answer = decode::<JoinGroupRequest<'_>>(&answer, 3).unwrap();
    assert_eq!(ErrorCode::from_code(answer.error_code), ErrorCode::NotCoordinator);
    let third = join(&mut bench);
    let answer = bench.answer::<JoinGroupRequest<'_>>(third, 3).unwrap();
    assert_eq!(ErrorCode::from_code(answer.error_code), ErrorCode::NotCoordinator);
}

#[test]
fn a_coordinator_of_an_older_epoch_writes_nothing_into_a_newer_one() {
    let mut bench = bench();
    assert_eq!(commit(&mut bench, "a", 5), ErrorCode::None);
    let broker = bench.node.broker().expect("a broker").clone();
    let image = broker.image.load_full();
    let topic = image.topic_by_name(OFFSETS).unwrap();
    let partition = base::coordinator_partition("g", topic.partitions.len() as i32);
    let cell = broker.replicas.get(topic.id, partition).unwrap();
    let end = || cell.with_log(|log| log.log_end_offset());
    let before = end();
    // A publication that reached the partition, and its coordinator not yet.
    let mut newer = metadata::Partition::clone(image.partition(topic.id, partition).unwrap());
    newer.leader_epoch += 1;
    cell.apply(broker.node_id, &newer, broker.executor.now(), &mut Default::default()).unwrap();
    assert_eq!(commit(&mut bench, "a", 6), ErrorCode::NotCoordinator);
    assert_eq!(end(), before);
    broker.coordinators.leadership(topic.id, partition, Some(newer.leader_epoch));
    bench.pass(1_000_000);
    assert_eq!((commit(&mut bench, "b", 7), committed(&mut bench, "a")), (ErrorCode::None, 5));
}
