//! `cargo xtask hostile`: malformed and extreme frames get Apache Kafka's answers, and the broker lives on.
//! The golden data and its notation are described in `interop/hostile/README.md`.

mod compare;
mod frames;
mod replay;
mod state;

use crate::broker::{self, Broker};
use crate::error::{During, TaskError};
use crate::place;
use crate::report::SuiteResult;
use crate::words::Words;
use frames::{Case, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

const OVERRIDES: &[&str] = &[
    "log.retention.ms=-1",
    "offsets.topic.num.partitions=4",
    "offsets.topic.replication.factor=1",
    "group.initial.rebalance.delay.ms=0",
];

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    /// Show the cases whose name contains this; all are sent.
    only: Option<String>,
    against: Option<String>,
    binary: Option<PathBuf>,
}

/// The task: prints what differs; true if all of it is listed.
pub fn run(arguments: &[String]) -> Result<bool, TaskError> {
    let options = parse(arguments)?;
    let result = match &options.against {
        Some(address) => replay_all(address, &options)?,
        None => with_broker(&broker::build(false, options.binary.clone())?, &options)?,
    };
    Ok(crate::report::print(&[result]))
}

/// The same as one of the suites.
pub fn run_as_suite(binary: &Path) -> Result<SuiteResult, TaskError> {
    with_broker(binary, &Options::default())
}

fn parse(arguments: &[String]) -> Result<Options, TaskError> {
    let mut options = Options::default();
    let mut words = Words::of(arguments);
    while let Some(word) = words.next() {
        match word {
            "--only" => options.only = Some(words.value()?.to_owned()),
            "--against" => options.against = Some(words.value()?.to_owned()),
            "--binary" => options.binary = Some(PathBuf::from(words.value()?)),
            _ => return Err(words.unknown()),
        }
    }
    Ok(options)
}

fn with_broker(binary: &Path, options: &Options) -> Result<SuiteResult, TaskError> {
    let broker = Broker::start(binary, "hostile", OVERRIDES)?;
    broker::finalize_kafkas_levels(binary, &broker.address(), broker.log())?;
    let mut result = replay_all(&broker.address(), options)?;
    result.check("the broker is alive and stops in order", broker.stop());
    Ok(result)
}

fn replay_all(address: &str, options: &Options) -> Result<SuiteResult, TaskError> {
    let begun = Instant::now();
    let cases = frames::load(&place::sources("hostile").join("frames.jsonl.gz"))?;
    let mut deviations = deviations()?;
    state::prepare(address)?;
    let served = state::served(address)?;
    let mut not_served = 0;
    let mut result = SuiteResult::new("hostile frames");
    result.version = "4.3.1 (golden)".to_owned();
    for case in &cases {
        let mut differences = judge(address, case, &served);
        if differences.first().is_some_and(|first| first == NOT_SERVED) {
            differences.remove(0);
            not_served += 1;
        }
        let shown = options.only.as_ref().is_none_or(|text| case.name.contains(text.as_str()));
        match (differences.is_empty(), deviations.remove(&case.name)) {
            (true, None) | (false, Some(_)) => result.passed += 1,
            (true, Some(_)) if options.only.is_none() && options.against.is_none() => {
                result.failures.push(format!("{}: is listed in deviations.tsv, but does not differ", case.name));
            }
            (false, None) if shown => {
                let asked = compare::what_is_asked(case);
                result.failures.push(format!("{} ({asked}): {}", case.name, differences.join("; ")));
            }
            _ => {}
        }
    }
    println!("# {not_served} cases ask for APIs that are not served yet: their connections are closed");
    for name in deviations.keys() {
        result.failures.push(format!("{name}: is listed in deviations.tsv, but there is no such case"));
    }
    result.seconds = begun.elapsed().as_secs_f64();
    Ok(result)
}

/// Marks a case whose API is not in the broker's list and that got what such a request gets.
const NOT_SERVED: &str = "not served";

fn judge(address: &str, case: &Case, served: &BTreeSet<i16>) -> Vec<String> {
    let mut differences = match replay::send(address, case) {
        Ok(seen) => {
            let differences = compare::compare(case, &seen);
            let is_unknown = compare::api(case).is_some_and(|api| !served.contains(&api.id()));
            match is_unknown && seen.outcome == Outcome::Closed && !differences.is_empty() {
                true => vec![NOT_SERVED.to_owned()],
                false => differences,
            }
        }
        Err(error) => vec![format!("cannot be sent: {error}")],
    };
    if let Err(error) = state::canary(address) {
        differences.push(format!("the canary after it: {error}"));
    }
    differences
}

fn deviations() -> Result<BTreeMap<String, String>, TaskError> {
    let file = place::sources("hostile").join("deviations.tsv");
    let text = std::fs::read_to_string(&file).during(format!("read {}", file.display()))?;
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.map(|line| match line.split_once('\t') {
        Some((name, reason)) if !reason.trim().is_empty() => Ok((name.to_owned(), reason.to_owned())),
        _ => Err(TaskError::Golden(format!("a deviation without a reason: {line}"))),
    })
    .collect()
}
