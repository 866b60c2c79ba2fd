//! A node's properties file, as far as the tools that work on its folders need it. What only the server enforces (TLS,
//! SASL, authorizers) does not keep anybody from formatting.

use super::Failure;
use config::{Origin, Properties, Rejected, ServerConfig, Settings, fill_in, load};
use std::path::{Path, PathBuf};

/// The configuration in a file.
pub(crate) fn read(path: &str) -> Result<ServerConfig, Failure> {
    let bytes = std::fs::read(Path::new(path)).map_err(|error| match error.kind() {
        // Java's message for a missing file is its name alone.
        std::io::ErrorKind::NotFound => Failure(path.to_owned()),
        _ => Failure(format!("{path}: {error}")),
    })?;
    let properties = Properties::parse(&bytes).map_err(|error| Failure(format!("{path}: {error}")))?;
    let settings = Settings::default().file(path, &properties);
    let settings = fill_in(settings, &server::ThisMachine).map_err(describe)?;
    match load(&settings) {
        Ok(loaded) => Ok(loaded.config),
        Err(rejected) if rejected.problems.is_empty() => {
            load(&without_protection(&settings, &rejected)).map(|loaded| loaded.config).map_err(describe)
        }
        Err(rejected) => Err(describe(rejected)),
    }
}

/// `log.dirs` and `metadata.log.dir` without doubles, sorted, as Kafka looks at them.
pub(crate) fn directories(config: &ServerConfig) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> =
        config.log.log_dirs.iter().chain([&config.log.metadata_log_dir]).map(PathBuf::from).collect();
    dirs.sort();
    dirs.dedup();
    dirs
}

/// Kafka's sentence for each problem, and below it where the value stands.
fn describe(rejected: Rejected) -> Failure {
    let lines: Vec<String> = rejected
        .problems
        .iter()
        .chain(&rejected.refusals)
        .map(|problem| match &problem.given {
            Some(given) => format!("{}\n  ({given}, {})", problem.message, problem.origin),
            None => problem.message.clone(),
        })
        .collect();
    Failure(lines.join("\n"))
}

/// The settings less what the server refuses to run with; nothing of that concerns the folders.
fn without_protection(settings: &Settings, rejected: &Rejected) -> Settings {
    let refused = |key: &str| key != "listeners" && rejected.refusals.iter().any(|problem| problem.key == key);
    let mut plain = settings.clone();
    plain.entries.retain(|setting| !refused(&setting.key));
    let mut names: Vec<String> = Vec::new();
    for key in ["listeners", "advertised.listeners", "controller.listener.names"] {
        let value = settings.get(key).map_or("", |setting| setting.value.as_str());
        for entry in value.split(',') {
            let name = entry.split("://").next().unwrap_or_default().trim().to_uppercase();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let map: Vec<String> = names.iter().map(|name| format!("{name}:PLAINTEXT")).collect();
    plain.push("listener.security.protocol.map", map.join(","), Origin::Default);
    plain
}
