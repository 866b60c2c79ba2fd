//! `cargo xtask fuzz`: builds the fuzz binaries and shares the time out among them.

use crate::error::TaskError;
use crate::place;
use std::process::Command;

/// A binary each in crate `fuzz`, whose tests know when one is missing there.
const FAMILIES: [&str; 12] = [
    "requests",
    "responses",
    "headers",
    "metadata_records",
    "coordinator_records",
    "control_records",
    "consumer_protocol",
    "record_batches",
    "json",
    "files",
    "config",
    "group",
];
const SECONDS: u64 = 120;

/// Runs the families one after the other; whether nothing was found.
pub fn run(arguments: &[String]) -> Result<bool, TaskError> {
    let usage =
        || TaskError::Usage("usage: cargo xtask fuzz [--seconds N] [--family X] [--seed S] [--keep]".to_owned());
    let (mut seconds, mut family, mut rest) = (SECONDS, None, Vec::new());
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => seconds = words.next().and_then(|text| text.parse().ok()).ok_or_else(usage)?,
            "--family" => family = Some(words.next().ok_or_else(usage)?.as_str()),
            "--seed" => rest.extend([word.as_str(), words.next().ok_or_else(usage)?]),
            "--keep" => rest.push(word),
            _ => return Err(usage()),
        }
    }
    let families: Vec<&str> = FAMILIES.into_iter().filter(|name| family.is_none_or(|wanted| wanted == *name)).collect();
    if families.is_empty() {
        return Err(TaskError::Usage(format!("the families are: {}", FAMILIES.join(", "))));
    }
    let cargo = |words: &[&str]| {
        let mut command = Command::new("cargo");
        let status = command.args(words).current_dir(place::root()).status();
        status.map_err(|error| TaskError::Usage(format!("cargo cannot be run: {error}")))
    };
    if !cargo(&["build", "--quiet", "--profile", "sim", "--package", "fuzz", "--bins"])?.success() {
        return Ok(false);
    }
    let each = (seconds as f64 / families.len() as f64).to_string();
    let mut is_clean = true;
    for name in families {
        let run = ["run", "--quiet", "--profile", "sim", "--package", "fuzz", "--bin", name, "--", "--seconds", &each];
        is_clean &= cargo(&[&run[..], &rest].concat())?.success();
    }
    Ok(is_clean)
}
