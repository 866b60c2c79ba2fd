//! Recorded sessions of Apache Kafka 4.3.1's tools against three nodes, and those about moves, elections and replicas,
//! replayed as in `transcripts.rs`.

mod replay;

use replay::session::{Kind, Session};
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// Brings a topic into the places that the recorded one had by chance, first replicas leading.
fn place(session: &Session, topic: &str, replicas: &[&str]) {
    let row = |(i, replicas): (usize, &&str)| {
        format!("{{\"topic\":\"{topic}\",\"partition\":{i},\"replicas\":[{replicas}]}}")
    };
    let rows: Vec<String> = replicas.iter().enumerate().map(row).collect();
    let plan = format!("{{\"version\":1,\"partitions\":[{}]}}", rows.join(","));
    std::fs::write(session.folder().join("place.json"), plan).expect("a file");
    let reassign =
        "kafka-reassign-partitions.sh --bootstrap-server 127.0.0.1:25310 --reassignment-json-file place.json";
    until("the topic is known", || run(session, &format!("{reassign} --execute")).0 == 0);
    until("the replicas are where they were", || {
        let said = run(session, &format!("{reassign} --verify --preserve-throttles")).1;
        said.matches("is completed").count() == replicas.len()
    });
    let elect =
        "kafka-leader-election.sh --bootstrap-server 127.0.0.1:25310 --election-type preferred --all-topic-partitions";
    until("the first replicas lead", || {
        run(session, elect);
        let said =
            run(session, &format!("kafka-topics.sh --bootstrap-server 127.0.0.1:25310 --describe --topic {topic}")).1;
        let leads = |replicas: &&str| said.contains(&format!("Leader: {}\tReplicas: {replicas}\t", &replicas[..1]));
        replicas.iter().all(leads) && in_sync(&said)
    });
}

/// Whether every line's replicas are all in sync.
fn in_sync(described: &str) -> bool {
    let count = |line: &str, name: &str| {
        let list = line.split(name).nth(1).unwrap_or_default();
        list.split('\t').next().unwrap_or_default().split(',').count()
    };
    described
        .lines()
        .filter(|line| line.contains("Isr: "))
        .all(|line| count(line, "Isr: ") == count(line, "Replicas: "))
}

fn run(session: &Session, command: &str) -> (i32, String) {
    let done = session.run(command, "", &replay::run::StopWhen::Never);
    (done.exit, done.stdout + &done.stderr)
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn three_nodes_are_administered_as_kafkas() {
    let mut session = Session::start_three();
    let plans = [
        ("t3.json", "{\"topics\":[{\"topic\":\"c3\"}],\"version\":1}"),
        ("r3.json", "[2,1] [2,3] [3,1]"),
        ("r3b.json", "[1,2,3] [2,3,1] [3,1,2]"),
    ];
    for (name, text) in plans {
        let row =
            |(i, replicas): (usize, &str)| format!("{{\"topic\":\"c3\",\"partition\":{i},\"replicas\":{replicas}}}");
        let text = match text.starts_with('{') {
            true => text.to_owned(),
            false => {
                let rows: Vec<String> = text.split(' ').enumerate().map(row).collect();
                format!("{{\"version\":1,\"partitions\":[{}]}}", rows.join(","))
            }
        };
        std::fs::write(session.folder().join(name), text).expect("a file");
    }
    let mut number = 0;
    let failed = session.replay_with(
        "cluster3",
        Kind::Cluster,
        |_| true,
        |session, command| {
            number += 1;
            match number {
                2 => place(session, "c3", &["2,3,1", "3,1,2", "1,2,3"]),
                // The recordings had the start of a JVM between two commands.
                9 | 10 | 14 | 15 => until("what moved has arrived", || {
                    run(session, "kafka-reassign-partitions.sh --bootstrap-server 127.0.0.1:25310 --list")
                        .1
                        .contains("No partition")
                }),
                16 => until("all are in sync", || {
                    in_sync(&run(session, "kafka-topics.sh --bootstrap-server 127.0.0.1:25310 --describe --topic c3").1)
                }),
                19 => session.nodes[2].end(Signal::TERM),
                _ => {}
            }
            command
        },
    );
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn a_node_that_is_gone_stays_eligible_as_with_kafka() {
    let mut session = Session::start_three();
    session.seed.topic("before", 1, Vec::new());
    for group in ["txn-group", "g3"] {
        session.seed.commit(group, &[("before", 0, 0)]);
    }
    let mut number = 0;
    let failed = session.replay_with(
        "cluster3-elr",
        Kind::Cluster,
        |_| true,
        |session, command| {
            number += 1;
            match number {
                2 => place(session, "elr", &["3,1,2"]),
                4 => session.nodes[2].end(Signal::KILL),
                _ => {}
            }
            let id = session.nodes[2].directory_id("data");
            match command.split_once("$(") {
                Some((head, _)) => format!("{head}{id}"),
                None => command,
            }
        },
    );
    assert_eq!(failed, 0, "recorded commands that differ");
}

#[test]
fn leaders_are_elected_as_by_kafka() {
    let mut session = Session::start();
    session.seed.topic("plain", 2, Vec::new());
    assert_eq!(session.replay("kafka-leader-election", Kind::Plain, |_| true), 0, "recorded commands that differ");
}

#[test]
fn replicas_are_compared_as_by_kafka() {
    let mut session = Session::start();
    session.seed.topic("plain", 2, Vec::new());
    assert_eq!(
        session.replay("kafka-replica-verification", Kind::Figures, |_| true),
        0,
        "recorded commands that differ"
    );
}
