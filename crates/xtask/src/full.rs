//! `cargo xtask full STAGE`: what takes too long for every push, or judges times and needs a machine of its own.

use crate::error::TaskError;
use crate::{broker, place};
use std::path::PathBuf;
use std::process::Command;

/// A stage is a test of crate `ottla` that other runs ignore: its name, its file, and the test.
const STAGES: [(&str, &str, &str); 1] = [("bombs", "bombs", "a_canary_hardly_notices_bombs")];

/// Runs a stage against a release build, or the given one; whether it passed.
pub fn run(arguments: &[String]) -> Result<bool, TaskError> {
    let (stage, binary) = match arguments {
        [stage] => (stage, None),
        [stage, flag, file] if flag == "--binary" => (stage, Some(PathBuf::from(file))),
        _ => return Err(usage()),
    };
    let (_, file, test) = STAGES.iter().find(|(name, _, _)| name == stage).ok_or_else(usage)?;
    let binary = broker::build(true, binary)?;
    println!("{}", binary.display());
    let mut command = Command::new("cargo");
    command.args(["test", "--quiet", "--package", "ottla", "--test", file]);
    command.args(["--", "--ignored", "--exact", test, "--nocapture"]);
    command.env("OTTLA_BINARY", binary).current_dir(place::root());
    let status = command.status().map_err(|error| TaskError::Usage(format!("cargo cannot be run: {error}")))?;
    Ok(status.success())
}

fn usage() -> TaskError {
    let stages: Vec<&str> = STAGES.iter().map(|(name, _, _)| *name).collect();
    TaskError::Usage(format!(
        "usage: cargo xtask full STAGE [--binary FILE], where STAGE is one of: {}",
        stages.join(", ")
    ))
}
