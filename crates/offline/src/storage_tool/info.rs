//! `kafka-storage info`: which log directories there are, what they belong to, and what is wrong with them.

use super::{Failure, config_file};
use crate::argparse::Parsed;
use config::{Properties, ServerConfig};
use std::io::{ErrorKind, Write};
use std::path::Path;

const LEGACY: &str = "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are \
                      formatted for legacy mode.";

pub(super) fn run(parsed: &Parsed, out: &mut dyn Write) -> Result<i32, Failure> {
    let config = config_file::read(parsed.get("--config").unwrap_or_default())?;
    let report = look(&config);
    list(out, "Found log directory:", "Found log directories:", &report.found)?;
    if let Some(metadata) = &report.metadata {
        writeln!(out, "Found metadata: {metadata}\n")?;
    }
    list(out, "Found problem:", "Found problems:", &report.problems)?;
    Ok(i32::from(!report.problems.is_empty()))
}

#[derive(Default)]
struct Report {
    found: Vec<String>,
    metadata: Option<String>,
    problems: Vec<String>,
}

fn look(config: &ServerConfig) -> Report {
    let mut report = Report::default();
    for dir in config_file::directories(config) {
        let shown = dir.display().to_string();
        match std::fs::metadata(&dir) {
            Err(_) => report.problems.push(format!("{shown} does not exist")),
            Ok(found) if !found.is_dir() => report.problems.push(format!("{shown} is not a directory")),
            Ok(_) => {
                read_meta(&dir, &mut report);
                report.found.push(shown);
            }
        }
    }
    report
}

fn read_meta(dir: &Path, report: &mut Report) {
    let path = dir.join("meta.properties");
    match std::fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            report.problems.push(format!("{} is not formatted.", dir.display()));
        }
        Err(error) => report.problems.push(format!("Error while reading {}: {error}", path.display())),
        Ok(bytes) => match Properties::parse(&bytes) {
            Err(error) => report.problems.push(format!("Error while reading {}: {error}", path.display())),
            Ok(properties) => {
                let is_legacy = properties.get("version").is_none_or(|version| version.trim() == "0");
                if is_legacy && report.problems.last().is_none_or(|problem| problem != LEGACY) {
                    report.problems.push(LEGACY.to_owned());
                }
                if report.metadata.is_none() {
                    report.metadata = Some(shown(&properties, is_legacy));
                }
            }
        },
    }
}

/// The keys, sorted, as Java shows a sorted map; a file without a version is of version 0.
fn shown(properties: &Properties, is_legacy: bool) -> String {
    let mut keys: Vec<&str> = properties.entries.iter().map(|entry| entry.key.as_str()).collect();
    keys.push("version");
    keys.sort_unstable();
    keys.dedup();
    let value = |key: &str| match key {
        "version" if is_legacy => "0",
        key => properties.get(key).unwrap_or_default(),
    };
    let pairs: Vec<String> = keys.iter().map(|key| format!("{key}={}", value(key))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn list(out: &mut dyn Write, one: &str, many: &str, lines: &[String]) -> std::io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", if lines.len() == 1 { one } else { many })?;
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    writeln!(out)
}
