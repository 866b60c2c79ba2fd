//! `kafka-verifiable-consumer.sh`: reads in a group and reports progress and rebalances as lines of JSON.

use crate::arguments::{Matches, Syntax, option, switch};
use crate::connect;
use crate::failure::{ExitCode, Failure};
use crate::io::Io;
use crate::verifiable_producer::{event, settings_from};
use client::{Consumer, ConsumerRecord, ConsumerSettings, RebalanceEvent, Subscription};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) const SYNTAX: Syntax = Syntax {
    program: "verifiable-consumer",
    purpose: "Consume in a group and report in JSON.",
    arguments: &[
        option(&["--topic"], "TOPIC", "topic to read").required(),
        option(&["--group-protocol"], "GROUP-PROTOCOL", "classic"),
        option(&["--group-remote-assignor"], "GROUP-REMOTE-ASSIGNOR", "not supported yet"),
        option(&["--group-id"], "GROUP-ID", "group to join").required(),
        option(&["--group-instance-id"], "GROUP-INSTANCE-ID", "name of a static member"),
        option(&["--max-messages"], "MAX-MESSAGES", "how many; -1: until it is stopped"),
        option(&["--session-timeout"], "TIMEOUT-MS", "silence after which the member is removed"),
        switch(&["--verbose"], "report every record"),
        switch(&["--enable-autocommit"], "commit in the background"),
        option(&["--reset-policy"], "RESET-POLICY", "earliest, latest or none"),
        option(&["--assignment-strategy"], "ASSIGNMENT-STRATEGY", "class of the assignor"),
        option(&["--consumer.config"], "CONFIG-FILE", "deprecated: --command-config"),
        option(&["--command-config"], "CONFIG-FILE", "properties file of the consumer"),
        option(&["--bootstrap-server"], "HOST1:PORT1[,HOST2:PORT2[...]]", "brokers to connect to").required(),
    ],
    group_required: false,
    commands: &[],
    examples: &["--bootstrap-server localhost:9092 --topic test --group-id check --max-messages 10"],
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let matches = match SYNTAX.parse(args) {
        Ok(matches) => matches,
        Err(stopped) => return SYNTAX.stopped(&stopped, 1, io),
    };
    match consume(&matches, io) {
        Ok(()) if io.stop.is_requested() => 143,
        outcome => outcome.exit_code(io),
    }
}

fn consume(matches: &Matches, io: &mut Io) -> Result<(), Failure> {
    let max: i64 = matches.number("--max-messages").map_err(Failure::new)?.unwrap_or(-1);
    let auto_commit = matches.has("--enable-autocommit");
    let mut map = settings_from(matches, "--consumer.config", io)?;
    for (option, key) in [
        ("--group-id", "group.id"),
        ("--group-protocol", "group.protocol"),
        ("--group-instance-id", "group.instance.id"),
        ("--session-timeout", "session.timeout.ms"),
    ] {
        if let Some(value) = matches.value(option) {
            map.set(key, value);
        }
    }
    map.set("auto.offset.reset", matches.value("--reset-policy").unwrap_or("earliest"));
    map.set("enable.auto.commit", if auto_commit { "true" } else { "false" });
    if let Some(class) = matches.value("--assignment-strategy") {
        map.set("partition.assignment.strategy", class);
    }
    let client_id = connect::consumer_id(map.get("group.id"));
    map.set_default("client.id", client_id);
    let mut consumer = Consumer::new(ConsumerSettings::from_map(&map)?)?;
    consumer.subscribe(Subscription::Topics(vec![matches.value("--topic").unwrap_or_default().into()]))?;
    event("startup_complete", json!({}), io);
    let mut left = (max >= 0).then_some(max as usize);
    while left != Some(0) && !io.stop.is_requested() {
        let records = consumer.poll(Duration::from_millis(100))?;
        report_events(&mut consumer, io);
        if records.is_empty() {
            continue;
        }
        let taken = &records[..records.len().min(left.unwrap_or(usize::MAX))];
        if matches.has("--verbose") {
            taken.iter().for_each(|record| event("record_data", record_json(record), io));
        }
        let next = report_records(records.len(), taken, io);
        if let Some(left) = &mut left {
            *left -= taken.len();
        }
        if !auto_commit {
            let committed = consumer.commit_offsets(&next);
            report_commit(&next, committed.map_err(|error| error.to_string()), io);
        }
        // What lies behind the last record that counts is not this member's to commit.
        for ((topic, partition), offset) in &next {
            consumer.seek(topic, *partition, *offset)?;
        }
    }
    let assigned = consumer.assignment();
    if !assigned.is_empty() {
        event("partitions_revoked", partitions_json(&assigned), io);
    }
    consumer.close()?;
    event("shutdown_complete", json!({}), io);
    event("shutdown_requested", json!({}), io);
    Ok(())
}

fn report_events(consumer: &mut Consumer, io: &mut Io) {
    for rebalance in consumer.take_events() {
        match rebalance {
            RebalanceEvent::Assigned(partitions) => event("partitions_assigned", partitions_json(&partitions), io),
            RebalanceEvent::Revoked(partitions) | RebalanceEvent::Lost(partitions) => {
                event("partitions_revoked", partitions_json(&partitions), io);
            }
        }
    }
}

fn partitions_json(partitions: &[(String, i32)]) -> Value {
    let partitions: Vec<Value> =
        partitions.iter().map(|(topic, partition)| json!({ "topic": topic, "partition": partition })).collect();
    json!({ "partitions": partitions })
}

fn record_json(record: &ConsumerRecord) -> Value {
    let text = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    json!({
        "key": text(&record.key),
        "value": text(&record.value),
        "topic": &*record.topic,
        "partition": record.partition,
        "offset": record.offset,
    })
}

/// Reports counts and ranges; the next offset of each partition. `count` is what poll returned, as in Kafka's tool.
fn report_records(count: usize, taken: &[ConsumerRecord], io: &mut Io) -> BTreeMap<(String, i32), i64> {
    let mut ranges: BTreeMap<(String, i32), (usize, i64, i64)> = BTreeMap::new();
    for record in taken {
        let range =
            ranges.entry((record.topic.to_string(), record.partition)).or_insert((0, record.offset, record.offset));
        *range = (range.0 + 1, range.1.min(record.offset), range.2.max(record.offset));
    }
    let shown: Vec<Value> = ranges
        .iter()
        .map(|((topic, partition), (count, min, max))| {
            json!({ "topic": topic, "partition": partition, "count": count, "minOffset": min, "maxOffset": max })
        })
        .collect();
    event("records_consumed", json!({ "count": count, "partitions": shown }), io);
    ranges.into_iter().map(|(key, (_, _, max))| (key, max + 1)).collect()
}

fn report_commit(offsets: &BTreeMap<(String, i32), i64>, result: Result<(), String>, io: &mut Io) {
    let shown: Vec<Value> = offsets
        .iter()
        .map(|((topic, partition), offset)| json!({ "topic": topic, "partition": partition, "offset": offset }))
        .collect();
    let mut fields = json!({ "offsets": shown, "success": result.is_ok() });
    if let (Value::Object(fields), Err(error)) = (&mut fields, result) {
        fields.insert("error".into(), Value::String(error));
    }
    event("offsets_committed", fields, io);
}
