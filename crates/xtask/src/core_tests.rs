//! The workspace's own tests, which need stable Rust alone.

use crate::error::TaskError;
use crate::place;
use crate::process::{Ended, run, tail};
use crate::report::SuiteResult;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs `cargo test --workspace` and counts.
pub fn run_core() -> Result<SuiteResult, TaskError> {
    let begun = Instant::now();
    let log = place::workshop("logs")?.join("core.log");
    let _absent_the_first_time = std::fs::remove_file(&log);
    let mut result = SuiteResult::new("core (cargo test)");
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--no-fail-fast"]).current_dir(place::root());
    let ended = run(&mut command, &log, Duration::from_secs(1800), |line| {
        count(&mut result, line);
        if line.starts_with("test result: FAILED") || line.ends_with("... FAILED") {
            println!("{line}");
        }
    })?;
    if ended != Ended::Well && result.failures.is_empty() {
        result.failures.push(format!("cargo test: {ended:?}\n{}", tail(&log, 40)));
    } else if !result.failures.is_empty() {
        println!("{}", failures(&std::fs::read_to_string(&log).unwrap_or_default()));
    }
    result.version = rustc_version();
    result.seconds = begun.elapsed().as_secs_f64();
    Ok(result)
}

/// Takes a line of the test harness: failed tests by name, passed ones by the count of each binary.
fn count(result: &mut SuiteResult, line: &str) {
    if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
        result.failures.push(name.to_owned());
    } else if let Some(rest) = line.strip_prefix("test result: ") {
        let number = rest.split_once(". ").and_then(|(_, rest)| rest.split_once(" passed")).map(|(number, _)| number);
        result.passed += number.and_then(|number| number.parse::<u32>().ok()).unwrap_or(0);
    }
}

/// The parts of the log that explain failed tests, cut to a readable size.
fn failures(log: &str) -> String {
    let mut shown = Vec::new();
    let mut inside = false;
    for line in log.lines() {
        match line {
            "failures:" => inside = true,
            _ if line.starts_with("test result:") => inside = false,
            _ => {}
        }
        if inside && shown.len() < 300 {
            shown.push(line);
        }
    }
    shown.join("\n")
}

fn rustc_version() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split_whitespace().nth(1).unwrap_or("?").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harness_lines_are_counted() {
        let mut result = SuiteResult::new("core");
        let lines = [
            "running 3 tests",
            "test a::b ... ok",
            "test a::c ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: ok. 40 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ];
        lines.iter().for_each(|line| count(&mut result, line));
        assert_eq!((result.passed, result.failures), (42, vec!["a::c".to_owned()]));
    }
}
