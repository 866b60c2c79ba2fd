use super::*;
use crate::test_bench::{Bench, NODE};
use base::Uuid;

const TOPIC: Uuid = Uuid::from_u128(7);
const FOLLOWER: NodeId = 2;

/// A fetch from an offset, in the epoch of the bench.
fn read(bench: &Bench, cell: &Arc<PartitionCell>, reader: Reader, offset: Offset) -> Result<ReadOutcome, ReadError> {
    let position = Position { offset, current_leader_epoch: -1, last_fetched_epoch: -1 };
    let mut effects = Effects::default();
    let read = cell.read(position, reader, 1 << 20, true, false, bench.now(), &mut effects);
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
        let refused = read(&bench, &cell, Reader::Replica(FOLLOWER), beyond);
        assert!(matches!(refused, Err(ReadError::OutOfRange)), "{beyond}");
        assert_eq!(high_watermark(), 4, "after a fetch from {beyond}");
    }
    read(&bench, &cell, Reader::Replica(FOLLOWER), 8).ok().unwrap();
    assert_eq!(high_watermark(), 8);
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
    assert!(!cell.directory.dir.is_failed());
}

#[test]
fn nobody_waits_inside_while_records_and_topics_are_deleted() {
    let bench = Bench::new(&["/data"], |log| log.file_delete_delay_ms = 5000);
    let cells: Vec<_> = (0..3).map(|i| bench.open(&format!("t-{i}"), TOPIC)).collect();
    for cell in &cells {
        bench.fill(cell, 60);
        let mut effects = Effects::default();
        assert_eq!(cell.delete_records(45, &mut effects), Ok(45));
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
    assert!(!cells[0].directory.dir.is_failed());
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
    let all: [(&str, Breaks); 4] = [
        ("the epoch of the image falls", |bench, cell| bench.lead_in(cell, &[NODE], 2)),
        ("the leader is of another epoch", |_, cell| cell.inner.lock().leader_epoch = 4),
        ("the log end falls under the leader", |_, cell| {
            cell.inner.lock().leader.iter_mut().for_each(|leader| assert!(!leader.appended(1)));
        }),
        ("the high watermark is beyond the log end", |bench, cell| {
            let mut inner = cell.inner.lock();
            inner.leader = Some(Leader::new(NODE, 3, 0, vec![NODE], &[NODE], 100, 100));
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
        assert!(!cell.wait_for_commit(5, &waiter, u64::MAX), "{what}");
        breaks(&bench, &cell);
        let refused = bench.produce(&cell, 5);
        assert!(matches!(refused, Err(AppendError::Refused(ErrorCode::KafkaStorageError))), "{what}: {refused:?}");
        assert_eq!(*told.0.lock(), [Err(ErrorCode::KafkaStorageError)], "{what}");
        let read = read(&bench, &cell, Reader::Uncommitted, 0);
        assert!(matches!(read, Err(ReadError::Refused(ErrorCode::KafkaStorageError))), "{what}");
        bench.fill(&neighbour, 1);
        assert!(!cell.directory.dir.is_failed(), "{what}");
    }
}
