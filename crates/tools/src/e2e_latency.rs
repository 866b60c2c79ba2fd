//! `kafka-e2e-latency.sh`: sends records one by one and measures until each was read back.

use crate::failure::{ExitCode, Failure};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, HELP, Opt, Parsed, Usage, VERSION, int, text};
use crate::{connect, time};
use base::{Random, SplitMix64};
use client::{
    Admin, Consumer, ConsumerSettings, NewTopic, Producer, ProducerRecord, ProducerSettings, Settings, SettingsMap,
    StartAt,
};
use std::time::{Duration, Instant};

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("topic", "TOPIC", "topic to use").required(),
    int("num-records", "N", "how many records").required(),
    text("producer-acks", "ACKS", "1 or all").required(),
    int("record-size", "BYTES", "bytes of each value").required(),
    text("command-config", "FILE", "properties file of the clients").optional_value(),
    int("record-key-size", "BYTES", "bytes of each key (default 0: none)").optional_value(),
    int("num-headers", "N", "headers of each record (default 0)").optional_value(),
    int("record-header-key-size", "BYTES", "bytes of each header's key").optional_value(),
    int("record-header-size", "BYTES", "bytes of each header's value").optional_value(),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-e2e-latency.sh",
    purpose: "Measure the time from producer to consumer.",
    examples: &[
        "--bootstrap-server localhost:9092 --topic test --num-records 1000 --producer-acks all --record-size 100",
    ],
    options: OPTIONS,
};

const POSITIONAL_WARNING: &str = "WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: --bootstrap-server, --topic, --num-records, --producer-acks, --record-size, --command-config";
const NAMES: [&str; 6] =
    ["--bootstrap-server", "--topic", "--num-records", "--producer-acks", "--record-size", "--command-config"];
/// How long one record may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let positional = args.first().is_some_and(|first| !first.starts_with("--"));
    let named: Vec<String> = if positional {
        if !(5..=6).contains(&args.len()) {
            io.complain(format!(
                "Invalid number of arguments. Expected 5 or 6 positional arguments, but got {}. Usage: bootstrap-server topic num-records producer-acks record-size [optional] command-config",
                args.len()
            ));
            return 1;
        }
        io.say(POSITIONAL_WARNING);
        args.iter().zip(NAMES).flat_map(|(value, name)| [name.to_string(), value.clone()]).collect()
    } else {
        args.to_vec()
    };
    match USAGE.read_or_explain(&named, io) {
        Ok(parsed) => measure(&parsed, io).exit_code(io),
        Err(code) => code,
    }
}

/// What every client here is to know; its `client.id`, where the file has none, is Kafka's.
fn map(client_id: &str, parsed: &Parsed) -> Result<SettingsMap, Failure> {
    let mut map = SettingsMap::default();
    map.set("client.id", client_id);
    if let Some(path) = parsed.value("command-config") {
        connect::load_file(&mut map, path)?;
    }
    map.set("bootstrap.servers", parsed.value("bootstrap-server").unwrap_or_default());
    Ok(map)
}

fn measure(parsed: &Parsed, io: &mut Io) -> Result<(), Failure> {
    let acks = parsed.value("producer-acks").unwrap_or_default();
    if acks != "1" && acks != "all" {
        return Err(Failure::new(
            "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.",
        ));
    }
    let number = |name: &str| parsed.number(name).unwrap_or(0).max(0) as usize;
    let (count, topic) = (number("num-records"), parsed.value("topic").unwrap_or_default().to_string());
    let admin = Admin::new(Settings::admin(&map(connect::ADMIN_ID, parsed)?, None)?)?;
    if !admin.list_topics()?.iter().any(|(name, _, _)| *name == topic) {
        io.say(format!(
            "Topic \"{topic}\" does not exist. Will create topic with 1 partition(s) and replication factor = 1"
        ));
        let new = NewTopic { name: topic.clone(), partitions: 1, replication_factor: 1, ..NewTopic::default() };
        admin.create_topic(&new)?;
    }
    let metadata = admin.metadata(client::Wanted::Names(&[&topic]), "describeTopics")?;
    let partitions = metadata.topics.get(&topic).map_or(0, |known| known.partitions.len()).max(1) as i32;
    let group = format!("test-group-{}", time::now_ms());
    let mut consumer_map = map(&connect::consumer_id(Some(&group)), parsed)?;
    consumer_map.set("enable.auto.commit", "false").set("fetch.max.wait.ms", "0");
    let mut consumer = Consumer::new(ConsumerSettings::from_map(&consumer_map)?)?;
    let chosen: Vec<(&str, i32, StartAt)> = (0..partitions).map(|p| (topic.as_str(), p, StartAt::End)).collect();
    consumer.assign(&chosen)?;
    // Positions must be known before the first record is sent.
    while chosen.iter().any(|(topic, partition, _)| consumer.position(topic, *partition).is_none()) {
        consumer.poll(Duration::from_millis(50))?;
    }
    let mut producer_map = map("producer-1", parsed)?;
    producer_map.set("acks", acks).set("linger.ms", "0").set("max.block.ms", "9223372036854775807");
    let producer = Producer::new(ProducerSettings::from_map(&producer_map)?)?;
    let mut random = SplitMix64(0);
    let mut letters = |size: usize| -> Vec<u8> { (0..size).map(|_| b'A' + random.below(26) as u8).collect() };
    let (mut total, mut latencies) = (0.0f64, Vec::with_capacity(count));
    for i in 0..count {
        if io.stop.is_requested() {
            break;
        }
        let headers = (0..number("num-headers"))
            .map(|_| {
                let key = String::from_utf8_lossy(&letters(number("record-header-key-size").max(1))).into_owned();
                (key, Some(letters(number("record-header-size"))))
            })
            .collect();
        let value = letters(number("record-size"));
        let key = Some(number("record-key-size")).filter(|size| *size > 0).map(&mut letters);
        let sent = Instant::now();
        let record = ProducerRecord {
            topic: topic.clone(),
            key,
            value: Some(value.clone()),
            headers,
            ..ProducerRecord::default()
        };
        producer.send_and_wait(record)?;
        let mut read = Vec::new();
        while read.is_empty() && sent.elapsed() < PATIENCE {
            read = consumer.poll(Duration::from_millis(100))?;
        }
        let elapsed = sent.elapsed();
        match read.as_slice() {
            [] => {
                return Err(Failure::new(format!(
                    "poll() timed out before finding a result (timeout:[{}ms])",
                    PATIENCE.as_millis()
                )));
            }
            [one] if one.value.as_ref() == Some(&value) => {}
            [_] => return Err(Failure::new("The message value read did not match the message value sent")),
            more => {
                return Err(Failure::new(format!(
                    "Only one result was expected during this test. We found [{}]",
                    more.len()
                )));
            }
        }
        let ms = elapsed.as_nanos() as f64 / 1_000_000.0;
        if i % 1000 == 0 {
            io.say(format!("{i}\t{ms}"));
            io.flush();
        }
        total += ms;
        latencies.push(elapsed.as_millis() as u64);
    }
    producer.close(Duration::from_secs(5));
    consumer.close()?;
    latencies.sort_unstable();
    let at = |share: f64| {
        latencies.get((latencies.len() as f64 * share) as usize).or(latencies.last()).copied().unwrap_or(0)
    };
    io.say(format!("Avg latency: {:.4} ms", total / latencies.len().max(1) as f64));
    io.say(format!("Percentiles: 50th = {}, 99th = {}, 99.9th = {}", at(0.5), at(0.99), at(0.999)));
    Ok(())
}
