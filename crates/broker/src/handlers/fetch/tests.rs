use super::*;
use crate::test_bench::Bench;

thread_local! {
    /// How often a partition was looked at.
    pub(crate) static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

const TOPIC: Uuid = Uuid::from_u128(7);
const PARTITIONS: i32 = 100;

/// A fetch of all partitions from an old record on, where nothing of any file is in memory.
fn cold_fetch() -> (Bench, Fetch) {
    let bench = Bench::new(&["/data"], |_| {});
    let cells: Vec<_> = (0..PARTITIONS).map(|i| bench.open(&format!("t-{i}"), TOPIC)).collect();
    cells.iter().for_each(|cell| bench.fill(cell, 20));
    bench.executor.settle();
    bench.files.chill(false);
    let partitions = cells.into_iter().zip(0..).map(|(cell, partition)| Target {
        asked: FetchPartition {
            topic: "t".into(),
            topic_id: TOPIC,
            partition,
            fetch_offset: 2,
            bytes_max: 1000,
            current_leader_epoch: -1,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            told: None,
        },
        cell: Some(cell),
        error: ErrorCode::None,
        seen: -1,
        waits: None,
        cold_looks: 0,
    });
    let fetch = Fetch {
        broker: bench.broker(),
        session: None,
        partitions: partitions.collect(),
        reader: Reader::Uncommitted,
        rack: None,
        may_follow: false,
        bytes_max: 1 << 20,
        bytes_min: 1,
        uses_topic_ids: true,
        is_news: true,
        last: None,
    };
    (bench, fetch)
}

/// Looks on a thread that may wait until there is an answer; how often the disk had to be asked.
fn looks(bench: &Bench, fetch: &mut Fetch) -> u32 {
    for looks in 0..100_000 {
        match fetch.look(bench.now(), true).cold {
            Some(cold) => cold.warm(),
            None => return looks,
        }
    }
    panic!("it never ends");
}

#[test]
fn a_fetch_of_many_cold_partitions_waits_in_none_of_them() {
    let (bench, mut fetch) = cold_fetch();
    let looks = looks(&bench, &mut fetch);
    assert!(looks > COLD_LOOKS_MAX, "more than one partition may take: {looks}");
}
