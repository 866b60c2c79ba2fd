//! `cargo run --release -p bench -- --ottla PATH --kafka-bin DIR [--rows a,b] [--quick]`: starts each broker in turn on a
//! fresh folder, puts the same load on it from this process, and prints Ottla's figures, Kafka's, and the ratio.
//!
//! CPU is the broker's own, from /proc; the load's own is not counted. Numbers of one run are comparable with each other
//! and with nothing else.

mod broker;
mod load;
mod wire;

use broker::{Broker, Kind};
use std::path::PathBuf;
use std::time::Duration;

struct Arguments {
    ottla: PathBuf,
    kafka_bin: Option<PathBuf>,
    rows: Vec<String>,
    quick: bool,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed =
        Arguments { ottla: PathBuf::from("target/release/ottla"), kafka_bin: None, rows: Vec::new(), quick: false };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--ottla" => parsed.ottla = value()?.into(),
            "--kafka-bin" => parsed.kafka_bin = Some(value()?.into()),
            "--rows" => parsed.rows = value()?.split(',').map(str::to_owned).collect(),
            "--quick" => parsed.quick = true,
            other => return Err(format!("unknown argument: {other}")),
        }
    }
    Ok(parsed)
}

/// One figure of one broker.
struct Figure {
    row: String,
    unit: &'static str,
    value: f64,
}

fn main() {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("bench: {message}");
            std::process::exit(2);
        }
    };
    let mut kinds = vec![Kind::Ottla(arguments.ottla.clone())];
    if let Some(bin) = &arguments.kafka_bin {
        kinds.push(Kind::Kafka(bin.clone()));
    }
    let mut all: Vec<Vec<Figure>> = Vec::new();
    for kind in &kinds {
        match measure(kind, &arguments) {
            Ok(figures) => all.push(figures),
            Err(error) => {
                eprintln!("bench: {kind:?}: {error}");
                std::process::exit(1);
            }
        }
    }
    print_table(&all);
}

fn print_table(all: &[Vec<Figure>]) {
    println!("| measure | unit | Ottla | Apache Kafka | ratio |");
    println!("|---|---|---|---|---|");
    for (i, ottla) in all[0].iter().enumerate() {
        let kafka = all.get(1).and_then(|figures| figures.get(i));
        let show = |value: f64| if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") };
        let (kafka_text, ratio) = match kafka {
            Some(kafka) => (show(kafka.value), format!("{:.3}", ottla.value / kafka.value)),
            None => ("-".into(), "-".into()),
        };
        println!("| {} | {} | {} | {kafka_text} | {ratio} |", ottla.row, ottla.unit, show(ottla.value));
    }
}

fn measure(kind: &Kind, arguments: &Arguments) -> Result<Vec<Figure>, String> {
    let wanted = |row: &str| arguments.rows.is_empty() || arguments.rows.iter().any(|r| r == row);
    let scale = if arguments.quick { 8 } else { 1 };
    let mut figures = Vec::new();
    let mut figure = |row: String, unit: &'static str, value: f64| {
        eprintln!("{kind:?}: {row}: {value:.4} {unit}");
        figures.push(Figure { row, unit, value });
    };
    let broker = Broker::start(kind)?;
    if wanted("start") {
        figure("start to first answered Metadata".into(), "ms", broker.start_ms);
        figure("CPU of the start".into(), "ms", broker.cpu_ms());
        std::thread::sleep(Duration::from_secs(3));
        figure("memory at rest".into(), "MB", broker.rss_mb());
        let before = broker.cpu_ms();
        std::thread::sleep(Duration::from_secs(20 / scale as u64));
        let seconds = 20.0 / scale as f64;
        figure("CPU at rest".into(), "% of a core", (broker.cpu_ms() - before) / seconds / 10.0);
    }
    let address = broker.address.clone();
    if wanted("produce") {
        warm(kind, &address, scale)?;
        for connections in [1, 8, 64] {
            let topic = format!("p64k-{connections}");
            load::create_topic(&address, &topic, 8, &[])?;
            let total = (2 << 30) / scale;
            let before = broker.cpu_ms();
            let outcome = load::produce(&address, &topic, 8, connections, 5, 64, 1024, total / (64 * 1024))?;
            let gb = outcome.bytes as f64 / 1e9;
            let cpu = (broker.cpu_ms() - before) / 1e3 / gb;
            figure(format!("produce 64 KiB batches, {connections} connections"), "CPU s/GB", cpu);
        }
        figure("memory under the produce load".into(), "MB", broker.rss_mb());
    }
    if wanted("small") {
        for connections in [1, 8, 64] {
            let topic = format!("p1k-{connections}");
            load::create_topic(&address, &topic, 8, &[])?;
            let before = broker.cpu_ms();
            let outcome = load::produce(&address, &topic, 8, connections, 5, 1, 1024, 400_000 / scale)?;
            let cpu = (broker.cpu_ms() - before) * 1e3 / outcome.requests as f64;
            figure(format!("produce one 1 KiB record a request, {connections} connections"), "CPU us/request", cpu);
            if connections == 64 {
                figure("64 pipelining producers: acknowledgement p99".into(), "ms", outcome.p99_ms);
            }
        }
    }
    if wanted("consume") {
        let topic = "p64k-8";
        let before = broker.cpu_ms();
        let bytes = load::consume(&address, topic, 8, 1 << 20)?;
        figure(
            "consume from page cache, 1 MiB fetches".into(),
            "CPU s/GB",
            (broker.cpu_ms() - before) / 1e3 / (bytes as f64 / 1e9),
        );
    }
    if wanted("durable") {
        load::create_topic(&address, "durable", 16, &[("flush.messages", "1")])?;
        for in_flight in [1, 5] {
            let before = broker.cpu_ms();
            let outcome = load::produce(&address, "durable", 16, 64, in_flight, 1, 1024, 60_000 / scale)?;
            let cpu = (broker.cpu_ms() - before) * 1e3 / outcome.requests as f64;
            let row = format!("flush.messages=1, 64 connections, {in_flight} in flight");
            figure(format!("{row}: acknowledged"), "records/s", outcome.requests as f64 / outcome.seconds);
            figure(format!("{row}: CPU"), "us/record", cpu);
        }
    }
    broker.stop();
    Ok(figures)
}

/// A JVM needs load before it shows what it can do; the same goes to both.
fn warm(kind: &Kind, address: &str, scale: usize) -> Result<(), String> {
    load::create_topic(address, "warm", 8, &[])?;
    let (big, small) = if matches!(kind, Kind::Kafka(_)) { (3 << 30, 600_000) } else { (256 << 20, 50_000) };
    load::produce(address, "warm", 8, 8, 5, 64, 1024, big / scale / (64 * 1024))?;
    load::produce(address, "warm", 8, 8, 5, 1, 1024, small / scale)?;
    load::consume(address, "warm", 8, 1 << 20)?;
    Ok(())
}
