//! Recorded sessions of Apache Kafka 4.3.1's tools, replayed with this binary under Apache's names against its own node.
//!
//! Standard output and exit code must be equal after ids, clocks, ports, folders and figures of measurements are made
//! alike and lines are sorted; standard error must contain the recorded sentences.

mod replay;

use replay::run::{StopWhen, run};
use replay::seed::Member;
use replay::session::{Kind, Session};
use replay::transcript::{self, words};
use std::path::Path;

/// In the order in which they were recorded: each leaves the state that the next expects.
const MAIN: &[&str] = &[
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

/// From here on a file holds a second session, recorded with processes of their own on an empty node.
const CONSOLE_SECOND: usize = 21;
const PERF_SECOND: usize = 18;

#[test]
fn admin_tools_do_what_kafkas_did() {
    let mut session = Session::start();
    session.seed.main();
    let failed: usize = MAIN.iter().map(|file| session.replay(file, Kind::Plain, |_| true)).sum();
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn console_tools_do_what_kafkas_did() {
    let mut session = Session::start();
    session.seed.topic("trimmed", 1, Vec::new());
    let failed = session.replay("kafka-console-producer-consumer", Kind::Plain, |number| number < CONSOLE_SECOND);
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn perf_tools_print_what_kafkas_did_but_for_the_figures() {
    let mut session = Session::start();
    session.seed.topic("perf2", 1, Vec::new());
    let failed = session.replay("perf-tools", Kind::Figures, |number| number < PERF_SECOND);
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn verifiable_clients_report_what_kafkas_did() {
    let mut session = Session::start();
    let failed = session.replay("kafka-verifiable", Kind::Json, |_| true)
        + session.replay("kafka-console-producer-consumer", Kind::Plain, |number| number >= CONSOLE_SECOND);
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn perf_tools_create_their_topics() {
    let mut session = Session::start();
    let failed = session.replay("perf-tools", Kind::Figures, |number| number >= PERF_SECOND);
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn groups_are_listed_as_by_kafka() {
    let mut session = Session::start();
    session.seed.topic("plain", 2, Vec::new());
    let _members = ["g-classic", "gg-classic"].map(|group| Member::start(&session.seed, group, group, 0));
    session.seed.commit("txn-group", &[("plain", 0, 3)]);
    assert_eq!(session.replay("kafka-groups", Kind::Plain, |_| true), 0, "recorded commands that differ");
}

#[test]
fn the_metadata_shell_takes_commands_from_its_input_as_kafkas() {
    let offline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../offline/tests");
    let text = std::fs::read(offline.join("transcripts/metadata-shell-more.txt")).unwrap();
    let steps = transcript::read(&String::from_utf8_lossy(&text));
    let step = steps.iter().find(|step| !step.stdin.is_empty()).expect("a step with input");
    let done = run(&words(&step.command), &offline.join("data"), &step.stdin, &StopWhen::Never);
    assert_eq!((done.stdout.trim_end(), Some(done.exit)), (step.stdout.trim_end(), step.exit), "{}", done.stderr);
}
