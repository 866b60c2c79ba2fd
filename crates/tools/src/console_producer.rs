//! `kafka-console-producer.sh`: lines of standard input become records.

use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome};
use crate::io::Io;
use crate::line_reader::LineReader;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, int, long, text};
use client::{ClientError, Producer, ProducerSettings, SettingsMap};
use std::io::BufRead;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    text("topic", "TOPIC", "topic to send to").required(),
    text("reader-property", "KEY=VALUE", "parse.key, key.separator, parse.headers, null.marker, ..."),
    text("reader-config", "FILE", "properties file with reader properties"),
    text("line-reader", "CLASS", "org.apache.kafka.tools.LineMessageReader"),
    text("command-property", "KEY=VALUE", "a setting of the producer"),
    COMMAND_CONFIG,
    flag("sync", "wait for each record's acknowledgement"),
    text("compression-codec", "CODEC", "none, gzip (without a value), snappy, lz4, zstd").optional_value(),
    text("request-required-acks", "ACKS", "all or -1, 1, 0"),
    int("batch-size", "BYTES", "bytes collected for one partition"),
    int("message-send-max-retries", "N", "attempts before a record fails"),
    long("retry-backoff-ms", "MS", "pause between attempts"),
    long("timeout", "MS", "how long a batch waits for more records"),
    int("request-timeout-ms", "MS", "how long an answer may take"),
    long("metadata-expiry-ms", "MS", "age at which metadata is asked for again"),
    long("max-block-ms", "MS", "how long a send may block"),
    long("max-memory-bytes", "BYTES", "memory for records that wait"),
    int("max-partition-memory-bytes", "BYTES", "deprecated: --batch-size"),
    int("socket-buffer-size", "BYTES", "TCP send buffer"),
    text("property", "KEY=VALUE", "deprecated: --reader-property"),
    text("producer-property", "KEY=VALUE", "deprecated: --command-property"),
    text("producer.config", "FILE", "deprecated: --command-config"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-console-producer.sh",
    purpose: "Send lines of standard input as records.",
    examples: &[
        "--bootstrap-server localhost:9092 --topic orders",
        "--bootstrap-server localhost:9092 --topic orders --reader-property parse.key=true --reader-property key.separator=:",
    ],
    options: OPTIONS,
};

/// Deprecated options with what replaces them.
const DEPRECATED: &[(&str, &str)] = &[
    ("property", "reader-property"),
    ("producer-property", "command-property"),
    ("producer.config", "command-config"),
    ("max-partition-memory-bytes", "batch-size"),
];

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read_or_explain(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let prepared = prepare(&parsed, io);
    let (settings, reader) = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => {
            io.complain(failure.message);
            if failure.with_usage {
                USAGE.print(io);
            }
            return 1;
        }
    };
    io.flush();
    send_all(settings, reader, parsed.has("sync"), io).exit_code(io)
}

fn prepare(parsed: &Parsed, io: &mut Io) -> Result<(ProducerSettings, LineReader), Failure> {
    for (old, new) in DEPRECATED {
        if parsed.has(old) && parsed.has(new) && *old != "max-partition-memory-bytes" {
            return Err(Failure::usage(format!("Options --{new} and --{old} cannot be specified together.")));
        }
        if parsed.has(old) {
            let end = if *new == "batch-size" { "Apache Kafka 5.0" } else { "a future version" };
            io.say(format!("Warning: --{old} is deprecated and will be removed in {end}. Use --{new} instead."));
        }
    }
    if let Some(class) =
        parsed.value("line-reader").filter(|class| *class != "org.apache.kafka.tools.LineMessageReader")
    {
        return Err(Failure::new(format!("java.lang.ClassNotFoundException: {class}")));
    }
    let mut properties = Vec::new();
    if let Some(path) = parsed.value("reader-config") {
        properties.extend(connect::read_properties(path)?.entries.into_iter().map(|p| (p.key, p.value)));
    }
    properties.extend(connect::split_pairs(&parsed.all("property"))?);
    properties.extend(connect::split_pairs(&parsed.all("reader-property"))?);
    let reader = LineReader::new(parsed.value("topic").unwrap_or_default(), &properties)?;
    Ok((ProducerSettings::from_map(&settings(parsed)?)?, reader))
}

fn settings(parsed: &Parsed) -> Result<SettingsMap, Failure> {
    let mut map = SettingsMap::default();
    for file in parsed.all("producer.config").into_iter().chain(parsed.all("command-config")) {
        connect::load_file(&mut map, file)?;
    }
    connect::load_pairs(&mut map, &parsed.all("producer-property"))?;
    connect::load_pairs(&mut map, &parsed.all("command-property"))?;
    map.set("bootstrap.servers", parsed.value("bootstrap-server").unwrap_or_default());
    if parsed.has("compression-codec") {
        map.set("compression.type", parsed.value("compression-codec").unwrap_or("gzip"));
    }
    for (option, key, default) in [
        ("request-required-acks", "acks", "-1"),
        ("message-send-max-retries", "retries", "3"),
        ("retry-backoff-ms", "retry.backoff.ms", "100"),
        ("timeout", "linger.ms", "1000"),
        ("request-timeout-ms", "request.timeout.ms", "1500"),
        ("metadata-expiry-ms", "metadata.max.age.ms", "300000"),
        ("max-block-ms", "max.block.ms", "60000"),
        ("max-memory-bytes", "buffer.memory", "33554432"),
        ("batch-size", "batch.size", "16384"),
        ("max-partition-memory-bytes", "batch.size", "16384"),
        ("socket-buffer-size", "send.buffer.bytes", "102400"),
    ] {
        match parsed.value(option) {
            Some(value) => map.set(key, value),
            None => map.set_default(key, default),
        };
    }
    map.set_default("client.id", "console-producer");
    Ok(map)
}

fn send_all(settings: ProducerSettings, mut reader: LineReader, sync: bool, io: &mut Io) -> Outcome {
    let producer = Producer::new(settings)?;
    let failures: Arc<Mutex<Vec<String>>> = Arc::default();
    let result = send_lines(&producer, &mut reader, sync, &failures, io);
    producer.close(Duration::from_secs(3600));
    tell(&failures, io);
    result
}

/// Tells which records failed since the last time.
fn tell(failures: &Mutex<Vec<String>>, io: &mut Io) {
    let failures = failures.lock().map(|mut failures| std::mem::take(&mut *failures)).unwrap_or_default();
    failures.iter().for_each(|line| io.complain(line));
}

/// Whether Kafka's producer tells an error through the record's callback, as those of the broker, rather than by an
/// exception that ends the program.
fn is_of_the_record(error: &ClientError) -> bool {
    !matches!(error, ClientError::Closed | ClientError::Config(_) | ClientError::State(_) | ClientError::Record(_))
}

fn send_lines(
    producer: &Producer,
    reader: &mut LineReader,
    sync: bool,
    failures: &Arc<Mutex<Vec<String>>>,
    io: &mut Io,
) -> Outcome {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = io.stdin.read_until(b'\n', &mut line);
        let count = read.map_err(|error| Failure::new(format!("standard input: {error}")))?;
        if count == 0 || io.stop.is_requested() {
            return Ok(());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let record = reader.record(&line)?;
        if sync {
            producer.send_and_wait(record)?;
            continue;
        }
        let shown = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or("null".into(), |b| format!("{} bytes", b.len()));
        let about = format!("topic {} with key: {}, value: {}", record.topic, shown(&record.key), shown(&record.value));
        let message = format!("Error when sending message to {about} with error:");
        let (later, begun) = (failures.clone(), message.clone());
        let delivery = move |result: client::Result<client::RecordMetadata>| {
            if let Err(error) = result
                && let Ok(mut failures) = later.lock()
            {
                failures.push(format!("{begun} {error}"));
            }
        };
        match producer.send(record, Some(Box::new(delivery))) {
            Err(error) if is_of_the_record(&error) => io.complain(format!("{message} {error}")),
            sent => sent?,
        }
        tell(failures, io);
    }
}
