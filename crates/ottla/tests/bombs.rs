//! Batches that are small on the wire and large when decompressed, on many connections: they are all appended, in the order
//! of each connection, and others are served meanwhile. With `--nocapture` it tells what a canary waited.

mod robust;

use records::{BatchBuilder, BatchOptions, Codec, Compression};
use robust::node::{Node, until};
use robust::peer::Peer;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 8;
const BOMBS_EACH: usize = 2;
const RECORD_BYTES: usize = 100;
const RECORDS: usize = 15_000;

/// Some kilobytes that decompress to more than a loop takes upon itself; 120,000 records (14 MiB) make a real bomb.
fn bomb() -> Vec<u8> {
    let compression = Compression { codec: Codec::Zstd, level: None };
    let mut builder = BatchBuilder::new(BatchOptions { compression, ..BatchOptions::default() });
    let value = vec![0; RECORD_BYTES];
    (0..RECORDS).for_each(|_| builder.append(1_795_000_000_000, None, Some(&value), &[]));
    builder.finish().unwrap()
}

/// The times that the requests of a canary take until it is told to stop, at least so many.
fn canary(node: &Node, topic: &str, stop: &AtomicBool, at_least: usize) -> Vec<Duration> {
    let mut peer = Peer::connect(node);
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_795_000_000_000, None, Some(b"canary"), &[]);
    let batch = builder.finish().unwrap();
    let mut times = Vec::new();
    while times.len() < at_least || !stop.load(Ordering::Relaxed) {
        let asked = Instant::now();
        peer.greet();
        times.push(asked.elapsed());
        let asked = Instant::now();
        assert_eq!(peer.produce(topic, Some(&batch)), 0);
        times.push(asked.elapsed());
    }
    times.sort();
    times
}

fn p99(times: &[Duration]) -> Duration {
    times[times.len() * 99 / 100]
}

#[test]
fn bombs_are_appended_and_a_canary_is_served_meanwhile() {
    let node = Node::start(&[]);
    let mut first = Peer::connect(&node);
    for topic in ["bombs", "canary"] {
        assert_eq!(first.create(topic, &[("message.timestamp.after.max.ms", "9223372036854775807")]), 0);
    }
    until("its log is open", || node.metric("ottla_partitions") >= Some(2.0));
    let bomb = bomb();
    let quiet = canary(&node, "canary", &AtomicBool::new(true), 200);
    let stop = AtomicBool::new(false);
    let under_bombs = std::thread::scope(|scope| {
        let times = scope.spawn(|| canary(&node, "canary", &stop, 0));
        let bombers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut peer = Peer::connect(&node);
                    (0..BOMBS_EACH).for_each(|_| assert_eq!(peer.produce("bombs", Some(&bomb)), 0));
                })
            })
            .collect();
        bombers.into_iter().for_each(|bomber| bomber.join().unwrap());
        stop.store(true, Ordering::Relaxed);
        times.join().unwrap()
    });
    println!(
        "a canary: p99 {:?} when it is quiet, {:?} under bombs, at most {:?}, {} requests",
        p99(&quiet),
        p99(&under_bombs),
        under_bombs.last().unwrap(),
        under_bombs.len()
    );
}
