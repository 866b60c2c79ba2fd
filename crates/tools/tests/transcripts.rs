//! Replays recorded sessions of Apache Kafka's tools against a running broker and compares.
//!
//! The broker is one node, freshly formatted, whose address is in `OTTLA_TEST_BOOTSTRAP` (its controller listens on the
//! next port unless `OTTLA_TEST_CONTROLLER` says otherwise), configured as the recorded one was: two log
//! directories, 4 partitions for internal topics, `log.retention.ms=-1`, `group.initial.rebalance.delay.ms=0`. Without
//! the variable there is nothing to test.
//!
//! Standard output and exit code must be equal after ids, clocks, ports and folders are made alike and lines are sorted;
//! standard error must contain the recorded sentence. `OTTLA_TEST_TRANSCRIPTS=kafka-topics,...` picks files.

mod replay;

use replay::{Session, Verdict};

/// In the order in which they were recorded: each leaves the state that the next expects.
const FILES: &[&str] = &[
    "kafka-cluster",
    "kafka-broker-api-versions",
    "kafka-metadata-quorum",
    "kafka-features",
    "kafka-log-dirs",
    "kafka-get-offsets",
    "kafka-topics",
    "kafka-consumer-groups",
    "kafka-delete-records",
    "kafka-configs",
];

/// Recorded commands that are known to differ, with the reason.
const KNOWN: &[(&str, usize, &str)] = &[(
    "kafka-consumer-groups",
    39,
    "for a partition that does not exist Kafka's client retries without pause for 30 s; ours says at once what is wrong",
)];

#[test]
fn recorded_sessions_replay() {
    let Ok(bootstrap) = std::env::var("OTTLA_TEST_BOOTSTRAP") else { return };
    let mut session = Session::start(&bootstrap);
    let picked = std::env::var("OTTLA_TEST_TRANSCRIPTS").unwrap_or_default();
    let mut failed = 0;
    for file in FILES.iter().filter(|file| picked.is_empty() || picked.split(',').any(|name| name == **file)) {
        let (mut passed, mut total) = (0, 0);
        for (number, verdict) in session.replay(file) {
            total += 1;
            let known = KNOWN.iter().find(|(name, n, _)| *name == *file && *n == number);
            match (verdict, known) {
                (Verdict::Same, _) => passed += 1,
                (Verdict::Differs(_), Some((_, _, reason))) => println!("{file} {number}: known: {reason}"),
                (Verdict::Differs(how), None) => {
                    failed += 1;
                    println!("{file} {number}: {how}\n");
                }
            }
        }
        println!("{file}: {passed} of {total}");
    }
    assert_eq!(failed, 0, "recorded commands that differ");
}
