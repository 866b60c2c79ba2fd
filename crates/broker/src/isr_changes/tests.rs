use super::*;
use crate::partition::{Position, ReadRequest, Reader};
use crate::test_bench::{Bench, NODE, answer, only_request};
use base::{NodeId, SplitMix64, Uuid};
use replication::FetchingReplica;

const TOPIC: Uuid = Uuid::from_u128(7);

/// A partition that this broker leads, alone in sync of three, with three records.
fn leading(bench: &mut Bench) -> (Arc<Broker>, quorum::Mailbox, Arc<PartitionCell>) {
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 3);
    let (broker, mailbox) = bench.broker_with_partitions();
    broker.set_epoch(50);
    bench.register_isr(&cell, (&[NODE, 2, 3], &[NODE]), 1, 1);
    (broker, mailbox, cell)
}

fn fetch(bench: &Bench, cell: &Arc<PartitionCell>, id: NodeId, offset: i64) {
    let by = FetchingReplica { id, broker_epoch: 60 + i64::from(id), is_eligible: true };
    let position = Position { offset, current_leader_epoch: 1, last_fetched_epoch: -1, log_start_offset: -1 };
    let (reader, mut effects) = (Reader::Replica(by), Effects::default());
    let request = ReadRequest {
        position,
        reader,
        bytes_max: 1 << 20,
        at_least_one: true,
        may_wait: false,
        only_leader: true,
        is_news: true,
    };
    cell.read(&request, bench.now(), &mut effects).ok().unwrap();
    effects.run(cell, bench.now());
}

/// What a request asks for the one partition: members with their epochs, and the partition epoch.
fn asked(request: &quorum::ControllerRequest) -> (Vec<(i32, i64)>, i32) {
    assert_eq!(request.api, ApiKey::AlterPartition);
    let body = AlterPartitionRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    assert_eq!((body.broker_id, body.broker_epoch), (NODE, 50));
    let partition = &body.topics[0].partitions[0];
    let isr = partition.new_isr_with_epochs.iter().map(|member| (member.broker_id, member.broker_epoch));
    (isr.collect(), partition.partition_epoch)
}

fn copy(request: &quorum::ControllerRequest) -> RequestCopy {
    let body = AlterPartitionRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    body.copy().unwrap()
}

fn response(error: ErrorCode, partition_epoch: i32, isr: &[i32]) -> AlterPartitionResponse {
    let partition = alter_partition_response::PartitionData {
        error_code: error.code(),
        leader_id: NODE,
        leader_epoch: 1,
        isr: isr.to_vec(),
        partition_epoch,
        ..Default::default()
    };
    let topic =
        alter_partition_response::TopicData { topic_id: TOPIC, partitions: vec![partition], ..Default::default() };
    AlterPartitionResponse { topics: vec![topic], ..Default::default() }
}

#[test]
fn a_follower_that_has_all_is_asked_in_one_request_at_a_time() {
    let mut bench = Bench::new(&["/data"], |_| {});
    let (_broker, mailbox, cell) = leading(&mut bench);
    fetch(&bench, &cell, 2, 1);
    bench.executor.settle();
    assert!(!mailbox.has_input(), "it lacks records");
    fetch(&bench, &cell, 2, 3);
    bench.executor.settle();
    let request = only_request(&mailbox);
    assert_eq!(asked(&request), (vec![(NODE, 50), (2, 62)], 1));
    fetch(&bench, &cell, 3, 3);
    bench.executor.settle();
    assert!(!mailbox.has_input(), "one question at a time");
    answer(request, &response(ErrorCode::None, 2, &[NODE, 2]));
    bench.executor.settle();
    fetch(&bench, &cell, 3, 3);
    bench.executor.settle();
    assert_eq!(asked(&only_request(&mailbox)), (vec![(NODE, 50), (2, 62), (3, 63)], 2));
}

#[test]
fn what_was_not_answered_is_asked_again_after_a_pause() {
    let mut bench = Bench::new(&["/data"], |_| {});
    let (_broker, mailbox, cell) = leading(&mut bench);
    fetch(&bench, &cell, 2, 3);
    bench.executor.settle();
    let refused = AlterPartitionResponse { error_code: ErrorCode::StaleBrokerEpoch.code(), ..Default::default() };
    for pause_ms in [50, 100, 200] {
        answer(only_request(&mailbox), &refused);
        bench.executor.pass(pause_ms - 1);
        assert!(!mailbox.has_input());
        bench.executor.pass(1);
    }
    let request = only_request(&mailbox);
    assert_eq!(asked(&request).0, [(NODE, 50), (2, 62)]);
    // More than one of it was sent: until the partition epoch moves, the refused one may still be let in.
    answer(request, &response(ErrorCode::IneligibleReplica, 0, &[]));
    bench.executor.settle();
    bench.produce_in(&cell, 1, 3).unwrap();
    assert_eq!(cell.with_log(|log| (log.high_watermark(), log.log_end_offset())), (3, 4));
}

/// As above, but that the controller takes no copy any more that was sent before, and no other one may come to lead.
#[test]
fn who_was_asked_for_twice_holds_nothing_up_once_no_earlier_copy_is_taken() {
    for (incarnation_id, high_watermark) in
        [(metadata::new_incarnation(&mut SplitMix64(1)), 4), (Uuid::from_u128(5), 3)]
    {
        let mut bench = Bench::new(&["/data"], |_| {});
        let (broker, mailbox, cell) = leading(&mut bench);
        let mut image = (*broker.image.load_full()).clone();
        let controller = metadata::Controller {
            id: 1,
            incarnation_id,
            zk_migration_ready: false,
            endpoints: Vec::new(),
            features: Vec::new(),
        };
        image.controllers.insert(1, Arc::new(controller));
        broker.image.store(Arc::new(image));
        fetch(&bench, &cell, 2, 3);
        bench.executor.settle();
        let failed = AlterPartitionResponse { error_code: ErrorCode::UnknownServerError.code(), ..Default::default() };
        let copies: Vec<_> = (0..2)
            .map(|_| {
                let request = only_request(&mailbox);
                let copy = copy(&request);
                answer(request, &failed);
                bench.executor.pass(200);
                copy
            })
            .collect();
        let last = only_request(&mailbox);
        assert!(copies[0].number < copies[1].number && copies[1].number < copy(&last).number);
        answer(last, &response(ErrorCode::IneligibleReplica, 0, &[]).with_no_earlier_copy());
        bench.executor.settle();
        bench.produce_in(&cell, 1, 3).unwrap();
        assert_eq!(cell.with_log(|log| log.high_watermark()), high_watermark);
    }
}

#[test]
fn who_lags_leaves_and_what_it_held_up_is_committed() {
    let mut bench = Bench::new(&["/data"], |_| {});
    let (broker, mailbox, cell) = leading(&mut bench);
    bench.register_isr(&cell, (&[NODE, 2, 3], &[NODE, 2, 3]), 1, 2);
    bench.produce_in(&cell, 1, 3).unwrap();
    fetch(&bench, &cell, 2, 4);
    bench.executor.pass(30_001);
    broker.check_isrs(bench.now());
    bench.executor.settle();
    let request = only_request(&mailbox);
    assert_eq!(asked(&request), (vec![(NODE, 50), (2, 62)], 2));
    assert_eq!(cell.with_log(|log| log.high_watermark()), 3);
    answer(request, &response(ErrorCode::None, 3, &[NODE, 2]));
    bench.executor.settle();
    assert_eq!(cell.with_log(|log| log.high_watermark()), 4);
    assert_eq!(cell.lacking_replicas(), Some(1));
}

#[test]
fn followers_that_come_in_the_same_turn_are_asked_in_together() {
    let mut bench = Bench::new(&["/data"], |_| {});
    let (_broker, mailbox, cell) = leading(&mut bench);
    fetch(&bench, &cell, 2, 3);
    fetch(&bench, &cell, 3, 3);
    bench.executor.settle();
    assert_eq!(asked(&only_request(&mailbox)), (vec![(NODE, 50), (2, 62), (3, 63)], 1));
}

#[test]
fn what_changes_for_many_at_once_is_told_in_one_line() {
    let partitions: Vec<_> = (0..7).map(|index| base::TopicPartition::new("t", index)).collect();
    assert_eq!(first_of_many(partitions.iter().take(5)), None);
    assert_eq!(first_of_many(partitions.iter().take(6)).unwrap(), "t-0,t-1,t-2,t-3,t-4");
    assert_eq!(first_of_many(partitions.iter()).unwrap(), "t-0,t-1,t-2,t-3,t-4");
}
