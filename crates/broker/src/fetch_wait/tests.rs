use super::*;
use crate::fetch_sessions::FetchPartition;
use crate::handlers::{LOOKED_AT, Target};
use crate::partition::{AckWaiter, Effects, PartitionCell, Position, ReadRequest, Reader};
use crate::test_bench::Bench;
use base::{ErrorCode, TopicId, Uuid};
use net::Reply;
use parking_lot::Mutex;
use protocol::ApiKey;
use std::path::Path;

const TOPIC: TopicId = Uuid::from_u128(7);
const WAIT_MS: u64 = 500;

/// A fetch of all that wants more than there will be.
fn greedy(bench: &Bench, cells: &[Arc<PartitionCell>]) -> Fetch {
    let partitions = cells.iter().zip(0..).map(|(cell, partition)| Target {
        asked: FetchPartition {
            topic: "t".into(),
            topic_id: TOPIC,
            partition,
            // Where there is much, that has to be read.
            fetch_offset: cell.with_log(|log| log.log_end_offset()) / 50,
            bytes_max: i32::MAX,
            current_leader_epoch: -1,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            told: None,
        },
        cell: Some(cell.clone()),
        error: ErrorCode::None,
        seen: 0,
        waits: None,
        cold_looks: 0,
    });
    Fetch {
        broker: bench.broker(),
        session: None,
        partitions: partitions.collect(),
        reader: Reader::Uncommitted,
        rack: None,
        may_follow: false,
        bytes_max: i32::MAX,
        bytes_min: i32::MAX as usize,
        uses_topic_ids: true,
        is_news: true,
        last: None,
    }
}

/// Somebody appends to the first partition whenever the last one is looked at, so that every look misses something.
struct Beside {
    bench: Arc<Bench>,
    cells: Vec<Arc<PartitionCell>>,
    appended: Mutex<u64>,
    appends_max: u64,
}

impl Beside {
    fn watch(self: Arc<Self>) {
        let files = self.bench.files.clone();
        let last = self.cells.last().unwrap().name.to_string();
        let act = move || {
            let mut appended = self.appended.lock();
            if *appended < self.appends_max {
                self.bench.produce(&self.cells[0], *appended as i32).unwrap();
                *appended += 1;
                self.bench.executor.tick(10);
                drop(appended);
                self.watch();
            }
        };
        files.at_next_read(Path::new(&format!("/data/{last}/00000000000000000000.log")), Box::new(act));
    }
}

#[test]
fn a_fetch_that_is_never_satisfied_ends_at_its_deadline_however_much_is_appended_beside_it() {
    let bench = Arc::new(Bench::new(&["/data"], |log| log.segment_bytes = 1 << 20));
    let cells: Vec<_> = (0..20).map(|i| bench.open(&format!("t-{i}"), TOPIC)).collect();
    bench.fill(cells.last().unwrap(), 200);
    let fetch = greedy(&bench, &cells);
    let beside = Beside { bench: bench.clone(), cells, appended: Mutex::new(0), appends_max: 4 * WAIT_MS / 10 };
    let beside = Arc::new(beside);
    beside.clone().watch();
    let answered = Arc::new(AtomicBool::new(false));
    let told = answered.clone();
    let reply = Reply::callback(move |_| told.store(true, Ordering::Relaxed));
    let now = bench.now();
    let deadline_us = now.monotonic_us + WAIT_MS * 1000;
    FetchWait::begin(fetch, Responder::new(ApiKey::Fetch, 13, 1, reply), now, deadline_us);
    // Meanwhile the thread gets to its other work.
    let mut appended = 0;
    while !answered.load(Ordering::Relaxed) {
        let looks = *beside.appended.lock() - appended;
        // The one that it was called for, and those that followed.
        assert!((1..=1 + u64::from(LOOKS_IN_A_TURN)).contains(&looks), "{looks} at once, after {appended}");
        appended += looks;
        bench.executor.turn();
    }
    let appended = *beside.appended.lock();
    assert!(appended <= WAIT_MS / 10 + 1, "{appended}: it looks beyond the deadline");
}

/// A fetch of a follower that has all there is of all partitions, and waits; what becomes of it.
fn follower_of_many(bench: &Bench, cells: &[Arc<PartitionCell>], bytes_min: usize) -> Arc<AtomicBool> {
    let mut fetch = greedy(bench, cells);
    fetch.reader = Reader::Replica(replication::FetchingReplica { id: 2, broker_epoch: -1, is_eligible: true });
    fetch.bytes_min = bytes_min;
    let answered = Arc::new(AtomicBool::new(false));
    let told = answered.clone();
    let reply = Reply::callback(move |_| told.store(true, Ordering::Relaxed));
    let now = bench.now();
    let found = fetch.look(now, false);
    assert!(!found.is_enough(1));
    fetch.keep(found);
    FetchWait::begin(fetch, Responder::new(ApiKey::Fetch, 13, 1, reply), now, now.monotonic_us + WAIT_MS * 1000);
    answered
}

#[test]
fn a_follower_that_waits_at_many_partitions_looks_where_something_has_come_and_nowhere_else() {
    let bench = Bench::new(&["/data"], |_| {});
    let cells: Vec<_> = (0..200).map(|i| bench.open(&format!("t-{i}"), TOPIC)).collect();
    cells.iter().for_each(|cell| bench.lead(cell, &[1, 2]));
    let looks = |work: &dyn Fn()| {
        LOOKED_AT.set(0);
        work();
        bench.executor.settle();
        LOOKED_AT.get()
    };
    let answered = follower_of_many(&bench, &cells, 1);
    assert_eq!(looks(&|| bench.fill(&cells[7], 1)), 1);
    assert!(answered.load(Ordering::Relaxed));

    // Where that is too little, it waits on, and the rest is looked at when its time is over.
    let cells = &cells[100..];
    let answered = follower_of_many(&bench, cells, 1 << 20);
    assert_eq!(looks(&|| bench.fill(&cells[7], 1)), 1);
    assert!(!answered.load(Ordering::Relaxed));
    looks(&|| bench.fill(&cells[8], 1));
    assert!(!answered.load(Ordering::Relaxed));
    assert_eq!(looks(&|| bench.executor.tick(WAIT_MS as i64)), cells.len());
    assert!(answered.load(Ordering::Relaxed));
}

#[test]
fn a_follower_that_is_woken_for_nothing_waits_on_where_it_was() {
    let bench = Bench::new(&["/data"], |_| {});
    let cells: Vec<_> = (0..20).map(|i| bench.open(&format!("t-{i}"), TOPIC)).collect();
    cells.iter().for_each(|cell| bench.lead(cell, &[1, 2]));
    let mut fetch = greedy(&bench, &cells);
    fetch.reader = Reader::Replica(replication::FetchingReplica { id: 2, broker_epoch: -1, is_eligible: true });
    let found = fetch.look(bench.now(), false);
    fetch.keep(found);
    LOOKED_AT.set(0);
    let (found, looked_at) = fetch.look_again(vec![3, 5], bench.now(), false);
    assert!(matches!(looked_at, LookedAt::Only(places) if places == [3, 5]));
    assert_eq!((found.results.len(), found.bytes, LOOKED_AT.get()), (20, 0, 2));
    fetch.keep(found);
    bench.fill(&cells[4], 1);
    let (found, _) = fetch.look_again(vec![4], bench.now(), false);
    let with_records = found.results.iter().filter(|result| result.as_ref().is_ok_and(|one| !one.slice.is_empty()));
    assert_eq!((found.results.len(), with_records.count(), LOOKED_AT.get()), (20, 1, 3));
    // What was found is to be sent: the next look, if there is one, sees all.
    fetch.keep(found);
    let (_, looked_at) = fetch.look_again(vec![4], bench.now(), false);
    assert!(matches!(looked_at, LookedAt::All));
}

/// A fetch of a follower that has the four records of `t-0`, and waits; whether it was answered.
fn follower_waits(bench: &Bench, cell: &Arc<PartitionCell>, file: &str) -> Arc<AtomicBool> {
    let mut fetch = greedy(bench, std::slice::from_ref(cell));
    fetch.broker = bench.broker_of_file(file).0;
    fetch.reader = Reader::Replica(replication::FetchingReplica { id: 2, broker_epoch: -1, is_eligible: true });
    fetch.partitions[0].asked.fetch_offset = 4;
    let answered = Arc::new(AtomicBool::new(false));
    let told = answered.clone();
    let reply = Reply::callback(move |_| told.store(true, Ordering::Relaxed));
    let now = bench.now();
    let found = fetch.look(now, false);
    assert!(!found.is_enough(1));
    fetch.keep(found);
    FetchWait::begin(fetch, Responder::new(ApiKey::Fetch, 13, 1, reply), now, now.monotonic_us + WAIT_MS * 1000);
    bench.executor.settle();
    assert!(!answered.load(Ordering::Relaxed));
    answered
}

const FILE: &str = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n\
    listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\n";

struct Nobody;

impl AckWaiter for Nobody {
    fn acknowledged(&self, _: usize, _: Result<(), ErrorCode>, _: Now) {}
}

#[test]
fn a_follower_hears_at_once_that_records_were_deleted() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 4);
    bench.lead(&cell, &[1, 2]);
    let answered = follower_waits(&bench, &cell, FILE);
    let (waiter, mut effects): (Arc<dyn AckWaiter>, _) = (Arc::new(Nobody), Effects::default());
    cell.delete_records(2, (&waiter, 0, 0), bench.now(), &mut effects).unwrap();
    effects.run(&cell, bench.now());
    bench.executor.settle();
    assert!(answered.load(Ordering::Relaxed));
}

#[test]
fn a_follower_that_serves_consumers_hears_at_once_what_is_committed() {
    for (selector, hears) in [("RackAwareReplicaSelector", true), ("LeaderSelector", false)] {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", TOPIC);
        bench.fill(&cell, 2);
        bench.lead(&cell, &[1, 2, 3]);
        bench.fill(&cell, 2);
        let file = format!("{FILE}replica.selector.class=org.apache.kafka.common.replica.{selector}\n");
        let answered = follower_waits(&bench, &cell, &file);
        // The other follower has them too.
        let by = replication::FetchingReplica { id: 3, broker_epoch: -1, is_eligible: true };
        let position = Position { offset: 4, current_leader_epoch: -1, last_fetched_epoch: -1, log_start_offset: 0 };
        let request = ReadRequest {
            position,
            reader: Reader::Replica(by),
            bytes_max: 1000,
            at_least_one: true,
            may_wait: false,
            only_leader: true,
            is_news: true,
        };
        let mut effects = Effects::default();
        cell.read(&request, bench.now(), &mut effects).ok().unwrap();
        effects.run(&cell, bench.now());
        assert_eq!(cell.with_log(|log| log.high_watermark()), 4);
        bench.executor.settle();
        assert_eq!(answered.load(Ordering::Relaxed), hears, "{selector}");
    }
}
