//! Batches that are small on the wire and large when decompressed, on many connections: they are all appended, in the order
//! of each connection, and others are served meanwhile.
//!
//! How long a canary waits is told with `--nocapture`, and judged only by `cargo xtask full bombs`, with a release build on
//! a machine that does nothing else.

mod robust;

use records::{BatchBuilder, BatchOptions, Codec, Compression};
use robust::node::{Node, until};
use robust::peer::Peer;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 8;
/// How much longer the canary's p99 may be under bombs.
const LATER_MAX: Duration = Duration::from_millis(20);

/// What is thrown.
struct Bomb {
    records: usize,
    record_bytes: usize,
    /// How many each connection throws, one after the other.
    each: usize,
    /// Turns of the canary while nothing else goes on.
    quiet_turns: usize,
}

/// Some kilobytes that decompress to more than a loop takes upon itself.
const SMALL: Bomb = Bomb { records: 15_000, record_bytes: 100, each: 2, quiet_turns: 100 };
/// Nearly the most that a batch may decompress to.
const REAL: Bomb = Bomb { records: 400_000, record_bytes: 600, each: 12, quiet_turns: 2_000 };

impl Bomb {
    fn batch(&self) -> Vec<u8> {
        let compression = Compression { codec: Codec::Zstd, level: None };
        let mut builder = BatchBuilder::new(BatchOptions { compression, ..BatchOptions::default() });
        let value = vec![0; self.record_bytes];
        (0..self.records).for_each(|_| builder.append(1_795_000_000_000, None, Some(&value), &[]));
        builder.finish().unwrap()
    }
}

/// How long requests took, shortest first.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn at(&self, percent: usize) -> Duration {
        self.0[self.0.len().saturating_sub(1) * percent / 100]
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p50 {:.1?}, p99 {:.1?}, worst {:.1?}, {} times",
            self.at(50),
            self.at(99),
            self.at(100),
            self.0.len()
        )
    }
}

/// What the canary asks, each in its turn.
const ASKED: [&str; 3] = ["ApiVersions", "Metadata", "Produce"];

/// The times of a canary until it is told to stop, of at least so many turns.
fn canary(node: &Node, stop: &AtomicBool, at_least: usize) -> [Times; 3] {
    let mut peer = Peer::connect(node);
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_795_000_000_000, None, Some(b"canary"), &[]);
    let batch = builder.finish().unwrap();
    let mut times = <[Times; 3]>::default();
    while times[0].0.len() < at_least || !stop.load(Ordering::Relaxed) {
        for (kind, times) in times.iter_mut().enumerate() {
            let asked = Instant::now();
            match kind {
                0 => peer.greet(),
                1 => assert!(peer.knows("canary")),
                _ => assert_eq!(peer.produce("canary", Some(&batch)), 0),
            }
            times.0.push(asked.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.0.sort());
    times
}

/// The canary's times in quiet and under bombs, which are all appended.
fn with_bombs(node: &Node, bomb: &Bomb) -> [[Times; 3]; 2] {
    let mut first = Peer::connect(node);
    for topic in ["bombs", "canary"] {
        assert_eq!(first.create(topic, &[("message.timestamp.after.max.ms", "9223372036854775807")]), 0);
    }
    until("its log is open", || node.metric("ottla_partitions") >= Some(2.0));
    let batch = bomb.batch();
    let quiet = canary(node, &AtomicBool::new(true), bomb.quiet_turns);
    let stop = AtomicBool::new(false);
    let under_bombs = std::thread::scope(|scope| {
        let times = scope.spawn(|| canary(node, &stop, 1));
        let throw = || {
            let mut peer = Peer::connect(node);
            (0..bomb.each).for_each(|_| assert_eq!(peer.produce("bombs", Some(&batch)), 0));
        };
        let throwers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(throw)).collect();
        throwers.into_iter().for_each(|thrower| thrower.join().unwrap());
        stop.store(true, Ordering::Relaxed);
        times.join().unwrap()
    });
    let bombs = CONNECTIONS * bomb.each;
    println!("{bombs} bombs of {} bytes, {} of which are sent", bomb.records * bomb.record_bytes, batch.len());
    for (kind, name) in ASKED.iter().enumerate() {
        println!("{name:12} quiet:       {}", quiet[kind]);
        println!("{name:12} under bombs: {}", under_bombs[kind]);
    }
    [quiet, under_bombs]
}

#[test]
fn bombs_are_appended_and_a_canary_is_served_meanwhile() {
    with_bombs(&Node::start(&[]), &SMALL);
}

#[test]
#[ignore = "judges times: cargo xtask full bombs"]
fn a_canary_hardly_notices_bombs() {
    let [quiet, under_bombs] = with_bombs(&Node::start(&[]), &REAL);
    for (kind, name) in ASKED.iter().enumerate() {
        let (quiet, under_bombs) = (quiet[kind].at(99), under_bombs[kind].at(99));
        assert!(under_bombs <= quiet + LATER_MAX, "{name}: p99 {quiet:.1?} in quiet, {under_bombs:.1?} under bombs");
    }
}
