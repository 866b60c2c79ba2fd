//! Suites with real clients: each is a small program under `interop/` that prints one line a check, run against a broker
//! of its own.

mod prepare;
mod table;

pub use prepare::python_program;
pub use table::{Suite, suites};

use crate::broker::Broker;
use crate::error::{During, TaskError};
use crate::process::{Ended, run, tail};
use crate::report::SuiteResult;
use crate::{diff, hostile, place};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// What the suites judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An `ottla` binary: a fresh node for each suite.
    Binary(PathBuf),
    /// A broker at this address that somebody else started.
    Running(String),
}

/// Suites of this program's own, without a real client.
const OWN: [&str; 2] = ["hostile", "diff"];

/// Names of all suites.
pub fn names() -> Vec<&'static str> {
    suites().iter().map(|suite| suite.name).chain(OWN).collect()
}

/// Runs all suites, or those named, with the hostile frames and the comparison of answers.
pub fn run_all(target: &Target, only: &[String]) -> Result<Vec<SuiteResult>, TaskError> {
    let wanted = |name: &str| only.is_empty() || only.iter().any(|one| one == name);
    let chosen = suites().iter().filter(|suite| wanted(suite.name));
    let mut results = Vec::new();
    for suite in chosen {
        println!("{}: {}", suite.name, suite.what);
        let begun = Instant::now();
        let mut result = run_suite(suite, target)?;
        result.seconds = begun.elapsed().as_secs_f64();
        for failure in &result.failures {
            println!("  not ok {failure}");
        }
        results.push(result);
    }
    if let (true, Target::Binary(binary)) = (wanted("hostile"), target) {
        println!("hostile: malformed and extreme frames, answered as Apache Kafka answers");
        results.push(hostile::run_as_suite(binary)?);
    }
    if let (true, Target::Binary(binary)) = (wanted("diff"), target) {
        println!("diff: scripted requests, answered as Apache Kafka answers");
        results.push(diff::run_as_suite(binary)?);
    }
    Ok(results)
}

fn run_suite(suite: &Suite, target: &Target) -> Result<SuiteResult, TaskError> {
    let mut result = SuiteResult::new(suite.name);
    let log = place::workshop("logs")?.join(format!("{}.log", suite.name));
    let _absent_the_first_time = std::fs::remove_file(&log);
    let prepared = missing(suite).map_or_else(|| (suite.prepare)(suite, &log).map_err(|error| error.to_string()), Err);
    let mut command = match prepared {
        Ok(command) => command,
        Err(reason) if place::is_ci() => {
            result.failures.push(format!("cannot run: {reason}"));
            return Ok(result);
        }
        Err(reason) => {
            result.skips.push(reason);
            return Ok(result);
        }
    };
    let scratch = tempfile::Builder::new().prefix("interop-").tempdir().during("make a temporary folder")?;
    command.env("SCRATCH", scratch.path()).env_remove("RUST_LOG");
    match target {
        Target::Running(address) => {
            judge(suite, command.env("BOOTSTRAP", address), &log, &mut result)?;
        }
        Target::Binary(binary) if suite.own_broker => {
            let base_port = crate::broker::free_ports().to_string();
            judge(suite, command.env("OTTLA", binary).env("BASE_PORT", base_port), &log, &mut result)?;
        }
        Target::Binary(binary) => match Broker::start(binary, suite.name, suite.overrides) {
            Ok(broker) => {
                judge(suite, command.env("BOOTSTRAP", broker.address()).env("OTTLA", binary), &log, &mut result)?;
                result.check("the broker is alive and stops in order", broker.stop());
            }
            Err(error) => result.failures.push(error.to_string()),
        },
    }
    Ok(result)
}

fn missing(suite: &Suite) -> Option<String> {
    let absent: Vec<&str> = suite.needs.iter().copied().filter(|name| place::which(name).is_none()).collect();
    (!absent.is_empty()).then(|| format!("needs {}", absent.join(", ")))
}

fn judge(suite: &Suite, command: &mut Command, log: &Path, result: &mut SuiteResult) -> Result<(), TaskError> {
    let ended = run(command, log, Duration::from_secs(suite.limit_s), |line| result.take_line(line))?;
    match ended {
        Ended::TooLate => result.failures.push(format!("not done within {} s\n{}", suite.limit_s, tail(log, 20))),
        Ended::Failed if result.failures.is_empty() => {
            result.failures.push(format!("ended with an error\n{}", tail(log, 20)));
        }
        Ended::Well if result.passed == 0 => result.failures.push("no check was made".to_owned()),
        Ended::Well | Ended::Failed => {}
    }
    Ok(())
}
