//! `kafka-leader-election.sh`: elects the preferred, or any, leader of partitions.

use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome, java};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, int, text};
use base::ErrorCode;
use client::{ElectionType, Partitions, SettingsMap};
use serde_json::Value;

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("election-type", "TYPE", "preferred or unclean").required(),
    text("topic", "TOPIC", "topic of the partition"),
    int("partition", "N", "partition of the topic"),
    flag("all-topic-partitions", "all partitions"),
    text("path-to-json-file", "FILE", "{\"partitions\": [{\"topic\": \"a\", \"partition\": 1}]}"),
    COMMAND_CONFIG,
    text("admin.config", "FILE", "deprecated: --command-config"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-leader-election.sh",
    purpose: "Elect leaders of partitions.",
    examples: &["--bootstrap-server localhost:9092 --election-type preferred --all-topic-partitions"],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    match USAGE.read(args, io) {
        Ok(parsed) => elect(&parsed, io).exit_code(io),
        Err(code) => code,
    }
}

fn elect(parsed: &Parsed, io: &mut Io) -> Outcome {
    let scopes = ["topic", "all-topic-partitions", "path-to-json-file"];
    if scopes.iter().filter(|scope| parsed.has(scope)).count() != 1 {
        return Err(Failure::new(
            "One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file",
        ));
    }
    if parsed.has("topic") != parsed.has("partition") {
        let (given, missing) = if parsed.has("topic") { ("topic", "partition") } else { ("partition", "topic") };
        return Err(Failure::new(format!("Missing required option(s): {missing} when {given} is given")));
    }
    let text = parsed.value("election-type").unwrap_or_default();
    let (kind, kind_name) = match text.to_ascii_lowercase().as_str() {
        "preferred" => (ElectionType::Preferred, "PREFERRED"),
        "unclean" => (ElectionType::Unclean, "UNCLEAN"),
        _ => return Err(Failure::new(format!("Cannot parse argument '{text}' of option election-type"))),
    };
    if parsed.has("admin.config") {
        io.say("Option --admin.config has been deprecated and will be removed in a future version. Use --command-config instead.");
    }
    let wanted = match (parsed.value("topic"), parsed.value("path-to-json-file")) {
        (Some(topic), _) => {
            Some(Partitions::from([(topic.to_string(), vec![parsed.number("partition").unwrap_or(0) as i32])]))
        }
        (None, Some(path)) => Some(read_partitions(path)?),
        (None, None) => None,
    };
    let file = parsed.value("command-config").or(parsed.value("admin.config"));
    let admin = connect::admin_from(connect::bootstrap(parsed)?, file, SettingsMap::default())?;
    let results = admin.elect_leaders(kind, wanted.as_ref())?;
    let (mut elected, mut not_needed, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for ((topic, partition), error) in results {
        let name = format!("{topic}-{partition}");
        match error {
            None => elected.push(name),
            Some(error) if error.code() == ErrorCode::ElectionNotNeeded => not_needed.push(name),
            Some(error) => failed.push((name, error)),
        }
    }
    if !elected.is_empty() {
        io.say(format!("Successfully completed leader election ({kind_name}) for partitions {}", elected.join(", ")));
    }
    if !not_needed.is_empty() && wanted.is_some() {
        io.say(format!("Valid replica already elected for partitions {}", not_needed.join(", ")));
    }
    for (name, error) in &failed {
        io.say(format!("Error completing leader election ({kind_name}) for partition: {name}: {}", java(error)));
    }
    match failed.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} replica(s) could not be elected"))),
    }
}

fn read_partitions(path: &str) -> Result<Partitions, Failure> {
    let text = std::fs::read_to_string(path).map_err(|_| Failure::new(format!("Unable to read file {path}")))?;
    let json: Value =
        serde_json::from_str(&text).map_err(|_| Failure::new("Replica election data is not in JSON format"))?;
    let rows = json.get("partitions").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| Failure::new("Replica election data is missing \"partitions\" field"))?;
    let mut partitions = Partitions::new();
    for row in rows {
        let topic = row.get("topic").and_then(Value::as_str);
        let partition =
            row.get("partition").and_then(Value::as_i64).and_then(|partition| i32::try_from(partition).ok());
        let (Some(topic), Some(partition)) = (topic, partition) else {
            return Err(Failure::new(format!("Invalid entry in the partitions field: {row}")));
        };
        partitions.entry(topic.to_string()).or_default().push(partition);
    }
    Ok(partitions)
}
