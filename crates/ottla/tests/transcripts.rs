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
fn replicas_move_between_directories_as_by_kafka() {
    let mut session = Session::start();
    session.seed.topic("plain", 2, Vec::new());
    session.seed.topic("txn", 1, Vec::new());
    let move_to = |partitions: &[(&str, i32, &str, &str)]| {
        let root = session.nodes[0].folder().display().to_string();
        let row = |(topic, partition, replicas, dirs): &(&str, i32, &str, &str)| {
            let dirs = dirs.replace("ROOT", &root);
            format!(r#"{{"topic":"{topic}","partition":{partition},"replicas":{replicas},"log_dirs":{dirs}}}"#)
        };
        let rows: Vec<String> = partitions.iter().map(row).collect();
        format!(r#"{{"version":1,"partitions":[{}]}}"#, rows.join(","))
    };
    let write = |name: &str, json: String| std::fs::write(session.folder().join(name), json).expect("a file");
    write("reassign.json", move_to(&[("plain", 0, "[1]", r#"["ROOT/d1"]"#)]));
    write("reassign2.json", move_to(&[("plain", 0, "[1,2]", r#"["any","any"]"#)]));
    // As they lay when it was recorded.
    let begin = [
        ("plain", 0, "[1]", r#"["ROOT/d2"]"#),
        ("plain", 1, "[1]", r#"["ROOT/d1"]"#),
        ("txn", 0, "[1]", r#"["ROOT/d2"]"#),
    ];
    write("begin.json", move_to(&begin));
    let tool = "kafka-reassign-partitions.sh --bootstrap-server 127.0.0.1:25092 --reassignment-json-file begin.json";
    session.run(&format!("{tool} --execute"), "", &StopWhen::Never);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while session
        .run(&format!("{tool} --verify"), "", &StopWhen::Never)
        .stdout
        .matches("completed successfully")
        .count()
        < 3
    {
        assert!(std::time::Instant::now() < until, "they do not move");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(session.replay("kafka-reassign-partitions", Kind::Plain, |_| true), 0, "recorded commands that differ");
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
