//! `kafka-verifiable-producer.sh`: sends consecutive numbers and reports each acknowledgement as a line of JSON.

use crate::arguments::{Matches, Syntax, option};
use crate::connect;
use crate::failure::{ExitCode, Failure};
use crate::io::Io;
use crate::producer_perf_test::Throttle;
use crate::time;
use client::{Producer, ProducerRecord, ProducerSettings, RecordMetadata, SettingsMap};
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub(crate) const SYNTAX: Syntax = Syntax {
    program: "verifiable-producer",
    purpose: "Produce consecutive numbers and report each in JSON.",
    arguments: &[
        option(&["--topic"], "TOPIC", "topic to send to").required(),
        option(&["--max-messages"], "MAX-MESSAGES", "how many; -1: until it is stopped"),
        option(&["--throughput"], "THROUGHPUT", "records a second; -1: no limit"),
        option(&["--acks"], "ACKS", "0, 1 or -1"),
        option(&["--producer.config"], "CONFIG-FILE", "deprecated: --command-config"),
        option(&["--message-create-time"], "CREATE-TIME", "timestamp of the first record, then counting up"),
        option(&["--value-prefix"], "VALUE-PREFIX", "number before each value"),
        option(&["--repeating-keys"], "REPEATING-KEYS", "how many different keys"),
        option(&["--command-config"], "CONFIG-FILE", "properties file of the producer"),
        option(&["--bootstrap-server"], "HOST1:PORT1[,HOST2:PORT2[...]]", "brokers to connect to").required(),
    ],
    group_required: false,
    commands: &[],
    examples: &["--bootstrap-server localhost:9092 --topic test --max-messages 10"],
};

/// How long a request to stop may go unnoticed.
const STOP_CHECK: Duration = Duration::from_millis(50);

/// What the producer said of one record: its key and value, and where it is.
type Report = (Option<String>, String, client::Result<RecordMetadata>);

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let matches = match SYNTAX.parse(args) {
        Ok(matches) => matches,
        Err(stopped) => return SYNTAX.stopped(&stopped, 1, io),
    };
    match produce(&matches, io) {
        Ok(()) if io.stop.is_requested() => 143,
        outcome => outcome.exit_code(io),
    }
}

/// A line of JSON with clock and name in front.
pub fn event(name: &str, fields: Value, io: &mut Io) {
    let mut line = json!({ "timestamp": time::now_ms(), "name": name });
    if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    io.say(line.to_string());
    io.flush();
}

/// Settings from the files of a tool of this kind; the old option is told.
pub fn settings_from(matches: &Matches, old: &str, io: &mut Io) -> Result<SettingsMap, Failure> {
    let mut map = SettingsMap::default();
    if matches.has(old) {
        if matches.has("--command-config") {
            return Err(Failure::new(format!("{old} and --command-config cannot be specified together.")));
        }
        io.say(format!(
            "Option {old} has been deprecated and will be removed in a future version. Use --command-config instead."
        ));
    }
    for option in [old, "--command-config"] {
        if let Some(path) = matches.value(option) {
            connect::load_file(&mut map, path)?;
        }
    }
    map.set("bootstrap.servers", matches.value("--bootstrap-server").unwrap_or_default());
    Ok(map)
}

fn produce(matches: &Matches, io: &mut Io) -> Result<(), Failure> {
    let wrong = |message: String| Failure::new(message);
    let max: i64 = matches.number("--max-messages").map_err(wrong)?.unwrap_or(-1);
    let throughput: i64 = matches.number("--throughput").map_err(wrong)?.unwrap_or(-1);
    let create_time: Option<i64> = matches.number("--message-create-time").map_err(wrong)?.filter(|time| *time >= 0);
    let prefix: Option<i64> = matches.number("--value-prefix").map_err(wrong)?;
    let keys: Option<i64> = matches.number("--repeating-keys").map_err(wrong)?.filter(|keys| *keys > 0);
    let mut map = settings_from(matches, "--producer.config", io)?;
    map.set("acks", matches.value("--acks").unwrap_or("-1")).set_default("retries", "0");
    map.set_default("client.id", "producer-1");
    let topic = matches.value("--topic").unwrap_or_default().to_string();
    let producer = Producer::new(ProducerSettings::from_map(&map)?)?;
    event("startup_complete", json!({}), io);
    let (tell, hear) = channel::<Report>();
    let (started, throttle) = (Instant::now(), Throttle::new(throughput as f64));
    let (mut sent, mut acked) = (0i64, 0i64);
    while (max < 0 || sent < max) && !io.stop.is_requested() {
        let value = prefix.map_or_else(|| sent.to_string(), |prefix| format!("{prefix}.{sent}"));
        let key = keys.map(|keys| (sent % keys).to_string());
        let record = ProducerRecord {
            topic: topic.clone(),
            timestamp_ms: create_time.map(|time| time + started.elapsed().as_millis() as i64),
            key: key.clone().map(String::into_bytes),
            value: Some(value.clone().into_bytes()),
            ..ProducerRecord::default()
        };
        let (own, about) = (tell.clone(), (key.clone(), value.clone()));
        let delivery = move |result| drop(own.send((about.0, about.1, result)));
        sent += 1;
        if let Err(error) = producer.send(record, Some(Box::new(delivery))) {
            report((key, value, Err(error)), &topic, &mut acked, io);
        }
        report_until(throttle.due(sent as u64), &hear, &topic, &mut acked, io);
    }
    producer.close(Duration::from_secs(60));
    drain(&hear, &topic, &mut acked, io);
    event("shutdown_complete", json!({}), io);
    let average = 1000.0 * acked as f64 / started.elapsed().as_millis().max(1) as f64;
    let data = json!({ "sent": sent, "acked": acked, "target_throughput": throughput, "avg_throughput": average });
    event("tool_data", data, io);
    Ok(())
}

/// Reports what is acknowledged while the next record may not go yet.
fn report_until(due: Option<Instant>, hear: &Receiver<Report>, topic: &str, acked: &mut i64, io: &mut Io) {
    drain(hear, topic, acked, io);
    let left = || due.map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()));
    while !left().is_zero() && !io.stop.is_requested() {
        if let Ok(told) = hear.recv_timeout(left().min(STOP_CHECK)) {
            report(told, topic, acked, io);
        }
    }
}

fn drain(hear: &Receiver<Report>, topic: &str, acked: &mut i64, io: &mut Io) {
    while let Ok(told) = hear.try_recv() {
        report(told, topic, acked, io);
    }
}

fn report((key, value, result): Report, topic: &str, acked: &mut i64, io: &mut Io) {
    match result {
        Ok(at) => {
            *acked += 1;
            let place =
                json!({ "key": key, "value": value, "offset": at.offset, "topic": topic, "partition": at.partition });
            event("producer_send_success", place, io);
        }
        Err(error) => {
            let what = json!({
                "key": key,
                "value": value,
                "topic": topic,
                "exception": error.code().java_exception(),
                "message": error.to_string(),
            });
            event("producer_send_error", what, io);
        }
    }
}
