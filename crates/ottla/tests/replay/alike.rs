//! Texts with everything made alike that no two runs share: ids, clocks, figures of measurements, the order of sets.

use serde_json::Value;
use std::collections::BTreeSet;

/// Lines that are not indented.
pub fn only_heads(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with(' ')).collect::<Vec<_>>().join("\n")
}

/// A line without ids and clocks.
pub fn line_alike(line: &str) -> String {
    if line.starts_with("{\"brokers\"") {
        return log_dirs_alike(line);
    }
    if ["  log.dirs=", "  metadata.log.dir="].iter().any(|key| line.starts_with(key)) {
        return line.split('=').next().unwrap_or_default().to_string();
    }
    let changing = ["HighWatermark:", "LeaderEpoch:"];
    if let Some(label) = changing.iter().find(|label| line.starts_with(**label)) {
        return format!("{label} N");
    }
    if let Some((head, _)) = line.split_once("Epoch: ").filter(|_| line.starts_with("Feature: ")) {
        return format!("{head}Epoch: N");
    }
    if line.starts_with("1     \t") {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        return format!("{} {} {} {}", cells[0], cells[3], cells.len(), cells[6]);
    }
    let mut out = String::new();
    for token in line.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
        let body = token.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let tail = &token[body.len()..];
        let is_id = body.len() == 22
            && body.chars().any(|c| c.is_ascii_uppercase())
            && body.chars().any(|c| c.is_ascii_lowercase());
        let is_clock = body.len() == 13 && body.starts_with("17") && body.bytes().all(|b| b.is_ascii_digit());
        let is_member = body.len() > 36 && body.starts_with("m1-");
        let shown = match (is_id, is_clock, is_member) {
            (true, _, _) => "ID",
            (_, true, _) => "CLOCK",
            (_, _, true) => "MEMBER",
            _ => body,
        };
        out += shown;
        out += tail;
    }
    sets_alike(&out)
}

/// The same for several nodes, of which any may lead the quorum, and of which nobody knows who noticed what first.
pub fn cluster_alike(line: &str) -> String {
    let numbers = ["LeaderId:", "MaxFollowerLag:", "MaxFollowerLagTimeMs:", "ClusterId:"];
    if let Some(label) = numbers.iter().find(|label| line.starts_with(**label)) {
        return format!("{label} N");
    }
    if line.starts_with(|c: char| c.is_ascii_digit()) && line.contains('\t') {
        // A replica of the quorum: what it is, and nothing of how far.
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        return format!("N {} {}", cells.len(), cells.last().unwrap_or(&""));
    }
    let line = line_alike(line);
    let Some((head, rest)) = line.split_once("Isr: ") else { return folders_alike(&line) };
    let (isr, tail) = rest.split_once('\t').unwrap_or((rest, ""));
    let mut isr: Vec<&str> = isr.split(',').collect();
    isr.sort_unstable();
    format!("{head}Isr: {}\t{tail}", isr.join(","))
}

/// Absolute folders are anybody's own, and which of them has a replica is chance.
fn folders_alike(line: &str) -> String {
    let word = |word: &str| {
        let parts: Vec<&str> =
            word.split('"').map(|part| if part.starts_with('/') { "FOLDER" } else { part }).collect();
        parts.join("\"")
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Lists inside a line whose order is not Kafka's promise.
fn sets_alike(line: &str) -> String {
    if let Some((head, configs)) = line.split_once("\tConfigs: ") {
        let mut configs: Vec<&str> = configs.split(',').collect();
        configs.sort();
        return format!("{head}\tConfigs: {}", configs.join(","));
    }
    let start = "Deletion of requested consumer groups (";
    match line.strip_prefix(start).and_then(|rest| rest.split_once(')')) {
        Some((list, end)) => {
            let mut items: Vec<&str> = list.split(", ").collect();
            items.sort();
            format!("{start}{}){end}", items.join(", "))
        }
        None => line.to_string(),
    }
}

/// Partitions of all folders together, without sizes: which folder a partition is in is chance.
fn log_dirs_alike(line: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let mut partitions = Vec::new();
    for broker in json["brokers"].as_array().expect("brokers") {
        for dir in broker["logDirs"].as_array().expect("logDirs") {
            assert!(dir["error"].is_null());
            for partition in dir["partitions"].as_array().expect("partitions") {
                let (lag, future) = (&partition["offsetLag"], &partition["isFuture"]);
                partitions.push(format!("{} {lag} {future}", partition["partition"]));
            }
        }
    }
    partitions.sort();
    partitions.join("\n")
}

/// A line with its numbers alike, but for what was asked for.
pub fn figures_alike(line: &str) -> String {
    // The first figure of a total is the number of records that was asked for.
    let kept = if line.ends_with("99.9th.") { line.find(' ').unwrap_or(0) } else { 0 };
    let (head, tail) = line.split_at(kept);
    if line.starts_with("WARNING: ") || line.starts_with("Warmup ") {
        return line.into();
    }
    let label = ["50th", "95th", "99.9th", "99th"];
    let word = |word: &str| {
        let bare = word.trim_end_matches(['.', ',']);
        let is_figure = !label.contains(&bare)
            && bare.starts_with(|c: char| c.is_ascii_digit() || c == '(')
            && bare.trim_start_matches('(').bytes().all(|b| b.is_ascii_digit() || b".,:-E".contains(&b));
        if is_figure { word.replace(bare, if bare.starts_with('(') { "(N" } else { "N" }) } else { word.to_string() }
    };
    let words: Vec<String> =
        tail.split(' ').map(|part| part.split('\t').map(word).collect::<Vec<_>>().join("\t")).collect();
    format!("{head}{}", words.join(" "))
}

/// A line of JSON without the order of its keys, clocks and rates.
pub fn json_alike(line: &str) -> String {
    fn sorted(value: &Value) -> String {
        match value {
            Value::Object(fields) => {
                let name = fields.get("name").and_then(Value::as_str).unwrap_or_default();
                let mut shown: Vec<String> = fields
                    .iter()
                    .map(|(key, value)| match (key.as_str(), name) {
                        ("timestamp", _) | ("avg_throughput", _) | ("count", "records_consumed") => format!("{key}:N"),
                        _ => format!("{key}:{}", sorted(value)),
                    })
                    .collect();
                shown.sort();
                format!("{{{}}}", shown.join(","))
            }
            Value::Array(values) => format!("[{}]", values.iter().map(sorted).collect::<Vec<_>>().join(",")),
            other => other.to_string(),
        }
    }
    serde_json::from_str(line).map_or_else(|_| line.to_string(), |value| sorted(&value))
}

/// The shapes of JSON values that stand one behind the other: names of fields, types and versions, no data.
pub fn json_shapes(text: &str) -> BTreeSet<String> {
    fn shape(value: &Value) -> String {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| match key.as_str() {
                    "type" | "version" => format!("{key}={value}"),
                    _ => format!("{key}:{}", shape(value)),
                });
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
            Value::Array(values) => format!("[{}]", values.first().map(shape).unwrap_or_default()),
            _ => String::new(),
        }
    }
    serde_json::Deserializer::from_str(text).into_iter::<Value>().map(|value| shape(&value.expect("JSON"))).collect()
}

/// The sentences that a recorded standard error must have told: without log prefix, class name and stack.
pub fn sentences(stderr: &str) -> Vec<String> {
    let noise = [
        "<usage text>",
        "<java stack frames>",
        "Caused by:",
        "usage:",
        "at [Source",
        "[--",
        "(--",
        "{",
        "com.fasterxml",
        "(org.",
        "(kafka.",
        // Advice of the Java client.
        "The consumer rebalance protocol (KIP-848)",
    ];
    let is_class = |text: &str| {
        text.contains('.')
            && !text.contains(' ')
            && text.rsplit('.').next().is_some_and(|last| {
                last.starts_with(|c: char| c.is_ascii_uppercase()) && last.ends_with(|c: char| c.is_ascii_alphabetic())
            })
    };
    let mut told = Vec::new();
    let mut logged = false;
    for line in stderr.lines().filter(|line| !line.starts_with([' ', '\t'])).map(str::trim) {
        let is_log =
            line.starts_with('[') && [" WARN [", " ERROR [", " INFO ", " WARN This"].iter().any(|l| line.contains(l));
        // The line below a client's log line is its exception.
        if std::mem::replace(&mut logged, is_log) && line.split_once(": ").is_some_and(|(class, _)| is_class(class)) {
            continue;
        }
        if line.is_empty() || is_log || noise.iter().any(|noise| line.starts_with(noise)) {
            continue;
        }
        let line = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            Some((_, rest)) => rest.split_once(' ').map_or(rest, |(_, message)| message),
            None => line,
        };
        let line = line.split(" (org.apache.kafka").next().unwrap_or(line);
        let line = line.split(" (kafka.").next().unwrap_or(line);
        let mut line = line.strip_prefix("Exception in thread \"main\" ").unwrap_or(line);
        while let Some((_, rest)) = line.split_once(": ").filter(|(class, _)| is_class(class)) {
            line = rest;
        }
        if !is_class(line) {
            told.push(line.trim().to_string());
        }
    }
    told
}
