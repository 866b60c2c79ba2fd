//! `kafka-consumer-perf-test.sh`: reads records and prints rates as CSV.

use crate::connect;
use crate::failure::{ExitCode, Failure};
use crate::io::Io;
use crate::metrics_table;
use crate::options::{
    BOOTSTRAP_SERVER, COMMAND_CONFIG, CONSUMER_CONFIG, CONSUMER_PROPERTY, HELP, Opt, Parsed, Usage, VERSION, flag, int,
    long, text,
};
use crate::patterns::TopicPattern;
use crate::time;
use client::{Consumer, ConsumerSettings, RebalanceEvent, SettingsMap, Subscription};
use std::time::{Duration, Instant};

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("topic", "TOPIC", "topic to read"),
    text("include", "REGEX", "topics to read"),
    long("num-records", "N", "leave after so many records"),
    long("messages", "N", "deprecated: --num-records"),
    long("timeout", "MS", "leave when nothing came for so long (default 10000)").optional_value(),
    text("group", "GROUP", "consumer group; default: one of its own"),
    int("fetch-size", "BYTES", "bytes of one partition in one fetch"),
    int("socket-buffer-size", "BYTES", "TCP receive buffer"),
    flag("from-latest", "start at the end where the group has no offset"),
    flag("show-detailed-stats", "a line every reporting interval"),
    long("reporting-interval", "MS", "time between two lines (default 5000)"),
    flag("hide-header", "no header line"),
    text("date-format", "PATTERN", "form of dates (default yyyy-MM-dd HH:mm:ss:SSS)"),
    flag("print-metrics", "print the consumer's metrics at the end"),
    CONSUMER_PROPERTY,
    COMMAND_CONFIG,
    CONSUMER_CONFIG,
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-consumer-perf-test.sh",
    purpose: "Measure how fast records are consumed.",
    examples: &["--bootstrap-server localhost:9092 --topic test --num-records 100000"],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read_or_explain(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    for pair in [["topic", "include"], ["messages", "num-records"]] {
        if parsed.has(pair[0]) == parsed.has(pair[1]) {
            return USAGE.refuse(
                &format!("Exactly one of the following arguments is required: [{}], [{}]", pair[0], pair[1]),
                io,
            );
        }
    }
    for (old, new) in [("messages", "num-records"), ("consumer.config", "command-config")] {
        if parsed.has(old) && parsed.has(new) {
            return USAGE.refuse(&format!("Options --{old} and --{new} cannot be specified together."), io);
        }
        if parsed.has(old) {
            io.say(format!("Warning: --{old} is deprecated. Use --{new} instead."));
        }
    }
    measure(&parsed, io).exit_code(io)
}

fn settings(parsed: &Parsed) -> Result<ConsumerSettings, Failure> {
    let mut map = SettingsMap::default();
    for file in parsed.all("consumer.config").into_iter().chain(parsed.all("command-config")) {
        connect::load_file(&mut map, file)?;
    }
    connect::load_pairs(&mut map, &parsed.all("command-property"))?;
    map.set("bootstrap.servers", parsed.value("bootstrap-server").unwrap_or_default());
    let own = format!("perf-consumer-{}", time::now_ms() % 100_000);
    map.set("group.id", parsed.value("group").map_or(own, str::to_string));
    map.set("receive.buffer.bytes", parsed.value("socket-buffer-size").unwrap_or("2097152"));
    map.set("max.partition.fetch.bytes", parsed.value("fetch-size").unwrap_or("1048576"));
    map.set("auto.offset.reset", if parsed.has("from-latest") { "latest" } else { "earliest" });
    map.set("check.crcs", "false");
    map.set_default("client.id", "perf-consumer-client");
    Ok(ConsumerSettings::from_map(&map)?)
}

fn measure(parsed: &Parsed, io: &mut Io) -> Result<(), Failure> {
    let wanted = parsed.number("num-records").or(parsed.number("messages")).unwrap_or(0).max(0) as u64;
    let timeout = Duration::from_millis(parsed.number("timeout").unwrap_or(10_000).max(0) as u64);
    let interval = Duration::from_millis(parsed.number("reporting-interval").unwrap_or(5000).max(1) as u64);
    let pattern = parsed.value("date-format").unwrap_or("yyyy-MM-dd HH:mm:ss:SSS").to_string();
    let detailed = parsed.has("show-detailed-stats");
    if !parsed.has("hide-header") {
        let first = if detailed { "time, threadId" } else { "start.time, end.time" };
        io.say(format!("{first}, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec"));
    }
    let mut consumer = Consumer::new(settings(parsed)?)?;
    consumer.subscribe(match parsed.value("include") {
        Some(regex) => {
            let pattern = TopicPattern::new(regex)?;
            Subscription::Matching(Box::new(move |name| pattern.matches(name)))
        }
        None => Subscription::Topics(vec![parsed.value("topic").unwrap_or_default().into()]),
    })?;
    let (start_ms, start) = (time::now_ms(), Instant::now());
    let mut rebalancing = Some(start);
    let (mut join, mut last_join) = (Duration::ZERO, Duration::ZERO);
    let (mut count, mut bytes, mut last_count, mut last_bytes) = (0u64, 0u64, 0u64, 0u64);
    let (mut last_report, mut last_data) = (start, start);
    while count < wanted && last_data.elapsed() < timeout && !io.stop.is_requested() {
        let records = consumer.poll(Duration::from_millis(100))?;
        for event in consumer.take_events() {
            match event {
                RebalanceEvent::Assigned(_) => {
                    join += rebalancing.take().map_or(Duration::ZERO, |since| since.elapsed())
                }
                _ => rebalancing = Some(Instant::now()),
            }
        }
        if !records.is_empty() {
            last_data = Instant::now();
        }
        for record in &records {
            count += 1;
            bytes += record.key.as_ref().map_or(0, Vec::len) as u64 + record.value.as_ref().map_or(0, Vec::len) as u64;
            if detailed && last_report.elapsed() >= interval {
                let elapsed = last_report.elapsed();
                let columns = columns(bytes, bytes - last_bytes, count, count - last_count, elapsed, join - last_join);
                io.say(format!("{}, 0, {columns}", time::format(&pattern, time::now_ms())));
                (last_report, last_count, last_bytes, last_join) = (Instant::now(), count, bytes, join);
            }
        }
    }
    let (end_ms, elapsed) = (time::now_ms(), start.elapsed());
    // While the connections are open, as Kafka's tool does.
    let metrics = parsed.has("print-metrics").then(|| consumer.metrics(crate::KAFKA_VERSION));
    consumer.close()?;
    if count < wanted {
        io.say(format!("WARNING: Exiting before consuming the expected number of records: timeout ({} ms) exceeded. You can use the --timeout option to increase the timeout.", timeout.as_millis()));
    }
    if !detailed {
        let columns = columns(bytes, bytes, count, count, elapsed, join);
        io.say(format!("{}, {}, {columns}", time::format(&pattern, start_ms), time::format(&pattern, end_ms)));
    }
    if let Some(metrics) = metrics {
        metrics_table::print(&metrics, io);
    }
    Ok(())
}

/// Totals and rates; rates over `elapsed`, and over it without the time spent joining.
fn columns(bytes: u64, new_bytes: u64, count: u64, new_count: u64, elapsed: Duration, join: Duration) -> String {
    let mb = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let seconds = elapsed.as_secs_f64().max(0.001);
    let fetching = elapsed.saturating_sub(join);
    let fetch_seconds = fetching.as_secs_f64().max(0.001);
    format!(
        "{:.4}, {:.4}, {count}, {:.4}, {}, {}, {:.4}, {:.4}",
        mb(bytes),
        mb(new_bytes) / seconds,
        new_count as f64 / seconds,
        join.as_millis(),
        fetching.as_millis(),
        mb(new_bytes) / fetch_seconds,
        new_count as f64 / fetch_seconds
    )
}
