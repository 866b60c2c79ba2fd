use super::*;
use crate::fetch_sessions::FetchPartition;
use crate::handlers::Target;
use crate::partition::{AckWaiter, Effects, PartitionCell, Reader};
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
        bytes_max: i32::MAX,
        bytes_min: i32::MAX as usize,
        uses_topic_ids: true,
        is_news: true,
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
    let mut fetch = greedy(&bench, std::slice::from_ref(&cell));
    fetch.reader = Reader::Replica(replication::FetchingReplica { id: 2, broker_epoch: -1, is_eligible: true });
    fetch.partitions[0].asked.fetch_offset = 4;
    let answered = Arc::new(AtomicBool::new(false));
    let told = answered.clone();
    let reply = Reply::callback(move |_| told.store(true, Ordering::Relaxed));
    let now = bench.now();
    assert!(!fetch.look(now, false).is_enough(1));
    FetchWait::begin(fetch, Responder::new(ApiKey::Fetch, 13, 1, reply), now, now.monotonic_us + WAIT_MS * 1000);
    bench.executor.settle();
    assert!(!answered.load(Ordering::Relaxed));
    let (waiter, mut effects): (Arc<dyn AckWaiter>, _) = (Arc::new(Nobody), Effects::default());
    cell.delete_records(2, (&waiter, 0, 0), now, &mut effects).unwrap();
    effects.run(&cell, now);
    bench.executor.settle();
    assert!(answered.load(Ordering::Relaxed));
}
