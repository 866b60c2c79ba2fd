//! `--print-metrics` of the perf tools: only metrics that Kafka's clients have, and figures that fit what was done.

mod robust;

use robust::node::{BINARY, Node};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Names of the metrics that Apache Kafka 4.3.1 prints, with the names of their tags.
const KAFKA: &str = include_str!("data/client-metrics.txt");

/// The table behind a tool's figures, by name.
fn metrics(node: &Node, arguments: &[&str]) -> BTreeMap<String, String> {
    let server = format!("127.0.0.1:{}", node.port);
    let output = Command::new(BINARY).args(arguments).args(["--bootstrap-server", &server]).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let (_, table) = text.split_once("\n\nMetric Name").expect("a table");
    let rows = table.lines().skip(1).map(|line| {
        let (name, value) = line.split_once(" : ").expect("two columns");
        (name.trim_end().to_owned(), value.to_owned())
    });
    let rows: Vec<(String, String)> = rows.collect();
    assert!(rows.is_sorted_by(|a, b| a.0 < b.0));
    rows.into_iter().collect()
}

/// `group:name:{client-id=x, topic=y}` with the names of its tags only.
fn shape(name: &str) -> String {
    let (head, tags) = name.split_once('{').expect("tags");
    let names: Vec<&str> =
        tags.trim_end_matches('}').split(", ").filter_map(|tag| Some(tag.split_once('=')?.0)).collect();
    format!("{head}{{{}}}", names.join(", "))
}

fn check(metrics: &BTreeMap<String, String>, expected: &[(&str, f64)]) {
    let known: BTreeSet<&str> = KAFKA.lines().collect();
    let strange: BTreeSet<String> = metrics.keys().map(|name| shape(name)).collect();
    let strange: Vec<&String> = strange.iter().filter(|shape| !known.contains(shape.as_str())).collect();
    assert!(strange.is_empty(), "Kafka has none of these: {strange:#?}");
    for (name, expected) in expected {
        let value = metrics.get(*name).unwrap_or_else(|| panic!("{name} is missing in {metrics:#?}"));
        assert_eq!(value, &format!("{expected:.3}"), "{name}");
    }
    let count = metrics.iter().find(|(name, _)| name.starts_with("kafka-metrics-count:count:")).expect("a count");
    assert_eq!(count.1, &format!("{:.3}", metrics.len() as f64));
}

#[test]
fn the_perf_tools_print_what_their_clients_counted() {
    let node = Node::start(&[]);
    let sent = metrics(
        &node,
        &[
            "producer-perf-test",
            "--topic",
            "t",
            "--num-records",
            "500",
            "--record-size",
            "100",
            "--throughput",
            "-1",
            "--print-metrics",
        ],
    );
    let id = "client-id=perf-producer-client";
    check(
        &sent,
        &[
            (&format!("producer-metrics:record-send-total:{{{id}}}"), 500.0),
            (&format!("producer-topic-metrics:record-send-total:{{{id}, topic=t}}"), 500.0),
            (&format!("producer-metrics:record-error-total:{{{id}}}"), 0.0),
            (&format!("producer-metrics:compression-rate-avg:{{{id}}}"), 1.0),
            (&format!("producer-metrics:buffer-available-bytes:{{{id}}}"), 33_554_432.0),
            (&format!("producer-metrics:connection-close-total:{{{id}}}"), 0.0),
        ],
    );
    let read = metrics(&node, &["consumer-perf-test", "--topic", "t", "--num-records", "500", "--print-metrics"]);
    let id = "client-id=perf-consumer-client";
    check(
        &read,
        &[
            (&format!("consumer-fetch-manager-metrics:records-consumed-total:{{{id}}}"), 500.0),
            (&format!("consumer-fetch-manager-metrics:records-consumed-total:{{{id}, topic=t}}"), 500.0),
            (&format!("consumer-fetch-manager-metrics:records-lag:{{{id}, topic=t, partition=0}}"), 0.0),
            (&format!("consumer-fetch-manager-metrics:records-lead:{{{id}, topic=t, partition=0}}"), 500.0),
            (&format!("consumer-coordinator-metrics:assigned-partitions:{{{id}}}"), 1.0),
            (&format!("consumer-coordinator-metrics:rebalance-total:{{{id}}}"), 1.0),
        ],
    );
}
