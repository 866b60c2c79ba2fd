//! `kafka-delete-records.sh`: deletes records below offsets that a JSON file gives.

use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome, java};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("offset-json-file", "FILE", "partitions with offsets (-1: everything)").required(),
    COMMAND_CONFIG,
    HELP,
    VERSION,
];

/// Partitions of one request; more take several, so that their progress can be told.
const PARTITIONS_A_CALL: usize = 1000;

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-delete-records.sh",
    purpose: "Delete records below an offset.",
    examples: &[
        "--bootstrap-server localhost:9092 --offset-json-file offsets.json",
        "  with {\"partitions\": [{\"topic\": \"orders\", \"partition\": 0, \"offset\": 100}], \"version\": 1}",
    ],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    match USAGE.read(args, io) {
        Ok(parsed) => delete(&parsed, io).exit_code(io),
        Err(code) => code,
    }
}

fn delete(parsed: &Parsed, io: &mut Io) -> Outcome {
    let path = parsed.value("offset-json-file").unwrap_or_default();
    let text = std::fs::read_to_string(path).map_err(|_| Failure::new(format!("Unable to read file {path}")))?;
    let offsets = parse(&text)?;
    let mut wanted = BTreeMap::new();
    let mut repeated = BTreeSet::new();
    for (topic, partition, offset) in offsets {
        let name = format!("{topic}-{partition}");
        if wanted.insert((topic, partition), offset).is_some() {
            repeated.insert(name);
        }
    }
    if !repeated.is_empty() {
        let repeated: Vec<String> = repeated.into_iter().collect();
        return Err(Failure::new(format!(
            "Offset json file contains duplicate topic partitions: {}",
            repeated.join(",")
        )));
    }
    let admin = connect::admin(parsed)?;
    io.say("Executing records delete operation");
    let mut results = BTreeMap::new();
    let all: Vec<_> = wanted.into_iter().collect();
    for (index, part) in all.chunks(PARTITIONS_A_CALL).enumerate() {
        io.progress("deleting records of partitions", index * PARTITIONS_A_CALL, all.len());
        results.extend(admin.delete_records(&part.iter().cloned().collect())?);
    }
    io.say("Records delete operation completed:");
    for ((topic, partition), result) in results {
        match result {
            Ok(low) => io.say(format!("partition: {topic}-{partition}\tlow_watermark: {low}")),
            Err(error) => io.say(format!("partition: {topic}-{partition}\terror: {}", java(&error))),
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Vec<(String, i32, i64)>, Failure> {
    let json: Value = serde_json::from_str(text).map_err(|_| Failure::new("The input string is not a valid JSON"))?;
    match json.get("version") {
        None => {}
        Some(version) if version.as_i64() == Some(1) => {}
        Some(version) => return Err(Failure::new(format!("Not supported version field value {version}"))),
    }
    let partitions = json.get("partitions").and_then(Value::as_array);
    let partitions = partitions.ok_or_else(|| Failure::new("Missing partitions field"))?;
    let row = |row: &Value| {
        let topic = row.get("topic")?.as_str()?.to_string();
        let partition = i32::try_from(row.get("partition")?.as_i64()?).ok()?;
        Some((topic, partition, row.get("offset")?.as_i64()?))
    };
    let bad = |value: &Value| Failure::new(format!("Invalid entry in the partitions field: {value}"));
    partitions.iter().map(|value| row(value).ok_or_else(|| bad(value))).collect()
}
