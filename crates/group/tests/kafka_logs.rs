//! Partitions of `__consumer_offsets` that Apache Kafka 4.3.1 wrote: they load, also in odd orders, and what was
//! committed is there.

mod common;

use base::{Now, Random, SplitMix64};
use common::World;
use group::{GroupSettings, Shard};

struct Stored {
    offset: i64,
    /// -1 outside of transactions.
    producer_id: i64,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    is_marker: bool,
}

fn stored(name: &str) -> Vec<Stored> {
    let path = format!("{}/tests/data/kafka-{name}.log", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let mut all = Vec::new();
    for batch in records::batches(&bytes) {
        let batch = batch.unwrap();
        for record in batch.open(1 << 20).unwrap().records() {
            let record = record.unwrap();
            all.push(Stored {
                offset: record.offset,
                producer_id: if batch.is_transactional() { batch.producer_id() } else { -1 },
                key: record.key.unwrap_or_default().to_vec(),
                value: record.value.map(|v| v.to_vec()),
                is_marker: batch.is_control(),
            });
        }
    }
    all
}

fn replay(shard: &mut Shard, all: &[Stored]) {
    for s in all {
        match s.is_marker {
            true => shard.replay_end_transaction(s.producer_id, s.key[3] == 1),
            false => shard.replay(s.offset, s.producer_id, &s.key, s.value.as_deref()).unwrap(),
        }
    }
}

fn load(all: &[Stored]) -> World {
    let mut world = World::new(GroupSettings::default());
    let mut shard = Shard::new(GroupSettings::default(), Box::new(SplitMix64(1)));
    replay(&mut shard, all);
    // The logs are of November 2026; nothing is old yet.
    world.now = Now { monotonic_us: 0, wall_ms: 1_795_264_440_000 };
    assert!(shard.loaded(world.now).is_empty());
    world.shard = shard;
    world
}

#[test]
fn groups_and_offsets_of_kafka_load() {
    let cases: [(&str, &[(&str, &[&str])]); 5] = [
        (
            "classic-consumer-txn",
            &[
                (
                    "list x",
                    &[
                        "x: list NONE g-classic:consumer:Empty:classic txn-group::Empty:classic g-consumer:consumer:Empty:consumer (after commit)",
                    ],
                ),
                ("fetch x g-classic all", &["x: fetch NONE codecs-0=25 plain-0=10 plain-1=10 (after commit)"]),
                ("fetch x g-consumer all", &["x: fetch NONE codecs-0=25 plain-0=10 plain-1=10 (after commit)"]),
                ("fetch x txn-group all", &["x: fetch NONE plain-0=3 (after commit)"]),
                (
                    "describe x g-consumer",
                    &[
                        "x: describe g-consumer GROUP_ID_NOT_FOUND (Group g-consumer is not a classic group.) Dead type= protocol= [] (after commit)",
                    ],
                ),
                ("heartbeat x g-consumer", &["x: heartbeat UNKNOWN_MEMBER_ID"]),
                (
                    "commit x g-consumer gen=1 member=m offsets=t1-0:1",
                    &["x: commit t1-0=UNKNOWN_MEMBER_ID (after commit)"],
                ),
                (
                    "commit x g-consumer offsets=t1-0:1",
                    &["record g-consumer t1-0 = 1 epoch=-1 ``", "x: commit t1-0=NONE (after commit)"],
                ),
            ],
        ),
        (
            "share",
            &[
                ("list x", &["x: list NONE g-share:share:Empty:share (after commit)"]),
                ("join x g-share v=3", &["x: join INCONSISTENT_GROUP_PROTOCOL member="]),
                ("commit x g-share offsets=t1-0:1", &["x: commit t1-0=GROUP_ID_NOT_FOUND (after commit)"]),
                ("fetch x g-share partitions=t1-0", &["x: fetch NONE t1-0=-1 (after commit)"]),
                ("wait 2000000000", &[]),
                (
                    "delete x g-share",
                    &[
                        "record ShareGroupMetadataKey = gone",
                        "record ShareGroupTargetAssignmentMetadataKey = gone",
                        "record ShareGroupStatePartitionMetadataKey = gone",
                        "x: delete g-share=NONE (after commit)",
                    ],
                ),
                ("list x", &["x: list NONE  (after commit)"]),
            ],
        ),
        (
            "streams",
            &[
                ("list x", &["x: list NONE g-streams:streams:Empty:streams (after commit)"]),
                ("fetch x g-streams all", &["x: fetch NONE plain-0=10 plain-1=10 (after commit)"]),
            ],
        ),
        (
            "classic",
            &[
                ("describe x gs", &["x: describe gs NONE Empty type=consumer protocol= [] (after commit)"]),
                ("fetch x gs all", &["x: fetch NONE s3-0=6 s3-1=6 s3-2=6 (after commit)"]),
                ("wait 590000000", &[]),
                (
                    "wait 20000000",
                    &[
                        "after 14800000 ms:",
                        "record gs s3-0 = gone",
                        "record gs s3-1 = gone",
                        "record gs s3-2 = gone",
                        "record gs = gone",
                    ],
                ),
            ],
        ),
        ("admin", &[("fetch x g-admin all", &["x: fetch NONE s1-0=5 (after commit)"])]),
    ];
    for (name, lines) in cases {
        let mut world = load(&stored(name));
        for (line, expected) in lines {
            let shown = world.run(line);
            assert_eq!(shown, *expected, "{name}: {line}");
        }
    }
}

/// An empty consumer group makes room for a classic one of its name.
#[test]
fn an_empty_consumer_group_becomes_classic() {
    let mut world = load(&stored("classic-consumer-txn"));
    let shown = world.run("join A g-consumer v=3");
    assert_eq!(
        shown,
        [
            "record ConsumerGroupMetadataKey = gone",
            "record ConsumerGroupTargetAssignmentMetadataKey = gone",
            "record g-consumer = generation=0 type= protocol=- leader=- members=[]",
        ]
    );
    let shown = world.run("wait 3000");
    assert_eq!(shown[1], "A: join NONE member=A#1 generation=1 protocol=range leader=A#1 members=[A#1]");
    assert_eq!(world.run("fetch x g-consumer all"), ["x: fetch NONE codecs-0=25 plain-0=10 plain-1=10 (after commit)"]);
}

/// Compaction and partial logs bring records in any order, twice, or without what came before them.
#[test]
fn records_in_any_order_load() {
    for seed in 0..300 {
        let mut random = SplitMix64(seed);
        let mut all = Vec::new();
        for name in ["classic-consumer-txn", "share", "streams", "classic", "admin"] {
            all.extend(stored(name));
        }
        all.retain(|_| random.below(4) > 0);
        for at in (1..all.len()).rev() {
            all.swap(at, random.below(at as u64 + 1) as usize);
        }
        let mut world = load(&all);
        world.run("list x");
        world.run("fetch x g-classic all");
        world.run("join A g-classic v=3");
        world.run("delete x g-consumer g-share g-streams txn-group");
        world.wait(1_000_000_000);
        let mut shard = Shard::new(GroupSettings::default(), Box::new(SplitMix64(1)));
        replay(&mut shard, &all);
        replay(&mut shard, &all);
        shard.loaded(world.now);
    }
}

/// A record that is cut or changed is an error or another record, never a panic.
#[test]
fn damaged_records_are_errors() {
    let all = stored("classic-consumer-txn");
    for seed in 0..1000 {
        let mut random = SplitMix64(seed);
        let mut shard = Shard::new(GroupSettings::default(), Box::new(SplitMix64(1)));
        for s in all.iter().filter(|s| !s.is_marker) {
            let (mut key, mut value) = (s.key.clone(), s.value.clone().unwrap_or_default());
            let damaged = if random.below(2) == 0 { &mut key } else { &mut value };
            if !damaged.is_empty() {
                let at = random.below(damaged.len() as u64) as usize;
                match random.below(2) {
                    0 => damaged.truncate(at),
                    _ => damaged[at] = random.next_u64() as u8,
                }
            }
            let _ = shard.replay(s.offset, -1, &key, Some(&value));
        }
        let now = Now { monotonic_us: 0, wall_ms: 0 };
        shard.loaded(now);
        let later = Now { monotonic_us: 1 << 50, wall_ms: i64::MAX };
        shard.on_timer(later);
    }
}

/// The first record of this log is the offset of a transaction, the second its commit marker.
#[test]
fn offsets_of_transactions_count_when_the_transaction_is_committed() {
    let all = stored("classic-consumer-txn");
    let producer_id = all[0].producer_id;
    let cases = [
        (None, "fetch x txn-group partitions=plain-0", "plain-0=-1"),
        (None, "fetch x txn-group stable partitions=plain-0,plain-1", "plain-0=UNSTABLE_OFFSET_COMMIT plain-1=-1"),
        (Some(false), "fetch x txn-group stable partitions=plain-0", "plain-0=-1"),
        (Some(true), "fetch x txn-group stable partitions=plain-0", "plain-0=3"),
    ];
    for (committed, line, expected) in cases {
        let mut world = load(&all[..1]);
        if let Some(committed) = committed {
            world.shard.replay_end_transaction(producer_id, committed);
        }
        assert_eq!(world.run(line), [format!("x: fetch NONE {expected} (after commit)")]);
        // The group is there as soon as it has an offset.
        let exists = world.run("describe x txn-group")[0].contains(" Empty ");
        assert_eq!(exists, committed == Some(true));
    }
}
