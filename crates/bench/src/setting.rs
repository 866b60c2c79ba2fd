//! Asks the machine and the programs what they are.

use crate::arguments::Arguments;
use crate::rdkafka::Api;
use crate::report::Setting;
use std::path::Path;
use std::process::Command;

pub fn setting(arguments: &Arguments, librdkafka: Option<&Api>) -> Setting {
    let unknown = || "unknown version".to_owned();
    let mut lines = vec![first_line(Command::new(&arguments.ottla).arg("--version")).unwrap_or_else(unknown)];
    if let Some(bin) = &arguments.kafka_bin {
        let kafka = kafka_version(&bin.join("../libs")).unwrap_or_else(unknown);
        let java = first_line(Command::new("java").arg("-version")).unwrap_or_else(unknown);
        lines.push(format!("Apache Kafka {kafka} on {java}"));
    }
    if let Some(api) = librdkafka {
        lines.push(format!("librdkafka {}", api.version()));
    }
    if let Some(before) = &arguments.before {
        lines.push(format!("before: {}", first_line(Command::new(before).arg("--version")).unwrap_or_else(unknown)));
    }
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    lines.push(format!("Linux {}, {cores} cores, {}", kernel.trim(), cpu_model().unwrap_or_else(unknown)));
    if arguments.quick {
        lines.push("recovery with 600 MB, 1,000 instead of 5,000 partitions, 2,000 idle connections".into());
    }
    if arguments.rounds > 1 {
        let kafka = arguments.kafka_rounds.unwrap_or(arguments.rounds);
        lines.push(format!("{} rounds in turn, Kafka in {kafka}: median (least-most)", arguments.rounds));
    }
    let date = first_line(Command::new("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default();
    Setting { date, quick: arguments.quick, lines }
}

/// What a command says first, on standard output or else on standard error.
fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let said = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    String::from_utf8_lossy(&said).lines().next().map(str::to_owned)
}

/// From the name of the clients' jar.
fn kafka_version(libs: &Path) -> Option<String> {
    let names = std::fs::read_dir(libs).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let version = |name: String| Some(name.strip_prefix("kafka-clients-")?.strip_suffix(".jar")?.to_owned());
    names.filter_map(version).next()
}

fn cpu_model() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, model)| model.trim().to_owned())
}
