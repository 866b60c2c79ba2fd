//! `kafka-producer-perf-test.sh`: sends records as fast as asked and prints rates and latencies.

use crate::arguments::{Matches, Syntax, option, switch};
use crate::connect;
use crate::failure::{ExitCode, Failure};
use crate::io::Io;
use crate::metrics_table;
use base::{Random, SplitMix64};
use client::{Producer, ProducerRecord, ProducerSettings, SettingsMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) const SYNTAX: Syntax = Syntax {
    program: "kafka-producer-perf-test",
    purpose: "Measure how fast records are produced.",
    arguments: &[
        option(&["--bootstrap-server"], "BOOTSTRAP-SERVER", "brokers to connect to"),
        option(&["--topic"], "TOPIC", "topic to send to").required(),
        option(&["--num-records"], "NUM-RECORDS", "how many records").required(),
        option(&["--payload-delimiter"], "PAYLOAD-DELIMITER", "what separates values in the payload file"),
        option(&["--throughput"], "THROUGHPUT", "records a second; -1: no limit").required(),
        option(&["--producer-props"], "PROP-NAME=PROP-VALUE", "deprecated: --command-property").many(),
        option(&["--command-property"], "PROP-NAME=PROP-VALUE", "settings of the producer").many(),
        option(&["--producer.config"], "CONFIG-FILE", "deprecated: --command-config"),
        option(&["--command-config"], "CONFIG-FILE", "properties file of the producer"),
        switch(&["--print-metrics"], "print the producer's metrics at the end"),
        option(&["--transactional-id"], "TRANSACTIONAL-ID", "not supported yet"),
        option(&["--transaction-duration-ms"], "TRANSACTION-DURATION", "not supported yet"),
        option(&["--warmup-records"], "WARMUP-RECORDS", "records before the steady state"),
        option(&["--reporting-interval"], "INTERVAL-MS", "time between two lines (default 5000)"),
        option(&["--record-size"], "RECORD-SIZE", "bytes of each value").grouped(),
        option(&["--payload-file"], "PAYLOAD-FILE", "file with values to pick from").grouped(),
        switch(&["--payload-monotonic"], "values are consecutive numbers").grouped(),
    ],
    group_required: true,
    commands: &[],
    examples: &[
        "--topic test --num-records 100000 --record-size 100 --throughput -1 --bootstrap-server localhost:9092",
    ],
};

struct Plan {
    settings: ProducerSettings,
    topic: String,
    records: u64,
    throughput: f64,
    payload: Payload,
    warmup: u64,
    interval: Duration,
    print_metrics: bool,
}

enum Payload {
    Random(Vec<u8>),
    Lines(Vec<Vec<u8>>),
    Monotonic,
}

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let matches = match SYNTAX.parse(args) {
        Ok(matches) => matches,
        Err(stopped) => return SYNTAX.stopped(&stopped, 1, io),
    };
    for (old, new) in [("--producer-props", "--command-property"), ("--producer.config", "--command-config")] {
        if matches.has(old) && matches.has(new) {
            return SYNTAX.error(&format!(" {new}  and  {old}  cannot be specified together."), io);
        }
    }
    for (old, new) in [("--producer-props", "--command-property"), ("--producer.config", "--command-config")] {
        if matches.has(old) {
            io.say(format!(
                "Option {old} has been deprecated and will be removed in a future version. Use {new} instead."
            ));
        }
    }
    let plan = match plan(&matches) {
        Ok(plan) => plan,
        Err(failure) if failure.with_usage => return SYNTAX.error(&failure.message, io),
        Err(failure) => {
            io.complain(failure.message);
            return 1;
        }
    };
    measure(plan, io).exit_code(io)
}

fn plan(matches: &Matches) -> Result<Plan, Failure> {
    let usage = |message: String| Failure::usage(message);
    let mut map = SettingsMap::default();
    for file in ["--producer.config", "--command-config"] {
        if let Some(path) = matches.value(file) {
            connect::load_file(&mut map, path)?;
        }
    }
    connect::load_pairs(&mut map, &matches.all("--producer-props"))?;
    connect::load_pairs(&mut map, &matches.all("--command-property"))?;
    if let Some(servers) = matches.value("--bootstrap-server") {
        map.set("bootstrap.servers", servers);
    }
    if let Some(id) = matches.value("--transactional-id") {
        map.set("transactional.id", id);
    }
    map.set_default("client.id", "perf-producer-client");
    if map.get("bootstrap.servers").is_none() {
        return Err(usage(
            "At least one of --bootstrap-server, --command-property or --command-config must name the brokers.".into(),
        ));
    }
    let records: u64 = matches.number("--num-records").map_err(usage)?.unwrap_or(0);
    let warmup: u64 = matches.number("--warmup-records").map_err(usage)?.unwrap_or(0);
    if warmup >= records && warmup > 0 {
        return Err(usage("The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.".into()));
    }
    let interval: u64 = matches.number("--reporting-interval").map_err(usage)?.unwrap_or(5000);
    Ok(Plan {
        settings: ProducerSettings::from_map(&map)?,
        topic: matches.value("--topic").unwrap_or_default().into(),
        records,
        throughput: matches.number("--throughput").map_err(usage)?.unwrap_or(-1.0),
        payload: payload(matches)?,
        warmup,
        interval: Duration::from_millis(interval.max(1)),
        print_metrics: matches.has("--print-metrics"),
    })
}

fn payload(matches: &Matches) -> Result<Payload, Failure> {
    if matches.has("--payload-monotonic") {
        return Ok(Payload::Monotonic);
    }
    if let Some(path) = matches.value("--payload-file") {
        let text = std::fs::read(path)
            .map_err(|_| Failure::new(format!("File does not exist or empty file provided: {path}")))?;
        let delimiter = matches.value("--payload-delimiter").unwrap_or("\\n").replace("\\n", "\n");
        let lines = String::from_utf8_lossy(&text);
        let lines: Vec<Vec<u8>> =
            lines.split(&delimiter).filter(|l| !l.is_empty()).map(|l| l.as_bytes().to_vec()).collect();
        if lines.is_empty() {
            return Err(Failure::new(format!("File does not exist or empty file provided: {path}")));
        }
        return Ok(Payload::Lines(lines));
    }
    let size: usize = matches.number("--record-size").map_err(Failure::usage)?.unwrap_or(0);
    if size == 0 {
        return Err(Failure::usage("--record-size should be greater than zero."));
    }
    let mut random = SplitMix64(0);
    Ok(Payload::Random((0..size).map(|_| b'A' + random.below(26) as u8).collect()))
}

/// Counts and latencies of what was acknowledged.
struct Stats {
    started: Instant,
    count: u64,
    bytes: u64,
    latency_sum_ms: u64,
    latency_max_ms: u64,
    latencies: Vec<u32>,
    window: Window,
    warmup_left: u64,
    steady: bool,
    failed: u64,
    first_error: Option<String>,
}

struct Window {
    started: Instant,
    count: u64,
    bytes: u64,
    latency_sum_ms: u64,
    latency_max_ms: u64,
}

impl Window {
    fn new() -> Window {
        Window { started: Instant::now(), count: 0, bytes: 0, latency_sum_ms: 0, latency_max_ms: 0 }
    }

    fn line(&self, label: &str) -> String {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let average = self.latency_sum_ms as f64 / self.count.max(1) as f64;
        format!(
            "{}{label} records sent, {:.1} records/sec ({:.2} MB/sec), {average:.1} ms avg latency, {:.1} ms max latency.",
            self.count,
            self.count as f64 / seconds,
            self.bytes as f64 / seconds / (1024.0 * 1024.0),
            self.latency_max_ms as f64
        )
    }
}

impl Stats {
    fn new(steady: bool, warmup: u64) -> Stats {
        Stats {
            started: Instant::now(),
            count: 0,
            bytes: 0,
            latency_sum_ms: 0,
            latency_max_ms: 0,
            latencies: Vec::new(),
            window: Window::new(),
            warmup_left: warmup,
            steady,
            failed: 0,
            first_error: None,
        }
    }

    fn record(&mut self, latency_ms: u64, bytes: u64) {
        if self.warmup_left > 0 {
            self.warmup_left -= 1;
            if self.warmup_left == 0 {
                (self.started, self.window) = (Instant::now(), Window::new());
            }
            return;
        }
        self.count += 1;
        self.bytes += bytes;
        self.latency_sum_ms += latency_ms;
        self.latency_max_ms = self.latency_max_ms.max(latency_ms);
        self.latencies.push(u32::try_from(latency_ms).unwrap_or(u32::MAX));
        self.window.count += 1;
        self.window.bytes += bytes;
        self.window.latency_sum_ms += latency_ms;
        self.window.latency_max_ms = self.window.latency_max_ms.max(latency_ms);
    }

    fn label(&self) -> &'static str {
        if self.steady { " steady state" } else { "" }
    }

    fn total(&mut self) -> String {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        self.latencies.sort_unstable();
        let at = |share: f64| {
            let last = self.latencies.len().saturating_sub(1);
            self.latencies.get(((share * self.latencies.len() as f64) as usize).min(last)).copied().unwrap_or(0)
        };
        format!(
            "{}{} records sent, {:.6} records/sec ({:.2} MB/sec), {:.2} ms avg latency, {:.2} ms max latency, {} ms 50th, {} ms 95th, {} ms 99th, {} ms 99.9th.",
            self.count,
            self.label(),
            self.count as f64 / seconds,
            self.bytes as f64 / seconds / (1024.0 * 1024.0),
            self.latency_sum_ms as f64 / self.count.max(1) as f64,
            self.latency_max_ms as f64,
            at(0.5),
            at(0.95),
            at(0.99),
            at(0.999)
        )
    }
}

/// Keeps to a number of records a second by pausing.
pub struct Throttle {
    started: Instant,
    per_second: f64,
}

impl Throttle {
    pub fn new(per_second: f64) -> Throttle {
        Throttle { started: Instant::now(), per_second }
    }

    /// The moment before which the record after number `sent` may not go, if that lies ahead.
    pub fn due(&self, sent: u64) -> Option<Instant> {
        if self.per_second <= 0.0 {
            return None;
        }
        let due = self.started + Duration::from_secs_f64(sent as f64 / self.per_second);
        (due > Instant::now() + Duration::from_millis(1)).then_some(due)
    }

    /// Waits until the record after number `sent` may go.
    pub fn wait(&self, sent: u64) {
        if let Some(due) = self.due(sent) {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
}

fn measure(plan: Plan, io: &mut Io) -> Result<(), Failure> {
    let producer = Producer::new(plan.settings)?;
    if plan.warmup > 0 {
        io.say(format!(
            "Warmup first {} records. Steady state results will print after the complete test summary.",
            plan.warmup
        ));
        io.flush();
    }
    let stats = Arc::new(Mutex::new(Stats::new(false, 0)));
    let steady = Arc::new(Mutex::new(Stats::new(true, plan.warmup)));
    let with_steady = plan.warmup > 0;
    let throttle = Throttle::new(plan.throughput);
    let mut random = SplitMix64(0);
    for i in 0..plan.records {
        if io.stop.is_requested() {
            break;
        }
        let value = match &plan.payload {
            Payload::Random(bytes) => bytes.clone(),
            Payload::Lines(lines) => lines[random.below(lines.len() as u64) as usize].clone(),
            Payload::Monotonic => i.to_string().into_bytes(),
        };
        let (size, sent) = (value.len() as u64, Instant::now());
        let record = ProducerRecord { topic: plan.topic.clone(), value: Some(value), ..ProducerRecord::default() };
        let (stats_of, steady_of) = (stats.clone(), steady.clone());
        let delivery = move |result: client::Result<client::RecordMetadata>| {
            let latency = sent.elapsed().as_millis() as u64;
            if let Ok(mut stats) = stats_of.lock() {
                match result {
                    Ok(_) => stats.record(latency, size),
                    Err(error) => {
                        stats.failed += 1;
                        stats.first_error.get_or_insert_with(|| error.to_string());
                    }
                }
            }
            if with_steady && let Ok(mut steady) = steady_of.lock() {
                steady.record(latency, size);
            }
        };
        producer.send(record, Some(Box::new(delivery)))?;
        if i % 64 == 0 || plan.throughput > 0.0 {
            report(&stats, plan.interval, io);
        }
        throttle.wait(i + 1);
    }
    producer.flush();
    // While the connections are open, as Kafka's tool does.
    let metrics = plan.print_metrics.then(|| producer.metrics(crate::KAFKA_VERSION));
    producer.close(Duration::from_secs(3600));
    let total = stats.lock().map(|mut stats| (stats.total(), stats.failed, stats.first_error.take()));
    let Ok((total, failed, error)) = total else { return Ok(()) };
    io.say(total);
    if with_steady && let Ok(mut steady) = steady.lock() {
        io.say(steady.total());
    }
    if let Some(metrics) = metrics {
        metrics_table::print(&metrics, io);
    }
    match (failed, error) {
        (0, _) | (_, None) => Ok(()),
        (failed, Some(error)) => Err(Failure::new(format!("{failed} records failed; the first: {error}"))),
    }
}

fn report(stats: &Arc<Mutex<Stats>>, interval: Duration, io: &mut Io) {
    let Ok(mut stats) = stats.lock() else { return };
    if stats.window.started.elapsed() >= interval {
        io.say(stats.window.line(stats.label()));
        io.flush();
        stats.window = Window::new();
    }
}
