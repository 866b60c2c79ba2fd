use super::follow::Fetched;
use super::*;
use crate::test_bench::{Bench, NODE};
use base::{Files, Uuid};

const TOPIC: Uuid = Uuid::from_u128(7);
const FOLLOWER: NodeId = 2;
const FOLLOWS: Reader =
    Reader::Replica(replication::FetchingReplica { id: FOLLOWER, broker_epoch: -1, is_eligible: true });

/// A fetch from an offset, in the epoch of the bench.
fn read(bench: &Bench, cell: &Arc<PartitionCell>, reader: Reader, offset: Offset) -> Result<ReadOutcome, ReadError> {
    let position = Position { offset, current_leader_epoch: -1, last_fetched_epoch: -1, log_start_offset: -1 };
    let mut effects = Effects::default();
    let request = ReadRequest {
        position,
        reader,
        bytes_max: 1 << 20,
        at_least_one: true,
        may_wait: false,
        only_leader: true,
        is_news: true,
    };
    let read = cell.read(&request, bench.now(), &mut effects);
    effects.run(cell, bench.now());
    read
}

#[test]
fn an_offset_that_is_not_in_the_log_does_not_say_how_far_a_follower_has_come() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 4);
    bench.lead(&cell, &[NODE, FOLLOWER]);
    let high_watermark = || cell.with_log(|log| log.high_watermark());
    bench.fill(&cell, 6);
    assert_eq!(high_watermark(), 4);
    for beyond in [11, i64::MAX, -1] {
        let refused = read(&bench, &cell, FOLLOWS, beyond);
        assert!(matches!(refused, Err(ReadError::OutOfRange)), "{beyond}");
        assert_eq!(high_watermark(), 4, "after a fetch from {beyond}");
    }
    read(&bench, &cell, FOLLOWS, 8).ok().unwrap();
    assert_eq!(high_watermark(), 8);
}

#[test]
fn a_leader_that_has_just_begun_does_not_know_how_far_its_log_is_committed() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 4);
    bench.lead(&cell, &[NODE, FOLLOWER]);
    bench.fill(&cell, 6);
    assert!(!cell.is_watermark_behind(), "what its own epoch has brought is nobody's yet");
    bench.lead_in(&cell, &[NODE, FOLLOWER], 5);
    assert!(cell.is_watermark_behind());
    read(&bench, &cell, FOLLOWS, 10).ok().unwrap();
    assert!(!cell.is_watermark_behind());
}

#[test]
#[should_panic(expected = "inside of a partition's cell")]
fn the_bench_notices_who_waits_inside_of_a_cell() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 1);
    let _closed = cell.with_log(|log| log.close_cleanly());
}

#[test]
fn nobody_waits_inside_while_records_are_written_and_synced() {
    let bench = Bench::new(&["/data"], |log| log.flush_messages = 3);
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 60);
    bench.executor.settle();
    assert!(cell.with_log(|log| log.segments().count()) > 5);
    assert!(cell.with_log(|log| log.recovery_point()) > 50);
}

#[test]
fn nobody_waits_inside_for_what_a_log_that_was_just_opened_has_on_the_disk() {
    let bench = Bench::new(&["/data"], |_| {});
    bench.fill(&bench.open("t-0", TOPIC), 63);
    bench.executor.settle();
    bench.files.sync_everything();
    bench.files.process_died();
    let bench = Bench::on(bench.files, &["/data"], |_| {});
    bench.find("t-0", 0, Some(TOPIC));
    let cell = bench.open("t-0", TOPIC);
    bench.files.chill(false);
    bench.fill(&cell, 20);
    bench.executor.settle();
    assert_eq!(cell.with_log(|log| log.log_end_offset()), 83);
}

#[test]
fn retention_writes_the_producers_of_what_goes_outside_of_the_cell() {
    for is_cold in [false, true] {
        let bench = Bench::new(&["/data"], |log| log.retention_bytes = 2000);
        let cell = bench.open("t-0", TOPIC);
        bench.fill(&cell, 60);
        // The snapshots of the rolls were not written.
        bench.executor.forget_work();
        if is_cold {
            bench.files.chill(false);
        }
        cell.apply_retention(bench.now());
        let start = cell.with_log(|log| log.log_start_offset());
        assert!(start > 30, "{start}");
        assert!(bench.names("/data/t-0").contains(&format!("{start:020}.snapshot")));
        // The producers are those of a log that begins there.
        bench.files.process_died();
        let bench = Bench::on(bench.files, &["/data"], |_| {});
        bench.find("t-0", 0, Some(TOPIC));
        let cell = bench.open("t-0", TOPIC);
        assert_eq!(cell.with_log(|log| log.producers()).len(), 1);
        assert!(bench.produce(&cell, 60).is_ok());
    }
}

#[test]
fn retention_of_old_records_reads_their_times_outside_of_the_cell() {
    let bench = Bench::new(&["/data"], |log| log.retention_ms = 1000);
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 40);
    bench.executor.settle();
    bench.files.sync_everything();
    bench.files.process_died();
    let bench = Bench::on(bench.files, &["/data"], |log| log.retention_ms = 1000);
    bench.find("t-0", 0, Some(TOPIC));
    let cell = bench.open("t-0", TOPIC);
    bench.files.chill(false);
    bench.executor.pass(2000);
    cell.apply_retention(bench.now());
    assert_eq!(cell.with_log(|log| log.log_start_offset()), 40);
    assert_eq!(cell.with_log(|log| log.segments().count()), 1);
    assert!(bench.produce(&cell, 40).is_ok());
}

#[test]
fn room_comes_before_producers_where_the_disk_is_full() {
    let bench = Bench::new(&["/data"], |log| log.retention_bytes = 2000);
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 60);
    bench.executor.forget_work();
    bench.files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
    cell.apply_retention(bench.now());
    assert!(cell.with_log(|log| log.log_start_offset()) > 30);
    assert!(!cell.directory().dir.is_failed());
}

#[test]
fn what_comes_behind_a_batch_that_found_no_room_is_not_out_of_order() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 3);
    let full = testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true };
    bench.files.inject(full);
    assert!(matches!(bench.produce(&cell, 3), Err(AppendError::Storage(error)) if error.is_shortage()));
    // These were under way behind it; the last of them comes when there is room again.
    assert!(matches!(bench.produce(&cell, 4), Err(AppendError::Refused(ErrorCode::KafkaStorageError))));
    bench.files.heal();
    assert!(matches!(bench.produce(&cell, 5), Err(AppendError::Refused(ErrorCode::KafkaStorageError))));
    assert!(bench.produce(&cell, 3).is_ok());
    assert!(matches!(bench.produce(&cell, 5), Err(AppendError::Storage(StorageError::OutOfOrderSequence { .. }))));
}

#[test]
fn who_is_out_of_order_is_told_so_whosever_batches_find_no_room() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    assert!(bench.produce(&cell, 0).is_ok() && bench.produce_as(&cell, 10, 0).is_ok());
    bench.files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
    assert!(matches!(bench.produce(&cell, 1), Err(AppendError::Storage(error)) if error.is_shortage()));
    let is_out_of_order =
        |outcome| matches!(outcome, Err(AppendError::Storage(StorageError::OutOfOrderSequence { .. })));
    assert!(is_out_of_order(bench.produce_as(&cell, 10, 5)));
    bench.files.heal();
    // That another one goes on says nothing of the first.
    assert!(bench.produce_as(&cell, 10, 1).is_ok());
    assert!(matches!(bench.produce(&cell, 2), Err(AppendError::Refused(ErrorCode::KafkaStorageError))));
    // It has given the batch up, and goes on behind it.
    bench.executor.pass(120_000);
    assert!(is_out_of_order(bench.produce(&cell, 2)));
}

#[test]
fn nobody_waits_inside_while_records_and_topics_are_deleted() {
    let bench = Bench::new(&["/data"], |log| log.file_delete_delay_ms = 5000);
    let cells: Vec<_> = (0..3).map(|i| bench.open(&format!("t-{i}"), TOPIC)).collect();
    for cell in &cells {
        bench.fill(cell, 60);
        let mut effects = Effects::default();
        let waiter: Arc<dyn AckWaiter> = Arc::new(Told::default());
        let deleted = cell.delete_records(45, (&waiter, 0, 0), bench.now(), &mut effects);
        assert!(deleted.is_ok_and(|deleted| deleted.is_everywhere));
        effects.run(cell, bench.now());
        cell.apply_retention(bench.now());
    }
    // The writes that are pending know the old names.
    bench.replicas.remove_all((0..3).map(|i| (TOPIC, i)));
    bench.executor.settle();
    let named = |end: &str| bench.names("/data").iter().filter(|name| name.ends_with(end)).count();
    assert_eq!(named("-delete"), 3);
    assert_eq!(named("t-0") + named("t-1") + named("t-2"), 0);
    bench.executor.pass(5000);
    assert_eq!(named("-delete"), 0);
    assert!(!cells[0].directory().dir.is_failed());
}

#[test]
fn the_high_watermark_stays_through_a_new_epoch_of_its_leader_whatever_an_acknowledgement_means_by_then() {
    for follows_between in [false, true] {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", TOPIC);
        bench.fill(&cell, 5);
        let mut settings = (*bench.settings).clone();
        Arc::make_mut(&mut settings.log).flush_messages = 1;
        cell.set_settings(Arc::new(settings), &mut Effects::default());
        if follows_between {
            bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 1);
        }
        bench.lead_in(&cell, &[NODE], 2);
        let offsets = || cell.with_log(|log| (log.high_watermark(), log.recovery_point()));
        assert_eq!(offsets(), (5, 0));
        // What comes from now on counts when it is on disk.
        bench.fill(&cell, 1);
        assert_eq!(offsets(), (5, 0));
        bench.executor.settle();
        assert_eq!(offsets(), (6, 6));
    }
}

/// Remembers what it was told.
#[derive(Default)]
struct Told(Mutex<Vec<Result<(), ErrorCode>>>);

impl AckWaiter for Told {
    fn acknowledged(&self, _: usize, result: Result<(), ErrorCode>, _: Now) {
        self.0.lock().push(result);
    }
}

#[test]
fn a_broken_invariant_takes_the_partition_offline_and_nothing_else() {
    type Breaks = fn(&Bench, &Arc<PartitionCell>);
    let all: [(&str, Breaks); 3] = [
        ("the epoch of the image falls", |bench, cell| bench.lead_in(cell, &[NODE], 2)),
        ("the log end falls under the leader", |_, cell| {
            cell.inner.lock().role.leader_mut().iter_mut().for_each(|leader| assert!(!leader.appended(1, 0)));
        }),
        ("the high watermark is beyond the log end", |bench, cell| {
            let mut inner = cell.inner.lock();
            let rules = inner.rules();
            inner.role = Role::Leader(Leader::new(Leadership {
                local: NODE,
                epoch: 3,
                partition_epoch: 0,
                isr: vec![NODE],
                replicas: &[NODE],
                rules,
                log_end_offset: 100,
                flushed_offset: 100,
                high_watermark: 100,
                now_us: 0,
            }));
            let mut effects = Effects::default();
            inner.high_watermark_moved(&mut effects);
            drop(inner);
            effects.run(cell, bench.now());
        }),
    ];
    for (what, breaks) in all {
        let bench = Bench::new(&["/data"], |_| {});
        let (cell, neighbour) = (bench.open("t-0", TOPIC), bench.open("t-1", TOPIC));
        bench.lead_in(&cell, &[NODE, FOLLOWER], 3);
        bench.fill(&cell, 5);
        let told = Arc::new(Told::default());
        let waiter: Arc<dyn AckWaiter> = told.clone();
        assert_eq!(cell.wait_for_commit(3, 5, &waiter, u64::MAX), Ok(false), "{what}");
        breaks(&bench, &cell);
        let refused = bench.produce(&cell, 5);
        assert!(matches!(refused, Err(AppendError::Refused(ErrorCode::KafkaStorageError))), "{what}: {refused:?}");
        assert_eq!(*told.0.lock(), [Err(ErrorCode::KafkaStorageError)], "{what}");
        let read = read(&bench, &cell, Reader::Uncommitted, 0);
        assert!(matches!(read, Err(ReadError::Refused(ErrorCode::KafkaStorageError))), "{what}");
        bench.fill(&neighbour, 1);
        assert!(!cell.directory().dir.is_failed(), "{what}");
    }
}

#[test]
fn an_append_of_another_epoch_is_refused_and_leaves_nothing() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.lead_in(&cell, &[NODE], 3);
    bench.fill(&cell, 2);
    bench.lead_in(&cell, &[NODE], 5);
    let waiter: Arc<dyn AckWaiter> = Arc::new(Told::default());
    for epoch in [-1, 0, 3, 4, 6] {
        let refused = bench.produce_in(&cell, epoch, 2);
        assert!(matches!(refused, Err(AppendError::Refused(ErrorCode::NotLeaderOrFollower))), "{epoch}: {refused:?}");
        // What lies at the offset may be of the newer epoch.
        let refused = cell.wait_for_commit(epoch, 1, &waiter, u64::MAX);
        assert_eq!(refused, Err(ErrorCode::NotLeaderOrFollower), "{epoch}");
    }
    assert_eq!(cell.with_log(|log| log.log_end_offset()), 2);
    assert_eq!(cell.wait_for_commit(5, 1, &waiter, u64::MAX), Ok(true));
    assert!(bench.produce_in(&cell, 5, 2).is_ok());
}

#[test]
fn who_deletes_records_waits_for_the_followers_that_are_in_service() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 10);
    bench.lead(&cell, &[NODE, FOLLOWER]);
    let told = Arc::new(Told::default());
    let waiter: Arc<dyn AckWaiter> = told.clone();
    let follower_begins_at = |log_start_offset| {
        let position = Position { offset: 10, current_leader_epoch: -1, last_fetched_epoch: -1, log_start_offset };
        let (bytes_max, mut effects) = (1 << 20, Effects::default());
        let request = ReadRequest {
            position,
            reader: FOLLOWS,
            bytes_max,
            at_least_one: true,
            may_wait: false,
            only_leader: true,
            is_news: true,
        };
        cell.read(&request, bench.now(), &mut effects).ok().unwrap();
        effects.run(&cell, bench.now());
    };
    let delete = |offset| {
        let mut effects = Effects::default();
        let deleted = cell.delete_records(offset, (&waiter, 0, 1000), bench.now(), &mut effects).unwrap();
        effects.run(&cell, bench.now());
        (deleted.low_watermark, deleted.is_everywhere)
    };
    follower_begins_at(0);
    assert_eq!(delete(4), (0, false));
    follower_begins_at(3);
    assert!(told.0.lock().is_empty());
    follower_begins_at(4);
    assert_eq!((told.0.lock().len(), cell.low_watermark()), (1, Some(4)));
    assert_eq!(delete(-1), (4, false), "up to the high watermark");
    let mut effects = Effects::default();
    bench.executor.tick(1);
    cell.expire_waits(bench.now(), &mut effects);
    effects.run(&cell, bench.now());
    assert_eq!(*told.0.lock(), [Ok(()), Err(ErrorCode::RequestTimedOut)]);
    assert_eq!(delete(9), (4, false), "what was begun is there, and is waited for");
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 1);
    assert_eq!(told.0.lock().last(), Some(&Err(ErrorCode::NotLeaderOrFollower)));
}

#[test]
fn who_waits_is_told_whether_the_topic_is_gone_or_the_replica_elsewhere() {
    for (is_reassigned, error) in [(true, ErrorCode::NotLeaderOrFollower), (false, ErrorCode::UnknownTopicOrPartition)]
    {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", TOPIC);
        bench.fill(&cell, 10);
        bench.lead(&cell, &[NODE, FOLLOWER]);
        let told = Arc::new(Told::default());
        let waiter: Arc<dyn AckWaiter> = told.clone();
        let mut effects = Effects::default();
        let deleted = cell.delete_records(4, (&waiter, 0, 1000), bench.now(), &mut effects);
        assert!(deleted.is_ok_and(|deleted| !deleted.is_everywhere));
        effects.run(&cell, bench.now());
        match is_reassigned {
            true => {
                bench.replicas.reassigned(TOPIC, 0);
                bench.replicas.remove_all([(TOPIC, 0)]);
            }
            false => bench.replicas.remove_all([(TOPIC, 0)]),
        }
        bench.executor.settle();
        assert_eq!(*told.0.lock(), [Err(error)]);
        assert_eq!(cell.check_leadership(-1), Err(error), "whoever still holds it hears the same");
    }
}

#[test]
fn a_follower_shows_consumers_what_it_knows_to_be_committed() {
    let bench = Bench::new(&["/data"], |_| {});
    let (leader, follower) = (bench.open("t-0", TOPIC), bench.open("t-1", TOPIC));
    bench.lead_in(&leader, &[NODE, FOLLOWER], 4);
    bench.fill(&leader, 6);
    bench.register(&follower, &[NODE, FOLLOWER], FOLLOWER, 4);
    let bytes = fetched_from(&bench, &leader, 0);
    append_fetched(&bench, &follower, (4, 3, 0), &bytes).unwrap();
    let read = |offset, current_leader_epoch, only_leader| {
        let position = Position { offset, current_leader_epoch, last_fetched_epoch: -1, log_start_offset: -1 };
        let request = ReadRequest {
            position,
            reader: Reader::Uncommitted,
            bytes_max: 1 << 20,
            at_least_one: true,
            may_wait: false,
            only_leader,
            is_news: true,
        };
        let read = follower.read(&request, bench.now(), &mut Effects::default());
        read.map(|read| (read.high_watermark, read.slice.length > 0)).map_err(|error| error.error_code(&follower))
    };
    assert_eq!(read(0, -1, false), Ok((3, true)));
    assert_eq!((read(3, -1, false), read(5, 4, false)), (Ok((3, false)), Ok((3, false))), "not yet");
    assert_eq!(read(7, -1, false), Err(ErrorCode::OffsetOutOfRange));
    assert_eq!(read(0, -1, true), Err(ErrorCode::NotLeaderOrFollower));
    assert_eq!(read(0, 3, false), Err(ErrorCode::FencedLeaderEpoch));
    assert_eq!(read(0, 5, false), Err(ErrorCode::UnknownLeaderEpoch));
}

/// Bytes that a leader appended, as a follower fetches them.
fn fetched_from(bench: &Bench, cell: &Arc<PartitionCell>, offset: Offset) -> Vec<u8> {
    read(bench, cell, FOLLOWS, offset).ok().unwrap().slice.read().unwrap()
}

fn append_fetched(
    bench: &Bench,
    cell: &Arc<PartitionCell>,
    (leader_epoch, high_watermark, log_start_offset): (LeaderEpoch, Offset, Offset),
    records: &[u8],
) -> Result<Offset, AppendError> {
    let mut effects = Effects::default();
    let offset = cell.with_log(|log| log.log_end_offset());
    let fetched = Fetched { leader_epoch, offset, records, high_watermark, log_start_offset };
    let end = cell.append_fetched(&fetched, bench.now(), &mut effects);
    effects.run(cell, bench.now());
    end.map(|(_, end)| end)
}

#[test]
fn a_follower_takes_its_leaders_bytes_and_believes_it_as_far_as_they_go() {
    let bench = Bench::new(&["/data"], |_| {});
    let (leader, follower) = (bench.open("t-0", TOPIC), bench.open("t-1", TOPIC));
    bench.lead_in(&leader, &[NODE, FOLLOWER], 4);
    bench.fill(&leader, 6);
    bench.register(&follower, &[NODE, FOLLOWER], FOLLOWER, 4);
    assert_eq!(follower.leader(), (FOLLOWER, 4));
    let mut end = 0;
    while end < 6 {
        let bytes = fetched_from(&bench, &leader, end);
        end = append_fetched(&bench, &follower, (4, 100, 0), &bytes).unwrap();
        assert_eq!(follower.with_log(|log| (log.log_end_offset(), log.high_watermark())), (end, end));
    }
    assert!(append_fetched(&bench, &follower, (4, 6, 2), &[]).is_ok());
    assert_eq!(follower.with_log(|log| log.log_start_offset()), 2);
    let file = |partition: &str| format!("/data/{partition}/00000000000000000000.log");
    let content = |partition: &str| Files::read(&bench.files, file(partition).as_ref()).unwrap();
    assert_eq!(content("t-0"), content("t-1"));
    // Its producers are the leader's: it may lead from here.
    bench.lead_in(&follower, &[NODE], 5);
    assert_eq!(bench.produce(&follower, 6).unwrap().base_offset, 6);
}

#[test]
fn a_follower_serves_no_clients_and_takes_bytes_of_its_own_epoch_only() {
    let bench = Bench::new(&["/data"], |_| {});
    let (leader, cell) = (bench.open("t-0", TOPIC), bench.open("t-1", TOPIC));
    bench.lead_in(&leader, &[NODE, FOLLOWER], 4);
    bench.fill(&leader, 1);
    let bytes = fetched_from(&bench, &leader, 0);
    let refusal = |epoch| match append_fetched(&bench, &cell, (epoch, 0, 0), &bytes) {
        Err(AppendError::Refused(error)) => error,
        other => panic!("{other:?}"),
    };
    bench.lead_in(&cell, &[NODE, FOLLOWER], 4);
    assert_eq!(refusal(4), ErrorCode::NotLeaderOrFollower);
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 5);
    assert_eq!((refusal(4), refusal(6)), (ErrorCode::FencedLeaderEpoch, ErrorCode::UnknownLeaderEpoch));
    assert!(matches!(bench.produce_in(&cell, 5, 0), Err(AppendError::Refused(ErrorCode::NotLeaderOrFollower))));
    assert_eq!(cell.admit(Acks::All).err(), Some(ErrorCode::NotLeaderOrFollower));
    for reader in [Reader::Uncommitted, FOLLOWS] {
        let refused = read(&bench, &cell, reader, 0);
        assert!(matches!(refused, Err(ReadError::Refused(ErrorCode::NotLeaderOrFollower))));
    }
    assert_eq!(cell.with_log(|log| log.log_end_offset()), 0);
}

#[test]
fn who_waits_at_a_leader_that_becomes_a_follower_is_sent_away() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.lead_in(&cell, &[NODE, FOLLOWER], 1);
    bench.fill(&cell, 1);
    let told = Arc::new(Told::default());
    let waiter: Arc<dyn AckWaiter> = told.clone();
    assert_eq!(cell.wait_for_commit(1, 1, &waiter, u64::MAX), Ok(false));
    // A newer epoch of the same leader takes nothing back.
    bench.lead_in(&cell, &[NODE, FOLLOWER], 2);
    assert!(told.0.lock().is_empty());
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 3);
    assert_eq!(*told.0.lock(), [Err(ErrorCode::NotLeaderOrFollower)]);
}

#[test]
fn acknowledgements_come_at_their_offsets_and_deadlines_in_any_order_of_registration() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.lead_in(&cell, &[NODE, FOLLOWER], 1);
    bench.fill(&cell, 9);
    let now_us = bench.now().monotonic_us;
    let waits = [(7, u64::MAX), (3, u64::MAX), (9, now_us + 5_000), (5, u64::MAX)].map(|(offset, deadline_us)| {
        let told = Arc::new(Told::default());
        let waiter: Arc<dyn AckWaiter> = told.clone();
        assert_eq!(cell.wait_for_commit(1, offset, &waiter, deadline_us), Ok(false));
        told
    });
    let told = || waits.each_ref().map(|told| told.0.lock().first().copied());
    let (done, late) = (Some(Ok(())), Some(Err(ErrorCode::RequestTimedOut)));
    read(&bench, &cell, FOLLOWS, 5).ok().unwrap();
    assert_eq!(told(), [None, done, None, done]);
    bench.executor.pass(5);
    let mut effects = Effects::default();
    cell.expire_waits(bench.now(), &mut effects);
    effects.run(&cell, bench.now());
    assert_eq!(told(), [None, done, late, done]);
    read(&bench, &cell, FOLLOWS, 9).ok().unwrap();
    assert_eq!(told(), [done, done, late, done]);
}

/// Counts how often it was woken.
#[derive(Default)]
struct Woken(std::sync::atomic::AtomicUsize);

impl DataWaiter for Woken {
    fn data_arrived(self: Arc<Self>, _: usize) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_follower_is_woken_by_the_append_and_a_consumer_by_the_commit() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.lead(&cell, &[NODE, FOLLOWER]);
    let readers = [FOLLOWS, Reader::Uncommitted, Reader::Committed].map(|reader| {
        let (woken, mut at) = (Arc::new(Woken::default()), None);
        let waiter: Arc<dyn DataWaiter> = woken.clone();
        assert!(cell.wait_for_data((&waiter, 0), Bound::of(reader), 0, &mut at));
        // Once more is the same place.
        assert!(cell.wait_for_data((&waiter, 0), Bound::of(reader), 0, &mut at));
        woken
    });
    let woken = || readers.each_ref().map(|woken| woken.0.load(Ordering::Relaxed));
    bench.fill(&cell, 1);
    assert_eq!(woken(), [1, 0, 0]);
    read(&bench, &cell, FOLLOWS, 1).ok().unwrap();
    assert_eq!(woken(), [1, 1, 1]);
    bench.fill(&cell, 1);
    assert_eq!(woken(), [1, 1, 1]);
}

#[test]
fn a_follower_that_diverged_is_cut_behind_its_checkpoint_and_nobody_waits_inside() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 40);
    cell.directory().flush_soon(cell.clone());
    bench.executor.settle();
    bench.replicas.write_checkpoints(&cell.directory()).unwrap();
    let row =
        || String::from_utf8(Files::read(&bench.files, "/data/recovery-point-offset-checkpoint".as_ref()).unwrap());
    assert!(!row().unwrap().contains("t 0 10"), "{:?}", row());
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 5);
    for epoch in [4, 6] {
        assert!(matches!(bench.replicas.truncate(&cell, epoch, 10), Err(AppendError::Refused(_))), "{epoch}");
    }
    assert_eq!(cell.with_log(|log| log.log_end_offset()), 40);
    // A sync that began before the cut says nothing of what comes behind it.
    let flush = |cell: &PartitionCell| cell.flush_job(false).unwrap().map(|job| job.run(&bench.files).unwrap());
    let before = cell.prepare_truncation(5, 10).unwrap();
    before.run(&bench.files).unwrap();
    if let Some(flushed) = flush(&cell) {
        cell.flushed(&flushed, &mut Effects::default());
    }
    assert_eq!(cell.with_log(|log| log.recovery_point()), 10);
    assert_eq!(bench.replicas.truncate(&cell, 5, 10).unwrap(), 10);
    assert!(row().unwrap().contains("t 0 10"), "{:?}", row());
    assert_eq!(cell.with_log(|log| (log.log_end_offset(), log.high_watermark())), (10, 10));
    bench.executor.settle();
    // It leads from here: its producer is where the cut has left it.
    bench.lead_in(&cell, &[NODE], 6);
    assert!(matches!(bench.produce(&cell, 11), Err(AppendError::Storage(_))));
    assert_eq!(bench.produce(&cell, 10).unwrap().base_offset, 10);
    assert!(!cell.directory().dir.is_failed());
}

#[test]
fn a_cut_above_what_the_checkpoints_say_writes_none_of_them() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 20);
    bench.executor.settle();
    bench.replicas.write_checkpoints(&cell.directory()).unwrap();
    // What came since moves the watermark: the files would be written again.
    bench.fill(&cell, 20);
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 5);
    bench.files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
    assert_eq!(bench.replicas.truncate(&cell, 5, 40).unwrap(), 40);
    assert!(matches!(bench.replicas.truncate(&cell, 5, 10), Err(AppendError::Storage(error)) if error.is_shortage()));
    bench.files.heal();
    assert_eq!(bench.replicas.truncate(&cell, 5, 10).unwrap(), 10);
}

#[test]
fn what_a_topic_promises_from_now_on_is_kept_for_what_is_there() {
    for is_carried_out in [true, false] {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", TOPIC);
        bench.fill(&cell, 4);
        bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 5);
        bench.executor.settle();
        assert!(cell.with_log(|log| log.recovery_point()) < 4);
        let mut settings = TopicSettings::clone(&cell.settings());
        Arc::make_mut(&mut settings.log).flush_messages = 1;
        let mut effects = Effects::default();
        cell.set_settings(Arc::new(settings), &mut effects);
        match is_carried_out {
            true => effects.run(&cell, bench.now()),
            false => bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 6),
        }
        bench.executor.settle();
        assert_eq!(cell.with_log(|log| log.recovery_point()), 4);
    }
}

#[test]
fn a_cut_of_an_older_epoch_takes_nothing_from_one_that_is_prepared() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 40);
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 5);
    cell.prepare_truncation(5, 20).unwrap().run(&bench.files).unwrap();
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 6);
    let sync = |cell: &PartitionCell| {
        let job = cell.with_log(|log| log.flush_job(false)).unwrap();
        job.into_iter().for_each(|job| cell.flushed(&job.run(&bench.files).unwrap(), &mut Effects::default()));
        cell.with_log(|log| log.recovery_point())
    };
    cell.prepare_truncation(6, 10).unwrap().run(&bench.files).unwrap();
    let (now, mut effects) = (bench.now(), Effects::default());
    assert!(matches!(cell.truncate(5, 20, now, &mut effects), Err(AppendError::Refused(_))));
    assert!(matches!(cell.begin_anew(5, 20, now, &mut effects), Err(AppendError::Refused(_))));
    cell.forget_truncation(5);
    assert_eq!(sync(&cell), 10, "what is about to be cut is not taken for durable");
    // Epoch 6 is over before it cuts: the log is whole, and may be durable as a whole.
    bench.register(&cell, &[NODE, FOLLOWER], FOLLOWER, 7);
    assert_eq!(sync(&cell), 40);
}
