//! `kafka-console-consumer.sh`: prints records.

use crate::connect;
use crate::failure::Failure;
use crate::formatter::{Formatted, Formatter};
use crate::io::Io;
use crate::options::{
    BOOTSTRAP_SERVER, COMMAND_CONFIG, CONSUMER_CONFIG, CONSUMER_PROPERTY, HELP, Opt, Parsed, Usage, VERSION, flag, int,
    long, text,
};
use crate::patterns::TopicPattern;
use client::{Consumer, ConsumerRecord, ConsumerSettings, SettingsMap, StartAt, Subscription};
use std::time::{Duration, Instant};

const DEFAULT_FORMATTER: &str = "org.apache.kafka.tools.consumer.DefaultMessageFormatter";

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("topic", "TOPIC", "topic to read"),
    text("include", "REGEX", "topics to read"),
    int("partition", "N", "read this partition, without a group"),
    text("offset", "OFFSET", "with --partition: a number, earliest or latest"),
    flag("from-beginning", "start at the first record where the group has no offset"),
    int("max-messages", "N", "leave after so many records"),
    long("timeout-ms", "MS", "leave when no record came for so long"),
    text("group", "GROUP", "consumer group; default: one of its own"),
    text("formatter-property", "KEY=VALUE", "print.key, print.headers, print.timestamp, print.partition, ..."),
    text("formatter-config", "FILE", "properties file with formatter properties"),
    text("formatter", "CLASS", "class of the formatter"),
    text("key-deserializer", "CLASS", "what keys are: StringDeserializer, LongDeserializer, ..."),
    text("value-deserializer", "CLASS", "what values are"),
    text("isolation-level", "LEVEL", "read_uncommitted (default) or read_committed"),
    flag("skip-message-on-error", "go on after a record that cannot be printed"),
    flag("enable-systest-events", "say when it is shut down"),
    CONSUMER_PROPERTY,
    COMMAND_CONFIG,
    text("property", "KEY=VALUE", "deprecated: --formatter-property"),
    text("consumer-property", "KEY=VALUE", "deprecated: --command-property"),
    CONSUMER_CONFIG,
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-console-consumer.sh",
    purpose: "Print records of topics.",
    examples: &[
        "--bootstrap-server localhost:9092 --topic orders --from-beginning",
        "--bootstrap-server localhost:9092 --topic orders --group billing --formatter-property print.key=true",
        "--bootstrap-server localhost:9092 --topic orders --partition 0 --offset 42 --max-messages 10",
    ],
    options: OPTIONS,
};

const DEPRECATED: &[(&str, &str)] = &[
    ("property", "formatter-property"),
    ("consumer-property", "command-property"),
    ("consumer.config", "command-config"),
];

struct Plan {
    settings: ConsumerSettings,
    formatter: Formatter,
    start: Start,
    max_messages: Option<u64>,
    timeout: Option<Duration>,
    skip_errors: bool,
}

enum Start {
    Group(Subscription),
    Partition(String, i32, StartAt),
}

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read_or_explain(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let plan = match plan(&parsed, io) {
        Ok(plan) => plan,
        Err(failure) => return USAGE.refuse(&failure.message, io),
    };
    let mut count = 0;
    let outcome = consume(plan, &mut count, io);
    if parsed.has("enable-systest-events") {
        io.say("shutdown_complete");
    }
    match &outcome {
        Err(End::Failed(failure)) => {
            io.complain(format!("Error processing message, terminating consumer process: {}", failure.message));
        }
        Ok(()) if io.is_out_gone() => io.complain("Unable to write to standard out, closing consumer."),
        Ok(()) | Err(End::Unreadable(_)) => {}
    }
    io.complain(format!("Processed a total of {count} messages"));
    match outcome {
        // Who reads no more has had enough, which is no failure.
        Ok(()) if io.stop.is_requested() && !io.is_out_gone() => 143,
        Ok(()) => 0,
        Err(End::Failed(failure)) => failure.code,
        Err(End::Unreadable(problem)) => {
            io.complain(format!("Unknown error when running consumer: {problem}"));
            1
        }
    }
}

/// Why the consumer ends, if not because it has all that was wanted.
enum End {
    Failed(Failure),
    /// A record that its deserializer refused.
    Unreadable(String),
}

impl<E: Into<Failure>> From<E> for End {
    fn from(error: E) -> End {
        End::Failed(error.into())
    }
}

fn plan(parsed: &Parsed, io: &mut Io) -> Result<Plan, Failure> {
    if parsed.has("topic") == parsed.has("include") {
        return Err(Failure::usage("Exactly one of the following arguments is required: [topic], [include]"));
    }
    for (old, new) in DEPRECATED {
        if parsed.has(old) && parsed.has(new) {
            return Err(Failure::usage(format!("Options --{old} and --{new} cannot be specified together.")));
        }
        if parsed.has(old) {
            io.say(format!(
                "Option --{old} is deprecated and will be removed in a future version. Use --{new} instead."
            ));
        }
    }
    let offset = parsed.value("offset");
    if parsed.has("partition") && !parsed.has("topic") {
        return Err(Failure::usage("The topic is required when partition is specified."));
    }
    if offset.is_some() && !parsed.has("partition") {
        return Err(Failure::usage("The partition is required when offset is specified."));
    }
    if offset.is_some() && parsed.has("from-beginning") {
        return Err(Failure::usage("The options --from-beginning and --offset cannot be specified together."));
    }
    let at = start_at(offset, parsed.has("from-beginning"))?;
    let settings = settings(parsed)?;
    let topic = parsed.value("topic").unwrap_or_default().to_string();
    let start = match (parsed.number("partition"), parsed.value("include")) {
        (Some(partition), _) => Start::Partition(topic, partition as i32, at),
        (None, Some(regex)) => {
            let pattern = TopicPattern::exactly(regex).map_err(Failure::usage)?;
            Start::Group(Subscription::Matching(Box::new(move |name| pattern.matches(name))))
        }
        (None, None) => Start::Group(Subscription::Topics(vec![topic])),
    };
    let mut properties = Vec::new();
    if let Some(path) = parsed.value("formatter-config") {
        properties.extend(connect::read_properties(path)?.entries.into_iter().map(|p| (p.key, p.value)));
    }
    properties.extend(connect::split_pairs(&parsed.all("property"))?);
    properties.extend(connect::split_pairs(&parsed.all("formatter-property"))?);
    for (option, key) in [("key-deserializer", "key.deserializer"), ("value-deserializer", "value.deserializer")] {
        if let Some(class) = parsed.value(option) {
            properties.push((key.to_string(), class.to_string()));
        }
    }
    Ok(Plan {
        settings,
        formatter: Formatter::new(parsed.value("formatter").unwrap_or(DEFAULT_FORMATTER), &properties)?,
        start,
        max_messages: parsed.number("max-messages").filter(|max| *max >= 0).map(|max| max as u64),
        timeout: parsed.number("timeout-ms").filter(|ms| *ms >= 0).map(|ms| Duration::from_millis(ms as u64)),
        skip_errors: parsed.has("skip-message-on-error"),
    })
}

fn start_at(offset: Option<&str>, from_beginning: bool) -> Result<StartAt, Failure> {
    match offset.map(str::to_lowercase).as_deref() {
        None if from_beginning => Ok(StartAt::Beginning),
        None | Some("latest") => Ok(StartAt::End),
        Some("earliest") => Ok(StartAt::Beginning),
        Some(number) => match number.parse() {
            Ok(offset) if offset >= 0 => Ok(StartAt::Offset(offset)),
            _ => Err(Failure::usage(format!(
                "The provided offset value '{number}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long."
            ))),
        },
    }
}

fn settings(parsed: &Parsed) -> Result<ConsumerSettings, Failure> {
    let mut map = SettingsMap::default();
    for file in parsed.all("consumer.config").into_iter().chain(parsed.all("command-config")) {
        connect::load_file(&mut map, file)?;
    }
    connect::load_pairs(&mut map, &parsed.all("consumer-property"))?;
    connect::load_pairs(&mut map, &parsed.all("command-property"))?;
    map.set("bootstrap.servers", parsed.value("bootstrap-server").unwrap_or_default());
    if let Some(level) = parsed.value("isolation-level") {
        map.set("isolation.level", level);
    }
    if parsed.has("from-beginning") {
        if map.get("auto.offset.reset").is_some_and(|reset| reset != "earliest") {
            let reset = map.get("auto.offset.reset").unwrap_or_default();
            return Err(Failure::usage(format!(
                "Can't simultaneously specify --from-beginning and 'auto.offset.reset={reset}', please remove one option"
            )));
        }
        map.set("auto.offset.reset", "earliest");
    }
    if let Some(group) = parsed.value("group") {
        if map.get("group.id").is_some_and(|known| known != group) {
            return Err(Failure::usage(
                "The group ids provided in different places (directly using '--group', via '--command-property', or via '--command-config') do not match.",
            ));
        }
        map.set("group.id", group);
    }
    if map.get("group.id").is_none() && !parsed.has("partition") {
        // A group of its own: nothing to commit for.
        let random = (crate::time::now_ms() as u64 ^ u64::from(std::process::id()) << 16) % 100_000;
        map.set("group.id", format!("console-consumer-{random}"));
        map.set_default("enable.auto.commit", "false");
    }
    map.set_default("client.id", "console-consumer");
    Ok(ConsumerSettings::from_map(&map)?)
}

/// Reads until the wanted number, a silence as long as the timeout, or a request to stop.
fn consume(plan: Plan, count: &mut u64, io: &mut Io) -> Result<(), End> {
    let mut consumer = Consumer::new(plan.settings)?;
    match plan.start {
        Start::Group(subscription) => consumer.subscribe(subscription)?,
        Start::Partition(topic, partition, at) => consumer.assign(&[(topic.as_str(), partition, at)])?,
    }
    let enough = |count: u64| plan.max_messages.is_some_and(|max| count >= max);
    let mut last = Instant::now();
    let mut outcome = Ok(());
    while !enough(*count) && !io.stop.is_requested() {
        let silence = plan.timeout.map(|timeout| timeout.saturating_sub(last.elapsed()));
        let records = match consumer.poll(silence.unwrap_or(Duration::from_millis(100)).min(Duration::from_millis(100)))
        {
            Ok(records) => records,
            Err(error) if plan.skip_errors => {
                io.complain(format!("Error processing message, skipping this message: {error}"));
                continue;
            }
            Err(error) => {
                outcome = Err(error.into());
                break;
            }
        };
        if io.is_out_gone() {
            break;
        }
        if records.is_empty() {
            if plan.timeout.is_some_and(|timeout| last.elapsed() >= timeout) {
                outcome =
                    Err(Failure { code: 0, ..Failure::new("org.apache.kafka.common.errors.TimeoutException") }.into());
                break;
            }
            continue;
        }
        last = Instant::now();
        let mut left = records.iter();
        while let Some(record) = left.next() {
            let Formatted { bytes, to_stderr, problem } = plan.formatter.format(record);
            match to_stderr {
                true => io.complain(String::from_utf8_lossy(&bytes).trim_end()),
                false => io.write(&bytes),
            }
            *count += 1;
            match problem {
                Some(problem) if plan.skip_errors => {
                    io.complain(format!("Error processing message, skipping this message: {problem}"));
                }
                Some(problem) => outcome = Err(End::Unreadable(problem)),
                None => {}
            }
            if enough(*count) || io.stop.is_requested() || outcome.is_err() {
                give_back(&mut consumer, left.as_slice())?;
                break;
            }
        }
        io.flush();
        if outcome.is_err() {
            break;
        }
    }
    let closed = consumer.close();
    outcome?;
    Ok(closed?)
}

/// Moves positions back to the first record that was read and not printed, so that only printed ones are committed.
fn give_back(consumer: &mut Consumer, unread: &[ConsumerRecord]) -> Result<(), Failure> {
    for record in unread.iter().rev() {
        consumer.seek(&record.topic, record.partition, record.offset)?;
    }
    Ok(())
}
