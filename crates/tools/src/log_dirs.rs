//! `kafka-log-dirs.sh`: replicas and their sizes in the brokers' log directories, as one line of JSON.

use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, text};
use client::LogDir;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    COMMAND_CONFIG,
    flag("describe", "show the log directories (required)"),
    text("topic-list", "T,T", "only these topics"),
    text("broker-list", "ID,ID", "only these brokers"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-log-dirs.sh",
    purpose: "Show what is in the brokers' log directories.",
    examples: &["--bootstrap-server localhost:9092 --describe --topic-list orders"],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read_or_explain(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    if let Err(message) = parsed.require(&["describe"]) {
        return USAGE.refuse(&message, io);
    }
    describe(&parsed, io).exit_code(io)
}

fn describe(parsed: &Parsed, io: &mut Io) -> Outcome {
    let list = |name: &str| -> BTreeSet<String> {
        let items = parsed.value(name).unwrap_or_default().split(',');
        items.map(str::trim).filter(|item| !item.is_empty()).map(str::to_string).collect()
    };
    let topics = list("topic-list");
    let admin = connect::admin_named("log-dirs-tool", parsed)?;
    let existing: BTreeSet<i32> = admin.describe_cluster(false)?.nodes.into_iter().map(|(node, _)| node.id).collect();
    let wanted: Result<BTreeSet<i32>, _> = list("broker-list").iter().map(|id| id.parse()).collect();
    let wanted: BTreeSet<i32> = wanted.map_err(|_| Failure::new("--broker-list must be a list of broker ids"))?;
    let missing: Vec<String> = wanted.difference(&existing).map(i32::to_string).collect();
    let join = |ids: &BTreeSet<i32>| ids.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
    if !missing.is_empty() {
        return Err(Failure::new(format!(
            "ERROR: The given brokers do not exist from --broker-list: {}. Current existent brokers: {}",
            missing.join(","),
            join(&existing)
        )));
    }
    let brokers = if wanted.is_empty() { existing } else { wanted };
    io.say("Querying brokers for log directories information");
    let mut shown = Vec::new();
    for broker in &brokers {
        let dirs = admin.describe_log_dirs(*broker, None)?;
        let dirs: Vec<Value> = dirs.into_iter().map(|dir| dir_json(dir, &topics)).collect();
        shown.push(json!({ "broker": broker, "logDirs": dirs }));
    }
    io.say(format!("Received log directory information from brokers {}", join(&brokers)));
    io.say(json!({ "brokers": shown, "version": 1 }).to_string());
    Ok(())
}

fn dir_json(dir: LogDir, topics: &BTreeSet<String>) -> Value {
    let replicas = dir.replicas.iter().filter(|replica| topics.is_empty() || topics.contains(&replica.topic));
    let partitions: Vec<Value> = replicas
        .map(|replica| {
            json!({
                "partition": format!("{}-{}", replica.topic, replica.partition),
                "size": replica.size_bytes,
                "offsetLag": replica.offset_lag,
                "isFuture": replica.is_future,
            })
        })
        .collect();
    let error = (!dir.error.is_ok()).then(|| dir.error.java_exception());
    json!({ "partitions": partitions, "error": error, "logDir": dir.path })
}
