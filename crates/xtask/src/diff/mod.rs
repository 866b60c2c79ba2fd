//! `cargo xtask diff`: scripted requests get from Ottla what Apache Kafka answered. Scenarios, answers and their notation
//! are in `interop/diff`.

mod batch;
mod body;
mod compare;
mod golden;
mod node;
mod normal;
mod play;
mod scenario;
mod table;

pub use table::today;
mod wire;

use crate::broker;
use crate::error::TaskError;
use crate::report::SuiteResult;
use crate::words::Words;
use compare::Difference;
use golden::Deviation;
use node::{Node, Program};
use play::{Played, Target};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The version whose answers are kept.
pub const KAFKA_VERSION: &str = "4.3.1";

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    only: Vec<String>,
    binary: Option<PathBuf>,
    kafka_bin: Option<PathBuf>,
    against: Option<String>,
    port: Option<u16>,
    record: bool,
    table: bool,
    messages: bool,
    steps: bool,
}

/// How a scenario went.
#[derive(Debug, Default)]
pub struct Verdict {
    pub name: String,
    pub steps: usize,
    pub equal: usize,
    /// Steps whose differences are all accepted.
    pub accepted: usize,
    /// Steps that differ in the text of an error only, or besides.
    pub messages: usize,
    pub failures: Vec<String>,
}

/// The task: prints the table; true if nothing differs that is not listed.
pub fn run(arguments: &[String]) -> Result<bool, TaskError> {
    let options = parse(arguments)?;
    let begun = Instant::now();
    let (verdicts, stopped) = judge(&options)?;
    table::print(&verdicts);
    println!("{:.1} s", begun.elapsed().as_secs_f64());
    if let Err(reason) = &stopped {
        println!("FAILED: {reason}");
    }
    if options.table {
        table::write(&verdicts, &golden::deviations()?)?;
    }
    Ok(stopped.is_ok() && verdicts.iter().all(|verdict| verdict.failures.is_empty()))
}

/// The same as one of the suites.
pub fn run_as_suite(binary: &Path) -> Result<SuiteResult, TaskError> {
    let begun = Instant::now();
    let options = Options { binary: Some(binary.to_owned()), ..Options::default() };
    let (verdicts, stopped) = judge(&options)?;
    let mut result = SuiteResult::new("diff");
    result.version = format!("golden {KAFKA_VERSION}");
    for verdict in verdicts {
        result.passed += u32::try_from(verdict.equal + verdict.accepted).unwrap_or(u32::MAX);
        result.failures.extend(verdict.failures);
    }
    result.check("the node is alive and stops in order", stopped);
    result.seconds = begun.elapsed().as_secs_f64();
    Ok(result)
}

fn parse(arguments: &[String]) -> Result<Options, TaskError> {
    let mut options = Options::default();
    let mut words = Words::of(arguments);
    while let Some(word) = words.next() {
        match word {
            "--only" => options.only = words.list()?,
            "--binary" => options.binary = Some(PathBuf::from(words.value()?)),
            "--kafka-bin" => options.kafka_bin = Some(PathBuf::from(words.value()?)),
            "--against" => options.against = Some(words.value()?.to_owned()),
            "--port" => {
                let port = words.value()?;
                options.port = Some(port.parse().map_err(|_| TaskError::Usage(format!("not a port: {port}")))?);
            }
            "--record" => options.record = true,
            "--table" => options.table = true,
            "--messages" => options.messages = true,
            "--steps" => options.steps = true,
            _ => return Err(words.unknown()),
        }
    }
    if options.record && options.kafka_bin.is_none() && options.against.is_none() {
        return Err(TaskError::Usage("--record keeps Apache Kafka's answers: --kafka-bin or --against".to_owned()));
    }
    Ok(options)
}

fn judge(options: &Options) -> Result<(Vec<Verdict>, Result<(), String>), TaskError> {
    if let Some(address) = &options.against {
        let (broker, controller) = address.split_once(',').unwrap_or((address, address));
        return Ok((judge_all(&Target::local(broker, controller, None), options)?, Ok(())));
    }
    let program = match &options.kafka_bin {
        Some(bin) => Program::Kafka(bin.clone()),
        None => Program::Ottla(broker::build(false, options.binary.clone())?),
    };
    let node = Node::start(&program, options.port.unwrap_or_else(broker::free_ports))?;
    let verdicts = judge_all(&node.target(), options)?;
    Ok((verdicts, node.stop()))
}

fn judge_all(target: &Target, options: &Options) -> Result<Vec<Verdict>, TaskError> {
    let mut deviations = golden::deviations()?;
    play::warm_up(target);
    let mut verdicts = Vec::new();
    let all = golden::scenarios()?;
    for scenario in all.iter().filter(|one| options.only.is_empty() || options.only.contains(&one.name)) {
        let begun = Instant::now();
        let played = play::play(target, scenario);
        if options.steps {
            played.iter().for_each(|(label, value)| println!("{} {label}: {value}", scenario.name));
        }
        let mut verdict = if options.record {
            golden::save(&scenario.name, &played)?;
            recorded(&scenario.name, &played)
        } else {
            compare_all(&scenario.name, &golden::load(&scenario.name)?, &played, &mut deviations, options.messages)
        };
        verdict.failures.iter().for_each(|failure| println!("not ok {failure}"));
        let seconds = begun.elapsed().as_secs_f64();
        if seconds > 3.0 {
            println!("# {} took {seconds:.1} s", scenario.name);
        }
        verdict.name.clone_from(&scenario.name);
        verdicts.push(verdict);
    }
    if options.only.is_empty() && !options.record {
        let unused = deviations.iter().filter(|deviation| !deviation.used);
        let line = |d: &Deviation| format!("listed, but not seen: {} {} {}", d.scenario, d.step, d.path);
        let failures: Vec<String> = unused.map(line).collect();
        if !failures.is_empty() {
            failures.iter().for_each(|failure| println!("not ok {failure}"));
            verdicts.push(Verdict { name: "deviations.tsv".to_owned(), failures, ..Verdict::default() });
        }
    }
    Ok(verdicts)
}

/// A recording is good if every step could be played.
fn recorded(name: &str, played: &[Played]) -> Verdict {
    let is_broken = |value: &serde_json::Value| value.as_str().is_some_and(|text| text.starts_with("broken: "));
    let broken = played.iter().filter(|(_, value)| is_broken(value));
    let failures: Vec<String> = broken.map(|(label, value)| format!("{name} {label}: {value}")).collect();
    let equal = played.len() - failures.len();
    Verdict { steps: played.len(), equal, failures, ..Verdict::default() }
}

fn compare_all(
    name: &str,
    golden: &[Played],
    played: &[Played],
    deviations: &mut [Deviation],
    messages: bool,
) -> Verdict {
    let mut verdict = Verdict { steps: played.len(), ..Verdict::default() };
    let labels = |steps: &[Played]| steps.iter().map(|(label, _)| label.clone()).collect::<Vec<_>>();
    if labels(golden) != labels(played) {
        verdict.failures.push(format!("{name}: golden answers are of other steps; record them again"));
        return verdict;
    }
    for ((label, kafka), (_, ottla)) in golden.iter().zip(played) {
        let (texts, found): (Vec<Difference>, Vec<Difference>) =
            compare::differences(kafka, ottla).into_iter().partition(|difference| difference.is_message);
        verdict.messages += usize::from(!texts.is_empty());
        if messages {
            texts.iter().for_each(|text| println!("message {name} {label}: {} / {}", text.kafka, text.ottla));
        }
        let mut unlisted = Vec::new();
        for difference in &found {
            match deviations.iter_mut().find(|deviation| deviation.covers(name, label, difference)) {
                Some(deviation) => deviation.used = true,
                None => unlisted.push(difference),
            }
        }
        if found.is_empty() {
            verdict.equal += 1;
        } else if unlisted.is_empty() {
            verdict.accepted += 1;
        }
        let show = |d: &&Difference| format!("{name} {label}: {}: Kafka {}, here {}", d.path, d.kafka, d.ottla);
        verdict.failures.extend(unlisted.iter().map(show));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_listed_difference_is_accepted_and_another_fails() {
        let golden = [("a".to_owned(), json!({"x": 1, "y": 1})), ("b".to_owned(), json!({"x": 1}))];
        let played = [("a".to_owned(), json!({"x": 2, "y": 1})), ("b".to_owned(), json!({"x": 3}))];
        let row = |step: &str| Deviation {
            scenario: "s".to_owned(),
            step: step.to_owned(),
            path: "x".to_owned(),
            reason: "so".to_owned(),
            used: false,
        };
        let mut deviations = [row("a")];
        let verdict = compare_all("s", &golden, &played, &mut deviations, false);
        assert_eq!((verdict.equal, verdict.accepted, verdict.failures.len()), (0, 1, 1));
        assert!(deviations[0].used);
    }

    #[test]
    fn recording_needs_a_kafka() {
        assert!(parse(&["--record".to_owned()]).is_err());
    }
}
