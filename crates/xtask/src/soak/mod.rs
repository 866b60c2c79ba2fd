//! `cargo xtask soak`: a cluster of real processes, three controllers and three brokers, under faults, while librdkafka writes
//! and remembers what was acknowledged. `docs/faults.md` says what each fault is.
//!
//! The task starts itself again (`inside.rs`) in process and mount namespaces of its own: however that ends, the kernel takes
//! down what it started. Where the machine does not allow that, faults that need no rights are all that is done, on loopback,
//! and the last line says what was not.

mod ask;
mod client;
mod cluster;
mod fault;
mod inside;
mod lab;
mod metadata_log;
mod node;
mod replicas;
mod report;

use crate::error::{During, TaskError};
use crate::interop::python_program;
use crate::words::Words;
use crate::{broker, place};
use faults::{monotonic_ms, spawn_apart};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Whose nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// An `ottla` binary.
    Ottla(PathBuf),
    /// A folder of Apache Kafka, with its jars in `libs`.
    Kafka(PathBuf),
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
struct Options {
    time: Duration,
    seed: u64,
    binary: Option<PathBuf>,
    peer: Option<PathBuf>,
    only: Vec<String>,
    /// Everything on loopback, without namespaces and disks.
    loopback: bool,
    /// Where this is the process that does the work.
    inside: Option<Inside>,
}

/// What the process that does the work is given.
#[derive(Debug, Clone, Default, PartialEq)]
struct Inside {
    /// The client's Python.
    python: PathBuf,
    /// Where the nodes' data is.
    scratch: PathBuf,
    /// Why it has no namespaces.
    refused: Option<String>,
}

/// Runs the task; true if nothing was lost and everything healed.
pub fn run(arguments: &[String]) -> Result<bool, TaskError> {
    let options = parse(arguments)?;
    match &options.inside {
        Some(inside) => inside::run(&options, inside),
        None => run_apart(&options),
    }
}

/// Prepares what needs the network, and starts this program again, apart.
fn run_apart(options: &Options) -> Result<bool, TaskError> {
    let logs = place::workshop("soak")?;
    let binary = broker::build(false, options.binary.clone())?;
    let python = python_program("python", "soak.py", &logs.join("prepare.log"))?;
    let scratch = tempfile::Builder::new().prefix("soak-").tempdir().during("make a temporary folder")?;
    let words = |refused: Option<&str>| -> Result<Command, TaskError> {
        let mut command = Command::new(std::env::current_exe().during("find this program")?);
        command.args(["soak", "--seconds", &options.time.as_secs().to_string(), "--seed", &options.seed.to_string()]);
        command.arg("--binary").arg(&binary).arg("--inside").arg(python.get_program());
        command.arg("--scratch").arg(scratch.path());
        if let Some(peer) = &options.peer {
            command.arg("--peer").arg(std::path::absolute(peer).during("find the peer")?);
        }
        if !options.only.is_empty() {
            command.args(["--only", &options.only.join(",")]);
        }
        if let Some(refused) = refused {
            command.args(["--refused", refused]);
        }
        // Its end of this pipe tells it that nobody is here any more.
        command.stdin(Stdio::piped()).process_group(0);
        Ok(command)
    };
    let refused = match options.loopback {
        true => Err("loopback was asked for".to_owned()),
        false => spawn_apart(words(None)?).map_err(|error| error.to_string()),
    };
    let mut child = match refused {
        Ok(child) => child,
        Err(reason) => words(Some(&reason))?.spawn().during("start the task")?,
    };
    let stdin = child.stdin.take();
    let status = child.wait().during("wait for the task")?;
    drop(stdin);
    Ok(status.success())
}

fn parse(arguments: &[String]) -> Result<Options, TaskError> {
    let mut options = Options {
        time: Duration::from_secs(300),
        seed: monotonic_ms() % 1_000_000,
        binary: None,
        peer: None,
        only: Vec::new(),
        loopback: false,
        inside: None,
    };
    let number = |text: &str| text.parse::<u64>().map_err(|_| TaskError::Usage(format!("not a number: {text}")));
    let mut words = Words::of(arguments);
    let (mut refused, mut scratch) = (None, PathBuf::new());
    while let Some(word) = words.next() {
        match word {
            "--hours" => options.time = Duration::from_secs(number(words.value()?)? * 3600),
            "--minutes" => options.time = Duration::from_secs(number(words.value()?)? * 60),
            "--seconds" => options.time = Duration::from_secs(number(words.value()?)?),
            "--seed" => options.seed = number(words.value()?)?,
            "--binary" => options.binary = Some(PathBuf::from(words.value()?)),
            "--peer" => options.peer = Some(PathBuf::from(words.value()?)),
            "--only" => options.only = words.list()?,
            "--loopback" => options.loopback = true,
            "--inside" => {
                options.inside = Some(Inside { python: PathBuf::from(words.value()?), ..Inside::default() });
            }
            "--scratch" => scratch = PathBuf::from(words.value()?),
            "--refused" => refused = Some(words.value()?.to_owned()),
            _ => return Err(words.unknown()),
        }
    }
    if let Some(inside) = &mut options.inside {
        (inside.refused, inside.scratch) = (refused, scratch);
    }
    if let Some(unknown) = options.only.iter().find(|name| fault::Kind::named(name).is_none()) {
        let names: Vec<&str> = fault::Kind::ALL.iter().map(|kind| kind.name()).collect();
        return Err(TaskError::Usage(format!("there is no fault `{unknown}`; there are {}", names.join(", "))));
    }
    if let Some(peer) = options.peer.as_deref().filter(|peer| !Path::new(peer).join("libs").is_dir()) {
        return Err(TaskError::Usage(format!("no folder `libs` with Apache Kafka's jars in: {}", peer.display())));
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, TaskError> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn times_and_faults_are_chosen() {
        let options = parsed("--hours 2 --seed 7 --only kill-broker,power-cut").unwrap();
        assert_eq!((options.time.as_secs(), options.seed), (7200, 7));
        assert_eq!(options.only, ["kill-broker", "power-cut"]);
        assert_eq!(parsed("").unwrap().time.as_secs(), 300);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parsed("--only earthquake").unwrap_err().to_string().contains("earthquake"));
        assert!(parsed("--minutes soon").unwrap_err().to_string().contains("soon"));
        assert!(parsed("--peer /nowhere").unwrap_err().to_string().contains("/nowhere"));
    }
}
