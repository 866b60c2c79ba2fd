//! `kafka-get-offsets.sh`: offsets of partitions by place or time, one `topic:partition:offset` a line.

use crate::connect;
use crate::failure::Failure;
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, text};
use crate::patterns::{TopicPattern, is_internal};
use client::{IsolationLevel, OffsetSpec, Wanted};
use std::collections::{BTreeMap, BTreeSet};

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("topic-partitions", "LIST", "topics with partitions: t1:1,t2:0-3,t3,t4:5-,t5:-3"),
    text("topic", "REGEX", "topics; default: all"),
    text("partitions", "N,N", "partitions; default: all"),
    text("time", "WHEN", "a time in ms, or -1/latest, -2/earliest, -3/max-timestamp, -4/earliest-local"),
    flag("exclude-internal-topics", "leave out Kafka's own topics"),
    COMMAND_CONFIG,
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-get-offsets.sh",
    purpose: "Show offsets of partitions.",
    examples: &[
        "--bootstrap-server localhost:9092 --topic 'orders|payments'",
        "--bootstrap-server localhost:9092 --topic orders --time earliest",
    ],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let occurred = |message: &str, io: &mut Io| {
        io.complain(format!("Error occurred: {message}"));
        1
    };
    let parsed = match USAGE.read_or(args, io, occurred) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    match offsets(&parsed) {
        Ok(lines) => {
            lines.into_iter().for_each(|line| io.say(line));
            0
        }
        Err(failure) => occurred(&failure.message, io),
    }
}

fn offsets(parsed: &Parsed) -> Result<Vec<String>, Failure> {
    let spec = parse_time(parsed.value("time").unwrap_or("latest"))?;
    if parsed.has("topic-partitions") && (parsed.has("topic") || parsed.has("partitions")) {
        return Err(Failure::new("--topic-partitions cannot be used with --topic or --partitions"));
    }
    let filters = match parsed.value("topic-partitions") {
        Some(list) => list.split(',').map(Filter::parse).collect::<Result<Vec<_>, _>>()?,
        None => vec![Filter {
            topic: parsed.value("topic").map(TopicPattern::new).transpose()?,
            ranges: partition_list(parsed.value("partitions").unwrap_or_default())?,
        }],
    };
    let admin = connect::admin_named("GetOffsetShell", parsed)?;
    let metadata = admin.metadata(Wanted::All, "listTopics")?;
    let exclude = parsed.has("exclude-internal-topics");
    let mut wanted = BTreeMap::new();
    for topic in metadata.topics.values().filter(|t| !(exclude && (t.is_internal || is_internal(&t.name)))) {
        for partition in &topic.partitions {
            if filters.iter().any(|filter| filter.matches(&topic.name, partition.index)) {
                wanted.insert((topic.name.clone(), partition.index), spec);
            }
        }
    }
    if wanted.is_empty() {
        return Err(Failure::new("Could not match any topic-partitions with the specified filters"));
    }
    let mut lines = Vec::new();
    for ((topic, partition), at) in admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted)? {
        match at {
            Ok(at) if at.offset >= 0 => lines.push(format!("{topic}:{partition}:{}", at.offset)),
            Ok(_) => {}
            Err(error) => lines
                .push(format!("Skip getting offsets for topic-partition {topic}-{partition} due to error: {error}")),
        }
    }
    Ok(lines)
}

fn parse_time(text: &str) -> Result<OffsetSpec, Failure> {
    Ok(match text {
        "-1" | "latest" => OffsetSpec::Latest,
        "-2" | "earliest" => OffsetSpec::Earliest,
        "-3" | "max-timestamp" => OffsetSpec::MaxTimestamp,
        "-4" | "earliest-local" => OffsetSpec::EarliestLocal,
        "-5" | "latest-tiered" => OffsetSpec::LatestTiered,
        "-6" | "earliest-pending-upload" => OffsetSpec::EarliestPendingUpload,
        other => OffsetSpec::Timestamp(other.parse().map_err(|_| {
            Failure::new(format!("Malformed time argument {other}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp"))
        })?),
    })
}

/// One of the things that a partition may match.
struct Filter {
    topic: Option<TopicPattern>,
    /// Nothing: all partitions.
    ranges: Vec<(i32, i32)>,
}

impl Filter {
    /// Reads `topic`, `topic:3`, `topic:0-3` (without 3), `topic:5-`, `topic:-3`, each with an empty topic for all.
    fn parse(text: &str) -> Result<Filter, Failure> {
        let (topic, partitions) = text.split_once(':').unwrap_or((text, ""));
        let bad = || Failure::new(format!("Invalid rule: {text}"));
        let ranges = match partitions.split_once('-') {
            None if partitions.is_empty() => Vec::new(),
            None => {
                let partition = partitions.parse().map_err(|_| bad())?;
                vec![(partition, partition)]
            }
            Some((from, to)) => {
                let from = if from.is_empty() { 0 } else { from.parse().map_err(|_| bad())? };
                let to: i32 = if to.is_empty() { i32::MAX } else { to.parse().map_err(|_| bad())? };
                vec![(from, to.saturating_sub(1))]
            }
        };
        let topic = Some(topic).filter(|topic| !topic.is_empty()).map(TopicPattern::new).transpose()?;
        Ok(Filter { topic, ranges })
    }

    fn matches(&self, topic: &str, partition: i32) -> bool {
        self.topic.as_ref().is_none_or(|pattern| pattern.matches(topic))
            && (self.ranges.is_empty() || self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&partition)))
    }
}

fn partition_list(text: &str) -> Result<Vec<(i32, i32)>, Failure> {
    let bad = || {
        Failure::new(
            "--partitions expects a comma separated list of numeric partition ids, but received: ".to_string() + text,
        )
    };
    let numbers: Result<BTreeSet<i32>, _> =
        text.split(',').filter(|part| !part.is_empty()).map(|part| part.trim().parse()).collect();
    Ok(numbers.map_err(|_| bad())?.into_iter().map(|partition| (partition, partition)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_select_topics_and_ranges() {
        for (rule, topic, partition, matches) in [
            ("plain:0", "plain", 0, true),
            ("plain:0", "plain", 1, false),
            ("com.*:0-1", "compacted", 0, true),
            ("com.*:0-1", "compacted", 1, false),
            (":0", "any", 0, true),
            ("t:5-", "t", 7, true),
            ("t:-3", "t", 3, false),
        ] {
            assert_eq!(Filter::parse(rule).unwrap().matches(topic, partition), matches, "{rule} {topic}-{partition}");
        }
    }
}
